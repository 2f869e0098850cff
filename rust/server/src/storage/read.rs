//! Reading files.

use std::fs::File;
use std::io::{self, IoSliceMut};
use std::os::unix::fs::FileExt as _;
use std::time::{Duration, SystemTime};

use rustix::fs::{FileType, Mode, OFlags, Stat, fstat};
use rustix::io::{Errno, ReadWriteFlags, preadv2};

use super::{RelativePath, Root, StorageError};

/// A file, open. What is read is the file as it was opened, also when another takes its name meanwhile.
#[derive(Debug)]
pub struct StoredFile {
    file: File,
    /// Its length, in bytes.
    pub length: u64,
    /// When it was changed.
    pub modified: SystemTime,
    /// A strong validator (RFC 9110 8.8.3): another content has another one.
    pub etag: String,
}

impl Root {
    /// Opens a file. Blocks.
    pub fn read(&self, path: &RelativePath) -> Result<StoredFile, StorageError> {
        if path.name().is_none() {
            return Err(StorageError::Missing);
        }
        let opened = self.open_below(&path.joined(), OFlags::RDONLY, Mode::empty())?;
        let stat = fstat(&opened)?;
        if FileType::from_raw_mode(stat.st_mode) == FileType::Directory {
            return Err(StorageError::Missing);
        }
        check_plain(&stat)?;
        let since = Duration::new(stat.st_mtime.try_into().unwrap_or(0), nanoseconds(&stat));
        Ok(StoredFile {
            file: opened.into(),
            length: stat.st_size.try_into().unwrap_or(0),
            modified: SystemTime::UNIX_EPOCH + since,
            etag: etag(&stat),
        })
    }
}

impl StoredFile {
    /// Reads what is in memory already and so does not block; `None` where the disk has to be asked. May be less than asked for.
    pub fn read_now(&self, buffer: &mut [u8], place: u64) -> io::Result<Option<usize>> {
        match preadv2(
            &self.file,
            &mut [IoSliceMut::new(buffer)],
            place,
            ReadWriteFlags::NOWAIT,
        ) {
            Ok(count) => Ok(Some(count)),
            // Not there, or a file system that cannot tell.
            Err(Errno::AGAIN | Errno::OPNOTSUPP | Errno::NOSYS | Errno::INTR) => Ok(None),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Reads at a place; less than asked for only at the end. Blocks.
    pub fn read_at(&self, buffer: &mut [u8], place: u64) -> io::Result<usize> {
        let mut read = 0;
        while read < buffer.len() {
            match self.file.read_at(&mut buffer[read..], place + read as u64) {
                Ok(0) => break,
                Ok(count) => read += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(read)
    }
}

fn nanoseconds(stat: &Stat) -> u32 {
    u32::try_from(stat.st_mtime_nsec).unwrap_or(0)
}

/// Another content is in another file, or was written at another time.
pub(super) fn etag(stat: &Stat) -> String {
    let (device, number, seconds) = (stat.st_dev, stat.st_ino, stat.st_mtime);
    format!(
        "\"{device:x}-{number:x}-{seconds:x}-{:x}-{:x}\"",
        nanoseconds(stat),
        stat.st_size
    )
}

/// A file with one name. Of a second one nobody knows where it is, and what is behind it may be somebody else's.
pub(super) fn check_plain(stat: &Stat) -> Result<(), StorageError> {
    let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
    if is_file && stat.st_nlink <= 1 {
        Ok(())
    } else {
        Err(StorageError::NotAllowed)
    }
}
