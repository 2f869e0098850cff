//! From the `Authorization` header to a [`Caller`] (authentication 1 and 2).

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::RwLock;
use secrecy::{ExposeSecret as _, SecretString};
use spe_auth::authorization::{self, Credential, HeaderError, Login};
use spe_auth::oauth::{Identified, Subject};
use spe_auth::registry::{ClientRecord, Problem, Registry};
use spe_auth::secret::{self, WeakSecret};
use spe_auth::shared_secret::{Rules, Signer, Validator, Verified};
use spe_auth::{Algorithm, Family, PublicAlgorithm, Refused, Token};

use super::authorise::permits;
use super::oauth::{FetcherError, Providers};
use super::passwords::{LoginError, Passwords};
use super::policy::NamedPolicy;
use super::startup::{announce_oauth, announce_secret, tell, warning};
use super::{AuthKind, Caller, Owner, Policies, Policy, Rejection, Voice};
use crate::clock::Clock;
use crate::config::{Account, Permission, ServerConfig, SharedSecretProvider};
use crate::throttle::Throttled;

/// Who may call. It knows no request and keeps nothing of one.
#[derive(Debug)]
pub struct Identity {
    validator: Validator,
    secret: Option<SecretString>,
    providers: Providers,
    passwords: Passwords,
    allow_query_credentials: bool,
    clock: Arc<dyn Clock>,
    /// None while nobody knows which clients there are.
    clients: RwLock<Option<Arc<Registry>>>,
    policies: RwLock<Arc<Policies>>,
    voice: Voice,
    /// By the name in ASCII lower case: that case is all that may differ (authentication 1.10).
    accounts: RwLock<Arc<BTreeMap<String, Account>>>,
    permissions: BTreeMap<String, Vec<Permission>>,
    lifetime_warned: AtomicBool,
}

/// What a request shows of who calls.
#[derive(Debug)]
pub struct Presented<'a, A> {
    /// The values of all `Authorization` lines.
    pub authorization: A,
    /// A name and a password in the query.
    pub query: Option<QueryLogin<'a>>,
    /// From where it comes.
    pub ip: IpAddr,
    /// Its id, for the log.
    pub rid: &'a str,
}

/// A name and a password as they stand in a query (authentication 1.2).
#[derive(Debug, Clone, Copy)]
pub struct QueryLogin<'a> {
    /// The name.
    pub user: &'a str,
    /// The password.
    pub password: &'a SecretString,
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
    /// The system has no random numbers, without which passwords could be found out.
    #[error("the system has no random numbers")]
    Random,
    /// The keys of identity providers cannot be fetched.
    #[error(transparent)]
    Fetcher(#[from] FetcherError),
}

impl Identity {
    /// Reads who may call. `audiences` are the origins by which callers reach the server (`https://host[:port]`); those of the
    /// configuration come on top. Says in the log what is active and what will not work.
    pub fn new(config: &ServerConfig, audiences: Vec<String>, clock: Arc<dyn Clock>) -> Result<Self, IdentityError> {
        let provider = config.spe.shared_secret.as_ref();
        let secret = provider.and_then(|provider| provider.secret.as_ref());
        if let Some(secret) = secret {
            secret::check(secret, Algorithm::HS256).map_err(IdentityError::Secret)?;
        }
        let rules = provider.map_or_else(Rules::default, |provider| rules(provider, audiences));
        let providers = Providers::new(&config.spe.oauth, config.key_authorities.as_deref(), clock.clone())?;
        if let Some(provider) = provider {
            announce_secret(provider, &rules, !config.spe.oauth.is_empty());
        } else if config.spe.oauth.is_empty() {
            warning(
                "noProvider",
                "there is no authenticationProvider: every request is refused",
            );
        }
        announce_oauth(&config.spe.oauth, provider, &providers);
        let (clients, findings) = Registry::new(&config.clients, secret);
        if let Some(found) = findings.iter().find(|found| found.problem == Problem::ServerSecret) {
            return Err(IdentityError::ClientHasServerSecret(found.record.clone()));
        }
        tell(&findings);
        let permissions = config.spe.services.iter();
        Ok(Self {
            validator: Validator::new(secret, rules),
            secret: secret.cloned(),
            providers,
            passwords: Passwords::new(clock.clone()).ok_or(IdentityError::Random)?,
            allow_query_credentials: config.spe.allow_query_credentials.unwrap_or(true),
            clock,
            clients: RwLock::new(Some(Arc::new(clients))),
            policies: RwLock::new(Arc::new(known_policies(&config.policies))),
            voice: Voice {
                detailed: provider.is_some_and(|provider| provider.detailed_errors),
                silent: provider.is_some_and(|provider| provider.suppress_warnings),
            },
            accounts: RwLock::new(Arc::new(config.accounts.clone())),
            permissions: permissions
                .map(|(name, service)| (name.clone(), service.authorization.clone()))
                .collect(),
            lifetime_warned: AtomicBool::new(false),
        })
    }

