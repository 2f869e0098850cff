//! What the server says to a worker (docs/developers/worker-channel.md, server to worker).

use bytes::{BufMut, Bytes, BytesMut};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::frame::{MAX_HEADER, MAX_PAYLOAD, PREFIX};
use super::outbox::OutFrame;
use crate::text::sentence;
use crate::workers::{CallError, CallReply, RunKind, RunRequest, SessionInfo};

/// The version of the channel that both ends must speak.
pub(super) const PROTOCOL: u32 = 1;
/// Characters that a text of a session keeps when the whole does not fit into a header.
const CUT_TEXT: usize = 1_200;

/// A header grew over its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the names of the run are too long to be sent to a worker")]
pub(super) struct HeaderTooLong;

/// What this server calls itself in scripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// `$PSVersionTable.SPEVersion`.
    pub spe: String,
    /// `$SitecoreVersion`.
    pub sitecore: String,
}

/// The first frame.
pub(super) fn hello(versions: &Versions) -> Result<OutFrame, HeaderTooLong> {
    let Versions { spe, sitecore } = versions;
    let header = json!({ "type": "hello", "protocol": PROTOCOL, "speVersion": spe, "sitecoreVersion": sitecore });
    frame(&header, Bytes::new())
}

/// Stops the pipeline of a run.
pub(super) fn cancel(run: u64) -> OutFrame {
    small(&json!({ "type": "cancel", "run": run }))
}

/// Ends the kept runspace.
pub(super) fn forget() -> OutFrame {
    small(&json!({ "type": "forget" }))
}

