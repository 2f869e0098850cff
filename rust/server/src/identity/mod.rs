//! Who calls: credentials to a [`Caller`], and what a caller may use.

mod authenticate;
mod authorise;
mod oauth;
mod passwords;
pub mod policy;
mod rejection;
mod startup;

use std::sync::Arc;

use crate::throttle::Throttled;

pub use authenticate::{Authenticated, Identity, IdentityError, NoPolicy, Presented, QueryLogin};
pub use oauth::FetcherError;
pub use passwords::{NoHash, PasswordHash};
pub use policy::{AuditLevel, Denial, LanguageMode, Policies, Policy};
pub use rejection::{Rejection, Voice};

/// The authenticated caller of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account the call acts as, `domain\name`.
    pub user: String,
    /// Who owns what this call creates.
    pub owner: Owner,
    /// What the call may do.
    pub policy: Arc<Policy>,
    /// How the caller proved who they are; for logs.
    pub auth_kind: AuthKind,
    /// The `client_session` claim; for logs.
    pub client_session: Option<String>,
    /// Name of the client record the caller is; for logs.
    pub client: Option<Arc<str>>,
    /// The client that an identity provider issued the token to; for logs.
    pub client_id: Option<Arc<str>>,
    /// The limit of its requests, where its record has one.
    pub throttled: Option<Throttled>,
}

/// Key of ownership, compared as a whole: `client:<id>` of a client record, else `user:<name>` in lower case, or
/// `oauth:<issuer>|<name>` for tokens of an identity provider.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Owner(pub Arc<str>);

/// How a caller proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthKind {
    /// A token signed with the server-wide secret.
    ConfigSecret,
    /// A token signed with the secret of a client record, an API key.
    ClientSecret,
    /// A token of an identity provider, whose client has a record.
    OAuthClient,
    /// A token of an identity provider, whose client has none.
    OAuthBearer,
    /// A name and a password.
    Password,
}

impl AuthKind {
    /// The name in log lines (authentication 1.8).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ConfigSecret => "configSecret",
            Self::ClientSecret => "sharedSecretClient",
            Self::OAuthClient => "oauthClient",
            Self::OAuthBearer => "oauthBearer",
            Self::Password => "basic",
        }
    }
}
