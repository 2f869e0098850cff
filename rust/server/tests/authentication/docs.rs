//! docs/authentication.md has every reason that the log can have, and no other.

use std::collections::BTreeSet;
use std::path::Path;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Each `=> "code"` of the method `code` in a source file.
fn codes(path: &str) -> Vec<String> {
    let source = read(path);
    let method = source.rsplit("pub fn code(&self)").next().expect("a method code");
    let method = method.split("\n    }\n").next().unwrap();
    let codes = method
        .split("=> \"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap());
    codes.map(str::to_owned).collect()
}

#[test]
fn every_reason_is_explained() {
    let sources = [
        "rust/auth/src/error.rs",
        "rust/auth/src/authorization.rs",
        "rust/server/src/identity/rejection.rs",
    ];
    let logged = sources.into_iter().flat_map(codes).collect::<BTreeSet<_>>();
    let page = read("docs/authentication.md");
    let table = page
        .split("| reason | what to do |")
        .nth(1)
        .expect("the table of reasons");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cells = rows.filter_map(|row| row.split('|').nth(1));
    let explained = cells.flat_map(|cell| cell.split(',').map(|code| code.trim().trim_matches('`').to_owned()));
    assert!(logged.len() > 25, "{logged:?}");
    assert_eq!(explained.collect::<BTreeSet<_>>(), logged);
}
