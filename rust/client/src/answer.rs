//! What came back: status line, headers, body.

use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderName, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use hyper::ext::ReasonPhrase;
use spe_protocol::headers;

use crate::Reply;

/// Largest reply that is taken, unpacked. A text of the runtime that gets it cannot be much larger.
pub(crate) const LARGEST_REPLY: usize = 512 * 1024 * 1024;

/// How much of the body of a refusal is read.
pub(crate) const LARGEST_REFUSAL: usize = 256 * 1024;

/// A reply of a server, whatever it says.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// The phrase of the status line, or the usual one where the line has none.
    pub(crate) phrase: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    /// When it was asked for, by the clock of the engine.
    pub(crate) asked: Duration,
}

impl Answer {
    /// The head of a reply. hyper keeps a reason phrase only where it is not the usual one of its status.
    pub(crate) fn head(response: &reqwest::Response, asked: Duration) -> Self {
        let status = response.status();
        let phrase = response.extensions().get::<ReasonPhrase>().map_or_else(
            || status.canonical_reason().unwrap_or_default().to_owned(),
            |phrase| String::from_utf8_lossy(phrase.as_bytes()).trim().to_owned(),
        );
        Self {
            status,
            phrase,
            headers: response.headers().clone(),
            body: String::new(),
            asked,
        }
    }

    /// Whether the server took the request on: a success, or 424 for a script that failed (wire protocol 3.2.4).
    pub(crate) fn is_taken_on(&self) -> bool {
        self.status.is_success() || self.status == StatusCode::FAILED_DEPENDENCY
    }

    /// A header as text, or nothing.
    pub(crate) fn header(&self, name: impl http::header::AsHeaderName) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .trim()
    }

    pub(crate) fn request_id(&self) -> &str {
        self.header(headers::REQUEST_ID)
    }

    pub(crate) fn retry_after(&self) -> &str {
        self.header(RETRY_AFTER)
    }

    /// The media type in lower case, without parameters.
    pub(crate) fn media_type(&self) -> String {
        let text = self.header(CONTENT_TYPE);
        text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Whether this is a page for a browser.
    pub(crate) fn is_page(&self) -> bool {
        self.media_type() == "text/html"
    }

    /// The rate limit headers as one line, when the server has a limit for this caller (client module 8.8).
    pub(crate) fn rate_limit_line(&self) -> Option<String> {
        let entries = [
            ("X-RateLimit-Limit", headers::RATE_LIMIT_LIMIT),
            ("X-RateLimit-Remaining", headers::RATE_LIMIT_REMAINING),
            ("X-RateLimit-Reset", headers::RATE_LIMIT_RESET),
        ];
        let present = |name: &str| self.headers.contains_key(name);
        if !present(headers::RATE_LIMIT_LIMIT) && !present(headers::RATE_LIMIT_REMAINING) {
            return None;
        }
        let shown: Vec<_> = entries
            .iter()
            .filter(|(_, name)| present(name))
            .map(|(shown, name)| format!("{shown}={}", self.header(HeaderName::from_static(name))))
            .collect();
        Some(format!("Rate limit: {}.", shown.join(", ")))
    }

    /// The part callers get to see.
    pub(crate) fn into_reply(self) -> Reply {
        Reply {
            status: self.status.as_u16(),
            request_id: self.request_id().to_owned(),
            body: self.body,
        }
    }
}

/// The text of a body: UTF-8, with or without a mark. What is not UTF-8 is replaced, since a raw output may be anything.
pub(crate) fn decode(bytes: Vec<u8>) -> String {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    };
    match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}
