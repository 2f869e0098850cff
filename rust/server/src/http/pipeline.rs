//! The way of a request: every stage takes it on or refuses it.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use futures_util::FutureExt as _;
use http::header::{CONNECTION, EXPECT, TRANSFER_ENCODING};
use http::{HeaderMap, Method, Version};
use spe_protocol::headers;
use tokio::time::Instant;

use super::body::discard;
use super::cors::Grant;
use super::health::Question;
use super::metrics::Subject;
use super::query::Query;
use super::refusal::Refusal;
use super::reply::{Form, refuse, set};
use super::request::Request;
use super::route::Route;
use super::state::State;
use super::{audit, files, forwarded, framing, handle, health, media, script, stages, wait};
use crate::identity::Caller;
use crate::throttle::Standing;

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Peer {
    /// Its address.
    pub(super) ip: IpAddr,
    /// Whether nobody on the way can listen.
    pub(super) secure: bool,
}

type Stage = fn(&State, Request) -> Result<Request, Refusal>;

/// In this order, of callers who are known. A disabled service is told before anybody is authenticated, so that it is no oracle for
/// credentials; what is wrong with the parameters is told after that, so that strangers learn nothing of the server.
const STAGES: [Stage; 2] = [stages::authorised, stages::parameters];

/// Answers one request. Dropping the future, because the client went away, stops what runs for it.
pub(super) async fn serve(state: Arc<State>, peer: Peer, request: http::Request<Body>) -> Response {
    let rid = Request::new_rid();
    let (mut parts, mut body) = request.into_parts();
    let peer = forwarded::client(peer, &parts.headers, &state.config);
    let query = Query::parse(parts.uri.query());
    let form = Form {
        rid: &rid,
        query: &query,
        detailed_errors: state.config.spe.detailed_errors,
    };
    let path = parts.uri.path();
    let (route, question) = (Route::of(path), Question::of(path));
    let running = state.metrics.begin(subject(route, question));
    let grant = Grant::of(route.and_then(|route| state.cors(route, &parts)), &parts.headers);
    let framing = framing::check(&parts);
    // A length beside a transfer coding is dropped before it gets here. Somebody on the way may have gone by it and see
    // another request in the rest, so nothing more is read from such a connection (RFC 9112 6.1).
    let mut closes = parts.headers.contains_key(TRANSFER_ENCODING);
    let asks_first = parts.headers.contains_key(EXPECT);
    let headers = std::mem::take(&mut parts.headers);
    let mut caller = None;
    let mut standing = None;
    let answer = async {
        framing?;
        if let Some(question) = question {
            return if Question::takes(&parts.method) {
                Ok(health::answer(&state, question))
            } else {
                Err(Refusal::MethodNotAllowed { allow: health::METHODS })
            };
        }
        let route = route.ok_or(Refusal::RouteUnknown)?;
        if parts.method == Method::OPTIONS {
            return Ok(grant.preflight(route.allow()));
        }
        if !route.takes(&parts.method) {
            return Err(Refusal::MethodNotAllowed { allow: route.allow() });
        }
        let mut request = Request::new(rid.clone(), peer, route, &parts, query.clone(), headers);
        audit::request_received(&request);
        audit::request_url(&request, &parts.uri);
        request = stages::enabled(&state, request)?;
        request = stages::credentials(&state, request).await?;
        let known = caller.insert(request.caller()?.clone());
        standing = stages::standing(&state, known);
        request = stages::throttle(&state, request, known, standing.as_ref())?;
        for stage in STAGES {
            request = stage(&state, request)?;
        }
        if route == Route::Wait {
            // It may be held for long, and reads none.
            request.headers = HeaderMap::new();
        }
        dispatch(&state, &request, &mut body).await
    };
    let answer = AssertUnwindSafe(answer).catch_unwind().await;
    let mut response = match answer.unwrap_or(Err(Refusal::Internal)) {
        Ok(response) => response,
        Err(refusal) => {
            state.metrics.refused(refusal.facts().code);
            if is_written(&state, &refusal, peer, caller.as_ref()) {
                audit::refused(&refusal, path, peer.ip, caller.as_ref(), &rid);
            }
            discard(asks_first, body);
            closes |= refusal.closes_connection();
            refuse(&refusal, &form)
        }
    };
    if closes && parts.version < Version::HTTP_2 {
        set(&mut response, CONNECTION, "close");
    }
    grant.apply(&mut response);
    set(&mut response, headers::REQUEST_ID, &rid);
    if let Some(caller) = &caller {
        identify(&mut response, &state, caller);
    }
    if let Some(standing) = &standing {
        tell_limit(&mut response, standing);
    }
    running.answered(response.status());
    response
}

/// What known callers do is written in full, what strangers repeat is counted. Failed credentials have their lines already.
fn is_written(state: &State, refusal: &Refusal, peer: Peer, caller: Option<&Caller>) -> bool {
    let has_lines = matches!(refusal, Refusal::Unauthorized { .. });
    caller.is_some() || !has_lines && state.repeats.admits(refusal.facts().code, peer.ip, Instant::now())
}

fn subject(route: Option<Route>, question: Option<Question>) -> Subject {
    match (route, question) {
        (Some(Route::Script), _) => Subject::Script,
        (Some(Route::Wait), _) => Subject::Wait,
        (Some(Route::File), _) => Subject::File,
        (Some(Route::Media), _) => Subject::Media,
        (Some(Route::Handle), _) => Subject::Handle,
        (None, Some(_)) => Subject::Health,
        (None, None) => Subject::Unknown,
    }
}

async fn dispatch(state: &Arc<State>, request: &Request, body: &mut Body) -> Result<Response, Refusal> {
    match request.route {
        Route::Script => script::handle(state, request, body).await,
        Route::Wait => wait::handle(state, request).await,
        Route::File => files::handle(state, request, body).await,
        Route::Media => media::handle(state, request, body).await,
        Route::Handle => handle::handle(state, request),
    }
}

/// Where a client with a limit stands (wire protocol 8).
fn tell_limit(response: &mut Response, standing: &Standing) {
    for (name, value) in [
        (headers::RATE_LIMIT_LIMIT, i64::from(standing.limit)),
        (headers::RATE_LIMIT_REMAINING, i64::from(standing.remaining)),
        (headers::RATE_LIMIT_RESET, standing.reset),
    ] {
        set(response, name, &value.to_string());
    }
}

/// What only authenticated callers are told (authentication 8.4).
fn identify(response: &mut Response, state: &State, caller: &Caller) {
    set(response, headers::SERVER_INSTANCE, &state.instance);
    let policy = &caller.policy.name;
    if policy != "unrestricted" {
        set(response, headers::PROFILE, policy);
        set(response, headers::POLICY, policy);
        if !response.headers().contains_key(headers::RESTRICTION) {
            set(response, headers::RESTRICTION, policy);
        }
    }
}
