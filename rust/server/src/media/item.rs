//! Items and their contents.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::path::key;

/// A content of the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The name of its file.
    pub(super) file: Uuid,
    /// Its length, in bytes.
    pub size: u64,
    /// Its SHA-256, in hex.
    pub sha256: String,
}

/// An item. Its content is that of one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaItem {
    /// Its id, which never changes.
    pub id: Uuid,
    /// The folder it is in, below the library.
    pub folder: Vec<String>,
    /// Its name, without the ending.
    pub name: String,
    /// The ending, which stays when the content is replaced (3.9). Empty for none.
    pub extension: String,
    /// When it was made, as UTC (RFC 3339).
    pub created: String,
    /// When it got its content.
    pub updated: String,
    /// Its content.
    #[serde(flatten)]
    pub content: Content,
}

impl MediaItem {
    /// The name a download has.
    pub fn file_name(&self) -> String {
        if self.extension.is_empty() {
            self.name.clone()
        } else {
            format!("{}.{}", self.name, self.extension)
        }
    }

    /// Its path below the library, without the ending.
    pub fn path(&self) -> String {
        let names = self.folder.iter().chain([&self.name]);
        names.map(String::as_str).collect::<Vec<_>>().join("/")
    }

    pub(super) fn key(&self) -> String {
        key(&self.folder, &self.name)
    }
}

/// What became of one content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The item.
    pub item: MediaItem,
    /// What was done.
    pub outcome: Outcome,
}

/// What was done with an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was made.
    Created,
    /// It has another content now.
    Replaced,
    /// It was there and was left alone.
    Skipped,
}
