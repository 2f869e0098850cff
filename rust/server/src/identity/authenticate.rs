//! From the `Authorization` header to a [`Caller`] (authentication 1 and 2).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::RwLock;
use secrecy::SecretString;
use spe_auth::authorization;
use spe_auth::registry::{ClientRecord, Finding, Problem, Registry};
use spe_auth::secret::{self, WeakSecret};
use spe_auth::shared_secret::{Rules, Signer, Validator, Verified};
use spe_auth::{Algorithm, Family, Issuer, Refused, Token, TokenError};

use super::authorise::permits;
use super::{AuthKind, Caller, Owner, Policy, Rejection};
use crate::config::{Account, Permission, ServerConfig, SharedSecretProvider};

/// Largest clock skew that goes without a warning, in seconds.
const WIDE_SKEW: i64 = 300;

/// Who may call. It knows no request and keeps nothing of one.
#[derive(Debug)]
pub struct Identity {
    validator: Validator,
    secret: Option<SecretString>,
    clients: RwLock<Arc<Registry>>,
    detailed_errors: bool,
    suppress_warnings: bool,
    /// By the name in ASCII lower case: that case is all that may differ (authentication 1.10).
    accounts: RwLock<Arc<BTreeMap<String, Account>>>,
    permissions: BTreeMap<String, Vec<Permission>>,
    lifetime_warned: AtomicBool,
}

/// A caller who has proven who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticated {
    /// The caller.
    pub caller: Caller,
    /// Why the caller's policy allows nothing, where it does.
    pub without_policy: Option<NoPolicy>,
}

/// Why a caller has no policy that would allow anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoPolicy {
    /// The token or the client record names one that nobody knows.
    Unknown {
        /// What names it, as log lines say it.
        source: &'static str,
        /// The name.
        name: String,
    },
    /// The client record names none (authentication 3.2).
    Unassigned,
}

/// Why the server must not start with this configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The shared secret can be guessed.
    #[error("authenticationProvider/sharedSecret: {0}")]
    Secret(WeakSecret),
    /// A client has the secret of the server (N380): without its `kid` it would be somebody else.
    #[error("the client {0} has the sharedSecret of the server; give it one of its own: spe-server client rotate")]
    ClientHasServerSecret(String),
}

impl Identity {
    /// Reads who may call. `audiences` are the origins by which callers reach the server (`https://host[:port]`); those of the
    /// configuration come on top. Says in the log what is active and what will not work.
    pub fn new(config: &ServerConfig, audiences: Vec<String>) -> Result<Self, IdentityError> {
        let provider = config.spe.shared_secret.as_ref();
        let secret = provider.and_then(|provider| provider.secret.as_ref());
        if let Some(secret) = secret {
            secret::check(secret, Algorithm::HS256).map_err(IdentityError::Secret)?;
        }
        let rules = provider.map_or_else(Rules::default, |provider| rules(provider, audiences));
        match provider {
            Some(provider) => announce(provider, &rules),
            None => warning(
                "noProvider",
                "there is no authenticationProvider: every request is refused",
            ),
        }
        let (clients, findings) = Registry::new(&config.clients, secret);
        if let Some(found) = findings.iter().find(|found| found.problem == Problem::ServerSecret) {
            return Err(IdentityError::ClientHasServerSecret(found.record.clone()));
        }
        tell(&findings);
        let permissions = config.spe.services.iter();
        Ok(Self {
            validator: Validator::new(secret, rules),
            secret: secret.cloned(),
            clients: RwLock::new(Arc::new(clients)),
            detailed_errors: provider.is_some_and(|provider| provider.detailed_errors),
            suppress_warnings: provider.is_some_and(|provider| provider.suppress_warnings),
            accounts: RwLock::new(Arc::new(config.accounts.clone())),
            permissions: permissions
                .map(|(name, service)| (name.clone(), service.authorization.clone()))
                .collect(),
            lifetime_warned: AtomicBool::new(false),
        })
    }

