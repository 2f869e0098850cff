//! Tokens that no minting function would make, with a good signature unless said otherwise.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use spe_auth::registry::Registry;
use spe_auth::shared_secret::{Rules, Signer, Validator, Verified};
use spe_auth::{Refused, Token};
use spe_testkit::vectors::AUTH_HS256;

/// The clock of the matrix.
pub(crate) const NOW: i64 = 1_800_000_000;
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

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// `signed` with its HS256 signature by `secret`.
pub(crate) fn sign_with(secret: &[u8], signed: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    format!("{signed}.{}", encode(hmac::sign(&key, signed.as_bytes())))
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

/// A payload, member by member as raw JSON.
#[derive(Clone)]
pub(crate) struct Payload(Vec<(String, String)>);

/// The payload of H0.
pub(crate) fn h0() -> Payload {
    Payload(Vec::new())
        .with("iss", r#""SPE Remoting""#)
        .with("exp", "1800000029")
        .with("aud", r#""https://cm.test""#)
        .with("name", r#""sitecore\\admin""#)
        .with("iat", "1799999999")
}

impl Payload {
    /// With `name` as `json`, in place of what was there.
    pub(crate) fn with(self, name: &str, json: &str) -> Self {
        let mut payload = self.without(name);
        payload.0.push((name.into(), json.into()));
        payload
    }

    /// With a whole second under `name`.
    pub(crate) fn at(self, name: &str, seconds: i64) -> Self {
        self.with(name, &seconds.to_string())
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(own, _)| own != name);
        self
    }

    pub(crate) fn json(&self) -> String {
        let members = self.0.iter().map(|(name, json)| format!("\"{name}\":{json}"));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }

    pub(crate) fn token(&self) -> String {
        token(HEADER, self.json())
    }

    pub(crate) fn code(&self) -> &'static str {
        code(&self.token())
    }
}
