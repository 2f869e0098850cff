//! Tokens that are taken once (4.8).

use std::collections::HashMap;

use parking_lot::Mutex;

use crate::issuer::Issuer;

/// How much more than its size a cache holds at most.
const HARD_FACTOR: usize = 10;
/// Uses between two sweeps.
const SWEEP_EVERY: usize = 1000;

/// Why a token cannot be taken by a cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// It was used before.
    #[error("the token was used before")]
    Used,
    /// There are far more tokens in use than the cache is meant for; nothing is taken until some have ended.
    #[error("the replay cache is full")]
    Full,
}

/// Which tokens of which issuers were used. It lives in one process.
#[derive(Debug)]
pub struct ReplayCache {
    size: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// From which second on a token cannot be taken any more, leeway included (AU-D-27).
    used: HashMap<(Issuer, String), i64>,
    uses: usize,
}

impl ReplayCache {
    /// A cache meant for `size` tokens at a time; it holds up to ten times as many.
    pub fn new(size: usize) -> Self {
        Self {
            size: size.max(1),
            state: Mutex::default(),
        }
    }

    /// Uses a token up: `Ok` for the first of all callers who try, however close they come. Says whether the cache holds more than it is
    /// meant for.
    pub fn consume(&self, issuer: &Issuer, token_id: &str, ends: i64, now: i64) -> Result<bool, ReplayError> {
        let mut state = self.state.lock();
        state.uses += 1;
        if state.uses >= SWEEP_EVERY || state.used.len() >= self.size {
            state.uses = 0;
            state.used.retain(|_, ends| now < *ends);
        }
        let full = state.used.len() >= self.size.saturating_mul(HARD_FACTOR);
        let key = (issuer.clone(), token_id.to_owned());
        match state.used.get(&key) {
            Some(ends) if now < *ends => return Err(ReplayError::Used),
            None if full => return Err(ReplayError::Full),
            _ => {}
        }
        state.used.insert(key, ends);
        Ok(state.used.len() > self.size)
    }

    /// How many tokens it is meant for.
    pub fn size(&self) -> usize {
        self.size
    }

    /// How many tokens it remembers.
    pub fn len(&self) -> usize {
        self.state.lock().used.len()
    }

    /// Whether it remembers none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
