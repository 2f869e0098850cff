//! Which patch files there are, in the order in which they count (authentication 7.5).

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::error::ConfigError;

/// The layers, below the folder. What a later one says counts more.
const LAYERS: [&str; 4] = [
    "App_Config/Sitecore",
    "App_Config/Modules",
    "App_Config/Include",
    "App_Config/Environment",
];
/// Most folders inside each other, which also ends a circle of links.
const MAX_DEPTH: usize = 16;
/// Most files.
const MAX_FILES: usize = 1000;

/// Every file of the layers below `folder` whose name ends in `.config`, but not `base`: in each folder the files, then the folders, both
/// by name in any case. What is hidden is passed over.
pub(super) fn patches(folder: &Path, base: &Path) -> Result<Vec<PathBuf>, ConfigError> {
    let mut files = Vec::new();
    for layer in LAYERS {
        walk(&folder.join(layer), 1, &mut files)?;
    }
    files.retain(|file| file != base);
    Ok(files)
}

fn walk(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), ConfigError> {
    if depth > MAX_DEPTH {
        let problem = format!("more than {MAX_DEPTH} folders are inside each other");
        return Err(ConfigError::in_file(folder, problem));
    }
    let failed = |path: &Path| {
        let file = path.to_owned();
        move |cause| ConfigError::Read { file, cause }
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if depth == 1 && error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(folder)(error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed(folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            found.push((name.to_lowercase(), name, entry.path()));
        }
    }
    found.sort();
    let mut folders = Vec::new();
    for (_, name, path) in found {
        let is_config = name.ends_with(".config");
        // What is neither a folder nor a configuration is nobody's business, not even when it is a link to nowhere.
        let kind = match fs::metadata(&path) {
            Ok(metadata) => metadata.file_type(),
            Err(_) if !is_config => continue,
            Err(error) => return Err(failed(&path)(error)),
        };
        if kind.is_dir() {
            folders.push(path);
        } else if is_config && !kind.is_file() {
            return Err(ConfigError::in_file(
                &path,
                "this is no file; a configuration is read from files alone",
            ));
        } else if is_config {
            files.push(path);
        }
    }
    if files.len() > MAX_FILES {
        let problem = format!("there are more than {MAX_FILES} configuration files");
        return Err(ConfigError::in_file(folder, problem));
    }
    folders.iter().try_for_each(|folder| walk(folder, depth + 1, files))
}
