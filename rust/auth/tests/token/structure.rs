//! Structure and encoding (1.5, 10.3). Every row holds with a good signature over the broken token.

use spe_auth::token::MAX_LEN;
use spe_testkit::vectors::{AUTH_HS256, AUTH_HS384, AUTH_HS512};

use crate::forge::{
    HEADER, NOW, Signed as _, by, code, encode, h0, headed, rules, sign, token, user, validate, validate_by,
};

/// Appendix A.1.
#[test]
fn golden_vectors_are_taken() {
    for vector in [AUTH_HS256, AUTH_HS384, AUTH_HS512] {
        let verified = validate(vector.token).unwrap();
        assert_eq!(Some(user(verified).as_str()), vector.name);
        assert!(vector.issued_at < NOW);
    }
    assert_eq!(h0().token(), AUTH_HS256.token);
}

/// N030 to N033, N060.
#[test]
fn what_has_not_three_parts_is_malformed() {
    let h0 = AUTH_HS256.token;
    let (two, _) = h0.rsplit_once('.').unwrap();
    for text in [
        "not.a.jwt",
        "",
        ".",
        "..",
        two,
        &format!("{h0}.{two}"),
        &format!("{h0}.AAAA"),
        &format!("{h0}.AAAA.AAAA"),
        r#"{"payload":"e30","signatures":[{"protected":"e30","signature":"AA"}]}"#,
    ] {
        assert_eq!(code(text), "malformedToken", "{text}");
    }
}

/// N034 to N037 (AU-D-05): an empty part is not overlooked.
#[test]
fn an_empty_part_is_malformed() {
    let h0 = AUTH_HS256.token;
    let parts = h0.split('.').collect::<Vec<_>>();
    let [header, payload, signature] = parts[..] else {
        panic!()
    };
    for text in [
        format!(".{h0}"),
        format!("{h0}."),
        h0.replacen('.', "..", 1),
        format!("{header}.{payload}."),
        format!(".{payload}.{signature}"),
        sign(&format!("{header}.")),
        sign(&format!(".{payload}")),
    ] {
        assert_eq!(code(&text), "malformedToken", "{text}");
    }
}

/// N038 to N041, N043 (AU-D-07): one text per token.
#[test]
fn base64url_is_strict() {
    let header = encode(HEADER);
    // One byte more, so that the encoding has two unused bits at its end and would take padding.
    let payload = h0().json() + " ";
    let payload = if payload.len().is_multiple_of(3) {
        payload + " "
    } else {
        payload
    };
    let good = encode(&payload);
    assert_eq!(code(&sign(&format!("{header}.{good}"))), "ok");
    let middle = good.len() / 2;
    let (start, rest) = good.split_at(middle);
    let mut unused = good.clone().into_bytes();
    *unused.last_mut().unwrap() += 1;
    for bad in [
        format!("{good}="),
        format!("{good}=="),
        format!("{start}\r\n{rest}"),
        format!("{start} {rest}"),
        format!("{start}+{}", &rest[1..]),
        format!("{start}/{}", &rest[1..]),
        format!("{start}\0{}", &rest[1..]),
        format!("{start}\u{e9}{}", &rest[1..]),
        format!(" {good}"),
        format!("{good}\n"),
        String::from_utf8(unused).unwrap(),
    ] {
        assert_eq!(code(&sign(&format!("{header}.{bad}"))), "malformedToken", "{bad}");
    }
    for length in [1, 5, 9] {
        let part = "A".repeat(length);
        assert_eq!(code(&format!("{header}.{good}.{part}")), "malformedToken");
        assert_eq!(code(&sign(&format!("{part}.{good}"))), "malformedToken");
    }
}

