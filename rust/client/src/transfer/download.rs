//! A file from the server.

use std::path::PathBuf;

use bytes::Bytes;
use http::HeaderMap;
use tokio::task::spawn_blocking;

use super::landing::Landing;
use super::progress::Progress;
use super::{destination, disposition, refuse_page};
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
            let received = receive(opened, first, target, call.force, events).await?;
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

/// Writes the body to its target.
async fn receive(
    mut opened: Opened,
    first: Option<Bytes>,
    target: PathBuf,
    force: bool,
    events: &Events,
) -> Result<Received, Failure> {
    let progress = Progress::default();
    let mut landing = Landing::at(target.clone()).await?;
    let total = opened.length();
    let transfer = async {
        let mut piece = first;
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
    };
    progress.tell(total, events, transfer).await?;
    if !landing.finish(force).await? {
        return Ok(kept(target));
    }
    Ok(Received {
        path: Some(target),
        length: progress.done(),
        written: true,
    })
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
