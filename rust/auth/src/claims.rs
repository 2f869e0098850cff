//! What a token must say to be taken: one set of checks for tokens of every kind. An unusual form is refused, never taken for an
//! absent one (AU-D-23 to AU-D-25).

use serde_json::{Map, Value};

use crate::error::{TokenError, shown};
use crate::issuer::{Comparison, Issuer};

/// The claims of a token.
pub(crate) type Claims = Map<String, Value>;

/// The last second of the year 9999.
const LATEST: f64 = 253_402_300_799.0;

/// A time of a token in seconds since 1970. A fraction counts for neither side: each check rounds it against the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Date {
    floor: i64,
    ceil: i64,
}

impl Date {
    /// The time that `value` is: a number from 1 to the end of the year 9999 (2.5, 4.3).
    fn read(value: &Value) -> Option<Self> {
        // Every whole number of the range is exact in a double, and what is beyond it stays beyond it.
        let seconds = value.as_f64()?;
        let (floor, ceil) = (seconds.floor(), seconds.ceil());
        (floor >= 1.0 && ceil <= LATEST).then_some(Self {
            floor: floor as i64,
            ceil: ceil as i64,
        })
    }
}

/// The checks of time, issuer and audience that tokens of both providers go through (2.3 to 2.5, 4.2 to 4.5). Where the two
/// differ, they do by a member of this.
#[derive(Debug, Clone, Default)]
pub(crate) struct JwtClaimValidator {
    /// How far a caller's clock may be ahead, in seconds, for `nbf` and `iat`.
    pub(crate) skew: i64,
    /// How long after `exp` a token still counts, in seconds.
    pub(crate) exp_skew: i64,
    /// Most seconds from `iat` to `exp`; 0 for no bound.
    pub(crate) max_lifetime: i64,
    /// Whether `iat` must be there.
    pub(crate) require_iat: bool,
    /// Whether `nbf` must be there.
    pub(crate) require_nbf: bool,
    /// Whether `exp` must come after `nbf` (P9).
    pub(crate) order_nbf: bool,
    /// How issuers are compared.
    pub(crate) comparison: Comparison,
    /// Issuers that are taken.
    pub(crate) issuers: Vec<Issuer>,
    /// Audiences that mean this server.
    pub(crate) audiences: Vec<String>,
}

/// The times of a token that was found to be in time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    /// From which second on it does not count any more, leeway included.
    pub(crate) ends: i64,
    /// There is a bound on lifetimes, and this token without `iat` could not be held to it.
    pub(crate) lifetime_unchecked: bool,
}

impl JwtClaimValidator {
    /// `exp`, `nbf`, `iat`, the lifetime and their order, in this order.
    pub(crate) fn times(&self, claims: &Claims, now: i64) -> Result<Times, TokenError> {
        let earliest = now.saturating_add(self.skew.max(0));
        let exp = claims.get("exp").ok_or(TokenError::MissingExp)?;
        let exp = Date::read(exp).ok_or(TokenError::InvalidExp)?.floor;
        let ends = exp.saturating_add(self.exp_skew.max(0));
        if now >= ends {
            return Err(TokenError::Expired(exp));
        }
        let nbf = match claims.get("nbf") {
            None if self.require_nbf => return Err(TokenError::MissingNbf),
            None => None,
            Some(nbf) => Some(Date::read(nbf).ok_or(TokenError::InvalidNbf)?.ceil),
        };
        if let Some(nbf) = nbf.filter(|nbf| earliest < *nbf) {
            return Err(TokenError::NotYetValid(nbf));
        }
        let lifetime_unchecked = self.lifetime(claims, exp, earliest)?;
        if self.order_nbf && nbf.is_some_and(|nbf| exp <= nbf) {
            return Err(TokenError::ClaimOrder);
        }
        Ok(Times {
            ends,
            lifetime_unchecked,
        })
    }

    /// `iat` and what it says of the lifetime. Whether that could not be checked for want of `iat`.
    fn lifetime(&self, claims: &Claims, exp: i64, earliest: i64) -> Result<bool, TokenError> {
        let maximum = self.max_lifetime;
        let Some(iat) = claims.get("iat") else {
            return if self.require_iat {
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

    /// `aud`: one of its audiences must mean this server. Gives all that are named, each once.
    pub(crate) fn audience<'a>(&self, claims: &'a Claims) -> Result<Vec<&'a str>, TokenError> {
        let audiences = audiences(claims)?;
        let meant = |allowed: &String| audiences.iter().any(|audience| audience.eq_ignore_ascii_case(allowed));
        if !self.audiences.iter().any(meant) {
            return Err(TokenError::AudienceNotAllowed(shown(&audiences.join(","))));
        }
        Ok(audiences)
    }

    /// `iss`: it must be one of those that are taken.
    pub(crate) fn issuer(&self, claims: &Claims) -> Result<Issuer, TokenError> {
        let text = text(claims, "iss").ok_or(TokenError::MissingIssuer)?;
        let issuer = self
            .comparison
            .form(text)
            .filter(|issuer| self.issuers.contains(issuer));
        issuer.ok_or_else(|| TokenError::IssuerNotAllowed(shown(text)))
    }
}

/// The audiences of a token: a text or an array of texts, blank ones left out, each once (4.5, AU-D-13).
fn audiences(claims: &Claims) -> Result<Vec<&str>, TokenError> {
    let all = match claims.get("aud") {
        Some(Value::String(text)) => vec![text.as_str()],
        Some(Value::Array(elements)) => {
            let texts = elements.iter().map(Value::as_str).collect::<Option<Vec<_>>>();
            texts.ok_or(TokenError::Malformed("aud holds something other than texts"))?
        }
        _ => Vec::new(),
    };
    let mut named = Vec::new();
    for text in all {
        if !text.trim().is_empty() && !named.contains(&text) {
            named.push(text);
        }
    }
    if named.is_empty() {
        return Err(TokenError::MissingAudience);
    }
    Ok(named)
}

/// A claim that is a text with something in it.
pub(crate) fn text<'a>(claims: &'a Claims, name: &str) -> Option<&'a str> {
    let text = claims.get(name)?.as_str()?;
    (!text.trim().is_empty()).then_some(text)
}
