//! The `Authorization` header (authentication 1.2, 1.3, 10.2).

use secrecy::ExposeSecret as _;
use spe_auth::authorization::{Credential, HeaderError, MAX_LEN, credential};

/// The token of a line.
fn one(value: &[u8]) -> Result<&str, HeaderError> {
    credential([value]).map(|credential| match credential {
        Credential::Bearer(bearer) => bearer.token(),
        Credential::Basic(login) => panic!("a login of {}", login.user),
    })
}

/// The error of lines that hold no credential.
fn none<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> HeaderError {
    credential(values).unwrap_err()
}

/// Name and password behind `Basic `.
fn login(encoded: &str) -> Result<(String, String), HeaderError> {
    match credential([format!("Basic {encoded}").as_bytes()])? {
        Credential::Basic(login) => Ok((login.user, login.password.expose_secret().to_owned())),
        Credential::Bearer(_) => panic!("a token"),
    }
}

fn unsupported(scheme: Option<&str>) -> HeaderError {
    HeaderError::UnsupportedScheme(scheme.map(Into::into))
}

/// N001.
#[test]
fn without_a_header_there_is_no_credential() {
    assert_eq!(none([]), HeaderError::Absent);
    assert_eq!(one(b""), Err(HeaderError::Absent));
}

/// N004, N005 (AU-D-01, WP-D-18).
#[test]
fn the_scheme_is_compared_without_case() {
    for value in [
        "Bearer a.b.c",
        "bearer a.b.c",
        "BEARER a.b.c",
        "bEaReR a.b.c",
        "Bearer    a.b.c",
    ] {
        assert_eq!(one(value.as_bytes()), Ok("a.b.c"), "{value}");
    }
}

/// N002 (AU-D-01).
#[test]
fn a_scheme_without_a_credential_is_malformed() {
    for value in ["Bearer", "bearer", "Bearer ", "Bearer    "] {
        assert_eq!(one(value.as_bytes()), Err(HeaderError::Malformed), "{value:?}");
    }
}

/// N007: two lines are refused, whatever they say.
#[test]
fn two_lines_are_malformed() {
    let values: [[&[u8]; 2]; 4] = [
        [b"Bearer a.b.c", b"Bearer a.b.c"],
        [b"Basic Og==", b"Bearer a.b.c"],
        [b"Bearer a.b.c", b""],
        [b"", b""],
    ];
    for lines in values {
        assert_eq!(none(lines), HeaderError::Malformed);
    }
    assert_eq!(none([&b"Bearer a.b.c"[..]; 100]), HeaderError::Malformed);
}

/// N008: several credentials in one line reach the gate as one token, which has no comma.
#[test]
fn a_list_in_one_line_is_one_token() {
    assert_eq!(one(b"Bearer a.b.c, Bearer a.b.c"), Ok("a.b.c, Bearer a.b.c"));
}

/// N009: refused before anything is decoded.
#[test]
fn the_length_is_bounded() {
    let of = |length: usize| format!("Bearer {}", "A".repeat(length - 7)).into_bytes();
    assert!(one(&of(MAX_LEN)).is_ok());
    assert_eq!(one(&of(MAX_LEN + 1)), Err(HeaderError::TooLarge));
    assert_eq!(one(&of(1024 * 1024)), Err(HeaderError::TooLarge));
    assert_eq!(MAX_LEN - "Bearer ".len(), spe_auth::token::MAX_LEN);
}

/// Wire protocol Appendix A and authentication 1.4: ISO-8859-1, and colons belong to the password.
#[test]
fn a_login_is_a_name_and_a_password() {
    for (encoded, user, password) in [
        ("c2l0ZWNvcmVcc3ZjLXNwZTpwQHNz", r"sitecore\svc-spe", "p@ss"),
        ("YWRtaW46YTpiOmM=", r"sitecore\admin", "a:b:c"),
        ("YTrp", r"sitecore\a", "\u{e9}"),
    ] {
        assert_eq!(login(encoded), Ok((user.to_owned(), password.to_owned())), "{encoded}");
        assert!(matches!(
            credential([format!("BASIC  {encoded}").as_bytes()]),
            Ok(Credential::Basic(_))
        ));
    }
}

/// N003, N011 to N014, WP-D-18 and WP-D-52: what is no login, and the empty one that old clients send.
#[test]
fn what_is_no_login_is_refused() {
    for (encoded, error) in [
        ("", HeaderError::MalformedBasic),
        ("YWRtaW4=", HeaderError::MalformedBasic),
        ("%%%", HeaderError::MalformedBasic),
        ("YWRtaW46YQ", HeaderError::MalformedBasic),
        ("YWRt aW46YQ==", HeaderError::MalformedBasic),
        ("Og==", HeaderError::Absent),
        ("YWRtaW46", HeaderError::Absent),
        ("OmE=", HeaderError::Absent),
        ("YWQKbWluOmE=", HeaderError::InvalidUsername),
        ("YVxiXGM6eA==", HeaderError::InvalidUsername),
        ("YWRtaW46YQpi", HeaderError::MalformedBasic),
    ] {
        assert_eq!(login(encoded), Err(error), "{encoded}");
    }
    assert_eq!(none([&b"Basic"[..]]), HeaderError::MalformedBasic);
}

#[test]
fn a_login_has_no_debug_that_shows_the_password() {
    let Ok(credential) = credential([&b"Basic YWRtaW46cGFzc3dvcmQx"[..]]) else {
        panic!("a login");
    };
    assert!(!format!("{credential:?}").contains("password1"));
}

/// N010.
#[test]
fn other_schemes_are_not_supported() {
    for (value, scheme) in [
        ("DPoP a.b.c", "DPoP"),
        ("Negotiate AAAA", "Negotiate"),
        ("ApiKey x", "ApiKey"),
        ("Digest username=\"x\"", "Digest"),
        ("Bear er a.b.c", "Bear"),
    ] {
        assert_eq!(one(value.as_bytes()), Err(unsupported(Some(scheme))), "{value}");
    }
}

/// N006: where the separator is missing the token stands in the scheme's place, and must not reach the log.
#[test]
fn a_scheme_that_may_be_a_token_is_not_shown() {
    for value in [
        "BearereyJhbGciOiJIUzI1NiJ9.e30.AAAA",
        "eyJhbGciOiJIUzI1NiJ9.e30.AAAA",
        "Bearer:a.b.c",
        "Bearer\ta.b.c",
        "Bearer,a.b.c",
        " Bearer a.b.c",
        "abcdefghijklmnopq x",
        "secret123 x",
    ] {
        assert_eq!(one(value.as_bytes()), Err(unsupported(None)), "{value}");
    }
    assert_eq!(one(b"abcdefghijklmnop x"), Err(unsupported(Some("abcdefghijklmnop"))));
}

#[test]
fn bytes_that_are_no_text_are_malformed() {
    for value in [
        &b"\xff"[..],
        b"Bearer \xff",
        b"Bearer \xc0\x80.b.c",
        b"\xe9 x",
        b"Bearer a.b.\xed\xa0\x80",
    ] {
        assert_eq!(one(value), Err(HeaderError::Malformed), "{value:?}");
    }
}

#[test]
fn a_credential_has_no_debug_that_shows_it() {
    let credential = credential([&b"Bearer a.b.c"[..]]).unwrap();
    assert_eq!(format!("{credential:?}"), "Bearer(Bearer(..))");
}
