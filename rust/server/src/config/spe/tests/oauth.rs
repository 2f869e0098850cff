//! Providers of access tokens (authentication 4.1, 7.1).

use std::time::Duration;

use spe_auth::{Comparison, PublicAlgorithm};

use super::{NAMESPACES, OAUTH_TYPE, SECRET, providers, read_files, read_text, refused, sitecore};
use crate::config::OAuthBearerProvider;

fn provider(inside: &str) -> Result<(OAuthBearerProvider, Vec<String>), String> {
    let read = providers(&format!("<oauthBearer type='{OAUTH_TYPE}'>{inside}</oauthBearer>"));
    read.map(|(mut providers, warnings)| (providers.remove(0), warnings))
}

/// Authentication 4.1: the defaults.
#[test]
fn a_provider_has_the_defaults_of_the_specification() {
    let (provider, warnings) = provider("").unwrap();
    let settings = &provider.settings;
    assert_eq!(provider.name, "oauthBearer");
    assert!(settings.allowed_audiences.is_empty() && settings.allowed_issuers.is_empty());
    assert_eq!(settings.allowed_algorithms, PublicAlgorithm::DEFAULT);
    assert_eq!(settings.issuer_comparison, Comparison::Canonical);
    assert_eq!(
        (
            settings.username_claim.as_str(),
            settings.service_account_username.as_str()
        ),
        ("sub", "")
    );
    assert_eq!((settings.max_lifetime_seconds, settings.clock_skew_seconds), (3600, 30));
    assert!(settings.require_iat && !settings.require_nbf && !settings.skip_signature_validation);
    assert!(!settings.require_oauth_client && !settings.replay_cache && !provider.allow_loopback_http);
    assert_eq!(provider.keys.ttl, Duration::from_mins(10));
    assert_eq!(
        (provider.keys.min_refresh, provider.keys.stale_grace),
        (Duration::from_secs(30), Duration::ZERO)
    );
    assert_eq!(provider.replay_entries, 10_000);
    assert_eq!(warnings, Vec::<String>::new());
}

/// Authentication 4.1 and 7.5: every element, its name in any case, its text trimmed.
#[test]
fn every_property_is_read() {
    let (provider, warnings) = provider(
        "<allowedAudiences hint='list'><audience>https://spe</audience></allowedAudiences>
         <allowedIssuers hint='list'><issuer> https://idp/ </issuer><x>https://other</x></allowedIssuers>
         <IssuerComparison>Exact</IssuerComparison>
         <requiredScopes><scope>a</scope><scope>b</scope></requiredScopes>
         <usernameClaim>upn</usernameClaim><serviceAccountUsername>sitecore\\build</serviceAccountUsername>
         <allowedAlgorithms><algorithm>ES512</algorithm></allowedAlgorithms>
         <jwksUri>https://idp/keys</jwksUri><jwksCacheSeconds>+60</jwksCacheSeconds>
         <jwksMinRefreshSeconds>20</jwksMinRefreshSeconds><jwksStaleGraceSeconds>40</jwksStaleGraceSeconds>
         <jwksAllowLoopbackHttp>true</jwksAllowLoopbackHttp><skipSignatureValidation>true</skipSignatureValidation>
         <maxTokenLifetimeSeconds>0</maxTokenLifetimeSeconds><clockSkewSeconds>5</clockSkewSeconds>
         <requireIat>FALSE</requireIat><requireNbf>true</requireNbf>
         <allowMissingTokenType>true</allowMissingTokenType><requireOAuthClient>true</requireOAuthClient>
         <requireAccessTokenType>true</requireAccessTokenType>
         <requireAzpWhenMultiAudience>true</requireAzpWhenMultiAudience>
         <jtiReplayCacheEnabled>true</jtiReplayCacheEnabled><jtiReplayCacheMaxEntries>9</jtiReplayCacheMaxEntries>
         <detailedAuthenticationErrors>true</detailedAuthenticationErrors><suppressWarnings>true</suppressWarnings>",
    )
    .unwrap();
    let settings = &provider.settings;
    assert_eq!(settings.allowed_audiences, ["https://spe"]);
    assert_eq!(settings.allowed_issuers, ["https://idp/", "https://other"]);
    assert_eq!(settings.issuer_comparison, Comparison::Exact);
    assert_eq!(settings.required_scopes, ["a", "b"]);
    assert_eq!(
        (
            settings.username_claim.as_str(),
            settings.service_account_username.as_str()
        ),
        ("upn", r"sitecore\build")
    );
    assert_eq!(
        settings.allowed_algorithms,
        [PublicAlgorithm::ES512],
        "a list replaces the default"
    );
    assert_eq!(settings.jwks_uri, "https://idp/keys");
    let keys = &provider.keys;
    let seconds = [keys.ttl, keys.min_refresh, keys.stale_grace].map(|time| time.as_secs());
    assert_eq!(seconds, [60, 20, 40]);
    assert_eq!((settings.max_lifetime_seconds, settings.clock_skew_seconds), (0, 5));
    assert!(provider.allow_loopback_http && settings.skip_signature_validation);
    assert!(!settings.require_iat && settings.require_nbf && settings.allow_missing_token_type);
    assert!(settings.require_oauth_client && settings.require_access_token_type);
    assert!(settings.require_azp_when_multi_audience && settings.replay_cache);
    assert_eq!(provider.replay_entries, 9);
    assert!(provider.detailed_errors && provider.suppress_warnings);
    assert_eq!(warnings, Vec::<String>::new());
}

