//! Unpacking zip files (WP-D-27): everything is looked at before anything is stored.

use std::collections::HashSet;
use std::io::{self, Read, Seek, SeekFrom};

use aws_lc_rs::digest::{Context, SHA256};
use zip::ZipArchive;
use zip::result::ZipError;

use super::{Content, MediaError, MediaPath, MediaStore};
use crate::storage::{PathProblem, RelativePath, StoredFile};

/// Bytes that are unpacked at once.
const PIECE: usize = 256 * 1024;

/// How much may come of an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Most entries, folders included.
    pub entries: usize,
    /// Most bytes of all files together.
    pub unpacked: u64,
    /// How many times larger than the archive they may be together.
    pub ratio: u64,
}

/// Why an archive cannot be unpacked. Nothing of it was stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveProblem {
    /// It is no zip file, or is damaged.
    #[error("It is no zip file, or it is damaged.")]
    Broken,
    /// An entry would lead elsewhere, or is no file or folder.
    #[error("The entry '{0}' would lead out of its folder, or is no plain file.")]
    Entry(String),
    /// An entry is encrypted, or packed in a way that is not known.
    #[error("The entry '{0}' is encrypted or packed in another way than deflate.")]
    Packed(String),
    /// Two entries would become one item.
    #[error("Two entries are the item '{0}'.")]
    Twice(String),
    /// There are too many entries.
    #[error("It has more than {0} entries.")]
    Entries(usize),
    /// The files would be too large.
    #[error("Unpacked it has more than {0} bytes.")]
    Unpacked(u64),
    /// The files are too much larger than the archive.
    #[error("Unpacked it is more than {0} times as large.")]
    Ratio(u64),
}

/// A file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    index: usize,
    path: MediaPath,
    size: u64,
}

/// Looks at every entry of an archive that is to be unpacked beside `target`. Nothing of the files is unpacked for it.
pub(crate) fn check<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    length: u64,
    target: &MediaPath,
    limits: ArchiveLimits,
) -> Result<Vec<Entry>, ArchiveProblem> {
    if archive.len() > limits.entries {
        return Err(ArchiveProblem::Entries(limits.entries));
    }
    let (mut entries, mut seen, mut total) = (Vec::new(), HashSet::new(), 0_u64);
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index).map_err(|_| ArchiveProblem::Broken)?;
        let name = file.name().map_err(|_| ArchiveProblem::Broken)?.into_owned();
        let odd = |_: PathProblem| ArchiveProblem::Entry(name.clone());
        let path = RelativePath::parse(&name).map_err(odd)?;
        // `/` at the beginning counts for nothing elsewhere; in an archive it is the root of a disk.
        if name.starts_with(['/', '\\']) || file.is_symlink() || path.names().is_empty() {
            return Err(ArchiveProblem::Entry(name));
        }
        if file.encrypted()
            || !matches!(
                file.compression(),
                zip::CompressionMethod::Stored | zip::CompressionMethod::Deflated
            )
        {
            return Err(ArchiveProblem::Packed(name));
        }
        if file.is_dir() {
            continue;
        }
        let path = target.beside(&path).map_err(odd)?;
        if !seen.insert(path.key()) {
            return Err(ArchiveProblem::Twice(path.shown()));
        }
        let size = file.size();
        total = total.saturating_add(size);
        entries.push(Entry { index, path, size });
    }
    if total > limits.unpacked {
        return Err(ArchiveProblem::Unpacked(limits.unpacked));
    }
    if total / limits.ratio.max(1) > length {
        return Err(ArchiveProblem::Ratio(limits.ratio));
    }
    Ok(entries)
}

/// Unpacks an archive into contents that no item has yet. On an error none is left. Blocks.
pub fn unpack(
    store: &dyn MediaStore,
    database: &str,
    archive: &StoredFile,
    target: &MediaPath,
    limits: ArchiveLimits,
) -> Result<Vec<(MediaPath, Content)>, MediaError> {
    let length = archive.length;
    let mut archive = ZipArchive::new(Reader {
        file: archive,
        place: 0,
    })
    .map_err(|error| problem(&error))?;
    let entries = check(&mut archive, length, target, limits)?;
    let mut unpacked = Vec::with_capacity(entries.len());
    for entry in entries {
        match one(store, database, &mut archive, &entry) {
            Ok(content) => unpacked.push((entry.path, content)),
            Err(error) => {
                for (_, content) in &unpacked {
                    store.discard(database, content);
                }
                return Err(error);
            }
        }
    }
    Ok(unpacked)
}

/// What an entry says about its size is not believed: as many bytes as it says are taken, and not one more.
fn one(
    store: &dyn MediaStore,
    database: &str,
    archive: &mut ZipArchive<Reader<'_>>,
    entry: &Entry,
) -> Result<Content, MediaError> {
    let mut file = archive.by_index(entry.index).map_err(|error| problem(&error))?;
    let (mut content, mut upload) = store.begin(database)?;
    let (mut hash, mut buffer, mut size) = (Context::new(&SHA256), vec![0; PIECE], 0_u64);
    loop {
        let count = file.read(&mut buffer).map_err(|_| ArchiveProblem::Broken)?;
        if count == 0 {
            break;
        }
        size += count as u64;
        if size > entry.size {
            return Err(ArchiveProblem::Broken.into());
        }
        hash.update(&buffer[..count]);
        upload.write(&buffer[..count])?;
    }
    if size != entry.size {
        return Err(ArchiveProblem::Broken.into());
    }
    upload.commit()?;
    content.size = size;
    content.sha256 = hex(hash.finish().as_ref());
    Ok(content)
}

/// Lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a string does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn problem(error: &ZipError) -> ArchiveProblem {
    tracing::debug!(%error, "a zip file cannot be read");
    ArchiveProblem::Broken
}

/// A stored file as a reader of zip files wants it.
struct Reader<'a> {
    file: &'a StoredFile,
    place: u64,
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(buffer, self.place)?;
        self.place += count as u64;
        Ok(count)
    }
}

impl Seek for Reader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(offset) => self.file.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.place.checked_add_signed(offset),
        };
        self.place = place.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.place)
    }
}
