//! Which providers there are, and which of them count (authentication 1.6, 7.1).

use super::{OAUTH_TYPE, PROVIDER, powershell, providers, read_files, refused, sitecore};

/// Several providers, in order; names are their own (authentication 7.1).
#[test]
fn there_may_be_several() {
    let one = |name: &str| format!("<{name} type='{OAUTH_TYPE}'/>");
    let (providers_read, _) = providers(&[one("b"), one("a"), one("c")].concat()).unwrap();
    let names: Vec<_> = providers_read.iter().map(|provider| provider.name.as_str()).collect();
    assert_eq!(names, ["b", "a", "c"]);
    refused(providers(&[one("a"), one("a")].concat()), "twice");
    refused(providers("<a type='Spe.Other, Spe'/>"), "Spe.Other");
}

/// N378: a provider without type is not passed over.
#[test]
fn a_provider_needs_a_type() {
    refused(
        providers("<oauthBearer><requireIat>true</requireIat></oauthBearer>"),
        "type",
    );
    refused(powershell("<authenticationProvider/>"), "type");
}

/// Authentication 7.1: the singular slot takes a provider of access tokens, which then is the only one unless the list adds another.
#[test]
fn the_singular_slot_takes_access_tokens_too() {
    let single = format!("<authenticationProvider type='{OAUTH_TYPE}'/>");
    let (config, _) = powershell(&single).unwrap();
    assert_eq!((config.oauth.len(), config.shared_secret.is_none()), (1, true));
    let list =
        format!("<authenticationProviders><b type='{OAUTH_TYPE}'/><c type='{PROVIDER}'/></authenticationProviders>");
    for both in [format!("{single}{list}"), format!("{list}{single}")] {
        let (config, warnings) = powershell(&both).unwrap();
        let names: Vec<_> = config.oauth.iter().map(|provider| provider.name.as_str()).collect();
        assert_eq!(names, ["authenticationProvider", "b"]);
        assert!(config.shared_secret.is_some() && warnings.is_empty());
    }
}

/// Authentication 1.6: of two shared secrets, and of two providers of one name, the one in the list counts, and that is told.
#[test]
fn the_list_counts_more_than_the_singular_slot() {
    let provider = |name: &str, issuer: &str| {
        format!("<{name} type='{PROVIDER}'><allowedIssuers><issuer>{issuer}</issuer></allowedIssuers></{name}>\n")
    };
    let list = format!(
        "<authenticationProviders>{}</authenticationProviders>",
        provider("secret", "listed")
    );
    let (config, warnings) = powershell(&format!("{list}{}", provider("authenticationProvider", "single"))).unwrap();
    assert_eq!(config.shared_secret.unwrap().allowed_issuers, ["listed"]);
    assert!(
        warnings.len() == 1 && warnings[0].starts_with("Spe.config:3: "),
        "{warnings:?}"
    );
    let same = format!(
        "<authenticationProvider type='{OAUTH_TYPE}'/>
         <authenticationProviders><authenticationProvider type='{OAUTH_TYPE}'><requireNbf>true</requireNbf></authenticationProvider>
         </authenticationProviders>"
    );
    let (config, warnings) = powershell(&same).unwrap();
    assert!(config.oauth.len() == 1 && config.oauth[0].settings.require_nbf && warnings.len() == 1);
}

/// Authentication 7.5, fifth consequence: a second file finds the provider by its name alone.
#[test]
fn a_second_file_changes_a_provider() {
    let list = |inside: &str| {
        sitecore(&format!(
            "<powershell><authenticationProviders>{inside}</authenticationProviders></powershell>"
        ))
    };
    let base = sitecore("<powershell/>");
    let first = list(&format!(
        "<oauthBearer type='{OAUTH_TYPE}'><jwksUri>https://a</jwksUri></oauthBearer>"
    ));
    let second = list("<oauthBearer><jwksUri>https://b</jwksUri></oauthBearer>");
    let files = [
        ("Spe.config", base.as_str()),
        ("a.config", &first),
        ("b.config", &second),
    ];
    let reading = read_files(&files, &[]).unwrap();
    assert_eq!(reading.config.oauth.len(), 1);
    assert_eq!(reading.config.oauth[0].settings.jwks_uri, "https://b");
}
