//! Tokens signed with a shared secret: who signed them, for whom, and whether they still count (2).

use std::fmt;

use aws_lc_rs::hmac;
use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::algorithm::Algorithm;
use crate::claims::{self, Date};
use crate::error::{TokenError, shown};
use crate::issuer::Issuer;
use crate::token::Token;
use crate::{secret, username};

/// What a signed token must say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// Issuers whose tokens are taken; none takes no token.
    pub allowed_issuers: Vec<String>,
    /// Audiences that mean this server; none takes no token. They come from the configuration, never from the request
    /// (AU-D-12).
    pub allowed_audiences: Vec<String>,
    /// Most seconds from `iat` to `exp`; 0 for no bound.
    pub max_lifetime_seconds: i64,
    /// How far the clock of a caller may be ahead, in seconds, for `nbf` and `iat`. `exp` has no leeway (AU-D-11).
    pub clock_skew_seconds: i64,
    /// Whether `iat` must be there.
    pub require_iat: bool,
}

/// What a good token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The account to act as, `domain\account` (1.10). It is not looked up yet.
    pub user: String,
    /// `client_session`, when it is a text.
    pub client_session: Option<String>,
    /// `scope`: names of the policies that narrow what the call may do; empty when it asks for no narrowing (2.8).
    pub scope: Vec<String>,
    /// There is a bound on lifetimes, and this token without `iat` could not be held to it.
    pub lifetime_unchecked: bool,
}

/// Checks tokens without `kid` against the one secret of the server. It keeps nothing between two tokens.
pub struct Validator {
    keys: [Result<hmac::Key, TokenError>; 3],
    decoys: [hmac::Key; 3],
    issuers: Vec<Issuer>,
    rules: Rules,
}

impl Validator {
    /// A validator for what `secret` signs. Without one it refuses every token.
    pub fn new(secret: Option<&SecretString>, rules: Rules) -> Self {
        let key = |algorithm| match secret {
            Some(secret) => secret::key(secret, algorithm).map_err(TokenError::from),
            None => Err(TokenError::SecretMissing),
        };
        Self {
            keys: Algorithm::ALL.map(key),
            decoys: Algorithm::ALL.map(|algorithm| hmac::Key::new(algorithm.mac(), &[0; 64])),
            issuers: rules
                .allowed_issuers
                .iter()
                .filter_map(|issuer| Issuer::canonical(issuer))
                .collect(),
            rules,
        }
    }

    /// What `token` says, `now_unix` seconds after 1970. The signature comes before every claim: a caller without the secret
    /// learns nothing of any rule (2.4).
    pub fn validate(&self, token: &str, now_unix: i64) -> Result<Verified, TokenError> {
        let token = Token::parse(token)?;
        let Some(algorithm) = Algorithm::from_header(&token.algorithm) else {
            return Err(match token.algorithm.as_str() {
                "RS256" | "RS384" | "RS512" | "ES256" | "ES384" | "ES512" => TokenError::ProviderUnregistered,
                other => TokenError::AlgorithmNotAllowed(shown(other)),
            });
        };
        if let Some(key_id) = &token.key_id {
            // The secret of the server must not answer for a client it does not know (1.6), and finding no client takes as
            // long as finding one (3.5). What the decoy says does not count.
            let decoy = &self.decoys[algorithm as usize];
            let _ = hmac::verify(decoy, token.signed.as_bytes(), &token.signature);
            return Err(TokenError::ClientNotFound(shown(key_id)));
        }
        self.prove(&token, algorithm)?;
        self.check(&token.claims, now_unix)
    }

    /// Steps 1 to 7 of 2.4.
    fn prove(&self, token: &Token<'_>, algorithm: Algorithm) -> Result<(), TokenError> {
        let [weakest, ..] = &self.keys;
        weakest.as_ref().map_err(TokenError::clone)?;
        let is_jwt = |text: &String| text.eq_ignore_ascii_case("JWT");
        if !token.typ.as_ref().is_some_and(is_jwt) {
            return Err(TokenError::InvalidTokenType);
        }
        let key = self.keys[algorithm as usize].as_ref().map_err(TokenError::clone)?;
        hmac::verify(key, token.signed.as_bytes(), &token.signature).map_err(|_| TokenError::SignatureMismatch)
    }

    /// Steps 8 to 15 of 2.4.
    fn check(&self, claims: &Map<String, Value>, now: i64) -> Result<Verified, TokenError> {
        let lifetime_unchecked = self.times(claims, now)?;
        self.parties(claims)?;
        let user = claims::text(claims, "name").and_then(username::normalise);
        Ok(Verified {
            user: user.ok_or(TokenError::InvalidUsername)?,
            client_session: claims::text(claims, "client_session").map(str::to_owned),
            scope: scope(claims),
            lifetime_unchecked,
        })
    }

    /// `exp`, `nbf`, `iat` and the lifetime. Whether the lifetime could not be checked for want of `iat`.
    fn times(&self, claims: &Map<String, Value>, now: i64) -> Result<bool, TokenError> {
        let earliest = now.saturating_add(self.rules.clock_skew_seconds.max(0));
        let exp = claims.get("exp").ok_or(TokenError::MissingExp)?;
        let exp = Date::read(exp).ok_or(TokenError::InvalidExp)?.floor;
        if now >= exp {
            return Err(TokenError::Expired(exp));
        }
        if let Some(nbf) = claims.get("nbf") {
            let nbf = Date::read(nbf).ok_or(TokenError::InvalidNbf)?.ceil;
            if earliest < nbf {
                return Err(TokenError::NotYetValid(nbf));
            }
        }
        let maximum = self.rules.max_lifetime_seconds;
        let Some(iat) = claims.get("iat") else {
            return if self.rules.require_iat {
                Err(TokenError::MissingIat)
            } else {
                Ok(maximum > 0)
            };
        };
        let iat = Date::read(iat).ok_or(TokenError::InvalidIat)?;
        if earliest < iat.ceil {
            return Err(TokenError::IssuedInFuture(iat.ceil));
        }
        if exp <= iat.floor {
            return Err(TokenError::ClaimOrder);
        }
        let lifetime = exp - iat.floor;
        if maximum > 0 && lifetime > maximum {
            return Err(TokenError::LifetimeExceeded { lifetime, maximum });
        }
        Ok(false)
    }

    /// `aud`, then `iss`.
    fn parties(&self, claims: &Map<String, Value>) -> Result<(), TokenError> {
        let audiences = claims::audiences(claims)?;
        let meant = |allowed: &String| audiences.iter().any(|audience| audience.eq_ignore_ascii_case(allowed));
        if !self.rules.allowed_audiences.iter().any(meant) {
            return Err(TokenError::AudienceNotAllowed(shown(&audiences.join(","))));
        }
        let issuer = claims::text(claims, "iss").ok_or(TokenError::MissingIssuer)?;
        let known = Issuer::canonical(issuer).is_some_and(|issuer| self.issuers.contains(&issuer));
        if !known {
            return Err(TokenError::IssuerNotAllowed(shown(issuer)));
        }
        Ok(())
    }
}

impl fmt::Debug for Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validator")
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}

/// The names in `scope`. A `scope` that is no text still narrows: it becomes a name that no policy has.
fn scope(claims: &Map<String, Value>) -> Vec<String> {
    match claims.get("scope") {
        None => Vec::new(),
        Some(Value::String(text)) => text
            .trim()
            .split(' ')
            .filter(|name| !name.is_empty())
            .map(shown)
            .collect(),
        Some(other) => vec![shown(&other.to_string())],
    }
}
