//! Clients with keys of their own: API keys and OAuth clients (3). A registry is an immutable snapshot; a new one replaces it whole,
//! so that no reader ever sees half of two (3.7, AU-D-40).

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::constant_time;
use secrecy::{ExposeSecret as _, SecretString};

use crate::issuer::Issuer;
use crate::shared_secret::SecretKeys;
use crate::{Algorithm, TokenError, secret};

/// Most secrets a client has at a time: the one in use and the one before it.
pub const MOST_SECRETS: usize = 2;
/// Client ids that anybody would guess (3.8).
const RESERVED: [&str; 11] = [
    "admin",
    "administrator",
    "root",
    "test",
    "testing",
    "user",
    "client",
    "null",
    "undefined",
    "default",
    "example",
];
/// Least characters of a client id.
const CLIENT_ID_MIN: usize = 8;

/// A secret and until when it counts.
#[derive(Debug, Clone)]
pub struct ClientSecret {
    /// The secret.
    pub secret: SecretString,
    /// Seconds since 1970 from which on it does not sign any more; none for as long as the record has it.
    pub until: Option<i64>,
}

/// How a client proves who it is.
#[derive(Debug, Clone)]
pub enum ClientKind {
    /// An API key: tokens it signs itself, with its `kid`.
    SharedSecret {
        /// `kid`, compared without regard to ASCII case.
        access_key_id: String,
        /// At most [`MOST_SECRETS`].
        secrets: Vec<ClientSecret>,
    },
    /// Tokens of an identity provider.
    OAuth {
        /// `iss`.
        issuer: String,
        /// Client ids, compared exactly (AU-D-21).
        client_ids: Vec<String>,
    },
}

/// How many requests a client may make in a time (3.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttle {
    /// Requests of a window, at least one.
    pub limit: u32,
    /// Length of a window.
    pub window: Duration,
    /// Whether requests beyond the limit are only told.
    pub bypass: bool,
}

/// One client (3.1).
#[derive(Debug, Clone)]
pub struct ClientRecord {
    /// Key of ownership, policy and throttle; never shown instead of the name, never reused.
    pub id: String,
    /// For people.
    pub name: String,
    /// Whether it may be used.
    pub enabled: bool,
    /// Seconds since 1970 behind which it may not be used. A date that could not be read is the earliest (AU-D-37).
    pub expires: Option<i64>,
    /// Id of its policy.
    pub policy: Option<String>,
    /// The account its calls act as; empty is refused at use.
    pub impersonated_user: String,
    /// How many requests it may make; none is without bound.
    pub throttle: Option<Throttle>,
    /// How it proves who it is.
    pub kind: ClientKind,
}

impl ClientRecord {
    /// Whether it may be used at `now`. That its time is over outweighs that it is switched off.
    pub(crate) fn usable(&self, now: i64) -> Result<(), TokenError> {
        if self.expires.is_some_and(|expires| now > expires) {
            return Err(TokenError::ClientExpired);
        }
        if !self.enabled {
            return Err(TokenError::ClientDisabled);
        }
        Ok(())
    }
}

/// What is wrong with a record. It cannot be used until that is mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Id of the record.
    pub record: String,
    /// What is wrong.
    pub problem: Problem,
}

/// What can be wrong with a record (3.8, 7.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// There is no access key id.
    #[error("the access key id is empty")]
    NoAccessKeyId,
    /// Another record has the same access key id.
    #[error("another client has the same access key id")]
    DuplicateAccessKeyId,
    /// There is no secret.
    #[error("there is no secret")]
    NoSecret,
    /// A secret can be guessed. The record stays, so that its tokens are refused for that.
    #[error("a secret must not sign; use at least 32 random bytes that are no number")]
    WeakSecret,
    /// There is white space around a secret, or more secrets than a client may have.
    #[error("a secret has white space around it, or there are more than {MOST_SECRETS}")]
    MalformedSecret,
    /// A secret is that of another record.
    #[error("another client has the same secret")]
    SharedSecret,
    /// A secret is that of the server.
    #[error("its secret is the sharedSecret of the server, with which it could shed its policy")]
    ServerSecret,
    /// There is no issuer that could equal one.
    #[error("the issuer is empty or no address")]
    NoIssuer,
    /// There are no client ids.
    #[error("there are no client ids")]
    NoClientIds,
    /// A client id is a pattern.
    #[error("a client id holds * or ?")]
    WildcardClientId,
    /// A client id has less than 8 characters.
    #[error("a client id has less than {CLIENT_ID_MIN} characters")]
    ShortClientId,
    /// A client id is a word that anybody would guess.
    #[error("a client id is a reserved word")]
    ReservedClientId,
    /// Another record has the same issuer and client id.
    #[error("another client has the same issuer and client id")]
    DuplicateClientId,
    /// Another record has the same id.
    #[error("another client has the same id")]
    DuplicateId,
}

