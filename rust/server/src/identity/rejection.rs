//! Why nobody is authenticated. For the log: callers get the same reply for all of it but what `http::challenge` tells.

use spe_auth::TokenError;
use spe_auth::authorization::HeaderError;

use super::AuthKind;

/// Why the credentials of a request prove nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// There is no credential to look at.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The token is not taken.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The token is good and names this account, which does not exist.
    #[error("no account has the name {0:?}")]
    UnknownAccount(String),
}

impl Rejection {
    /// The stable word for it in log lines (authentication 4.11).
    pub fn code(&self) -> &'static str {
        match self {
            Self::Header(error) => error.code(),
            Self::Token(error) => error.code(),
            Self::UnknownAccount(_) => "unknownAccount",
        }
    }

    /// Whether the caller has proven to hold the secret (authentication 4.10).
    pub fn proven(&self) -> bool {
        match self {
            Self::Header(_) => false,
            Self::Token(error) => error.proven(),
            Self::UnknownAccount(_) => true,
        }
    }

    /// The account that a proven token names.
    pub fn user(&self) -> Option<&str> {
        match self {
            Self::UnknownAccount(user) => Some(user),
            Self::Header(_) | Self::Token(_) => None,
        }
    }

    /// Whose secret the token claims to be signed with, as log lines name it (authentication 1.8).
    pub fn auth_kind(&self) -> &'static str {
        match self {
            Self::Token(TokenError::ClientNotFound(_)) => "sharedSecretClient",
            Self::Token(
                TokenError::TooLarge
                | TokenError::Malformed(_)
                | TokenError::CriticalHeader
                | TokenError::AlgorithmNotAllowed(_)
                | TokenError::ProviderUnregistered,
            )
            | Self::Header(_) => "none",
            Self::Token(_) | Self::UnknownAccount(_) => AuthKind::ConfigSecret.as_str(),
        }
    }
}
