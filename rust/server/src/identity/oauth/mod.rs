//! Access tokens of identity providers (authentication 4 and 5): spe-auth decides, this fetches keys for it and keeps what it remembers.

mod address;
mod fetch;
mod keys;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use spe_auth::oauth::{self, Identified, NotConsumed, OAuthProvider, ProvenTokens};
use spe_auth::registry::Registry;
use spe_auth::{PublicAlgorithm, Refused, ReplayCache, Token};

use self::fetch::Fetcher;
pub use self::fetch::FetcherError;
use self::keys::Keys;
use super::AuthKind;
use super::rejection::{Rejection, Voice};
use crate::clock::Clock;
use crate::config::OAuthBearerProvider;

/// Verified tokens that a provider remembers.
const PROVEN_TOKENS: usize = 4096;
/// Between two warnings of a crowded replay cache.
const CROWDED_EVERY: Duration = Duration::from_mins(1);

/// The identity providers, in the order in which they are asked.
#[derive(Debug)]
pub(super) struct Providers {
    checks: Vec<OAuthProvider>,
    states: Vec<State>,
    clock: Arc<dyn Clock>,
}

/// What belongs to the provider of the same place.
#[derive(Debug)]
struct State {
    keys: Keys,
    proven: ProvenTokens,
    used: ReplayCache,
    voice: Voice,
    /// When it was told last that more tokens are in use than its cache is meant for.
    crowded: Mutex<Option<Duration>>,
}

impl Providers {
    /// `ca` is a PEM file of authorities that may have signed for the addresses of keys, beside those of the system.
    pub(super) fn new(
        providers: &[OAuthBearerProvider],
        ca: Option<&Path>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, FetcherError> {
        let secure = providers.iter().any(|provider| is_https(&provider.settings.jwks_uri));
        let fetcher = Arc::new(Fetcher::new(secure, ca)?);
        let state = |provider: &OAuthBearerProvider| State {
            keys: Keys::new(
                &provider.settings.jwks_uri,
                provider.allow_loopback_http,
                provider.keys,
                fetcher.clone(),
                clock.clone(),
            ),
            proven: ProvenTokens::new(PROVEN_TOKENS),
            used: ReplayCache::new(provider.replay_entries),
            voice: Voice {
                detailed: provider.detailed_errors,
                silent: provider.suppress_warnings,
            },
            crowded: Mutex::default(),
        };
        let check =
            |provider: &OAuthBearerProvider| OAuthProvider::new(provider.name.clone(), provider.settings.clone());
        Ok(Self {
            states: providers.iter().map(state).collect(),
            checks: providers.iter().map(check).collect(),
            clock,
        })
    }

    /// Whether keys may come from the address of each provider, in their order.
    pub(super) fn may_fetch(&self) -> impl Iterator<Item = bool> {
        self.states.iter().map(|state| state.keys.may_fetch())
    }

    /// What a token says, when everything about it is good, and what `admit` makes of that. It waits for keys where they have to be fetched.
    /// A token that counts once is used up last: one that is not admitted is not (authentication 4.8).
    pub(super) async fn authenticate<T>(
        &self,
        token: Token<'_>,
        algorithm: PublicAlgorithm,
        clients: &Registry,
        rid: &str,
        admit: impl FnOnce(&Identified) -> Result<T, Rejection>,
    ) -> Result<(Identified, T), Rejection> {
        let unrouted = |error| rejection(Refused::unproven(error), Voice::default());
        let routed = oauth::route(&self.checks, token, algorithm).map_err(unrouted)?;
        let State {
            keys,
            proven,
            used,
            voice,
            crowded,
        } = &self.states[routed.place()];
        let refused = |refused| rejection(refused, *voice);
        let checked = routed.check(self.clock.unix()).map_err(refused)?;
        let key = match checked.key_wanted() {
            Some(wanted) => Some(keys.resolve(wanted).await),
            None => None,
        };
        let proven = checked.prove(key, proven).map_err(refused)?;
        // It may have waited for keys.
        let now = self.clock.unix();
        let identified = proven.identify(clients, now).map_err(refused)?;
        if !proven.is_signed() {
            let (kid, issuer) = (proven.key_id(), identified.issuer.as_str());
            let algorithm = algorithm.as_str();
            tracing::warn!(target: "OAuthBearer", action = "signatureSkipped", issuer, kid, algorithm, rid);
        }
        let admitted = admit(&identified)?;
        match proven.consume(used, now) {
            Ok(more) => {
                if more {
                    self.tell_crowded(used, crowded);
                }
                Ok((identified, admitted))
            }
            Err(NotConsumed::Refused(reason)) => Err(refused(reason)),
            Err(NotConsumed::Full) => {
                tracing::warn!(target: "OAuthBearer", action = "jtiCacheHardCap", count = used.len(), rid);
                Err(Rejection::ReplayCacheFull)
            }
        }
    }

    /// Says once a minute that a replay cache has grown beyond its size.
    fn tell_crowded(&self, used: &ReplayCache, crowded: &Mutex<Option<Duration>>) {
        let now = self.clock.running();
        let mut told = crowded.lock();
        if told.is_none_or(|told| now >= told + CROWDED_EVERY) {
            *told = Some(now);
            tracing::warn!(
                target: "OAuthBearer", action = "jtiCacheSoftCap", count = used.len(), max = used.size()
            );
        }
    }
}

fn is_https(uri: &str) -> bool {
    uri.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"))
}

fn rejection(refused: Refused, voice: Voice) -> Rejection {
    Rejection::Token {
        refused,
        claimed: Some(AuthKind::OAuthBearer),
        voice,
    }
}
