//! A panic that leaves an exported method ends the user's shell, so each of them runs inside a guard.

use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .collect()
}

/// Every item with the attribute `ffi`, from the attribute to the closing brace.
fn exported() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut items = Vec::new();
    for path in sources(&folder) {
        let text = std::fs::read_to_string(path).unwrap();
        for item in text.split("\n#[ffi").skip(1) {
            items.push(item.split("\n}").next().unwrap().to_owned());
        }
    }
    items
}

fn declares(item: &str, keyword: &str) -> bool {
    item.lines().skip(1).any(|line| line.starts_with(keyword))
}

#[test]
fn every_exported_method_runs_inside_a_guard() {
    let services: Vec<_> = exported().into_iter().filter(|item| declares(item, "impl ")).collect();
    assert!(!services.is_empty());
    for service in services {
        let methods: Vec<_> = service.split("\n    pub fn ").skip(1).collect();
        assert!(methods.len() > 1, "no methods found in {service}");
        for method in methods {
            // A constructor has no way to report a failure, so it may do nothing that can fail.
            let trivial = method.starts_with("create() -> Self {\n        Self::default()\n    }");
            let guarded = method.contains("guard_sync(");
            assert!(trivial || guarded, "no guard in {method}");
        }
    }
}

#[test]
fn nothing_is_exported_apart_from_the_service() {
    for item in exported() {
        assert!(
            !declares(&item, "pub fn ") && !declares(&item, "pub async fn "),
            "{item}"
        );
        assert!(!item.contains("\n    pub async fn "), "{item}");
    }
}
