//! Which tokens were verified before: the second use of one costs a hash in place of a signature.

use std::collections::HashSet;

use aws_lc_rs::digest::{Context, SHA256, SHA256_OUTPUT_LEN};
use parking_lot::Mutex;

use crate::error::TokenError;
use crate::jwks::ResolvedKey;
use crate::signature::PublicAlgorithm;
use crate::token::Token;

type Hash = [u8; SHA256_OUTPUT_LEN];

/// Tokens of one provider whose signature was verified by a key of its current document. It remembers nothing else of them: claims,
/// client record and replay are looked at each time.
#[derive(Debug)]
pub struct ProvenTokens {
    size: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Of which document the keys were.
    version: u64,
    /// The latest ones, and those before them; what is in neither is verified again.
    recent: HashSet<Hash>,
    older: HashSet<Hash>,
}

impl ProvenTokens {
    /// A memory of `size` tokens, and at most twice as many.
    pub fn new(size: usize) -> Self {
        Self {
            size: size.max(1),
            state: Mutex::default(),
        }
    }

    /// Verifies the signature of `token` by `key`, or finds that this was done before.
    pub(crate) fn verify(
        &self,
        key: &ResolvedKey,
        algorithm: PublicAlgorithm,
        token: &Token<'_>,
    ) -> Result<(), TokenError> {
        let hash = hash(token);
        if self.has(key.version(), &hash) {
            return Ok(());
        }
        key.verify(algorithm, token)?;
        self.remember(key.version(), hash);
        Ok(())
    }

    fn has(&self, version: u64, hash: &Hash) -> bool {
        let state = self.state.lock();
        state.version == version && (state.recent.contains(hash) || state.older.contains(hash))
    }

    fn remember(&self, version: u64, hash: Hash) {
        let mut state = self.state.lock();
        if version < state.version {
            // Another document came while this token was verified.
            return;
        }
        if version > state.version {
            *state = State {
                version,
                ..State::default()
            };
        }
        if state.recent.len() >= self.size {
            state.older = std::mem::take(&mut state.recent);
        }
        state.recent.insert(hash);
    }
}

/// Of everything that verifying looks at: the signed text, which says algorithm and key, and the signature.
fn hash(token: &Token<'_>) -> Hash {
    let mut context = Context::new(&SHA256);
    context.update(token.signed.as_bytes());
    context.update(b".");
    context.update(token.signature_text.as_bytes());
    let mut hash = [0; SHA256_OUTPUT_LEN];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}
