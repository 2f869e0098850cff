//! Logins by name and password (authentication 1.4; decisions, accounts).

mod attempts;
mod hash;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_lc_rs::hmac;
use parking_lot::Mutex;
use secrecy::{ExposeSecret as _, SecretString};
use spe_auth::authorization::Login;
use tokio::sync::Semaphore;

use self::attempts::Attempts;
pub use self::hash::{NoHash, PasswordHash};
use crate::clock::Clock;

/// Hashes that are made at a time; each takes a processor and 19 MiB.
const AT_A_TIME: usize = 2;
/// Logins that wait for that.
const QUEUE: usize = 64;
/// How long they do.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a password that was right needs no hash: scripts send it with every request.
const REMEMBERED: Duration = Duration::from_mins(1);
/// Most of those.
const REMEMBERED_MOST: usize = 1024;

/// Why a login is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LoginError {
    /// There is no such account, it has no password, or this is another one.
    Wrong,
    /// There were too many of those. Seconds until the next may be tried.
    TooMany(u32),
    /// More logins come than passwords can be hashed.
    Busy,
}

/// Checks passwords. However many come, it takes two processors at most.
#[derive(Debug)]
pub(super) struct Passwords {
    clock: Arc<dyn Clock>,
    hashing: Arc<Semaphore>,
    queue: Semaphore,
    attempts: Attempts,
    /// Proofs that a login was right with the hash that the account has, and until when they count.
    right: Mutex<HashMap<[u8; 32], Duration>>,
    /// Of this process alone: what is remembered is no hash that could be attacked.
    key: hmac::Key,
}

impl Passwords {
    /// Without random numbers there are no passwords.
    pub(super) fn new(clock: Arc<dyn Clock>) -> Option<Self> {
        let mut key = [0; 32];
        aws_lc_rs::rand::fill(&mut key).ok()?;
        Some(Self {
            clock,
            hashing: Arc::new(Semaphore::new(AT_A_TIME)),
            queue: Semaphore::new(QUEUE),
            attempts: Attempts::default(),
            right: Mutex::default(),
            key: hmac::Key::new(hmac::HMAC_SHA256, &key),
        })
    }

    /// Whether `login` from `ip` has the password whose hash this is. Without a hash it takes as long to say no.
    pub(super) async fn check(&self, login: &Login, hash: Option<&PasswordHash>, ip: IpAddr) -> Result<(), LoginError> {
        let now = self.clock.running();
        if let Some(wait) = self.attempts.wait(ip, &login.user, now) {
            return Err(LoginError::TooMany(
                u32::try_from(wait.as_secs() + 1).unwrap_or(u32::MAX),
            ));
        }
        let proof = hash.map(|hash| self.proof(login, hash));
        if proof.is_some_and(|proof| self.right.lock().get(&proof).is_some_and(|until| now < *until)) {
            return Ok(());
        }
        if self.fits(&login.password, hash).await? {
            self.remember(proof, now);
            Ok(())
        } else {
            self.attempts.failed(ip, &login.user, now);
            Err(LoginError::Wrong)
        }
    }

    /// Hashes the password. It goes on when nobody waits for it any more, and keeps its place until it is done.
    async fn fits(&self, password: &SecretString, hash: Option<&PasswordHash>) -> Result<bool, LoginError> {
        let _waiting = self.queue.try_acquire().map_err(|_| LoginError::Busy)?;
        let place = tokio::time::timeout(PATIENCE, self.hashing.clone().acquire_owned()).await;
        let place = place.ok().and_then(Result::ok).ok_or(LoginError::Busy)?;
        let is_real = hash.is_some();
        let (password, hash) = (password.clone(), hash.cloned());
        let hashing = tokio::task::spawn_blocking(move || {
            let _place = place;
            let hash = hash.or_else(|| decoy().cloned());
            let fits = hash.is_some_and(|hash| hash.fits(password.expose_secret()));
            is_real && fits
        });
        hashing.await.map_err(|_| LoginError::Busy)
    }

    fn proof(&self, login: &Login, hash: &PasswordHash) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.key);
        for part in [
            &*login.user.to_ascii_lowercase(),
            login.password.expose_secret(),
            hash.as_str(),
        ] {
            // None of the three has a NUL: names and passwords have no controls.
            context.update(part.as_bytes());
            context.update(&[0]);
        }
        let mut proof = [0; 32];
        proof.copy_from_slice(context.sign().as_ref());
        proof
    }

    fn remember(&self, proof: Option<[u8; 32]>, now: Duration) {
        let mut right = self.right.lock();
        if right.len() >= REMEMBERED_MOST {
            right.retain(|_, until| now < *until);
        }
        if right.len() < REMEMBERED_MOST {
            right.extend(proof.map(|proof| (proof, now + REMEMBERED)));
        }
    }
}

/// A hash that no password has, to take the time of one.
fn decoy() -> Option<&'static PasswordHash> {
    static DECOY: OnceLock<Option<PasswordHash>> = OnceLock::new();
    DECOY.get_or_init(|| PasswordHash::of("of no account").ok()).as_ref()
}
