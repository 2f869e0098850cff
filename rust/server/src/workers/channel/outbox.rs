//! Frames on their way out: anybody posts, one task writes, many small frames in one call.

use bytes::Bytes;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;

/// Frames that may wait. Beyond it those who post wait, so a worker that does not read costs a bounded memory.
const CAPACITY: usize = 32;
/// Frames smaller than this are put together.
const BATCH: usize = 64 * 1024;

/// A frame in two parts, so that a payload is not copied to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::workers) struct OutFrame {
    /// Both lengths and the header.
    pub(super) head: Bytes,
    /// The bytes behind it.
    pub(super) payload: Bytes,
}

/// The worker takes no more frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the channel takes no more frames")]
pub(super) struct Stuck;

/// Where frames are posted.
#[derive(Debug, Clone)]
pub(super) struct Outbox(mpsc::Sender<OutFrame>);

impl Outbox {
    /// An outbox, and the queue [`write`] empties.
    pub(super) fn new() -> (Self, mpsc::Receiver<OutFrame>) {
        let (sender, receiver) = mpsc::channel(CAPACITY);
        (Self(sender), receiver)
    }

    /// Posts the frames of one message in order, waiting for room.
    pub(super) async fn send(&self, frames: Vec<OutFrame>) -> Result<(), Stuck> {
        for frame in frames {
            self.0.send(frame).await.map_err(|_| Stuck)?;
        }
        Ok(())
    }

    /// Posts a frame when there is room at once.
    pub(super) fn try_send(&self, frame: OutFrame) -> Result<(), Stuck> {
        self.0.try_send(frame).map_err(|_| Stuck)
    }
}

/// Writes what is posted until the outboxes are gone or the stream fails. Who reads the same socket notices the failure and
/// acts on it; here it only ends the writing.
pub(super) async fn write(mut frames: mpsc::Receiver<OutFrame>, mut stream: impl AsyncWrite + Unpin) {
    let mut taken = Vec::with_capacity(CAPACITY);
    let mut batch = Vec::with_capacity(BATCH);
    while frames.recv_many(&mut taken, CAPACITY).await > 0 {
        for frame in taken.drain(..) {
            if write_frame(&mut stream, &mut batch, &frame).await.is_err() {
                return;
            }
        }
        if stream.write_all(&batch).await.is_err() {
            return;
        }
        batch.clear();
    }
}

async fn write_frame(
    stream: &mut (impl AsyncWrite + Unpin),
    batch: &mut Vec<u8>,
    frame: &OutFrame,
) -> std::io::Result<()> {
    for part in [&frame.head, &frame.payload] {
        if batch.len() + part.len() > BATCH {
            stream.write_all(batch).await?;
            batch.clear();
        }
        if part.len() > BATCH {
            stream.write_all(part).await?;
        } else {
            batch.extend_from_slice(part);
        }
    }
    Ok(())
}