/// Authentication 7.5: an empty list refuses everything, and is not the default.
#[test]
fn an_empty_list_is_a_list() {
    let (provider, _) = provider("<allowedAlgorithms hint='list'/>").unwrap();
    assert!(provider.settings.allowed_algorithms.is_empty());
}

/// Authentication 4.1: clamps, each told.
#[test]
fn numbers_outside_are_moved_inside_and_told() {
    for (element, value, expected) in [
        ("jwksCacheSeconds", "29", 30),
        ("jwksCacheSeconds", "86401", 86_400),
        ("jwksCacheSeconds", "0", 600),
        ("jwksCacheSeconds", "-5", 600),
        ("jwksMinRefreshSeconds", "9", 10),
        ("jwksMinRefreshSeconds", "301", 300),
        ("jwksStaleGraceSeconds", "-1", 0),
        ("jwksStaleGraceSeconds", "86401", 86_400),
        ("clockSkewSeconds", "301", 300),
        ("clockSkewSeconds", "-1", 0),
        ("jtiReplayCacheMaxEntries", "0", 10_000),
        ("jtiReplayCacheMaxEntries", "10000001", 10_000_000),
    ] {
        let (provider, warnings) = provider(&format!("<{element}>{value}</{element}>")).unwrap();
        let taken = match element {
            "jwksCacheSeconds" => provider.keys.ttl.as_secs() as i64,
            "jwksMinRefreshSeconds" => provider.keys.min_refresh.as_secs() as i64,
            "jwksStaleGraceSeconds" => provider.keys.stale_grace.as_secs() as i64,
            "clockSkewSeconds" => provider.settings.clock_skew_seconds,
            _ => provider.replay_entries as i64,
        };
        assert_eq!(taken, expected, "{element} {value}");
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(
            warnings[0].contains(element) && warnings[0].starts_with("Spe.config:2: "),
            "{warnings:?}"
        );
    }
}

