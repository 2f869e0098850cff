//! `<authenticationProvider>`: the server-wide shared secret (authentication 2.1).

use std::ops::RangeInclusive;

use secrecy::SecretString;
use spe_auth::Algorithm;

use super::Environment;
use super::element::Element;
use crate::config::SharedSecretProvider;
use crate::config::error::ConfigError;

const TYPE: &str = "Spe.Core.Settings.Authorization.SharedSecretAuthenticationProvider, Spe";
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
const MAX_LIFETIME: i64 = 10 * 365 * 24 * 3600;
/// Largest leeway, in seconds.
const MAX_SKEW: i64 = 3600;

/// Reads the provider.
pub(super) fn read(element: Element<'_>, environment: Environment<'_>) -> Result<SharedSecretProvider, ConfigError> {
    element.only_attributes(&["type"])?;
    let kind = element.required("type")?;
    let plain = |text: &str| text.split_whitespace().collect::<String>();
    if plain(kind) != plain(TYPE) {
        return Err(element.error(format!("the provider {kind} is not supported; use {TYPE:?}")));
    }
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
    let mut seen = Vec::new();
    for child in element.children()? {
        // The names of properties have any case (authentication 7.5).
        let Some(name) = KNOWN.into_iter().find(|known| known.eq_ignore_ascii_case(child.name())) else {
            return Err(child.unknown(&KNOWN));
        };
        if seen.contains(&name) {
            return Err(child.error(format!("<{name}> stands here twice")));
        }
        seen.push(name);
        let text = || expand(child, environment);
        match name {
            "sharedSecret" => provider.secret = Some(shared_secret(child, text()?)?),
            "allowedIssuers" => provider.allowed_issuers = list(child, environment)?,
            "allowedAudiences" => provider.allowed_audiences = list(child, environment)?,
            "maxTokenLifetimeSeconds" => {
                provider.max_token_lifetime_seconds = number(child, &text()?, 0..=MAX_LIFETIME)?;
            }
            "clockSkewSeconds" => provider.clock_skew_seconds = number(child, &text()?, 0..=MAX_SKEW)?,
            "requireIat" => provider.require_iat = boolean(child, &text()?)?,
            "detailedAuthenticationErrors" => provider.detailed_errors = boolean(child, &text()?)?,
            _ => provider.suppress_warnings = boolean(child, &text()?)?,
        }
    }
    Ok(provider)
}

/// The secret, when it is long enough for the least demanding algorithm (authentication 2.2). It is in no message.
fn shared_secret(element: Element<'_>, text: String) -> Result<SecretString, ConfigError> {
    let secret = SecretString::from(text);
    match spe_auth::secret::check(&secret, Algorithm::HS256) {
        Ok(()) => Ok(secret),
        Err(weakness) => Err(element.error(format!("{weakness}; 64 random characters serve every algorithm"))),
    }
}

/// A list that is there replaces the default, also when it is empty.
fn list(element: Element<'_>, environment: Environment<'_>) -> Result<Vec<String>, ConfigError> {
    element.only_attributes(&["hint"])?;
    let mut texts = Vec::new();
    for item in element.children()? {
        item.only_attributes(&["hint"])?;
        let text = expand(item, environment)?;
        if text.is_empty() {
            return Err(item.error(format!("<{}> is empty", item.name())));
        }
        texts.push(text);
    }
    Ok(texts)
}

/// The text of an element, with `$(env:NAME)` replaced by that variable of the process. The message of a missing one names
/// the variable and nothing else.
fn expand(element: Element<'_>, environment: Environment<'_>) -> Result<String, ConfigError> {
    let text = element.text()?;
    let mut rest = text.as_str();
    let mut expanded = String::with_capacity(text.len());
    while let Some((before, reference)) = rest.split_once("$(env:") {
        let Some((name, after)) = reference.split_once(')') else {
            return Err(element.error(format!("<{}> holds $(env: without its end", element.name())));
        };
        let value = environment(name);
        let value = value.ok_or_else(|| element.error(format!("the environment variable {name} is not set")))?;
        expanded.push_str(before);
        expanded.push_str(&value);
        rest = after;
    }
    expanded.push_str(rest);
    Ok(expanded)
}

fn boolean(element: Element<'_>, text: &str) -> Result<bool, ConfigError> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(element.error(format!("<{}> is {text:?}, neither true nor false", element.name()))),
    }
}

fn number(element: Element<'_>, text: &str, range: RangeInclusive<i64>) -> Result<i64, ConfigError> {
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| {
        let (least, most) = (range.start(), range.end());
        element.error(format!(
            "<{}> is {text:?}, not a number from {least} to {most}",
            element.name()
        ))
    })
}
