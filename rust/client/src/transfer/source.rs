//! A file on its way out: read piece by piece on a thread for blocking work, one or two pieces ahead of the network.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use parking_lot::Mutex;
use tokio::sync::mpsc;

use super::digest::Sum;
use super::progress::Progress;
use crate::text::sentence;
use crate::{Failure, FailureKind};

/// Bytes of one piece.
const PIECE: usize = 256 * 1024;

/// Pieces that are read ahead.
const AHEAD: usize = 4;

/// A file that is there and can be read.
#[derive(Debug)]
pub(crate) struct Source {
    path: PathBuf,
    length: u64,
    pub(super) progress: Progress,
    /// The SHA-256 of the file, once an attempt has read all of it.
    digest: Mutex<Option<Vec<u8>>>,
    /// What went wrong here, which the network can only tell as a body that breaks off.
    fault: Mutex<Option<Failure>>,
}

impl Source {
    /// Looks at the file; its length is what is sent, whatever is appended to it meanwhile.
    pub(super) async fn of(path: PathBuf) -> Result<Arc<Self>, Failure> {
        let look = move || {
            let length = look(&path)?;
            Ok(Arc::new(Self {
                path,
                length,
                progress: Progress::default(),
                digest: Mutex::default(),
                fault: Mutex::default(),
            }))
        };
        tokio::task::spawn_blocking(look)
            .await
            .map_err(|error| Failure::new(FailureKind::Internal, sentence(&error.to_string())))?
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes that are sent.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// The file as the body of one attempt.
    pub(crate) fn body(self: &Arc<Self>) -> reqwest::Body {
        self.progress.reset();
        let (sender, arriving) = mpsc::channel(AHEAD);
        let source = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            if let Err(error) = source.read(&sender) {
                *source.fault.lock() = Some(unreadable(&source.path, &error));
            }
        });
        reqwest::Body::wrap(Pieces {
            arriving,
            left: self.length,
            source: Arc::clone(self),
        })
    }

    /// The SHA-256 of what was sent, when all of it was.
    pub(super) fn digest(&self) -> Option<Vec<u8>> {
        self.digest.lock().clone()
    }

    /// What went wrong with the file while it was read.
    pub(super) fn fault(&self) -> Option<Failure> {
        self.fault.lock().clone()
    }

    /// Ends early when nobody takes the pieces any more.
    fn read(&self, sender: &mpsc::Sender<Bytes>) -> io::Result<()> {
        let mut file = File::open(&self.path)?;
        let mut left = self.length;
        let mut sum = Sum::new();
        while left > 0 {
            let size = PIECE.min(usize::try_from(left).unwrap_or(PIECE));
            let mut piece = Vec::with_capacity(size);
            if file.by_ref().take(size as u64).read_to_end(&mut piece)? == 0 {
                let message = format!("it became shorter by {left} bytes while it was sent");
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
            }
            left -= piece.len() as u64;
            sum.add(&piece);
            if left == 0 {
                // Before the last piece goes out, so that it is there when the reply is.
                *self.digest.lock() = Some(std::mem::replace(&mut sum, Sum::new()).end());
            }
            if sender.blocking_send(piece.into()).is_err() {
                break;
            }
        }
        Ok(())
    }
}

fn look(path: &Path) -> Result<u64, Failure> {
    let about = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    let refuse = |what: &str| {
        Err(Failure::new(
            FailureKind::FileRead,
            format!("{} {what}", path.display()),
        ))
    };
    if about.is_dir() {
        return refuse("is a directory. Only files are sent; send its files one by one, or a zip file of them.");
    }
    if !about.is_file() {
        return refuse("is no regular file, so its length is not known.");
    }
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    Ok(file.metadata().map_err(|error| unreadable(path, &error))?.len())
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let path = path.display();
    let message = match error.kind() {
        io::ErrorKind::NotFound => format!("The file {path} does not exist."),
        _ => format!("The file {path} cannot be read. {}", sentence(&error.to_string())),
    };
    Failure::new(FailureKind::FileRead, message)
}

/// The body: pieces of known total length.
struct Pieces {
    arriving: mpsc::Receiver<Bytes>,
    left: u64,
    source: Arc<Source>,
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let Some(piece) = ready!(self.arriving.poll_recv(context)) else {
            return Poll::Ready(Some(Err(io::Error::other("the file could not be read to its end"))));
        };
        self.left -= piece.len() as u64;
        self.source.progress.add(piece.len());
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
