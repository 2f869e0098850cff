//! Splitting of the script body (wire protocol 3.2.2, Appendix A, WP-D-23, WP-D-24).

use spe_protocol::ScriptBody;

fn split<'a>(body: &'a str, session: &str) -> (&'a str, Option<&'a str>) {
    let parts = ScriptBody::split(body, session);
    (parts.script, parts.arguments)
}

/// Appendix A, delimiter vectors.
#[test]
fn vectors_of_appendix_a() {
    assert_eq!(split("1+1<#S1#><Objs .../>", "S1"), ("1+1", Some("<Objs .../>")));
    assert_eq!(split("1+1<#s1#>x", "S1"), ("1+1<#s1#>x", None));
    assert_eq!(split("1+1<#S1#>", "S1"), ("1+1", None));
}

/// WP-D-23: what stands behind the delimiter is never the script.
#[test]
fn arguments_never_become_the_script() {
    let parts = ScriptBody::split("<#S1#><Objs/>", "S1");
    assert_eq!((parts.script, parts.arguments), ("", Some("<Objs/>")));
    assert!(parts.is_blank());
}

/// WP-D-23: without a session id `<##>` is a comment like any other.
#[test]
fn an_empty_session_id_splits_nothing() {
    assert_eq!(split("1 <##> + 1", ""), ("1 <##> + 1", None));
}

/// WP-D-23: the last delimiter counts, so that a script may hold the text itself.
#[test]
fn the_last_delimiter_counts() {
    assert_eq!(split("'<#S1#>'<#S1#><Objs/>", "S1"), ("'<#S1#>'", Some("<Objs/>")));
}

/// 3.2.2 and 12.2: blanks behind the script go when arguments follow, and an 8.x client ends its body with line breaks.
#[test]
fn blanks_around_the_arguments_are_dropped() {
    assert_eq!(split("1+1 \t\r\n<#S1#><Objs/>\r\n", "S1"), ("1+1", Some("<Objs/>")));
    assert_eq!(split("1+1\n<#S1#>\r\n", "S1"), ("1+1\n", None));
}

/// Client module 8.3: the delimiter is sent without arguments too, and comes apart again.
#[test]
fn join_is_the_inverse_of_split() {
    assert_eq!(ScriptBody::join("1+1", "S1", None), "1+1<#S1#>");
    let text = ScriptBody::join("1+1", "S1", Some("<Objs/>"));
    assert_eq!(split(&text, "S1"), ("1+1", Some("<Objs/>")));
}

/// WP-D-24: blanks alone are nothing to run.
#[test]
fn blank_scripts_are_told_apart() {
    assert!(ScriptBody::split(" \r\n\t", "S1").is_blank());
    assert!(!ScriptBody::split("1", "S1").is_blank());
}