impl Problem {
    /// The stable word for it in log lines (3.8).
    pub fn code(self) -> &'static str {
        match self {
            Self::NoAccessKeyId => "noAccessKeyId",
            Self::DuplicateAccessKeyId => "duplicateAccessKeyId",
            Self::NoSecret => "noSecret",
            Self::WeakSecret => "secretTooShort",
            Self::MalformedSecret => "malformedSecret",
            Self::SharedSecret => "sharedSecretReused",
            Self::ServerSecret => "sharedSecretOfServer",
            Self::NoIssuer => "noAllowedIssuer",
            Self::NoClientIds => "noOAuthClientIds",
            Self::WildcardClientId | Self::ShortClientId | Self::ReservedClientId => "invalidClientId",
            Self::DuplicateClientId => "duplicateIssuerClientId",
            Self::DuplicateId => "duplicateId",
        }
    }
}

/// An API key with what it signs with.
pub(crate) struct ApiKey {
    pub(crate) record: Arc<ClientRecord>,
    /// The secrets, and until when each counts.
    pub(crate) secrets: Vec<(SecretKeys, Option<i64>)>,
}

/// All usable clients.
#[derive(Default)]
pub struct Registry {
    by_key_id: HashMap<String, ApiKey>,
    by_client: HashMap<(Issuer, String), Arc<ClientRecord>>,
}

impl Registry {
    /// A snapshot of `records`, and what is wrong with those that are not in it. `server_secret` is the one of the server: a client that
    /// had it could shed its policy by leaving out its `kid` (1.6).
    pub fn new(records: &[ClientRecord], server_secret: Option<&SecretString>) -> (Self, Vec<Finding>) {
        let mut findings = Vec::new();
        for record in records {
            let others = records.iter().filter(|other| !std::ptr::eq(*other, record));
            let problem = own_problem(record).or_else(|| shared_problem(record, others, server_secret));
            let problem = problem.or_else(|| weak_problem(record));
            if let Some(problem) = problem {
                findings.push((std::ptr::from_ref(record), record.id.clone(), problem));
            }
        }
        let useless = findings.iter().filter(|(.., problem)| *problem != Problem::WeakSecret);
        let bad: HashSet<_> = useless.map(|(record, ..)| *record).collect();
        let good: Vec<_> = records
            .iter()
            .filter(|record| !bad.contains(&std::ptr::from_ref(*record)))
            .cloned()
            .collect();
        let findings = findings
            .into_iter()
            .map(|(_, record, problem)| Finding { record, problem });
        let findings = findings.collect();
        let mut registry = Self::default();
        for record in good {
            registry.insert(&Arc::new(record));
        }
        (registry, findings)
    }

    fn insert(&mut self, record: &Arc<ClientRecord>) {
        match &record.kind {
            ClientKind::SharedSecret { access_key_id, secrets } => {
                let secrets = secrets
                    .iter()
                    .map(|secret| (SecretKeys::new(Some(&secret.secret)), secret.until));
                let key = ApiKey {
                    record: record.clone(),
                    secrets: secrets.collect(),
                };
                self.by_key_id.insert(access_key_id.to_ascii_lowercase(), key);
            }
            ClientKind::OAuth { issuer, client_ids } => {
                // A record whose issuer equals none has a finding and is not here.
                let issuer = Issuer::canonical(issuer);
                for id in client_ids {
                    self.by_client
                        .extend(issuer.clone().map(|issuer| ((issuer, id.clone()), record.clone())));
                }
            }
        }
    }

    /// The API key that a `kid` names, in whatever state.
    pub(crate) fn api_key(&self, key_id: &str) -> Option<&ApiKey> {
        self.by_key_id.get(&key_id.to_ascii_lowercase())
    }

