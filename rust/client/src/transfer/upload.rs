//! A file to the server.

use http::StatusCode;
use http::header::CONTENT_DISPOSITION;

use super::{Source, digest, malformed, refuse_page};
use crate::engine::Engine;
use crate::exchange::Opened;
use crate::request::Request;
use crate::{Event, Events, Failure, FailureKind, Reply, UploadCall};

impl Engine {
    pub(crate) async fn upload(&self, call: UploadCall, events: &Events) -> Result<Reply, Failure> {
        let source = Source::of(call.source.clone()).await?;
        let request = Request::upload(&call, source.clone())?;
        request.announce(events);
        let (path, length) = (source.path().display().to_string(), source.length());
        events.send(Event::Verbose(format!("Uploading {path}, {length} bytes.")));
        let exchange = request.within(async {
            let opened = self.open_success(&call.target, &request, events).await?;
            refuse_download(&opened, length)?;
            refuse_page(&opened)?;
            opened.read().await
        });
        let sent = source.progress.tell(Some(length), events, exchange).await;
        let answer = sent.map_err(|failure| explain(failure, &source))?;
        let (said, own) = (digest::said(&answer.headers), source.digest());
        if said.is_some() && own.is_some() && said != own {
            let message =
                format!("{path} arrived damaged: the server says it has other bytes (Repr-Digest). Send it again.");
            return Err(Failure::new(FailureKind::Malformed, message));
        }
        events.send(Event::Verbose("The upload is complete.".to_owned()));
        Ok(answer.into_reply())
    }
}

/// Stock servers take an upload without bytes for a download (WP-D-05), and answer with the file that is there.
fn refuse_download(opened: &Opened, length: u64) -> Result<(), Failure> {
    if length > 0 || !opened.head.headers.contains_key(CONTENT_DISPOSITION) {
        return Ok(());
    }
    let message = "The server took the upload of an empty file for a download, as servers before this protocol's own do. \
                   The file that is there was not changed.";
    Err(malformed(opened, message.to_owned()))
}

/// Says of a failure what only the side of the file knows.
fn explain(failure: Failure, source: &Source) -> Failure {
    // The network tells a file that breaks off as a connection that does.
    let mut failure = match failure.kind {
        FailureKind::Transport => source.fault().unwrap_or(failure),
        _ => failure,
    };
    if failure.kind == FailureKind::Transport {
        let (done, length) = (source.progress.done(), source.length());
        let doubt = if done < length {
            format!("About {done} of {length} bytes had been sent; a server or proxy may refuse files of this size.")
        } else {
            "The file may have been stored.".to_owned()
        };
        failure.message = format!("{} {doubt}", failure.message);
    }
    if source.length() == 0 && failure.status == StatusCode::NOT_FOUND.as_u16() {
        failure.message.push_str(
            " The file is empty, and many servers take an upload without bytes for a download of a file that is not there.",
        );
    }
    failure
}
