//! The pool over workers that are tasks of the test.

mod bounds;
mod keys;
mod shutdown;
mod spares;
mod starts;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{Pool, Source};
use crate::config::WorkerSettings;
use crate::identity::Owner;
use crate::sessions::Process;
use crate::workers::fake::*;
use crate::workers::worker::Worker;
use crate::workers::{LeaseError, LeaseKey, Patience, RunOutcome, RunRequest};

type Lease = Box<dyn Process>;

/// What the workers of a pool have seen.
#[derive(Clone)]
struct Seen {
    started: watch::Sender<usize>,
    ended: watch::Sender<usize>,
    /// Number of the worker and kind of the frame.
    frames: Arc<Mutex<Vec<(usize, String)>>>,
    /// Starts that fail from now on.
    failing: Arc<AtomicUsize>,
}

/// Starts workers that complete every run at once.
struct Tasks(Seen);

impl Source for Tasks {
    fn start(&self, _stop: CancellationToken) -> BoxFuture<'_, Result<Arc<Worker>, String>> {
        async move {
            let mut number = 0;
            self.0.started.send_modify(|started| {
                *started += 1;
                number = *started;
            });
            let failing = self.0.failing.load(Ordering::Relaxed);
            if failing > 0 {
                self.0.failing.store(failing - 1, Ordering::Relaxed);
                return Err("there is no engine".to_owned());
            }
            let (worker, peer, _) = worker(bounds()).await;
            tokio::spawn(serve(peer, self.0.clone(), number));
            Ok(worker)
        }
        .boxed()
    }
}

async fn serve(mut peer: Peer, seen: Seen, number: usize) {
    while let Some((header, payload)) = peer.try_next().await {
        let kind = header["type"].as_str().unwrap().to_owned();
        seen.frames.lock().push((number, kind.clone()));
        match (kind.as_str(), &payload[..]) {
            ("run", b"die") => break,
            ("run", b"hang") => {}
            ("run", _) => peer.done(header["run"].as_u64().unwrap()).await,
            _ => {}
        }
    }
    seen.ended.send_modify(|ended| *ended += 1);
}

struct House {
    pool: Arc<Pool>,
    seen: Seen,
}

impl House {
    fn new(settings: &WorkerSettings) -> Self {
        Self::failing(settings, 0)
    }

    /// A pool whose first `starts` fail.
    fn failing(settings: &WorkerSettings, starts: usize) -> Self {
        let seen = Seen {
            started: watch::Sender::new(0),
            ended: watch::Sender::new(0),
            frames: Arc::default(),
            failing: Arc::new(AtomicUsize::new(starts)),
        };
        let pool = Pool::new(settings, Box::new(Tasks(seen.clone())));
        Self { pool, seen }
    }

    async fn lease(&self, owner: &str) -> Lease {
        within(self.pool.lease(key(owner, "p"), Patience::Bounded))
            .await
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Leaves an idle process that serves an owner from now on.
    async fn visit(&self, owner: &str) {
        let mut lease = self.lease(owner).await;
        run(&mut lease, script("1")).await;
    }

    /// A call that waits in a task of its own, in line when this returns.
    async fn waiting(&self, owner: &str) -> JoinHandle<Result<Lease, LeaseError>> {
        let pool = self.pool.clone();
        let key = key(owner, "p");
        let waiting = tokio::spawn(async move { pool.lease(key, Patience::Bounded).await });
        // On the one thread of the test the task runs to its first wait before this goes on.
        tokio::task::yield_now().await;
        waiting
    }

    async fn started(&self, count: usize) {
        within(self.seen.started.subscribe().wait_for(|started| *started >= count))
            .await
            .unwrap();
    }

    async fn ended(&self, count: usize) {
        within(self.seen.ended.subscribe().wait_for(|ended| *ended >= count))
            .await
            .unwrap();
    }

    fn starts(&self) -> usize {
        *self.seen.started.borrow()
    }

    /// The worker that runs a script of this lease.
    async fn number_of(&self, lease: &mut Lease) -> usize {
        assert_eq!(run(lease, script("1")).await, RunOutcome::Completed);
        let frames = self.seen.frames.lock();
        frames.iter().rev().find(|(_, kind)| kind == "run").unwrap().0
    }
}

async fn run(lease: &mut Lease, request: RunRequest) -> RunOutcome {
    within(lease.run(request, Observer::new(), CancellationToken::new()))
        .await
        .outcome
}

fn key(owner: &str, policy: &str) -> LeaseKey {
    LeaseKey {
        owner: Owner(owner.into()),
        policy: policy.to_owned(),
    }
}

fn settings() -> WorkerSettings {
    WorkerSettings {
        max: 8,
        max_per_owner: 8,
        spares: 0,
        queue_timeout: DEADLINE,
        ..WorkerSettings::default()
    }
}

/// A bound that is reached at once, for waits that must end in vain.
const IN_VAIN: Duration = Duration::from_millis(20);
