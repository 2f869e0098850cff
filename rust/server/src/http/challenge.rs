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

#[cfg(test)]
mod tests {
    use spe_auth::Algorithm;
    use spe_auth::secret::WeakSecret;

    use super::*;

    /// Authentication 8.1, N001 and N010: without an error attribute.
    #[test]
    fn without_a_credential_the_challenge_names_the_realm() {
        for error in [
            HeaderError::Absent,
            HeaderError::UnsupportedScheme(Some("Basic".into())),
        ] {
            let challenge = Challenge::of(&error.into());
            assert_eq!(challenge.authenticate, r#"Bearer realm="SPE Remoting""#);
            assert_eq!((challenge.reason, challenge.detail), (None, None));
        }
    }

    /// Authentication 8.1, N002 and N007.
    #[test]
    fn a_broken_header_is_an_invalid_request() {
        let challenge = Challenge::of(&HeaderError::Malformed.into());
        assert_eq!(challenge.authenticate, r#"Bearer error="invalid_request""#);
        assert_eq!(challenge.reason, Some("invalid"));
    }

    /// Authentication 4.10 and 8.2.1, N143: the time of a proven token is the one thing that is told.
    #[test]
    fn only_the_end_of_a_proven_token_is_told() {
        let expired = Challenge::of(&TokenError::Expired(5).into());
        let text = r#"Bearer error="invalid_token", error_description="The access token expired""#;
        assert_eq!(expired.authenticate, text);
        assert_eq!(
            (expired.reason, expired.detail),
            (Some("expired"), Some("token_expired"))
        );

        let rejections: [Rejection; 12] = [
            HeaderError::TooLarge.into(),
            TokenError::Malformed("x").into(),
            TokenError::SignatureMismatch.into(),
            TokenError::SecretMissing.into(),
            TokenError::Secret(WeakSecret::TooShort(Algorithm::HS512)).into(),
            TokenError::ClientNotFound("k".into()).into(),
            TokenError::AlgorithmNotAllowed("none".into()).into(),
            TokenError::MissingExp.into(),
            TokenError::NotYetValid(5).into(),
            TokenError::AudienceNotAllowed("x".into()).into(),
            TokenError::InvalidUsername.into(),
            Rejection::UnknownAccount("x".into()),
        ];
        for rejection in rejections {
            let challenge = Challenge::of(&rejection);
            assert_eq!(
                challenge.authenticate, r#"Bearer error="invalid_token""#,
                "{rejection:?}"
            );
            assert_eq!(
                (challenge.reason, challenge.detail),
                (Some("invalid"), None),
                "{rejection:?}"
            );
        }
    }
}
