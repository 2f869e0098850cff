//! docs/developers/conformance.md: every test it names is there, and no defect of wire-protocol.md 13.1 is left out.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};

const DEFECTS: usize = 57;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn page() -> String {
    std::fs::read_to_string(root().join("docs/developers/conformance.md")).unwrap()
}

/// The tests a page names: a file and a function.
fn named(page: &str) -> Vec<(PathBuf, &str)> {
    let marked = page.split('`').skip(1).step_by(2);
    let names = marked.filter_map(|text| text.split_once(": "));
    let files = names.map(|(file, name)| {
        let is_whole = file.starts_with("rust/") || file.starts_with("tests/");
        let folder = if is_whole {
            root()
        } else {
            root().join("rust/server/tests")
        };
        (folder.join(file), name)
    });
    files.collect()
}

/// Whether a source has a test of this name: a function with an attribute of a test above it.
fn has_test(source: &str, name: &str) -> bool {
    let lines: Vec<_> = source.lines().map(str::trim).collect();
    let declares = |line: &str| line.contains(&format!(" {name}("));
    let is_attribute = |line: &&&str| line.starts_with("#[") || line.starts_with('[');
    let is_test = |line: &&str| {
        ["#[test]", "#[tokio::test", "[Fact", "[Theory"]
            .iter()
            .any(|test| line.starts_with(test))
    };
    let places = (0..lines.len()).filter(|at| declares(lines[*at]));
    places
        .into_iter()
        .any(|at| lines[..at].iter().rev().take_while(is_attribute).any(is_test))
}

#[test]
fn every_named_test_exists() {
    let page = page();
    let named = named(&page);
    assert!(named.len() > DEFECTS, "the page names tests");
    for (file, name) in named {
        let source = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert!(has_test(&source, name), "{} has no test {name}", file.display());
    }
}

#[test]
fn every_defect_has_its_line() {
    let page = page();
    for number in 1..=DEFECTS {
        let line = format!("| WP-D-{number:02} | ");
        assert_eq!(page.matches(&line).count(), 1, "{line}");
    }
}
