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

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A folder with these files.
    fn folder_of(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let file = folder.path().join("App_Config").join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "").unwrap();
        }
        folder
    }

    fn found(folder: &Path) -> Result<Vec<String>, ConfigError> {
        let below = folder.join("App_Config");
        let base = below.join("Include/Spe/Spe.config");
        let files = patches(folder, &base)?.into_iter();
        let relative = |file: PathBuf| file.strip_prefix(&below).unwrap().display().to_string();
        Ok(files.map(relative).collect())
    }

    /// Authentication 7.5: layers, then files before folders, by name in any case; N373: what does not end in `.config` is not read.
    #[test]
    fn files_come_in_order_and_others_not_at_all() {
        let expected = [
            "Sitecore/z.config",
            "Modules/a.config",
            "Include/b.config",
            "Include/C.config",
            "Include/a/x.config",
            "Include/Spe/Spe.OAuthBearer.config",
            "Include/Spe/Spe.XMCloud.Remoting.config",
            "Include/z.Last/a.config",
            "Environment/a.config",
        ];
        let others = [
            "Include/Spe/Spe.config",
            "Include/Spe/Spe.OAuthBearer.config.example",
            "Include/off.config.disabled",
            "Include/A.CONFIG",
            "Include/.hidden.config",
            "Include/.hidden/a.config",
            "Include/notes.txt",
            "Security/a.config",
            "a.config",
        ];
        let folder = folder_of(&[&expected[..], &others].concat());
        assert_eq!(found(folder.path()).unwrap(), expected);
    }

    #[test]
    fn layers_that_are_not_there_are_empty() {
        let folder = folder_of(&[]);
        assert_eq!(found(folder.path()).unwrap(), Vec::<String>::new());
    }

    /// Links are followed, as containers mount files; a circle of them ends, and a configuration that leads nowhere is told.
    #[test]
    fn links_are_followed_to_an_end() {
        let folder = folder_of(&["Include/data/a.text"]);
        let include = folder.path().join("App_Config/Include");
        symlink(include.join("data/a.text"), include.join("a.config")).unwrap();
        symlink(include.join("nowhere"), include.join("b.text")).unwrap();
        assert_eq!(found(folder.path()).unwrap(), ["Include/a.config"]);
        symlink(&include, include.join("data/again")).unwrap();
        assert!(
            found(folder.path())
                .unwrap_err()
                .to_string()
                .contains("inside each other")
        );
        fs::remove_file(include.join("data/again")).unwrap();
        symlink(include.join("nowhere"), include.join("b.config")).unwrap();
        assert!(found(folder.path()).unwrap_err().to_string().contains("b.config"));
    }

    /// What is opened and never ends would keep the server from starting without a word.
    #[test]
    fn only_files_are_read() {
        let folder = folder_of(&["Include/a.config"]);
        let socket = folder.path().join("App_Config/Include/b.config");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let error = found(folder.path()).unwrap_err().to_string();
        assert!(error.contains("b.config") && error.contains("no file"), "{error}");
    }
}
