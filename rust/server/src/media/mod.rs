//! The media library: items with a content and what is known about it, in databases (wire protocol 3.8 and 3.9).
//!
//! [`MediaStore`] is what the routes know of it, so that another content system can take the place of [`FolderLibrary`]. All of it
//! blocks; callers come from threads where that does no harm.

mod archive;
mod folder;
mod item;
mod path;
#[cfg(test)]
mod tests;

use std::fmt::Debug;

pub(crate) use archive::hex;
pub use archive::{ArchiveLimits, ArchiveProblem, unpack};
pub use folder::{FolderLibrary, OpenError};
pub use item::{Content, MediaItem, Outcome, Stored};
pub use path::MediaPath;

use crate::storage::{StorageError, StoredFile, Upload};

/// Why something cannot be done with the library.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// There is no database of the name.
    #[error("there is no such database")]
    NoDatabase,
    /// There is no such item.
    #[error("there is no such item")]
    Missing,
    /// The archive cannot be unpacked.
    #[error(transparent)]
    Archive(#[from] ArchiveProblem),
    /// The system fails.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A media library.
pub trait MediaStore: Debug + Send + Sync {
    /// Begins a content; no item has it yet. One that no item gets is to be [discarded](Self::discard).
    fn begin(&self, database: &str) -> Result<(Content, Upload), MediaError>;

    /// Opens a content that is whole.
    fn content(&self, database: &str, content: &Content) -> Result<StoredFile, MediaError>;

    /// Forgets a content that no item has.
    fn discard(&self, database: &str, content: &Content);

    /// The item that a path means, and its content as it is now.
    fn find(&self, database: &str, path: &MediaPath) -> Result<(MediaItem, StoredFile), MediaError>;

    /// Gives contents to items: makes those that are not there, and replaces the content of those that are, or leaves them alone. All of
    /// them or none, for every reader and also after a crash.
    fn put(
        &self,
        database: &str,
        new: Vec<(MediaPath, Content)>,
        skip_existing: bool,
    ) -> Result<Vec<Stored>, MediaError>;
}
