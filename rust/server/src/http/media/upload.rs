//! Uploads to the media library.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Serialize;

use crate::http::audit::FileLine;
use crate::http::refusal::Refusal;
use crate::http::reply::{JSON, reply};
use crate::http::request::Request;
use crate::http::state::State;
use crate::http::transfer::{self, blocking, check_headers};
use crate::media::{ArchiveLimits, Content, MediaPath, MediaStore, Outcome, Stored, unpack};

/// What became of one file: the one that was sent, or one of the archive that was.
#[derive(Debug, Serialize)]
struct Entry {
    path: String,
    id: String,
    extension: String,
    size: u64,
    sha256: String,
    result: Outcome,
}

/// A content that no item has yet. Dropping it removes it.
struct Loose {
    store: Arc<dyn MediaStore>,
    database: String,
    content: Option<Content>,
}

impl Drop for Loose {
    fn drop(&mut self) {
        if let Some(content) = self.content.take() {
            let (store, database) = (self.store.clone(), std::mem::take(&mut self.database));
            // It is a system call, and this may be a thread that must not block.
            tokio::task::spawn_blocking(move || store.discard(&database, &content));
        }
    }
}

/// Takes a body and makes an item of it, or with a zip file one of each of its files.
pub(super) async fn receive(
    state: &State,
    request: &Request,
    store: &Arc<dyn MediaStore>,
    database: &str,
    path: MediaPath,
    line: &FileLine<'_>,
    body: &mut Body,
) -> Result<Response, Refusal> {
    if path.is_empty() {
        return Err(Refusal::MediaMissing);
    }
    let settings = &state.config.files;
    check_headers(&request.headers, settings)?;
    if request
        .headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"))
    {
        return Err(Refusal::MultipartUnsupported);
    }
    let skip_existing = request.query.is_true("skipexisting");
    let (own, name) = (store.clone(), database.to_owned());
    let (content, upload) = blocking(move || own.begin(&name)).await??;
    let mut loose = Loose {
        store: store.clone(),
        database: database.to_owned(),
        content: Some(content),
    };
    let received = transfer::receive(&request.headers, body, upload, settings).await?;
    let digest = received.sha256();
    let size = received.length;
    received.commit(state.files.digests()).await?;
    if let Some(content) = &mut loose.content {
        content.size = size;
        content.sha256 = digest;
    }
    let stored = if is_archive(request, &path) {
        unpacked(state, &loose, path, skip_existing).await?
    } else {
        let content = loose.content.take().ok_or(Refusal::Internal)?;
        put(&loose, vec![(path, content)], skip_existing).await?
    };
    for stored in &stored {
        line.media_stored(stored);
    }
    let entries: Vec<_> = stored.into_iter().map(entry).collect();
    let text = serde_json::to_vec(&serde_json::json!({ "items": entries })).map_err(|_| Refusal::Internal)?;
    Ok(reply(StatusCode::OK, JSON, text))
}

/// WP-D-27: by the ending or where the request says so. A document of an office is no archive, whatever its first bytes are.
fn is_archive(request: &Request, path: &MediaPath) -> bool {
    let (_, extension) = path.name_and_extension();
    let by_name = extension.eq_ignore_ascii_case("zip") && !request.query.is_true("skipunpack");
    by_name || request.query.is_true("unpack")
}

/// The archive itself goes away with `loose`.
async fn unpacked(state: &State, loose: &Loose, path: MediaPath, skip_existing: bool) -> Result<Vec<Stored>, Refusal> {
    let settings = &state.config.media;
    let limits = ArchiveLimits {
        entries: settings.entries,
        unpacked: settings.unpacked,
        ratio: settings.ratio,
    };
    let (store, database) = (loose.store.clone(), loose.database.clone());
    let archive = loose.content.clone().ok_or(Refusal::Internal)?;
    blocking(move || {
        let file = store.content(&database, &archive)?;
        let new = unpack(&*store, &database, &file, &path, limits)?;
        all_or_none(&*store, &database, new, skip_existing)
    })
    .await?
    .map_err(Refusal::from)
}

async fn put(loose: &Loose, new: Vec<(MediaPath, Content)>, skip_existing: bool) -> Result<Vec<Stored>, Refusal> {
    let (store, database) = (loose.store.clone(), loose.database.clone());
    let stored = blocking(move || all_or_none(&*store, &database, new, skip_existing)).await?;
    Ok(stored?)
}

fn all_or_none(
    store: &dyn MediaStore,
    database: &str,
    new: Vec<(MediaPath, Content)>,
    skip_existing: bool,
) -> Result<Vec<Stored>, crate::media::MediaError> {
    let contents: Vec<_> = new.iter().map(|(_, content)| content.clone()).collect();
    let stored = store.put(database, new, skip_existing);
    // After a failure of the disk it may be that the next start makes the items of them.
    if matches!(stored, Err(crate::media::MediaError::Missing)) {
        for content in &contents {
            store.discard(database, content);
        }
    }
    stored
}

fn entry(stored: Stored) -> Entry {
    let Stored { item, outcome } = stored;
    Entry {
        path: item.path(),
        id: item.id.braced().to_string(),
        extension: item.extension,
        size: item.content.size,
        sha256: item.content.sha256,
        result: outcome,
    }
}
