//! What a 401 tells about itself in headers (authentication 8.1 and 8.2).

use spe_auth::TokenError;
use spe_auth::authorization::HeaderError;

use crate::identity::Rejection;

/// The headers of a 401. They say no more than the caller has proven to be entitled to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Challenge {
    /// `WWW-Authenticate`.
    pub authenticate: &'static str,
    /// Whether a second line says that a name and a password would do as well.
    pub basic: bool,
    /// `X-SPE-AuthFailureReason`.
    pub reason: Option<&'static str>,
    /// `X-SPE-AuthFailureDetail`.
    pub detail: Option<&'static str>,
}

impl Challenge {
    /// No credential that could be looked at: which one would do.
    const REALM: Self = Self {
        authenticate: r#"Bearer realm="SPE Remoting""#,
        basic: false,
        reason: None,
        detail: None,
    };
    /// A header that is no credential.
    const REQUEST: Self = Self {
        authenticate: r#"Bearer error="invalid_request""#,
        basic: false,
        reason: Some("invalid"),
        detail: None,
    };
    /// A token that is not taken.
    const TOKEN: Self = Self {
        authenticate: r#"Bearer error="invalid_token""#,
        basic: false,
        reason: Some("invalid"),
        detail: None,
    };
    /// A token of a caller who has the secret, and whose time has passed: a new one will do (WP-D-26).
    const EXPIRED: Self = Self {
        authenticate: r#"Bearer error="invalid_token", error_description="The access token expired""#,
        basic: false,
        reason: Some("expired"),
        detail: Some("token_expired"),
    };

    /// The same of a caller whose key is over: no token of it will do (N284).
    const CLIENT_EXPIRED: Self = Self {
        detail: Some("client_expired"),
        ..Self::EXPIRED
    };
    /// A token that is taken once, and was (N330).
    const REPLAY: Self = Self {
        authenticate: r#"Bearer error="invalid_token", error_description="The access token has already been used""#,
        basic: false,
        reason: Some("replay"),
        detail: None,
    };
    /// A token of an identity provider that does not let its holder do this (N220).
    const SCOPE: Self = Self {
        authenticate: r#"Bearer error="insufficient_scope""#,
        basic: false,
        reason: Some("missing_scope"),
        detail: None,
    };
    /// The same of a caller whose key is switched off (N282).
    const CLIENT_DISABLED: Self = Self {
        reason: Some("disabled"),
        ..Self::TOKEN
    };

    /// What the caller may learn of a rejection (authentication 4.10): that it is over, switched off, used up or for something else once
    /// the signature is verified, and nothing else that depends on a secret or on what it signed.
    /// `passwords` says whether any account has one.
    pub fn of(rejection: &Rejection, passwords: bool) -> Self {
        match rejection {
            Rejection::Header(
                HeaderError::Absent
                | HeaderError::UnsupportedScheme(_)
                | HeaderError::MalformedBasic
                | HeaderError::InvalidUsername,
            )
            | Rejection::WrongPassword { .. }
            | Rejection::QueryCredentials => Self {
                basic: passwords,
                ..Self::REALM
            },
            Rejection::Header(HeaderError::Malformed) => Self::REQUEST,
            _ => match rejection.proven_error() {
                Some(TokenError::Expired(_)) => Self::EXPIRED,
                Some(TokenError::ClientExpired) => Self::CLIENT_EXPIRED,
                Some(TokenError::ClientDisabled) => Self::CLIENT_DISABLED,
                Some(TokenError::Replay(_)) => Self::REPLAY,
                Some(TokenError::MissingScope(_)) => Self::SCOPE,
                _ => Self::TOKEN,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use spe_auth::secret::WeakSecret;
    use spe_auth::{Algorithm, Refused};

    use super::*;
    use crate::identity::{AuthKind, Voice};

    /// Authentication 8.1, N001 and N010: without an error attribute.
    #[test]
    fn without_a_credential_the_challenge_names_the_realm() {
        for error in [
            HeaderError::Absent,
            HeaderError::UnsupportedScheme(Some("Basic".into())),
        ] {
            let challenge = Challenge::of(&error.into(), false);
            assert_eq!(challenge.authenticate, r#"Bearer realm="SPE Remoting""#);
            assert_eq!((challenge.reason, challenge.detail), (None, None));
        }
    }

    /// Authentication 8.1, N002 and N007.
    #[test]
    fn a_broken_header_is_an_invalid_request() {
        let challenge = Challenge::of(&HeaderError::Malformed.into(), false);
        assert_eq!(challenge.authenticate, r#"Bearer error="invalid_request""#);
        assert_eq!(challenge.reason, Some("invalid"));
    }

    fn of(error: TokenError, proven: bool) -> Challenge {
        let mut refused = Refused::unproven(error);
        refused.proven = proven;
        let rejection = Rejection::Token {
            refused,
            claimed: None,
            voice: Voice::default(),
        };
        Challenge::of(&rejection, false)
    }

    /// Authentication 4.10 and 8.2.1, N143: the time of a proven token, and the state of a proven key, are what is told.
    #[test]
    fn only_the_end_of_what_is_proven_is_told() {
        let text = r#"Bearer error="invalid_token", error_description="The access token expired""#;
        for (error, authenticate, reason, detail) in [
            (TokenError::Expired(5), text, "expired", Some("token_expired")),
            (TokenError::ClientExpired, text, "expired", Some("client_expired")),
            (
                TokenError::ClientDisabled,
                r#"Bearer error="invalid_token""#,
                "disabled",
                None,
            ),
            (
                TokenError::Replay("j".into()),
                r#"Bearer error="invalid_token", error_description="The access token has already been used""#,
                "replay",
                None,
            ),
            (
                TokenError::MissingScope("s".into()),
                r#"Bearer error="insufficient_scope""#,
                "missing_scope",
                None,
            ),
        ] {
            let challenge = of(error.clone(), true);
            assert_eq!(challenge.authenticate, authenticate);
            assert_eq!((challenge.reason, challenge.detail), (Some(reason), detail));
            assert_eq!(of(error, false), Challenge::TOKEN);
        }
        for error in [
            TokenError::Malformed("x"),
            TokenError::SignatureMismatch,
            TokenError::SecretMissing,
            TokenError::Secret(WeakSecret::TooShort(Algorithm::HS512)),
            TokenError::ClientNotFound("k".into()),
            TokenError::AlgorithmNotAllowed("none".into()),
            TokenError::MissingExp,
            TokenError::NotYetValid(5),
            TokenError::AudienceNotAllowed("x".into()),
            TokenError::InvalidUsername,
        ] {
            for proven in [false, true] {
                assert_eq!(of(error.clone(), proven), Challenge::TOKEN, "{error:?}");
            }
        }
        let unknown = Rejection::UnknownAccount {
            user: "x".into(),
            kind: AuthKind::ConfigSecret,
            voice: Voice::default(),
        };
        assert_eq!(Challenge::of(&unknown, false), Challenge::TOKEN);
        assert_eq!(Challenge::of(&HeaderError::TooLarge.into(), false), Challenge::TOKEN);
    }
}
