//! Where a download is written (client module 17.3).

use std::path::PathBuf;

use super::disposition::safe;
use crate::address::SEPARATORS;
use crate::{DownloadCall, Failure, FailureKind};

/// What the paths of media items may begin with, and what their directories here do not.
const LIBRARY: [&str; 2] = ["sitecore", "media library"];

/// The file to write, of what the caller asked and the name the server gave. It looks at the disk.
pub(super) fn resolve(call: &DownloadCall, server_name: Option<&str>) -> Result<PathBuf, Failure> {
    let target = target(call, server_name)?;
    if target.is_dir() {
        let message = format!(
            "{} is a directory, so no file of that name can be written.",
            target.display()
        );
        return Err(Failure::new(FailureKind::FileWrite, message));
    }
    Ok(target)
}

fn target(call: &DownloadCall, server_name: Option<&str>) -> Result<PathBuf, Failure> {
    let path = call.place.path();
    let media = call.place.is_media();
    let destination = &call.destination;
    if call.container && media {
        return below_container(call, server_name);
    }
    if call.into_directory || destination.is_dir() {
        let name = named(server_name, destination)?;
        return if media { with_extension(name) } else { Ok(name) }.map(|name| destination.join(name));
    }
    let last = destination.file_name().unwrap_or_default().to_string_lossy();
    if has_extension(&last) {
        return Ok(destination.clone());
    }
    let name = named(server_name, destination)?;
    let source = path.rsplit(SEPARATORS).next().unwrap_or_default();
    if !media && last.eq_ignore_ascii_case(name) {
        return Ok(destination.clone());
    }
    let name = with_extension(name)?;
    let names_the_file = [stem(source), stem(name)]
        .iter()
        .any(|stem| last.eq_ignore_ascii_case(stem));
    Ok(if names_the_file {
        destination.with_file_name(name)
    } else {
        destination.join(name)
    })
}

/// The directories of the item below the destination, and in the last of them the file.
fn below_container(call: &DownloadCall, server_name: Option<&str>) -> Result<PathBuf, Failure> {
    let mut segments: Vec<_> = call
        .place
        .path()
        .split(SEPARATORS)
        .filter(|segment| !segment.is_empty())
        .collect();
    let in_library = segments.len() > LIBRARY.len()
        && segments
            .iter()
            .zip(LIBRARY)
            .all(|(segment, name)| segment.eq_ignore_ascii_case(name));
    if in_library {
        segments.drain(..LIBRARY.len());
    }
    let last = segments.pop().unwrap_or_default();
    let mut file = call.destination.clone();
    for segment in segments {
        file.push(local(segment)?);
    }
    if has_extension(last) {
        file.push(local(last)?);
    } else {
        let name = with_extension(named(server_name, &file)?)?;
        file.push(name);
    }
    Ok(file)
}

/// A segment of the caller's path as the name of a directory or file.
fn local(segment: &str) -> Result<&str, Failure> {
    let invalid = |why| {
        let message = format!("With -Container the path would make a directory or file '{segment}', {why}.");
        Failure::new(FailureKind::InvalidInput, message)
    };
    safe(segment).map_err(invalid)
}

/// The server's name for the file, reduced to what can be one.
fn named<'a>(server_name: Option<&'a str>, destination: &std::path::Path) -> Result<&'a str, Failure> {
    let way_out = "Give -Destination a file name with an extension.";
    let Some(name) = server_name else {
        let message = format!(
            "The server gives the file no name, and {} has no extension, so it is taken for a directory. {way_out}",
            destination.display()
        );
        return Err(Failure::new(FailureKind::Malformed, message));
    };
    safe(name).map_err(|why| {
        let message = format!(
            "The server names the file '{}', {why}. {way_out}",
            name.escape_default()
        );
        Failure::new(FailureKind::Malformed, message)
    })
}

fn with_extension(name: &str) -> Result<&str, Failure> {
    if has_extension(name) {
        return Ok(name);
    }
    let message = format!(
        "The server names the file '{name}', which has no extension. Give -Destination a file name with an extension, or \
         for a file that has none a directory that exists."
    );
    Err(Failure::new(FailureKind::Malformed, message))
}

/// As .NET has it: a name that begins with its only full stop is an extension.
fn has_extension(name: &str) -> bool {
    name.rfind('.').is_some_and(|at| at + 1 < name.len())
}

fn stem(name: &str) -> &str {
    name.rfind('.').map_or(name, |at| &name[..at])
}
