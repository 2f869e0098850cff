//! What is promised of credentials, tokens and keys.

use spe_auth::authorization::{self, Credential, Login};
use spe_auth::jwks::KeySet;
use spe_auth::registry::Registry;
use spe_auth::shared_secret::{Rules, Signer, Validator};
use spe_auth::{Token, username};
use spe_testkit::forge::{NOW, encode, sign_with};

const SECRET: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";

/// Authentication 1.3 and 1.4: what is taken is a token, or a login without controls.
pub(crate) fn authorization(input: &[u8]) {
    match authorization::credential([input]) {
        Ok(Credential::Bearer(bearer)) => {
            assert!(!bearer.token().is_empty() && !bearer.token().starts_with(' '));
        }
        Ok(Credential::Basic(Login { user, .. })) => {
            assert_eq!(
                username::normalise(&user).as_deref(),
                Some(&*user),
                "a name is in its form"
            );
        }
        Err(_) => {}
    }
}

/// Authentication 1.5: a token has one text. What is taken has three parts, and none with a bit changed in its last character.
pub(crate) fn token(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    if Token::parse(&text).is_err() {
        return;
    }
    let parts: Vec<_> = text.split('.').collect();
    assert!(parts.len() == 3 && parts.iter().all(|part| !part.is_empty()));
    for other in [
        format!("{text}="),
        format!("{text}."),
        format!(".{text}"),
        format!("{text} "),
    ] {
        assert!(Token::parse(&other).is_err(), "{other}");
    }
}

/// Authentication 2: nobody is let in by a token that does not say who, for whom, by whom and until when; other tokens of its text, with
/// another signature, are never taken.
pub(crate) fn claims(input: &[u8]) {
    let signed = format!("{}.{}", encode(r#"{"alg":"HS256","typ":"JWT"}"#), encode(input));
    let validator = Validator::new(
        Some(&SECRET.into()),
        Rules {
            allowed_issuers: vec!["SPE Remoting".into()],
            allowed_audiences: vec!["https://cm.test".into()],
            max_lifetime_seconds: 0,
            clock_skew_seconds: 30,
            require_iat: false,
        },
    );
    let validate = |text: &str| {
        let token = Token::parse(text).ok()?;
        validator.validate(&token, &Registry::default(), NOW).ok()
    };
    assert!(validate(&sign_with(b"another secret of at least 32 bytes", &signed)).is_none());
    if let Some(verified) = validate(&sign_with(SECRET.as_bytes(), &signed)) {
        let text = String::from_utf8_lossy(input);
        for claim in ["iss", "exp", "aud", "name"] {
            // A name may be written with escapes.
            assert!(text.contains(claim) || text.contains("\\u"), "{text}");
        }
        let Signer::Server { user } = verified.signer else {
            panic!("there are no clients");
        };
        assert_eq!(username::normalise(&user), Some(user));
    }
}

/// Authentication 5.3: a document is read or refused, and never has more keys than it may.
pub(crate) fn keys(input: &[u8]) {
    if let Ok((keys, _)) = KeySet::parse(input) {
        assert!(keys.len() <= 100);
    }
}
