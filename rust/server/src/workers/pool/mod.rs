//! The pool of workers: spares that wait unassigned, processes that serve one owner under one policy and no other, ever, and
//! calls that wait their turn.

mod backoff;
mod drain;
mod lease;
mod queue;
mod state;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::worker::Worker;
use super::{Census, LeaseError, LeaseKey, Patience};
use crate::config::WorkerSettings;
use crate::sessions::Process;
use lease::Lease;
use queue::{QueueBounds, Waiter};
use state::{Plan, Sizes, State};

/// Where workers come from: processes, or in tests tasks.
pub(super) trait Source: Send + Sync {
    /// Starts one. When `stop` is cancelled it gives up soon.
    fn start(&self, stop: CancellationToken) -> BoxFuture<'_, Result<Arc<Worker>, String>>;
}

/// The pool.
pub(super) struct Pool {
    state: Mutex<State>,
    source: Box<dyn Source>,
    queue_bounds: QueueBounds,
    queue_timeout: Duration,
    recycle_runs: u32,
    recycle_age: Duration,
    stop: CancellationToken,
    changed: Notify,
    runtime: Handle,
}

impl Pool {
    /// A pool that starts its spares at once. Needs a runtime, which it stays on.
    pub(super) fn new(settings: &WorkerSettings, source: Box<dyn Source>) -> Arc<Self> {
        let max = settings.max.max(1);
        let sizes = Sizes {
            max,
            max_per_owner: settings.max_per_owner.clamp(1, max),
            spares: settings.spares.min(max),
        };
        let pool = Arc::new(Self {
            state: Mutex::new(State::new(sizes)),
            source,
            queue_bounds: QueueBounds {
                total: settings.queue,
                per_owner: settings.queue_per_owner,
            },
            queue_timeout: settings.queue_timeout,
            recycle_runs: settings.recycle_runs.max(1),
            recycle_age: settings.recycle_age,
            stop: CancellationToken::new(),
            changed: Notify::new(),
            runtime: Handle::current(),
        });
        pool.go_on();
        pool
    }

    /// A process for `key`, as soon as one is free.
    pub(super) async fn lease(
        self: &Arc<Self>,
        key: LeaseKey,
        patience: Patience,
    ) -> Result<Box<dyn Process>, LeaseError> {
        let (answer, process) = oneshot::channel();
        let (plan, refusal) = {
            let mut state = self.state.lock();
            if !state.is_open() {
                return Err(LeaseError::ShuttingDown);
            }
            let owner = key.owner.clone();
            state.queue.push(Waiter { key, patience, answer });
            let now = Instant::now();
            let plan = state.plan(now);
            // Where the bound is passed now it is this call that waits beyond it: the others were within.
            let is_over = patience == Patience::Bounded && state.queue.is_over(&owner, self.queue_bounds);
            (plan, is_over.then(|| state.busy(now)))
        };
        self.carry_out(plan);
        if let Some(refusal) = refusal {
            return Err(refusal);
        }
        let answer = match patience {
            Patience::Unbounded => process.await,
            Patience::Bounded => match tokio::time::timeout(self.queue_timeout, process).await {
                Ok(answer) => answer,
                Err(_) => return Err(self.state.lock().busy(Instant::now())),
            },
        };
        let lease = answer.map_err(|_| LeaseError::ShuttingDown)??;
        Ok(Box::new(lease))
    }

    /// What the processes are at.
    pub(super) fn census(&self) -> Census {
        self.state.lock().census()
    }

    /// Ends every worker and refuses every call, and waits until all are gone, for at most `bound`. Says whether they are.
    pub(super) async fn shut_down(self: &Arc<Self>, bound: Duration) -> bool {
        self.stop.cancel();
        let plan = self.state.lock().close();
        self.carry_out(plan);
        let emptied = async {
            loop {
                let changed = self.changed.notified();
                if self.state.lock().is_empty() {
                    return;
                }
                changed.await;
            }
        };
        tokio::time::timeout(bound, emptied).await.is_ok()
    }

    fn is_young(&self, worker: &Worker) -> bool {
        worker.runs() < self.recycle_runs && worker.born.elapsed() < self.recycle_age
    }

    fn take_back(self: &Arc<Self>, id: u64, is_fit: bool) {
        self.state.lock().returned(id, is_fit);
        self.go_on();
    }

    /// Does what is to be done now.
    fn go_on(self: &Arc<Self>) {
        let plan = self.state.lock().plan(Instant::now());
        self.carry_out(plan);
    }

    // Never with the state locked: a process that nobody waits for any more comes straight back.
    fn carry_out(self: &Arc<Self>, plan: Plan) {
        for worker in plan.ends {
            worker.end();
        }
        for _ in 0..plan.starts {
            self.runtime.spawn(self.clone().start());
        }
        for (answer, error) in plan.refusals {
            // Who does not wait any more does not want to know either.
            let _ = answer.send(Err(error));
        }
        for (answer, id, worker) in plan.grants {
            drop(answer.send(Ok(Lease::new(self.clone(), id, worker))));
        }
    }

    async fn start(self: Arc<Self>) {
        match self.source.start(self.stop.clone()).await {
            Ok(worker) => {
                let mut state = self.state.lock();
                state.backoff.succeeded();
                if let Some(id) = state.started(Some(worker.clone())) {
                    self.runtime
                        .spawn(watch(Arc::downgrade(&self), id, worker, self.recycle_age));
                }
            }
            Err(cause) => self.start_failed(cause),
        }
        self.changed.notify_waiters();
        self.go_on();
    }

    fn start_failed(self: &Arc<Self>, cause: String) {
        let mut state = self.state.lock();
        state.started(None);
        if !state.is_open() {
            return;
        }
        tracing::error!(cause, "a worker process could not be started");
        let pause = state.backoff.failed(cause, Instant::now());
        let pool = Arc::downgrade(self);
        self.runtime.spawn(async move {
            tokio::time::sleep(pause).await;
            if let Some(pool) = pool.upgrade() {
                pool.go_on();
            }
        });
    }
}

/// Follows a worker to its end.
async fn watch(pool: Weak<Pool>, id: u64, worker: Arc<Worker>, recycle_age: Duration) {
    tokio::select! {
        () = worker.gone() => {}
        () = tokio::time::sleep_until(worker.born + recycle_age) => {
            if let Some(pool) = pool.upgrade() {
                pool.state.lock().expired(id);
            }
            worker.gone().await;
        }
    }
    if let Some(pool) = pool.upgrade() {
        pool.state.lock().gone(id);
        pool.changed.notify_waiters();
        pool.go_on();
    }
}
