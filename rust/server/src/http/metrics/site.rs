//! The listener of the numbers. It is apart from that of callers, knows no credentials and stays until the server has ended.

use axum::body::Body;
use axum::response::Response;
use http::{Method, StatusCode};

use super::exposition;
use crate::http::health;
use crate::http::reply::{TEXT, reply, set};
use crate::http::state::State;

/// The media type of the page.
const EXPOSITION: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Answers a request: the numbers, or whether the server lives and is ready.
pub(in crate::http) fn serve(state: &State, request: &http::Request<Body>) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let mut response = reply(StatusCode::METHOD_NOT_ALLOWED, TEXT, "Use GET or HEAD.\n");
        set(&mut response, http::header::ALLOW, "GET, HEAD");
        return response;
    }
    let path = request.uri().path();
    match health::Question::of(path) {
        Some(question) => health::answer(state, question),
        None if path == "/metrics" => reply(StatusCode::OK, EXPOSITION, exposition::page(state)),
        None => reply(StatusCode::NOT_FOUND, TEXT, "The numbers are at /metrics.\n"),
    }
}
