//! The provider of the shared secret.

use secrecy::ExposeSecret as _;

use super::{PROVIDER, SECRET, powershell, refused};
use crate::config::SharedSecretProvider;

fn provider(inside: &str) -> Result<(SharedSecretProvider, Vec<String>), String> {
    let read = powershell(&format!(
        "<authenticationProvider type='{PROVIDER}'>{inside}</authenticationProvider>"
    ));
    read.map(|(config, warnings)| (config.shared_secret.unwrap(), warnings))
}

/// Authentication 2.1: the defaults are those of the code, not of the shipped file.
#[test]
fn the_provider_has_the_defaults_of_the_code() {
    let (provider, _) = provider("").unwrap();
    assert!(provider.secret.is_none());
    assert!(provider.allowed_issuers.is_empty() && provider.allowed_audiences.is_empty());
    assert_eq!(provider.max_token_lifetime_seconds, 0);
    assert_eq!(provider.clock_skew_seconds, 30);
    assert!(provider.require_iat && !provider.detailed_errors);
}

/// Authentication 7.5: names in any case, texts trimmed, list children of any name.
#[test]
fn the_provider_is_read() {
    let (provider, _) = provider(&format!(
        "<SharedSecret>\n  <!-- keep it -->{SECRET}\n </SharedSecret>
         <allowedIssuers hint='list'><issuer> SPE Remoting </issuer><x>Web API</x></allowedIssuers>
         <allowedAudiences hint='list'><audience>https://a</audience></allowedAudiences>
         <maxTokenLifetimeSeconds>3600</maxTokenLifetimeSeconds><clockSkewSeconds>5</clockSkewSeconds>
         <requireIat>False</requireIat><detailedAuthenticationErrors>true</detailedAuthenticationErrors>"
    ))
    .unwrap();
    assert_eq!(provider.secret.unwrap().expose_secret(), SECRET);
    assert_eq!(provider.allowed_issuers, ["SPE Remoting", "Web API"]);
    assert_eq!(provider.allowed_audiences, ["https://a"]);
    assert_eq!(
        (provider.max_token_lifetime_seconds, provider.clock_skew_seconds),
        (3600, 5)
    );
    assert!(!provider.require_iat && provider.detailed_errors);
}

/// Authentication 10.12: N375, N376, N378 and their like.
#[test]
fn the_provider_is_read_strictly() {
    for (inside, part) in [
        (
            "<maxTokenLifetimeSeconds>abc</maxTokenLifetimeSeconds>",
            "maxTokenLifetimeSeconds",
        ),
        ("<maxTokenLifetimeSeconds>-1</maxTokenLifetimeSeconds>", "0 to"),
        ("<clockSkewSeconds>3601</clockSkewSeconds>", "0 to 3600"),
        ("<requireIat>yes</requireIat>", "requireIat"),
        ("<requireIat>true</requireIat><RequireIAT>true</RequireIAT>", "twice"),
        ("<skipSignature>true</skipSignature>", "skipSignature"),
        ("<allowedIssuers>text</allowedIssuers>", "no text"),
        ("<allowedIssuers><issuer/></allowedIssuers>", "empty"),
        ("<requireIat><x/></requireIat>", "no elements"),
    ] {
        refused(provider(inside), part);
    }
    refused(powershell("<authenticationProvider/>"), "type");
    refused(
        powershell("<authenticationProvider type='Spe.Other, Spe'/>"),
        "Spe.Other",
    );
    refused(
        powershell("<authenticationProviders><oauthBearer type='x'/></authenticationProviders>"),
        "not supported",
    );
    assert!(powershell("<authenticationProviders/>").is_ok());
}

/// Authentication 2.2: length in bytes, no number, nothing blank; and the secret is never shown.
#[test]
fn a_weak_secret_is_refused_and_not_shown() {
    let long_number = "1".repeat(64);
    for (secret, part) in [
        ("", "empty"),
        ("   ", "empty"),
        ("hunter2hunter2hunter2hunter2hun", "32"),
        (long_number.as_str(), "number"),
        ("-1.5e100000000000000000000000000000000000", "number"),
    ] {
        let result = provider(&format!("<sharedSecret>{secret}</sharedSecret>"));
        let error = result.as_ref().unwrap_err().clone();
        assert!(secret.trim().is_empty() || !error.contains(secret.trim()), "{error}");
        refused(result, part);
    }
    assert!(provider("<sharedSecret>h\u{fc}nter2hunter2hunter2hunter2hunt</sharedSecret>").is_ok());
}

/// Authentication 7.5 and N381: the value of a variable, and a missing one is an error that names it.
#[test]
fn texts_take_values_from_the_environment() {
    let (taken, _) = provider("<sharedSecret>$(env:SECRET)</sharedSecret>").unwrap();
    assert_eq!(taken.secret.unwrap().expose_secret(), SECRET);
    refused(provider("<sharedSecret>$(env:MISSING)</sharedSecret>"), "MISSING");
    refused(provider("<sharedSecret>$(env:SECRET</sharedSecret>"), "without its end");
}
