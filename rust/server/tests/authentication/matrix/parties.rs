//! 10.8: issuer, audience, authorized party, scope.

use super::fixture::{Matrix, attacker, h0, headed, hs, provider, rs, t0};

fn text(text: &str) -> String {
    format!("\"{text}\"")
}

/// N180 to N189, N191: who issued it.
#[tokio::test]
async fn an_issuer_is_known() {
    let matrix = Matrix::start().await;
    // The wrong iss of the requirement document.
    for (id, iss) in [
        ("N180", "https://evil.test"),
        ("N185", "http://idp.test"),
        ("N185", "https://idp.test:8443"),
        ("N186", "https://evil@idp.test"),
        ("N186", "https://idp.test@evil.test"),
        ("N187", "https://idp.test.evil.test"),
        ("N187", "https://idp.testx"),
        ("N188", "https://idp.test#x"),
        ("N188", "https://idp.test?x"),
        ("N188", "https://idp.test/%2e"),
        ("N188", "https://idp.test//"),
        ("N189", "https://\u{456}dp.test"),
    ] {
        let token = rs(&t0().with("iss", &text(iss)));
        matrix.invalid(&format!("{id} {iss}"), &token, "issuerNotAllowed").await;
    }
    for (id, iss) in [
        ("N183", "https://idp.test/"),
        ("N184", "https://IDP.test"),
        ("N184", "https://idp.test:443"),
    ] {
        matrix.taken(id, &rs(&t0().with("iss", &text(iss)))).await;
    }
    matrix.invalid("N181", &rs(&t0().without("iss")), "missingIssuer").await;
    for json in ["[\"https://idp.test\"]", "5"] {
        matrix
            .invalid("N182", &rs(&t0().with("iss", json)), "missingIssuer")
            .await;
    }
    let header = r#"{"alg":"RS256","typ":"JWT","kid":"rsa-1","iss":"https://idp.test"}"#;
    let token = super::fixture::rsa().token(header, &t0().without("iss").json());
    matrix.invalid("N191", &token, "missingIssuer").await;
}

/// 4.4: `exact` takes an issuer as RFC 9068 section 4 has it.
#[tokio::test]
async fn issuers_may_be_compared_exactly() {
    let exact = spe_auth::Comparison::Exact;
    let matrix = Matrix::with(|config| provider(config).settings.issuer_comparison = exact).await;
    matrix.taken("exact", &rs(&t0())).await;
    let token = rs(&t0().with("iss", "\"https://idp.test/\""));
    matrix.invalid("exact", &token, "issuerNotAllowed").await;
}

/// N190: a key belongs to its issuer.
#[tokio::test]
async fn a_key_signs_for_its_issuer() {
    let other = spe_testkit::idp::IdentityProvider::start(&[&spe_testkit::idp::SigningKey::generate(
        "other-1",
        spe_testkit::idp::KeyType::P256,
    )])
    .await;
    let matrix = Matrix::with(|config| {
        let mut second = config.spe.oauth[0].clone();
        second.name = "second".into();
        second.settings.jwks_uri = other.jwks_uri();
        second.settings.allowed_issuers = vec!["https://other.test".into()];
        config.spe.oauth.push(second);
    })
    .await;
    let token = rs(&t0().with("iss", "\"https://other.test\""));
    matrix.invalid("N190", &token, "keyNotResolved").await;
    assert_eq!((matrix.idp.fetches(), other.fetches()), (0, 1));
}

