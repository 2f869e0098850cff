//! A media library in a folder: a database is a sub-folder, in it `items/ID.json` and `contents/ID`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use parking_lot::{Mutex, MutexGuard};
use spe_protocol::timestamp::format_utc;
use time::OffsetDateTime;
use uuid::Uuid;

use super::item::{Content, MediaItem, Outcome, Stored};
use super::{MediaError, MediaPath, MediaStore};
use crate::storage::{RelativePath, Root, StorageError, StoredFile, Upload};

const ITEMS: &str = "items";
const CONTENTS: &str = "contents";
/// What is to become of items, all at once. When it is there at a start, the server ended in the middle of that.
const PENDING: &str = "pending.json";
/// The database that is made where there is none.
const MASTER: &str = "master";

/// A library in a folder. One server process at a time may use it.
#[derive(Debug)]
pub struct FolderLibrary {
    databases: BTreeMap<String, Database>,
}

/// A library that cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("media.folder: {place:?}: {cause}")]
pub struct OpenError {
    /// The folder or the file.
    pub place: PathBuf,
    /// Why.
    pub cause: std::io::Error,
}

#[derive(Debug)]
struct Database {
    root: Root,
    index: Mutex<Index>,
}

#[derive(Debug, Default)]
struct Index {
    items: HashMap<Uuid, MediaItem>,
    paths: HashMap<String, Uuid>,
    /// What was decided and could not be written yet.
    pending: Vec<MediaItem>,
}

impl Index {
    fn insert(&mut self, item: MediaItem) {
        self.paths.insert(item.key(), item.id);
        self.items.insert(item.id, item);
    }

    fn at(&self, key: &str) -> Option<&MediaItem> {
        self.items.get(self.paths.get(key)?)
    }

    /// 3.8: by path, then by the id in braces. An item whose own name has a dot is found, too.
    fn find(&self, path: &MediaPath) -> Option<&MediaItem> {
        let (_, extension) = path.name_and_extension();
        let stem = self.at(&path.key());
        let exact = stem.filter(|item| extension.is_empty() || item.extension.eq_ignore_ascii_case(extension));
        exact
            .or_else(|| self.at(&path.whole_key()))
            .or(stem)
            .or_else(|| self.items.get(&path.id()?))
    }
}

impl FolderLibrary {
    /// Opens a library, ends what a killed server began, and removes what nothing needs any more.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        let failed = |place: PathBuf| move |cause| OpenError { place, cause };
        let mut names = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(failed(folder.into()))? {
            let entry = entry.map_err(failed(folder.into()))?;
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            names.extend(entry.file_name().into_string().ok().filter(|_| is_folder));
        }
        if names.is_empty() {
            std::fs::create_dir(folder.join(MASTER)).map_err(failed(folder.join(MASTER)))?;
            names.push(MASTER.to_owned());
        }
        let open = |name: String| {
            let place = folder.join(&name);
            let database = Database::open(&place).map_err(failed(place))?;
            Ok((name.to_lowercase(), database))
        };
        Ok(Self {
            databases: names.into_iter().map(open).collect::<Result<_, _>>()?,
        })
    }

    fn database(&self, name: &str) -> Result<&Database, MediaError> {
        self.databases.get(&name.to_lowercase()).ok_or(MediaError::NoDatabase)
    }
}

impl Database {
    fn open(place: &Path) -> std::io::Result<Self> {
        for folder in [ITEMS, CONTENTS] {
            std::fs::create_dir_all(place.join(folder))?;
        }
        let root = Root::open(place).map_err(StorageError::into_io)?;
        root.sweep().map_err(StorageError::into_io)?;
        let database = Self {
            root,
            index: Mutex::default(),
        };
        if let Ok(text) = std::fs::read(place.join(PENDING)) {
            let pending: Vec<MediaItem> = serde_json::from_slice(&text)?;
            database.apply(&pending).map_err(StorageError::into_io)?;
        }
        let (index, is_whole) = read_items(&place.join(ITEMS))?;
        // The content of an item that cannot be read is somebody's still.
        if is_whole {
            remove_unused(&place.join(CONTENTS), &index)?;
        }
        *database.index.lock() = index;
        Ok(database)
    }

    /// Does what is pending, if anything is.
    fn finish(&self, index: &mut Index) -> Result<(), StorageError> {
        if !index.pending.is_empty() {
            self.apply(&index.pending)?;
        }
        for item in std::mem::take(&mut index.pending) {
            index.insert(item);
        }
        Ok(())
    }

    /// Writes items as they are to be. Doing it again does no harm.
    fn apply(&self, items: &[MediaItem]) -> Result<(), StorageError> {
        for item in items {
            self.write(&format!("{ITEMS}/{}.json", item.id), item)?;
        }
        self.root.remove(&place(PENDING))
    }

