//! The URLs of the protocol (client module 5). Their order and spelling are what test doubles of servers look at.

use std::fmt::Write as _;

use spe_protocol::ROUTE_PREFIX;
use url::Url;

use crate::{Failure, FailureKind, RemotePlace, ScriptCall, Target, WaitCall};

/// What may stand between the segments of a path on the server, which runs Windows.
pub(crate) const SEPARATORS: [char; 2] = ['/', '\\'];

/// Refuses a connection URI that would send a call elsewhere than its user thinks, or that holds a password.
pub(crate) fn check(base: &Url) -> Result<(), Failure> {
    let refuse = |why: &str| Err(Failure::new(FailureKind::InvalidInput, why));
    if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none_or(str::is_empty) {
        return refuse("The connection URI has to begin with http:// or https:// and name a host.");
    }
    if !base.username().is_empty() || base.password().is_some() {
        return refuse(
            "The connection URI holds a user or a password. Give them with -Username and -Password instead.",
        );
    }
    if base.query().is_some() || base.fragment().is_some() {
        return refuse("The connection URI holds a query or a fragment. Leave away what stands behind ? or #.");
    }
    Ok(())
}

/// Scheme, host and the port that is not the scheme's own: what a token is for (client module 4.3).
pub(crate) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Host and port as a user finds them in the network.
pub(crate) fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port_or_known_default()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// A URL without the parts that may hold secrets or say nothing.
pub(crate) fn shown(url: &Url) -> String {
    format!("{}{}", origin(url), url.path())
}

pub(crate) fn script(call: &ScriptCall) -> Result<Url, Failure> {
    let raw = call.output_format.eq_ignore_ascii_case("raw");
    let mut query = format!(
        "sessionId={}&rawOutput={}&outputFormat={}&persistentSession={}",
        escape(&call.target.session_id),
        truth(raw),
        escape(&call.output_format),
        truth(call.persistent_session)
    );
    if call.structured_errors {
        query.push_str("&errorFormat=structured");
    }
    if call.capture_streams {
        query.push_str("&captureStreams=true");
    }
    build(&call.target, "script", &query)
}

pub(crate) fn test(target: &Target) -> Result<Url, Failure> {
    build(target, "script", "action=test")
}

pub(crate) fn cleanup(target: &Target) -> Result<Url, Failure> {
    let query = format!("sessionId={}&action=cleanup", escape(&target.session_id));
    build(target, "script", &query)
}

pub(crate) fn wait(call: &WaitCall, cursor: Option<&str>) -> Result<Url, Failure> {
    let mut query = format!(
        "sessionId={}&jobId={}&jobType={}&timeoutSeconds={}",
        escape(&call.target.session_id),
        escape(&call.job_id),
        escape(&call.job_type),
        call.hold_seconds
    );
    if let Some(cursor) = cursor {
        query.push_str("&cursor=");
        query.push_str(&escape(cursor));
    }
    build(&call.target, "wait", &query)
}

/// A file or media item (wire protocol 3.6 to 3.9), with `switches` for the latter.
pub(crate) fn transfer(target: &Target, place: &RemotePlace, switches: &str) -> Result<Url, Failure> {
    let (area, path) = (place.area(), place.path());
    let segments: Vec<_> = path.split(SEPARATORS).filter(|segment| !segment.is_empty()).collect();
    if segments.is_empty() || area.is_empty() {
        let message = format!("The path '{path}' on the server names no file.");
        return Err(Failure::new(FailureKind::InvalidInput, message));
    }
    // What reads a URL resolves such segments, and would send the call to another place (CM-D-16).
    if [area]
        .iter()
        .chain(&segments)
        .any(|segment| matches!(*segment, "." | ".."))
    {
        let message = format!("The path '{path}' on the server has a segment '.' or '..'. Give the path without it.");
        return Err(Failure::new(FailureKind::InvalidInput, message));
    }
    match place {
        RemotePlace::File { .. } => {
            let query = format!("path={}&", escape_but(path, b"/:"));
            build(target, &format!("file/{}", escape(area)), &query)
        }
        RemotePlace::Media { .. } => {
            let path: Vec<_> = segments.into_iter().map(escape).collect();
            build(target, &format!("media/{}/{}", escape(area), path.join("/")), switches)
        }
    }
}

fn build(target: &Target, route: &str, query: &str) -> Result<Url, Failure> {
    check(&target.base)?;
    let base = target.base.as_str().trim_end_matches('/');
    Url::parse(&format!("{base}{ROUTE_PREFIX}{route}/?{query}"))
        .map_err(|error| Failure::new(FailureKind::Internal, format!("The address cannot be built: {error}.")))
}

fn truth(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

/// Percent-encodes everything but the unreserved characters of RFC 3986, so that no value can end its parameter (CM-D-16).
fn escape(text: &str) -> String {
    escape_but(text, b"")
}

/// The same, leaving `plain` as it is.
fn escape_but(text: &str, plain: &[u8]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') || plain.contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}
