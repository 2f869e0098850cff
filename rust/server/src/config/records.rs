//! Records that are a file each (decisions: records on disk): the clients and the policies.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::ConfigError;

/// What the name of a record's file ends with. Other files are left alone.
const EXTENSION: &str = "toml";

/// The files of all records in a folder, in an order that stays. A folder that is not there has none.
pub(crate) fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if is_record(&path) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The same, and those of `known` that are there although the folder did not show them: what is replaced while a folder is listed may be
/// left out of the list, and a record must not vanish for that.
pub(crate) fn files_beside(folder: &Path, known: &[PathBuf]) -> io::Result<Vec<PathBuf>> {
    let mut files = files(folder)?;
    let listed: HashSet<_> = files.iter().cloned().collect();
    let hidden = known
        .iter()
        .filter(|file| is_record(file) && !listed.contains(*file) && file.exists());
    files.extend(hidden.cloned());
    files.sort();
    Ok(files)
}

fn is_record(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == EXTENSION)
}

/// What `read` makes of the files of a folder, at most `most`. One that cannot be read disables itself alone, and is told in `warnings`.
pub(super) fn read<T>(
    folder: &Path,
    files: io::Result<Vec<PathBuf>>,
    most: usize,
    read: impl Fn(&Path, &mut Vec<String>) -> Result<T, String>,
    warnings: &mut Vec<String>,
) -> Result<Vec<T>, ConfigError> {
    let files = files.map_err(|cause| ConfigError::Read {
        file: folder.to_owned(),
        cause,
    })?;
    if files.len() > most {
        return Err(ConfigError::in_file(
            folder,
            format!("there are more than {most} records"),
        ));
    }
    let mut records = Vec::new();
    for file in files {
        match read(&file, warnings) {
            Ok(record) => records.push(record),
            Err(problem) => warnings.push(format!("{}: the record is disabled: {problem}", file.display())),
        }
    }
    Ok(records)
}
