//! Folders that callers reach files in: nothing is read or written outside of them, and a file is there whole or not at all.
//!
//! A folder is opened once, and everything below it is found from there by the kernel (`openat2`), which follows no link and leaves
//! the folder by no way. So no check can be overtaken by a change behind it.

mod path;
mod read;
mod root;
mod sweep;
#[cfg(test)]
mod tests;
mod write;

pub use path::{PathProblem, RelativePath};
pub use read::StoredFile;
pub use root::Root;
pub use write::Upload;

/// Why something cannot be read or written. None of them says what there is outside of a folder.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// It is behind a link, is no file (a pipe, a device), or is one that has another name as well.
    #[error("it is reached by a link or is no plain file")]
    NotAllowed,
    /// There is nothing of the name, or it is a folder.
    #[error("there is no such file")]
    Missing,
    /// The system does not let this process.
    #[error("the system does not allow it")]
    Denied,
    /// There is no room for it.
    #[error("there is no room")]
    Full,
    /// Anything else.
    #[error("{0}")]
    Other(std::io::Error),
}

impl StorageError {
    /// As an error of the system.
    pub fn into_io(self) -> std::io::Error {
        match self {
            Self::Other(error) => error,
            other => std::io::Error::other(other),
        }
    }
}

impl From<rustix::io::Errno> for StorageError {
    fn from(errno: rustix::io::Errno) -> Self {
        use rustix::io::Errno;
        match errno {
            // A link, or the way out; a pipe without a reader, a socket; a name that the file system cannot have.
            Errno::LOOP
            | Errno::XDEV
            | Errno::NXIO
            | Errno::OPNOTSUPP
            | Errno::NAMETOOLONG
            | Errno::INVAL
            | Errno::ILSEQ => Self::NotAllowed,
            Errno::NOENT | Errno::NOTDIR | Errno::ISDIR => Self::Missing,
            Errno::ACCESS | Errno::PERM | Errno::ROFS => Self::Denied,
            Errno::NOSPC | Errno::DQUOT | Errno::FBIG => Self::Full,
            other => Self::Other(other.into()),
        }
    }
}

impl From<std::io::Error> for StorageError {
    fn from(error: std::io::Error) -> Self {
        match error.raw_os_error().map(rustix::io::Errno::from_raw_os_error) {
            Some(errno) => errno.into(),
            None => Self::Other(error),
        }
    }
}
