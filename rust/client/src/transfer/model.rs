//! What a transfer is asked, and how a download ended.

use std::path::PathBuf;

use crate::Target;

/// A file or media item on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemotePlace {
    /// A file (wire protocol 3.6 and 3.7).
    File {
        /// The root as the caller spelled it, `custom` for a path that needs none.
        root: String,
        /// Below the root, or from a drive or share on.
        path: String,
    },
    /// A media item (wire protocol 3.8 and 3.9).
    Media {
        /// Name of the database.
        database: String,
        /// Below the media library, or an id in braces.
        path: String,
    },
}

impl RemotePlace {
    /// The root or database.
    pub(crate) fn area(&self) -> &str {
        match self {
            Self::File { root: area, .. } | Self::Media { database: area, .. } => area,
        }
    }

    pub(crate) fn path(&self) -> &str {
        match self {
            Self::File { path, .. } | Self::Media { path, .. } => path,
        }
    }

    pub(crate) fn is_media(&self) -> bool {
        matches!(self, Self::Media { .. })
    }
}

/// A file to send.
#[derive(Debug, Clone)]
pub struct UploadCall {
    /// Where and as whom.
    pub target: Target,
    /// The file, by an absolute path.
    pub source: PathBuf,
    /// Where it goes.
    pub place: RemotePlace,
    /// Media: whether a zip file stays one.
    pub skip_unpack: bool,
    /// Media: whether an item that is there is left alone.
    pub skip_existing: bool,
}

impl UploadCall {
    /// The query of a media route (client module 5).
    pub(crate) fn switches(&self) -> String {
        let unpack = if self.skip_unpack { "&skipunpack=true" } else { "" };
        let existing = if self.skip_existing { "&skipexisting=true" } else { "" };
        format!("{unpack}{existing}")
    }
}

/// A file to fetch.
#[derive(Debug, Clone)]
pub struct DownloadCall {
    /// Where and as whom.
    pub target: Target,
    /// What to fetch.
    pub place: RemotePlace,
    /// A file or directory, by an absolute path (client module 17.3).
    pub destination: PathBuf,
    /// Whether `destination` is meant as a directory, although none of that name may be there.
    pub into_directory: bool,
    /// Media: whether the directories of the item are made below `destination`.
    pub container: bool,
    /// Whether a file that is there is replaced.
    pub force: bool,
}

/// How a download ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The file, or nothing when the server had no content.
    pub path: Option<PathBuf>,
    /// Bytes that were written.
    pub length: u64,
    /// False when the file that was there is kept.
    pub written: bool,
}
