//! What was verified before is not verified again, as long as the keys are the same.

use std::time::Duration;

use spe_auth::jwks::KeySet;
use spe_auth::oauth::ProvenTokens;
use spe_testkit::forge::Payload;
use spe_testkit::idp::{KeyType, SigningKey};

use crate::vectors::{account, cache};

const HEADER: &str = r#"{"alg":"ES256","typ":"JWT","kid":"ec-1"}"#;

/// A token that was verified is refused once its key is gone, also under the same name.
#[test]
fn another_document_makes_every_proof_new() {
    let (key, other) = (
        SigningKey::generate("ec-1", KeyType::P256),
        SigningKey::generate("ec-1", KeyType::P256),
    );
    let token = key.token(HEADER, &Payload::t0().json());
    let memory = ProvenTokens::new(8);
    let mut cache = cache(&[&key.jwk().to_string()]);
    for _ in 0..2 {
        assert!(account(&token, &cache, &memory).is_ok());
    }
    let document = format!("{{\"keys\":[{}]}}", other.jwk());
    cache.fetched(KeySet::parse(document.as_bytes()).unwrap().0, Duration::ZERO);
    assert_eq!(account(&token, &cache, &memory).unwrap_err().code(), "signatureInvalid");
}

/// The signature belongs to what is remembered: a good text with another signature is not known.
#[test]
fn a_signature_is_part_of_what_is_remembered() {
    let key = SigningKey::generate("ec-1", KeyType::P256);
    let cache = cache(&[&key.jwk().to_string()]);
    let memory = ProvenTokens::new(8);
    let token = key.token(HEADER, &Payload::t0().json());
    assert!(account(&token, &cache, &memory).is_ok());
    let (signed, _) = token.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", "A".repeat(86));
    assert_eq!(
        account(&forged, &cache, &memory).unwrap_err().code(),
        "signatureInvalid"
    );
}

/// Claims are looked at each time.
#[test]
fn what_is_remembered_still_has_to_say_the_right_things() {
    let key = SigningKey::generate("ec-1", KeyType::P256);
    let cache = cache(&[&key.jwk().to_string()]);
    let memory = ProvenTokens::new(1);
    for (payload, code) in [
        (Payload::t0().at("exp", 5), "tokenExpired"),
        (Payload::t0().without("scope"), "missingScope"),
        (Payload::t0().without("sub"), "missingUsername"),
    ] {
        let token = key.token(HEADER, &payload.json());
        for _ in 0..2 {
            let refused = account(&token, &cache, &memory).unwrap_err();
            assert_eq!((refused.code(), refused.proven), (code, true));
        }
    }
}