/// N039: bytes whose encoding holds the two characters in which the alphabets differ.
#[test]
fn the_standard_alphabet_is_malformed() {
    let payload = h0().with("x", r#""???>>>~~~""#).json();
    let good = encode(&payload);
    assert!(good.contains(['-', '_']));
    let standard = good.replace('-', "+").replace('_', "/");
    let header = encode(HEADER);
    assert_eq!(code(&sign(&format!("{header}.{good}"))), "ok");
    assert_eq!(code(&sign(&format!("{header}.{standard}"))), "malformedToken");
}

/// N042, N133: unused bits and padding of the signature.
#[test]
fn the_signature_has_one_spelling() {
    let h0 = AUTH_HS256.token;
    let mut unused = h0.as_bytes().to_vec();
    *unused.last_mut().unwrap() += 1;
    assert_eq!(code(&String::from_utf8(unused).unwrap()), "malformedToken");
    assert_eq!(code(&format!("{h0}=")), "malformedToken");
    assert_eq!(code(&format!("{h0} ")), "malformedToken");
    assert_eq!(code(&format!(" {h0}")), "malformedToken");
    assert_eq!(code(&format!("{h0}\n")), "malformedToken");
}

/// N044 to N048, N053, N059.
#[test]
fn both_parts_are_strict_json_objects() {
    let object = h0().json();
    let with_bytes = |name: &[u8]| [b"{\"x\":\"", name, b"\",", &object.as_bytes()[1..]].concat();
    let payloads: [Vec<u8>; 19] = [
        b"null".to_vec(),
        b"[]".to_vec(),
        b"\"x\"".to_vec(),
        b"1".to_vec(),
        b"true".to_vec(),
        b" ".to_vec(),
        format!("{object}{{}}").into_bytes(),
        format!("{object}x").into_bytes(),
        format!("{object}\0").into_bytes(),
        format!("\u{feff}{object}").into_bytes(),
        object.replace('"', "'").into_bytes(),
        object.replacen("\"iss\"", "iss", 1).into_bytes(),
        object.replacen('{', "{,", 1).into_bytes(),
        object.replace('}', ",}").into_bytes(),
        format!("/* */{object}").into_bytes(),
        with_bytes(&[0xc0, 0x80]),
        with_bytes(&[0xed, 0xa0, 0x80]),
        with_bytes(br"\ud800"),
        with_bytes(b"\n"),
    ];
    for payload in payloads {
        let text = String::from_utf8_lossy(&payload).into_owned();
        assert_eq!(code(&token(HEADER, &payload)), "malformedToken", "{text}");
    }
    for header in [
        "[]",
        r#""HS256""#,
        "null",
        r#"["alg","HS256"]"#,
        r#"{"alg":"HS256","typ":"JWT"}{}"#,
        r"{'alg':'HS256','typ':'JWT'}",
        "\u{feff}{\"alg\":\"HS256\",\"typ\":\"JWT\"}",
    ] {
        assert_eq!(code(&headed(header)), "malformedToken", "{header}");
    }
    assert_eq!(code(&token(HEADER, format!(" \t\r\n{object} \n"))), "ok");
}

/// N049 to N051 (AU-D-08): no member twice, at any level, in whatever spelling.
#[test]
fn a_member_stands_once() {
    for header in [
        r#"{"alg":"RS256","alg":"HS256","typ":"JWT"}"#,
        r#"{"alg":"HS256","alg":"HS256","typ":"JWT"}"#,
        r#"{"alg":"HS256","\u0061lg":"none","typ":"JWT"}"#,
    ] {
        assert_eq!(code(&headed(header)), "malformedToken", "{header}");
    }
    for members in [
        r#""exp":1800000029"#,
        r#""\u0061ud":"https://cm.test""#,
        r#""n\u0061me":"sitecore\\svc""#,
        r#""x":{"y":1,"y":1}"#,
        r#""x":[{"y":1,"\u0079":1}]"#,
        r#""x":1,"x":null"#,
        r#""":1,"":2"#,
    ] {
        let payload = h0().json().replacen('{', &format!("{{{members},"), 1);
        assert_eq!(code(&token(HEADER, &payload)), "malformedToken", "{payload}");
    }
    let inner = h0().with("x", r#"{"exp":1,"y":{"exp":2}}"#);
    assert_eq!(inner.code(), "ok");
}

/// A name is what it is after its escapes are resolved, also where it stands once.
#[test]
fn an_escaped_name_is_the_name() {
    let payload = h0().json().replacen("\"exp\"", r#""\u0065xp""#, 1);
    assert_eq!(code(&token(HEADER, payload)), "ok");
}

/// N052, S8: names are compared with their case.
#[test]
fn names_have_their_case() {
    assert_eq!(code(&headed(r#"{"ALG":"HS256","typ":"JWT"}"#)), "algorithmNotAllowed");
    assert_eq!(code(&headed(r#"{"alg":"HS256","TYP":"JWT"}"#)), "invalidTokenType");
    assert_eq!(h0().without("exp").with("EXP", "1800000029").code(), "missingExp");
    assert_eq!(h0().with("EXP", "1").code(), "ok");
}

/// N054, S6.
#[test]
fn depth_members_and_elements_are_bounded() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert_eq!(h0().with("x", &nested(7)).code(), "ok");
    assert_eq!(h0().with("x", &nested(8)).code(), "malformedToken");
    assert_eq!(h0().with("x", &nested(200)).code(), "malformedToken");
    assert_eq!(h0().with("x", &nested(5900)).code(), "malformedToken");
    let objects = |levels: usize| format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
    assert_eq!(h0().with("x", &objects(7)).code(), "ok");
    assert_eq!(h0().with("x", &objects(8)).code(), "malformedToken");

    let array = |count: usize| format!("[{}]", vec!["1"; count].join(","));
    assert_eq!(h0().with("x", &array(256)).code(), "ok");
    assert_eq!(h0().with("x", &array(257)).code(), "malformedToken");

    let members = |count: usize| (0..count).fold(h0(), |payload, at| payload.at(&format!("m{at}"), 1));
    assert_eq!(members(64 - 5).code(), "ok");
    assert_eq!(members(65 - 5).code(), "malformedToken");
}

/// N009, N055, S1 and S4. What is too large is refused before it is decoded.
#[test]
fn sizes_are_bounded() {
    let padded = |length: usize| h0().with("x", &format!("\"{}\"", "y".repeat(length)));
    let base = padded(0).json().len();
    assert_eq!(padded(12_000 - base).code(), "ok");
    assert_eq!(padded(12_001 - base).code(), "tokenTooLarge");

    let header = |length: usize| headed(format!(r#"{{"alg":"HS256","typ":"JWT","x":"{}"}}"#, "y".repeat(length)));
    let base = r#"{"alg":"HS256","typ":"JWT","x":""}"#.len();
    assert_eq!(code(&header(2048 - base)), "ok");
    assert_eq!(code(&header(2049 - base)), "tokenTooLarge");

    let (signed, _) = AUTH_HS256.token.rsplit_once('.').unwrap();
    assert_eq!(code(&format!("{signed}.{}", encode([0; 1024]))), "signatureMismatch");
    assert_eq!(code(&format!("{signed}.{}", encode([0; 1025]))), "tokenTooLarge");

    let audiences = format!("[{}]", vec![r#""a""#; 100_000].join(","));
    for text in [
        "A".repeat(MAX_LEN + 1),
        ".".repeat(MAX_LEN + 1),
        "A".repeat(1024 * 1024),
        format!(
            "{}.{}.{}",
            "A".repeat(400_000),
            "A".repeat(400_000),
            "A".repeat(400_000)
        ),
        "\u{1f512}".repeat(300_000),
        h0().with("aud", &audiences).token(),
    ] {
        assert_eq!(code(&text), "tokenTooLarge");
    }
    assert_eq!(code(&"A".repeat(MAX_LEN)), "malformedToken");
}

/// Numbers that no double holds end the reading, and nothing else.
#[test]
fn numbers_out_of_every_range_are_refused() {
    for number in ["1e400", "-1e400", "1e99999999999999999999", &"9".repeat(5000)] {
        let refused = h0().with("exp", number).code();
        assert!(
            ["malformedToken", "invalidExp"].contains(&refused),
            "{number}: {refused}"
        );
    }
    for number in [
        "NaN",
        "Infinity",
        "-Infinity",
        "0x7fffffff",
        "01800000029",
        "+1800000029",
        "1800000029.",
        ".5",
        "1_8",
    ] {
        assert_eq!(h0().with("exp", number).code(), "malformedToken", "{number}");
    }
}

/// A validator has no memory: what it refused has no effect on what comes after.
#[test]
fn a_refusal_leaves_nothing_behind() {
    let validator = spe_auth::shared_secret::Validator::new(Some(&AUTH_HS256.secret.into()), rules());
    assert!(by(&validator, "not.a.jwt").is_err());
    assert!(by(&validator, AUTH_HS256.token).is_ok());
    assert!(by(&validator, &h0().at("exp", 1).token()).is_err());
    assert_eq!(
        by(&validator, AUTH_HS256.token).map(user),
        validate_by(rules(), AUTH_HS256.token).map(user)
    );
}