    /// Who calls. Tokens of identity providers may wait for keys, at most 20 s, and passwords to be hashed, at most 5 s and a moment.
    pub async fn authenticate<'a>(
        &self,
        presented: Presented<'a, impl IntoIterator<Item = &'a [u8]>>,
    ) -> Result<Authenticated, Rejection> {
        let Presented {
            authorization,
            query,
            ip,
            rid,
        } = presented;
        let bearer = match (authorization::credential(authorization), query) {
            (Ok(Credential::Bearer(bearer)), _) => bearer,
            (Ok(Credential::Basic(login)), _) => return Box::pin(self.by_password(login, ip)).await,
            (Err(HeaderError::Absent), Some(_)) if !self.allow_query_credentials => {
                return Err(Rejection::QueryCredentials);
            }
            (Err(HeaderError::Absent), Some(query)) => {
                let login = Login::new(query.user, query.password.expose_secret())?;
                tracing::warn!(target: "Remoting", action = "deprecatedAuth", reason = "queryStringCredentials", %ip, rid);
                return Box::pin(self.by_password(login, ip)).await;
            }
            (Err(error), _) => return Err(error.into()),
        };
        let unread = |error| self.rejection(Refused::unproven(error), None);
        let token = Token::parse(bearer.token()).map_err(unread)?;
        match token.family().map_err(unread)? {
            Family::SharedSecret => self.by_secret(&token),
            Family::Public(algorithm) => Box::pin(self.by_provider(token, algorithm, rid)).await,
        }
    }

    /// Whoever has the password of an account acts as it, without any bound but those of all (wire protocol 7.2).
    async fn by_password(&self, login: Login, ip: IpAddr) -> Result<Authenticated, Rejection> {
        let account = self.accounts().get(&lower(&login.user)).cloned();
        let hash = account.as_ref().and_then(|account| account.password.as_ref());
        match (self.passwords.check(&login, hash, ip).await, account) {
            (Ok(()), Some(account)) => {
                let otherwise = format!("user:{}", lower(&account.name));
                Ok(self.authenticated(account.name, AuthKind::Password, None, Vec::new(), otherwise))
            }
            (Ok(()), None) | (Err(LoginError::Wrong), _) => Err(Rejection::WrongPassword { user: login.user }),
            (Err(LoginError::TooMany(retry_after)), _) => Err(Rejection::TooManyLogins {
                user: login.user,
                retry_after,
            }),
            (Err(LoginError::Busy), _) => Err(Rejection::LoginsBusy),
        }
    }

    /// Whether anybody can sign in with a password at all.
    pub(crate) fn takes_passwords(&self) -> bool {
        self.accounts().values().any(|account| account.password.is_some())
    }

    fn by_secret(&self, token: &Token<'_>) -> Result<Authenticated, Rejection> {
        let kind = match token.key_id() {
            Some(_) => AuthKind::ClientSecret,
            None => AuthKind::ConfigSecret,
        };
        let clients = match kind {
            AuthKind::ConfigSecret => Arc::default(),
            _ => self.clients()?,
        };
        let verified = self.validator.validate(token, &clients, self.clock.unix());
        let Verified {
            signer,
            client_session,
            scope,
            lifetime_unchecked,
        } = verified.map_err(|refused| self.rejection(refused, Some(kind)))?;
        self.tell_unchecked(lifetime_unchecked);
        let (user, client) = match signer {
            Signer::Server { user } => (user, None),
            Signer::Client(record) => (acts_as(&record, kind)?, Some(record)),
        };
        let account = self.account(user, kind)?;
        let otherwise = format!("user:{}", lower(&account));
        let mut authenticated = self.authenticated(account, kind, client.as_deref(), scope, otherwise);
        authenticated.caller.client_session = client_session;
        Ok(authenticated)
    }

    /// The caller who acts as `account`: a client, else whoever owns as `otherwise`.
    fn authenticated(
        &self,
        account: String,
        auth_kind: AuthKind,
        client: Option<&ClientRecord>,
        scope: Vec<String>,
        otherwise: String,
    ) -> Authenticated {
        let (policy, without_policy) = effective(&self.policies(), client, scope);
        let caller = Caller {
            user: account,
            // Decisions, owner.
            owner: Owner(
                client
                    .map_or(otherwise, |client| format!("client:{}", client.id))
                    .into(),
            ),
            policy,
            auth_kind,
            client_session: None,
            throttled: client.and_then(throttled),
            client: client.map(|client| client.name.as_str().into()),
            client_id: None,
        };
        Authenticated { caller, without_policy }
    }

    /// Scopes of an identity provider are its own: they choose no policy (authentication 2.8).
    async fn by_provider(
        &self,
        token: Token<'_>,
        algorithm: PublicAlgorithm,
        rid: &str,
    ) -> Result<Authenticated, Rejection> {
        let clients = self.clients()?;
        let admit = |identified: &Identified| {
            let (user, client, kind) = match &identified.subject {
                Subject::Account(user) => (user.clone(), None, AuthKind::OAuthBearer),
                Subject::Client(record) => {
                    let user = acts_as(record, AuthKind::OAuthClient)?;
                    (user, Some(record.clone()), AuthKind::OAuthClient)
                }
            };
            Ok((self.account(user, kind)?, client, kind))
        };
        let authenticating = self.providers.authenticate(token, algorithm, &clients, rid, admit);
        let (identified, (account, client, kind)) = authenticating.await?;
        let Identified {
            issuer,
            client_id,
            client_session,
            lifetime_unchecked,
            ..
        } = identified;
        self.tell_unchecked(lifetime_unchecked);
        let otherwise = format!("oauth:{}|{}", issuer.as_str(), lower(&account));
        let mut authenticated = self.authenticated(account, kind, client.as_deref(), Vec::new(), otherwise);
        authenticated.caller.client_session = client_session;
        authenticated.caller.client_id = client_id.map(Into::into);
        Ok(authenticated)
    }

    fn rejection(&self, refused: Refused, claimed: Option<AuthKind>) -> Rejection {
        Rejection::Token {
            refused,
            claimed,
            voice: self.voice,
        }
    }

    fn tell_unchecked(&self, unchecked: bool) {
        if unchecked && !self.lifetime_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(target: "Auth", action = "tokenLifetimeCheckSkipped", reason = "missingIatClaim");
        }
    }

    /// The account of this name as it is written in the file.
    fn account(&self, user: String, kind: AuthKind) -> Result<String, Rejection> {
        let account = self
            .accounts()
            .get(&user.to_ascii_lowercase())
            .map(|account| account.name.clone());
        account.ok_or(Rejection::UnknownAccount {
            user,
            kind,
            voice: self.voice,
        })
    }

    fn clients(&self) -> Result<Arc<Registry>, Rejection> {
        self.clients.read().clone().ok_or(Rejection::ColdStart)
    }

    /// Goes by these client records from now on. Those that cannot be used are told.
    pub(crate) fn replace_clients(&self, records: &[ClientRecord]) {
        let (clients, findings) = Registry::new(records, self.secret.as_ref());
        tell(&findings);
        *self.clients.write() = Some(Arc::new(clients));
    }

    /// Takes no client until the records are read again: too long nobody could say which of them still count (authentication 3.7).
    pub(crate) fn forget_clients(&self) {
        *self.clients.write() = None;
    }

    /// Goes by these policies from now on. Sessions that there are keep theirs.
    pub(crate) fn replace_policies(&self, policies: &[NamedPolicy]) {
        *self.policies.write() = Arc::new(known_policies(policies));
    }

    fn policies(&self) -> Arc<Policies> {
        self.policies.read().clone()
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
            (Some(account), Some(permissions)) => {
                caller.policy.allows_service(service) && permits(permissions, account)
            }
            _ => false,
        }
    }
}

