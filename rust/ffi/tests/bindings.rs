//! The checked-in bindings are those of this source.

#[path = "../examples/generate/mod.rs"]
mod generate;

#[test]
fn the_checked_in_bindings_are_current() {
    let path = generate::path();
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        checked_in == generate::bindings().unwrap(),
        "{} is not current; run `cargo run -p spe-ffi --example bindings`",
        path.display()
    );
}

#[test]
fn nothing_of_the_bindings_is_seen_outside_the_assembly() {
    let bindings = generate::bindings().unwrap();
    let seen: Vec<_> = bindings.lines().filter(|line| line.starts_with("public ")).collect();
    assert!(seen.is_empty(), "{seen:?}");
    assert!(
        bindings
            .lines()
            .any(|line| line.starts_with("internal partial class WireOfStep"))
    );
}
