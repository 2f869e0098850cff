//! 10.5: header parameters that would choose another key.

use serde_json::{Value, json};
use spe_testkit::http::{HttpServer, Step};

use super::fixture::{Matrix, attacker, headed, hs_by, t0};

fn by_attacker(header: &Value) -> String {
    attacker().token(&header.to_string(), &t0().json())
}

/// N100 to N104: a key that comes with the token is no key, and no address in it is asked for one.
#[tokio::test]
async fn keys_come_from_the_configuration_alone() {
    let evil = HttpServer::start(|_| Step::json("{}")).await;
    let address = format!("{}/jwks", evil.uri());
    let matrix = Matrix::start().await;
    let jwk = attacker().jwk();
    for (id, kid, name, value, reason) in [
        ("N100", "rsa-1", "jwk", jwk.clone(), "signatureInvalid"),
        ("N101", "evil", "jwk", jwk, "keyNotResolved"),
        ("N102", "rsa-1", "jku", json!(address), "signatureInvalid"),
        ("N103", "rsa-1", "x5u", json!(address), "signatureInvalid"),
        ("N104", "rsa-1", "x5c", json!(["MIIB"]), "signatureInvalid"),
    ] {
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": kid, name: value });
        matrix.invalid(id, &by_attacker(&header), reason).await;
    }
    assert_eq!(evil.connections(), 0);
}

/// N105 to N109, N114, N115: a key id is compared, and nothing else.
#[tokio::test]
async fn a_key_id_is_only_compared() {
    let matrix = Matrix::start().await;
    let kid = |json: &str| format!(r#"{{"alg":"RS256","typ":"JWT","kid":{json}}}"#);
    let secret = |json: &str, key: &[u8]| {
        let header = format!(r#"{{"alg":"HS256","typ":"JWT","kid":{json}}}"#);
        hs_by(key, &header, &t0())
    };
    matrix
        .invalid("N105", &secret("\"../../../../dev/null\"", b""), "clientNotFound")
        .await;
    matrix
        .invalid("N106", &secret("\"' OR '1'='1\"", b"x"), "clientNotFound")
        .await;
    let long = format!("\"{}\"", "k".repeat(5000));
    matrix.invalid("N107", &headed(&kid(&long)), "tokenTooLarge").await;
    let longer = format!("\"{}\"", "k".repeat(300));
    matrix.invalid("N107", &headed(&kid(&longer)), "malformedToken").await;
    matrix
        .invalid("N108", &headed(&kid("\"https://evil.test/k\"")), "keyNotResolved")
        .await;
    for json in ["5", "{}", "null"] {
        matrix.invalid("N109", &headed(&kid(json)), "malformedToken").await;
    }
    for (id, json) in [
        ("N114", "\" rsa-1\""),
        ("N114", "\"RSA-1\""),
        ("N115", "\"rs\u{430}-1\""),
    ] {
        matrix.invalid(id, &headed(&kid(json)), "keyNotResolved").await;
    }
}

/// N110 to N113: extensions are not understood, so they are refused (AU-D-09).
#[tokio::test]
async fn extensions_are_refused() {
    let matrix = Matrix::start().await;
    for (id, member) in [
        ("N110", r#""crit":["exp"]"#),
        ("N111", r#""crit":[]"#),
        ("N111", r#""crit":"x""#),
        ("N112", r#""b64":false,"crit":["b64"]"#),
        ("N113", r#""zip":"DEF""#),
    ] {
        let token = headed(&format!(r#"{{"alg":"RS256","typ":"JWT","kid":"rsa-1",{member}}}"#));
        matrix.invalid(id, &token, "unsupportedCriticalHeader").await;
    }
}
