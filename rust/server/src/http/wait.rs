//! The wait route: long polling for a job's state and records (wire protocol 6). Every wake is an event.

use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use http::StatusCode;
use spe_protocol::SessionId;
use spe_protocol::wait::{
    DEFAULT_TIMEOUT_SECONDS, MAX_TIMEOUT_SECONDS, MIN_TIMEOUT_SECONDS, WaitRecords, WaitReply, WaitStatus,
};
use tokio::time::Instant;

use super::audit;
use super::hold::Hold;
use super::query::Query;
use super::refusal::Refusal;
use super::reply::{JSON, reply};
use super::request::Request;
use super::state::State;
use crate::identity::Caller;
use crate::sessions::{Handle, Session};

/// How long an unknown id may still come into being (6.2).
const REGISTRATION_GRACE: Duration = Duration::from_millis(750);

/// Shortest time between two deliveries to a client whose requests are counted.
const THRIFTY_INTERVAL: Duration = Duration::from_secs(1);

/// What a wait is for.
#[derive(Debug, PartialEq, Eq)]
enum Job {
    Script {
        id: SessionId,
        from: Option<u64>,
    },
    /// `None`: the text is no handle, and so of no job.
    Sitecore(Option<Handle>),
}

/// A wait whose parameters are in order.
struct Wait<'a> {
    state: &'a State,
    request: &'a Request,
    caller: &'a Caller,
    started: Instant,
    deadline: Instant,
}

/// Answers a request of this route.
pub(super) async fn handle(state: &Arc<State>, request: &Request) -> Result<Response, Refusal> {
    let caller = request.caller()?;
    let (job, timeout) = parameters(state, &request.query)?;
    check_outer_session(state, request, caller)?;
    let _held = state.waits.hold(&caller.owner)?;
    let started = Instant::now();
    let wait = Wait {
        state,
        request,
        caller,
        started,
        deadline: started + timeout,
    };
    let answer = match job {
        Job::Script { id, from } => wait.script(&id, from).await?,
        Job::Sitecore(handle) => wait.sitecore(handle).await,
    };
    Ok(reply(
        StatusCode::OK,
        JSON,
        serde_json::to_vec(&answer).unwrap_or_default(),
    ))
}

/// In the order of 6.2: job, cursor, timeout, kind of job.
fn parameters(state: &State, query: &Query) -> Result<(Job, Duration), Refusal> {
    let job = query.filled("jobId").ok_or(Refusal::JobIdMissing)?;
    let sitecore = query.is("jobType", "sitecore");
    let id = SessionId::parse(job);
    if id.is_err() && !sitecore {
        return Err(Refusal::IdInvalid { name: "jobId" });
    }
    let from = match query.filled("cursor") {
        None => None,
        Some(cursor) => {
            let id = id.as_ref().map_err(|_| Refusal::CursorInvalid)?;
            Some(state.cursors.verify(id, cursor).map_err(|_| Refusal::CursorInvalid)?)
        }
    };
    let timeout = timeout(query);
    match query.filled("jobType") {
        Some(_) if sitecore => Ok((Job::Sitecore(Handle::parse(job)), timeout)),
        Some(text) if !text.eq_ignore_ascii_case("scriptsession") => Err(Refusal::JobTypeUnsupported),
        _ => {
            let id = id.map_err(|_| Refusal::IdInvalid { name: "jobId" })?;
            Ok((Job::Script { id, from }, timeout))
        }
    }
}

fn timeout(query: &Query) -> Duration {
    let asked = query
        .get("timeoutSeconds")
        .and_then(|text| text.trim().parse::<i64>().ok());
    let seconds = asked.unwrap_or(DEFAULT_TIMEOUT_SECONDS.into());
    let seconds = seconds.clamp(MIN_TIMEOUT_SECONDS.into(), MAX_TIMEOUT_SECONDS.into());
    Duration::from_secs(seconds.unsigned_abs())
}

/// The caller's own session, which stock clients name, must not be somebody else's. It opens nothing: what counts is the
/// target (WP-D-01).
fn check_outer_session(state: &State, request: &Request, caller: &Caller) -> Result<(), Refusal> {
    let Some(text) = request.query.filled("sessionId") else {
        return Ok(());
    };
    let id = SessionId::parse(text).map_err(|_| Refusal::IdInvalid { name: "sessionId" })?;
    match state.sessions.registry.live(&id) {
        Some(session) => check_owner(request, caller, &session),
        None => Ok(()),
    }
}

fn check_owner(request: &Request, caller: &Caller, session: &Session) -> Result<(), Refusal> {
    if session.belongs_to(caller) {
        return Ok(());
    }
    audit::ownership_mismatch(request, caller, &session.origin.owner, session.id());
    Err(Refusal::SessionNotOwned)
}

