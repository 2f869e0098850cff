//! Taking a file.

use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http_body_util::BodyExt as _;
use tokio::task::JoinHandle;

use super::digest::{self, Digests};
use super::{PIECE, blocking};
use crate::config::FileSettings;
use crate::http::refusal::Refusal;
use crate::storage::{StorageError, Upload};

/// A file that has come whole, and is not in its place yet.
pub(in crate::http) struct Received {
    upload: Upload,
    /// Its length, in bytes.
    pub(in crate::http) length: u64,
    digest: [u8; 32],
}

/// What is written, and its digest so far.
struct Writer {
    upload: Upload,
    context: Context,
}

impl Writer {
    fn write(mut self, bytes: &Bytes) -> Result<Self, StorageError> {
        self.context.update(bytes);
        self.upload.write(bytes)?;
        Ok(self)
    }
}

/// Takes a body, which may stand still for so long and be so large. While a piece is written the next one comes.
pub(in crate::http) async fn receive(
    headers: &HeaderMap,
    body: &mut Body,
    upload: Upload,
    settings: &FileSettings,
) -> Result<Received, Refusal> {
    let announced = digest::announced(headers).map_err(|()| Refusal::DigestInvalid)?;
    let mut writer = Pending::Ready(Box::new(Writer {
        upload,
        context: Context::new(&SHA256),
    }));
    let (mut piece, mut length) = (BytesMut::with_capacity(PIECE), 0_u64);
    while let Some(data) = next(body, settings.idle).await? {
        length += data.len() as u64;
        if length > settings.size {
            return Err(Refusal::FileTooLarge { limit: settings.size });
        }
        piece.extend_from_slice(&data);
        if piece.len() >= PIECE {
            writer = writer.write(piece.split().freeze()).await?;
        }
    }
    writer = writer.write(piece.freeze()).await?;
    let writer = writer.ready().await?;
    let digest = digest::bytes(&writer.context.finish());
    if announced.is_some_and(|announced| announced != digest) {
        return Err(Refusal::DigestMismatch);
    }
    Ok(Received {
        upload: writer.upload,
        length,
        digest,
    })
}

/// What the headers say that will come can be taken. It is looked at before anything is made.
pub(in crate::http) fn check_headers(headers: &HeaderMap, settings: &FileSettings) -> Result<(), Refusal> {
    let coding = headers
        .get(CONTENT_ENCODING)
        .map(|value| value.to_str().unwrap_or("?").trim());
    if coding.is_some_and(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity")) {
        return Err(Refusal::FileCoded);
    }
    let length = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > settings.size) {
        return Err(Refusal::FileTooLarge { limit: settings.size });
    }
    Ok(())
}

/// The next bytes, nothing at the end.
async fn next(body: &mut Body, idle: Duration) -> Result<Option<Bytes>, Refusal> {
    loop {
        let frame = tokio::time::timeout(idle, body.frame())
            .await
            .map_err(|_| Refusal::BodyTimeout)?;
        let Some(frame) = frame else {
            return Ok(None);
        };
        if let Ok(data) = frame.map_err(|_| Refusal::BodyBroken)?.into_data() {
            return Ok(Some(data));
        }
    }
}

/// A writer, or one that is at work.
enum Pending {
    Ready(Box<Writer>),
    Writing(JoinHandle<Result<Writer, StorageError>>),
}

impl Pending {
    async fn ready(self) -> Result<Box<Writer>, Refusal> {
        match self {
            Self::Ready(writer) => Ok(writer),
            Self::Writing(work) => Ok(Box::new(work.await.map_err(|_| Refusal::Internal)??)),
        }
    }

    async fn write(self, bytes: Bytes) -> Result<Self, Refusal> {
        let writer = self.ready().await?;
        Ok(Self::Writing(tokio::task::spawn_blocking(move || writer.write(&bytes))))
    }
}

impl Received {
    /// Its SHA-256 in hex.
    pub(in crate::http) fn sha256(&self) -> String {
        crate::media::hex(&self.digest)
    }

    /// Puts it in its place, and says its entity tag and its digest as a field.
    pub(in crate::http) async fn commit(self, digests: &Digests) -> Result<(String, String), Refusal> {
        let (upload, digest) = (self.upload, self.digest);
        let etag = blocking(move || upload.commit()).await??;
        digests.keep(etag.clone(), digest);
        Ok((etag, digest::field(&digest)))
    }
}
