//! Algorithm, type and what else a header may try (10.4, 10.5).

use spe_auth::shared_secret::Validator;
use spe_testkit::vectors::{AUTH_CLIENT, AUTH_HS256, AUTH_HS384, AUTH_HS512, WIRE_CLIENT};

use crate::forge::{SECRET, by, code, encode, h0, headed, rules, sign_with};

/// A header with this `alg`, as raw JSON.
fn algorithm(json: &str) -> String {
    headed(format!(r#"{{"alg":{json},"typ":"JWT"}}"#))
}

/// N070 to N073, N079, N080, N082, N083: a closed list, compared exactly (RFC 8725 3.1).
#[test]
fn the_list_of_algorithms_is_closed() {
    for json in [
        r#""none""#,
        r#""None""#,
        r#""NONE""#,
        r#""nOnE""#,
        r#""""#,
        "null",
        "256",
        "true",
        r#"["HS256"]"#,
        r#"{"HS256":1}"#,
        r#""hs256""#,
        r#""Hs256""#,
        r#""HS256 ""#,
        r#"" HS256""#,
        r#""HS256\u0000""#,
        r#""HS2560""#,
        r#""HS""#,
        r#""HS1""#,
        r#""HS-256""#,
        r#""PS256""#,
        r#""EdDSA""#,
        r#""ES256K""#,
        r#""RS1""#,
        r#""rs256""#,
        r#""dir""#,
        "\"\u{41d}S256\"",
    ] {
        assert_eq!(code(&algorithm(json)), "algorithmNotAllowed", "{json}");
    }
    assert_eq!(code(&headed(r#"{"typ":"JWT"}"#)), "algorithmNotAllowed");
    assert_eq!(code(&headed("{}")), "algorithmNotAllowed");
    // In JSON another spelling of the same text is the same text.
    assert_eq!(code(&algorithm(r#""HS\u0032\u00356""#)), "ok");
}

/// N070: without its signature a token is not one of three parts.
#[test]
fn an_unsecured_token_is_malformed() {
    let unsecured = format!("{}.{}.", encode(r#"{"alg":"none"}"#), encode(h0().json()));
    assert_eq!(code(&unsecured), "malformedToken");
}

/// 1.6: the algorithms of identity providers have a provider of their own, and no secret ever checks them.
#[test]
fn algorithms_of_identity_providers_are_none_of_a_secret() {
    for name in ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"] {
        let token = algorithm(&format!("\"{name}\""));
        let family = spe_auth::Token::parse(&token).unwrap().family();
        assert!(matches!(family, Ok(spe_auth::Family::Public(_))), "{name}: {family:?}");
        assert_eq!(code(&token), "algorithmNotAllowed");
    }
}

/// N074 to N078: no secret but the configured one signs, and no token is checked against nothing.
#[test]
fn other_keys_do_not_sign() {
    let signed = format!("{}.{}", encode(r#"{"alg":"HS256","typ":"JWT"}"#), encode(h0().json()));
    for key in [
        "",
        "none",
        "null",
        "-----BEGIN PUBLIC KEY-----",
        &SECRET[..63],
        &SECRET.to_uppercase(),
    ] {
        assert_eq!(code(&sign_with(key.as_bytes(), &signed)), "signatureMismatch", "{key}");
    }
    let without = Validator::new(None, rules());
    let error = by(&without, &sign_with(b"", &signed)).unwrap_err();
    assert_eq!(error.code(), "sharedSecretMissing");
    let all_zero = sign_with(&[0; 64], &signed);
    assert_eq!(code(&all_zero), "signatureMismatch");
}

/// N087: the tag is of the algorithm the header names.
#[test]
fn the_tag_belongs_to_the_algorithm() {
    let vectors = [AUTH_HS256, AUTH_HS384, AUTH_HS512];
    for one in vectors {
        for other in vectors {
            let (signed, _) = one.token.rsplit_once('.').unwrap();
            let (_, tag) = other.token.rsplit_once('.').unwrap();
            let same = one.algorithm == other.algorithm;
            assert_eq!(
                code(&format!("{signed}.{tag}")),
                if same { "ok" } else { "signatureMismatch" }
            );
        }
    }
}

/// N088: a secret of 40 bytes is good for HS256 alone.
#[test]
fn a_secret_is_held_to_each_algorithm() {
    let validator = Validator::new(Some(&SECRET[..40].into()), rules());
    let code = |token: &str| by(&validator, token).unwrap_err().code();
    assert_eq!(code(AUTH_HS384.token), "sharedSecretTooShort");
    assert_eq!(code(AUTH_HS512.token), "sharedSecretTooShort");
    assert_eq!(code(AUTH_HS256.token), "signatureMismatch");
}

/// 2.2 and 2.4, step 1: a secret that may not sign at all refuses everything, before anything of the token counts.
#[test]
fn an_unusable_secret_refuses_everything() {
    for (secret, expected) in [
        ("", "sharedSecretMissing"),
        ("   ", "sharedSecretMissing"),
        (
            "1234567890123456789012345678901234567890123456789012345678901234",
            "sharedSecretNumeric",
        ),
        ("too short", "sharedSecretTooShort"),
    ] {
        let validator = Validator::new(Some(&secret.into()), rules());
        let signed = format!("{}.{}", encode(r#"{"alg":"HS256"}"#), encode(h0().json()));
        let error = by(&validator, &sign_with(secret.as_bytes(), &signed)).unwrap_err();
        assert_eq!(error.code(), expected, "{secret:?}");
    }
}

/// N091, N093: `JWT` in any case, and nothing else.
#[test]
fn the_type_is_jwt() {
    for json in [r#""JWT""#, r#""jwt""#, r#""Jwt""#] {
        assert_eq!(
            code(&headed(format!(r#"{{"alg":"HS256","typ":{json}}}"#))),
            "ok",
            "{json}"
        );
    }
    for json in [
        r#""at+jwt""#,
        r#""application/jwt""#,
        r#""Bearer""#,
        r#""JWE""#,
        r#""JWT ""#,
        r#""JWT\u0000""#,
        r#""""#,
        "7",
        "null",
        r#"["JWT"]"#,
        "\"\u{ff2a}WT\"",
    ] {
        assert_eq!(
            code(&headed(format!(r#"{{"alg":"HS256","typ":{json}}}"#))),
            "invalidTokenType",
            "{json}"
        );
    }
    assert_eq!(code(&headed(r#"{"alg":"HS256"}"#)), "invalidTokenType");
}

/// N110 to N113 (AU-D-09): an extension is not overlooked, in whatever form it is named.
#[test]
fn extensions_are_refused() {
    for member in [
        r#""crit":["exp"]"#,
        r#""crit":[]"#,
        r#""crit":"x""#,
        r#""crit":null"#,
        r#""b64":false,"crit":["b64"]"#,
        r#""b64":true"#,
        r#""zip":"DEF""#,
        r#""enc":"A256GCM""#,
        r#""\u0063rit":[]"#,
    ] {
        assert_eq!(
            code(&headed(format!(r#"{{"alg":"HS256","typ":"JWT",{member}}}"#))),
            "unsupportedCriticalHeader",
            "{member}"
        );
    }
}

/// S12, N100 to N104: a key that comes with the token is not looked at.
#[test]
fn embedded_keys_are_not_keys() {
    let evil = b"a key of the attacker's own, which has more than 32 bytes";
    for member in [
        format!(r#""jwk":{{"kty":"oct","k":"{}"}}"#, encode(evil)),
        r#""jku":"https://evil.test/jwks""#.into(),
        r#""x5u":"https://evil.test/x5u""#.into(),
        r#""x5c":["AAAA"]"#.into(),
        r#""x5t":"AAAA","x5t#S256":"AAAA""#.into(),
    ] {
        let header = format!(r#"{{"alg":"HS256","typ":"JWT",{member}}}"#);
        let signed = format!("{}.{}", encode(&header), encode(h0().json()));
        assert_eq!(code(&sign_with(evil, &signed)), "signatureMismatch", "{member}");
        assert_eq!(code(&headed(header)), "ok", "{member}");
    }
}

/// 1.6, N105, N106, N280, N288: a token that names a client is never checked against the secret of the server.
#[test]
fn a_key_id_is_never_answered_by_the_server_secret() {
    for key_id in [
        "spe_0123456789abcdef01234567",
        "../../../../dev/null",
        "' OR '1'='1",
        "https://evil.test/k",
        " ",
        "\u{430}",
    ] {
        let header = format!(r#"{{"alg":"HS256","typ":"JWT","kid":"{key_id}"}}"#);
        assert_eq!(code(&headed(&header)), "clientNotFound", "{key_id}");
        let signed = format!("{}.{}", encode(&header), encode(h0().json()));
        for key in [&b""[..], &[0; 64], b"anything"] {
            assert_eq!(code(&sign_with(key, &signed)), "clientNotFound", "{key_id}");
        }
    }
    assert_eq!(code(AUTH_CLIENT.token), "clientNotFound");
    assert_eq!(code(WIRE_CLIENT.token), "clientNotFound");
}

/// S13, N058, N107, N109: `kid` is 1 to 256 characters of text; null is not absent.
#[test]
fn a_key_id_has_a_grammar() {
    let with = |json: &str| code(&headed(format!(r#"{{"alg":"HS256","typ":"JWT","kid":{json}}}"#)));
    for json in [
        "null",
        "7",
        "{}",
        "[]",
        "true",
        r#""""#,
        r#""a\u0000b""#,
        r#""a\r\nb""#,
        r#""a\u007fb""#,
        r#""a\u0085b""#,
        &format!("\"{}\"", "k".repeat(257)),
    ] {
        assert_eq!(with(json), "malformedToken", "{json}");
    }
    assert_eq!(with(&format!("\"{}\"", "k".repeat(256))), "clientNotFound");
    assert_eq!(with(&format!("\"{}\"", "\u{e9}".repeat(256))), "clientNotFound");
    assert_eq!(with(&format!("\"{}\"", "k".repeat(5000))), "tokenTooLarge");
}
