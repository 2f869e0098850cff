//! A token that its issuer signed, and as whom its calls act (3.4, 4.7).

use std::sync::Arc;

use serde_json::Value;

use super::provider::{OAuthProvider, azp_mismatch, client_id};
use crate::claims::{self, Times};
use crate::error::{Refused, TokenError, shown};
use crate::issuer::Issuer;
use crate::registry::{ClientKind, ClientRecord, Registry};
use crate::replay::{ReplayCache, ReplayError};
use crate::token::Token;
use crate::username;

/// Longest `jti`, in characters (4.8).
const TOKEN_ID_MAX: usize = 512;

/// A token with a good signature, or one whose signature nobody looks at (4.9).
pub struct Proven<'p, 't> {
    provider: &'p OAuthProvider,
    token: Token<'t>,
    issuer: Issuer,
    times: Times,
    signed: bool,
}

/// As whom a token's calls act.
#[derive(Debug, Clone)]
pub enum Subject {
    /// As what the client's record says.
    Client(Arc<ClientRecord>),
    /// As this account, `domain\account`. It is not looked up yet.
    Account(String),
}

/// What a good token says.
#[derive(Debug, Clone)]
pub struct Identified {
    /// As whom.
    pub subject: Subject,
    /// Who issued it, in the form in which issuers are compared.
    pub issuer: Issuer,
    /// The client it is of.
    pub client_id: Option<String>,
    /// `client_session`, when it is a text.
    pub client_session: Option<String>,
    /// There is a bound on lifetimes, and this token without `iat` could not be held to it.
    pub lifetime_unchecked: bool,
}

/// Why a token is not taken by a replay cache: as a refusal, or because the cache is full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotConsumed {
    /// It is refused.
    Refused(Refused),
    /// The cache takes none at the moment.
    Full,
}

impl<'p, 't> Proven<'p, 't> {
    pub(super) fn new(
        provider: &'p OAuthProvider,
        token: Token<'t>,
        issuer: Issuer,
        times: Times,
        signed: bool,
    ) -> Self {
        Self {
            provider,
            token,
            issuer,
            times,
            signed,
        }
    }

    /// Whether somebody looked at its signature (4.9).
    pub fn is_signed(&self) -> bool {
        self.signed
    }

    /// `kid`; for logs.
    pub fn key_id(&self) -> Option<&str> {
        self.token.key_id()
    }

    /// As whom it acts: as its client's record says, else as the provider's service account, else as the account it names (P23, P24). A
    /// record in a bad state is never passed over, or switching a client off would give it more.
    pub fn identify(&self, clients: &Registry, now_unix: i64) -> Result<Identified, Refused> {
        let subject = self.subject(clients, now_unix).map_err(|error| self.refused(error))?;
        let claims = &self.token.claims;
        Ok(Identified {
            subject,
            issuer: self.issuer.clone(),
            client_id: client_id(claims).map(str::to_owned),
            client_session: claims::text(claims, "client_session").map(str::to_owned),
            lifetime_unchecked: self.times.lifetime_unchecked,
        })
    }

    /// Uses the token up where tokens are taken once (P25, P26). It is the last step: a token that is refused for anything else is not
    /// used up. Says whether the cache holds more than it is meant for.
    pub fn consume(&self, cache: &ReplayCache, now_unix: i64) -> Result<bool, NotConsumed> {
        if !self.provider.settings.replay_cache || !self.signed {
            return Ok(false);
        }
        let id = claims::text(&self.token.claims, "jti").filter(|id| id.chars().count() <= TOKEN_ID_MAX);
        let id = id.ok_or_else(|| NotConsumed::Refused(self.refused(TokenError::MissingJti)))?;
        let used = cache.consume(&self.issuer, id, self.times.ends, now_unix);
        used.map_err(|error| match error {
            ReplayError::Used => NotConsumed::Refused(self.refused(TokenError::Replay(shown(id)))),
            ReplayError::Full => NotConsumed::Full,
        })
    }

    fn subject(&self, clients: &Registry, now: i64) -> Result<Subject, TokenError> {
        let settings = &self.provider.settings;
        let claims = &self.token.claims;
        let client = client_id(claims);
        let canonical = Issuer::canonical(self.issuer.as_str());
        let record = canonical
            .zip(client)
            .and_then(|(issuer, id)| clients.oauth_client(&issuer, id));
        if let Some(record) = record {
            record.usable(now)?;
            self.party(record)?;
            return Ok(Subject::Client(record.clone()));
        }
        if settings.require_oauth_client {
            return Err(TokenError::ClientNotFound(shown(client.unwrap_or_default())));
        }
        let name = if settings.service_account_username.is_empty() {
            match claims.get(&settings.username_claim) {
                Some(Value::String(name)) if !name.is_empty() => name,
                _ => return Err(TokenError::MissingUsername),
            }
        } else {
            &settings.service_account_username
        };
        username::normalise(name)
            .map(Subject::Account)
            .ok_or(TokenError::InvalidUsername)
    }

    /// Where only clients of the registry are taken, the authorized party is one of the record's own: without `client_id` it would else be
    /// compared with itself (4.5, AU-D-35).
    fn party(&self, record: &ClientRecord) -> Result<(), TokenError> {
        let settings = &self.provider.settings;
        if !settings.require_azp_when_multi_audience || !settings.require_oauth_client {
            return Ok(());
        }
        let listed = |party: &str| match &record.kind {
            ClientKind::OAuth { client_ids, .. } => client_ids.iter().any(|id| id == party),
            ClientKind::SharedSecret { .. } => false,
        };
        match claims::text(&self.token.claims, "azp") {
            Some(party) if !listed(party) => Err(azp_mismatch(&self.token.claims)),
            _ => Ok(()),
        }
    }

    fn refused(&self, error: TokenError) -> Refused {
        Refused {
            error,
            proven: self.signed,
        }
    }
}
