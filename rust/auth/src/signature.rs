//! Signatures of identity providers (5.4).

use std::fmt;

use aws_lc_rs::signature::{ECDSA_P521_SHA512_FIXED, UnparsedPublicKey};
use jsonwebtoken::DecodingKey;

use crate::token::Token;

/// The algorithms of identity providers. The list is closed: a key of one of them never comes near a shared secret, nor a
/// secret near one of these (1.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PublicAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RS384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RS512,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// ECDSA on P-384 with SHA-384.
    ES384,
    /// ECDSA on P-521 with SHA-512.
    ES512,
}

/// Kind of a key, which for elliptic curves is the curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum KeyKind {
    Rsa,
    P256,
    P384,
    P521,
}

impl PublicAlgorithm {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::RS256,
        Self::RS384,
        Self::RS512,
        Self::ES256,
        Self::ES384,
        Self::ES512,
    ];

    /// Those that are taken when the configuration names none (4.1).
    pub const DEFAULT: [Self; 4] = [Self::RS256, Self::RS384, Self::RS512, Self::ES256];

    /// The value of `alg`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::RS384 => "RS384",
            Self::RS512 => "RS512",
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::ES512 => "ES512",
        }
    }

    /// The algorithm whose `alg` is exactly `text` (1.6).
    pub fn from_header(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == text)
    }

    /// The kind of key it takes.
    pub(crate) fn kind(self) -> KeyKind {
        match self {
            Self::RS256 | Self::RS384 | Self::RS512 => KeyKind::Rsa,
            Self::ES256 => KeyKind::P256,
            Self::ES384 => KeyKind::P384,
            Self::ES512 => KeyKind::P521,
        }
    }

    /// What the library calls it; it has no P-521.
    fn library(self) -> Option<jsonwebtoken::Algorithm> {
        match self {
            Self::RS256 => Some(jsonwebtoken::Algorithm::RS256),
            Self::RS384 => Some(jsonwebtoken::Algorithm::RS384),
            Self::RS512 => Some(jsonwebtoken::Algorithm::RS512),
            Self::ES256 => Some(jsonwebtoken::Algorithm::ES256),
            Self::ES384 => Some(jsonwebtoken::Algorithm::ES384),
            Self::ES512 => None,
        }
    }
}

impl fmt::Display for PublicAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A key that was found fit to verify with.
#[derive(Clone)]
pub(crate) enum VerifyingKey {
    /// For the library.
    Library {
        key: DecodingKey,
        /// Bytes of a signature.
        length: usize,
    },
    /// A point of P-521 in uncompressed form.
    P521(Vec<u8>),
}

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadSignature {
    /// It has not the length of one.
    Length,
    /// It is not the key's.
    Invalid,
}

impl VerifyingKey {
    /// Bytes of a signature by this key. For curves it is R and S of fixed width; DER is not taken.
    fn length(&self) -> usize {
        match self {
            Self::Library { length, .. } => *length,
            Self::P521(_) => 132,
        }
    }

    /// Whether the token's signature is this key's.
    pub(crate) fn verify(&self, algorithm: PublicAlgorithm, token: &Token<'_>) -> Result<(), BadSignature> {
        let (signed, signature) = (token.signed.as_bytes(), &token.signature);
        if signature.len() != self.length() {
            return Err(BadSignature::Length);
        }
        let valid = match (self, algorithm.library()) {
            (Self::Library { key, .. }, Some(library)) => {
                jsonwebtoken::crypto::verify(token.signature_text, signed, key, library).unwrap_or(false)
            }
            (Self::P521(point), None) => UnparsedPublicKey::new(&ECDSA_P521_SHA512_FIXED, point)
                .verify(signed, signature)
                .is_ok(),
            _ => false,
        };
        if valid { Ok(()) } else { Err(BadSignature::Invalid) }
    }
}
