//! The temporary folders of workers. They lie in one folder per server, which the server holds locked: one that nobody holds
//! was left by a server that was killed, and is removed by the next.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::process::geteuid;
use tempfile::Builder;
use uuid::Uuid;

use super::{strays, tree};

const PREFIX: &str = "spe-workers-";
/// Name of a folder that is not locked yet, and so must not be taken for one that was left.
const UNLOCKED: &str = ".spe-workers-";

/// The folder of a server. Dropping it removes it.
#[derive(Debug)]
pub(super) struct Folders {
    path: PathBuf,
    // Given up by the system when the process ends, however it ends.
    _lock: File,
}

/// The folder of a worker. Dropping it removes it, and the server's after the last.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    is_removed: bool,
    _of: Arc<Folders>,
}

impl Folders {
    /// Makes one in `temp` and removes those that were left there.
    pub(super) fn new(temp: &Path) -> io::Result<Arc<Self>> {
        remove_left(temp);
        let folder = Builder::new().prefix(UNLOCKED).tempdir_in(temp)?;
        let lock = File::open(folder.path())?;
        lock.try_lock()?;
        // Short: runtimes put sockets into it, whose paths must not be long.
        let name = Uuid::new_v4().simple().to_string();
        let path = temp.join(format!("{PREFIX}{}", &name[..8]));
        fs::rename(folder.path(), &path)?;
        let _ = folder.keep();
        Ok(Arc::new(Self { path, _lock: lock }))
    }

    /// Makes one for a worker.
    pub(super) fn make(self: &Arc<Self>) -> io::Result<Folder> {
        let folder = Builder::new().prefix("w").tempdir_in(&self.path)?;
        Ok(Folder {
            path: folder.keep(),
            is_removed: false,
            _of: self.clone(),
        })
    }
}

impl Drop for Folders {
    fn drop(&mut self) {
        // What cannot be removed now is left for the next server.
        let _ = tree::remove(&self.path);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.is_removed {
            let _ = tree::remove(&self.path);
        }
    }
}

impl Folder {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes it with everything in it.
    pub(super) fn remove(mut self) -> io::Result<()> {
        self.is_removed = true;
        tree::remove(&self.path)
    }
}

fn remove_left(temp: &Path) {
    let Ok(entries) = fs::read_dir(temp) else { return };
    for entry in entries.flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes()) && was_left(&entry.path()) {
            tracing::info!(folder = %entry.path().display(), "removing what a killed server left");
            strays::end_users_of(&entry.path());
            let _ = tree::remove(&entry.path());
        }
    }
}

/// Whether it is a folder of this user's that no server holds. Others can put anything into a folder for temporary files.
fn was_left(path: &Path) -> bool {
    let is_ours = fs::symlink_metadata(path).is_ok_and(|found| found.is_dir() && found.uid() == geteuid().as_raw());
    is_ours && File::open(path).is_ok_and(|folder| folder.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn names(temp: &TempDir) -> usize {
        fs::read_dir(temp.path()).unwrap().count()
    }

    #[test]
    fn the_last_folder_takes_the_servers_along() {
        let temp = tempfile::tempdir().unwrap();
        let folders = Folders::new(temp.path()).unwrap();
        let folder = folders.make().unwrap();
        fs::write(folder.path().join("x"), "x").unwrap();
        drop(folders);
        assert!(folder.path().exists());
        folder.remove().unwrap();
        assert_eq!(names(&temp), 0);
    }

    #[test]
    fn folders_of_a_server_that_was_killed_are_removed_by_the_next() {
        let temp = tempfile::tempdir().unwrap();
        let left = temp.path().join("spe-workers-1");
        fs::create_dir_all(left.join("wx/y")).unwrap();
        let _folders = Folders::new(temp.path()).unwrap();
        assert!(!left.exists());
    }

    /// What scripts had started goes on when their server is killed, until the next one starts.
    #[test]
    fn what_scripts_of_a_killed_server_started_ends_with_its_folder() {
        let temp = tempfile::tempdir().unwrap();
        let left = temp.path().join("spe-workers-1");
        fs::create_dir_all(left.join("wx")).unwrap();
        let start = |folder: &Path| {
            let mut command = std::process::Command::new("/bin/sleep");
            command
                .arg("1000")
                .env("SPE_WORKER", "mark")
                .env("TMPDIR", folder)
                .spawn()
                .unwrap()
        };
        let (mut stray, mut other) = (start(&left.join("wx")), start(&temp.path().join("elsewhere")));
        let _folders = Folders::new(temp.path()).unwrap();
        assert!(!stray.wait().unwrap().success());
        assert_eq!(other.try_wait().unwrap(), None);
        other.kill().unwrap();
        other.wait().unwrap();
    }

    #[test]
    fn folders_of_a_server_that_lives_stay() {
        let temp = tempfile::tempdir().unwrap();
        let first = Folders::new(temp.path()).unwrap();
        let folder = first.make().unwrap();
        let _second = Folders::new(temp.path()).unwrap();
        assert!(folder.path().exists());
    }

    #[test]
    fn a_link_is_not_followed() {
        let temp = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        fs::write(elsewhere.path().join("x"), "x").unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), temp.path().join("spe-workers-1")).unwrap();
        let _folders = Folders::new(temp.path()).unwrap();
        assert!(elsewhere.path().join("x").exists());
    }
}
