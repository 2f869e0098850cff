//! The body of a reply on its way out: owed until it is handed over, and given to the client in pieces.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::Instant;

use super::clock::Clock;

/// Largest piece, in bytes. HTTP/2 takes a piece whole when the client allows for a single byte of it.
const PIECE: usize = 64 * 1024;

/// The body of a reply. Dropping it, sent or not, pays what was owed.
#[derive(Debug)]
pub(super) struct ReplyBody {
    body: Body,
    rest: Bytes,
    clock: Arc<Clock>,
}

impl ReplyBody {
    pub(super) fn new(body: Body, clock: Arc<Clock>) -> Self {
        clock.owes(Instant::now());
        Self {
            body,
            rest: Bytes::new(),
            clock,
        }
    }
}

impl http_body::Body for ReplyBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(frame) => return Poll::Ready(Some(Ok(frame))),
                },
                other => return Poll::Ready(other),
            }
        }
        let size = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(size)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (hint, rest) = (self.body.size_hint(), self.rest.len() as u64);
        let mut whole = SizeHint::new();
        whole.set_lower(hint.lower() + rest);
        if let Some(upper) = hint.upper() {
            whole.set_upper(upper + rest);
        }
        whole
    }
}

impl Drop for ReplyBody {
    fn drop(&mut self) {
        self.clock.paid(Instant::now());
    }
}
