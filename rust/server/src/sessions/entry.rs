//! How a request gets its turn on a session (wire protocol 5.2, WP-D-03, WP-D-08).

use spe_protocol::SessionId;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

use super::execute::verdict_of;
use super::registry::Full;
use super::service::Sessions;
use super::session::{Kind, Origin, Session, Slot};
use crate::identity::{Caller, Owner};
use crate::workers::RunOutcome;

/// Why a request cannot enter a session. Nothing was made or changed by then (WP-D-03).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnterError {
    /// The id is another caller's.
    #[error("the session belongs to another identity")]
    NotOwned {
        /// Whose it is; for the log.
        owner: Owner,
    },
    /// The session runs another script, or is a job.
    #[error("the session is busy")]
    Busy,
    /// The owner has as many sessions and jobs as allowed.
    #[error("the limit of {0} sessions and jobs is reached")]
    Limit(usize),
    /// The server is shutting down.
    #[error("the server is shutting down")]
    ShuttingDown,
}

/// A turn on a session: nobody else runs on it meanwhile. Dropping it ends the turn, and disposes of the session unless it
/// is to be kept; there is no other place that does.
pub struct Entry {
    /// The session.
    pub session: Arc<Session>,
    pub(super) sessions: Arc<Sessions>,
    pub(super) turn: OwnedMutexGuard<Slot>,
    pub(super) progress: Progress,
    fresh: bool,
}

/// How far a turn came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// Nothing ran.
    Entered,
    /// A run was made and the process is well.
    Ran,
    /// A run was begun and its process, with the runspace in it, is lost.
    Lost,
}

enum Claim {
    Made(Arc<Session>),
    Existing(Arc<Session>),
}

enum Found {
    Refused(EnterError),
    Join(Arc<Session>),
}

impl From<EnterError> for Found {
    fn from(error: EnterError) -> Self {
        Self::Refused(error)
    }
}

impl Sessions {
    /// A turn for `caller` on the session `id`, which is made when there is none; without an id a new one. `keep` says
    /// whether it stays after the run.
    pub async fn enter(
        self: &Arc<Self>,
        caller: &Caller,
        id: Option<SessionId>,
        keep: bool,
    ) -> Result<Entry, EnterError> {
        if self.stopping.is_cancelled() {
            return Err(EnterError::ShuttingDown);
        }
        let id = id.unwrap_or_else(new_id);
        loop {
            let (session, fresh) = match self.claim(caller, &id, keep)? {
                Claim::Made(session) => (session, true),
                Claim::Existing(session) => (session, false),
            };
            let mut turn = self.wait_for_turn(&session).await?;
            if session.is_gone() {
                // It was disposed of while this request waited; the id is free or has been given away again.
                turn.process.take();
                continue;
            }
            session.set_kept(keep);
            return Ok(Entry {
                session,
                sessions: self.clone(),
                turn,
                progress: Progress::Entered,
                fresh,
            });
        }
    }

    fn claim(&self, caller: &Caller, id: &SessionId, keep: bool) -> Result<Claim, EnterError> {
        let origin = Origin {
            id: id.clone(),
            kind: Kind::RemoteAutomation,
            user: caller.user.clone(),
            owner: caller.owner.clone(),
            policy: caller.policy.clone(),
            name: None,
            auto_dispose: false,
        };
        let limit = self.limits.sessions_per_owner;
        let made = self.registry.create_if::<Found>(origin, keep, |existing| {
            let Some(existing) = existing else { return Ok(()) };
            if !existing.belongs_to(caller) {
                let owner = existing.origin.owner.clone();
                return Err(EnterError::NotOwned { owner }.into());
            }
            if existing.origin.kind == Kind::BackgroundJob {
                return Err(EnterError::Busy.into());
            }
            // Two throw-away calls of one id need nothing of each other: each has a runspace of its own.
            if !keep && !existing.is_kept() {
                return Ok(());
            }
            Err(Found::Join(existing.clone()))
        });
        match made {
            Ok(session) => Ok(Claim::Made(session)),
            Err(Found::Join(session)) => Ok(Claim::Existing(session)),
            Err(Found::Refused(EnterError::Limit(_))) => Err(EnterError::Limit(limit)),
            Err(Found::Refused(error)) => Err(error),
        }
    }
}

impl From<Full> for Found {
    fn from(Full: Full) -> Self {
        Self::Refused(EnterError::Limit(0))
    }
}

impl Sessions {
    /// WP-D-08: who finds the session busy waits, with as many others and for as long as the settings allow.
    async fn wait_for_turn(&self, session: &Arc<Session>) -> Result<OwnedMutexGuard<Slot>, EnterError> {
        if let Ok(turn) = session.slot.clone().try_lock_owned() {
            return Ok(turn);
        }
        let _place = Place::take(session, self.limits.session_queue).ok_or(EnterError::Busy)?;
        let turn = session.slot.clone().lock_owned();
        let turn = tokio::time::timeout(self.limits.session_queue_timeout, turn).await;
        turn.map_err(|_| EnterError::Busy)
    }
}

/// A place in the queue of a session, given up when dropped.
struct Place<'a>(&'a Session);

impl<'a> Place<'a> {
    fn take(session: &'a Session, most: usize) -> Option<Self> {
        let queued = session.queued.fetch_add(1, Ordering::Relaxed);
        let place = Self(session);
        (queued < most).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.queued.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if !self.session.phase().has_ended() {
            // Whoever waits for this session learns that the run it waited for does not come.
            let (verdict, error) = verdict_of(&RunOutcome::Stopped, "");
            self.session.run_ends(verdict, error);
        }
        let keep = match self.progress {
            Progress::Entered => !self.fresh,
            Progress::Ran => self.session.is_kept(),
            Progress::Lost => false,
        };
        if keep && !self.session.is_gone() {
            self.session.set_kept(true);
            self.sessions.expire_when_idle(&self.session);
        } else {
            self.session.set_gone();
            self.sessions.registry.remove(&self.session);
            self.turn.process.take();
        }
    }
}

impl Sessions {
    /// Disposes of an idle session when its time is over. The clock starts now, since a run has just ended (WP-D-14).
    fn expire_when_idle(self: &Arc<Self>, session: &Arc<Session>) {
        let (sessions, weak) = (self.clone(), Arc::downgrade(session));
        let idle = self.limits.session_idle;
        let task = tokio::spawn(async move {
            tokio::time::sleep(idle).await;
            let Some(session) = weak.upgrade() else { return };
            // A request that has the turn ends it later, and the clock starts again then.
            if session.slot.try_lock().is_ok() {
                sessions.dispose(&session);
            }
        });
        session.arm_expiry(task.abort_handle());
    }
}

pub(super) fn new_id() -> SessionId {
    SessionId::parse(&Uuid::new_v4().to_string()).expect("a GUID follows the grammar of ids")
}
