//! 10.7: time.

use spe_testkit::forge::{NOW, encode};

use super::fixture::{Matrix, h0, hs, provider, rs, t0};

/// N140 to N145: the end of a token, which only those learn who have proven it.
#[tokio::test]
async fn a_token_ends() {
    let matrix = Matrix::start().await;
    // The expired exp of the requirement document.
    matrix
        .refused("N140", &rs(&t0().at("exp", NOW - 31)), "expired", "tokenExpired")
        .await;
    matrix
        .refused("N141", &rs(&t0().at("exp", NOW - 30)), "expired", "tokenExpired")
        .await;
    let past = t0().at("iat", NOW - 100).at("nbf", NOW - 100);
    matrix.taken("N142", &rs(&past.at("exp", NOW - 29))).await;
    matrix
        .refused("N143", &hs(&h0().at("exp", NOW)), "expired", "tokenExpired")
        .await;
    let key = super::fixture::hs_by(
        super::fixture::CLIENT_SECRET.as_bytes(),
        &format!(r#"{{"alg":"HS256","typ":"JWT","kid":"{}"}}"#, super::fixture::KEY_ID),
        &h0().without("name").at("exp", NOW - 1),
    );
    matrix.refused("N144", &key, "expired", "tokenExpired").await;
    let signed = format!(
        "{}.{}",
        encode(super::fixture::RS256),
        encode(t0().at("exp", NOW - 31).json())
    );
    matrix
        .invalid("N145", &format!("{signed}.{}", encode([1; 256])), "tokenExpired")
        .await;
}

/// N146 to N154: `exp` is a time, in the one form there is.
#[tokio::test]
async fn the_end_is_a_number() {
    let matrix = Matrix::start().await;
    matrix.invalid("N146", &rs(&t0().without("exp")), "missingExp").await;
    for (id, json, reason) in [
        ("N147", "\"1800000300\"", "invalidExp"),
        ("N148", "\"never\"", "invalidExp"),
        ("N148", "true", "invalidExp"),
        ("N148", "null", "invalidExp"),
        ("N148", "[]", "invalidExp"),
        ("N148", "{}", "invalidExp"),
        ("N150", "1e400", "malformedToken"),
        ("N151", "9223372036854775808", "invalidExp"),
        ("N152", "253402300800", "invalidExp"),
        ("N153", "-1", "invalidExp"),
        ("N153", "0", "invalidExp"),
        ("N154", "NaN", "malformedToken"),
        ("N154", "Infinity", "malformedToken"),
    ] {
        matrix
            .invalid(&format!("{id} {json}"), &rs(&t0().with("exp", json)), reason)
            .await;
    }
    matrix.taken("N149", &rs(&t0().with("exp", "1800000300.9"))).await;
}

/// N155 to N161: the beginning.
#[tokio::test]
async fn a_token_begins() {
    let matrix = Matrix::start().await;
    // The future nbf and the future iat of the requirement document.
    matrix
        .invalid("N155", &rs(&t0().at("nbf", NOW + 31)), "notYetValid")
        .await;
    matrix.taken("N156", &rs(&t0().at("nbf", NOW + 30))).await;
    for json in ["\"x\"", "-5", "null"] {
        matrix.invalid("N157", &rs(&t0().with("nbf", json)), "invalidNbf").await;
    }
    matrix
        .invalid("N158", &rs(&t0().at("iat", NOW + 31)), "issuedInFuture")
        .await;
    matrix.invalid("N159", &rs(&t0().without("iat")), "missingIat").await;
    let lax = Matrix::with(|config| provider(config).settings.require_iat = false).await;
    lax.taken("N160", &rs(&t0().without("iat"))).await;
    lax.invalid("N161", &rs(&t0().with("iat", "\"x\"")), "invalidIat").await;
    let strict = Matrix::with(|config| provider(config).settings.require_nbf = true).await;
    strict
        .invalid("requireNbf", &rs(&t0().without("nbf")), "missingNbf")
        .await;
}

/// N162 to N166: the life of a token.
#[tokio::test]
async fn a_token_lives_so_long() {
    let matrix = Matrix::start().await;
    // The lifetime over the maximum of the requirement document.
    matrix
        .invalid("N162", &rs(&t0().at("exp", NOW + 3591)), "lifetimeExceeded")
        .await;
    matrix.taken("N163", &rs(&t0().at("exp", NOW + 3590))).await;
    let order = t0().at("iat", NOW + 20).at("exp", NOW + 10);
    matrix.invalid("N165", &rs(&order), "claimOrderInvalid").await;
    let order = t0().at("nbf", NOW + 20).at("exp", NOW + 10);
    matrix.invalid("N166", &rs(&order), "claimOrderInvalid").await;
    let bounded = Matrix::with(|config| {
        let secret = config.spe.shared_secret.as_mut().unwrap();
        (secret.max_token_lifetime_seconds, secret.require_iat) = (300, true);
    })
    .await;
    let token = hs(&h0().at("iat", -1).at("exp", NOW + 86_400));
    bounded.invalid("N164", &token, "invalidIat").await;
    bounded.invalid("N168", &hs(&h0().without("iat")), "missingIat").await;
    matrix.taken("N167", &hs(&h0().without("iat"))).await;
}
