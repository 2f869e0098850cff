//! One running call: its task, its events and its end.

use std::future::Future;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use spe_client::{Event, Events, Failure, Reply, WaitResult};
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

use crate::guard::guard_async;
use crate::runtime::runtime;

/// How a call ended.
#[derive(Debug)]
pub(crate) enum End {
    Replied(Reply),
    Waited(WaitResult),
    Failed(Failure),
    Cancelled,
}

/// A call that runs on the runtime while its caller takes one step after the other.
#[derive(Debug, Default)]
pub(crate) struct Operation {
    events: Events,
    end: Mutex<Option<End>>,
    ended: CancellationToken,
    task: OnceLock<AbortHandle>,
}

/// Ends an operation when its task is gone, however it went.
struct Finish(Arc<Operation>);

impl Drop for Finish {
    fn drop(&mut self) {
        self.0.finish(End::Cancelled);
    }
}

impl Operation {
    /// Starts a call. `body` gets the operation to send its events to.
    pub(crate) fn start<F>(body: impl FnOnce(Arc<Self>) -> F + Send + 'static) -> Arc<Self>
    where
        F: Future<Output = Result<End, Failure>> + Send,
    {
        let operation = Arc::new(Self::default());
        let finish = Finish(Arc::clone(&operation));
        let task = runtime().spawn(async move {
            let outcome = guard_async(async { body(Arc::clone(&finish.0)).await }).await;
            finish.0.finish(outcome.flatten().unwrap_or_else(End::Failed));
        });
        operation.task.get_or_init(|| task.abort_handle());
        operation
    }

    /// A call that ended before it began.
    pub(crate) fn failed(failure: Failure) -> Arc<Self> {
        let operation = Self::default();
        operation.finish(End::Failed(failure));
        Arc::new(operation)
    }

    /// Where the call puts what it has to say.
    pub(crate) fn events(&self) -> &Events {
        &self.events
    }

    /// Blocks until the call has something to say or ended. The last step has everything that was said before the end.
    /// None as end means it goes on; after the end it is [`End::Cancelled`].
    pub(crate) fn step(&self) -> (Vec<Event>, Option<End>) {
        if !self.ended.is_cancelled() {
            let events = runtime().block_on(async {
                tokio::select! {
                    biased;
                    () = self.ended.cancelled() => None,
                    events = self.events.next() => Some(events),
                }
            });
            if let Some(events) = events {
                return (events, None);
            }
        }
        let end = self.end.lock().take().unwrap_or(End::Cancelled);
        (self.events.drain(), Some(end))
    }

    /// Cancels the call: its future is dropped, and with it its connection. A step that waits returns at once.
    pub(crate) fn cancel(&self) {
        self.finish(End::Cancelled);
        if let Some(task) = self.task.get() {
            task.abort();
        }
    }

    /// The first end counts.
    fn finish(&self, end: End) {
        let mut slot = self.end.lock();
        if !self.ended.is_cancelled() {
            *slot = Some(end);
            self.ended.cancel();
        }
    }
}
