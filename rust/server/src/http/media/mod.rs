//! The media route (wire protocol 3.8 and 3.9): the method alone decides what is done (WP-D-05).

mod upload;

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;

use super::audit::FileLine;
use super::refusal::Refusal;
use super::request::Request;
use super::route::{media_target, reads};
use super::state::State;
use super::transfer::{blocking, send};
use crate::media::{MediaError, MediaPath, MediaStore};

/// Answers a request of this route.
pub(super) async fn handle(state: &State, request: &Request, body: &mut Body) -> Result<Response, Refusal> {
    let (database, names) = media_target(&request.path);
    let shown = names.join("/");
    let line = FileLine::new(request, request.caller()?, &database, &shown);
    let done = answer(state, request, &database, &names, &line, body).await;
    if let Err(Refusal::PathNotAllowed { reason }) = &done {
        line.not_allowed(reason);
    }
    done
}

async fn answer(
    state: &State,
    request: &Request,
    database: &str,
    names: &[String],
    line: &FileLine<'_>,
    body: &mut Body,
) -> Result<Response, Refusal> {
    let charge = state.files.charge(request)?;
    let path = MediaPath::of_names(names.iter().map(String::as_str));
    let path = path.map_err(|_| Refusal::PathNotAllowed { reason: "invalidPath" })?;
    let store: Arc<dyn MediaStore> = state.media.clone().ok_or(Refusal::DatabaseUnknown)?;
    if !reads(&request.method) {
        let done = upload::receive(state, request, &store, database, path, line, body).await;
        drop(charge);
        return done;
    }
    let database = database.to_owned();
    let (item, file) = blocking(move || store.find(&database, &path)).await??;
    line.media_downloaded(&format!("{} {}", item.path(), item.id), file.length);
    send(request, file, &item.file_name(), state.files.digests(), charge).await
}

impl From<MediaError> for Refusal {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::NoDatabase => Self::DatabaseUnknown,
            MediaError::Missing => Self::MediaMissing,
            MediaError::Archive(problem) => Self::ArchiveRefused { problem },
            MediaError::Storage(error) => error.into(),
        }
    }
}
