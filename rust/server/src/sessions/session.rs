//! One session or job: who it belongs to, where it is, what it wrote.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use bytes::Bytes;
use parking_lot::Mutex;
use spe_protocol::SessionId;
use spe_protocol::timestamp::format_utc;
use spe_protocol::wait::{JobError, MAX_RECORDS};
use time::OffsetDateTime;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::budget::Charge;
use super::handle::Handle;
use super::phase::{Phase, Verdict};
use super::processes::Process;
use super::ring::{Batch, RecordRing};
use crate::identity::{Caller, Owner, Policy};
use crate::workers::{SessionInfo, WorkerRecord};

/// What a session was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A request to the script route.
    RemoteAutomation,
    /// `Start-ScriptSession`.
    BackgroundJob,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::RemoteAutomation => "RemoteAutomation",
            Self::BackgroundJob => "BackgroundJob",
        }
    }
}

/// What is known of a session when it is made and never changes.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The literal id.
    pub id: SessionId,
    /// What it was made for.
    pub kind: Kind,
    /// The account its scripts run for.
    pub user: String,
    /// Who it belongs to (WP-D-06: from its creation, for as long as it lives).
    pub owner: Owner,
    /// The policy it is bound to.
    pub policy: Arc<Policy>,
    /// Name of a job.
    pub name: Option<String>,
    /// Whether it goes away when its run ends.
    pub auto_dispose: bool,
}

/// A session or job. What changes is behind locks of its own, none of which is held across an await but the slot's.
pub struct Session {
    /// What never changes.
    pub origin: Origin,
    /// Sitecore-style handle.
    pub handle: Handle,
    /// Place in the order of creation.
    pub order: u64,
    phase: watch::Sender<Phase>,
    written: watch::Sender<u64>,
    ring: Mutex<RecordRing>,
    history: Mutex<History>,
    cancel: Mutex<CancellationToken>,
    gone: AtomicBool,
    kept: AtomicBool,
    expiry: Mutex<Option<tokio::task::AbortHandle>>,
    delivered: Mutex<Delivered>,
    /// Held by the one run at a time; has the process of a session that is kept.
    pub(super) slot: Arc<tokio::sync::Mutex<Slot>>,
    /// Requests that wait for the slot.
    pub(super) queued: AtomicUsize,
}

/// What the holder of a session's turn has.
#[derive(Default)]
pub(super) struct Slot {
    /// The process with the kept runspace, when there was a run before.
    pub(super) process: Option<Box<dyn Process>>,
}

#[derive(Default)]
struct History {
    started: Option<OffsetDateTime>,
    ended: Option<OffsetDateTime>,
    error: Option<JobError>,
    result: Bytes,
    /// The result's share of what results may take.
    charge: Option<Charge>,
}

/// What waits were told last (decisions: coalescing, and waits of stock clients).
#[derive(Debug, Clone, Copy, Default)]
pub struct Delivered {
    /// When the last reply with records went out.
    pub at: Option<Instant>,
    /// Records that stood in the ring when a wait without cursor was answered last.
    pub seen: u64,
}

impl Session {
    pub(super) fn new(origin: Origin, handle: Handle, order: u64, kept: bool, ring: RecordRing) -> Arc<Self> {
        Arc::new(Self {
            origin,
            handle,
            order,
            phase: watch::Sender::new(Phase::Pending),
            written: watch::Sender::new(0),
            ring: Mutex::new(ring),
            history: Mutex::default(),
            cancel: Mutex::new(CancellationToken::new()),
            gone: AtomicBool::new(false),
            kept: AtomicBool::new(kept),
            expiry: Mutex::new(None),
            delivered: Mutex::default(),
            slot: Arc::default(),
            queued: AtomicUsize::new(0),
        })
    }

    /// The literal id.
    pub fn id(&self) -> &SessionId {
        &self.origin.id
    }

    /// Whether `caller` may use it: the same owner under the same policy.
    pub fn belongs_to(&self, caller: &Caller) -> bool {
        self.origin.owner == caller.owner && self.origin.policy.name == caller.policy.name
    }

