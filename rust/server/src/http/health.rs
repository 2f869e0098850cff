//! Whether the server lives, and whether it can run scripts. Anybody may ask; nothing else is told, and nothing is logged.

use axum::response::Response;
use http::{Method, StatusCode};

use super::reply::{TEXT, reply, set};
use super::state::State;

/// Methods of these paths, as in `Allow`.
pub(super) const METHODS: &str = "GET, HEAD";

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// Does it answer at all?
    Live,
    /// Can it run scripts, and is it not about to end?
    Ready,
}

impl Question {
    /// The question a path asks.
    pub(super) fn of(path: &str) -> Option<Self> {
        match path {
            "/-/health/live" => Some(Self::Live),
            "/-/health/ready" => Some(Self::Ready),
            _ => None,
        }
    }

    /// Whether it can be asked with `method`.
    pub(super) fn takes(method: &Method) -> bool {
        method == Method::GET || method == Method::HEAD
    }
}

/// 200 for yes, 503 for no.
pub(super) fn answer(state: &State, question: Question) -> Response {
    let (status, text) = match question {
        Question::Live => (StatusCode::OK, "live\n"),
        Question::Ready if state.is_ready() => (StatusCode::OK, "ready\n"),
        Question::Ready => (StatusCode::SERVICE_UNAVAILABLE, "not ready\n"),
    };
    let mut response = reply(status, TEXT, text);
    set(&mut response, http::header::CACHE_CONTROL, "no-store");
    response
}
