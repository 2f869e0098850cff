//! Who calls: credentials to a [`Caller`], and what a caller may use.

use std::sync::Arc;

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
}

/// Key of ownership, compared as a whole: `user:<name>` in lower case, later also a client record's id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Owner(pub Arc<str>);

/// How a caller proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthKind {
    /// A token signed with the server-wide secret.
    ConfigSecret,
}

impl AuthKind {
    /// The name in log lines (authentication 1.8).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ConfigSecret => "configSecret",
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
    /// The built-in policy of those who signed in with the server-wide secret (wire protocol 7.2).
    pub fn unrestricted() -> Arc<Self> {
        Arc::new(Self {
            name: "unrestricted".into(),
            language_mode: LanguageMode::Full,
        })
    }
}
