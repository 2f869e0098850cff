//! 10.6: signatures.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use spe_testkit::forge::encode;

use super::fixture::{ES256, HS256, Matrix, ec, h0, hs, hs_by, provider, rs, rsa, t0};

/// Order of the curve P-256, and half of it is what high S is above.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

fn parts(token: &str) -> (&str, Vec<u8>) {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    (signed, URL_SAFE_NO_PAD.decode(signature).unwrap())
}

fn with(signed: &str, signature: impl AsRef<[u8]>) -> String {
    format!("{signed}.{}", encode(signature))
}

/// `ORDER` minus `value`.
fn negated(value: &[u8]) -> Vec<u8> {
    let mut result = vec![0; 32];
    let mut borrow = 0;
    for at in (0..32).rev() {
        let difference = i32::from(ORDER[at]) - i32::from(value[at]) - borrow;
        borrow = i32::from(difference < 0);
        result[at] = u8::try_from(difference & 0xff).unwrap();
    }
    result
}

/// N120 to N126: RSA.
#[tokio::test]
async fn rsa_signatures_are_exact() {
    let matrix = Matrix::start().await;
    let token = rs(&t0());
    let (signed, signature) = parts(&token);
    let other = rs(&t0().with("jti", "\"other\""));
    // N120 is the tampered signature of the requirement document.
    let (changed, _) = parts(&other);
    matrix
        .invalid("N120", &with(changed, &signature), "signatureInvalid")
        .await;
    matrix
        .invalid("N121", &with(signed, &signature[..255]), "malformedSignature")
        .await;
    matrix
        .invalid(
            "N122",
            &with(signed, [&signature[..], &[0]].concat()),
            "malformedSignature",
        )
        .await;
    let mut flipped = signature.clone();
    flipped[100] ^= 4;
    matrix
        .invalid("N123", &with(signed, &flipped), "signatureInvalid")
        .await;
    matrix
        .invalid("N124", &with(signed, parts(&other).1), "signatureInvalid")
        .await;
    let modulus = URL_SAFE_NO_PAD.decode(rsa().jwk()["n"].as_str().unwrap()).unwrap();
    let mut one = vec![0; 256];
    one[255] = 1;
    for value in [modulus, vec![0; 256], one] {
        matrix.invalid("N125", &with(signed, value), "signatureInvalid").await;
    }
    // The shape of a forgery for small exponents: a short padding and rubbish behind the digest.
    let mut block = vec![0; 256];
    block[1] = 1;
    block[2] = 0xff;
    block[40..].fill(0x5a);
    matrix.invalid("N126", &with(signed, block), "signatureInvalid").await;
}

/// N127 to N131: curves.
#[tokio::test]
async fn curve_signatures_are_r_and_s() {
    let matrix = Matrix::start().await;
    let token = ec().token(ES256, &t0().json());
    let (signed, signature) = parts(&token);
    let (r, s) = signature.split_at(32);
    matrix.invalid("N127", &with(signed, [0; 64]), "signatureInvalid").await;
    let (mut one, zero, above) = ([0; 32], [0; 32], [0xff; 32]);
    one[31] = 1;
    for (r, s) in [
        (&zero, &one),
        (&one, &zero),
        (&ORDER, &one),
        (&one, &ORDER),
        (&above, &one),
        (&one, &above),
    ] {
        let value = [r.as_slice(), s].concat();
        matrix.invalid("N128", &with(signed, value), "signatureInvalid").await;
    }
    let integer = |value: &[u8]| [&[2, 33, 0], value].concat();
    let content = [integer(r), integer(s)].concat();
    let der = [&[0x30, u8::try_from(content.len()).unwrap()], content.as_slice()].concat();
    matrix.invalid("N129", &with(signed, der), "malformedSignature").await;
    for length in [63, 65, 96] {
        let mut value = signature.clone();
        value.resize(length, 1);
        matrix.invalid("N130", &with(signed, value), "malformedSignature").await;
    }
    let twin = [r, &negated(s)].concat();
    matrix.taken("N131", &with(signed, twin)).await;
}

/// N132: the curve of the key counts, whatever the algorithm says.
#[tokio::test]
async fn a_key_of_another_curve_does_not_fit() {
    let matrix = Matrix::with(|config| {
        provider(config).settings.allowed_algorithms = spe_auth::PublicAlgorithm::ALL.into();
    })
    .await;
    let mut jwk = spe_testkit::idp::SigningKey::generate("ec-1", spe_testkit::idp::KeyType::P384).jwk();
    jwk.as_object_mut().unwrap().remove("alg");
    matrix.idp.publish_raw(&[jwk]);
    matrix
        .invalid("N132", &ec().token(ES256, &t0().json()), "keyAlgorithmMismatch")
        .await;
}

/// N134, N135: the signature of a secret comes before everything else.
#[tokio::test]
async fn nothing_is_told_of_a_token_that_a_stranger_signed() {
    let matrix = Matrix::start().await;
    let token = hs(&h0());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let at = signature
        .find(|character: char| character.is_ascii_alphabetic())
        .unwrap();
    let mut bytes = signature.as_bytes().to_vec();
    bytes[at] ^= 0x20;
    let changed = format!("{signed}.{}", String::from_utf8(bytes).unwrap());
    matrix.invalid("N134", &changed, "signatureMismatch").await;
    let payload = h0().with("aud", "\"x\"").with("iss", "\"x\"").at("exp", 5);
    let token = hs_by(b"another secret, of at least 32 bytes", HS256, &payload);
    matrix.invalid("N135", &token, "signatureMismatch").await;
}