/// Asks for a `pong`.
pub(super) fn ping() -> OutFrame {
    small(&json!({ "type": "ping" }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunHeader<'a> {
    r#type: &'static str,
    #[serde(rename = "run")]
    id: u64,
    kind: RunKind,
    format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    json: Option<crate::workers::JsonForm>,
    script_length: usize,
    arguments_as: &'static str,
    capture_streams: bool,
    keep_runspace: bool,
    language_mode: &'static str,
    session_id: Option<&'a str>,
    job_name: Option<&'a str>,
    user: &'a str,
    policy: &'a str,
    audit_level: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    commands: Option<&'a [String]>,
    rid: &'a str,
}

/// The order to run a script.
pub(super) fn run(run: u64, request: &RunRequest) -> Result<Vec<OutFrame>, HeaderTooLong> {
    let header = RunHeader {
        r#type: "run",
        id: run,
        kind: request.kind,
        format: request.format.as_str(),
        json: request.format.json(),
        script_length: request.script.len(),
        arguments_as: match request.kind {
            RunKind::Script => "params",
            RunKind::Job => "variables",
        },
        capture_streams: request.capture_streams,
        keep_runspace: request.keep_runspace,
        language_mode: request.policy.language_mode.as_str(),
        session_id: request.session_id.as_deref(),
        job_name: request.job_name.as_deref(),
        user: &request.user,
        policy: &request.policy.name,
        audit_level: request.policy.audit.as_str(),
        commands: request.policy.commands.as_deref(),
        rid: &request.rid,
    };
    let payload = match &request.arguments {
        Some(arguments) if !arguments.is_empty() => [&request.script[..], &arguments[..]].concat().into(),
        _ => request.script.clone(),
    };
    message(&header, &json!({ "type": "run", "run": run }), payload)
}

/// The order of a scan, which no run comes before or after in the same process.
pub(super) fn scan(scan: u64, script: Bytes, commands: &[String]) -> Result<Vec<OutFrame>, HeaderTooLong> {
    let base = json!({ "type": "scan", "scan": scan });
    let header = json!({ "type": "scan", "scan": scan, "commands": commands, "fullLanguage": false });
    message(&header, &base, script)
}

/// The answer to a call. Long lists of sessions stand in the payload; texts of a session are cut until it fits.
pub(super) fn reply(run: u64, call: u64, answer: &Result<CallReply, CallError>) -> Vec<OutFrame> {
    let base = json!({ "type": "reply", "run": run, "call": call });
    let with = |fields: Value| {
        let mut header = base.as_object().cloned().unwrap_or_default();
        header.extend(fields.as_object().cloned().unwrap_or_default());
        header
    };
    let whole = match answer {
        Ok(CallReply::Session(session)) => with_session(&with, session, &Bytes::new(), &base),
        Ok(CallReply::Results(session, results)) => with_session(&with, session, results, &base),
        Ok(CallReply::Sessions(sessions)) => with_sessions(&with, sessions, &base),
        Ok(CallReply::Removed(removed)) => {
            message(&with(json!({ "ok": true, "removed": removed })), &base, Bytes::new())
        }
        Ok(CallReply::Parked(handle)) => message(&with(json!({ "ok": true, "handle": handle })), &base, Bytes::new()),
        Err(error) => refusal(&with, error, &base),
    };
    // Everything that could be long was cut by now; should a header still not fit, the command must not wait for ever.
    whole.unwrap_or_else(|_| {
        vec![small(&with(json!({
            "ok": false, "errorId": "Stopped", "message": "The answer is too long.", "category": "LimitsExceeded",
        })))]
    })
}

type With<'a> = &'a dyn Fn(Value) -> Map<String, Value>;

fn with_session(
    with: With<'_>,
    session: &SessionInfo,
    payload: &Bytes,
    base: &Value,
) -> Result<Vec<OutFrame>, HeaderTooLong> {
    let fitting =
        |session: &SessionInfo| message(&with(json!({ "ok": true, "session": session })), base, payload.clone());
    fitting(session).or_else(|_| fitting(&cut(session)))
}

fn with_sessions(with: With<'_>, sessions: &[SessionInfo], base: &Value) -> Result<Vec<OutFrame>, HeaderTooLong> {
    let in_header = message(&with(json!({ "ok": true, "sessions": sessions })), base, Bytes::new());
    in_header.or_else(|_| {
        let listed = serde_json::to_vec(sessions).map_err(|_| HeaderTooLong)?;
        message(&with(json!({ "ok": true })), base, listed.into())
    })
}

fn refusal(with: With<'_>, error: &CallError, base: &Value) -> Result<Vec<OutFrame>, HeaderTooLong> {
    let (error_id, category) = error.codes();
    let text = cut_text(&sentence(&error.to_string()));
    let fields = json!({ "ok": false, "errorId": error_id, "message": text, "category": category });
    message(&with(fields), base, Bytes::new())
}

fn cut(session: &SessionInfo) -> SessionInfo {
    let mut session = session.clone();
    session.name = cut_text(&session.name);
    if let Some(error) = &mut session.error {
        for text in error.texts_mut() {
            *text = cut_text(text);
        }
    }
    session
}

fn cut_text(text: &str) -> String {
    text.chars().take(CUT_TEXT).collect()
}

/// A message in as many frames as it needs. `again` is the header of continuations, without `more`.
fn message(header: &impl Serialize, again: &Value, mut payload: Bytes) -> Result<Vec<OutFrame>, HeaderTooLong> {
    let mut first = serde_json::to_value(header).map_err(|_| HeaderTooLong)?;
    let mut frames = Vec::with_capacity(1 + payload.len() / MAX_PAYLOAD);
    loop {
        let part = payload.split_to(payload.len().min(MAX_PAYLOAD));
        let more = !payload.is_empty();
        if more && let Some(fields) = first.as_object_mut() {
            fields.insert("more".to_owned(), Value::Bool(true));
        }
        frames.push(frame(&first, part)?);
        if !more {
            return Ok(frames);
        }
        first = again.clone();
    }
}

fn frame(header: &impl Serialize, payload: Bytes) -> Result<OutFrame, HeaderTooLong> {
    let header = serde_json::to_vec(header).map_err(|_| HeaderTooLong)?;
    if header.len() > MAX_HEADER {
        return Err(HeaderTooLong);
    }
    Ok(join(&header, payload))
}

/// A frame without payload whose header is short by construction.
fn small(header: &impl Serialize) -> OutFrame {
    join(&serde_json::to_vec(header).unwrap_or_default(), Bytes::new())
}

fn join(header: &[u8], payload: Bytes) -> OutFrame {
    let mut head = BytesMut::with_capacity(PREFIX + header.len());
    head.put_u32_le(header.len() as u32);
    head.put_u32_le(payload.len() as u32);
    head.put_slice(header);
    OutFrame {
        head: head.freeze(),
        payload,
    }
}
