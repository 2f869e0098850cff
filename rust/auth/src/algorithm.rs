//! The algorithms a shared secret signs with.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::hmac;

/// HMAC over the hash its name says (authentication 2.2). The list is closed: no other algorithm signs with a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// HMAC with SHA-256.
    HS256,
    /// HMAC with SHA-384.
    HS384,
    /// HMAC with SHA-512.
    HS512,
}

/// A name that is none of an [`Algorithm`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the algorithm {shown:?} is not known; use HS256, HS384 or HS512")]
pub struct UnknownAlgorithm {
    shown: String,
}

impl Algorithm {
    /// All of them, weakest first.
    pub const ALL: [Self; 3] = [Self::HS256, Self::HS384, Self::HS512];

    /// The value of `alg`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HS256 => "HS256",
            Self::HS384 => "HS384",
            Self::HS512 => "HS512",
        }
    }

    /// Bytes of a signature, which is also the least a secret must have.
    pub fn tag_bytes(self) -> usize {
        match self {
            Self::HS256 => 32,
            Self::HS384 => 48,
            Self::HS512 => 64,
        }
    }

    /// The algorithm whose `alg` is exactly `text`; a token's header has no second spelling (authentication 1.6).
    pub fn from_header(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == text)
    }

    /// The MAC to compute.
    pub(crate) fn mac(self) -> hmac::Algorithm {
        match self {
            Self::HS256 => hmac::HMAC_SHA256,
            Self::HS384 => hmac::HMAC_SHA384,
            Self::HS512 => hmac::HMAC_SHA512,
        }
    }
}

/// Takes the name in any case, as a user types it: what is minted always has it in capitals (CM-D-31).
impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(text: &str) -> Result<Self, UnknownAlgorithm> {
        let known = Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str().eq_ignore_ascii_case(text));
        known.ok_or_else(|| UnknownAlgorithm {
            shown: text.chars().take(32).collect(),
        })
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
