//! A folder that callers reach.

use std::os::fd::{AsFd as _, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, mkdirat, openat, openat2};
use rustix::io::Errno;

use super::{RelativePath, StorageError};

/// A folder, open. Copies are of the same one.
#[derive(Debug, Clone)]
pub struct Root {
    folder: Arc<OwnedFd>,
    path: Arc<Path>,
}

/// Below the folder, by no link: neither symbolic nor one of `/proc`.
const WITHIN: ResolveFlags = ResolveFlags::BENEATH
    .union(ResolveFlags::NO_SYMLINKS)
    .union(ResolveFlags::NO_MAGICLINKS);

impl Root {
    /// Opens a folder that is there. Its own path may have links: whoever configures it says what it is.
    pub fn open(path: &Path) -> Result<Self, StorageError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = Self {
            folder: Arc::new(openat(CWD, path, flags, Mode::empty())?),
            path: path.into(),
        };
        // An old kernel cannot promise what every access here rests on.
        root.open_below(".", flags, Mode::empty())?;
        Ok(root)
    }

    /// Where it is.
    pub fn path(&self) -> PathBuf {
        self.path.to_path_buf()
    }

    /// Opens something below the folder.
    pub(super) fn open_below(&self, path: &str, flags: OFlags, mode: Mode) -> Result<OwnedFd, StorageError> {
        // No pipe or device is waited for, and none becomes the terminal of this process.
        let flags = flags | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        loop {
            match openat2(self.folder.as_fd(), path, flags, mode, WITHIN) {
                // Something below was renamed meanwhile, so that the kernel cannot tell whether it stayed below.
                Err(Errno::AGAIN | Errno::INTR) => {}
                done => return Ok(done?),
            }
        }
    }

    /// Opens the folder that the last name of `path` stands in.
    pub(super) fn folder_of(&self, path: &RelativePath) -> Result<OwnedFd, StorageError> {
        let folder = path.folder().join("/");
        let folder = if folder.is_empty() { "." } else { &folder };
        self.open_below(folder, OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty())
    }

    /// The same, with the folders made that are not there.
    pub(super) fn make_folder_of(&self, path: &RelativePath) -> Result<OwnedFd, StorageError> {
        match self.folder_of(path) {
            Err(StorageError::Missing) => {}
            done => return done,
        }
        let mut folder = self.open_below(".", OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty())?;
        for name in path.folder() {
            match mkdirat(&folder, name.as_str(), Mode::from_raw_mode(0o777)) {
                Err(errno) if errno != Errno::EXIST => return Err(errno.into()),
                _ => {}
            }
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            folder = openat2(&folder, name.as_str(), flags, Mode::empty(), WITHIN).map_err(|errno| match errno {
                // A file or a link stands where the folder should be.
                Errno::NOTDIR | Errno::LOOP => StorageError::NotAllowed,
                other => other.into(),
            })?;
        }
        Ok(folder)
    }
}