    /// Who calls, by the values of all `Authorization` lines of the request, `now_unix` seconds after 1970.
    pub fn authenticate<'a>(
        &self,
        values: impl IntoIterator<Item = &'a [u8]>,
        now_unix: i64,
    ) -> Result<Authenticated, Rejection> {
        let bearer = authorization::bearer(values)?;
        let unread = |error| Rejection::Token {
            refused: Refused::unproven(error),
            claimed: None,
        };
        let token = Token::parse(bearer.token()).map_err(unread)?;
        match token.family().map_err(unread)? {
            Family::SharedSecret => self.by_secret(&token, now_unix),
            Family::Public(_) => Err(unread(TokenError::ProviderUnregistered)),
        }
    }

    fn by_secret(&self, token: &Token<'_>, now_unix: i64) -> Result<Authenticated, Rejection> {
        let kind = match token.key_id() {
            Some(_) => AuthKind::ClientSecret,
            None => AuthKind::ConfigSecret,
        };
        let clients = self.clients.read().clone();
        let verified = self.validator.validate(token, &clients, now_unix);
        let verified = verified.map_err(|refused| Rejection::Token {
            refused,
            claimed: Some(kind),
        })?;
        if verified.lifetime_unchecked && !self.lifetime_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(target: "Auth", action = "tokenLifetimeCheckSkipped", reason = "missingIatClaim");
        }
        let Verified {
            signer,
            client_session,
            scope,
            ..
        } = verified;
        let (user, client) = match signer {
            Signer::Server { user } => (user, None),
            Signer::Client(record) if record.impersonated_user.is_empty() => {
                return Err(Rejection::ClientWithoutAccount(record.name.clone()));
            }
            Signer::Client(record) => (record.impersonated_user.clone(), Some(record)),
        };
        let accounts = self.accounts();
        let Some(account) = accounts.get(&user.to_ascii_lowercase()) else {
            return Err(Rejection::UnknownAccount { user, kind });
        };
        let without_policy = without_policy(client.as_deref(), scope);
        let owner = match &client {
            Some(client) => format!("client:{}", client.id),
            None => format!("user:{}", account.name.to_ascii_lowercase()),
        };
        let caller = Caller {
            user: account.name.clone(),
            owner: Owner(owner.into()),
            policy: match without_policy {
                None => Policy::unrestricted(),
                Some(_) => Policy::deny_all(),
            },
            auth_kind: kind,
            client_session,
            client: client.map(|client| client.name.as_str().into()),
        };
        Ok(Authenticated { caller, without_policy })
    }

    /// Goes by these client records from now on. Those that cannot be used are told.
    pub(crate) fn replace_clients(&self, records: &[ClientRecord]) {
        let (clients, findings) = Registry::new(records, self.secret.as_ref());
        tell(&findings);
        *self.clients.write() = Arc::new(clients);
    }

    /// Goes by `accounts` from now on. Requests that have proven who they are go on.
    pub(crate) fn replace_accounts(&self, accounts: BTreeMap<String, Account>) {
        *self.accounts.write() = Arc::new(accounts);
    }

    fn accounts(&self) -> Arc<BTreeMap<String, Account>> {
        self.accounts.read().clone()
    }

    /// Whether `caller` may use `service` (authentication 1.11). Whom no entry names may not.
    pub fn authorises(&self, caller: &Caller, service: &str) -> bool {
        let accounts = self.accounts();
        let account = accounts.get(&caller.user.to_ascii_lowercase());
        let permissions = self.permissions.get(service);
        match (account, permissions) {
            (Some(account), Some(permissions)) => !caller.policy.is_deny_all() && permits(permissions, account),
            _ => false,
        }
    }

    /// Whether the log leaves out why a token was refused (authentication 2.6).
    pub fn suppress_warnings(&self) -> bool {
        self.suppress_warnings
    }

    /// Whether the log may tell more about a refused token than its reason (authentication 2.6).
    pub fn detailed_errors(&self) -> bool {
        self.detailed_errors
    }
}

/// The policy of a client record and those of the token's `scope`, which only narrow (authentication 2.8): one that nobody knows leaves
/// nothing.
fn without_policy(client: Option<&ClientRecord>, scope: Vec<String>) -> Option<NoPolicy> {
    let unknown = |name: &String| !name.eq_ignore_ascii_case(Policy::UNRESTRICTED);
    if let Some(client) = client {
        match &client.policy {
            None => return Some(NoPolicy::Unassigned),
            Some(name) if unknown(name) => {
                let (source, name) = ("client", name.clone());
                return Some(NoPolicy::Unknown { source, name });
            }
            Some(_) => {}
        }
    }
    let name = scope.into_iter().find(unknown)?;
    let source = "tokenScope";
    Some(NoPolicy::Unknown { source, name })
}

/// What is wrong with client records (authentication 3.8).
fn tell(findings: &[Finding]) {
    for Finding { record, problem } in findings {
        let code = problem.code();
        tracing::error!(target: "RemotingClient", action = "clientUnusable", record, code, detail = %problem);
    }
}

fn rules(provider: &SharedSecretProvider, mut audiences: Vec<String>) -> Rules {
    audiences.extend(provider.allowed_audiences.iter().cloned());
    Rules {
        allowed_issuers: provider.allowed_issuers.clone(),
        allowed_audiences: audiences,
        max_lifetime_seconds: provider.max_token_lifetime_seconds,
        clock_skew_seconds: provider.clock_skew_seconds,
        require_iat: provider.require_iat,
    }
}

/// The lines of authentication 7.6 and 9.4.
fn announce(provider: &SharedSecretProvider, rules: &Rules) {
    let (issuers, audiences) = (rules.allowed_issuers.len(), rules.allowed_audiences.len());
    tracing::info!(
        target: "AuthConfig",
        action = "providerActive",
        provider = "SharedSecretAuthenticationProvider",
        issuers,
        audiences
    );
    if provider.secret.is_none() {
        warning(
            "sharedSecretMissing",
            "there is no sharedSecret: every token is refused",
        );
    }
    if rules.allowed_audiences.is_empty() {
        warning(
            "incompleteProvider",
            "no audience means this server: every token is refused",
        );
    }
    let comparable = |issuer: &String| Issuer::canonical(issuer).is_some();
    if !rules.allowed_issuers.iter().any(comparable) {
        warning("incompleteProvider", "no issuer is allowed: every token is refused");
    }
    if rules.clock_skew_seconds > WIDE_SKEW {
        warning("wideClockSkew", "clockSkewSeconds is above 300");
    }
}

fn warning(code: &str, detail: &str) {
    tracing::warn!(target: "AuthConfig", action = "startupWarning", code, detail);
}
