//! Files, to the server and from it (client module 16 and 17), never held in memory as a whole.

mod destination;
mod digest;
mod disposition;
mod download;
mod landing;
mod model;
mod progress;
mod resume;
mod source;
mod upload;

pub use model::{DownloadCall, Received, RemotePlace, UploadCall};
pub(crate) use source::Source;

use crate::engine::Engine;
use crate::exchange::Opened;
use crate::request::Request;
use crate::{Event, Events, Failure, FailureKind, Target, address, refusal};

impl Engine {
    /// Sends a request whose reply is a success to go on with. A refusal is final, 429 and 503 too (client module 16.2).
    async fn open_success(&self, target: &Target, request: &Request, events: &Events) -> Result<Opened, Failure> {
        let opened = self.open(target, request).await?;
        if let Some(line) = opened.head.rate_limit_line() {
            events.send(Event::Verbose(line));
        }
        if opened.head.status.is_success() {
            return Ok(opened);
        }
        let url = opened.url.clone();
        let answer = opened.read().await?;
        Err(refusal::failure(
            &answer,
            &url,
            target.credential.as_ref(),
            self.clock.now(),
        ))
    }
}

/// A success that is not what was asked for.
fn malformed(opened: &Opened, message: String) -> Failure {
    let mut failure = Failure::new(FailureKind::Malformed, message);
    failure.status = opened.head.status.as_u16();
    failure.reason_phrase.clone_from(&opened.head.phrase);
    opened.head.request_id().clone_into(&mut failure.request_id);
    failure
}

/// A page for a browser where a file or nothing was due: a site that wants a login often answers so (CM-D-09).
fn refuse_page(opened: &Opened) -> Result<(), Failure> {
    if !opened.head.is_page() || opened.head.headers.contains_key(http::header::CONTENT_DISPOSITION) {
        return Ok(());
    }
    let server = address::shown(&opened.url);
    let message = format!(
        "{server} answered with a page in HTML. It may be the login or error page of a web site or proxy; check the \
         connection URI."
    );
    Err(malformed(opened, message))
}
