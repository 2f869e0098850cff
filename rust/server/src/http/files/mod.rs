//! The file route (wire protocol 3.6 and 3.7): the method alone decides what is done (WP-D-05).

mod places;

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::header::ETAG;
use http::{Method, StatusCode};

pub use places::{Places, PlacesError};

use super::audit::FileLine;
use super::refusal::Refusal;
use super::reply::set;
use super::request::Request;
use super::route::file_root;
use super::state::State;
use super::transfer::{Digests, blocking, check_headers, receive, send};
use crate::config::FileSettings;
use crate::sessions::{Budget, Charge, Over};
use crate::storage::{RelativePath, Root};

/// What the routes of files share.
#[derive(Debug)]
pub struct Files {
    places: Places,
    transfers: Arc<Budget>,
    digests: Arc<Digests>,
}

impl Files {
    /// Transfers of the files of `places`.
    pub fn new(places: Places, settings: &FileSettings) -> Self {
        Self {
            places,
            transfers: Budget::new(usize::MAX, settings.transfers_per_owner),
            digests: Arc::default(),
        }
    }

    /// Digests of files that are known.
    pub(super) fn digests(&self) -> &Arc<Digests> {
        &self.digests
    }

    /// A share of what the caller may transfer at once.
    pub(super) fn charge(&self, request: &Request) -> Result<Charge, Refusal> {
        let charge = self.transfers.charge(&request.caller()?.owner, 1);
        charge.map_err(|(Over::Owner(limit) | Over::Total(limit))| Refusal::TooManyTransfers { limit })
    }
}

/// Answers a request of this route.
pub(super) async fn handle(state: &State, request: &Request, body: &mut Body) -> Result<Response, Refusal> {
    let origin = file_root(&request.path).unwrap_or("none");
    let path = request.query.get("path").unwrap_or_default();
    let line = FileLine::new(request, request.caller()?, origin, path);
    let done = answer(state, request, &line, body).await;
    if let Err(Refusal::PathNotAllowed { reason }) = &done {
        line.not_allowed(reason);
    }
    done
}

async fn answer(state: &State, request: &Request, line: &FileLine<'_>, body: &mut Body) -> Result<Response, Refusal> {
    let charge = state.files.charge(request)?;
    let text = request.query.get("path").unwrap_or_default();
    let found = state.files.places.find(&request.path, text);
    let (root, path) = found.map_err(|reason| Refusal::PathNotAllowed { reason })?;
    if request.method == Method::GET || request.method == Method::HEAD {
        let wanted = path.clone();
        let file = blocking(move || root.read(&wanted)).await??;
        let name = path.name().unwrap_or_default();
        line.downloaded(name, file.length);
        return send(request, file, name, &state.files.digests, charge).await;
    }
    let done = upload(state, request, root, &path, body).await;
    drop(charge);
    let (response, length) = done?;
    line.uploaded(path.name().unwrap_or_default(), length);
    Ok(response)
}

/// Nothing is seen under the name until all of it is on the disk (WP-D-04).
async fn upload(
    state: &State,
    request: &Request,
    root: Root,
    path: &RelativePath,
    body: &mut Body,
) -> Result<(Response, u64), Refusal> {
    let settings = &state.config.files;
    check_headers(&request.headers, settings)?;
    let path = path.clone();
    let upload = blocking(move || root.write(&path)).await?;
    // What cannot be made where it should be is not missing, it is refused.
    let upload = upload.map_err(|error| match error.into() {
        Refusal::FileMissing => Refusal::WriteDenied,
        refusal => refusal,
    })?;
    let received = receive(&request.headers, body, upload, settings).await?;
    let length = received.length;
    let (etag, digest) = received.commit(&state.files.digests).await?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::OK;
    set(&mut response, ETAG, &etag);
    set(&mut response, "repr-digest", &digest);
    Ok((response, length))
}
