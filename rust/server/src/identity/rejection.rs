//! Why nobody is authenticated. For the log: callers get the same reply for all of it but what `http::challenge` tells.

use spe_auth::authorization::HeaderError;
use spe_auth::{Refused, TokenError};

use super::AuthKind;

/// Why the credentials of a request prove nobody, or somebody who may not call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// There is no credential to look at.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The token is not taken.
    #[error("{refused}")]
    Token {
        /// Why.
        refused: Refused,
        /// What the token claims to be signed with, where it can be read.
        claimed: Option<AuthKind>,
        /// How much of it the log has.
        voice: Voice,
    },
    /// The token is good and is for this account, which does not exist.
    #[error("no account has the name {user:?}")]
    UnknownAccount {
        /// The account.
        user: String,
        /// What signed the token.
        kind: AuthKind,
        /// How much of it the log has.
        voice: Voice,
    },
    /// The token is good, and the client record says no account to act as.
    #[error("the client {client:?} has no impersonatedUser")]
    ClientWithoutAccount {
        /// The client.
        client: String,
        /// What signed the token.
        kind: AuthKind,
    },
    /// The name and the password do not go together.
    #[error("the name and the password do not go together")]
    WrongPassword {
        /// The name, `domain\account`.
        user: String,
    },
    /// There were too many wrong passwords.
    #[error("too many wrong passwords; the next may be tried in {retry_after} s")]
    TooManyLogins {
        /// The name, `domain\account`.
        user: String,
        /// Seconds until the next may be tried.
        retry_after: u32,
    },
    /// More passwords come than can be checked.
    #[error("more passwords come than can be checked")]
    LoginsBusy,
    /// The login stands in the query, where it is not taken.
    #[error("the login stands in the query")]
    QueryCredentials,
    /// The client records were never read, or not for long: nobody knows whether a key still counts.
    #[error("the client records cannot be read")]
    ColdStart,
    /// Tokens are taken once, and too many are in use to remember another.
    #[error("the replay cache is full")]
    ReplayCacheFull,
}

/// How much the log has of a token that a provider refused (authentication 2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Voice {
    /// More than the reason.
    pub detailed: bool,
    /// Not even the reason.
    pub silent: bool,
}

impl Rejection {
    /// The stable word for it in log lines (authentication 4.11).
    pub fn code(&self) -> &'static str {
        match self {
            Self::Header(error) => error.code(),
            Self::Token { refused, .. } => refused.code(),
            Self::UnknownAccount { .. } => "unknownAccount",
            Self::ClientWithoutAccount { .. } => "noImpersonateUser",
            Self::WrongPassword { .. } => "wrongPassword",
            Self::TooManyLogins { .. } => "loginLimit",
            Self::LoginsBusy => "loginsBusy",
            Self::QueryCredentials => "credentialRejected",
            Self::ColdStart => "coldStart",
            Self::ReplayCacheFull => "replayCacheFull",
        }
    }

    /// Whether the caller has proven to hold the secret (authentication 4.10).
    pub fn proven(&self) -> bool {
        match self {
            Self::Header(_)
            | Self::ColdStart
            | Self::WrongPassword { .. }
            | Self::TooManyLogins { .. }
            | Self::LoginsBusy
            | Self::QueryCredentials => false,
            Self::Token { refused, .. } => refused.proven,
            Self::UnknownAccount { .. } | Self::ClientWithoutAccount { .. } | Self::ReplayCacheFull => true,
        }
    }

    /// What is wrong with a token.
    pub fn token_error(&self) -> Option<&TokenError> {
        match self {
            Self::Token { refused, .. } => Some(&refused.error),
            _ => None,
        }
    }

    /// What is wrong with a token whose secret the caller has proven to hold.
    pub fn proven_error(&self) -> Option<&TokenError> {
        match self {
            Self::Token { refused, .. } if refused.proven => Some(&refused.error),
            _ => None,
        }
    }

    /// The account that a proven token is for, or somebody tried to be.
    pub fn user(&self) -> Option<&str> {
        match self {
            Self::UnknownAccount { user, .. } | Self::WrongPassword { user } | Self::TooManyLogins { user, .. } => {
                Some(user)
            }
            _ => None,
        }
    }

    /// How much of it the log has.
    pub fn voice(&self) -> Voice {
        match self {
            Self::Token { voice, .. } | Self::UnknownAccount { voice, .. } => *voice,
            _ => Voice::default(),
        }
    }

    /// Whose secret the token claims to be signed with, as log lines name it (authentication 1.8).
    pub fn auth_kind(&self) -> &'static str {
        let kind = match self {
            Self::Header(_) | Self::ColdStart | Self::QueryCredentials => None,
            Self::WrongPassword { .. } | Self::TooManyLogins { .. } | Self::LoginsBusy => Some(AuthKind::Password),
            Self::Token { claimed, .. } => *claimed,
            Self::UnknownAccount { kind, .. } | Self::ClientWithoutAccount { kind, .. } => Some(*kind),
            Self::ReplayCacheFull => Some(AuthKind::OAuthBearer),
        };
        kind.map_or("none", AuthKind::as_str)
    }
}
