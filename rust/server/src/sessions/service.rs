//! The one entry to sessions and jobs.

use std::sync::Arc;
use std::time::Duration;

use spe_protocol::SessionId;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::budget::Budget;
use super::parked::ParkedContents;
use super::processes::Processes;
use super::registry::Registry;
use super::session::{Kind, Session};
use crate::config::Limits;
use crate::identity::Caller;
use crate::workers::Census;

/// Sessions, jobs and the processes they run in.
pub struct Sessions {
    /// Who has which id.
    pub registry: Registry,
    pub(super) processes: Arc<dyn Processes>,
    pub(super) limits: Limits,
    /// Whether error records of streams tell what went wrong, or only where the log has it.
    pub(super) detailed_errors: bool,
    /// What results of jobs take until they are received.
    pub(super) results: Arc<Budget>,
    /// What scripts left to be fetched.
    pub(super) parked: ParkedContents,
    pub(super) tasks: TaskTracker,
    pub(super) stopping: CancellationToken,
}

impl Sessions {
    /// An empty house. `instance` names this server process in handles.
    pub fn new(instance: Arc<str>, processes: Arc<dyn Processes>, limits: Limits, detailed_errors: bool) -> Arc<Self> {
        Arc::new(Self {
            registry: Registry::new(instance, &limits),
            processes,
            results: Budget::new(limits.results_bytes, limits.results_per_owner_bytes),
            parked: ParkedContents::default(),
            limits,
            detailed_errors,
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
        })
    }

    /// What the worker processes are at.
    pub fn census(&self) -> Census {
        self.processes.census()
    }

    /// Ends the caller's request sessions of an id, running ones too, and says how many there were. Somebody else's and
    /// unknown ids count 0 (WP-D-02); jobs are not touched.
    pub fn cleanup(&self, caller: &Caller, id: &SessionId) -> usize {
        let own = self.registry.all_of(id).into_iter();
        own.filter(|session| session.belongs_to(caller) && session.origin.kind == Kind::RemoteAutomation)
            .filter(|session| self.dispose(session))
            .count()
    }

    /// Stops every run. No further one begins.
    pub fn cancel_all(&self) {
        self.stopping.cancel();
        for session in self.registry.all() {
            session.stop();
        }
    }

    /// Ends every session and waits until all runs are over, for at most `bound`.
    pub async fn shut_down(&self, bound: Duration) {
        self.cancel_all();
        for session in self.registry.all() {
            self.dispose(&session);
        }
        self.tasks.close();
        // Whatever is left by then is ended together with the worker processes.
        let _ = tokio::time::timeout(bound, self.tasks.wait()).await;
    }

    /// Takes a session out of the namespace, stops its run and gives its process back: at once when it is idle, by the run's
    /// own end otherwise. Says whether it was still there.
    pub(super) fn dispose(&self, session: &Arc<Session>) -> bool {
        session.set_gone();
        let was_there = self.registry.remove(session);
        session.stop();
        session.disarm_expiry();
        if let Ok(mut slot) = session.slot.clone().try_lock_owned() {
            slot.process.take();
        }
        was_there
    }
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}
