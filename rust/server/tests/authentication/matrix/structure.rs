//! 10.3: structure and encoding.

use spe_testkit::forge::{encode, sign_with};

use super::fixture::{HS256, Matrix, RS256, h0, headed, hs, hs_headed, rs, rsa, t0};
use crate::config::SECRET;

/// These parts with the signature of `rsa-1` over them as they are.
fn resigned(header: &str, payload: &str) -> String {
    let signed = format!("{header}.{payload}");
    format!("{signed}.{}", encode(rsa().sign("RS256", &signed)))
}

fn payload(json: impl AsRef<[u8]>) -> String {
    resigned(&encode(RS256), &encode(json))
}

/// A payload whose length leaves unused bits in its last character.
fn with_unused_bits() -> String {
    let padded = |blanks: usize| format!("{}{}", t0().json(), " ".repeat(blanks));
    let fits = (0..3).map(padded).find(|json| json.len() % 3 == 1);
    encode(fits.unwrap())
}

/// The next character of the alphabet: it differs in the lowest bit.
fn flipped(part: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (rest, last) = part.split_at(part.len() - 1);
    let at = ALPHABET.iter().position(|byte| *byte == last.as_bytes()[0]).unwrap();
    format!("{rest}{}", char::from(ALPHABET[at ^ 1]))
}

/// N030 to N037: three parts, none of them empty.
#[tokio::test]
async fn a_token_has_three_parts() {
    let matrix = Matrix::start().await;
    let (t, h) = (rs(&t0()), hs(&h0()));
    for (id, token) in [
        ("N030", "not.a.jwt".to_owned()),
        ("N031", t.rsplit_once('.').unwrap().0.to_owned()),
        ("N032", format!("{t}.AAAA")),
        ("N033", format!("{t}.AAAA.AAAA")),
        ("N034 T0", format!(".{t}")),
        ("N034 H0", format!(".{h}")),
        ("N035 T0", format!("{t}.")),
        ("N035 H0", format!("{h}.")),
        ("N036 T0", t.replacen('.', "..", 1)),
        ("N036 H0", h.replacen('.', "..", 1)),
        ("N037", format!("{}.", t.rsplit_once('.').unwrap().0)),
    ] {
        matrix.invalid(id, &token, "malformedToken").await;
    }
}

/// N038 to N043, N060: base64url in the one strict form, whatever signed it.
#[tokio::test]
async fn parts_are_strict_base64url() {
    let matrix = Matrix::start().await;
    let header = encode(RS256);
    let bits = with_unused_bits();
    matrix.taken("N041 control", &resigned(&header, &bits)).await;
    // Letters that fall on the two characters in which the alphabets differ.
    let foreign = encode(t0().with("x", "\"\u{3fe}\u{3ff}>>>???\"").json());
    assert!(foreign.contains(['-', '_']));
    let spaced = format!("{} {}", &bits[..10], &bits[10..]);
    for (id, token) in [
        ("N038", resigned(&header, &format!("{bits}=="))),
        ("N039", resigned(&header, &foreign.replace('-', "+").replace('_', "/"))),
        ("N040", resigned(&header, &spaced)),
        ("N041", resigned(&header, &flipped(&bits))),
        ("N042", {
            let token = rs(&t0());
            // 256 bytes leave four unused bits in the last character.
            flipped(&token)
        }),
        ("N043", resigned(&header, &format!("{}A", &bits[..bits.len() / 4 * 4]))),
        ("N133", format!("{}=", hs(&h0()))),
        ("N060", format!("{{\"payload\":\"{bits}\",\"signature\":\"AA\"}}")),
    ] {
        matrix.invalid(id, &token, "malformedToken").await;
    }
}

/// N044 to N051, N053, N059: one JSON object in strict form, nothing twice, nothing behind it.
#[tokio::test]
async fn parts_are_strict_json() {
    let matrix = Matrix::start().await;
    let t0 = t0();
    let json = t0.json();
    let header = |text: &str| resigned(&encode(text), &encode(&json));
    for (id, token) in [
        ("N044 array", header("[]")),
        ("N044 text", header("\"x\"")),
        ("N045 null", payload("null")),
        ("N045 array", payload("[]")),
        ("N045 text", payload("\"x\"")),
        ("N045 number", payload("1")),
        ("N046", payload(format!("{json}{{}}"))),
        ("N047", payload([json.as_bytes(), b"\xc0\x80"].concat())),
        ("N048", payload(format!("\u{feff}{json}"))),
        (
            "N049",
            header(r#"{"alg":"RS256","alg":"HS256","typ":"JWT","kid":"rsa-1"}"#),
        ),
        ("N050", payload(json.replacen('{', "{\"exp\":1800000300,", 1))),
        ("N051", payload(json.replacen('{', "{\"\\u0061ud\":\"x\",", 1))),
        ("N053", payload(json.replace('"', "'"))),
        ("N059", payload(t0.clone().with("sub", r#""\ud800""#).json())),
    ] {
        matrix.invalid(id, &token, "malformedToken").await;
    }
}

/// N054, N055: what is deep or long costs nothing.
#[tokio::test]
async fn parts_have_bounds() {
    let matrix = Matrix::start().await;
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    matrix
        .invalid("N054", &payload(t0().with("x", &deep).json()), "malformedToken")
        .await;
    let many = format!("[{}]", vec!["1"; 5000].join(","));
    matrix
        .invalid("S6", &payload(t0().with("x", &many).json()), "malformedToken")
        .await;
    let long = format!("[{}]", vec!["1"; 100_000].join(","));
    // The header line is bounded before the token is.
    let header = format!("Authorization: Bearer {}\r\n", payload(t0().with("aud", &long).json()));
    let path = "/-/script/script/?action=test";
    if let Some(reply) = matrix.server.try_send("POST", path, header.as_bytes()).await {
        assert!(reply.status.starts_with("HTTP/1.1 431 "), "N055: {}", reply.status);
    }
    let claims = t0().with("x", &format!("\"{}\"", "x".repeat(11_999)));
    matrix.invalid("N055", &payload(claims.json()), "tokenTooLarge").await;
}

/// N052, N056 to N058: names and texts count exactly as they are.
#[tokio::test]
async fn texts_are_taken_as_they_are() {
    let matrix = Matrix::start().await;
    let header = hs_headed(r#"{"ALG":"HS256","typ":"JWT"}"#, &h0());
    matrix.invalid("N052", &header, "algorithmNotAllowed").await;
    let sub = rs(&t0().with("sub", r#""sitecore\\svc\u0000""#));
    matrix.invalid("N056", &sub, "invalidUsername").await;
    let iss = rs(&t0().with("iss", r#""https://idp.test\u0000""#));
    matrix.invalid("N057", &iss, "issuerNotAllowed").await;
    for kid in [r"rsa-1\u0000", r"rsa\r\n-1"] {
        let token = headed(&format!(r#"{{"alg":"RS256","typ":"JWT","kid":"{kid}"}}"#));
        matrix.invalid("N058", &token, "malformedToken").await;
    }
    let signed = sign_with(SECRET.as_bytes(), &format!("{}.{}", encode(HS256), encode(h0().json())));
    matrix.taken("control", &signed).await;
}
