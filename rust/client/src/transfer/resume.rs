//! A download that broke off goes on where it stopped (RFC 9110 14, wire protocol 3.6), when the server can do that.

use std::time::Duration;

use http::StatusCode;
use http::header::{ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_RANGE, ETAG};

use crate::engine::Engine;
use crate::exchange::Opened;
use crate::request::{Part, Request};
use crate::{Event, Events, Failure, FailureKind, Target};

/// Tries in a row that bring no byte. There is a pause before each but the first.
const MOST_IN_VAIN: u32 = 4;
const PAUSE: Duration = Duration::from_secs(1);
/// Tries in all.
const MOST: u32 = 100;

/// What of a first reply lets a second one go on.
#[derive(Debug)]
pub(super) struct Resume {
    etag: String,
    total: u64,
    tries: u32,
    in_vain: u32,
    last: u64,
}

/// How a download goes on.
pub(super) enum Next {
    /// Behind what there is.
    On(Opened),
    /// From its beginning: the file is another one now, or the server sends all of it.
    Anew(Opened),
}

impl Resume {
    /// A reply whose length is known, whose content is as it is, and whose server takes ranges of exactly this content.
    pub(super) fn of(opened: &Opened) -> Option<Self> {
        let header = |name| opened.head.header(name);
        let is_plain = !opened.head.headers.contains_key(CONTENT_ENCODING);
        let takes_ranges = header(ACCEPT_RANGES).eq_ignore_ascii_case("bytes");
        let etag = Some(header(ETAG)).filter(|etag| etag.len() > 2 && etag.starts_with('"') && etag.ends_with('"'))?;
        (is_plain && takes_ranges && opened.head.status == StatusCode::OK).then_some(Self {
            etag: etag.to_owned(),
            total: opened.length()?,
            tries: 0,
            in_vain: 0,
            last: 0,
        })
    }

    /// Asks for the rest behind `done` bytes. Gives `failure` back when that makes no sense or brings nothing.
    pub(super) async fn next(
        &mut self,
        engine: &Engine,
        target: &Target,
        request: &Request,
        done: u64,
        mut failure: Failure,
        events: &Events,
    ) -> Result<Next, Failure> {
        loop {
            if failure.kind != FailureKind::Transport && failure.kind != FailureKind::Connect {
                return Err(failure);
            }
            self.in_vain = if done > self.last { 0 } else { self.in_vain + 1 };
            self.last = done;
            self.tries += 1;
            if self.in_vain > MOST_IN_VAIN || self.tries > MOST {
                return Err(failure);
            }
            if self.in_vain > 0 {
                tokio::time::sleep(PAUSE).await;
            }
            events.send(Event::Verbose(format!(
                "The connection broke. Going on at byte {done} of {}.",
                self.total
            )));
            let part = Part {
                from: done,
                etag: self.etag.clone(),
            };
            match engine.open_success(target, &request.part(part), events).await {
                Ok(opened) if self.fits(&opened, done) => return Ok(Next::On(opened)),
                Ok(opened) if opened.head.status == StatusCode::OK => return Ok(Next::Anew(opened)),
                // What came is not what was asked for; all of it is asked for once more.
                Ok(_) => return engine.open_success(target, request, events).await.map(Next::Anew),
                Err(refused) if refused.status == StatusCode::RANGE_NOT_SATISFIABLE.as_u16() => {
                    return engine.open_success(target, request, events).await.map(Next::Anew);
                }
                Err(next) => failure = next,
            }
        }
    }

    /// The same tries with another content.
    pub(super) fn again(&self, anew: Self) -> Self {
        Self {
            tries: self.tries,
            in_vain: self.in_vain,
            last: 0,
            ..anew
        }
    }

    /// No try more.
    pub(super) fn never(&self) -> Self {
        Self {
            etag: String::new(),
            tries: MOST,
            ..*self
        }
    }

    /// The rest of the same content, from the byte on that was asked for.
    fn fits(&self, opened: &Opened, done: u64) -> bool {
        let expected = format!("bytes {done}-{}/{}", self.total.saturating_sub(1), self.total);
        opened.head.status == StatusCode::PARTIAL_CONTENT
            && opened.head.header(CONTENT_RANGE) == expected
            && opened.head.header(ETAG) == self.etag
            && !opened.head.headers.contains_key(CONTENT_ENCODING)
    }
}
