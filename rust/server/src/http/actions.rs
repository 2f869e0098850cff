//! The built-in actions of the script route (wire protocol 3.1).

use axum::response::Response;
use http::StatusCode;
use spe_protocol::timestamp::format_utc;
use spe_protocol::{SessionId, TestReply};
use time::OffsetDateTime;

use super::audit;
use super::refusal::Refusal;
use super::reply::{JSON, TEXT, reply};
use super::request::Request;
use super::state::State;
use crate::identity::Caller;

/// The version of the platform this server stands in for: the newest one whose remoting protocol it speaks.
pub const PLATFORM_VERSION: &str = "10.4.0";

/// The version of this server.
pub const PRODUCT_VERSION: &str = env!("CARGO_PKG_VERSION");

/// `action=test`: who answers, without a worker.
pub(super) fn test(request: &Request, caller: &Caller) -> Response {
    audit::connection_test(request, caller);
    let body = TestReply {
        spe_version: PRODUCT_VERSION.to_owned(),
        sitecore_version: PLATFORM_VERSION.to_owned(),
        current_time: format_utc(OffsetDateTime::now_utc()),
    };
    reply(StatusCode::OK, JSON, serde_json::to_vec(&body).unwrap_or_default())
}

/// `action=cleanup`: ends the caller's sessions of one literal id, running ones too (WP-D-02).
pub(super) fn cleanup(state: &State, request: &Request, caller: &Caller) -> Result<Response, Refusal> {
    let text = request.query.filled("sessionId").ok_or(Refusal::CleanupWithoutId)?;
    let id = SessionId::parse(text).map_err(|_| Refusal::IdInvalid { name: "sessionId" })?;
    let disposed = state.sessions.cleanup(caller, &id);
    audit::session_cleanup(request, caller, &id, disposed);
    Ok(reply(StatusCode::OK, TEXT, format!("Disposed {disposed} session(s).")))
}
