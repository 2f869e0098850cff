//! What browsers are told about calls from pages of other origins (wire protocol 2.2, WP-D-29). It is settled before anybody
//! is authenticated, so that a page can read refusals as well.

use axum::response::Response;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ORIGIN, VARY,
};
use http::{HeaderMap, StatusCode};

use super::reply::set;
use crate::config::{Cors, Origins};

/// Request headers that pages may set.
const ALLOWED_HEADERS: &str = "Authorization, Content-Type, Content-Encoding";
/// Reply headers that pages may read.
const EXPOSED_HEADERS: &str = "X-SPE-RequestId, X-SPE-ServerInstance, X-SPE-AuthFailureReason, X-SPE-AuthFailureDetail, \
     X-SPE-Restriction, X-SPE-BlockedCommand, X-SPE-Policy, X-SPE-Profile, X-SPE-LanguageMode, X-RateLimit-Limit, \
     X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After, WWW-Authenticate";

/// What one request gets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Grant {
    /// Whether the reply depends on `Origin`.
    varies: bool,
    /// `Access-Control-Allow-Origin`, when the origin is allowed.
    origin: Option<String>,
    credentials: bool,
    max_age: u32,
}

impl Grant {
    /// What `cors` grants to a request with `headers`.
    pub(super) fn of(cors: Option<&Cors>, headers: &HeaderMap) -> Self {
        let Some(cors) = cors else {
            return Self::default();
        };
        let mut values = headers.get_all(ORIGIN).iter();
        let origin = values.next().and_then(|value| value.to_str().ok());
        // A page has one origin. More than one is nobody's.
        let origin = origin.filter(|_| values.next().is_none());
        let allowed = origin.and_then(|origin| match &cors.origins {
            Origins::Any => Some("*"),
            Origins::Listed(listed) => listed
                .iter()
                .any(|known| known.eq_ignore_ascii_case(origin))
                .then_some(origin),
        });
        Self {
            varies: true,
            origin: allowed.map(str::to_owned),
            credentials: cors.allow_credentials,
            max_age: cors.max_age,
        }
    }

    /// Puts the headers on a reply.
    pub(super) fn apply(&self, response: &mut Response) {
        if self.varies {
            set(response, VARY, "Origin");
        }
        if let Some(origin) = &self.origin {
            set(response, ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            set(response, ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_HEADERS);
            if self.credentials {
                set(response, ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
            }
        }
    }

    /// The reply to a preflight: always 204, with what the route takes where the origin is allowed.
    pub(super) fn preflight(&self, methods: &str) -> Response {
        let mut response = Response::default();
        *response.status_mut() = StatusCode::NO_CONTENT;
        if self.origin.is_some() {
            set(&mut response, ACCESS_CONTROL_ALLOW_METHODS, methods);
            set(&mut response, ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS);
            set(&mut response, ACCESS_CONTROL_MAX_AGE, &self.max_age.to_string());
        }
        response
    }
}
