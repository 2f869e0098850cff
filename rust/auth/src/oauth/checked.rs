//! A token whose claims were looked at, and the key that is wanted to prove it.

use super::memory::ProvenTokens;
use super::proven::Proven;
use super::provider::OAuthProvider;
use crate::claims::Times;
use crate::error::{Refused, TokenError};
use crate::issuer::Issuer;
use crate::jwks::ResolvedKey;
use crate::signature::PublicAlgorithm;
use crate::token::Token;

/// A token on its way to its key. It may be refused already, for a reason that its sender may learn once it is proven.
pub struct Checked<'p, 't> {
    provider: &'p OAuthProvider,
    token: Token<'t>,
    algorithm: PublicAlgorithm,
    claims: Result<(Issuer, Times), TokenError>,
}

/// The key that would prove a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyWanted<'a> {
    /// `kid`.
    pub kid: &'a str,
    /// `alg`.
    pub algorithm: PublicAlgorithm,
    /// Whether an unknown `kid` may cause a fetch: not for a token that is refused whatever the key says (4.10).
    pub refresh: bool,
}

impl<'p, 't> Checked<'p, 't> {
    /// Refuses at once what no key can make better; the rest goes on to the key.
    pub(super) fn new(
        provider: &'p OAuthProvider,
        token: Token<'t>,
        algorithm: PublicAlgorithm,
        claims: Result<(Issuer, Times), TokenError>,
    ) -> Result<Self, Refused> {
        let skip = provider.settings.skip_signature_validation;
        let unreachable = if skip {
            None
        } else if provider.settings.jwks_uri.is_empty() {
            Some(TokenError::JwksUriNotConfigured)
        } else if token.key_id.is_none() {
            Some(TokenError::MissingKid)
        } else {
            None
        };
        match claims {
            Ok(claims) => match unreachable {
                Some(error) => Err(Refused::unproven(error)),
                None => Ok(Self {
                    provider,
                    token,
                    algorithm,
                    claims: Ok(claims),
                }),
            },
            // Only of these two a proven sender learns more than that the token is not taken.
            Err(error @ (TokenError::Expired(_) | TokenError::MissingScope(_))) if !skip && unreachable.is_none() => {
                Ok(Self {
                    provider,
                    token,
                    algorithm,
                    claims: Err(error),
                })
            }
            Err(error) => Err(Refused::unproven(error)),
        }
    }

    /// The key to look for; none when signatures are not looked at.
    pub fn key_wanted(&self) -> Option<KeyWanted<'_>> {
        if self.provider.settings.skip_signature_validation {
            return None;
        }
        Some(KeyWanted {
            kid: self.token.key_id.as_deref()?,
            algorithm: self.algorithm,
            refresh: self.claims.is_ok(),
        })
    }

    /// Verifies the signature with the key that was found (P18 to P22), unless `memory` has that it did so before.
    pub fn prove(
        self,
        key: Option<Result<ResolvedKey, TokenError>>,
        memory: &ProvenTokens,
    ) -> Result<Proven<'p, 't>, Refused> {
        let signature = match key {
            Some(key) => key.and_then(|key| memory.verify(&key, self.algorithm, &self.token)),
            None if self.provider.settings.skip_signature_validation => Ok(()),
            None => Err(TokenError::MissingKid),
        };
        let signed = !self.provider.settings.skip_signature_validation;
        match (self.claims, signature) {
            (Ok((issuer, times)), Ok(())) => Ok(Proven::new(self.provider, self.token, issuer, times, signed)),
            (Ok(_), Err(error)) => Err(Refused::unproven(error)),
            (Err(error), signature) => Err(Refused {
                error,
                proven: signature.is_ok() && signed,
            }),
        }
    }
}
