//! One key of a document: what it is for, and whether it may verify anything (5.3, 5.4).

use std::sync::Arc;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, EcdsaVerificationAlgorithm,
    ParsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde_json::{Map, Value};

use crate::error::TokenError;
use crate::signature::{BadSignature, KeyKind, PublicAlgorithm, VerifyingKey};
use crate::token::Token;

/// Sizes of a modulus in bits.
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;
/// Most bytes of an exponent, which is at most 2^32 - 1.
const EXPONENT_BYTES: usize = 4;

/// A key as published. Keys of no use to anybody are not kept at all.
#[derive(Clone)]
pub(super) struct Key {
    /// `kid`.
    pub(super) id: String,
    /// `alg`, when it says what it is for.
    algorithm: Option<String>,
    /// Of which kind it is; none is a curve nobody here knows.
    kind: Option<KeyKind>,
    /// What is published of it, to tell two keys apart.
    material: Vec<String>,
    /// The key, when it may verify.
    verifying: Option<Arc<VerifyingKey>>,
}

/// Why a member of the document is no key of the set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ignored {
    /// It has no `kid`, or is of a kind that never verifies tokens here.
    Useless,
    /// It has members of a private key (5.3).
    Private,
}

impl Key {
    /// Reads one element of `keys`.
    pub(super) fn read(members: &Map<String, Value>) -> Result<Self, Ignored> {
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let kind = match text("kty") {
            Some("RSA") => Some(KeyKind::Rsa),
            Some("EC") => match text("crv") {
                Some("P-256") => Some(KeyKind::P256),
                Some("P-384") => Some(KeyKind::P384),
                Some("P-521") => Some(KeyKind::P521),
                _ => None,
            },
            _ => return Err(Ignored::Useless),
        };
        let id = text("kid")
            .filter(|id| !id.is_empty())
            .ok_or(Ignored::Useless)?
            .to_owned();
        if ["d", "p", "q", "dp", "dq", "qi", "k"]
            .iter()
            .any(|name| members.contains_key(*name))
        {
            return Err(Ignored::Private);
        }
        let material = ["kty", "crv", "n", "e", "x", "y"].map(|name| text(name).unwrap_or_default().to_owned());
        let verifying = if may_verify(members) {
            match kind {
                Some(KeyKind::Rsa) => rsa(text("n"), text("e")),
                Some(kind) => curve(kind, text("x"), text("y")),
                None => None,
            }
        } else {
            None
        };
        Ok(Self {
            id,
            // An `alg` that is no text fits no algorithm.
            algorithm: members
                .get("alg")
                .map(|alg| alg.as_str().unwrap_or_default().to_owned()),
            kind,
            material: material.into(),
            verifying: verifying.map(Arc::new),
        })
    }

    /// Whether it is a key of `algorithm` (P19).
    pub(super) fn fits(&self, algorithm: PublicAlgorithm) -> bool {
        let named = self.algorithm.as_ref().is_none_or(|own| own == algorithm.as_str());
        named && self.kind == Some(algorithm.kind())
    }

    /// The key to verify with, when it may (P20).
    pub(super) fn verifying(&self) -> Option<&Arc<VerifyingKey>> {
        self.verifying.as_ref()
    }

    /// Whether both are one key that is published twice.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.material == other.material
    }
}

/// A key that fits the algorithm of a token and may verify it.
#[derive(Clone)]
pub struct ResolvedKey {
    key: Arc<VerifyingKey>,
    version: u64,
}

impl ResolvedKey {
    pub(super) fn new(key: Arc<VerifyingKey>, version: u64) -> Self {
        Self { key, version }
    }

    /// Of which document it is: what a key of another one proved has to be proven again.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// P21 and P22: the signature over the exact text that came.
    pub(crate) fn verify(&self, algorithm: PublicAlgorithm, token: &Token<'_>) -> Result<(), TokenError> {
        self.key.verify(algorithm, token).map_err(|bad| match bad {
            BadSignature::Length => TokenError::MalformedSignature,
            BadSignature::Invalid => TokenError::SignatureInvalid,
        })
    }
}

impl std::fmt::Debug for ResolvedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ResolvedKey(..)")
    }
}

/// `use` and `key_ops` allow verifying where they say anything (5.3).
fn may_verify(members: &Map<String, Value>) -> bool {
    let purpose = members.get("use").is_none_or(|purpose| purpose == "sig");
    let operations = members.get("key_ops").is_none_or(|operations| {
        let all = operations.as_array();
        all.is_some_and(|all| all.iter().any(|operation| operation == "verify"))
    });
    purpose && operations
}

fn decode(text: Option<&str>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text?).ok()
}

/// An RSA key of decent size and form: nothing in front of the modulus, both numbers odd, an exponent above 1 (5.4).
fn rsa(modulus: Option<&str>, exponent: Option<&str>) -> Option<VerifyingKey> {
    let (modulus, exponent) = (decode(modulus)?, decode(exponent)?);
    let bits = modulus.len() * 8 - modulus.first()?.leading_zeros() as usize;
    let minimal = modulus[0] != 0 && *exponent.first()? != 0;
    let odd = modulus.last()? % 2 == 1 && exponent.last()? % 2 == 1;
    let small = exponent.len() <= EXPONENT_BYTES && exponent != [1];
    (MODULUS_BITS.contains(&bits) && minimal && odd && small).then(|| VerifyingKey::Library {
        key: DecodingKey::from_rsa_raw_components(&modulus, &exponent),
        length: modulus.len(),
    })
}

/// A point of a curve: coordinates of full width that lie on it (5.4, RFC 8725 3.4).
fn curve(kind: KeyKind, x: Option<&str>, y: Option<&str>) -> Option<VerifyingKey> {
    let (width, algorithm): (usize, &'static EcdsaVerificationAlgorithm) = match kind {
        KeyKind::P256 => (32, &ECDSA_P256_SHA256_FIXED),
        KeyKind::P384 => (48, &ECDSA_P384_SHA384_FIXED),
        KeyKind::P521 => (66, &ECDSA_P521_SHA512_FIXED),
        KeyKind::Rsa => return None,
    };
    let (x_text, y_text) = (x, y);
    let (x, y) = (decode(x)?, decode(y)?);
    if x.len() != width || y.len() != width {
        return None;
    }
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    ParsedPublicKey::new(algorithm, &point).ok()?;
    if kind == KeyKind::P521 {
        return Some(VerifyingKey::P521(point));
    }
    Some(VerifyingKey::Library {
        key: DecodingKey::from_ec_components(x_text?, y_text?).ok()?,
        length: 2 * width,
    })
}
