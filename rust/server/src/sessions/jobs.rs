//! Jobs: scripts that `Start-ScriptSession` starts and that go on without the request (wire protocol 5.4).

use std::sync::Arc;

use bytes::Bytes;
use spe_protocol::SessionId;

use super::entry::new_id;
use super::execute::{named_error, run_for, stopped_before_it_began, verdict_of};
use super::observer::Observer;
use super::phase::Verdict;
use super::registry::Full;
use super::service::Sessions;
use super::session::{Kind, Origin, Session};
use crate::text::sentence;
use crate::workers::{CallError, LeaseError, OutputFormat, Patience, RunKind, RunOutcome, RunRequest};

/// A job to be started.
pub(super) struct NewJob {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) auto_dispose: bool,
    pub(super) script: Bytes,
    pub(super) arguments: Option<Bytes>,
}

enum StartError {
    Full,
    Taken,
}

impl From<Full> for StartError {
    fn from(Full: Full) -> Self {
        Self::Full
    }
}

impl Observer {
    /// Starts a job under the owner, policy and language mode of this run (WP-D-09).
    pub(super) fn start_job(&self, job: NewJob) -> Result<Arc<Session>, CallError> {
        let sessions = &self.sessions;
        if sessions.stopping.is_cancelled() {
            return Err(CallError::Stopped);
        }
        let id = match job.id {
            Some(id) => SessionId::parse(&id).map_err(|_| CallError::InvalidId(id))?,
            None => new_id(),
        };
        self.make_room(&id);
        let origin = Origin {
            id: id.clone(),
            kind: Kind::BackgroundJob,
            user: self.caller.user.clone(),
            owner: self.caller.owner.clone(),
            policy: self.caller.policy.clone(),
            name: job.name.clone(),
            auto_dispose: job.auto_dispose,
        };
        let made = sessions.registry.create_if(origin, true, |existing| match existing {
            Some(_) => Err(StartError::Taken),
            None => Ok(()),
        });
        let session = made.map_err(|error| match error {
            StartError::Full => CallError::Limit(sessions.limits.sessions_per_owner),
            StartError::Taken => CallError::Busy(id.to_string()),
        })?;
        let request = RunRequest {
            kind: RunKind::Job,
            format: OutputFormat::CliXml,
            script: job.script,
            arguments: job.arguments,
            capture_streams: false,
            keep_runspace: false,
            session_id: Some(id.to_string()),
            job_name: job.name,
            user: self.caller.user.clone(),
            policy: self.caller.policy.clone(),
            rid: self.rid.clone(),
        };
        let observer = Self::new(sessions, &session, &self.caller, &self.rid);
        sessions.tasks.spawn(run_job(observer, request));
        Ok(session)
    }

    /// An ended job of one's own gives its id away to the next one.
    fn make_room(&self, id: &SessionId) {
        let Some(before) = self.sessions.registry.live(id) else {
            return;
        };
        let is_job = before.origin.kind == Kind::BackgroundJob;
        if is_job && before.belongs_to(&self.caller) && before.phase().has_ended() {
            self.sessions.dispose(&before);
        }
    }
}

async fn run_job(observer: Observer, request: RunRequest) {
    let (sessions, session) = (observer.sessions.clone(), observer.session.clone());
    let cancel = session.first_run();
    let rid = request.rid.clone();
    // A job has nobody who waits for an answer now: it stays in the queue until it is its turn.
    match sessions.lease_for(&session, Patience::Unbounded, &cancel).await {
        Some(Ok(mut process)) => {
            session.run_begins();
            let limit = sessions.limits.job_run_time;
            let end = run_for(limit, &mut *process, request, observer, &cancel).await;
            drop(process);
            finish(&sessions, &session, &end.outcome, &rid, end.output);
        }
        Some(Err(LeaseError::ShuttingDown)) | None => {
            finish(
                &sessions,
                &session,
                &stopped_before_it_began().outcome,
                &rid,
                Bytes::new(),
            );
        }
        Some(Err(error)) => {
            let message = sentence(&error.to_string());
            let error = named_error(message, "Spe.Remoting.WorkerStart", "ResourceUnavailable", &rid);
            session.run_ends(Verdict::Failed, Some(error));
        }
    }
    sessions.job_has_ended(&session);
}

/// A result that cannot be kept is a failure with a name: the script ran, and its output is gone.
fn finish(sessions: &Sessions, session: &Session, outcome: &RunOutcome, rid: &str, output: Bytes) {
    let (verdict, error) = verdict_of(outcome, rid);
    match sessions.results.charge(&session.origin.owner, output.len()) {
        Ok(charge) => session.job_ends(verdict, error, output, Some(charge)),
        Err(over) => {
            let message = format!(
                "The job has ended, and its result of {} bytes could not be kept: {over}. Receive or remove the results of \
                 other jobs, then run it again.",
                output.len()
            );
            let error =
                error.unwrap_or_else(|| named_error(message, "Spe.Remoting.ResultLimit", "LimitsExceeded", rid));
            session.run_ends(Verdict::Failed, Some(error));
        }
    }
}

impl Sessions {
    /// From here on the job is a result to be received, and how it ended; both go when the grace is over.
    fn job_has_ended(self: &Arc<Self>, session: &Arc<Session>) {
        if session.is_gone() {
            return;
        }
        if session.origin.auto_dispose {
            self.registry.retire(session);
        }
        let (sessions, weak) = (self.clone(), Arc::downgrade(session));
        let grace = self.limits.job_grace;
        let task = tokio::spawn(async move {
            tokio::time::sleep(grace).await;
            if let Some(session) = weak.upgrade() {
                sessions.registry.remove(&session);
                sessions.registry.forget_tail(&session);
            }
        });
        session.arm_expiry(task.abort_handle());
    }
}
