//! What a 401 tells about itself in headers (authentication 8.1 and 8.2).

use spe_auth::TokenError;
use spe_auth::authorization::HeaderError;

use crate::identity::Rejection;

/// The headers of a 401. They say no more than the caller has proven to be entitled to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Challenge {
    /// `WWW-Authenticate`.
    pub authenticate: &'static str,
    /// `X-SPE-AuthFailureReason`.
    pub reason: Option<&'static str>,
    /// `X-SPE-AuthFailureDetail`.
    pub detail: Option<&'static str>,
}

impl Challenge {
    /// No credential that could be looked at: which one would do.
    const REALM: Self = Self {
        authenticate: r#"Bearer realm="SPE Remoting""#,
        reason: None,
        detail: None,
    };
    /// A header that is no credential.
    const REQUEST: Self = Self {
        authenticate: r#"Bearer error="invalid_request""#,
        reason: Some("invalid"),
        detail: None,
    };
    /// A token that is not taken.
    const TOKEN: Self = Self {
        authenticate: r#"Bearer error="invalid_token""#,
        reason: Some("invalid"),
        detail: None,
    };
    /// A token of a caller who has the secret, and whose time has passed: a new one will do (WP-D-26).
    const EXPIRED: Self = Self {
        authenticate: r#"Bearer error="invalid_token", error_description="The access token expired""#,
        reason: Some("expired"),
        detail: Some("token_expired"),
    };

    /// What the caller may learn of a rejection (authentication 4.10): `expired` once the signature is verified, and nothing
    /// else that depends on a secret or on what it signed.
    pub fn of(rejection: &Rejection) -> Self {
        match rejection {
            Rejection::Header(HeaderError::Absent | HeaderError::UnsupportedScheme(_)) => Self::REALM,
            Rejection::Header(HeaderError::Malformed) => Self::REQUEST,
            Rejection::Token(TokenError::Expired(_)) => Self::EXPIRED,
            Rejection::Header(HeaderError::TooLarge) | Rejection::Token(_) | Rejection::UnknownAccount(_) => {
                Self::TOKEN
            }
        }
    }
}
