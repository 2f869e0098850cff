//! What is sent: one value for every route, good for any number of attempts.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::Method;
use spe_protocol::ScriptBody;
use url::Url;

use crate::text::sentence;
use crate::transfer::Source;
use crate::{
    DownloadCall, Event, Events, Failure, FailureKind, ScriptCall, Target, UploadCall, WaitCall, address, transport,
};

/// Time a server gets beyond the hold it was asked for (client module 11).
const HOLD_SLACK: Duration = Duration::from_secs(5);

/// Bodies above this are packed apart from the network's threads.
const PACKED_AT_ONCE: usize = 64 * 1024;

/// A request without its credential, which each attempt gets anew.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) content: Content,
    pub(crate) bound: Bound,
    /// Whether it does no harm to send it twice.
    pub(crate) repeatable: bool,
    /// What of the content is wanted; all of it where nothing is said.
    pub(crate) part: Option<Part>,
}

/// The rest of a content, if it is still that content.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// The first byte that is wanted.
    pub(crate) from: u64,
    /// The entity tag of the content.
    pub(crate) etag: String,
}

/// The body of a request.
#[derive(Debug)]
pub(crate) enum Content {
    /// None at all.
    None,
    /// An empty text.
    Empty,
    /// A script, packed.
    Script(Bytes),
    /// A file of this machine.
    File(Arc<Source>),
}

/// How long one exchange may take, connecting included.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bound {
    /// For as long as the server takes.
    None,
    /// The operation timeout of the session.
    Operation(Duration),
    /// The hold of a wait, in seconds, and some slack.
    Hold(u32),
}

impl Bound {
    pub(crate) fn duration(self) -> Option<Duration> {
        match self {
            Self::None => None,
            Self::Operation(duration) => Some(duration),
            Self::Hold(seconds) => Some(Duration::from_secs(seconds.into()) + HOLD_SLACK),
        }
    }
}

impl Request {
    /// Tells where the call goes (client module 8.8). The address holds no secret; a cursor looks like one, and says nothing.
    pub(crate) fn announce(&self, events: &Events) {
        let url = self.url.as_str();
        let shown = url
            .split_once("&cursor=")
            .map(|(before, _)| format!("{before}&cursor=..."));
        let shown = shown.as_deref().unwrap_or(url);
        events.send(Event::Verbose(format!("Calling {} {shown}.", self.method)));
    }

    /// A script with its arguments (client module 8.3).
    pub(crate) async fn script(call: &ScriptCall) -> Result<Self, Failure> {
        require_session(&call.target)?;
        let url = address::script(call)?;
        let text = ScriptBody::join(&call.script, &call.target.session_id, call.arguments.as_deref());
        let packed = if text.len() > PACKED_AT_ONCE {
            tokio::task::spawn_blocking(move || pack(&text))
                .await
                .map_err(std::io::Error::other)
                .flatten()
        } else {
            pack(&text)
        };
        let packed = packed.map_err(|error| Failure::new(FailureKind::Internal, sentence(&error.to_string())))?;
        // A script whose reply was lost may have run; it is never sent again on our own account.
        Ok(Self {
            content: Content::Script(packed),
            repeatable: false,
            ..post(url, &call.target)
        })
    }

    /// `action=test`.
    pub(crate) fn test(target: &Target) -> Result<Self, Failure> {
        Ok(post(address::test(target)?, target))
    }

    /// `action=cleanup`.
    pub(crate) fn cleanup(target: &Target) -> Result<Self, Failure> {
        require_session(target)?;
        Ok(post(address::cleanup(target)?, target))
    }

    /// A file on its way out. It does no harm to store the same bytes twice.
    pub(crate) fn upload(call: &UploadCall, source: Arc<Source>) -> Result<Self, Failure> {
        Ok(Self {
            content: Content::File(source),
            ..post(
                address::transfer(&call.target, &call.place, &call.switches())?,
                &call.target,
            )
        })
    }

    /// A file on its way in.
    pub(crate) fn download(call: &DownloadCall) -> Result<Self, Failure> {
        Ok(Self {
            method: Method::GET,
            content: Content::None,
            ..post(address::transfer(&call.target, &call.place, "")?, &call.target)
        })
    }

    /// The same request for a part. It has no body.
    pub(crate) fn part(&self, part: Part) -> Self {
        Self {
            method: self.method.clone(),
            url: self.url.clone(),
            content: Content::None,
            bound: self.bound,
            repeatable: self.repeatable,
            part: Some(part),
        }
    }

    /// Runs `work`, which this request is for, within the bound.
    pub(crate) async fn within<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        match self.bound.duration() {
            None => work.await,
            Some(bound) => tokio::time::timeout(bound, work)
                .await
                .unwrap_or_else(|_| Err(transport::timeout(self.bound, &self.url))),
        }
    }

    /// One hold of a wait.
    pub(crate) fn wait(call: &WaitCall, cursor: Option<&str>) -> Result<Self, Failure> {
        if call.job_id.is_empty() {
            return Err(Failure::new(
                FailureKind::InvalidInput,
                "There is no id of a job to wait for.",
            ));
        }
        Ok(Self {
            method: Method::GET,
            url: address::wait(call, cursor)?,
            content: Content::None,
            bound: Bound::Hold(call.hold_seconds),
            repeatable: true,
            part: None,
        })
    }
}

fn post(url: Url, target: &Target) -> Request {
    Request {
        method: Method::POST,
        url,
        content: Content::Empty,
        bound: target.operation_timeout.map_or(Bound::None, Bound::Operation),
        repeatable: true,
        part: None,
    }
}

fn require_session(target: &Target) -> Result<(), Failure> {
    if target.session_id.is_empty() {
        return Err(Failure::new(
            FailureKind::InvalidInput,
            "The session has no SessionId. Make one with New-ScriptSession, or set the property.",
        ));
    }
    Ok(())
}

fn pack(text: &str) -> std::io::Result<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes())?;
    Ok(encoder.finish()?.into())
}
