//! Redirects. A credential and a script never leave the origin they are for.

use http::header::LOCATION;
use http::{Method, StatusCode};
use url::Url;

use crate::answer::Answer;
use crate::request::{Content, Request};
use crate::{Failure, FailureKind, address};

/// Redirects that are followed in a row.
const MOST: usize = 5;

/// Redirects of one exchange.
#[derive(Debug, Default)]
pub(crate) struct Redirects {
    followed: usize,
}

impl Redirects {
    /// Where to go on, when `answer` redirects in a way that changes neither method nor origin.
    ///
    /// 301, 302 and 303 turn a POST into a GET without its body (RFC 9110 15.4), and would lose the script.
    pub(crate) fn next(&mut self, request: &Request, from: &Url, answer: &Answer) -> Result<Option<Url>, Failure> {
        let keeps_method = match answer.status {
            StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => true,
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER => request.method == Method::GET,
            _ => false,
        };
        // A file is not sent a second time to a place that its user did not name.
        let may_move = keeps_method && !matches!(request.content, Content::File(_));
        let Some(to) = location(from, answer).filter(|to| may_move && to.origin() == from.origin()) else {
            return Ok(None);
        };
        if self.followed == MOST {
            let message = format!("{} redirects in a circle.", address::authority(from));
            return Err(Failure::new(FailureKind::Http, message));
        }
        self.followed += 1;
        Ok(Some(to))
    }
}

/// Where a redirect leads.
pub(crate) fn location(from: &Url, answer: &Answer) -> Option<Url> {
    if !answer.status.is_redirection() {
        return None;
    }
    from.join(answer.header(LOCATION))
        .ok()
        .filter(|_| answer.headers.contains_key(LOCATION))
}
