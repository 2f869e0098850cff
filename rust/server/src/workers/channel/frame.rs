//! Frames on their way in: both lengths capped, joined with nothing.

use bytes::{Buf, Bytes, BytesMut};
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::Violation;

/// Largest header of a frame, in bytes.
pub(super) const MAX_HEADER: usize = 65_536;
/// Largest payload of a frame, in bytes.
pub(super) const MAX_PAYLOAD: usize = 1_048_576;
/// Bytes in front of the header: both lengths, little endian.
pub(super) const PREFIX: usize = 8;
/// Bytes to ask of the socket at once.
const CHUNK: usize = 64 * 1024;

/// One frame as it came.
#[derive(Debug)]
pub(crate) struct Frame {
    /// The JSON object.
    pub(crate) header: Bytes,
    /// The bytes behind it. They share the read buffer: whoever keeps them copies them.
    pub(crate) payload: Bytes,
}

/// What every header says.
#[derive(Debug, Deserialize)]
pub(super) struct Head {
    /// The kind of message.
    #[serde(rename = "type")]
    pub(super) kind: String,
    /// The run it is about.
    pub(super) run: Option<u64>,
    /// The call it is about.
    pub(super) call: Option<u64>,
    /// Whether the message goes on in another frame.
    #[serde(default)]
    pub(super) more: bool,
}

impl Frame {
    /// The fields that all messages share.
    pub(super) fn head(&self) -> Result<Head, Violation> {
        self.parse()
    }

    /// The fields of one kind of message.
    pub(super) fn parse<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Violation> {
        serde_json::from_slice(&self.header).map_err(|_| Violation("a header does not parse"))
    }
}

/// Why reading ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// What came is not the protocol.
    #[error(transparent)]
    Violation(#[from] Violation),
    /// The socket failed.
    #[error("the channel failed: {0}")]
    Io(#[from] std::io::Error),
}

/// Takes frames off a stream.
#[derive(Debug)]
pub(crate) struct FrameReader<R> {
    stream: R,
    buffer: BytesMut,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    /// Reads from `stream`.
    pub(crate) fn new(stream: R) -> Self {
        let buffer = BytesMut::with_capacity(CHUNK);
        Self { stream, buffer }
    }

    /// The next frame, `None` at the end of the stream. Dropping the future loses nothing.
    pub(crate) async fn next(&mut self) -> Result<Option<Frame>, ReadError> {
        loop {
            if let Some(frame) = self.take()? {
                return Ok(Some(frame));
            }
            self.buffer.reserve(CHUNK);
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                if self.buffer.is_empty() {
                    return Ok(None);
                }
                return Err(Violation("the channel ended inside a frame").into());
            }
        }
    }

    fn take(&mut self) -> Result<Option<Frame>, Violation> {
        let Some(mut prefix) = self.buffer.get(..PREFIX) else {
            return Ok(None);
        };
        let (header, payload) = (prefix.get_u32_le() as usize, prefix.get_u32_le() as usize);
        if header > MAX_HEADER || payload > MAX_PAYLOAD {
            return Err(Violation("a frame is larger than a frame may be"));
        }
        if self.buffer.len() < PREFIX + header + payload {
            return Ok(None);
        }
        self.buffer.advance(PREFIX);
        let header = self.buffer.split_to(header).freeze();
        let payload = self.buffer.split_to(payload).freeze();
        Ok(Some(Frame { header, payload }))
    }
}
