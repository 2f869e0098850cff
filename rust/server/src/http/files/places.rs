//! Which folder a request means (wire protocol 3.6.1).

use std::path::{Path, PathBuf};

use crate::config::{FILE_ROOTS, FileSettings};
use crate::http::route::file_root;
use crate::storage::{PathProblem, RelativePath, Root, StorageError};

/// The folders of the configuration, open.
#[derive(Debug, Default)]
pub struct Places {
    aliases: Vec<(&'static str, Root)>,
    absolute: Vec<(RelativePath, Root)>,
}

/// A folder of the configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{setting} = {folder:?}: {cause}")]
pub struct PlacesError {
    /// The setting that names it.
    pub setting: String,
    /// The folder.
    pub folder: PathBuf,
    /// Why.
    pub cause: StorageError,
}

impl Places {
    /// Opens every folder, and removes what a server that was killed left there. An entry of `allowed` that cannot be opened is left
    /// out and told in the log; a folder of `settings` is an error.
    pub fn open(settings: &FileSettings, allowed: &[PathBuf]) -> Result<Self, PlacesError> {
        let mut places = Self::default();
        for (alias, folder) in FILE_ROOTS.into_iter().zip(&settings.roots) {
            let Some(folder) = folder else {
                continue;
            };
            let root = open(folder).map_err(|cause| PlacesError {
                setting: format!("files.{alias}"),
                folder: folder.clone(),
                cause,
            })?;
            places.aliases.push((alias, root));
        }
        for folder in allowed {
            let text = folder.to_str().unwrap_or_default();
            match (RelativePath::parse(text), open(folder)) {
                (Ok(path), Ok(root)) => places.absolute.push((path, root)),
                (Err(problem), _) => told(folder, &problem),
                (_, Err(error)) => told(folder, &error),
            }
        }
        // The innermost one first: it is the one that is meant.
        places
            .absolute
            .sort_by_key(|(path, _)| std::cmp::Reverse(path.names().len()));
        Ok(places)
    }

    /// The folder and the path in it that a request means; else the reason that the log says.
    pub(super) fn find(&self, route: &str, path: &str) -> Result<(Root, RelativePath), &'static str> {
        let alias = file_root(route).unwrap_or_default();
        let read = RelativePath::parse(path).map_err(|problem| match problem {
            PathProblem::Outside => "outsideRoot",
            PathProblem::Invalid => "invalidPath",
        });
        if let Some((_, root)) = self.aliases.iter().find(|(known, _)| known.eq_ignore_ascii_case(alias)) {
            return Ok((root.clone(), read?));
        }
        let is_alias = FILE_ROOTS.iter().any(|known| known.eq_ignore_ascii_case(alias));
        if is_alias || !path.starts_with('/') || self.absolute.is_empty() {
            return Err("unknownOrigin");
        }
        let read = read?;
        let found = self
            .absolute
            .iter()
            .find_map(|(folder, root)| Some((root.clone(), read.below(folder)?)));
        found.ok_or("outsideRoot")
    }
}

fn open(folder: &Path) -> Result<Root, StorageError> {
    let root = Root::open(folder)?;
    match root.sweep() {
        Ok(0) => {}
        Ok(count) => tracing::info!(folder = %folder.display(), count, "removing what uploads of a killed server left"),
        Err(error) => tracing::warn!(folder = %folder.display(), %error, "what uploads left could not be looked for"),
    }
    Ok(root)
}

fn told(folder: &Path, error: &dyn std::fmt::Display) {
    tracing::warn!(folder = %folder.display(), %error, "a folder of Spe.Remoting.AllowedFileRoots cannot be opened and opens nothing");
}
