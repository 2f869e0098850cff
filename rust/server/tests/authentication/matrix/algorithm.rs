//! 10.4: algorithm and type.

use spe_testkit::forge::encode;
use spe_testkit::idp::{KeyType, SigningKey};

use super::fixture::{Matrix, ec, h0, headed, hs, hs_by, hs_headed, provider, rsa, t0};

fn alg(json: &str) -> String {
    format!(r#"{{"alg":{json},"typ":"JWT","kid":"rsa-1"}}"#)
}

/// N070 to N073, N079 to N083: the list is closed, and compared exactly.
#[tokio::test]
async fn the_list_of_algorithms_is_closed() {
    let matrix = Matrix::start().await;
    let unsigned = format!("{}.{}.", encode(alg("\"none\"")), encode(t0().json()));
    matrix.invalid("N070", &unsigned, "malformedToken").await;
    for (id, json) in [
        ("N071", "\"none\""),
        ("N072", "\"None\""),
        ("N072", "\"NONE\""),
        ("N072", "\"nOnE\""),
        ("N073 null", "null"),
        ("N073 number", "256"),
        ("N073 array", "[\"RS256\"]"),
        ("N079", "\"PS256\""),
        ("N080", "\"EdDSA\""),
        ("N080", "\"ES256K\""),
        ("N082", "\"RS256 \""),
        ("N082", "\"rs256\""),
        ("N082", "\"RS-256\""),
        ("N083", "\"HS2560\""),
        ("N083", "\"HS\""),
    ] {
        matrix.invalid(id, &headed(&alg(json)), "algorithmNotAllowed").await;
    }
    matrix
        .invalid(
            "N073 missing",
            &headed(r#"{"typ":"JWT","kid":"rsa-1"}"#),
            "algorithmNotAllowed",
        )
        .await;
    assert_eq!(matrix.idp.fetches(), 0);
}

/// N081: what can be verified still has to be allowed.
#[tokio::test]
async fn an_algorithm_has_to_be_allowed() {
    let (p384, p521) = (
        SigningKey::generate("p384", KeyType::P384),
        SigningKey::generate("p521", KeyType::P521),
    );
    let es384 = p384.token(r#"{"alg":"ES384","typ":"JWT","kid":"p384"}"#, &t0().json());
    let es512 = p521.token(r#"{"alg":"ES512","typ":"JWT","kid":"p521"}"#, &t0().json());
    let matrix = Matrix::start().await;
    matrix.idp.publish(&[rsa(), &p384, &p521]);
    matrix.invalid("N081", &es384, "algorithmNotAllowed").await;
    let matrix = Matrix::with(|config| {
        provider(config).settings.allowed_algorithms = spe_auth::PublicAlgorithm::ALL.into();
    })
    .await;
    matrix.idp.publish(&[rsa(), &p384, &p521]);
    matrix.taken("ES384", &es384).await;
    matrix.taken("ES512", &es512).await;
}

/// N074 to N078: keys of the provider never come near a secret.
#[tokio::test]
async fn a_public_key_is_no_secret() {
    let matrix = Matrix::start().await;
    let jwk = rsa().jwk();
    let modulus = jwk["n"].as_str().unwrap().to_owned();
    let text = jwk.to_string();
    let with_kid = r#"{"alg":"HS256","typ":"JWT","kid":"rsa-1"}"#;
    let without = r#"{"alg":"HS256","typ":"JWT"}"#;
    matrix
        .invalid("N074", &hs_by(text.as_bytes(), with_kid, &t0()), "clientNotFound")
        .await;
    for (id, key) in [("N075", text.as_bytes()), ("N076", modulus.as_bytes()), ("N077", b"")] {
        matrix
            .invalid(id, &hs_by(key, without, &t0()), "signatureMismatch")
            .await;
    }
    let matrix = Matrix::with(|config| config.spe.shared_secret.as_mut().unwrap().secret = None).await;
    matrix
        .invalid("N078", &hs_by(b"", without, &h0()), "sharedSecretMissing")
        .await;
    assert_eq!(matrix.idp.fetches(), 0);
}

/// N084 to N086: a key is for one algorithm, and of one kind.
#[tokio::test]
async fn a_key_belongs_to_its_algorithm() {
    let matrix = Matrix::start().await;
    matrix
        .invalid("N084", &headed(&alg("\"RS512\"")), "keyAlgorithmMismatch")
        .await;
    let token = ec().token(r#"{"alg":"ES256","typ":"JWT","kid":"rsa-1"}"#, &t0().json());
    matrix.invalid("N085", &token, "keyAlgorithmMismatch").await;
    let mut jwk = ec().jwk();
    jwk.as_object_mut().unwrap().remove("alg");
    let matrix = Matrix::start().await;
    matrix.idp.publish_raw(&[jwk]);
    let token = rsa().token(r#"{"alg":"RS256","typ":"JWT","kid":"ec-1"}"#, &t0().json());
    matrix.invalid("N086", &token, "keyAlgorithmMismatch").await;
}

/// N087, N088: the secret signs with the algorithm of the header, and is long enough for it.
#[tokio::test]
async fn a_secret_signs_as_the_header_says() {
    let matrix = Matrix::start().await;
    matrix
        .invalid(
            "N087",
            &hs_headed(r#"{"alg":"HS384","typ":"JWT"}"#, &h0()),
            "signatureMismatch",
        )
        .await;
    let short = "a secret of forty characters............";
    let matrix = Matrix::with(|config| config.spe.shared_secret.as_mut().unwrap().secret = Some(short.into())).await;
    let token = hs_by(short.as_bytes(), r#"{"alg":"HS384","typ":"JWT"}"#, &h0());
    matrix.invalid("N088", &token, "sharedSecretTooShort").await;
}

/// N089 to N093: types.
#[tokio::test]
async fn tokens_say_what_they_are() {
    let typed = |json: &str| headed(&format!(r#"{{"alg":"RS256","kid":"rsa-1","typ":{json}}}"#));
    let untyped = headed(r#"{"alg":"RS256","kid":"rsa-1"}"#);
    let matrix = Matrix::start().await;
    matrix.invalid("N089", &untyped, "invalidTokenType").await;
    for json in ["\"at+jwt\"", "\"AT+JWT\"", "\"application/at+jwt\""] {
        matrix.taken("N090", &typed(json)).await;
    }
    for json in [
        "\"Bearer\"",
        "\"dpop+jwt\"",
        "\"logout+jwt\"",
        "\"secevent+jwt\"",
        "\"JWE\"",
        "7",
    ] {
        matrix.invalid("N091", &typed(json), "invalidTokenType").await;
    }
    for json in [r#"{"alg":"HS256","typ":"at+jwt"}"#, r#"{"alg":"HS256"}"#] {
        matrix
            .invalid("N093", &hs_headed(json, &h0()), "invalidTokenType")
            .await;
    }
    matrix.taken("N093 control", &hs(&h0())).await;
    let matrix = Matrix::with(|config| provider(config).settings.allow_missing_token_type = true).await;
    matrix.taken("N089 flag", &untyped).await;
    matrix.invalid("N089 flag, 7", &typed("7"), "invalidTokenType").await;
    let matrix = Matrix::with(|config| provider(config).settings.require_access_token_type = true).await;
    matrix
        .invalid("N092", &typed("\"JWT\""), "accessTokenTypeRequired")
        .await;
    matrix.taken("N092 control", &typed("\"at+jwt\"")).await;
}
