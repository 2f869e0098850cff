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

use super::blocking;
use super::conditions::{Wanted, wanted};
use super::digest::{self, Digests};
use super::disposition::{attachment, content_type};
use crate::http::refusal::Refusal;
use crate::http::reply::set;
use crate::http::request::Request;
use crate::sessions::Charge;
use crate::storage::{StorageError, StoredFile};

/// Bytes that are read at once: as many as stay in the cache of a processor until they are sent.
const PIECE: usize = 128 * 1024;

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

/// Where a download is. Dropping it, because the client went away, ends it.
struct Sending {
    file: Arc<StoredFile>,
    left: Range<u64>,
    _charge: Charge,
}

/// The bytes of a part, one piece after the other as the client takes them.
async fn body(file: Arc<StoredFile>, part: Range<u64>, charge: Charge) -> Result<Body, Refusal> {
    if part.end - part.start <= PIECE as u64 {
        let piece = piece(&file, &part).await.map_err(StorageError::from)?;
        if piece.len() as u64 == part.end - part.start {
            // It is sent from memory, so that nothing more is taken.
            return Ok(piece.into());
        }
    }
    let sending = Sending {
        file,
        left: part,
        _charge: charge,
    };
    Ok(Body::from_stream(stream::try_unfold(sending, |mut sending| async {
        if sending.left.is_empty() {
            return Ok::<_, io::Error>(None);
        }
        let piece = piece(&sending.file, &sending.left).await?;
        sending.left.start += piece.len() as u64;
        Ok(Some((piece, sending)))
    })))
}

/// The next bytes. What is in memory is taken here and now, while it is warm; for anything else the disk is asked on a thread that may wait.
/// A file that has become shorter breaks the reply off, since its length was said.
async fn piece(file: &Arc<StoredFile>, left: &Range<u64>) -> io::Result<Bytes> {
    let size = (left.end - left.start).min(PIECE as u64) as usize;
    let mut buffer = vec![0; size];
    let count = if let Some(count) = file.read_now(&mut buffer, left.start)? {
        count
    } else {
        let (file, place) = (file.clone(), left.start);
        let read = tokio::task::spawn_blocking(move || {
            let count = file.read_at(&mut buffer, place)?;
            Ok::<_, io::Error>((buffer, count))
        });
        let (filled, count) = read.await.map_err(io::Error::other)??;
        buffer = filled;
        count
    };
    if count == 0 && size > 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    buffer.truncate(count);
    Ok(buffer.into())
}
