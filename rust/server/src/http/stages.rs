//! The stages every request passes before its handler (wire protocol 2.1, authentication 1.1).

use http::HeaderValue;
use http::header::AUTHORIZATION;
use tokio::time::Instant;

use super::audit;
use super::challenge::Challenge;
use super::query::QueryProblem;
use super::refusal::Refusal;
use super::request::Request;
use super::route::Route;
use super::state::State;
use crate::identity::{Caller, Presented, Rejection};
use crate::throttle::Standing;

/// The service is switched on. To a client without a secure connection, one that wants it is as good as switched off (2.5);
/// the two are not told apart.
pub(super) fn enabled(state: &State, request: Request) -> Result<Request, Refusal> {
    let service = request.service();
    match state.config.spe.services.get(service) {
        Some(settings) if settings.enabled && (request.secure || !settings.require_secure_connection) => Ok(request),
        _ => Err(Refusal::ServiceDisabled { service }),
    }
}

/// The credentials prove who calls. They come from the `Authorization` header, or without one from the query where that is allowed:
/// never from cookies (WP-D-46) or a form (WP-D-30).
pub(super) async fn credentials(state: &State, request: Request) -> Result<Request, Refusal> {
    let values = request.headers.get_all(AUTHORIZATION);
    let presented = Presented {
        authorization: values.iter().map(HeaderValue::as_bytes),
        query: request.query.login(),
        ip: request.ip,
        rid: &request.rid,
    };
    match state.identity.authenticate(presented).await {
        Ok(authenticated) => {
            audit::proven(&request, &authenticated);
            Ok(request.by(authenticated.caller))
        }
        Err(rejection) => {
            if state.repeats.admits(rejection.code(), request.ip, Instant::now()) {
                audit::rejected(&request, &rejection);
            }
            Err(match rejection {
                Rejection::ClientWithoutAccount { .. } => Refusal::ClientWithoutAccount,
                Rejection::ColdStart => Refusal::ClientsUnknown,
                Rejection::ReplayCacheFull => Refusal::ReplayCacheFull,
                Rejection::TooManyLogins { retry_after, .. } => Refusal::TooManyLogins { retry_after },
                Rejection::LoginsBusy => Refusal::LoginsBusy,
                _ => Refusal::Unauthorized {
                    service: request.service(),
                    challenge: Challenge::of(&rejection, state.identity.takes_passwords()),
                },
            })
        }
    }
}

/// Where a client with a limit stands, this request counted (authentication 3.6). It comes behind the credentials, so that strangers use
/// up nobody's limit.
pub(super) fn standing(state: &State, caller: &Caller) -> Option<Standing> {
    let throttled = caller.throttled.as_ref()?;
    let count = state.throttle.count(throttled, state.clock.running());
    Some(Standing::of(&throttled.throttle, count, state.clock.since_1970()))
}

/// The client has not made more requests than it may, or those beyond are only told.
pub(super) fn throttle(
    state: &State,
    request: Request,
    caller: &Caller,
    standing: Option<&Standing>,
) -> Result<Request, Refusal> {
    let throttle = caller.throttled.as_ref().map(|throttled| throttled.throttle);
    let (Some(throttle), Some(standing)) = (throttle, standing) else {
        return Ok(request);
    };
    let Some(retry_after) = standing.over else {
        return Ok(request);
    };
    let action = if throttle.bypass {
        "throttleBypassed"
    } else {
        "throttled"
    };
    if state.repeats.admits(action, request.ip, Instant::now()) {
        audit::over_limit(&request, caller, &throttle, standing);
    }
    if throttle.bypass {
        return Ok(request);
    }
    Err(Refusal::RateLimited { retry_after })
}

/// The caller may use the service (2.10). A stranger never gets here, so this is a 403 (WP-D-55).
pub(super) fn authorised(state: &State, request: Request) -> Result<Request, Refusal> {
    let service = request.service();
    if !state.identity.authorises(request.caller()?, service) {
        return Err(Refusal::ServiceDenied { service });
    }
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