    /// Where it is now.
    pub fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    /// Changes of [`Self::phase`].
    pub fn watch_phase(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    /// Changes of the sequence number that the next record gets.
    pub fn watch_records(&self) -> watch::Receiver<u64> {
        self.written.subscribe()
    }

    /// Waits until its run has ended.
    pub async fn ended(&self) {
        // The sender is a field of this session, so the channel cannot close while it is waited on.
        let _ = self.phase.subscribe().wait_for(|phase| phase.has_ended()).await;
    }

    /// The terminating error of the last run.
    pub fn error(&self) -> Option<JobError> {
        self.history.lock().error.clone()
    }

    /// At most a reply's worth of records from `from` on.
    pub fn read(&self, from: u64) -> Batch {
        self.ring.lock().read(from, MAX_RECORDS)
    }

    /// What waits were told last.
    pub fn delivered(&self) -> Delivered {
        *self.delivered.lock()
    }

    /// Notes that a wait was answered at `now`; `seen` is the end of the ring, when the wait had no cursor.
    pub fn note_delivery(&self, now: Instant, seen: Option<u64>) {
        let mut delivered = self.delivered.lock();
        delivered.at = Some(now);
        delivered.seen = delivered.seen.max(seen.unwrap_or(0));
    }

    /// Whether it stays after its run.
    pub fn is_kept(&self) -> bool {
        self.kept.load(Ordering::Relaxed)
    }

    pub(super) fn set_kept(&self, kept: bool) {
        self.kept.store(kept, Ordering::Relaxed);
    }

    /// Whether it was disposed of; its id may have been given away again.
    pub(super) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    pub(super) fn set_gone(&self) {
        self.gone.store(true, Ordering::Release);
    }

    /// Takes a record in and wakes those who wait for one. Says whether it was taken: too many at once are not.
    pub(super) fn push(&self, record: WorkerRecord) -> bool {
        let next = self.ring.lock().push(record.kind, record.time_utc, Instant::now());
        if let Some(next) = next {
            self.written.send_replace(next);
        }
        next.is_some()
    }

    /// Memory that its records take, in bytes.
    pub(super) fn ring_taken(&self) -> usize {
        self.ring.lock().taken()
    }

    /// Lets go of its oldest records until `bytes` of memory are free, and says how many are.
    pub(super) fn evict_records(&self, bytes: usize) -> usize {
        self.ring.lock().evict(bytes)
    }

    /// A token that stops the run that is about to begin. It is cancelled at once when the session is already gone.
    pub(super) fn arm(&self) -> CancellationToken {
        self.disarm_expiry();
        let token = CancellationToken::new();
        *self.cancel.lock() = token.clone();
        if self.is_gone() {
            token.cancel();
        }
        token
    }

    /// The token that stops the first run.
    pub(super) fn first_run(&self) -> CancellationToken {
        self.cancel.lock().clone()
    }

    /// Stops the run, if there is one.
    pub(super) fn stop(&self) {
        self.cancel.lock().cancel();
    }

    pub(super) fn run_begins(&self) {
        let mut history = self.history.lock();
        history.started = Some(OffsetDateTime::now_utc());
        history.ended = None;
        history.error = None;
        drop(history);
        self.phase.send_replace(Phase::Running);
    }

    /// Notes how the run ended, and then wakes those who wait for it.
    pub(super) fn run_ends(&self, verdict: Verdict, error: Option<JobError>) {
        self.job_ends(verdict, error, Bytes::new(), None);
    }

    /// The same, with a result that is kept until it is received.
    pub(super) fn job_ends(&self, verdict: Verdict, error: Option<JobError>, result: Bytes, charge: Option<Charge>) {
        let mut history = self.history.lock();
        history.ended = Some(OffsetDateTime::now_utc());
        history.error = error;
        history.result = result;
        history.charge = charge;
        drop(history);
        self.phase.send_replace(Phase::Ended(verdict));
    }

    /// The result as CLIXML, empty when there is none; it is handed over once unless it is to be kept.
    pub(super) fn result(&self, keep: bool) -> Bytes {
        let mut history = self.history.lock();
        if keep {
            history.result.clone()
        } else {
            history.charge = None;
            std::mem::take(&mut history.result)
        }
    }

    pub(super) fn drop_result(&self) {
        // Nobody can receive it any more.
        drop(self.result(false));
    }

    pub(super) fn arm_expiry(&self, task: tokio::task::AbortHandle) {
        if let Some(before) = self.expiry.lock().replace(task) {
            before.abort();
        }
    }

    pub(super) fn disarm_expiry(&self) {
        if let Some(task) = self.expiry.lock().take() {
            task.abort();
        }
    }

    /// As its owner's scripts see it.
    pub fn info(&self) -> SessionInfo {
        let history = self.history.lock();
        SessionInfo {
            id: self.id().to_string(),
            kind: self.origin.kind.as_str(),
            state: self.phase().script_state(),
            name: self.origin.name.clone().unwrap_or_else(|| self.id().to_string()),
            handle: self.handle.to_string(),
            has_result: !history.result.is_empty(),
            auto_dispose: self.origin.auto_dispose,
            error: history.error.clone(),
            started_utc: history.started.map(format_utc),
            ended_utc: history.ended.map(format_utc),
        }
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("origin", &self.origin)
            .field("phase", &self.phase())
            .finish_non_exhaustive()
    }
}
