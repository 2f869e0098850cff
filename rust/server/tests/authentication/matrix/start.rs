//! 7.6: what the log says at start of providers that will not work, or let in more than one would think.

use super::fixture::{Matrix, provider};
use crate::log::log;

/// Every finding by its code, of a provider that has all of them but what the others rule out.
#[tokio::test]
async fn what_is_odd_about_a_provider_is_told() {
    let name = "odd-provider";
    let _matrix = Matrix::with(|config| {
        let first = config.spe.oauth[0].clone();
        let own = provider(config);
        own.name = name.into();
        own.settings.allowed_issuers = vec!["https://idp.test/".into(), "SPE Remoting".into()];
        own.settings.allowed_audiences.clear();
        own.settings.jwks_uri = "http://idp.test/jwks".into();
        own.settings.max_lifetime_seconds = 0;
        own.settings.service_account_username = r"a\b\c".into();
        config.spe.oauth.insert(0, first);
    })
    .await;
    for (level, code) in [
        ("ERROR", "incompleteProvider"),
        ("ERROR", "jwksUriRejected"),
        ("ERROR", "invalidServiceAccount"),
        ("WARN", "scopesWithoutAudiences"),
        ("WARN", "oauthOverlap"),
        ("WARN", "crossProviderIssuer"),
        ("WARN", "unboundedLifetime"),
    ] {
        let line = log().line(&["startupWarning", code, name]);
        assert!(line.contains(level), "{line}");
    }
}

/// Tokens that live for days are told, and one provider beside another with algorithms or issuers of its own is not.
#[tokio::test]
async fn what_is_not_odd_is_not_told() {
    let name = "plain-provider";
    let _matrix = Matrix::with(|config| {
        let mut second = config.spe.oauth[0].clone();
        second.name = "second-plain".into();
        second.settings.allowed_algorithms = vec![spe_auth::PublicAlgorithm::ES384];
        second.settings.max_lifetime_seconds = 86_401;
        let own = provider(config);
        own.name = name.into();
        own.allow_loopback_http = false;
        own.settings.jwks_uri = "https://idp.test/jwks".into();
        own.settings.require_oauth_client = true;
        config.spe.oauth.push(second);
    })
    .await;
    assert_eq!(log().lines(&["startupWarning", name]), Vec::<String>::new());
    log().line(&["startupWarning", "longLifetime", "second-plain"]);
    assert!(log().lines(&["oauthOverlap", "second-plain"]).is_empty());
}
