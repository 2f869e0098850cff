//! The media library, and the bounds on what is unpacked into it.

use std::path::PathBuf;

/// Where the media library is, and how much may come of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaSettings {
    /// The folder of the library. `None`: there is none.
    pub folder: Option<PathBuf>,
    /// Most entries of an archive.
    pub entries: usize,
    /// Most bytes of all files of an archive.
    pub unpacked: u64,
    /// How many times larger than the archive they may be.
    pub ratio: u64,
}

impl Default for MediaSettings {
    fn default() -> Self {
        Self {
            folder: None,
            entries: 10_000,
            unpacked: 4 << 30,
            ratio: 200,
        }
    }
}
