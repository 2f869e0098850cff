//! The keys of one provider: those that are there answer at once, and one fetch at a time gets others (authentication 5.5).

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use parking_lot::Mutex;
use spe_auth::TokenError;
use spe_auth::jwks::{KeyCache, Lookup, Note, ResolvedKey, Settings};
use spe_auth::oauth::KeyWanted;

use super::address::{self, KeyAddress};
use super::fetch::Fetcher;
use crate::clock::Clock;

/// The keys of one provider.
#[derive(Debug)]
pub(super) struct Keys {
    /// As it is configured.
    uri: String,
    address: Option<KeyAddress>,
    fetcher: Arc<Fetcher>,
    clock: Arc<dyn Clock>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    cache: KeyCache,
    /// The fetch that is on its way. All who want a key that is not there wait for the same.
    flight: Option<Shared<BoxFuture<'static, ()>>>,
}

impl Keys {
    pub(super) fn new(
        uri: &str,
        allow_loopback: bool,
        settings: Settings,
        fetcher: Arc<Fetcher>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            uri: uri.to_owned(),
            address: address::parse(uri, allow_loopback),
            fetcher,
            clock,
            state: Arc::new(Mutex::new(State {
                cache: KeyCache::new(settings),
                flight: None,
            })),
        }
    }

    /// Whether keys may come from the address that is configured.
    pub(super) fn may_fetch(&self) -> bool {
        self.address.is_some()
    }

    /// The key that is wanted. It waits for a fetch where one is due, which takes 20 s at most; whoever stops waiting leaves the fetch to
    /// the others.
    pub(super) async fn resolve(&self, wanted: KeyWanted<'_>) -> Result<ResolvedKey, TokenError> {
        let KeyWanted {
            kid,
            algorithm,
            refresh,
        } = wanted;
        let flight = {
            let mut state = self.state.lock();
            let now = self.clock.running();
            match state.cache.lookup(kid, algorithm, refresh, now) {
                Lookup::Key(key) => return Ok(key),
                Lookup::None(error) => return Err(error),
                Lookup::Fetch => self.flight(&mut state),
            }
        };
        if let Some(flight) = flight {
            flight.await;
        }
        let state = self.state.lock();
        match state.cache.settle(kid, algorithm, self.clock.running()) {
            Lookup::Key(key) => Ok(key),
            Lookup::None(error) => {
                tracing::warn!(target: "JWKS", action = "keyNotFound", kid, uri = self.uri);
                Err(error)
            }
            Lookup::Fetch => Err(TokenError::KeyNotResolved(kid.to_owned())),
        }
    }

    /// The fetch that is on its way, or a new one; none where the address is not one to fetch from.
    fn flight(&self, state: &mut State) -> Option<Shared<BoxFuture<'static, ()>>> {
        // One that ended and is still here did not end well.
        if let Some(flight) = state.flight.as_ref().filter(|flight| flight.peek().is_none()) {
            return Some(flight.clone());
        }
        state.cache.fetch_begins(self.clock.running());
        let Some(address) = self.address.clone() else {
            tracing::warn!(
                target: "JWKS", action = "jwksUriRejected", reason = "schemeNotAllowed", uri = self.uri
            );
            state.cache.failed(self.clock.running(), jitter());
            return None;
        };
        // A task of its own: it goes on when the request that began it is taken back.
        let task = tokio::spawn(fetch(
            address,
            self.fetcher.clone(),
            self.clock.clone(),
            self.state.clone(),
        ));
        let flight = async move { drop(task.await) }.boxed().shared();
        state.flight = Some(flight.clone());
        Some(flight)
    }
}

/// Fetches once and tells the cache how it went.
async fn fetch(address: KeyAddress, fetcher: Arc<Fetcher>, clock: Arc<dyn Clock>, state: Arc<Mutex<State>>) {
    let uri = address.url.as_str();
    if address.loopback {
        tracing::warn!(target: "JWKS", action = "loopbackHttpFetch", uri);
    }
    let begun = clock.running();
    let outcome = fetcher.fetch(&address).await;
    let now = clock.running();
    let mut state = state.lock();
    state.flight = None;
    match outcome {
        Ok((keys, notes)) => {
            let ms = now.saturating_sub(begun).as_millis();
            tracing::info!(target: "JWKS", action = "fetched", uri, keys = keys.len(), ms);
            for note in notes {
                tell(&note, uri);
            }
            state.cache.fetched(keys, now);
        }
        Err(error) => {
            let (reason, status) = (error.code(), error.status());
            tracing::warn!(target: "JWKS", action = "fetchFailed", uri, reason, status, error = %error);
            state.cache.failed(now, jitter());
        }
    }
}

fn tell(note: &Note, uri: &str) {
    match note {
        Note::PrivateKeyPublished { kid } => {
            tracing::error!(target: "JWKS", action = "privateKeyPublished", kid, uri);
        }
        Note::DuplicateKid { kid } => tracing::warn!(target: "JWKS", action = "duplicateKid", kid, uri),
    }
}

/// From 0 to 1, so that several servers do not ask at the same moment; 0 where there are no random numbers.
fn jitter() -> f64 {
    let mut byte = [0];
    let _ = aws_lc_rs::rand::fill(&mut byte);
    f64::from(byte[0]) / 255.0
}