impl Wait<'_> {
    async fn script(&self, id: &SessionId, from: Option<u64>) -> Result<WaitReply, Refusal> {
        let Some(session) = self.find(id).await else {
            return Ok(self.not_found(id.as_str()));
        };
        check_owner(self.request, self.caller, &session)?;
        let last = session.delivered();
        let interval = self.interval();
        let hold = Hold::new(Some(from.unwrap_or(last.seen)), last.at, interval, self.deadline);
        hold.until_due(&session, &self.state.stopping).await;
        Ok(self.report(&session, from))
    }

    /// The shortest time between two deliveries. Each costs a client with a limit a unit, so it is at least a second for them (decisions).
    fn interval(&self) -> Duration {
        let usual = self.state.config.limits.record_interval;
        match self.caller.throttled {
            Some(_) => usual.max(THRIFTY_INTERVAL),
            None => usual,
        }
    }

    /// The session, or the one that comes into being within the grace.
    async fn find(&self, id: &SessionId) -> Option<Arc<Session>> {
        let registry = &self.state.sessions.registry;
        let mut created = registry.watch_created();
        let grace = self.deadline.min(self.started + REGISTRATION_GRACE);
        let found = async {
            loop {
                created.borrow_and_update();
                if let Some(session) = registry.target(id) {
                    return session;
                }
                // The sender is in the registry, so the channel cannot close meanwhile.
                let _ = created.changed().await;
            }
        };
        tokio::select! {
            biased;
            session = found => Some(session),
            () = tokio::time::sleep_until(grace) => None,
            () = self.state.stopping.cancelled() => None,
        }
    }

    fn report(&self, session: &Session, from: Option<u64>) -> WaitReply {
        // The phase comes first: a run's records are all in the ring before its end is told.
        let phase = session.phase();
        let written = *session.watch_records().borrow();
        let batch = session.read(from.unwrap_or(0));
        session.note_delivery(Instant::now(), from.is_none().then_some(written));
        let drained = from.is_none() || !batch.has_more;
        audit::records_delivered(self.request, self.caller, session.id(), &batch);
        let records = (written > 0).then(|| WaitRecords {
            cursor: Some(self.state.cursors.sign(session.id(), batch.next)),
            has_more: batch.has_more,
            dropped_count: batch.counters.dropped_rate + batch.counters.dropped_size,
            dropped_rate: batch.counters.dropped_rate,
            dropped_size: batch.counters.dropped_size,
            truncated_count: batch.counters.truncated,
            streams: batch.records,
        });
        WaitReply {
            is_done: phase.has_ended() && drained,
            status: phase.script_status(),
            name: session.id().to_string(),
            elapsed_seconds: self.elapsed(),
            error: session.error().filter(|_| phase.has_ended()),
            records,
        }
    }

    async fn sitecore(&self, handle: Option<Handle>) -> WaitReply {
        let name = self.request.query.get("jobId").unwrap_or_default();
        let session = handle.and_then(|handle| self.state.sessions.registry.by_handle(&handle, self.caller));
        let Some(session) = session else {
            return self.not_found(name);
        };
        // Records are not part of this reply, so none ends the hold.
        let hold = Hold::new(None, None, Duration::ZERO, self.deadline);
        hold.until_due(&session, &self.state.stopping).await;
        let phase = session.phase();
        WaitReply {
            is_done: phase.has_ended(),
            status: phase.sitecore_status(),
            name: session.info().name,
            elapsed_seconds: self.elapsed(),
            error: session.error().filter(|_| phase.has_ended()),
            records: None,
        }
    }

    fn not_found(&self, name: &str) -> WaitReply {
        WaitReply {
            is_done: true,
            status: WaitStatus::NotFound,
            name: name.to_owned(),
            elapsed_seconds: self.elapsed(),
            error: None,
            records: None,
        }
    }

    fn elapsed(&self) -> u64 {
        let elapsed = self.started.elapsed();
        elapsed.as_secs() + u64::from(elapsed.subsec_millis() >= 500)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wire protocol 6.1: unparsable is 30, clamped to 1..60.
    #[test]
    fn the_timeout_is_clamped() {
        for (text, seconds) in [
            ("", 30),
            ("5", 5),
            ("0", 1),
            ("-7", 1),
            ("61", 60),
            ("ten", 30),
            ("1e9", 30),
        ] {
            let query = Query::parse(Some(&format!("timeoutSeconds={text}")));
            assert_eq!(timeout(&query), Duration::from_secs(seconds), "{text}");
        }
        assert_eq!(timeout(&Query::default()), Duration::from_secs(30));
    }
}
