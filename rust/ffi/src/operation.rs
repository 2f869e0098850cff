//! One running call: its future, its events and its end.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use parking_lot::Mutex;
use spe_client::{Event, Events, Failure, Received, Reply, WaitResult};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::guard::guard_async;
use crate::runtime::runtime;

/// How a call ended.
#[derive(Debug)]
pub(crate) enum End {
    Replied(Reply),
    Waited(WaitResult),
    Received(Received),
    Failed(Failure),
    Cancelled,
}

type Outcome = Result<End, Failure>;
type Call = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// A call, taken step by step. Its first step drives it on the thread that takes the step, so that the common call,
/// which says nothing before its end, has no other thread woken for it. Once there is something to hand over, the call
/// goes on by itself on the runtime: its records are read and its clocks are kept however long its caller looks at what
/// it said.
pub(crate) struct Operation {
    events: Arc<Events>,
    /// None while a step is being taken, and after the end.
    work: Mutex<Option<Work>>,
    closed: CancellationToken,
}

/// The rest of a call, wherever it runs. Dropping it cancels the call.
enum Work {
    Here(Call),
    There(AbortOnDropHandle<Outcome>),
}

impl Operation {
    /// A call that sends what it has to say to the events it is given.
    pub(crate) fn new<F>(body: impl FnOnce(Arc<Events>) -> F) -> Self
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let events = Arc::new(Events::new());
        let call = body(Arc::clone(&events));
        let call: Call = Box::pin(async { guard_async(call).await.flatten() });
        Self {
            events,
            work: Mutex::new(Some(Work::Here(call))),
            closed: CancellationToken::new(),
        }
    }

    /// A call that failed before it began.
    pub(crate) fn failed(failure: Failure) -> Self {
        Self::new(|_| std::future::ready(Err(failure)))
    }

    /// Blocks until the call has something to say or ended. The last step has everything that was said before the end;
    /// no end means it goes on. After the end it is [`End::Cancelled`].
    pub(crate) fn step(&self) -> (Vec<Event>, Option<End>) {
        // Entered first and left last, since dropping a future may need the runtime.
        let _context = runtime().enter();
        let Some(mut work) = self.work.lock().take() else {
            return (Vec::new(), Some(End::Cancelled));
        };
        let (events, end) = runtime().block_on(async {
            tokio::select! {
                biased;
                () = self.closed.cancelled() => (Vec::new(), Some(End::Cancelled)),
                end = work.end() => (self.events.drain(), Some(end)),
                events = self.events.next() => (events, None),
            }
        });
        match end {
            None => self.put_back(work.elsewhere()),
            Some(End::Cancelled) => work.stop(),
            Some(_) => {}
        }
        (events, end)
    }

    /// Drops the call, and with it its connection and its unfinished files. A step that waits returns at once.
    pub(crate) fn cancel(&self) {
        let _context = runtime().enter();
        self.closed.cancel();
        let work = self.work.lock().take();
        if let Some(work) = work {
            work.stop();
        }
    }

    fn put_back(&self, work: Work) {
        let mut slot = self.work.lock();
        // Whoever closes it takes what is here; behind them nothing may be put back.
        if !self.closed.is_cancelled() {
            *slot = Some(work);
        }
    }
}

impl Work {
    async fn end(&mut self) -> End {
        let outcome = match self {
            Self::Here(call) => call.await,
            // A task does not fail, since panics are caught in it; it is cut off when its runtime is.
            Self::There(task) => task.await.unwrap_or(Ok(End::Cancelled)),
        };
        outcome.unwrap_or_else(End::Failed)
    }

    /// Drops the call. Behind this nothing of it is left, wherever it ran: who stopped a download finds no half of a file.
    fn stop(self) {
        if let Self::There(task) = self {
            task.abort();
            // A task that is told to end does so at its next wait, and the engine computes nothing for long.
            let _ended = runtime().block_on(task);
        }
    }

    fn elsewhere(self) -> Self {
        match self {
            Self::Here(call) => Self::There(AbortOnDropHandle::new(runtime().spawn(call))),
            there @ Self::There(_) => there,
        }
    }
}
