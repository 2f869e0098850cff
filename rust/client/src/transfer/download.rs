//! A file from the server.

use std::path::PathBuf;

use bytes::Bytes;
use http::HeaderMap;
use tokio::task::spawn_blocking;

use super::landing::Landing;
use super::progress::Progress;
use super::resume::{Next, Resume};
use super::{destination, digest, disposition, refuse_page};
use crate::engine::Engine;
use crate::exchange::Opened;
use crate::request::Request;
use crate::text::sentence;
use crate::{DownloadCall, Event, Events, Failure, FailureKind, Received};

impl Engine {
    pub(crate) async fn download(&self, call: DownloadCall, events: &Events) -> Result<Received, Failure> {
        let request = Request::download(&call)?;
        request.announce(events);
        let say = |text: String| events.send(Event::Verbose(text));
        let kind = if call.place.is_media() { "media item" } else { "file" };
        say(format!("Downloading the {kind} {}.", call.place.path()));
        let transfer = async {
            let mut opened = self.open_success(&call.target, &request, events).await?;
            refuse_page(&opened)?;
            // Read ahead, since a reply that says nothing of a content may have one.
            let first = if has_content_headers(&opened.head.headers) {
                None
            } else {
                let Some(first) = opened.chunk().await? else {
                    let what = format!(
                        "The server has no content for {}, so nothing was written.",
                        call.place.path()
                    );
                    events.send(Event::Warning(what));
                    return Ok(nothing());
                };
                Some(first)
            };
            describe(&opened, &say);
            let (target, exists) = look(call.clone(), disposition::file_name(&opened.head.headers)).await?;
            let shown = target.display().to_string();
            if exists && !call.force {
                say(format!("Skipping {shown}, which exists already. -Force replaces it."));
                return Ok(kept(target));
            }
            say(format!("{} {shown}.", if exists { "Replacing" } else { "Creating" }));
            let receipt = Receipt {
                engine: self,
                call: &call,
                request: &request,
                target,
                events,
            };
            let received = receipt.take(opened, first).await?;
            say(if received.written {
                format!("The download is complete, {} bytes.", received.length)
            } else {
                format!("Skipping {shown}, which was made meanwhile. -Force replaces it.")
            });
            Ok(received)
        };
        request.within(transfer).await
    }
}

/// A download whose target is known.
struct Receipt<'a> {
    engine: &'a Engine,
    call: &'a DownloadCall,
    request: &'a Request,
    target: PathBuf,
    events: &'a Events,
}

impl Receipt<'_> {
    /// Writes the body to its target, over as many connections as it takes.
    async fn take(self, opened: Opened, first: Option<Bytes>) -> Result<Received, Failure> {
        let progress = Progress::default();
        let total = opened.length();
        let landing = progress
            .tell(total, self.events, self.land(&progress, opened, first))
            .await?;
        if !landing.finish(self.call.force).await? {
            return Ok(kept(self.target));
        }
        Ok(Received {
            path: Some(self.target),
            length: progress.done(),
            written: true,
        })
    }

    async fn land(
        &self,
        progress: &Progress,
        mut opened: Opened,
        mut first: Option<Bytes>,
    ) -> Result<Landing, Failure> {
        let mut resume = Resume::of(&opened);
        let mut landing = self.landing(&opened).await?;
        loop {
            let Err(failure) = pieces(&mut opened, first.take(), &mut landing, progress).await else {
                return Ok(landing);
            };
            let Some(resume) = &mut resume else {
                return Err(failure);
            };
            let done = progress.done();
            let (target, request) = (&self.call.target, self.request);
            // Rarely needed, and large.
            let next = Box::pin(resume.next(self.engine, target, request, done, failure, self.events));
            match next.await? {
                Next::On(next) => opened = next,
                Next::Anew(next) => {
                    progress.reset();
                    landing = self.landing(&next).await?;
                    *resume = match Resume::of(&next) {
                        Some(anew) => resume.again(anew),
                        None => resume.never(),
                    };
                    opened = next;
                }
            }
        }
    }

    async fn landing(&self, opened: &Opened) -> Result<Landing, Failure> {
        Landing::at(self.target.clone(), digest::said(&opened.head.headers)).await
    }
}

/// Takes everything that one reply brings.
async fn pieces(
    opened: &mut Opened,
    mut piece: Option<Bytes>,
    landing: &mut Landing,
    progress: &Progress,
) -> Result<(), Failure> {
    loop {
        if let Some(piece) = piece.take() {
            progress.add(piece.len());
            landing.add(piece).await?;
        }
        piece = opened.chunk().await?;
        if piece.is_none() {
            return Ok(());
        }
    }
}

/// Client module 17.2: a reply without any header about its content has none, unless bytes come.
fn has_content_headers(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| name.as_str().starts_with("content-"))
}

fn describe(opened: &Opened, say: &impl Fn(String)) {
    let headers = &opened.head.headers;
    let length = opened
        .length()
        .map_or_else(|| "unknown".to_owned(), |length| format!("{length} bytes"));
    let media_type = opened.head.media_type();
    let media_type = if media_type.is_empty() {
        "unknown"
    } else {
        media_type.as_str()
    };
    let name = disposition::file_name(headers).unwrap_or_else(|| "none".to_owned());
    say(format!(
        "Length: {length}. Content type: {media_type}. File name: {}.",
        name.escape_debug()
    ));
}

/// The file to write, and whether there is one.
async fn look(call: DownloadCall, name: Option<String>) -> Result<(PathBuf, bool), Failure> {
    spawn_blocking(move || {
        let target = destination::resolve(&call, name.as_deref())?;
        // A link that leads nowhere is there as well.
        let exists = target.symlink_metadata().is_ok();
        Ok((target, exists))
    })
    .await
    .map_err(|error| Failure::new(FailureKind::Internal, sentence(&error.to_string())))?
}

fn kept(path: PathBuf) -> Received {
    Received {
        path: Some(path),
        length: 0,
        written: false,
    }
}

fn nothing() -> Received {
    Received {
        path: None,
        length: 0,
        written: false,
    }
}
