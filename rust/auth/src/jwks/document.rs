//! A document of keys (5.3).

use std::sync::Arc;

use serde_json::Value;

use super::key::{Ignored, Key};
use crate::error::{TokenError, shown};
use crate::json::{self, Limits};
use crate::signature::{PublicAlgorithm, VerifyingKey};

/// Most keys of one document.
const MOST_KEYS: usize = 100;

/// What a document may hold. More keys than are taken are read, so that the reason can be told.
const LIMITS: Limits = Limits {
    depth: 8,
    members: 64,
    elements: 4096,
};

/// Why a document gives no keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// It is no strict JSON object with an array of objects under `keys`.
    #[error("the document is no JSON object with keys")]
    Malformed,
    /// There are no keys in it.
    #[error("the document has no keys")]
    Empty,
    /// There are more than 100.
    #[error("the document has more than {MOST_KEYS} keys")]
    TooManyKeys,
}

impl DocumentError {
    /// The stable word for it in log lines (5.5).
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformedDocument",
            Self::Empty => "emptyKeyset",
            Self::TooManyKeys => "tooManyKeys",
        }
    }
}

/// Something about a document that its operator has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// A private key stands in it; it was left out.
    PrivateKeyPublished {
        /// Its `kid`.
        kid: String,
    },
    /// Two different keys for the same algorithm have one `kid`; neither is used.
    DuplicateKid {
        /// The `kid`.
        kid: String,
    },
}

/// The keys of one document.
#[derive(Clone, Default)]
pub struct KeySet {
    keys: Vec<Key>,
}

impl KeySet {
    /// Reads a document. Keys of unknown kinds are passed over; they never make the others useless (RFC 7517 section 5).
    pub fn parse(document: &[u8]) -> Result<(Self, Vec<Note>), DocumentError> {
        let members = json::object(document, LIMITS).ok_or(DocumentError::Malformed)?;
        let published = match members.get("keys") {
            None => return Err(DocumentError::Empty),
            Some(Value::Array(keys)) if keys.is_empty() => return Err(DocumentError::Empty),
            Some(Value::Array(keys)) if keys.len() > MOST_KEYS => return Err(DocumentError::TooManyKeys),
            Some(Value::Array(keys)) => keys,
            Some(_) => return Err(DocumentError::Malformed),
        };
        let (mut keys, mut notes) = (Vec::new(), Vec::new());
        for key in published {
            let members = key.as_object().ok_or(DocumentError::Malformed)?;
            match Key::read(members) {
                Ok(key) => keys.push(key),
                Err(Ignored::Useless) => {}
                Err(Ignored::Private) => notes.push(Note::PrivateKeyPublished {
                    kid: members
                        .get("kid")
                        .and_then(Value::as_str)
                        .map(shown)
                        .unwrap_or_default(),
                }),
            }
        }
        let set = Self { keys };
        notes.extend(set.ambiguous());
        Ok((set, notes))
    }

    /// How many keys it has.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether `kid` is in it at all.
    pub(crate) fn contains(&self, kid: &str) -> bool {
        self.keys.iter().any(|key| key.id == kid)
    }

    /// The one key that `kid` means for a token of `algorithm` (P18 to P20).
    pub(crate) fn resolve(&self, kid: &str, algorithm: PublicAlgorithm) -> Result<&Arc<VerifyingKey>, TokenError> {
        let named: Vec<_> = self.keys.iter().filter(|key| key.id == kid).collect();
        if named.is_empty() {
            return Err(TokenError::KeyNotResolved(shown(kid)));
        }
        let fitting: Vec<_> = named.into_iter().filter(|key| key.fits(algorithm)).collect();
        if fitting.is_empty() {
            return Err(TokenError::KeyAlgorithmMismatch(shown(kid)));
        }
        let usable: Vec<_> = fitting.into_iter().filter(|key| key.verifying().is_some()).collect();
        let Some((first, others)) = usable.split_first() else {
            return Err(TokenError::KeyNotSuitable(shown(kid)));
        };
        if others.iter().any(|other| !other.is_same(first)) {
            return Err(TokenError::KeyNotResolved(shown(kid)));
        }
        first.verifying().ok_or_else(|| TokenError::KeyNotSuitable(shown(kid)))
    }

    /// Every `kid` that two different keys of one algorithm share.
    fn ambiguous(&self) -> Vec<Note> {
        let mut notes: Vec<Note> = Vec::new();
        for (at, key) in self.keys.iter().enumerate() {
            let rival = self.keys[..at].iter().any(|other| {
                let both = |algorithm: PublicAlgorithm| key.fits(algorithm) && other.fits(algorithm);
                other.id == key.id && !other.is_same(key) && PublicAlgorithm::ALL.into_iter().any(both)
            });
            let note = Note::DuplicateKid { kid: shown(&key.id) };
            if rival && !notes.contains(&note) {
                notes.push(note);
            }
        }
        notes
    }
}

impl std::fmt::Debug for KeySet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeySet").field("keys", &self.keys.len()).finish()
    }
}
