//! What all routes share that send and take files: streams of bytes that take little memory, whoever sends and however large.

mod conditions;
mod digest;
mod disposition;
mod receive;
mod send;

pub(super) use digest::Digests;
pub(super) use disposition::attachment;
pub(super) use receive::{check_headers, receive};
pub(super) use send::send;

use super::refusal::Refusal;
use crate::storage::StorageError;

/// Bytes that are read or written at once.
const PIECE: usize = 256 * 1024;

/// Does something that blocks.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Refusal::Internal)
}

impl From<StorageError> for Refusal {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::NotAllowed => Self::PathNotAllowed { reason: "outsideRoot" },
            StorageError::Missing => Self::FileMissing,
            StorageError::Denied => Self::WriteDenied,
            StorageError::Full => Self::StorageFull,
            StorageError::Other(cause) => Self::StorageFailed {
                cause: cause.to_string(),
            },
        }
    }
}
