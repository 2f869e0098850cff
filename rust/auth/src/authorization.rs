//! The `Authorization` header (1.2, 1.3).

use std::fmt;

/// Longest value of the header, in bytes. With the scheme and one space taken off, a token of the largest size fits.
pub const MAX_LEN: usize = 16_384;
/// Longest scheme that a log line may show: without a separator the token itself stands in its place.
const SCHEME_SHOWN: usize = 16;

/// The credential of a request. It has no `Debug` that shows it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Bearer<'a>(&'a str);

impl<'a> Bearer<'a> {
    /// The token.
    pub fn token(self) -> &'a str {
        self.0
    }
}

impl fmt::Debug for Bearer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer(..)")
    }
}

/// Why there is no credential to look at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// The header is not there, or says nothing.
    #[error("there is no Authorization header")]
    Absent,
    /// Its scheme is not `Bearer`. The scheme stands here when it is up to 16 letters.
    #[error("the scheme is not supported")]
    UnsupportedScheme(Option<String>),
    /// It stands more than once, has bytes no credential has, or nothing behind `Bearer`.
    #[error("the Authorization header is malformed")]
    Malformed,
    /// It is longer than any credential.
    #[error("the Authorization header is too large")]
    TooLarge,
}

impl HeaderError {
    /// The stable word for it in log lines (4.11).
    pub fn code(&self) -> &'static str {
        match self {
            Self::Absent => "authRequired",
            Self::UnsupportedScheme(_) => "unsupportedScheme",
            Self::Malformed => "malformedAuthorization",
            Self::TooLarge => "tokenTooLarge",
        }
    }
}

/// The bearer token in the values of all `Authorization` lines of a request. Two lines are refused even when they are the
/// same: nobody may choose for the caller which one counts.
pub fn bearer<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> Result<Bearer<'a>, HeaderError> {
    let mut values = values.into_iter();
    let value = values.next().ok_or(HeaderError::Absent)?;
    if values.next().is_some() {
        return Err(HeaderError::Malformed);
    }
    if value.len() > MAX_LEN {
        return Err(HeaderError::TooLarge);
    }
    let text = std::str::from_utf8(value).map_err(|_| HeaderError::Malformed)?;
    if text.is_empty() {
        return Err(HeaderError::Absent);
    }
    let (scheme, credential) = text.split_once(' ').unwrap_or((text, ""));
    // RFC 9110 11.1: the scheme is compared without regard to case (AU-D-01, WP-D-18).
    if !scheme.eq_ignore_ascii_case("Bearer") {
        let letters =
            (1..=SCHEME_SHOWN).contains(&scheme.len()) && scheme.bytes().all(|byte| byte.is_ascii_alphabetic());
        return Err(HeaderError::UnsupportedScheme(letters.then(|| scheme.to_owned())));
    }
    match credential.trim_start_matches(' ') {
        "" => Err(HeaderError::Malformed),
        token => Ok(Bearer(token)),
    }
}
