//! The handle route (wire protocol 3.10): what a script left for its caller, once.

use axum::response::Response;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, X_CONTENT_TYPE_OPTIONS};

use super::refusal::Refusal;
use super::reply::{reply, set};
use super::request::Request;
use super::route::file_root;
use super::state::State;
use super::transfer::attachment;

/// Answers a request of this route. An unknown handle, one that was used and somebody else's are the same.
pub(super) fn handle(state: &State, request: &Request) -> Result<Response, Refusal> {
    let handle = file_root(&request.path).unwrap_or_default();
    let parked = state.sessions.fetch(request.caller()?, handle);
    let parked = parked.ok_or(Refusal::HandleUnknown)?;
    let length = parked.content.len();
    let mut response = reply(StatusCode::OK, "application/octet-stream", parked.content);
    set(&mut response, http::header::CONTENT_TYPE, &parked.content_type);
    set(&mut response, CONTENT_DISPOSITION, &attachment(&parked.name));
    set(&mut response, CONTENT_LENGTH, &length.to_string());
    set(&mut response, X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(&mut response, CACHE_CONTROL, "no-store");
    Ok(response)
}
