//! Who calls: credentials to a [`Caller`], and what a caller may use.

mod authenticate;
mod authorise;
mod oauth;
mod passwords;
mod rejection;
mod startup;

use std::sync::{Arc, LazyLock};

use crate::throttle::Throttled;

pub use authenticate::{Authenticated, Identity, IdentityError, NoPolicy, Presented, QueryLogin};
pub use oauth::FetcherError;
pub use passwords::{NoHash, PasswordHash};
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

/// The effective policy of a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Policy {
    /// Its name; `unrestricted` for the built-in one.
    pub name: String,
    /// The language mode scripts run in.
    pub language_mode: LanguageMode,
}

/// PowerShell's language modes that policies use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LanguageMode {
    /// Everything.
    Full,
    /// No methods and types beyond the core ones.
    Constrained,
}

impl LanguageMode {
    /// The engine's name for it, as in `X-SPE-LanguageMode`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "FullLanguage",
            Self::Constrained => "ConstrainedLanguage",
        }
    }
}

impl Policy {
    /// Name of [`Self::unrestricted`].
    pub const UNRESTRICTED: &str = "unrestricted";
    /// Name of [`Self::deny_all`].
    const DENY_ALL: &str = "deny-all";

    /// The built-in policy of those who signed in with the server-wide secret (wire protocol 7.2).
    pub fn unrestricted() -> Arc<Self> {
        static UNRESTRICTED: LazyLock<Arc<Policy>> = LazyLock::new(|| {
            Arc::new(Policy {
                name: Policy::UNRESTRICTED.into(),
                language_mode: LanguageMode::Full,
            })
        });
        UNRESTRICTED.clone()
    }

    /// What a call gets that asks for a policy nobody knows: nothing (authentication 2.8).
    pub fn deny_all() -> Arc<Self> {
        Arc::new(Self {
            name: Self::DENY_ALL.into(),
            language_mode: LanguageMode::Constrained,
        })
    }

    /// Whether it allows nothing at all.
    pub fn is_deny_all(&self) -> bool {
        self.name == Self::DENY_ALL
    }
}
