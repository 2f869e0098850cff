//! The stages every request passes before its handler (wire protocol 2.1, authentication 1.1).

use http::header::AUTHORIZATION;

use super::audit;
use super::query::QueryProblem;
use super::refusal::Refusal;
use super::request::Request;
use super::route::Route;
use super::state::State;

/// The service is switched on. One that wants a secure connection is as good as switched off while the server has none
/// (2.5); the two are not told apart.
pub(super) fn enabled(state: &State, request: Request) -> Result<Request, Refusal> {
    let service = request.service();
    match state.config.spe.services.get(service) {
        Some(settings) if settings.enabled && !settings.require_secure_connection => Ok(request),
        _ => Err(Refusal::ServiceDisabled { service }),
    }
}

/// The credentials prove who calls. They come from the `Authorization` header alone: never from cookies (WP-D-46), the query
/// or a form (WP-D-30).
pub(super) fn credentials(state: &State, request: Request) -> Result<Request, Refusal> {
    let service = request.service();
    let mut values = request.headers.get_all(AUTHORIZATION).iter();
    let header = values.next();
    let _ = (state, header, service);
    Err(Refusal::Internal)
}

/// Requests per key. Callers of this server have no keys with a bound yet.
pub(super) fn throttle(_state: &State, request: Request) -> Result<Request, Refusal> {
    Ok(request)
}

/// The caller may use the service (2.10). A stranger never gets here, so this is a 403 (WP-D-55).
pub(super) fn authorised(state: &State, request: Request) -> Result<Request, Refusal> {
    let _ = state;
    if request.route != Route::Wait {
        audit::authenticated(&request, request.caller()?);
    }
    Ok(request)
}

/// The parameters can be read, each from one place (WP-D-30).
pub(super) fn parameters(_state: &State, request: Request) -> Result<Request, Refusal> {
    match request.query.problem() {
        None => Ok(request),
        Some(QueryProblem::Encoding) => Err(Refusal::QueryMalformed),
        Some(QueryProblem::Repeated(name)) => Err(Refusal::ParameterRepeated { name }),
    }
}
