//! Hashes of passwords, as accounts.toml has them: Argon2id (RFC 9106) in the PHC string format.

use std::fmt;
use std::sync::Arc;

use argon2::password_hash::PasswordHasher as _;
use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Argon2, Params, PasswordVerifier as _};

/// Most memory of a hash that is verified, in KiB.
const MEMORY: u32 = 256 * 1024;
/// Most passes over it.
const PASSES: u32 = 16;

/// The hash of a password.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PasswordHash(Arc<str>);

/// Why a text is no hash that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("password is no Argon2id hash of at most 256 MiB and 16 passes; make one with: spe-server account password")]
pub struct NoHash;

impl PasswordHash {
    /// A new hash of `password` with a salt of its own: 19 MiB, 2 passes, 1 lane, which takes some 20 ms.
    pub fn of(password: &str) -> Result<Self, argon2::password_hash::Error> {
        let hash = Argon2::default().hash_password(password.as_bytes())?;
        Ok(Self(hash.to_string().into()))
    }

    /// The hash that a file has. What would take a server's memory or minutes of it is none.
    pub fn parse(text: &str) -> Result<Self, NoHash> {
        let hash = Phc::new(text).map_err(|_| NoHash)?;
        let params = Params::try_from(&hash).map_err(|_| NoHash)?;
        let bounded = params.m_cost() <= MEMORY && params.t_cost() <= PASSES && hash.hash.is_some();
        if hash.algorithm.as_str() == "argon2id" && bounded {
            Ok(Self(text.into()))
        } else {
            Err(NoHash)
        }
    }

    /// Whether it is the hash of `password`. It takes as long as it took to make it.
    pub(super) fn fits(&self, password: &str) -> bool {
        Argon2::default().verify_password(password.as_bytes(), &*self.0).is_ok()
    }

    /// The text for a file.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_fits_its_password_alone() {
        let hash = PasswordHash::of("correct horse").unwrap();
        assert!(hash.fits("correct horse"));
        assert!(!hash.fits("correct horse ") && !hash.fits(""));
        assert_ne!(hash, PasswordHash::of("correct horse").unwrap());
        assert_eq!(PasswordHash::parse(hash.as_str()), Ok(hash.clone()));
        assert!(!format!("{hash:?}").contains("argon2"));
    }

    #[test]
    fn what_is_no_bounded_argon2id_is_refused() {
        let good = PasswordHash::of("x").unwrap().as_str().to_owned();
        for text in [
            String::new(),
            "password".into(),
            "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW".into(),
            good.replace("argon2id", "argon2i"),
            good.replace("m=19456", "m=1048576"),
            good.replace("t=2", "t=1000"),
            good.rsplit_once('$').unwrap().0.to_owned(),
        ] {
            assert_eq!(PasswordHash::parse(&text), Err(NoHash), "{text}");
        }
    }
}
