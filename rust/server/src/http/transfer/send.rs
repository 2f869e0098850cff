//! Sending a file.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    LAST_MODIFIED, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, Method, StatusCode};
use tokio::sync::mpsc;

use super::conditions::{Wanted, wanted};
use super::digest::{self, Digests};
use super::disposition::{attachment, content_type};
use super::{PIECE, blocking};
use crate::http::refusal::Refusal;
use crate::http::reply::set;
use crate::http::request::Request;
use crate::sessions::Charge;
use crate::storage::{StorageError, StoredFile};

const CONTENT_TRANSFER_ENCODING: HeaderName = HeaderName::from_static("content-transfer-encoding");

/// The reply that a request for a file gets, all conditions counted. `charge` is kept until the last byte is sent.
pub(in crate::http) async fn send(
    request: &Request,
    file: StoredFile,
    name: &str,
    digests: &Arc<Digests>,
    charge: Charge,
) -> Result<Response, Refusal> {
    let wanted = wanted(&request.headers, &file);
    let file = Arc::new(file);
    let mut response = Response::new(Body::empty());
    let part = match wanted {
        Wanted::Changed => return Err(Refusal::FileChanged),
        Wanted::Nothing => return Err(Refusal::RangeUnsatisfiable { length: file.length }),
        Wanted::NotModified => {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            set(&mut response, ETAG, &file.etag);
            return Ok(response);
        }
        Wanted::Whole => 0..file.length,
        Wanted::Part(part) => {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            let range = format!("bytes {}-{}/{}", part.start, part.end - 1, file.length);
            set(&mut response, CONTENT_RANGE, &range);
            part
        }
    };
    // One that is known costs nothing, and whoever checks it need not ask.
    if digest::is_wanted(&request.headers) || digests.of(&file.etag).is_some() {
        set(
            &mut response,
            digest::REPR_DIGEST,
            &digest::field(&digest_of(&file, digests).await?),
        );
    }
    set(&mut response, CONTENT_TYPE, &content_type(name));
    set(&mut response, CONTENT_DISPOSITION, &attachment(name));
    set(&mut response, CONTENT_LENGTH, &(part.end - part.start).to_string());
    set(&mut response, CONTENT_TRANSFER_ENCODING, "binary");
    set(&mut response, ACCEPT_RANGES, "bytes");
    set(&mut response, ETAG, &file.etag);
    set(&mut response, LAST_MODIFIED, &httpdate::fmt_http_date(file.modified));
    // A browser is not to guess that it is a page, and whoever stands between asks again.
    set(&mut response, X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(&mut response, CACHE_CONTROL, "private, no-cache");
    if request.method != Method::HEAD {
        *response.body_mut() = body(file, part, charge).await?;
    }
    Ok(response)
}

async fn digest_of(file: &Arc<StoredFile>, digests: &Arc<Digests>) -> Result<[u8; 32], Refusal> {
    if let Some(known) = digests.of(&file.etag) {
        return Ok(known);
    }
    let (file, digests) = (file.clone(), digests.clone());
    blocking(move || {
        let digest = digest::compute(&file).map_err(StorageError::from)?;
        digests.keep(file.etag.clone(), digest);
        Ok::<_, StorageError>(digest)
    })
    .await?
    .map_err(Refusal::from)
}

/// The bytes of a part. Of a long one, two pieces are in memory: one on its way, and the next.
async fn body(file: Arc<StoredFile>, part: Range<u64>, charge: Charge) -> Result<Body, Refusal> {
    let length = part.end - part.start;
    if length <= PIECE as u64 {
        let piece = blocking(move || piece(&file, part))
            .await?
            .map_err(StorageError::from)?;
        // It is sent from memory, so that nothing more is taken.
        drop(charge);
        return Ok(piece.into());
    }
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        let _charge = charge;
        let mut place = part.start;
        while place < part.end {
            let next = place..part.end.min(place + PIECE as u64);
            place = next.end;
            let file = file.clone();
            let read = tokio::task::spawn_blocking(move || piece(&file, next)).await;
            let read = read.unwrap_or_else(|_| Err(io::Error::other("reading failed")));
            let is_over = read.is_err();
            // Nobody takes it any more when the client is gone.
            if sender.send(read).await.is_err() || is_over {
                return;
            }
        }
    });
    Ok(Body::from_stream(stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|piece| (piece, receiver))
    })))
}

/// Blocks. A file that has become shorter breaks the reply off, since its length was said.
fn piece(file: &StoredFile, part: Range<u64>) -> io::Result<Bytes> {
    let mut buffer = vec![0; (part.end - part.start) as usize];
    match file.read_at(&mut buffer, part.start)? {
        count if count == buffer.len() => Ok(buffer.into()),
        _ => Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
    }
}
