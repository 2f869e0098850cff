//! Tokens of `New-Jwt`: client module 18 and the golden vectors.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use spe_client::{FailureKind, JwtCall, new_jwt};

const SECRET: &str = "a-secret-of-the-tests-0123456789";

fn call() -> JwtCall {
    JwtCall {
        algorithm: "HS256".to_owned(),
        token_type: "JWT".to_owned(),
        key_id: String::new(),
        issuer: "i".to_owned(),
        audience: "a".to_owned(),
        name: String::new(),
        valid_for_seconds: 30,
        secret_key: SecretString::from(SECRET),
        client_session_id: String::new(),
        no_issued_at: false,
        not_before: 0,
        issued_at: 0,
        scope: String::new(),
    }
}

fn part(call: &JwtCall, index: usize) -> String {
    let token = new_jwt(call, 100).unwrap();
    String::from_utf8(URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap()).unwrap()
}

#[test]
fn golden_vectors_are_reproduced() {
    for vector in spe_testkit::vectors::TOKENS {
        let call = JwtCall {
            algorithm: vector.algorithm.to_string().to_lowercase(),
            key_id: vector.key_id.unwrap_or_default().to_owned(),
            issuer: "SPE Remoting".to_owned(),
            audience: vector.audience.to_owned(),
            name: vector.name.unwrap_or_default().to_owned(),
            secret_key: SecretString::from(vector.secret),
            ..call()
        };
        assert_eq!(new_jwt(&call, vector.issued_at).unwrap(), vector.token);
    }
}

#[test]
fn empty_values_are_left_out() {
    assert_eq!(part(&call(), 0), r#"{"alg":"HS256","typ":"JWT"}"#);
    assert_eq!(part(&call(), 1), r#"{"iss":"i","exp":130,"aud":"a","iat":100}"#);
}

#[test]
fn every_value_has_its_member() {
    let call = JwtCall {
        key_id: "k".to_owned(),
        name: "n".to_owned(),
        client_session_id: "c".to_owned(),
        not_before: 5,
        scope: "read write".to_owned(),
        ..call()
    };
    assert_eq!(part(&call, 0), r#"{"alg":"HS256","typ":"JWT","kid":"k"}"#);
    assert_eq!(
        part(&call, 1),
        r#"{"iss":"i","exp":130,"aud":"a","name":"n","client_session":"c","iat":100,"nbf":5,"scope":"read write"}"#
    );
}

/// An explicit time beats the switch that leaves it out.
#[test]
fn issued_at_is_now_or_given_or_absent() {
    for (no_issued_at, issued_at, expected) in [
        (false, 0, r#"{"iss":"i","exp":130,"aud":"a","iat":100}"#),
        (false, 7, r#"{"iss":"i","exp":130,"aud":"a","iat":7}"#),
        (true, 0, r#"{"iss":"i","exp":130,"aud":"a"}"#),
        (true, 7, r#"{"iss":"i","exp":130,"aud":"a","iat":7}"#),
    ] {
        let call = JwtCall {
            no_issued_at,
            issued_at,
            ..call()
        };
        assert_eq!(part(&call, 1), expected);
    }
}

#[test]
fn tokens_that_have_expired_can_be_made() {
    let call = JwtCall {
        valid_for_seconds: -100,
        no_issued_at: true,
        ..call()
    };
    assert_eq!(part(&call, 1), r#"{"iss":"i","exp":0,"aud":"a"}"#);
}

#[test]
fn unusable_values_are_named_without_the_secret() {
    for (algorithm, secret, word) in [
        ("RS256", SECRET, "HS256, HS384 or HS512"),
        ("HS512", SECRET, "64 bytes"),
        ("HS256", "", "empty"),
    ] {
        let call = JwtCall {
            algorithm: algorithm.to_owned(),
            secret_key: SecretString::from(secret),
            ..call()
        };
        let failure = new_jwt(&call, 100).unwrap_err();
        assert_eq!(failure.kind, FailureKind::InvalidInput);
        assert!(failure.message.contains(word), "{failure}");
        assert!(!format!("{failure:?} {call:?}").contains(SECRET), "{failure}");
    }
}
