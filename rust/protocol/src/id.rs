//! Ids of sessions and of script-session jobs: literal text of a strict grammar (WP-D-01).

use std::fmt;

/// Longest id, in characters.
pub const MAX_LEN: usize = 128;

/// An id a caller chose for a session, or the server for a job: `[A-Za-z0-9_.:-]{1,128}`, compared byte for byte.
///
/// None of the characters means anything to a pattern, a path, a header or a log line, so an id can be used everywhere
/// as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct SessionId(String);

/// The text is not an id of the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is 1 to {MAX_LEN} characters out of A-Z a-z 0-9 _ . : -")]
pub struct InvalidId;

impl SessionId {
    /// Takes `text` as an id when it follows the grammar.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':' | b'-');
        if text.is_empty() || text.len() > MAX_LEN || !text.bytes().all(legal) {
            return Err(InvalidId);
        }
        Ok(Self(text.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for SessionId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::parse(text)
    }
}

impl<'de> serde::Deserialize<'de> for SessionId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
