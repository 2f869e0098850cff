//! A request on its way through the stages.

use std::net::IpAddr;

use http::request::Parts;
use http::{HeaderMap, Method};
use uuid::Uuid;

use super::pipeline::Peer;
use super::query::Query;
use super::refusal::Refusal;
use super::route::Route;
use crate::identity::Caller;

/// What the stages know of a request. There is no ambient context: whoever needs one of these gets this (WP-D-43). The body
/// is not here: it is read by the one handler that wants it, after every stage.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// Eight hex digits that stand in every log line and reply of this request (wire protocol 2.4).
    pub(super) rid: String,
    /// The address of the client.
    pub(super) ip: IpAddr,
    /// Whether nobody on the way can listen.
    pub(super) secure: bool,
    /// The method.
    pub(super) method: Method,
    /// The route.
    pub(super) route: Route,
    /// The path, as it was sent.
    pub(super) path: String,
    /// Its parameters.
    pub(super) query: Query,
    /// Its headers.
    pub(super) headers: HeaderMap,
    caller: Option<Caller>,
}

impl Request {
    /// A request that nothing is proven of.
    pub(super) fn new(rid: String, peer: Peer, route: Route, parts: &Parts, query: Query, headers: HeaderMap) -> Self {
        Self {
            rid,
            ip: peer.ip.to_canonical(),
            secure: peer.secure,
            method: parts.method.clone(),
            route,
            path: parts.uri.path().to_owned(),
            query,
            headers,
            caller: None,
        }
    }

    /// A new request id.
    pub(super) fn new_rid() -> String {
        let mut rid = Uuid::new_v4().simple().to_string();
        rid.truncate(8);
        rid
    }

    /// The service it asks for.
    pub(super) fn service(&self) -> &'static str {
        self.route.service(&self.method)
    }

    /// Who calls. Before that is proven nobody does, and a handler that asks too early refuses.
    pub(super) fn caller(&self) -> Result<&Caller, Refusal> {
        self.caller.as_ref().ok_or(Refusal::Internal)
    }

    /// The same request with its caller proven.
    #[must_use]
    pub(super) fn by(mut self, caller: Caller) -> Self {
        self.caller = Some(caller);
        self
    }
}
