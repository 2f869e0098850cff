//! One running call: its future, its events and its end.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use parking_lot::Mutex;
use spe_client::{Event, Events, Failure, Reply, WaitResult};
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

type Work = Pin<Box<dyn Future<Output = Result<End, Failure>> + Send>>;

/// A call that is driven by the thread that takes its steps, so that no other thread has to be woken for it. The runtime
/// drives its connections and clocks meanwhile. Between steps it stands still, which holds a server back whose records come
/// faster than they are handed over.
pub(crate) struct Operation {
    events: Arc<Events>,
    /// None while a step is being taken, and after the end.
    work: Mutex<Option<Work>>,
    closed: CancellationToken,
}

enum Turn {
    Said(Vec<Event>),
    Ended(End),
}

impl Operation {
    /// A call that sends what it has to say to the events it is given.
    pub(crate) fn new<F>(body: impl FnOnce(Arc<Events>) -> F) -> Self
    where
        F: Future<Output = Result<End, Failure>> + Send + 'static,
    {
        let events = Arc::new(Events::new());
        let work = body(Arc::clone(&events));
        Self {
            events,
            work: Mutex::new(Some(Box::pin(async { guard_async(work).await.flatten() }))),
            closed: CancellationToken::new(),
        }
    }

    /// A call that failed before it began.
    pub(crate) fn failed(failure: Failure) -> Self {
        Self::new(|_| std::future::ready(Err(failure)))
    }

    /// Blocks until the call has something to say or ended. The last step has everything that was said before the end; no
    /// end means it goes on. After the end it is [`End::Cancelled`].
    pub(crate) fn step(&self) -> (Vec<Event>, Option<End>) {
        // Entered first and left last, since dropping a future may need the runtime.
        let _context = runtime().enter();
        let Some(mut work) = self.work.lock().take() else {
            return (Vec::new(), Some(End::Cancelled));
        };
        let turn = runtime().block_on(async {
            tokio::select! {
                biased;
                () = self.closed.cancelled() => Turn::Ended(End::Cancelled),
                outcome = &mut work => Turn::Ended(outcome.unwrap_or_else(End::Failed)),
                events = self.events.next() => Turn::Said(events),
            }
        });
        match turn {
            Turn::Said(events) => {
                self.put_back(work);
                (events, None)
            }
            Turn::Ended(end) => (self.events.drain(), Some(end)),
        }
    }

    /// Drops the future of the call, and with it its connection. A step that waits returns at once.
    pub(crate) fn cancel(&self) {
        let _context = runtime().enter();
        self.closed.cancel();
        let work = self.work.lock().take();
        drop(work);
    }

    fn put_back(&self, work: Work) {
        let mut slot = self.work.lock();
        // Whoever closes it takes what is here; behind them nothing may be put back.
        if !self.closed.is_cancelled() {
            *slot = Some(work);
        }
    }
}
