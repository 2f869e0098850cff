//! The script route: inline scripts and the built-in actions (wire protocol 3.1 to 3.3).

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{Method, StatusCode};
use spe_protocol::{ScriptBody, SessionId, headers};

use super::body::{BodyText, read_text};
use super::query::Query;
use super::refusal::Refusal;
use super::reply::{JSON, TEXT, phrase, reply, set};
use super::request::Request;
use super::state::State;
use super::{actions, audit};
use crate::identity::{Caller, Denial};
use crate::sessions::{EnterError, PolicyError, ScriptRun};
use crate::workers::{JsonForm, LeaseError, OutputFormat, RunEnd, RunOutcome};

/// Values of `jsonDepth`.
const DEPTHS: std::ops::RangeInclusive<u8> = 1..=20;

/// Answers a request of this route.
pub(super) async fn handle(state: &Arc<State>, request: &Request, body: &mut Body) -> Result<Response, Refusal> {
    if request.query.is("action", "test") {
        return Ok(actions::test(request, request.caller()?));
    }
    if request.query.is("action", "cleanup") {
        return actions::cleanup(state, request, request.caller()?);
    }
    if request.method == Method::GET {
        return Err(Refusal::ScriptBlank);
    }
    run(state, request, body).await
}

async fn run(state: &Arc<State>, request: &Request, body: &mut Body) -> Result<Response, Refusal> {
    let caller = request.caller()?;
    let id = session_id(&request.query)?;
    let format = output_format(&request.query, state.config.spe.detailed_errors)?;
    let charge = state.bodies.charge(&caller.owner, 0)?;
    let BodyText { text, charge: _kept } = read_text(&request.headers, body, charge, &state.config.limits).await?;
    let script = ScriptBody::split(&text, id.as_ref().map_or("", SessionId::as_str));
    if script.is_blank() {
        return Err(Refusal::ScriptBlank);
    }
    let (hash, length) = (audit::script_hash(script.script), script.script.chars().count());
    let script = ScriptRun {
        script: Bytes::copy_from_slice(script.script.as_bytes()),
        arguments: script.arguments.map(|text| Bytes::copy_from_slice(text.as_bytes())),
        format,
        capture_streams: request.query.is_true("captureStreams"),
        rid: request.rid.clone(),
    };
    drop(text);
    if let Some(id) = &id {
        check_owner(state, request, caller, id)?;
    }
    policy(state, request, caller, &script).await?;
    let keep = request.query.is_true("persistentSession");
    let entry = state.sessions.enter(caller, id.clone(), keep).await.map_err(|error| {
        if let (EnterError::NotOwned { owner }, Some(id)) = (&error, &id) {
            audit::ownership_mismatch(request, caller, owner, id);
        }
        Refusal::from(error)
    })?;
    audit::allowed_by_policy(request, caller, &hash, length);
    let run = audit::ScriptLine::new(request, caller, entry.session.id(), hash);
    run.starting();
    let end = state.sessions.run(entry, caller, script).await?;
    run.ended(&end);
    let response = answer(end, format, caller.policy.language_mode.as_str())?;
    audit::response_detail(request, caller, format.as_str(), response.status());
    Ok(response)
}

/// A session that is there is the caller's. It is found out before anything else about the script (2.1).
fn check_owner(state: &State, request: &Request, caller: &Caller, id: &SessionId) -> Result<(), Refusal> {
    match state.sessions.registry.live(id) {
        Some(session) if !session.belongs_to(caller) => {
            audit::ownership_mismatch(request, caller, &session.origin.owner, id);
            Err(Refusal::SessionNotOwned)
        }
        _ => Ok(()),
    }
}

/// The policy of the caller allows the script. It is found out before a session is made or a worker taken (WP-D-03).
async fn policy(state: &State, request: &Request, caller: &Caller, script: &ScriptRun) -> Result<(), Refusal> {
    let policy = &caller.policy;
    let blocked = match policy.denial {
        Some(Denial::Unassigned) => {
            audit::denied(request, caller, "noPolicyAssigned");
            return Err(Refusal::NoPolicy);
        }
        Some(Denial::DenyAll) => None,
        None => match state.sessions.scan(policy, script.script.clone()).await {
            Ok(()) => return Ok(()),
            Err(PolicyError::Blocked(blocked)) => Some(blocked),
            Err(PolicyError::Unscanned(reason)) => return Err(Refusal::RunLost { reason }),
            Err(PolicyError::Lease(error)) => return Err(error.into()),
        },
    };
    audit::rejected_by_policy(request, caller, blocked.as_ref());
    Err(Refusal::PolicyBlocked {
        policy: policy.name.clone(),
        blocked,
    })
}

fn session_id(query: &Query) -> Result<Option<SessionId>, Refusal> {
    let Some(text) = query.filled("sessionId") else {
        return Ok(None);
    };
    let id = SessionId::parse(text).map_err(|_| Refusal::IdInvalid { name: "sessionId" })?;
    Ok(Some(id))
}

