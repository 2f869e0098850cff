//! Comparison of issuers (authentication 4.4, 10.8).

use spe_auth::Issuer;

fn equal(one: &str, other: &str) -> bool {
    let one = Issuer::canonical(one);
    one.is_some() && one == Issuer::canonical(other)
}

/// The table of 4.4.
#[test]
fn pairs_of_the_specification() {
    for (one, other, expected) in [
        ("https://tenant.us.auth0.com/", "https://tenant.us.auth0.com", true),
        ("https://kc/realms/r/", "https://kc/realms/r", true),
        ("https://SpeID.Dev.Local", "https://speid.dev.local", true),
        ("https://idp/Realms/Master", "https://idp/realms/master", false),
        ("http://idp/", "https://idp/", false),
        ("https://idp:8443/", "https://idp/", false),
        ("https://idp:443/", "https://idp/", true),
        ("SPE Remoting", "spe remoting", true),
    ] {
        assert_eq!(equal(one, other), expected, "{one} {other}");
    }
}

/// N183, N184 and their like.
#[test]
fn spellings_of_one_issuer_are_equal() {
    for text in [
        "https://idp.test",
        "https://idp.test/",
        "https://IDP.test",
        "HTTPS://idp.test",
        "https://idp.test:443",
        "https://idp.test:443/",
    ] {
        assert!(equal(text, "https://idp.test"), "{text}");
    }
    assert!(equal("http://idp:80/", "http://idp"));
    assert!(equal("https://[::1]:443/", "https://[::1]"));
}

/// N185 to N189: another port, scheme, host, user, path or spelling of a path is another issuer, or none.
#[test]
fn lookalikes_are_not_equal() {
    for text in [
        "http://idp.test",
        "https://idp.test:8443",
        "https://idp.test:80",
        "https://idp.test:0443",
        "https://idp.test:",
        "https://idp.test:x",
        "https://evil@idp.test",
        "https://idp.test@evil.test",
        "https://idp.test.evil.test",
        "https://idp.testx",
        "https://idp.test#x",
        "https://idp.test#",
        "https://idp.test?x",
        "https://idp.test?",
        "https://idp.test/%2e",
        "https://idp.test/.",
        "https://idp.test//",
        "https://idp.test\\",
        "https://idp.test/\\",
        "https://idp.test\0",
        "https://idp.test ",
        " https://idp.test",
        "https://idp.test\n",
        "https:///idp.test",
        "https://",
        "https:idp.test",
        "https:/idp.test",
        "idp.test",
        "https://\u{456}dp.test",
        "https://idp\u{3002}test",
        "https://idp.te\u{17f}t",
        "",
    ] {
        assert!(!equal(text, "https://idp.test"), "{text}");
    }
}

/// What cannot be told apart safely equals nothing, itself included.
#[test]
fn unsafe_urls_equal_nothing() {
    for text in [
        "",
        "https://a@b",
        "https://a?b",
        "https://a#b",
        "https://a\\b",
        "https://a b",
        "https://a\tb",
        "https://",
        "https://:443",
        "https://\u{e9}.test",
        "http://a:b",
    ] {
        assert_eq!(Issuer::canonical(text), None, "{text}");
    }
}
