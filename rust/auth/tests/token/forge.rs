//! Tokens that no minting function would make, with a good signature unless said otherwise.

use spe_auth::registry::Registry;
use spe_auth::shared_secret::{Rules, Signer, Validator, Verified};
use spe_auth::{Refused, Token};
pub(crate) use spe_testkit::forge::{NOW, Payload, encode, sign_with};
use spe_testkit::vectors::AUTH_HS256;

/// The secret of H0.
pub(crate) const SECRET: &str = AUTH_HS256.secret;
/// The header of H0.
pub(crate) const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// The settings that are shipped, for the server of the matrix.
pub(crate) fn rules() -> Rules {
    Rules {
        allowed_issuers: vec!["SPE Remoting".into(), "Web API".into()],
        allowed_audiences: vec!["https://cm.test".into()],
        max_lifetime_seconds: 0,
        clock_skew_seconds: 30,
        require_iat: false,
    }
}

pub(crate) fn validate_at(
    validator: &Validator,
    clients: &Registry,
    token: &str,
    now: i64,
) -> Result<Verified, Refused> {
    let token = Token::parse(token).map_err(Refused::unproven)?;
    validator.validate(&token, clients, now)
}

/// By a validator without clients.
pub(crate) fn by(validator: &Validator, token: &str) -> Result<Verified, Refused> {
    validate_at(validator, &Registry::default(), token, NOW)
}

/// The account that a token of the server's secret names.
pub(crate) fn user(verified: Verified) -> String {
    match verified.signer {
        Signer::Server { user } => user,
        Signer::Client(client) => panic!("the client {} signed it", client.name),
    }
}

pub(crate) fn validate_by(rules: Rules, token: &str) -> Result<Verified, Refused> {
    let validator = Validator::new(Some(&SECRET.into()), rules);
    by(&validator, token)
}

pub(crate) fn validate(token: &str) -> Result<Verified, Refused> {
    validate_by(rules(), token)
}

/// The reason code a token is refused with, or `ok`.
pub(crate) fn code(token: &str) -> &'static str {
    validate(token).map_or_else(|error| error.code(), |_| "ok")
}

/// A token of these parts as they are.
pub(crate) fn sign(signed: &str) -> String {
    sign_with(SECRET.as_bytes(), signed)
}

/// A token of this header and this payload.
pub(crate) fn token(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    sign(&format!("{}.{}", encode(header), encode(payload)))
}

/// A token of this header and the payload of H0.
pub(crate) fn headed(header: impl AsRef<[u8]>) -> String {
    token(header, h0().json())
}

/// The payload of H0.
pub(crate) fn h0() -> Payload {
    Payload::h0()
}

/// What a payload comes to under the header of H0.
pub(crate) trait Signed {
    /// Signed.
    fn token(&self) -> String;

    /// The reason code it is refused with, or `ok`.
    fn code(&self) -> &'static str {
        code(&self.token())
    }
}

impl Signed for Payload {
    fn token(&self) -> String {
        token(HEADER, self.json())
    }
}