/// As whom a client acts.
fn acts_as(record: &ClientRecord, kind: AuthKind) -> Result<String, Rejection> {
    if record.impersonated_user.is_empty() {
        let client = record.name.clone();
        return Err(Rejection::ClientWithoutAccount { client, kind });
    }
    Ok(record.impersonated_user.clone())
}

/// What there is of policies. Those that clash are told.
fn known_policies(own: &[NamedPolicy]) -> Policies {
    let (policies, doubled) = Policies::new(own);
    for id in doubled {
        tracing::error!(target: "Policy", action = "policyUnusable", code = "duplicatePolicy", policy = id);
    }
    policies
}

/// The limit of a client, which counts by its record.
fn throttled(client: &ClientRecord) -> Option<Throttled> {
    let throttle = client.throttle?;
    let id = client.id.as_str().into();
    Some(Throttled { id, throttle })
}

fn lower(account: &str) -> String {
    account.to_ascii_lowercase()
}

/// The policy of a client record, else the unrestricted one, narrowed by those of the token's `scope` (authentication 2.8): one that
/// nobody knows leaves nothing.
fn effective(
    policies: &Policies,
    client: Option<&ClientRecord>,
    scope: Vec<String>,
) -> (Arc<Policy>, Option<NoPolicy>) {
    let unknown = |source, name| (Policy::deny_all(), Some(NoPolicy::Unknown { source, name }));
    let mut policy = match client.map(|client| client.policy.as_ref()) {
        None => Policy::unrestricted(),
        Some(None) => return (Policy::unassigned(), Some(NoPolicy::Unassigned)),
        Some(Some(id)) => match policies.by_id(id) {
            Some(policy) => policy.clone(),
            None => return unknown("client", id.clone()),
        },
    };
    for name in scope {
        match policies.by_name(&name) {
            Some(narrower) => policy = policy.narrowed(narrower),
            None => return unknown("tokenScope", name),
        }
    }
    (policy, None)
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
