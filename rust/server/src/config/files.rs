//! Files that callers reach, and the bounds on transfers.

use std::path::PathBuf;
use std::time::Duration;

/// Folders that callers name by an alias (wire protocol 3.6.1), in the order of [`FileSettings::roots`].
pub const FILE_ROOTS: [&str; 10] = [
    "app",
    "data",
    "debug",
    "index",
    "layout",
    "log",
    "media",
    "package",
    "serialization",
    "temp",
];

/// What callers may reach of the file system, and how much of it at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSettings {
    /// The folder of each alias. An alias without one is as good as unknown.
    pub roots: [Option<PathBuf>; FILE_ROOTS.len()],
    /// Most bytes of a file that is uploaded.
    pub size: u64,
    /// Most transfers of one owner at once.
    pub transfers_per_owner: usize,
    /// How long a transfer may stand still.
    pub idle: Duration,
}

impl Default for FileSettings {
    fn default() -> Self {
        Self {
            roots: Default::default(),
            size: 64 << 30,
            transfers_per_owner: 16,
            idle: Duration::from_mins(1),
        }
    }
}
