//! A file on its way in: written on a thread for blocking work, under a name of its own until it is whole.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use tempfile::{Builder, TempPath};
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinHandle, spawn_blocking};

use super::digest::Sum;
use crate::text::sentence;
use crate::{Failure, FailureKind};

/// Pieces that may wait for the disk.
const WAITING: usize = 8;

/// A file that is being written. Dropping it removes what there is.
#[derive(Debug)]
pub(super) struct Landing {
    target: PathBuf,
    temporary: TempPath,
    pieces: mpsc::Sender<Bytes>,
    writer: JoinHandle<io::Result<Option<Vec<u8>>>>,
    /// The SHA-256 that the server says it has.
    digest: Option<Vec<u8>>,
}

impl Landing {
    /// Makes the directories of `target` and a file beside it, whose SHA-256 is to be `digest` where the server says one.
    pub(super) async fn at(target: PathBuf, digest: Option<Vec<u8>>) -> Result<Self, Failure> {
        let (target, made) = spawn_blocking(move || {
            let made = create(&target);
            (target, made)
        })
        .await
        .map_err(|error| internal(&error))?;
        let (file, temporary) = made.map_err(|error| unwritable(&target, &error))?;
        let (pieces, arriving) = mpsc::channel(WAITING);
        Ok(Self {
            target,
            temporary,
            pieces,
            writer: spawn_blocking({
                let sum = digest.is_some().then(Sum::new);
                move || write(file, arriving, sum)
            }),
            digest,
        })
    }

    /// Adds a piece.
    pub(super) async fn add(&mut self, piece: Bytes) -> Result<(), Failure> {
        if self.pieces.send(piece).await.is_ok() {
            return Ok(());
        }
        // The writer went away, which it does only when it failed.
        let written = (&mut self.writer).await.map_err(|error| internal(&error))?;
        let error = written.err().unwrap_or_else(|| io::ErrorKind::BrokenPipe.into());
        Err(unwritable(&self.target, &error))
    }

    /// Gives the file its name; false when there is one of that name meanwhile, which is kept unless `force`.
    pub(super) async fn finish(self, force: bool) -> Result<bool, Failure> {
        drop(self.pieces);
        let written = self.writer.await.map_err(|error| internal(&error))?;
        let digest = written.map_err(|error| unwritable(&self.target, &error))?;
        if digest != self.digest {
            let message = format!(
                "{} arrived damaged: it is not what the server says it has (Repr-Digest). Nothing was written; fetch it again.",
                self.target.display()
            );
            return Err(Failure::new(FailureKind::Malformed, message));
        }
        let (temporary, target) = (self.temporary, self.target);
        spawn_blocking(move || {
            let named = if force {
                temporary.persist(&target)
            } else {
                temporary.persist_noclobber(&target)
            };
            match named {
                Ok(()) => Ok(true),
                Err(error) if !force && error.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
                Err(error) => Err(unwritable(&target, &error.error)),
            }
        })
        .await
        .map_err(|error| internal(&error))?
    }
}

fn create(target: &Path) -> io::Result<(File, TempPath)> {
    let directory = target.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(directory)?;
    let mut builder = Builder::new();
    builder.prefix(".spe-").suffix(".part").rand_bytes(12);
    // The umask takes away what files of this user usually lack; the default of the library is for secrets.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    Ok(builder.tempfile_in(directory)?.into_parts())
}

/// Gives the digest where one is wanted.
fn write(mut file: File, mut arriving: mpsc::Receiver<Bytes>, mut sum: Option<Sum>) -> io::Result<Option<Vec<u8>>> {
    while let Some(piece) = arriving.blocking_recv() {
        file.write_all(&piece)?;
        if let Some(sum) = &mut sum {
            sum.add(&piece);
        }
    }
    file.flush()?;
    Ok(sum.map(Sum::end))
}

fn unwritable(target: &Path, error: &io::Error) -> Failure {
    let message = format!(
        "{} cannot be written. {}",
        target.display(),
        sentence(&error.to_string())
    );
    Failure::new(FailureKind::FileWrite, message)
}

fn internal(error: &JoinError) -> Failure {
    Failure::new(FailureKind::Internal, sentence(&error.to_string()))
}