/// N374, N375, N376 and their like: each names file, line and what is wrong.
#[test]
fn a_provider_is_read_strictly() {
    for algorithm in ["HS256", "none", "NONE", "PS256", "EdDSA", "ES256K", "rs256", "RS1024"] {
        let list = format!("<allowedAlgorithms>\n<algorithm>{algorithm}</algorithm></allowedAlgorithms>");
        let error = provider(&list).unwrap_err();
        assert!(
            error.starts_with("Spe.config:3: ") && error.contains(algorithm),
            "{error}"
        );
    }
    for (inside, part) in [
        (
            "<maxTokenLifetimeSeconds>abc</maxTokenLifetimeSeconds>",
            "maxTokenLifetimeSeconds",
        ),
        ("<maxTokenLifetimeSeconds>-1</maxTokenLifetimeSeconds>", "0 to"),
        (
            "<jwksCacheSeconds>6e2</jwksCacheSeconds>",
            "not a number from 30 to 86400",
        ),
        (
            "<clockSkewSeconds>99999999999999999999</clockSkewSeconds>",
            "clockSkewSeconds",
        ),
        ("<skipSignature>true</skipSignature>", "<skipSignature> is unknown"),
        ("<sharedSecret>x</sharedSecret>", "<sharedSecret> is unknown"),
        ("<requireIat>yes</requireIat>", "requireIat"),
        ("<requireIat x='y'>true</requireIat>", "the attribute x"),
        ("<requireNbf>true</requireNbf><RequireNBF>true</RequireNBF>", "twice"),
        ("<issuerComparison>loose</issuerComparison>", "canonical"),
        ("<usernameClaim/>", "empty"),
        ("<requiredScopes><scope>a b</scope></requiredScopes>", "each scope"),
        ("<allowedIssuers><issuer/></allowedIssuers>", "empty"),
        (
            "<allowedIssuers><issuer>https://user:hunter2@idp/</issuer></allowedIssuers>",
            "https://***@idp/\", which no token can have",
        ),
        ("<jwksUri><x/></jwksUri>", "no elements"),
        ("text", "no text"),
    ] {
        let result = provider(inside);
        assert!(!result.as_ref().err().is_some_and(|error| error.contains("hunter2")));
        refused(result, part);
    }
}

/// Values of the environment are used and not shown (authentication 7.5).
#[test]
fn values_of_the_environment_are_not_shown() {
    let (taken, _) = provider("<jwksUri>https://idp/$(env:SECRET)</jwksUri>").unwrap();
    assert_eq!(taken.settings.jwks_uri, format!("https://idp/{SECRET}"));
    for inside in [
        "<requireIat>$(env:SECRET)</requireIat>",
        "<clockSkewSeconds>$(env:SECRET)</clockSkewSeconds>",
        "<allowedAlgorithms><algorithm>$(env:SECRET)</algorithm></allowedAlgorithms>",
        "<requiredScopes><scope>a $(env:SECRET)</scope></requiredScopes>",
        "<allowedIssuers><issuer>https://a?$(env:SECRET)</issuer></allowedIssuers>",
        "<issuerComparison>$(env:SECRET)</issuerComparison>",
    ] {
        let error = provider(inside).unwrap_err();
        assert!(!error.contains(SECRET) && error.contains("$(env:SECRET)"), "{error}");
    }
    refused(provider("<jwksUri>$(env:MISSING)</jwksUri>"), "MISSING");
}

/// N364, N365: the gate of the shipped file by definitions instead of the variable.
#[test]
fn the_gate_of_the_shipped_file_asks_roles_too() {
    let shipped = include_str!("../../../../../../config/App_Config/Include/Spe/Spe.OAuthBearer.config");
    let base = sitecore("");
    let active = |variables: &[(&str, &str)]| {
        let files = [("Spe.config", base.as_str()), ("Spe.OAuthBearer.config", shipped)];
        !read_files(&files, variables).unwrap().config.oauth.is_empty()
    };
    let on = ("SITECORE_SPE_OAUTH", "true");
    assert!(active(&[on]));
    assert!(active(&[("SITECORE_APPSETTINGS_env:define", "SITECORE_SPE_OAUTH")]));
    assert!(!active(&[on, ("SITECORE_APPSETTINGS_role:define", "ContentDelivery")]));
    assert!(active(&[on, ("SITECORE_APPSETTINGS_role:define", "XMCloud")]));
    assert!(!active(&[on, ("SITECORE_APPSETTINGS_security:define", "Other")]));
    assert!(shipped.is_ascii() && read_text(&format!("<configuration {NAMESPACES}/>")).is_ok());
}

/// docs/configuration.md has a line for every property.
#[test]
fn the_page_names_every_property() {
    let page = include_str!("../../../../../../docs/configuration.md");
    let section = page
        .split_once("### Access tokens")
        .unwrap()
        .1
        .split_once("\n### ")
        .unwrap()
        .0;
    for name in super::super::oauth::KNOWN {
        assert!(section.contains(&format!("\n| `{name}` | ")), "{name}");
    }
}
