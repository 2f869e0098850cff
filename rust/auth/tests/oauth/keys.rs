//! Documents of keys (5.3). Which keys may verify (5.4) runs through the server.

use spe_auth::jwks::{DocumentError, KeySet, Note};
use spe_testkit::vectors::{AUTH_ES256, AUTH_RS256};

fn parse(document: &str) -> Result<(usize, Vec<Note>), DocumentError> {
    KeySet::parse(document.as_bytes()).map(|(keys, notes)| (keys.len(), notes))
}

fn keys(keys: &[&str]) -> Result<(usize, Vec<Note>), DocumentError> {
    parse(&format!("{{\"keys\":[{}]}}", keys.join(",")))
}

#[test]
fn a_document_is_strict_json_with_keys() {
    for document in [
        "",
        "[]",
        "null",
        "{\"keys\":{}}",
        "{\"keys\":[5]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"kty\":\"EC\"}]}",
    ] {
        assert_eq!(parse(document), Err(DocumentError::Malformed), "{document}");
    }
    for document in ["{}", "{\"keys\":[]}", "{\"KEYS\":[{}]}"] {
        assert_eq!(parse(document), Err(DocumentError::Empty), "{document}");
    }
    let many = vec![AUTH_RS256.jwk; 101];
    assert_eq!(keys(&many), Err(DocumentError::TooManyKeys));
    assert_eq!(keys(&many[..100]).map(|(count, _)| count), Ok(100));
}

/// RFC 7517 section 5: what is not understood is passed over, and makes no other key useless.
#[test]
fn keys_of_no_use_are_passed_over() {
    let useless = [
        r#"{"kty":"OKP","crv":"Ed25519","kid":"ed","x":"AA"}"#,
        r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#,
        r#"{"kty":"EC","crv":"P-256","kid":""}"#,
        r#"{"kid":"nothing"}"#,
    ];
    let mut all = useless.to_vec();
    all.extend([AUTH_RS256.jwk, AUTH_ES256.jwk]);
    assert_eq!(keys(&all), Ok((2, Vec::new())));
}

/// 5.3: private keys are left out and told; two different keys of one name are told, one that stands twice is not.
#[test]
fn what_the_publisher_should_know_is_told() {
    let private = AUTH_RS256
        .jwk
        .replace("\"kid\":\"rsa-1\"", "\"kid\":\"leaked\",\"d\":\"AQAB\"");
    let kid = "leaked".to_owned();
    assert_eq!(
        keys(&[&private, AUTH_ES256.jwk]),
        Ok((1, vec![Note::PrivateKeyPublished { kid }]))
    );
    assert_eq!(keys(&[AUTH_RS256.jwk, AUTH_RS256.jwk]), Ok((2, Vec::new())));
    let twin = AUTH_RS256.jwk.replace("\"e\":\"AQAB\"", "\"e\":\"Aw\"");
    let kid = "rsa-1".to_owned();
    assert_eq!(
        keys(&[AUTH_RS256.jwk, &twin]),
        Ok((2, vec![Note::DuplicateKid { kid }]))
    );
}

/// Nobody's document brings the reader down.
#[test]
fn any_bytes_are_read_or_refused() {
    let document = format!("{{\"keys\":[{},{}]}}", AUTH_RS256.jwk, AUTH_ES256.jwk);
    for at in 0..document.len() {
        for byte in [0, b'"', b'{', 0xff, b'-'] {
            let mut bytes = document.as_bytes().to_vec();
            bytes[at] = byte;
            let _ = KeySet::parse(&bytes);
        }
        let _ = KeySet::parse(&document.as_bytes()[..at]);
    }
}
