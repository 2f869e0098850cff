//! Doors for the fuzz targets to parsers that are nobody else's business outside.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, ReadBuf};

use crate::workers::FrameReader;

/// What the query of a request says: its control parameters in order, or that something is wrong with it.
pub fn query(raw: &str) -> Result<Vec<(String, String)>, String> {
    crate::http::query_pairs(raw)
}

/// Whether a path is a route.
pub fn is_route(path: &str) -> bool {
    crate::http::is_route(path)
}

/// What a configuration and a patch of it come to, where `$(env:SECRET)` is `secret`: the lines of `config show`, or what is wrong.
pub fn configuration(base: &str, patch: &str, secret: &str) -> Result<Vec<String>, String> {
    crate::config::read_spe_texts(base, patch, secret).map_err(|error| error.to_string())
}

/// The frames on a channel whose bytes come in pieces of `piece`: the lengths of their headers and payloads, and how it ended.
pub fn frames(bytes: &[u8], piece: usize) -> (Vec<(usize, usize)>, Result<(), String>) {
    let mut reader = FrameReader::new(Pieces { rest: bytes, piece });
    let mut frames = Vec::new();
    let reading = async {
        loop {
            match reader.next().await {
                Ok(Some(frame)) => frames.push((frame.header.len(), frame.payload.len())),
                Ok(None) => return Ok(()),
                Err(error) => return Err(error.to_string()),
            }
        }
    };
    // Nothing in it ever waits.
    let end = futures_util::FutureExt::now_or_never(reading).unwrap_or_else(|| Err("it waits".to_owned()));
    (frames, end)
}

/// Bytes that come in pieces.
struct Pieces<'a> {
    rest: &'a [u8],
    piece: usize,
}

impl AsyncRead for Pieces<'_> {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let count = self.piece.max(1).min(self.rest.len()).min(buffer.remaining());
        let (now, later) = self.rest.split_at(count);
        buffer.put_slice(now);
        self.rest = later;
        Poll::Ready(Ok(()))
    }
}
