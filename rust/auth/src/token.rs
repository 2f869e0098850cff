//! The structural gate: what every token must be before anybody looks for who signed it (1.5).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::Algorithm;
use crate::error::{TokenError, shown};
use crate::json;
use crate::signature::PublicAlgorithm;

/// Longest token, in bytes (S1).
pub const MAX_LEN: usize = 16_377;
/// Largest parts after decoding, in bytes (S4).
const HEADER_MAX: usize = 2048;
const PAYLOAD_MAX: usize = 12_000;
const SIGNATURE_MAX: usize = 1024;
/// Longest `kid`, in characters (S13).
const KEY_ID_MAX: usize = 256;

/// A token whose parts can be read. Nothing of it is proven. It has no `Debug`: all of it is the caller's, and a part a secret.
pub struct Token<'a> {
    /// What was signed: the first two parts as they came.
    pub(crate) signed: &'a str,
    /// The third part as it came.
    pub(crate) signature_text: &'a str,
    /// The same, decoded.
    pub(crate) signature: Vec<u8>,
    algorithm: String,
    /// `kid`.
    pub(crate) key_id: Option<String>,
    /// `typ`, when it is a text.
    pub(crate) typ: Option<String>,
    /// Whether `typ` is there, in whatever form.
    pub(crate) has_typ: bool,
    /// The members of the second part.
    pub(crate) claims: Map<String, Value>,
}

impl<'a> Token<'a> {
    /// Takes a token apart. There is one reading of it for all who look at it (AU-D-05 to AU-D-08).
    pub fn parse(text: &'a str) -> Result<Self, TokenError> {
        if text.len() > MAX_LEN {
            return Err(TokenError::TooLarge);
        }
        let parts = text.split('.').collect::<Vec<_>>();
        let [header, payload, signature] = parts[..] else {
            return Err(TokenError::Malformed("it has not three parts"));
        };
        let signed = &text[..header.len() + 1 + payload.len()];
        let header = decode(header, HEADER_MAX)?;
        let payload = decode(payload, PAYLOAD_MAX)?;
        let signature_text = signature;
        let signature = decode(signature, SIGNATURE_MAX)?;
        let mut header =
            json::object(&header, json::TOKEN).ok_or(TokenError::Malformed("its header is no strict JSON object"))?;
        let claims =
            json::object(&payload, json::TOKEN).ok_or(TokenError::Malformed("its payload is no strict JSON object"))?;
        let algorithm = match header.remove("alg") {
            Some(Value::String(text)) => text,
            Some(other) => return Err(TokenError::AlgorithmNotAllowed(shown(&other.to_string()))),
            None => return Err(TokenError::AlgorithmNotAllowed(String::new())),
        };
        // A token that asks for an extension must not be read as if it had not (AU-D-09).
        if ["crit", "b64", "enc", "zip"]
            .iter()
            .any(|name| header.contains_key(*name))
        {
            return Err(TokenError::CriticalHeader);
        }
        let key_id = match header.remove("kid") {
            None => None,
            Some(Value::String(text)) if is_key_id(&text) => Some(text),
            Some(_) => return Err(TokenError::Malformed("its kid is not 1 to 256 characters of text")),
        };
        let has_typ = header.contains_key("typ");
        let typ = match header.remove("typ") {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        Ok(Self {
            signed,
            signature_text,
            signature,
            algorithm,
            key_id,
            typ,
            has_typ,
            claims,
        })
    }
}

/// Which kind of provider a token belongs to, by its `alg` alone (1.6). No kind ever answers for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Signed with a shared secret.
    SharedSecret,
    /// Signed by an identity provider.
    Public(PublicAlgorithm),
}

impl Token<'_> {
    /// `alg`.
    pub(crate) fn algorithm(&self) -> &str {
        &self.algorithm
    }

    /// `kid`; for logs.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// Which kind of provider it belongs to, or that no kind takes its `alg`.
    pub fn family(&self) -> Result<Family, TokenError> {
        if Algorithm::from_header(&self.algorithm).is_some() {
            return Ok(Family::SharedSecret);
        }
        let public = PublicAlgorithm::from_header(&self.algorithm).map(Family::Public);
        public.ok_or_else(|| TokenError::AlgorithmNotAllowed(shown(&self.algorithm)))
    }
}

/// One part: not empty, unpadded base64url, no bit that means nothing (S2 to S4, AU-D-07).
fn decode(part: &str, limit: usize) -> Result<Vec<u8>, TokenError> {
    if part.is_empty() {
        return Err(TokenError::Malformed("a part is empty"));
    }
    if part.len() / 4 * 3 > limit {
        return Err(TokenError::TooLarge);
    }
    let bytes = URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| TokenError::Malformed("a part is no strict base64url"))?;
    if bytes.len() > limit {
        return Err(TokenError::TooLarge);
    }
    Ok(bytes)
}

fn is_key_id(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= KEY_ID_MAX && !text.chars().any(char::is_control)
}
