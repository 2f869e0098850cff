//! The `Authorization` header (1.2 to 1.4).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use crate::username;

/// Longest value of the header, in bytes. With the scheme and one space taken off, a token of the largest size fits.
pub const MAX_LEN: usize = 16_384;
/// Longest scheme that a log line may show: without a separator the token itself stands in its place.
const SCHEME_SHOWN: usize = 16;

/// The credential of a request.
#[derive(Debug)]
pub enum Credential<'a> {
    /// A token.
    Bearer(Bearer<'a>),
    /// A name and a password.
    Basic(Login),
}

/// A name and a password, of which nothing is proven.
#[derive(Debug)]
pub struct Login {
    /// The name, `domain\account`.
    pub user: String,
    /// The password.
    pub password: SecretString,
}

impl Login {
    /// The login of a name as somebody typed it, unless one of the two is empty, no name of an account, or holds controls (1.4, 1.10).
    pub fn new(user: &str, password: &str) -> Result<Self, HeaderError> {
        if user.is_empty() || password.is_empty() {
            return Err(HeaderError::Absent);
        }
        if password.chars().any(char::is_control) {
            return Err(HeaderError::MalformedBasic);
        }
        let user = username::normalise(user).ok_or(HeaderError::InvalidUsername)?;
        Ok(Self {
            user,
            password: password.into(),
        })
    }

    /// Reads `base64(user:password)`. Bytes are characters of ISO-8859-1, as stock clients write them.
    fn basic(credential: &str) -> Result<Self, HeaderError> {
        let bytes = STANDARD.decode(credential).map(Zeroizing::new);
        let bytes = bytes.map_err(|_| HeaderError::MalformedBasic)?;
        let text: Zeroizing<String> = Zeroizing::new(bytes.iter().map(|byte| char::from(*byte)).collect());
        let (user, password) = text.split_once(':').ok_or(HeaderError::MalformedBasic)?;
        Self::new(user, password)
    }
}

/// A token as it came. It has no `Debug` that shows it.
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
    /// The header is not there, or says nothing, as `Basic` without a name or a password does.
    #[error("there is no Authorization header")]
    Absent,
    /// Its scheme is neither `Bearer` nor `Basic`. The scheme stands here when it is up to 16 letters.
    #[error("the scheme is not supported")]
    UnsupportedScheme(Option<String>),
    /// It stands more than once, has bytes no credential has, or nothing behind `Bearer`.
    #[error("the Authorization header is malformed")]
    Malformed,
    /// What stands behind `Basic` is no base64 of a name, a colon and a password.
    #[error("the Basic credential is malformed")]
    MalformedBasic,
    /// The name cannot be the name of an account.
    #[error("the name is not one of an account")]
    InvalidUsername,
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
            Self::MalformedBasic => "malformedBasic",
            Self::InvalidUsername => "invalidUsername",
            Self::TooLarge => "tokenTooLarge",
        }
    }
}

/// The credential in the values of all `Authorization` lines of a request. Two lines are refused even when they are the
/// same: nobody may choose for the caller which one counts.
pub fn credential<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> Result<Credential<'a>, HeaderError> {
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
    if scheme.eq_ignore_ascii_case("Basic") {
        return Login::basic(credential.trim_start_matches(' ')).map(Credential::Basic);
    }
    if !scheme.eq_ignore_ascii_case("Bearer") {
        let letters =
            (1..=SCHEME_SHOWN).contains(&scheme.len()) && scheme.bytes().all(|byte| byte.is_ascii_alphabetic());
        return Err(HeaderError::UnsupportedScheme(letters.then(|| scheme.to_owned())));
    }
    match credential.trim_start_matches(' ') {
        "" => Err(HeaderError::Malformed),
        token => Ok(Credential::Bearer(Bearer(token))),
    }
}
