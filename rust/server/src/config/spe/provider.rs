//! The provider of the server-wide shared secret (authentication 2.1).

use secrecy::SecretString;
use spe_auth::Algorithm;

use super::Environment;
use super::element::Element;
use super::property::{Property, properties};
use crate::config::SharedSecretProvider;
use crate::config::error::ConfigError;

/// What `type` says of it.
pub(super) const TYPE: &str = "Spe.Core.Settings.Authorization.SharedSecretAuthenticationProvider, Spe";
const KNOWN: [&str; 8] = [
    "sharedSecret",
    "allowedIssuers",
    "allowedAudiences",
    "detailedAuthenticationErrors",
    "maxTokenLifetimeSeconds",
    "clockSkewSeconds",
    "requireIat",
    "suppressWarnings",
];
/// Largest ceiling of a token's life, in seconds: ten years.
pub(super) const MAX_LIFETIME: i64 = 10 * 365 * 24 * 3600;
/// Largest leeway, in seconds.
const MAX_SKEW: i64 = 3600;

/// Reads the provider.
pub(super) fn read(element: Element<'_>, environment: Environment<'_>) -> Result<SharedSecretProvider, ConfigError> {
    let mut provider = SharedSecretProvider {
        secret: None,
        allowed_issuers: Vec::new(),
        allowed_audiences: Vec::new(),
        max_token_lifetime_seconds: 0,
        clock_skew_seconds: 30,
        require_iat: true,
        detailed_errors: false,
        suppress_warnings: false,
    };
    for property in properties(element, &KNOWN, environment)? {
        match property.name {
            "sharedSecret" => provider.secret = Some(shared_secret(property)?),
            "allowedIssuers" => provider.allowed_issuers = property.list()?,
            "allowedAudiences" => provider.allowed_audiences = property.list()?,
            "maxTokenLifetimeSeconds" => provider.max_token_lifetime_seconds = property.number(0..=MAX_LIFETIME)?,
            "clockSkewSeconds" => provider.clock_skew_seconds = property.number(0..=MAX_SKEW)?,
            "requireIat" => provider.require_iat = property.boolean()?,
            "detailedAuthenticationErrors" => provider.detailed_errors = property.boolean()?,
            _ => provider.suppress_warnings = property.boolean()?,
        }
    }
    Ok(provider)
}

/// The secret, when it is long enough for the least demanding algorithm (authentication 2.2). It is in no message.
fn shared_secret(property: Property<'_>) -> Result<SecretString, ConfigError> {
    let secret = SecretString::from(property.text()?);
    match spe_auth::secret::check(&secret, Algorithm::HS256) {
        Ok(()) => Ok(secret),
        Err(weakness) => Err(property.error(format!("{weakness}; 64 random characters serve every algorithm"))),
    }
}
