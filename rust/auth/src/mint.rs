//! Tokens that a caller signs with a shared secret (authentication 2, client module 4.3 and 18).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use serde::Serialize;

use crate::algorithm::Algorithm;
use crate::secret::{self, WeakSecret};

/// What a token says. Members that are `None` are not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenSpec {
    /// `alg`.
    pub algorithm: Algorithm,
    /// `typ`; servers take `JWT`.
    pub token_type: String,
    /// `kid`: the access key id of a client record.
    pub key_id: Option<String>,
    /// `iss`.
    pub issuer: String,
    /// `aud`: scheme, host and non-default port of the server.
    pub audience: String,
    /// `name`: the account to act as.
    pub name: Option<String>,
    /// `client_session`: a text that finds the calls of one client in the server's log.
    pub client_session: Option<String>,
    /// Seconds from now to `exp`. Zero and less make a token that has expired.
    pub valid_for_seconds: i64,
    /// `iat`.
    pub issued_at: IssuedAt,
    /// `nbf`, in seconds since 1970.
    pub not_before: Option<i64>,
    /// `scope`, separated by spaces.
    pub scope: Option<String>,
}

/// What `iat` of a token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssuedAt {
    /// The time of minting.
    Now,
    /// These seconds since 1970.
    At(i64),
    /// Nothing.
    Absent,
}

/// Why there is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MintError {
    /// No server takes what this secret signs.
    #[error(transparent)]
    Secret(#[from] WeakSecret),
    /// `exp` does not fit into 64 bits.
    #[error("the token would expire at a time that cannot be told")]
    Expiry,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'a str,
    typ: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
}

#[derive(Serialize)]
struct Payload<'a> {
    iss: &'a str,
    exp: i64,
    aud: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_session: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'a str>,
}

/// Signs `spec` with `secret`, `now_unix` seconds after 1970. The members stand in the order of the protocol, so that one spec
/// has one token.
pub fn mint(spec: &TokenSpec, secret: &SecretString, now_unix: i64) -> Result<String, MintError> {
    let key = secret::key(secret, spec.algorithm)?;
    let header = Header {
        alg: spec.algorithm.as_str(),
        typ: &spec.token_type,
        kid: spec.key_id.as_deref(),
    };
    let payload = Payload {
        iss: &spec.issuer,
        exp: now_unix.checked_add(spec.valid_for_seconds).ok_or(MintError::Expiry)?,
        aud: &spec.audience,
        name: spec.name.as_deref(),
        client_session: spec.client_session.as_deref(),
        iat: match spec.issued_at {
            IssuedAt::Now => Some(now_unix),
            IssuedAt::At(seconds) => Some(seconds),
            IssuedAt::Absent => None,
        },
        nbf: spec.not_before,
        scope: spec.scope.as_deref(),
    };
    let mut token = part(&header);
    token.push('.');
    token.push_str(&part(&payload));
    let signature = aws_lc_rs::hmac::sign(&key, token.as_bytes());
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}

/// One part before the signature.
fn part(value: &impl Serialize) -> String {
    let json = serde_json::to_vec(value).expect("texts and integers are JSON");
    URL_SAFE_NO_PAD.encode(json)
}