/// The format of 3.2.1: `rawOutput` counts only where `outputFormat` says nothing, and an unknown format is clixml.
fn output_format(query: &Query, detailed: bool) -> Result<OutputFormat, Refusal> {
    match query.filled("outputFormat") {
        None if query.is_true("rawOutput") => Ok(OutputFormat::Raw),
        Some(text) if text.eq_ignore_ascii_case("raw") => Ok(OutputFormat::Raw),
        Some(text) if text.eq_ignore_ascii_case("json") => json_form(query, detailed).map(OutputFormat::Json),
        _ => Ok(OutputFormat::CliXml),
    }
}

/// How JSON is written: errors as objects where `errorFormat` asks for it, and as deep as `jsonDepth` says (WP-D-56). Without it the
/// depth is that of stock servers (4.4).
fn json_form(query: &Query, detailed: bool) -> Result<JsonForm, Refusal> {
    let structured = query.is("errorFormat", "structured");
    let depth = match query.filled("jsonDepth") {
        None if structured && detailed => 4,
        None => 3,
        Some(text) => {
            let depth = text.parse().ok().filter(|depth| DEPTHS.contains(depth));
            depth.ok_or(Refusal::JsonDepthInvalid)?
        }
    };
    Ok(JsonForm {
        structured,
        detailed,
        depth,
    })
}

/// A run that failed has its output and its error in the body, too (WP-D-50).
fn answer(end: RunEnd, format: OutputFormat, language_mode: &str) -> Result<Response, Refusal> {
    let content_type = if format.json().is_some() { JSON } else { TEXT };
    let mut response = match end.outcome {
        RunOutcome::Completed => reply(StatusCode::OK, content_type, end.output),
        RunOutcome::Failed(_) => {
            let mut response = reply(StatusCode::FAILED_DEPENDENCY, content_type, end.output);
            phrase(&mut response, "Method Failure");
            response
        }
        RunOutcome::Stopped => return Err(Refusal::RunStopped),
        RunOutcome::Lost(reason) => return Err(Refusal::RunLost { reason }),
    };
    set(&mut response, headers::LANGUAGE_MODE, language_mode);
    Ok(response)
}

impl From<EnterError> for Refusal {
    fn from(error: EnterError) -> Self {
        match error {
            EnterError::NotOwned { .. } => Self::SessionNotOwned,
            EnterError::Busy => Self::SessionBusy,
            EnterError::Limit(limit) => Self::TooManySessions { limit },
            EnterError::ShuttingDown => Self::ShuttingDown,
        }
    }
}

impl From<LeaseError> for Refusal {
    fn from(error: LeaseError) -> Self {
        match error {
            LeaseError::Busy { retry_after } => Self::WorkersBusy { retry_after },
            LeaseError::Start(cause) => Self::WorkerStart { cause },
            LeaseError::ShuttingDown => Self::ShuttingDown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wire protocol 3.2.1 and 12.4: alone or together, in any case.
    #[test]
    fn formats_are_selected_as_stock_servers_do() {
        for (query, expected) in [
            ("", OutputFormat::CliXml),
            ("rawOutput=True", OutputFormat::Raw),
            ("rawOutput=False&outputFormat=Raw", OutputFormat::Raw),
            ("rawOutput=True&outputFormat=CliXml", OutputFormat::CliXml),
            ("outputFormat=whatever", OutputFormat::CliXml),
            ("outputFormat=&rawOutput=true", OutputFormat::Raw),
        ] {
            assert_eq!(
                output_format(&Query::parse(Some(query)), false),
                Ok(expected),
                "{query}"
            );
        }
    }

    /// Wire protocol 4.4 and WP-D-56: the depth of stock servers, unless the caller gives one.
    #[test]
    fn json_has_a_depth() {
        let form = |query: &str, detailed| {
            let query = Query::parse(Some(&format!("outputFormat=JSON{query}")));
            output_format(&query, detailed).map(|format| format.json().unwrap())
        };
        let depth = |query: &str, detailed| form(query, detailed).map(|form| form.depth);
        assert_eq!(depth("", true), Ok(3));
        assert_eq!(depth("&errorFormat=structured", false), Ok(3));
        assert_eq!(depth("&errorFormat=Structured", true), Ok(4));
        assert_eq!(depth("&jsonDepth=20", false), Ok(20));
        for wrong in ["0", "21", "-1", "x", "300", "1.5"] {
            let query = format!("&jsonDepth={wrong}");
            assert_eq!(form(&query, false), Err(Refusal::JsonDepthInvalid), "{wrong}");
        }
        assert!(form("&errorFormat=structured", false).unwrap().structured);
    }

    /// Decisions, ids: outside the grammar is 400, empty is a throw-away session.
    #[test]
    fn a_session_id_follows_the_grammar_or_is_empty() {
        assert_eq!(session_id(&Query::parse(Some("sessionId="))), Ok(None));
        let refused = Err(Refusal::IdInvalid { name: "sessionId" });
        for text in ["*", "a%20b", "a%22b", &"x".repeat(129)] {
            assert_eq!(session_id(&Query::parse(Some(&format!("sessionId={text}")))), refused);
        }
    }
}
