//! What a server that was killed left of uploads.

use std::os::fd::OwnedFd;

use rustix::fs::{AtFlags, Dir, FileType, FlockOperation, Mode, OFlags, flock, openat, unlinkat};

use super::write::PARTIAL;
use super::{Root, StorageError};

/// How deep and how far is looked.
const DEEPEST: usize = 64;
const MOST: usize = 1_000_000;

impl Root {
    /// Removes every file that an upload left half written, but not those that another process is writing. Says how many. Blocks.
    pub fn sweep(&self) -> Result<usize, StorageError> {
        let mut folders = vec![(
            self.open_below(".", OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty())?,
            0,
        )];
        let (mut removed, mut seen) = (0, 0);
        while let Some((folder, depth)) = folders.pop() {
            for entry in Dir::read_from(&folder)? {
                let Ok(entry) = entry else { break };
                let name = entry.file_name();
                seen += 1;
                if seen > MOST {
                    return Ok(removed);
                }
                if name.to_bytes().starts_with(PARTIAL.as_bytes()) {
                    removed += usize::from(remove(&folder, name));
                } else if entry.file_type() == FileType::Directory && depth < DEEPEST && !is_self(name.to_bytes()) {
                    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                    folders.extend(openat(&folder, name, flags, Mode::empty()).map(|below| (below, depth + 1)));
                }
            }
        }
        Ok(removed)
    }
}

fn is_self(name: &[u8]) -> bool {
    name == b"." || name == b".."
}

/// Who writes one holds a lock on it.
fn remove(folder: &OwnedFd, name: &std::ffi::CStr) -> bool {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let Ok(file) = openat(folder, name, flags, Mode::empty()) else {
        return false;
    };
    flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok() && unlinkat(folder, name, AtFlags::empty()).is_ok()
}