    fn write(&self, name: &str, value: &impl serde::Serialize) -> Result<(), StorageError> {
        let text = serde_json::to_vec_pretty(value).map_err(|error| StorageError::Other(error.into()))?;
        let mut upload = self.root.write(&place(name))?;
        upload.write(&text)?;
        upload.commit().map(drop)
    }

    /// What every content will be, and those of the old ones that nothing has any more.
    fn plan(
        index: &MutexGuard<'_, Index>,
        new: Vec<(MediaPath, Content)>,
        skip: bool,
    ) -> Result<Vec<(Stored, Option<Content>)>, MediaError> {
        let now = format_utc(OffsetDateTime::now_utc());
        new.into_iter()
            .map(|(path, content)| match index.find(&path) {
                Some(item) if skip => Ok((
                    Stored {
                        item: item.clone(),
                        outcome: Outcome::Skipped,
                    },
                    Some(content),
                )),
                Some(item) => Ok((
                    Stored {
                        item: MediaItem {
                            updated: now.clone(),
                            content,
                            ..item.clone()
                        },
                        outcome: Outcome::Replaced,
                    },
                    Some(item.content.clone()),
                )),
                // An id is of an item that is there.
                None if path.id().is_some() => Err(MediaError::Missing),
                None => {
                    let (name, extension) = path.name_and_extension();
                    let item = MediaItem {
                        id: Uuid::new_v4(),
                        folder: path.folder().to_vec(),
                        name: name.to_owned(),
                        extension: extension.to_owned(),
                        created: now.clone(),
                        updated: now.clone(),
                        content,
                    };
                    let outcome = Outcome::Created;
                    Ok((Stored { item, outcome }, None))
                }
            })
            .collect()
    }
}

impl MediaStore for FolderLibrary {
    fn begin(&self, database: &str) -> Result<(Content, Upload), MediaError> {
        let content = Content {
            file: Uuid::new_v4(),
            size: 0,
            sha256: String::new(),
        };
        let upload = self.database(database)?.root.write(&content_place(&content))?;
        Ok((content, upload))
    }

    fn content(&self, database: &str, content: &Content) -> Result<StoredFile, MediaError> {
        Ok(self.database(database)?.root.read(&content_place(content))?)
    }

    fn discard(&self, database: &str, content: &Content) {
        if let Ok(database) = self.database(database) {
            // What cannot be removed, the next start removes.
            let _ = database.root.remove(&content_place(content));
        }
    }

    fn find(&self, database: &str, path: &MediaPath) -> Result<(MediaItem, StoredFile), MediaError> {
        let database = self.database(database)?;
        let index = database.index.lock();
        let item = index.find(path).ok_or(MediaError::Missing)?;
        // While the index is held: a replacement would remove the content.
        let file = database.root.read(&content_place(&item.content))?;
        Ok((item.clone(), file))
    }

    fn put(&self, name: &str, new: Vec<(MediaPath, Content)>, skip_existing: bool) -> Result<Vec<Stored>, MediaError> {
        let database = self.database(name)?;
        let mut index = database.index.lock();
        database.finish(&mut index)?;
        let planned = Database::plan(&index, new, skip_existing)?;
        let (stored, old): (Vec<_>, Vec<_>) = planned.into_iter().unzip();
        let changed = stored
            .iter()
            .filter(|stored: &&Stored| stored.outcome != Outcome::Skipped);
        let changed: Vec<_> = changed.map(|stored| stored.item.clone()).collect();
        if !changed.is_empty() {
            // From here on it will be done: now, by the next upload, or by the next process.
            database.write(PENDING, &changed)?;
            index.pending = changed;
            database.finish(&mut index)?;
        }
        drop(index);
        for content in old.into_iter().flatten() {
            self.discard(name, &content);
        }
        Ok(stored)
    }
}

/// All items, and whether each could be read.
fn read_items(folder: &Path) -> std::io::Result<(Index, bool)> {
    let (mut index, mut is_whole) = (Index::default(), true);
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        match serde_json::from_slice(&std::fs::read(&path)?) {
            Ok(item) => index.insert(item),
            Err(error) => {
                is_whole = false;
                tracing::warn!(item = %path.display(), %error, "an item of the media library cannot be read and is left out");
            }
        }
    }
    Ok((index, is_whole))
}

/// What a killed server left: contents that no item has.
fn remove_unused(folder: &Path, index: &Index) -> std::io::Result<()> {
    let used: HashSet<_> = index.items.values().map(|item| item.content.file).collect();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let file = entry.file_name().to_str().and_then(|name| Uuid::try_parse(name).ok());
        if file.is_some_and(|file| !used.contains(&file)) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Names of this library are plain ones.
fn place(text: &str) -> RelativePath {
    RelativePath::parse(text).unwrap_or_else(|_| RelativePath::default())
}

fn content_place(content: &Content) -> RelativePath {
    place(&format!("{CONTENTS}/{}", content.file))
}
