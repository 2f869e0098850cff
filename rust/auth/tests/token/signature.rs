//! The signature comes before every claim (2.4, 10.6).

use spe_testkit::vectors::AUTH_HS256;

use crate::forge::{HEADER, Signed as _, code, encode, h0, sign_with, validate};

/// N120, N123, N124.
#[test]
fn a_signature_is_of_its_token_alone() {
    let (signed, tag) = AUTH_HS256.token.rsplit_once('.').unwrap();
    let other = h0().with("name", r#""sitecore\\svc""#).token();
    let (other_signed, other_tag) = other.rsplit_once('.').unwrap();
    assert_eq!(code(&other), "ok");
    assert_eq!(code(&format!("{other_signed}.{tag}")), "signatureMismatch");
    assert_eq!(code(&format!("{signed}.{other_tag}")), "signatureMismatch");
}

/// N121, N122, N134.
#[test]
fn a_signature_has_its_length_and_its_case() {
    let (signed, tag) = AUTH_HS256.token.rsplit_once('.').unwrap();
    let shorter = [0x8d, 0xd7];
    for bytes in [&shorter[..], &[0; 31], &[0; 32], &[0; 33], &[0; 64], &[0xff; 32]] {
        assert_eq!(code(&format!("{signed}.{}", encode(bytes))), "signatureMismatch");
    }
    assert_eq!(code(&format!("{signed}.{}", &tag[..40])), "signatureMismatch");
    assert_eq!(code(&format!("{signed}.{tag}AAAAA")), "signatureMismatch");
    let flipped = tag.replacen('j', "J", 1);
    assert_eq!(code(&format!("{signed}.{flipped}")), "signatureMismatch");
}

/// N135: whatever else is wrong, the caller without the secret gets one answer, and the log one reason.
#[test]
fn nothing_of_an_unproven_token_is_judged() {
    let payloads = [
        h0().json(),
        h0().at("exp", 1).json(),
        h0().without("exp").json(),
        h0().with("exp", "\"never\"").json(),
        h0().with("nbf", "[]").json(),
        h0().with("iat", "-1").json(),
        h0().with("aud", r#"["https://cm.test",null]"#).json(),
        h0().with("aud", r#""other""#)
            .with("iss", r#""evil""#)
            .at("exp", 5)
            .json(),
        h0().with("name", "\"\"").json(),
        "{}".into(),
    ];
    for payload in payloads {
        let signed = format!("{}.{}", encode(HEADER), encode(&payload));
        let error = validate(&sign_with(b"a secret that is not the one", &signed)).unwrap_err();
        assert_eq!(error.code(), "signatureMismatch", "{payload}");
        assert!(!error.proven);
    }
}
