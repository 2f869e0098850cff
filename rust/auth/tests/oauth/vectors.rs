//! The golden vectors of Appendix A.

use std::time::Duration;

use spe_auth::jwks::{KeyCache, KeySet, Lookup, Settings as CacheSettings};
use spe_auth::oauth::{OAuthProvider, ProvenTokens, Settings, Subject, route};
use spe_auth::registry::Registry;
use spe_auth::{Family, Refused, Token};
use spe_testkit::forge::NOW;
use spe_testkit::vectors::{AUTH_ES256, AUTH_ES256_DER, AUTH_ES256_TWIN, AUTH_RS256};

/// C0 of section 10.1.
pub(crate) fn c0() -> OAuthProvider {
    OAuthProvider::new(
        "oauthBearer",
        Settings {
            allowed_audiences: vec!["spe-remoting".into()],
            allowed_issuers: vec!["https://idp.test".into()],
            required_scopes: vec!["spe.remoting".into()],
            jwks_uri: "https://idp.test/jwks".into(),
            ..Settings::default()
        },
    )
}

/// A cache that was given a document with these keys.
pub(crate) fn cache(keys: &[&str]) -> KeyCache {
    let (keys, _) = KeySet::parse(format!("{{\"keys\":[{}]}}", keys.join(",")).as_bytes()).unwrap();
    let mut cache = KeyCache::new(CacheSettings::default());
    cache.fetched(keys, Duration::ZERO);
    cache
}

/// As which account the token acts, or why not.
pub(crate) fn account(token: &str, cache: &KeyCache, memory: &ProvenTokens) -> Result<String, Refused> {
    let providers = [c0()];
    let token = Token::parse(token).map_err(Refused::unproven)?;
    let Family::Public(algorithm) = token.family().map_err(Refused::unproven)? else {
        panic!("a token of a secret");
    };
    let routed = route(&providers, token, algorithm).map_err(Refused::unproven)?;
    let checked = routed.check(NOW)?;
    let wanted = checked.key_wanted().unwrap();
    let key = match cache.lookup(wanted.kid, wanted.algorithm, wanted.refresh, Duration::ZERO) {
        Lookup::Key(key) => Ok(key),
        Lookup::None(error) => Err(error),
        Lookup::Fetch => panic!("the keys are there"),
    };
    let proven = checked.prove(Some(key), memory)?;
    match proven.identify(&Registry::default(), NOW)?.subject {
        Subject::Account(account) => Ok(account),
        Subject::Client(client) => panic!("the client {}", client.name),
    }
}

fn by_vectors(token: &str) -> Result<String, &'static str> {
    let cache = cache(&[AUTH_ES256.jwk, AUTH_RS256.jwk]);
    account(token, &cache, &ProvenTokens::new(8)).map_err(|refused| refused.code())
}

/// A.3 and A.4: both are T0, and act as its `sub`.
#[test]
fn the_golden_vectors_are_taken() {
    for token in [AUTH_ES256.token, AUTH_RS256.token] {
        assert_eq!(by_vectors(token), Ok(r"sitecore\svc-remoting".to_owned()));
    }
}

/// A.3, N127, N129 and N131.
#[test]
fn other_signatures_of_the_golden_vector() {
    let (signed, _) = AUTH_ES256.token.rsplit_once('.').unwrap();
    let with = |signature: &str| by_vectors(&format!("{signed}.{signature}"));
    assert!(with(AUTH_ES256_TWIN).is_ok());
    assert_eq!(with(AUTH_ES256_DER), Err("malformedSignature"));
    assert_eq!(with(&"A".repeat(86)), Err("signatureInvalid"));
}

/// Every bit of the signature and of the signed text counts.
#[test]
fn a_changed_vector_is_refused() {
    for token in [AUTH_ES256.token, AUTH_RS256.token] {
        for at in (0..token.len()).step_by(7) {
            let mut bytes = token.as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(changed == token || by_vectors(&changed).is_err(), "{at}");
        }
    }
}
