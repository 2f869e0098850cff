//! Minting (authentication 2 and Appendix A, client module 4.3 and 18, wire protocol Appendix A).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use spe_auth::Algorithm;
use spe_auth::mint::{IssuedAt, MintError, TokenSpec, mint};
use spe_auth::secret::WeakSecret;
use spe_testkit::vectors::{ISSUER, TOKENS};

const NOW: i64 = 1_800_000_000;
const SECRET: &str = "a secret of more than sixty-four bytes, which every algorithm may take";

fn spec() -> TokenSpec {
    TokenSpec {
        algorithm: Algorithm::HS256,
        token_type: "JWT".into(),
        key_id: None,
        issuer: "i".into(),
        audience: "a".into(),
        name: None,
        client_session: None,
        valid_for_seconds: 30,
        issued_at: IssuedAt::Now,
        not_before: None,
        scope: None,
    }
}

fn part(token: &str, at: usize) -> String {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn payload(spec: &TokenSpec) -> String {
    part(&mint(spec, &SECRET.into(), NOW).unwrap(), 1)
}

/// Appendix A of both documents.
#[test]
fn golden_vectors_are_reproduced() {
    for vector in TOKENS {
        let spec = TokenSpec {
            algorithm: vector.algorithm,
            key_id: vector.key_id.map(Into::into),
            issuer: ISSUER.into(),
            audience: vector.audience.into(),
            name: vector.name.map(Into::into),
            ..spec()
        };
        let token = mint(&spec, &vector.secret.into(), vector.issued_at).unwrap();
        assert_eq!(token, vector.token);
    }
}

/// Client module 18: the members and their order; Q-2: `scope` comes last.
#[test]
fn members_stand_in_order() {
    let full = TokenSpec {
        key_id: Some("k".into()),
        name: Some("n".into()),
        client_session: Some("c".into()),
        not_before: Some(5),
        scope: Some("read write".into()),
        ..spec()
    };
    let token = mint(&full, &SECRET.into(), NOW).unwrap();
    assert_eq!(part(&token, 0), r#"{"alg":"HS256","typ":"JWT","kid":"k"}"#);
    let expected = r#"{"iss":"i","exp":1800000030,"aud":"a","name":"n","client_session":"c","iat":1800000000,"nbf":5,"scope":"read write"}"#;
    assert_eq!(part(&token, 1), expected);
}

/// Client module 18: the three ways of `iat`.
#[test]
fn iat_is_now_or_given_or_absent() {
    for (issued_at, expected) in [
        (
            IssuedAt::Now,
            r#"{"iss":"i","exp":1800000030,"aud":"a","iat":1800000000}"#,
        ),
        (IssuedAt::At(5), r#"{"iss":"i","exp":1800000030,"aud":"a","iat":5}"#),
        (IssuedAt::Absent, r#"{"iss":"i","exp":1800000030,"aud":"a"}"#),
    ] {
        assert_eq!(payload(&TokenSpec { issued_at, ..spec() }), expected);
    }
}

/// Client module 18: expired tokens can be made, for tests.
#[test]
fn validity_may_be_any_distance() {
    for (valid_for_seconds, exp) in [(0, "1800000000"), (-100, "1799999900"), (3600, "1800003600")] {
        let text = payload(&TokenSpec {
            valid_for_seconds,
            ..spec()
        });
        assert!(text.contains(&format!("\"exp\":{exp},")), "{text}");
    }
}

#[test]
fn an_expiry_beyond_all_times_is_an_error() {
    let spec = TokenSpec {
        valid_for_seconds: i64::MAX,
        ..spec()
    };
    assert_eq!(mint(&spec, &SECRET.into(), NOW), Err(MintError::Expiry));
}

/// Client module 18: compact JSON in UTF-8.
#[test]
fn values_are_escaped_as_json() {
    let spec = TokenSpec {
        name: Some("quote \" backslash \\ slash / \u{e9}\u{4e16}\n".into()),
        ..spec()
    };
    let text = payload(&spec);
    assert!(
        text.contains("\"name\":\"quote \\\" backslash \\\\ slash / \u{e9}\u{4e16}\\n\""),
        "{text}"
    );
}

/// Authentication 2.2: a secret has at least as many bytes as the signature, counted in UTF-8 (AU-D-56).
#[test]
fn short_secrets_are_refused() {
    for algorithm in Algorithm::ALL {
        let spec = TokenSpec { algorithm, ..spec() };
        let least = algorithm.tag_bytes();
        let short: SecretString = "x".repeat(least - 1).into();
        let error = mint(&spec, &short, NOW).unwrap_err();
        assert_eq!(error, MintError::Secret(WeakSecret::TooShort(algorithm)));
        let message = error.to_string();
        assert_eq!(
            message,
            format!("the shared secret is too short: {algorithm} takes at least {least} bytes")
        );
        assert!(mint(&spec, &"x".repeat(least).into(), NOW).is_ok());
        assert!(mint(&spec, &"\u{e9}".repeat(least / 2).into(), NOW).is_ok());
    }
}

/// Authentication 2.2: blank secrets and numbers are refused, whatever their length.
#[test]
fn blank_and_numeric_secrets_are_refused() {
    let mint = |secret: &str| mint(&spec(), &secret.into(), NOW);
    for secret in ["", " ", &" \t\u{a0}".repeat(40)] {
        assert_eq!(mint(secret), Err(WeakSecret::Empty.into()), "{secret:?}");
    }
    let digits = "0123456789".repeat(7);
    for secret in [
        digits.clone(),
        format!("-{digits}"),
        format!("+{digits}.5"),
        format!(".{digits}"),
        format!("{digits}."),
        format!("{digits}e10"),
        format!("1.{digits}E-7"),
        format!(" {digits} "),
        "12".into(),
    ] {
        assert_eq!(mint(&secret), Err(WeakSecret::Numeric.into()), "{secret:?}");
    }
    for secret in [
        format!("{digits}x"),
        format!("1.2.{digits}"),
        format!("e{digits}"),
        format!("{digits}e"),
        format!("--{digits}"),
        format!(".e{digits}"),
        "e".repeat(32),
        ".".repeat(32),
        format!("{digits}f"),
    ] {
        assert!(mint(&secret).is_ok(), "{secret:?}");
    }
}

/// CM-D-31: what a user types is taken in any case and written in capitals.
#[test]
fn algorithms_are_parsed_in_any_case() {
    assert_eq!("hs256".parse(), Ok(Algorithm::HS256));
    assert_eq!("Hs384".parse(), Ok(Algorithm::HS384));
    assert_eq!("HS512".parse(), Ok(Algorithm::HS512));
}

#[test]
fn an_unknown_algorithm_is_named_with_the_way_out() {
    for (name, shown) in [
        ("RS256", "\"RS256\""),
        ("none", "\"none\""),
        ("", "\"\""),
        ("HS256\r\n", "\"HS256\\r\\n\""),
        (&"x".repeat(5000), &format!("\"{}\"", "x".repeat(32))),
    ] {
        let message = name.parse::<Algorithm>().unwrap_err().to_string();
        assert_eq!(
            message,
            format!("the algorithm {shown} is not known; use HS256, HS384 or HS512")
        );
    }
}
