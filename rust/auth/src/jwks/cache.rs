//! When keys are fetched, and which of them count meanwhile (5.5). The state of one key address of one provider.

use std::time::Duration;

use super::document::KeySet;
use super::key::ResolvedKey;
use crate::error::{TokenError, shown};
use crate::signature::PublicAlgorithm;

/// First pause after a fetch that failed; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(15);
/// Longest pause.
const LONGEST_PAUSE: Duration = Duration::from_mins(4);

/// How long keys count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How long a document counts, 30 s to a day.
    pub ttl: Duration,
    /// Shortest time between two fetches for keys that a document does not have, 10 to 300 s.
    pub min_refresh: Duration,
    /// How long past its time a document still counts while fetching fails.
    pub stale_grace: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ttl: Duration::from_mins(10),
            min_refresh: Duration::from_secs(30),
            stale_grace: Duration::ZERO,
        }
    }
}

/// What there is for a token's key.
#[derive(Debug, Clone)]
pub enum Lookup {
    /// The key.
    Key(ResolvedKey),
    /// No key, and no fetch would change that now.
    None(TokenError),
    /// Fetch the document once, or wait for whoever does already, tell the cache how it went, and look again with
    /// [`KeyCache::settle`].
    Fetch,
}

/// The keys of one address. All times are of one monotonic clock.
#[derive(Debug, Clone)]
pub struct KeyCache {
    settings: Settings,
    document: Option<(KeySet, Duration)>,
    /// Counts documents.
    version: u64,
    failures: u32,
    /// A fetch is on its way: who wants a key that is not there waits for it.
    fetching: bool,
    /// No fetch before this time: the pause after failures.
    paused_until: Duration,
    /// No fetch for an unknown key before this time.
    next_refresh: Duration,
}

impl KeyCache {
    /// Without any document.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            document: None,
            version: 0,
            failures: 0,
            fetching: false,
            paused_until: Duration::ZERO,
            next_refresh: Duration::ZERO,
        }
    }

    /// The key `kid` for a token of `algorithm`. `refresh` says whether an unknown `kid` may cause a fetch; a token that is refused
    /// anyway may not (4.10).
    ///
    /// A document in time answers first: neither failures nor pauses touch keys that are there (AU-D-30).
    pub fn lookup(&self, kid: &str, algorithm: PublicAlgorithm, refresh: bool, now: Duration) -> Lookup {
        let may_fetch = now >= self.paused_until;
        match self.fresh(now) {
            Some(keys) if keys.contains(kid) => self.resolve(keys, kid, algorithm),
            Some(_) if refresh && (self.fetching || may_fetch && now >= self.next_refresh) => Lookup::Fetch,
            Some(keys) => self.resolve(keys, kid, algorithm),
            None if self.fetching || may_fetch => Lookup::Fetch,
            None => self.settle(kid, algorithm, now),
        }
    }

    /// The answer after a fetch, whoever made it: never another fetch.
    pub fn settle(&self, kid: &str, algorithm: PublicAlgorithm, now: Duration) -> Lookup {
        match self.fresh(now).or_else(|| self.stale(now)) {
            Some(keys) => self.resolve(keys, kid, algorithm),
            None => Lookup::None(TokenError::KeyNotResolved(shown(kid))),
        }
    }

    /// A fetch begins at `now`. However it ends, it is the last for an unknown key for a while.
    pub fn fetch_begins(&mut self, now: Duration) {
        self.fetching = true;
        self.next_refresh = now + self.settings.min_refresh;
    }

    /// A fetch gave a document at `now`.
    pub fn fetched(&mut self, keys: KeySet, now: Duration) {
        self.document = Some((keys, now + self.settings.ttl));
        self.version += 1;
        self.fetching = false;
        self.failures = 0;
        self.paused_until = now;
    }

    /// A fetch failed at `now`. `jitter`, from 0 to 1, spreads the next attempts of several servers over a quarter of the pause.
    pub fn failed(&mut self, now: Duration, jitter: f64) {
        let pause = FIRST_PAUSE.saturating_mul(1 << self.failures.min(4)).min(LONGEST_PAUSE);
        self.fetching = false;
        self.failures = self.failures.saturating_add(1);
        self.paused_until = now + pause + pause.mul_f64(jitter.clamp(0.0, 1.0) / 4.0);
    }

    fn resolve(&self, keys: &KeySet, kid: &str, algorithm: PublicAlgorithm) -> Lookup {
        match keys.resolve(kid, algorithm) {
            Ok(key) => Lookup::Key(ResolvedKey::new(key.clone(), self.version)),
            Err(error) => Lookup::None(error),
        }
    }

    fn fresh(&self, now: Duration) -> Option<&KeySet> {
        self.document
            .as_ref()
            .filter(|(_, until)| now < *until)
            .map(|(keys, _)| keys)
    }

    /// A document past its time that still counts, because the provider does not answer.
    fn stale(&self, now: Duration) -> Option<&KeySet> {
        let counts = |(_, until): &&(KeySet, Duration)| self.failures > 0 && now < *until + self.settings.stale_grace;
        self.document.as_ref().filter(counts).map(|(keys, _)| keys)
    }
}
