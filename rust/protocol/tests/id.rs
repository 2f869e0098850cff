//! The grammar of ids (WP-D-01, decisions: ids are literal).

use spe_protocol::SessionId;

#[test]
fn ids_of_the_grammar_are_taken_as_they_are() {
    for text in [
        "a",
        "0b7c1f3e-0000-4000-8000-000000000001",
        "A_b.c:d-9",
        &"x".repeat(128),
    ] {
        assert_eq!(SessionId::parse(text).unwrap().as_str(), text);
    }
}

/// WP-D-01 and WP-D-07: neither patterns nor storage keys are ids.
#[test]
fn everything_else_is_refused() {
    let long = "x".repeat(129);
    for text in [
        "",
        "*",
        "a*",
        "a?",
        "[a]",
        "a b",
        "a/b",
        "a\nb",
        "$scriptSession$|x|y",
        "\u{e9}",
        "a\0",
        &long,
    ] {
        assert!(SessionId::parse(text).is_err(), "{text:?}");
    }
}
