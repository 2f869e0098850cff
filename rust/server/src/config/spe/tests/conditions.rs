//! Conditions: `role:require`, `env:require` and their like (authentication 7.4).

use super::{NAMESPACES, Reading, read_files, refused, sitecore};
use crate::config::Note;

/// What a file comes to whose service `remoting` is switched on under a condition.
fn under(condition: &str, variables: &[(&str, &str)]) -> Result<Reading, String> {
    let text = format!(
        "<configuration {NAMESPACES} xmlns:x='http://www.sitecore.net/xmlconfig/role/'
           xmlns:security='http://www.sitecore.net/xmlconfig/security/'>
           <sitecore {condition}><powershell><services><remoting enabled='true'/></services></powershell></sitecore>
         </configuration>"
    );
    read_files(&[("Spe.config", &text)], variables)
}

fn holds(condition: &str, variables: &[(&str, &str)]) -> bool {
    let reading = under(condition, variables).unwrap();
    reading.config.services.contains_key("remoting")
}

/// N360, N361, N362: what switches a variable on and off.
#[test]
fn a_variable_is_on_when_its_value_says_yes() {
    let is_on = |value: &str| holds("env:require='SITECORE_SPE_OAUTH'", &[("SITECORE_SPE_OAUTH", value)]);
    for yes in ["true", "1", "TRUE", " true ", "Yes", "on", "Enabled"] {
        assert!(is_on(yes), "{yes:?}");
    }
    for no in ["false", "0", "", "  ", "no", "OFF", "disabled"] {
        assert!(!is_on(no), "{no:?}");
        assert_eq!(
            under("env:require='X'", &[("X", no)]).unwrap().notes.len(),
            1,
            "{no:?} is clear: only the skipped block is noted"
        );
    }
    assert!(!holds("env:require='SITECORE_SPE_OAUTH'", &[]));
}

/// N363: the name is told once, and the value never.
#[test]
fn a_variable_that_says_neither_is_off_and_noted() {
    let reading = under("env:require='FLAG or FLAG'", &[("FLAG", "maybe-a-secret")]).unwrap();
    assert!(reading.config.services.is_empty());
    let unrecognized = Note::EnvValueUnrecognized { name: "FLAG".into() };
    assert_eq!(reading.notes.iter().filter(|note| **note == unrecognized).count(), 1);
    assert!(!format!("{:?}", reading.notes).contains("maybe"));
    let unasked = under("env:require='OTHER'", &[("PATH", "/usr/bin")]).unwrap();
    assert_eq!(unasked.notes.len(), 1, "what no condition names is nobody's business");
}

/// N364; names of variables keep their case, defined words do not.
#[test]
fn words_of_env_come_from_its_definition_too() {
    let defined = [("SITECORE_APPSETTINGS_env:define", "a, SITECORE_SPE_OAUTH|c;d")];
    for word in ["a", "SITECORE_SPE_OAUTH", "sitecore_spe_oauth", "c", "D"] {
        assert!(holds(&format!("env:require='{word}'"), &defined), "{word}");
    }
    assert!(!holds("env:require='b'", &defined));
    assert!(!holds("env:require='flag'", &[("FLAG", "true")]));
    assert!(
        !holds("env:require='a-b'", &[("a-b", "true")]),
        "that is no name of a variable"
    );
    assert!(
        !holds("role:require='FLAG'", &[("FLAG", "true")]),
        "only env asks the process"
    );
}

/// N365, N366: roles, and what they are without any word about them.
#[test]
fn roles_are_standalone_unless_said_otherwise() {
    let shipped = "role:require='Standalone or ContentManagement or XMCloud'";
    assert!(holds(shipped, &[]));
    let role = |value| [("SITECORE_APPSETTINGS_role:define", value)];
    assert!(!holds(shipped, &role("ContentDelivery")));
    assert!(holds(shipped, &role("XMCloud")));
    assert!(holds(shipped, &role("ContentDelivery, contentmanagement")));
    assert!(holds(shipped, &role("")), "an empty variable counts as not set");
    assert!(holds("security:require='Sitecore'", &[]));
    assert!(!holds(
        "security:require='Sitecore'",
        &[("SITECORE_APPSETTINGS_security:define", "Other")]
    ));
}

