//! `patch:before`, `after` and `instead` (authentication 7.5 rules 5 and 6; decisions, server settings of our own).

use super::{PROVIDER, Reading, read_files, sitecore};

/// Patches a list of the audiences A, B and C. Entries have a hint for a name.
fn patched(inside: &str) -> Result<Reading, String> {
    let around = |inside: &str| {
        sitecore(&format!(
            "<powershell><authenticationProvider type='{PROVIDER}'><allowedAudiences>{inside}</allowedAudiences>
             </authenticationProvider></powershell>"
        ))
    };
    let base = around("<x hint='a'>A</x><y hint='b'>B</y><z hint='c'>C</z>");
    read_files(&[("Spe.config", &base), ("a.config", &around(inside))], &[])
}

fn order(inside: &str) -> String {
    let reading = patched(inside).unwrap();
    assert_eq!(reading.warnings, Vec::<String>::new());
    reading.config.shared_secret.unwrap().allowed_audiences.concat()
}

#[test]
fn a_new_element_goes_where_it_is_told() {
    for (position, expected) in [
        ("", "ABCN"),
        ("patch:before='x'", "NABC"),
        ("patch:b='y'", "ANBC"),
        ("patch:after='x'", "ANBC"),
        ("patch:a='z'", "ABCN"),
        ("patch:instead='y'", "ANC"),
        ("patch:i=' z '", "ABN"),
        ("patch:before=\"*[@hint='b']\"", "ANBC"),
        ("patch:after='*[@hint=\"b\"]'", "ABNC"),
        ("patch:instead=\"*[local-name()='x']\"", "NBC"),
    ] {
        assert_eq!(order(&format!("<n {position}>N</n>")), expected, "{position}");
    }
}

#[test]
fn an_element_that_is_there_moves() {
    for (patch, expected) in [
        ("<x hint='a' patch:after='z'/>", "BCA"),
        ("<z patch:before='x'/>", "CAB"),
        ("<x patch:after='y'/>", "BAC"),
        ("<x patch:instead='z'/>", "BA"),
        ("<z patch:instead='x'/>", "CB"),
        ("<y patch:before='y'>Y</y>", "AYC"),
        ("<y patch:instead='y'>Y</y>", "AYC"),
        ("<x patch:after='z'>X</x><z patch:before='y'/>", "CBX"),
    ] {
        assert_eq!(order(patch), expected, "{patch}");
    }
}

/// Rule 5: a sibling that comes later in the same patch is found.
#[test]
fn a_sibling_may_come_later() {
    assert_eq!(order("<n patch:before='m'>N</n><m patch:before='x'>M</m>"), "NMABC");
    assert_eq!(order("<x patch:after='m'/><m>M</m>"), "BCMA");
}

/// Nothing is a silent success: a sibling that never comes is told.
#[test]
fn a_sibling_that_is_not_there_is_told() {
    let reading = patched("\n<n patch:before='nobody'>N</n>").unwrap();
    assert_eq!(reading.config.shared_secret.unwrap().allowed_audiences.concat(), "ABCN");
    let warnings = reading.warnings;
    assert!(
        warnings.len() == 1 && warnings[0].starts_with("a.config:3: "),
        "{warnings:?}"
    );
}

/// Anything but the three shapes stops the start, with file, line and what can be written.
#[test]
fn other_paths_are_refused() {
    for path in [
        "",
        ".",
        "*",
        "x/y",
        "//x",
        "@hint",
        "x[@hint='a']",
        "*[1]",
        "*[@hint]",
        "*[@hint=a]",
        "*[@hint='a' and @type='b']",
        "*[@hint='a'][2]",
        "*[local-name()='a b']",
        "*[name()='x']",
        "p:x",
        "x y",
    ] {
        let path = path.replace('\'', "&apos;");
        let error = patched(&format!("\n<n patch:before='{path}'>N</n>")).err().unwrap();
        assert!(error.starts_with("a.config:3: patch:before is "), "{path}: {error}");
        assert!(error.contains("local-name()"), "{path}: {error}");
    }
}
