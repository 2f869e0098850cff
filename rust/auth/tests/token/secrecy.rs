//! What a refusal may say of the token: names in it, never the secret, the signature or a part of it (9.2).

use spe_auth::shared_secret::Validator;
use spe_testkit::vectors::AUTH_HS256;

use crate::forge::{SECRET, Signed as _, encode, h0, headed, rules, sign_with, validate};

#[test]
fn neither_a_validator_nor_an_error_shows_the_secret() {
    let validator = Validator::new(Some(&SECRET.into()), rules());
    let text = format!("{validator:?}");
    assert!(text.contains("https://cm.test"));
    assert!(!text.contains(&SECRET[..16]));
}

/// 2.6: the sentence for the log names what was wrong in words an operator can look for.
#[test]
fn errors_say_what_was_wrong() {
    let text = |token: &str| validate(token).unwrap_err().to_string();
    assert!(
        text(&sign_with(
            b"x",
            &AUTH_HS256.token[..AUTH_HS256.token.rfind('.').unwrap()]
        ))
        .contains("signature")
    );
    assert!(text(&h0().at("exp", 1).token()).contains("expiration"));
    assert_eq!(
        text(&h0().with("aud", r#""x""#).token()),
        r#"the audience "x" is not allowed"#
    );
    assert_eq!(
        text(&h0().with("iss", r#""x\n""#).token()),
        r#"the issuer "x\n" is not allowed"#
    );
}

#[test]
fn errors_hold_no_part_of_the_token_and_stay_short() {
    let long = "z".repeat(5000);
    let tokens = [
        "not.a.jwt".to_owned(),
        headed(r#"{"alg":"none"}"#),
        headed(format!(r#"{{"alg":"{}","typ":"JWT"}}"#, "z".repeat(1900))),
        h0().with("aud", &format!("\"{long}\"")).token(),
        h0().with("iss", &format!("\"{long}\"")).token(),
        h0().with("name", &format!("\"{long}\"")).token(),
        sign_with(b"x", &format!("{}.{}", encode("{}"), encode("{}"))),
    ];
    for token in tokens {
        let error = validate(&token).unwrap_err();
        let texts = [error.to_string(), format!("{error:?}")];
        for text in texts {
            assert!(text.len() < 300, "{text}");
            for part in token.split('.').filter(|part| part.len() > 8) {
                assert!(!text.contains(&part[..8]), "{text}");
            }
        }
    }
}