    /// The OAuth client of an issuer, in whatever state.
    pub fn oauth_client(&self, issuer: &Issuer, client_id: &str) -> Option<&Arc<ClientRecord>> {
        self.by_client.get(&(issuer.clone(), client_id.to_owned()))
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry")
            .field("api_keys", &self.by_key_id.len())
            .field("oauth_clients", &self.by_client.len())
            .finish()
    }
}

/// The weakest algorithm decides whether there is any use for a secret; a stronger one is checked when it is used.
fn weak_problem(record: &ClientRecord) -> Option<Problem> {
    let ClientKind::SharedSecret { secrets, .. } = &record.kind else {
        return None;
    };
    let usable = |own: &ClientSecret| secret::check(&own.secret, Algorithm::HS256).is_ok();
    (!secrets.iter().all(usable)).then_some(Problem::WeakSecret)
}

/// What is wrong with a record by itself.
fn own_problem(record: &ClientRecord) -> Option<Problem> {
    match &record.kind {
        ClientKind::SharedSecret { access_key_id, secrets } => {
            if access_key_id.trim().is_empty() {
                return Some(Problem::NoAccessKeyId);
            }
            let empty = |own: &ClientSecret| own.secret.expose_secret().is_empty();
            if secrets.is_empty() || secrets.iter().any(empty) {
                return Some(Problem::NoSecret);
            }
            let padded = |own: &ClientSecret| own.secret.expose_secret().trim() != own.secret.expose_secret();
            (secrets.len() > MOST_SECRETS || secrets.iter().any(padded)).then_some(Problem::MalformedSecret)
        }
        ClientKind::OAuth { issuer, client_ids } => {
            if Issuer::canonical(issuer).is_none() {
                return Some(Problem::NoIssuer);
            }
            if client_ids.is_empty() {
                return Some(Problem::NoClientIds);
            }
            client_ids.iter().find_map(|id| {
                if id.contains(['*', '?']) {
                    Some(Problem::WildcardClientId)
                } else if RESERVED.iter().any(|word| word.eq_ignore_ascii_case(id)) {
                    Some(Problem::ReservedClientId)
                } else {
                    (id.chars().count() < CLIENT_ID_MIN).then_some(Problem::ShortClientId)
                }
            })
        }
    }
}

/// What a record has in common with another that only one may have. Both are unusable then: nobody can say which one was meant.
fn shared_problem<'a>(
    record: &ClientRecord,
    others: impl Iterator<Item = &'a ClientRecord>,
    server_secret: Option<&SecretString>,
) -> Option<Problem> {
    if let ClientKind::SharedSecret { secrets, .. } = &record.kind
        && secrets
            .iter()
            .any(|own| server_secret.is_some_and(|server| same(&own.secret, server)))
    {
        return Some(Problem::ServerSecret);
    }
    let mut others = others;
    others.find_map(|other| {
        if other.id == record.id {
            return Some(Problem::DuplicateId);
        }
        match (&record.kind, &other.kind) {
            (
                ClientKind::SharedSecret { access_key_id, secrets },
                ClientKind::SharedSecret {
                    access_key_id: other_id,
                    secrets: others,
                },
            ) => {
                if access_key_id.eq_ignore_ascii_case(other_id) {
                    return Some(Problem::DuplicateAccessKeyId);
                }
                let used = |own: &ClientSecret| others.iter().any(|other| same(&own.secret, &other.secret));
                secrets.iter().any(used).then_some(Problem::SharedSecret)
            }
            (
                ClientKind::OAuth { issuer, client_ids },
                ClientKind::OAuth {
                    issuer: other_issuer,
                    client_ids: others,
                },
            ) => {
                let one_issuer = Issuer::canonical(issuer) == Issuer::canonical(other_issuer);
                let common = client_ids.iter().any(|id| others.contains(id));
                (one_issuer && common).then_some(Problem::DuplicateClientId)
            }
            _ => None,
        }
    })
}

fn same(one: &SecretString, other: &SecretString) -> bool {
    let (one, other) = (one.expose_secret().as_bytes(), other.expose_secret().as_bytes());
    constant_time::verify_slices_are_equal(one, other).is_ok()
}
