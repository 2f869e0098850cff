//! A provider of access tokens: an identity provider and what its tokens must say (authentication 4.1).

use std::time::Duration;

use spe_auth::{Comparison, Issuer, PublicAlgorithm};

use super::Environment;
use super::element::Element;
use super::property::{Property, properties};
use super::provider::MAX_LIFETIME;
use crate::config::OAuthBearerProvider;
use crate::config::error::ConfigError;

/// What `type` says of it.
pub(super) const TYPE: &str = "Spe.Core.Settings.Authorization.OAuthBearerTokenAuthenticationProvider, Spe";
/// Its properties.
pub(super) const KNOWN: [&str; 25] = [
    "allowedAudiences",
    "allowedIssuers",
    "issuerComparison",
    "requiredScopes",
    "usernameClaim",
    "serviceAccountUsername",
    "allowedAlgorithms",
    "jwksUri",
    "jwksCacheSeconds",
    "jwksMinRefreshSeconds",
    "jwksStaleGraceSeconds",
    "jwksAllowLoopbackHttp",
    "skipSignatureValidation",
    "maxTokenLifetimeSeconds",
    "clockSkewSeconds",
    "requireIat",
    "requireNbf",
    "allowMissingTokenType",
    "requireOAuthClient",
    "requireAccessTokenType",
    "requireAzpWhenMultiAudience",
    "jtiReplayCacheEnabled",
    "jtiReplayCacheMaxEntries",
    "detailedAuthenticationErrors",
    "suppressWarnings",
];
const DAY: i64 = 86_400;
/// Most tokens that the replay cache can be meant for.
const MAX_REPLAY_ENTRIES: i64 = 10_000_000;

/// Reads the provider.
pub(super) fn read(
    element: Element<'_>,
    environment: Environment<'_>,
    warnings: &mut Vec<String>,
) -> Result<OAuthBearerProvider, ConfigError> {
    let mut provider = OAuthBearerProvider::named(element.name());
    for property in properties(element, &KNOWN, environment)? {
        if !take_key_property(&mut provider, property, warnings)? {
            take_token_property(&mut provider, property, warnings)?;
        }
    }
    Ok(provider)
}

/// Takes a property about keys and how they are fetched; whether it was one.
fn take_key_property(
    provider: &mut OAuthBearerProvider,
    property: Property<'_>,
    warnings: &mut Vec<String>,
) -> Result<bool, ConfigError> {
    let keys = &mut provider.keys;
    match property.name {
        "jwksUri" => provider.settings.jwks_uri = property.text()?,
        "jwksCacheSeconds" => {
            let default = keys.ttl.as_secs() as i64;
            keys.ttl = seconds(property.clamped_or(default, 30..=DAY, warnings)?);
        }
        "jwksMinRefreshSeconds" => keys.min_refresh = seconds(property.clamped(10..=300, warnings)?),
        "jwksStaleGraceSeconds" => keys.stale_grace = seconds(property.clamped(0..=DAY, warnings)?),
        "jwksAllowLoopbackHttp" => provider.allow_loopback_http = property.boolean()?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Takes a property about tokens.
fn take_token_property(
    provider: &mut OAuthBearerProvider,
    property: Property<'_>,
    warnings: &mut Vec<String>,
) -> Result<(), ConfigError> {
    let settings = &mut provider.settings;
    match property.name {
        "allowedAudiences" => settings.allowed_audiences = property.list()?,
        "allowedIssuers" => settings.allowed_issuers = property.list_of(issuer)?,
        "issuerComparison" => settings.issuer_comparison = comparison(property)?,
        "requiredScopes" => settings.required_scopes = property.list_of(scope)?,
        "usernameClaim" => settings.username_claim = named_claim(property)?,
        "serviceAccountUsername" => settings.service_account_username = property.text()?,
        "allowedAlgorithms" => settings.allowed_algorithms = property.list_of(algorithm)?,
        "skipSignatureValidation" => settings.skip_signature_validation = property.boolean()?,
        "maxTokenLifetimeSeconds" => settings.max_lifetime_seconds = property.number(0..=MAX_LIFETIME)?,
        "clockSkewSeconds" => settings.clock_skew_seconds = property.clamped(0..=300, warnings)?,
        "requireIat" => settings.require_iat = property.boolean()?,
        "requireNbf" => settings.require_nbf = property.boolean()?,
        "allowMissingTokenType" => settings.allow_missing_token_type = property.boolean()?,
        "requireOAuthClient" => settings.require_oauth_client = property.boolean()?,
        "requireAccessTokenType" => settings.require_access_token_type = property.boolean()?,
        "requireAzpWhenMultiAudience" => settings.require_azp_when_multi_audience = property.boolean()?,
        "jtiReplayCacheEnabled" => settings.replay_cache = property.boolean()?,
        "jtiReplayCacheMaxEntries" => {
            let default = provider.replay_entries as i64;
            provider.replay_entries = property.clamped_or(default, 1..=MAX_REPLAY_ENTRIES, warnings)? as usize;
        }
        "detailedAuthenticationErrors" => provider.detailed_errors = property.boolean()?,
        _ => provider.suppress_warnings = property.boolean()?,
    }
    Ok(())
}

fn seconds(count: i64) -> Duration {
    Duration::from_secs(count.unsigned_abs())
}

/// An issuer that some token can have: one that equals nothing (4.4) would refuse in silence.
fn issuer(text: &str) -> Result<String, String> {
    match Issuer::canonical(text) {
        Some(_) => Ok(text.to_owned()),
        None => Err(
            "which no token can have; a URL here has scheme, ASCII host and path, and no user, query or fragment"
                .to_owned(),
        ),
    }
}

fn comparison(property: Property<'_>) -> Result<Comparison, ConfigError> {
    let text = property.text()?;
    match text.to_ascii_lowercase().as_str() {
        "canonical" => Ok(Comparison::Canonical),
        "exact" => Ok(Comparison::Exact),
        _ => Err(property.wrong("neither canonical nor exact")),
    }
}

/// A scope is one word: one with a blank in it would never be there (4.6).
fn scope(text: &str) -> Result<String, String> {
    if text.contains(char::is_whitespace) {
        return Err("with blanks in it; write an element for each scope".to_owned());
    }
    Ok(text.to_owned())
}

fn named_claim(property: Property<'_>) -> Result<String, ConfigError> {
    let text = property.text()?;
    if text.is_empty() {
        return Err(property.error("<usernameClaim> is empty; without the element it is sub"));
    }
    Ok(text)
}

/// One of the closed list: those of shared secrets, `none` and all others never get near a public key (7.6, N374).
fn algorithm(text: &str) -> Result<PublicAlgorithm, String> {
    PublicAlgorithm::from_header(text).ok_or_else(|| {
        let known = PublicAlgorithm::ALL.map(PublicAlgorithm::as_str).join(", ");
        format!("which is not allowed; use some of {known}")
    })
}
