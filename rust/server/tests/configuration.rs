//! docs/configuration.md names every setting with its type, default and range, as the code has them.

use spe_server::config::settings_reference;

const PAGE: &str = include_str!("../../../docs/configuration.md");

#[test]
fn the_page_has_a_line_for_every_setting_and_no_other() {
    let documented: Vec<&str> = PAGE
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` |"))
        .filter(|(_, rest)| rest.matches(" | ").count() >= 3)
        .map(|(key, _)| key)
        .collect();
    let known: Vec<_> = settings_reference().into_iter().map(|setting| setting.key).collect();
    assert_eq!(documented, known, "the same settings in the same order");
}

#[test]
fn each_line_has_type_default_and_range() {
    for setting in settings_reference() {
        let (key, kind, default, range) = (setting.key, setting.kind, setting.default, setting.range);
        let default = if default == "none" {
            default
        } else {
            format!("`{default}`")
        };
        let line = format!("\n| `{key}` | {kind} | {default} | {range} | ");
        assert!(
            PAGE.contains(&line),
            "docs/configuration.md needs a line that begins with{line}"
        );
    }
}

/// The rule by which a key becomes a variable is on the page with an example.
#[test]
fn the_example_of_a_variable_is_one() {
    let variables: Vec<_> = settings_reference()
        .into_iter()
        .map(|setting| setting.variable)
        .collect();
    let mentioned = PAGE
        .split('`')
        .filter(|text| text.starts_with("SPE_SERVER__") && !text.contains('.'));
    let mut count = 0;
    for name in mentioned.filter(|name| !name.contains("SECTION")) {
        let name = name.split('=').next().unwrap_or_default();
        assert!(variables.iter().any(|known| known == name), "{name} is no variable");
        count += 1;
    }
    assert!(count > 0);
}
