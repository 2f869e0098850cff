//! Where the log goes.

use std::path::PathBuf;

/// Where the log goes, and how much of it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFile {
    /// The file that is written. Full ones stand beside it, with `.1` (the latest) and so on behind the name.
    pub path: PathBuf,
    /// Most bytes of a file. A line is never torn for it: one that is longer has a file of its own.
    pub bytes: u64,
    /// How many full ones are kept.
    pub kept: usize,
}

impl LogFile {
    /// The files that there may be, the latest first.
    pub fn all(&self) -> impl Iterator<Item = PathBuf> {
        (0..=self.kept).map(|number| self.numbered(number))
    }

    /// The file with this number, 0 the one that is written.
    pub fn numbered(&self, number: usize) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        if number > 0 {
            name.push(format!(".{number}"));
        }
        name.into()
    }
}