/// N200 to N207: for whom it is.
#[tokio::test]
async fn an_audience_is_this_server() {
    let matrix = Matrix::start().await;
    // The wrong aud of the requirement document.
    for (id, aud) in [
        ("N200", "other"),
        ("N204", "spe-remoting2"),
        ("N204", "spe-remoting "),
        ("N206", "\u{17f}pe-remoting"),
    ] {
        matrix
            .invalid(id, &rs(&t0().with("aud", &text(aud))), "audienceNotAllowed")
            .await;
    }
    matrix
        .invalid("N201", &rs(&t0().without("aud")), "missingAudience")
        .await;
    for json in ["\"\"", "[]", "5", "{}"] {
        matrix
            .invalid("N201", &rs(&t0().with("aud", json)), "missingAudience")
            .await;
    }
    matrix
        .taken("N202", &rs(&t0().with("aud", "[\"x\",\"spe-remoting\"]")))
        .await;
    for json in [
        "[\"spe-remoting\",null]",
        "[\"spe-remoting\",5]",
        "[[\"spe-remoting\"]]",
    ] {
        matrix
            .invalid("N203", &rs(&t0().with("aud", json)), "malformedToken")
            .await;
    }
    matrix.taken("N205", &rs(&t0().with("aud", "\"SPE-REMOTING\""))).await;
    matrix
        .taken("N211", &hs(&h0().with("aud", "[\"https://cm.test\"]")))
        .await;
    let empty = Matrix::with(|config| provider(config).settings.allowed_audiences.clear()).await;
    empty.invalid("N207", &rs(&t0()), "audienceNotAllowed").await;
}

/// N212: the header Host is no audience (AU-D-12).
#[tokio::test]
async fn the_host_of_a_request_is_no_audience() {
    let matrix = Matrix::start().await;
    let token = hs(&h0().with("aud", "\"http://x\""));
    // Every request of these tests says Host: x.
    matrix.invalid("N212", &token, "audienceNotAllowed").await;
}

/// N208 to N210: with several audiences the token says whose it is.
#[tokio::test]
async fn the_authorized_party_is_the_client() {
    let matrix = Matrix::with(|config| provider(config).settings.require_azp_when_multi_audience = true).await;
    let two = t0().with("aud", "[\"x\",\"spe-remoting\"]");
    matrix.invalid("N208", &rs(&two), "azpMismatch").await;
    matrix
        .invalid("N208", &rs(&two.clone().with("azp", "\"\"")), "azpMismatch")
        .await;
    let other = two.clone().with("azp", "\"Spe-Client-01\"");
    matrix.invalid("N209", &rs(&other), "azpMismatch").await;
    matrix.taken("N210", &rs(&two.with("azp", "\"spe-client-01\""))).await;
    matrix.taken("one audience", &rs(&t0().with("azp", "\"x\""))).await;
    let twice = t0().with("aud", "[\"spe-remoting\",\"spe-remoting\"]");
    matrix.taken("4.5 twice the same", &rs(&twice)).await;
}

/// N220 to N228: what it may do.
#[tokio::test]
async fn scopes_are_there() {
    let matrix = Matrix::start().await;
    // The missing scope of the requirement document.
    let missing = ("missing_scope", "missingScope");
    matrix
        .refused("N220", &rs(&t0().without("scope")), missing.0, missing.1)
        .await;
    let unproven = attacker().token(super::fixture::RS256, &t0().without("scope").json());
    matrix.invalid("N221", &unproven, "missingScope").await;
    for (id, scope) in [
        ("N222", "spe.remotingx"),
        ("N222", "xspe.remoting"),
        ("N224", "a\\tspe.remoting"),
        ("N224", "a\u{a0}spe.remoting"),
    ] {
        let token = rs(&t0().with("scope", &text(scope)));
        matrix.refused(id, &token, missing.0, missing.1).await;
    }
    let empty = t0().with("scope", "\"\"").with("scp", "[\"spe.remoting\"]");
    matrix.refused("N226", &rs(&empty), missing.0, missing.1).await;
    matrix.taken("N223", &rs(&t0().with("scope", "\"SPE.Remoting\""))).await;
    matrix
        .taken("N225", &rs(&t0().with("scope", "[\"spe.remoting\"]")))
        .await;
    let scp = t0().without("scope").with("scp", "\"x spe.remoting\"");
    matrix.taken("N227", &rs(&scp)).await;
    for json in ["5", "[5]", "{}"] {
        matrix
            .invalid("N228", &rs(&t0().with("scope", json)), "malformedToken")
            .await;
    }
    matrix.taken("control", &headed(super::fixture::RS256)).await;
}
