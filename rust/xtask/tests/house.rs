//! Rules of the house that no compiler holds: the direction of dependencies, unsafe code, file sizes, punctuation.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

/// Every file git knows, apart from generated ones.
fn files(extension: &str) -> Vec<PathBuf> {
    let output = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root())
        .output()
        .expect("git is there");
    let names = String::from_utf8(output.stdout).unwrap();
    let files: Vec<_> = names
        .split('\0')
        .filter(|name| name.ends_with(extension) && !name.ends_with(".g.cs"))
        .map(|name| root().join(name))
        .filter(|path| path.is_file())
        .collect();
    assert!(!files.is_empty(), "no {extension} file found");
    files
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// ARCHITECTURE.md: `protocol <- auth <- client <- ffi` and `protocol <- auth <- server`.
#[test]
fn dependencies_point_one_way() {
    let allowed = BTreeMap::from([
        ("spe-protocol", &[][..]),
        ("spe-auth", &["spe-protocol"]),
        ("spe-client", &["spe-protocol", "spe-auth"]),
        ("spe-ffi", &["spe-client"]),
        ("spe-server", &["spe-protocol", "spe-auth"]),
        ("spe-fuzz", &["spe-protocol", "spe-auth", "spe-server", "spe-testkit"]),
        ("spe-testkit", &["spe-protocol", "spe-auth"]),
        ("xtask", &["spe-auth"]),
    ]);
    let mut seen = 0;
    for manifest in files("/Cargo.toml") {
        let text = read(&manifest);
        let Some(name) = text.lines().find_map(|line| line.strip_prefix("name = ")) else {
            continue;
        };
        let name = name.trim_matches('"');
        let Some(allowed) = allowed.get(name) else {
            panic!("{name}: a new crate needs a line in this test")
        };
        seen += 1;
        let dependencies = text.split("\n[dependencies]").nth(1).unwrap_or_default();
        let dependencies = dependencies.split("\n[").next().unwrap_or_default();
        for line in dependencies.lines().filter(|line| line.starts_with("spe-")) {
            let dependency = line.split([' ', '.', '=']).next().unwrap();
            assert!(allowed.contains(&dependency), "{name} must not depend on {dependency}");
        }
    }
    assert_eq!(seen, allowed.len());
}

/// ARCHITECTURE.md: only the cdylib may contain unsafe code.
#[test]
fn only_the_ffi_crate_may_be_unsafe() {
    for path in files("/src/lib.rs").into_iter().chain(files("/src/main.rs")) {
        if !path.ends_with("ffi/src/lib.rs") {
            assert!(
                read(&path).contains("#![forbid(unsafe_code)]"),
                "{} must forbid unsafe code",
                path.display()
            );
        }
    }
}

/// A crate says its duty in the first line.
#[test]
fn every_crate_says_its_duty_first() {
    for path in files("/src/lib.rs") {
        assert!(read(&path).starts_with("//! "), "{}", path.display());
    }
}

/// Files a newcomer can hold in mind; a cmdlet is bind, one call, write.
#[test]
fn files_stay_small() {
    let mut large = Vec::new();
    for (extension, limit) in [(".rs", 600), (".cs", 600), (".ps1", 200)] {
        for path in files(extension) {
            let lines = read(&path).lines().count();
            if lines > limit {
                large.push(format!("{} has {lines} lines", path.display()));
            }
        }
    }
    assert!(large.is_empty(), "{}", large.join("\n"));
}

/// R1: ASCII punctuation only, also in documents and help.
#[test]
fn punctuation_is_ascii() {
    let typographic = [
        '\u{2013}', '\u{2014}', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{2026}', '\u{a0}',
    ];
    for extension in [".rs", ".cs", ".md", ".ps1", ".toml", ".xml", ".config", ".sh"] {
        let Ok(files) = std::panic::catch_unwind(|| files(extension)) else {
            continue;
        };
        for path in files {
            let text = read(&path);
            assert!(
                !text.contains(typographic),
                "{} has typographic punctuation",
                path.display()
            );
        }
    }
}

/// README: the commands it opens with exist, and every page it names.
#[test]
fn readme_names_what_exists() {
    for page in ["README.md", "docs/README.md"] {
        let path = root().join(page);
        for target in read(&path)
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            if !target.starts_with("http") {
                assert!(path.parent().unwrap().join(target).exists(), "{page} names {target}");
            }
        }
    }
    for command in ["Quickstart", "Test", "Build"] {
        assert!(read(&root().join("README.md")).contains(&format!("build.sh {command}")));
    }
}
