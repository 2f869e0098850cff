//! Removing what a script made. It may lie in as many levels as the script liked, so nothing here recurses or holds a
//! descriptor for each: what is not empty is moved up to the top before it is emptied.

use std::collections::VecDeque;
use std::ffi::{CStr, CString};
use std::fs::{self, Permissions};
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Dir, Mode, OFlags, openat, renameat, unlinkat};
use rustix::io::Errno;
use uuid::Uuid;

/// Removes the folder `path` with everything in it. Links are removed, never followed. It goes on where something cannot be
/// removed, and the first such error is the result.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    let outcome = match open(CWD, path) {
        Ok(top) => empty(&top),
        Err(error) => Err(error),
    };
    outcome.and(fs::remove_dir(path))
}

/// Removes everything in the folder `top`.
fn empty(top: &OwnedFd) -> io::Result<()> {
    let mut removal = Removal {
        top,
        names: Names::new(),
        left: VecDeque::new(),
        outcome: Ok(()),
    };
    removal.clear(top, true);
    while let Some(name) = removal.left.pop_front() {
        let cleared = open(top, &name).map(|folder| removal.clear(&folder, false));
        removal.note(cleared);
        removal.note(unlinkat(top, &name, AtFlags::REMOVEDIR).map_err(io::Error::from));
    }
    removal.outcome
}

struct Removal<'a> {
    top: &'a OwnedFd,
    names: Names,
    /// Folders of the top that are not empty.
    left: VecDeque<CString>,
    outcome: io::Result<()>,
}

impl Removal<'_> {
    fn note<T>(&mut self, outcome: io::Result<T>) {
        if let (Err(error), Ok(())) = (outcome, &self.outcome) {
            self.outcome = Err(error);
        }
    }

    /// Removes what can be removed at once from `folder`, and leaves the rest to a later turn, in the top.
    fn clear(&mut self, folder: &OwnedFd, is_top: bool) {
        let entries = match Dir::read_from(folder) {
            Ok(entries) => entries,
            Err(error) => return self.note::<()>(Err(error.into())),
        };
        for entry in entries {
            match entry {
                Ok(entry) if matches!(entry.file_name().to_bytes(), b"." | b"..") => {}
                Ok(entry) => {
                    let removed = self.take(folder, entry.file_name(), is_top);
                    self.note(removed);
                }
                Err(error) => return self.note::<()>(Err(error.into())),
            }
        }
    }

    fn take(&mut self, folder: &OwnedFd, name: &CStr, is_top: bool) -> io::Result<()> {
        match unlinkat(folder, name, AtFlags::empty()) {
            Err(Errno::ISDIR | Errno::PERM) => {}
            done => return Ok(done?),
        }
        match unlinkat(folder, name, AtFlags::REMOVEDIR) {
            Err(Errno::NOTEMPTY | Errno::EXIST) => {}
            done => return Ok(done?),
        }
        if is_top {
            self.left.push_back(name.to_owned());
            return Ok(());
        }
        // A folder that may not be written to cannot be moved either.
        open(folder, name)?;
        let moved = self.names.next();
        renameat(folder, name, self.top, &moved)?;
        self.left.push_back(moved);
        Ok(())
    }
}

/// Names that no script can have taken.
struct Names {
    prefix: String,
    count: u64,
}

impl Names {
    fn new() -> Self {
        Self {
            prefix: Uuid::new_v4().simple().to_string(),
            count: 0,
        }
    }

    fn next(&mut self) -> CString {
        self.count += 1;
        CString::new(format!("{}-{}", self.prefix, self.count)).unwrap_or_default()
    }
}

/// Opens a folder, whatever its script allowed itself there; a link is none.
fn open(parent: impl AsFd, name: impl rustix::path::Arg) -> io::Result<OwnedFd> {
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
    let found = openat(parent, name, OFlags::PATH | OFlags::NOFOLLOW | flags, Mode::empty())?;
    // By its descriptor, so that it is this folder whose mode is changed.
    let by_descriptor = format!("/proc/self/fd/{}", found.as_raw_fd());
    fs::set_permissions(by_descriptor, Permissions::from_mode(0o700))?;
    Ok(openat(&found, c".", OFlags::RDONLY | flags, Mode::empty())?)
}

#[cfg(test)]
mod tests {
    use rustix::fs::mkdirat;

    use super::*;

    /// Makes `levels` folders within each other below `path`.
    fn nest(path: &Path, levels: usize) {
        let mut at = open(CWD, path).unwrap();
        for _ in 0..levels {
            mkdirat(&at, c"d", Mode::RWXU).unwrap();
            at = open(&at, c"d").unwrap();
        }
    }

    /// Recursion would end the process here: so small a stack holds some hundred levels.
    #[test]
    fn any_depth_is_removed() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("w");
        fs::create_dir(&path).unwrap();
        nest(&path, 3_000);
        let small = std::thread::Builder::new().stack_size(128 * 1024);
        let (removed, gone) = (path.clone(), move || remove(&path));
        small.spawn(gone).unwrap().join().unwrap().unwrap();
        assert!(!removed.exists());
    }

    #[test]
    fn links_are_removed_and_not_followed() {
        let temp = tempfile::tempdir().unwrap();
        let (path, outside) = (temp.path().join("w"), temp.path().join("outside"));
        fs::create_dir_all(path.join("a/b")).unwrap();
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("x"), "x").unwrap();
        for link in ["link", "a/link", "a/b/link"] {
            std::os::unix::fs::symlink(&outside, path.join(link)).unwrap();
        }
        remove(&path).unwrap();
        assert!(!path.exists());
        assert!(outside.join("x").exists());
    }

    #[test]
    fn a_link_in_place_of_the_folder_is_not_followed() {
        let temp = tempfile::tempdir().unwrap();
        let outside = temp.path().join("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("x"), "x").unwrap();
        std::os::unix::fs::symlink(&outside, temp.path().join("w")).unwrap();
        remove(&temp.path().join("w")).unwrap_err();
        assert!(outside.join("x").exists());
    }

    #[test]
    fn folders_without_any_right_are_removed() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("w");
        fs::create_dir_all(path.join("a/b/c")).unwrap();
        fs::write(path.join("a/b/c/x"), "x").unwrap();
        for folder in ["a/b/c", "a/b", "a"] {
            fs::set_permissions(path.join(folder), Permissions::from_mode(0o000)).unwrap();
        }
        remove(&path).unwrap();
        assert!(!path.exists());
    }
}
