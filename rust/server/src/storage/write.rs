//! Writing files: into one of another name first, which takes the name when all of it is on the disk.

use std::fs::File;
use std::io::Write as _;
use std::os::fd::OwnedFd;

use rustix::fs::{
    AtFlags, FileType, FlockOperation, Mode, OFlags, flock, fstat, fsync, openat, renameat, statat, unlinkat,
};
use rustix::io::Errno;
use uuid::Uuid;

use super::read::{check_plain, etag};
use super::{RelativePath, Root, StorageError};

/// How files begin that are not whole yet. Nobody may read or write one by its name.
pub(super) const PARTIAL: &str = ".spe-partial-";

/// A file that is being written. Dropping it leaves what was there before.
#[derive(Debug)]
pub struct Upload {
    folder: OwnedFd,
    file: File,
    partial: String,
    name: String,
    is_whole: bool,
}

impl Root {
    /// Begins to write a file; folders that are not there are made (wire protocol 3.7). Blocks.
    pub fn write(&self, path: &RelativePath) -> Result<Upload, StorageError> {
        let name = path.name().ok_or(StorageError::Denied)?.to_owned();
        if path.names().iter().any(|name| name.starts_with(PARTIAL)) {
            return Err(StorageError::NotAllowed);
        }
        let folder = self.make_folder_of(path)?;
        check_target(&folder, &name)?;
        let partial = format!("{PARTIAL}{}", Uuid::new_v4().simple());
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat(&folder, partial.as_str(), flags, Mode::from_raw_mode(0o666))?;
        let upload = Upload {
            folder,
            file: file.into(),
            partial,
            name,
            is_whole: false,
        };
        // So that another server that starts on this folder does not take it for one that was left over.
        flock(&upload.file, FlockOperation::NonBlockingLockExclusive)?;
        Ok(upload)
    }
}

impl Root {
    /// Removes a file; one that is not there is as good as removed. Blocks.
    pub fn remove(&self, path: &RelativePath) -> Result<(), StorageError> {
        let name = path.name().ok_or(StorageError::Denied)?;
        match unlinkat(self.folder_of(path)?, name, AtFlags::empty()) {
            Err(errno) if errno != Errno::NOENT => Err(errno.into()),
            _ => Ok(()),
        }
    }
}

/// What is there already is a plain file, or nothing. A change behind this look does no harm: the new file takes the place of a
/// name, whatever that led to.
fn check_target(folder: &OwnedFd, name: &str) -> Result<(), StorageError> {
    let stat = match statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => stat,
        Err(Errno::NOENT) => return Ok(()),
        Err(errno) => return Err(errno.into()),
    };
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::Directory => Err(StorageError::Denied),
        _ => check_plain(&stat),
    }
}

impl Upload {
    /// Writes on. Blocks.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StorageError> {
        Ok(self.file.write_all(bytes)?)
    }

    /// Makes it the file: whoever opens the name has all of the old one until now, and all of this one from now on.
    /// Gives its entity tag. Blocks.
    pub fn commit(mut self) -> Result<String, StorageError> {
        self.file.sync_all()?;
        let stat = fstat(&self.file)?;
        check_plain(&stat)?;
        match renameat(&self.folder, self.partial.as_str(), &self.folder, self.name.as_str()) {
            // A folder came to be there.
            Err(Errno::ISDIR | Errno::NOTEMPTY | Errno::EXIST) => return Err(StorageError::Denied),
            done => done?,
        }
        self.is_whole = true;
        fsync(&self.folder)?;
        Ok(etag(&stat))
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.is_whole {
            // What cannot be removed, the next start removes.
            let _ = unlinkat(&self.folder, self.partial.as_str(), AtFlags::empty());
        }
    }
}
