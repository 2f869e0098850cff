//! Every change of a good token makes it a bad one.

use std::collections::BTreeSet;

use spe_testkit::vectors::{AUTH_HS256, AUTH_HS512};

use crate::forge::{HEADER, Signed as _, code, encode, h0, validate};

/// Each character in turn becomes another one of every kind.
#[test]
fn every_changed_character_is_noticed() {
    for vector in [AUTH_HS256, AUTH_HS512] {
        for at in 0..vector.token.len() {
            for other in *b"AZaz09-_.+/= \0\n\xff" {
                let mut bytes = vector.token.as_bytes().to_vec();
                if bytes[at] == other {
                    continue;
                }
                bytes[at] = other;
                let text = String::from_utf8_lossy(&bytes);
                assert!(validate(&text).is_err(), "{text}");
            }
        }
    }
}

/// Each bit of the decoded parts in turn.
#[test]
fn every_flipped_bit_is_noticed() {
    let parts = AUTH_HS256.token.split('.').map(|part| {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap()
    });
    let parts = parts.collect::<Vec<_>>();
    let mut reasons = BTreeSet::new();
    for part in 0..3 {
        for bit in 0..parts[part].len() * 8 {
            let mut changed = parts.clone();
            changed[part][bit / 8] ^= 1 << (bit % 8);
            let text = changed.iter().map(encode).collect::<Vec<_>>().join(".");
            reasons.insert(code(&text));
        }
    }
    assert!(!reasons.contains("ok"));
    // No claim is judged on the way: its reasons would be among these.
    let expected = [
        "algorithmNotAllowed",
        "invalidTokenType",
        "malformedToken",
        "signatureMismatch",
    ];
    assert_eq!(reasons, BTreeSet::from(expected));
}

/// Each character in turn is left out, stands twice, or is followed by another.
#[test]
fn every_missing_and_added_character_is_noticed() {
    let token = AUTH_HS256.token;
    for at in 0..=token.len() {
        for added in ["A", ".", "=", " ", "\u{e9}", "\0"] {
            let text = format!("{}{added}{}", &token[..at], &token[at..]);
            assert!(validate(&text).is_err(), "{text}");
        }
        if at < token.len() {
            let text = format!("{}{}", &token[..at], &token[at + 1..]);
            assert!(validate(&text).is_err(), "{text}");
        }
    }
}

/// Every beginning of a token, and every order of its parts.
#[test]
fn pieces_of_a_token_are_not_one() {
    let token = AUTH_HS256.token;
    for at in 0..token.len() {
        assert!(validate(&token[..at]).is_err());
        assert!(validate(&token[at + 1..]).is_err());
    }
    let [a, b, c] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!()
    };
    for parts in [
        [a, c, b],
        [b, a, c],
        [b, c, a],
        [c, a, b],
        [c, b, a],
        [a, a, c],
        [b, b, c],
        [c, c, c],
        [a, b, b],
    ] {
        assert!(validate(&parts.join(".")).is_err());
    }
}

/// Texts that no one meant as a token: none of them ends anything but itself.
#[test]
fn odd_texts_are_refused() {
    let nested = "e30.".repeat(4000);
    for text in [
        "\0",
        "...",
        "a.b.c",
        "e30.e30.e30",
        "bnVsbA.bnVsbA.bnVsbA",
        "\u{202e}a.b.c",
        "\u{1f4a3}.\u{1f4a3}.\u{1f4a3}",
        "eyJhbGciOiJIUzI1NiJ9.e30.e30",
        "%65%30.e30.e30",
        "null",
        "undefined",
        &nested,
    ] {
        assert!(validate(text).is_err(), "{text:?}");
    }
}

/// Values of every JSON type in every claim: a refusal or a good token, never a panic.
#[test]
fn every_type_in_every_claim_is_answered() {
    let values = [
        "null",
        "true",
        "false",
        "0",
        "-1",
        "1.5",
        "1e3",
        "9007199254740993",
        "\"\"",
        "\"x\"",
        "[]",
        "[null]",
        "[[]]",
        "{}",
        r#"{"a":[{}]}"#,
        r#""\u0000""#,
        r#""\ud83d\udca3""#,
    ];
    for claim in [
        "iss",
        "exp",
        "aud",
        "name",
        "iat",
        "nbf",
        "client_session",
        "scope",
        "jti",
        "sub",
        "azp",
    ] {
        for value in values {
            let free = ["client_session", "scope", "jti", "sub", "azp"].contains(&claim);
            let good = h0().with(claim, value).code() == "ok";
            let excepted = claim == "name" && value == "\"x\"" || ["nbf", "iat"].contains(&claim) && good;
            assert!(good == free || excepted, "{claim} {value}");
        }
    }
    for member in ["alg", "typ", "kid", "cty", "crit", "x5c", "jwk"] {
        for value in values {
            let others = [("alg", "\"HS256\""), ("typ", "\"JWT\"")];
            let others = others.iter().filter(|(name, _)| *name != member);
            let members = others.map(|(name, value)| format!("\"{name}\":{value}"));
            let members = members.chain([format!("\"{member}\":{value}")]).collect::<Vec<_>>();
            let token = crate::forge::headed(format!("{{{}}}", members.join(",")));
            let free = ["cty", "x5c", "jwk"].contains(&member);
            assert_eq!(code(&token) == "ok", free, "{member} {value}");
        }
    }
    assert_eq!(code(&crate::forge::headed(HEADER)), "ok");
}
