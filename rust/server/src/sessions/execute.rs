//! One run of a script on a session.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use spe_protocol::wait::JobError;
use tokio_util::sync::CancellationToken;

use super::entry::{Entry, Progress};
use super::observer::Observer;
use super::phase::Verdict;
use super::processes::Process;
use super::service::Sessions;
use super::session::Session;
use crate::identity::Caller;
use crate::text::sentence;
use crate::workers::{
    LeaseError, LeaseKey, LostReason, OutputFormat, Patience, RunEnd, RunKind, RunOutcome, RunRequest,
};

/// What a request wants run.
#[derive(Debug, Clone)]
pub struct ScriptRun {
    /// The script.
    pub script: Bytes,
    /// Arguments as CLIXML.
    pub arguments: Option<Bytes>,
    /// How output is written.
    pub format: OutputFormat,
    /// Whether stream records stand in the output.
    pub capture_streams: bool,
    /// Request id.
    pub rid: String,
}

impl Sessions {
    /// Runs a script in the turn of `entry` and waits for its end. The run belongs to a task of its own, which ends the turn;
    /// when this future is dropped, because the client went away, the run is stopped.
    pub async fn run(self: &Arc<Self>, entry: Entry, caller: &Caller, script: ScriptRun) -> Result<RunEnd, LeaseError> {
        let cancel = entry.session.arm();
        let _stop_when_dropped = cancel.clone().drop_guard();
        let request = request_of(&entry, caller, script);
        let observer = Observer::new(self, &entry.session, caller, &request.rid);
        let task = self.tasks.spawn(run_in_turn(entry, request, observer, cancel));
        match task.await {
            Ok(end) => end,
            Err(panic) => Err(LeaseError::Start(panic.to_string())),
        }
    }

    /// A process for `session`, unless it is stopped first.
    pub(super) async fn lease_for(
        &self,
        session: &Session,
        patience: Patience,
        cancel: &CancellationToken,
    ) -> Option<Result<Box<dyn Process>, LeaseError>> {
        let key = LeaseKey {
            owner: session.origin.owner.clone(),
            policy: session.origin.policy.name.clone(),
        };
        tokio::select! {
            biased;
            () = cancel.cancelled() => None,
            () = self.stopping.cancelled() => Some(Err(LeaseError::ShuttingDown)),
            process = self.processes.lease(key, patience) => Some(process),
        }
    }
}

async fn run_in_turn(
    mut entry: Entry,
    request: RunRequest,
    observer: Observer,
    cancel: CancellationToken,
) -> Result<RunEnd, LeaseError> {
    let session = entry.session.clone();
    let rid = request.rid.clone();
    let mut process = match entry.turn.process.take() {
        Some(process) => process,
        None => match entry.sessions.lease_for(&session, Patience::Bounded, &cancel).await {
            Some(process) => process?,
            None => return Ok(stopped_before_it_began()),
        },
    };
    // Until the run has come back in order, a turn that is dropped counts as lost: nobody knows the runspace's state then.
    entry.progress = Progress::Lost;
    session.run_begins();
    let limit = entry.sessions.limits.run_time;
    let end = run_for(limit, &mut *process, request, observer, &cancel).await;
    if !matches!(end.outcome, RunOutcome::Lost(_)) {
        entry.progress = Progress::Ran;
        entry.turn.process = Some(process);
    }
    let (verdict, error) = verdict_of(&end.outcome, &rid);
    session.run_ends(verdict, error);
    Ok(end)
}

/// Makes a run of at most `limit`, zero for none. One that takes longer is stopped, and ends by name (WP-D-22).
pub(super) async fn run_for(
    limit: Duration,
    process: &mut dyn Process,
    request: RunRequest,
    observer: Observer,
    cancel: &CancellationToken,
) -> RunEnd {
    let stop = cancel.child_token();
    let mut run = process.run(request, Arc::new(observer), stop.clone());
    tokio::select! {
        biased;
        end = &mut run => return end,
        () = tokio::time::sleep(limit), if !limit.is_zero() => {}
    }
    stop.cancel();
    let mut end = run.await;
    // It may have come to its own end just then, or somebody else has stopped it.
    if end.outcome == RunOutcome::Stopped && !cancel.is_cancelled() {
        end.outcome = RunOutcome::Lost(LostReason::RunTime { limit });
    }
    end
}

fn request_of(entry: &Entry, caller: &Caller, script: ScriptRun) -> RunRequest {
    let session = &entry.session;
    RunRequest {
        kind: RunKind::Script,
        format: script.format,
        script: script.script,
        arguments: script.arguments,
        capture_streams: script.capture_streams,
        // A throw-away call on a kept session still runs in what the session has, and ends it then (5.2).
        keep_runspace: session.is_kept() || entry.turn.process.is_some(),
        session_id: Some(session.id().to_string()),
        job_name: None,
        user: caller.user.clone(),
        policy: caller.policy.clone(),
        rid: script.rid,
    }
}

pub(super) fn stopped_before_it_began() -> RunEnd {
    RunEnd {
        outcome: RunOutcome::Stopped,
        output: Bytes::new(),
        had_errors: false,
        exit_code: None,
    }
}

/// The verdict on a run, and the error that goes with it: every run that did not come to its own end has one.
pub(super) fn verdict_of(outcome: &RunOutcome, rid: &str) -> (Verdict, Option<JobError>) {
    match outcome {
        RunOutcome::Completed => (Verdict::Completed, None),
        RunOutcome::Failed(error) => {
            let mut error = error.clone();
            error.correlation_id = Some(rid.to_owned());
            (Verdict::Failed, Some(error))
        }
        RunOutcome::Stopped => {
            let message = "The script was stopped before it ended.".to_owned();
            let error = named_error(message, "Spe.Remoting.Stopped", "OperationStopped", rid);
            (Verdict::Stopped, Some(error))
        }
        RunOutcome::Lost(reason) => {
            let message = sentence(&reason.to_string());
            let error = named_error(message, reason.error_id(), reason.category(), rid);
            (Verdict::Failed, Some(error))
        }
    }
}

/// An error of the server's own, as a wait and the script-session commands show it.
pub(super) fn named_error(message: String, id: &str, category: &str, rid: &str) -> JobError {
    JobError {
        correlation_id: Some(rid.to_owned()),
        message,
        fully_qualified_error_id: id.to_owned(),
        error_category: category.to_owned(),
        ..JobError::default()
    }
}
