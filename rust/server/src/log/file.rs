//! The log in a file that is turned over when it is full.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use parking_lot::Mutex;
use rustix::fs::OFlags;

use crate::config::LogFile;

/// Writes lines to a log file, each whole and in the order they come. A line is with the system before its write returns.
#[derive(Debug)]
pub(super) struct RotatedFile {
    place: LogFile,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    file: Option<File>,
    size: u64,
    /// The last line could not be written, or not whole.
    failed: bool,
}

impl RotatedFile {
    /// Opens the file, which must be one that this process may append to.
    pub(super) fn open(place: LogFile) -> io::Result<Self> {
        let (file, size) = append(&place.path)?;
        let state = State {
            file: Some(file),
            size,
            failed: false,
        };
        Ok(Self {
            place,
            state: Mutex::new(state),
        })
    }

    /// Opens it anew, so that another program may have moved it away.
    pub(super) fn reopen(&self) {
        self.state.lock().file = None;
    }

    /// Writes a line. Where that fails it goes to standard error instead, behind the reason when that is new.
    pub(super) fn line(&self, line: &[u8]) {
        let mut state = self.state.lock();
        let failed = state.failed;
        match state.write(&self.place, line) {
            Ok(()) if failed => {
                state.failed = false;
                let again = format!("{}: the log is written again\n", self.place.path.display());
                let _ = io::stderr().write_all(again.as_bytes());
            }
            Ok(()) => {}
            Err(error) => {
                state.failed = true;
                let mut stderr = io::stderr().lock();
                if !failed {
                    let path = self.place.path.display();
                    let _ = writeln!(
                        stderr,
                        "{path}: the log cannot be written ({error}) and goes here until it can"
                    );
                }
                let _ = stderr.write_all(line);
            }
        }
    }
}

impl State {
    fn write(&mut self, place: &LogFile, line: &[u8]) -> io::Result<()> {
        let length = line.len() as u64;
        if self.size > 0 && self.size + length > place.bytes {
            self.turn_over(place)?;
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                let (file, size) = append(&place.path)?;
                self.size = size;
                none.insert(file)
            }
        };
        if self.failed {
            // What came of the last line ends here.
            file.write_all(b"\n")?;
            self.size += 1;
        }
        self.size += length;
        file.write_all(line)
    }

    /// The file becomes the first of the full ones, each of those the next, and the last one goes.
    fn turn_over(&mut self, place: &LogFile) -> io::Result<()> {
        for number in (0..place.kept).rev() {
            match std::fs::rename(place.numbered(number), place.numbered(number + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        if place.kept == 0 {
            std::fs::remove_file(&place.path)?;
        }
        self.file = None;
        self.size = 0;
        Ok(())
    }
}

/// For this account alone, and no link: a log names accounts and addresses.
fn append(path: &Path) -> io::Result<(File, u64)> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .custom_flags(flags.bits().cast_signed())
        .open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    Ok((file, metadata.len()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::PathBuf;
    use std::sync::Arc;

    use super::*;

    fn place(folder: &Path, bytes: u64, kept: usize) -> LogFile {
        LogFile {
            path: folder.join("spe.log"),
            bytes,
            kept,
        }
    }

    fn read(path: PathBuf) -> String {
        std::fs::read_to_string(path).unwrap_or_default()
    }

    #[test]
    fn a_full_file_is_turned_over_and_the_oldest_goes() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(folder.path(), 10, 2);
        let log = RotatedFile::open(place.clone()).unwrap();
        for line in [
            "one\n",
            "two\n",
            "three\n",
            "a line longer than a file\n",
            "five\n",
            "six\n",
        ] {
            log.line(line.as_bytes());
        }
        let files: Vec<_> = place.all().map(read).collect();
        assert_eq!(files, ["five\nsix\n", "a line longer than a file\n", "three\n"]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
        let mode = std::fs::metadata(&place.path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    /// Of lines that threads write at once none is lost or torn, across all turns.
    #[test]
    fn no_line_is_lost_or_torn() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(folder.path(), 4096, 1000);
        let log = Arc::new(RotatedFile::open(place.clone()).unwrap());
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let log = log.clone();
                scope.spawn(move || {
                    for number in 0..1000 {
                        log.line(format!("line {thread} {number} ends\n").as_bytes());
                    }
                });
            }
        });
        let text: String = place.all().map(read).collect();
        let lines: std::collections::HashSet<_> = text.lines().collect();
        assert_eq!(lines.len(), 4000);
        assert!(
            lines
                .iter()
                .all(|line| line.starts_with("line ") && line.ends_with(" ends"))
        );
    }

    /// SIGHUP: what another program moved away is not written any more.
    #[test]
    fn a_file_that_was_moved_away_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(folder.path(), 1000, 1);
        let log = RotatedFile::open(place.clone()).unwrap();
        log.line(b"before\n");
        std::fs::rename(&place.path, folder.path().join("moved")).unwrap();
        log.reopen();
        log.line(b"after\n");
        assert_eq!(
            (read(folder.path().join("moved")), read(place.path)),
            ("before\n".into(), "after\n".into())
        );
    }

    #[test]
    fn what_is_no_file_of_ours_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(folder.path(), 1000, 1);
        std::os::unix::fs::symlink("/tmp/elsewhere", &place.path).unwrap();
        assert!(RotatedFile::open(place.clone()).is_err());
        std::fs::remove_file(&place.path).unwrap();
        std::fs::create_dir(&place.path).unwrap();
        assert!(RotatedFile::open(place).is_err());
    }

    /// A disk that is full ends nothing, and a line that was cut off swallows none behind it.
    #[test]
    fn a_failure_is_over_when_it_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(&folder.path().join("gone"), 1000, 1);
        std::fs::create_dir(folder.path().join("gone")).unwrap();
        let log = RotatedFile::open(place.clone()).unwrap();
        std::fs::remove_dir_all(folder.path().join("gone")).unwrap();
        log.reopen();
        log.line(b"to standard error\n");
        std::fs::create_dir(folder.path().join("gone")).unwrap();
        log.line(b"here again\n");
        assert_eq!(read(place.path), "\nhere again\n");
    }
}