/// Authentication 7.4, grammar and evaluation; N372.
#[test]
fn conditions_have_a_grammar() {
    let words = [("SITECORE_APPSETTINGS_role:define", "A,B,A_B,x-1,y.z/w")];
    for (condition, expected) in [
        ("", true),
        ("  ", true),
        ("A", true),
        ("C", false),
        ("A and B", true),
        ("A AND C", false),
        ("A &amp; B", true),
        ("A&amp;&amp;C", false),
        ("C or B", true),
        ("C|B", true),
        ("C||D", false),
        ("!C", true),
        ("not A", false),
        ("! ! A", true),
        ("!C and A", true),
        ("!A or B", true),
        ("!(A and B)", false),
        ("A and (C or B)", true),
        ("(A)", true),
        ("A_B or C", true),
        ("x-1 and y.z/w", true),
        ("A or B and C", false),
        ("C and A or B", true),
    ] {
        assert_eq!(
            holds(&format!("role:require='{condition}'"), &words),
            expected,
            "{condition}"
        );
    }
    assert!(holds("env:require='A_B or C'", &[("A_B", "1")]));
}

/// Authentication 7.4: readers expect the usual precedence.
#[test]
fn a_mix_without_parentheses_is_told() {
    for (condition, is_told) in [
        ("A or B and C", true),
        ("(A or B and C)", true),
        ("A or (B and C)", false),
        ("A or B or C", false),
    ] {
        let reading = under(&format!("role:require='{condition}'"), &[]).unwrap();
        let told = reading.warnings.iter().any(|warning| warning.contains("parentheses"));
        assert_eq!(told, is_told, "{condition}: {:?}", reading.warnings);
    }
}

/// N371: the file, the line and the attribute are named.
#[test]
fn a_wrong_condition_stops_the_start() {
    for (condition, part) in [
        ("Standalone and (XMCloud", "has no"),
        ("Standalone XMCloud", "XMCloud"),
        ("and A", "and"),
        ("A or", "missing"),
        ("A)", ")"),
        ("()", ")"),
        ("A = B", "'='"),
        ("!", "missing"),
        ("A not B", "!"),
    ] {
        let result = under(&format!("role:require='{condition}'"), &[]);
        refused(result.map(|reading| reading.config), part);
        let error = under(&format!("role:r='{condition}'"), &[]).err().unwrap();
        assert!(error.starts_with("Spe.config:3: role:r is "), "{error}");
    }
    let deep = format!("role:require='{}A{}'", "(".repeat(5000), ")".repeat(5000));
    refused(under(&deep, &[]).map(|reading| reading.config), "64");
}

/// N370, the short form, and several conditions at once.
#[test]
fn prefixes_mean_nothing_and_all_conditions_must_hold() {
    assert!(holds("x:require='Standalone'", &[]) && !holds("x:r='XMCloud'", &[]));
    let both = "role:require='Standalone' env:require='FLAG'";
    assert!(holds(both, &[("FLAG", "1")]) && !holds(both, &[]));
    assert!(!holds("role:require='XMCloud' env:require='FLAG'", &[("FLAG", "1")]));
}

/// N369: each `<sitecore>` stands for itself, and what is left out is noted with its place.
#[test]
fn each_block_is_gated_on_its_own() {
    let block = |condition: &str, name: &str| {
        format!(
            "<sitecore {condition}><powershell><services><{name} enabled='true'/></services></powershell></sitecore>\n"
        )
    };
    let text = format!(
        "<configuration {NAMESPACES}>\n{}{}{}</configuration>",
        block("env:require='A'", "remoting"),
        block("env:require='B'", "fileUpload"),
        block("role:require='Standalone'", "mediaUpload"),
    );
    let reading = read_files(&[("Spe.config", &text)], &[("A", "1")]).unwrap();
    let names: Vec<_> = reading.config.services.keys().map(String::as_str).collect();
    assert_eq!(names, ["mediaUpload", "remoting"]);
    let skipped = Note::BlockSkipped {
        place: "Spe.config:3".into(),
        condition: "env:require=B".into(),
    };
    assert_eq!(reading.notes, [skipped]);
}

/// A false condition takes the element with everything in it, instructions of patches too; a true one leaves no trace.
#[test]
fn elements_below_are_gated_too() {
    let base =
        sitecore("<powershell><services><remoting enabled='true'/><client enabled='true'/></services></powershell>");
    let patch = sitecore(
        "<powershell><services>
           <remoting role:require='XMCloud'><patch:delete/></remoting>
           <client><patch:attribute name='enabled' role:require='Standalone'>false</patch:attribute></client>
         </services></powershell>",
    );
    let reading = read_files(&[("Spe.config", &base), ("z.config", &patch)], &[]).unwrap();
    assert!(reading.config.services["remoting"].enabled);
    assert!(!reading.config.services["client"].enabled);
}
