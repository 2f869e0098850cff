//! Patches: how one file changes what the files before it say (authentication 7.5).

use super::{PROVIDER, Reading, read_files, refused, sitecore};
use crate::config::SharedSecretProvider;

/// The base: issuers A and B, requireIat as shipped.
fn base() -> String {
    sitecore(&format!(
        "<settings><setting name='Spe.LogFormat' value='keyvalue'/></settings>
         <powershell>
           <services><remoting enabled='false'/></services>
           <authenticationProvider type='{PROVIDER}'>
             <allowedIssuers hint='list'><issuer>A</issuer><issuer>B</issuer></allowedIssuers>
             <requireIat>false</requireIat>
           </authenticationProvider>
         </powershell>"
    ))
}

fn patched(patches: &[&str]) -> Result<Reading, String> {
    let texts: Vec<_> = std::iter::once(base())
        .chain(patches.iter().map(|patch| sitecore(patch)))
        .collect();
    let names = ["Spe.config", "a.config", "b.config"];
    let files: Vec<_> = names.into_iter().zip(texts.iter().map(String::as_str)).collect();
    read_files(&files, &[])
}

/// The provider after a patch of what is inside it.
fn provider(inside: &str) -> SharedSecretProvider {
    let patch = format!("<powershell><authenticationProvider>{inside}</authenticationProvider></powershell>");
    patched(&[&patch]).unwrap().config.shared_secret.unwrap()
}

/// Authentication 7.5, first consequence; N379.
#[test]
fn an_entry_without_identity_changes_the_first() {
    let provider = provider("<allowedIssuers hint='list'><issuer>X</issuer></allowedIssuers>");
    assert_eq!(provider.allowed_issuers, ["X", "B"]);
}

/// Authentication 7.5, second consequence.
#[test]
fn two_entries_without_identity_change_the_same_one() {
    let provider = provider("<allowedIssuers hint='list'><issuer>X</issuer><issuer>Y</issuer></allowedIssuers>");
    assert_eq!(provider.allowed_issuers, ["Y", "B"]);
}

/// Authentication 7.5, third consequence.
#[test]
fn an_entry_with_an_attribute_of_its_own_is_added() {
    let provider = provider("<allowedIssuers hint='list'><issuer hint='x'>X</issuer></allowedIssuers>");
    assert_eq!(provider.allowed_issuers, ["A", "B", "X"]);
}

/// Authentication 7.5, fourth consequence and rule 8: in what was just made, nothing is searched.
#[test]
fn entries_of_a_new_list_are_all_kept() {
    let provider =
        provider("<allowedAudiences hint='list'><audience>X</audience><audience>Y</audience></allowedAudiences>");
    assert_eq!(provider.allowed_audiences, ["X", "Y"]);
    assert_eq!(provider.allowed_issuers, ["A", "B"]);
}

/// Rule 4: without the same attributes there is no match, and a second list is a mistake that is told with its place.
#[test]
fn another_attribute_is_another_element() {
    let inside = "<allowedIssuers hint='raw'><issuer>X</issuer></allowedIssuers>";
    let patch = format!("<powershell><authenticationProvider>\n{inside}</authenticationProvider></powershell>");
    let error = patched(&[&patch]).err().unwrap();
    assert!(
        error.starts_with("a.config:3: <allowedIssuers> stands here twice"),
        "{error}"
    );
    let error = patched(&["<powershell><services><remoting enabled='true'/></services></powershell>"])
        .err()
        .unwrap();
    assert!(error.contains("twice") && error.contains("patch:attribute"), "{error}");
}

/// Authentication 7.5, fifth consequence, for the provider there is; the later file counts.
#[test]
fn a_later_file_counts_more() {
    let patch = |value: &str| {
        format!(
            "<powershell><authenticationProvider><clockSkewSeconds>{value}</clockSkewSeconds></authenticationProvider></powershell>"
        )
    };
    let reading = patched(&[&patch("5"), &patch("7")]).unwrap();
    assert_eq!(reading.config.shared_secret.unwrap().clock_skew_seconds, 7);
}

/// Authentication 7.5, last consequence: an element that is put in place of itself stays and changes.
#[test]
fn instead_of_itself_changes_the_element() {
    let provider = provider("<requireIat patch:instead=\"*[local-name()='requireIat']\">true</requireIat>");
    assert!(provider.require_iat);
}

/// Authentication 7.1: the way to put another provider into the singular slot.
#[test]
fn instead_takes_the_place_of_another() {
    let patch = format!(
        "<powershell><authenticationProvider type='{PROVIDER} ' patch:instead=\"*[local-name()='authenticationProvider']\">
           <allowedIssuers><issuer>N</issuer></allowedIssuers></authenticationProvider></powershell>"
    );
    let provider = patched(&[&patch]).unwrap().config.shared_secret.unwrap();
    assert_eq!(provider.allowed_issuers, ["N"]);
    assert!(provider.require_iat, "nothing of the one before is left");
}

/// Rule 2: `attribute` by its value or its text, `delete` removes.
#[test]
fn instructions_act_on_the_element_they_stand_in() {
    let service =
        |instruction: &str| format!("<powershell><services><remoting>{instruction}</remoting></services></powershell>");
    for instruction in [
        "<patch:attribute name='enabled'>true</patch:attribute>",
        "<patch:attribute name='enabled' value='true'/>",
        "<patch:attribute name='enabled' value='true'>false</patch:attribute>",
    ] {
        let reading = patched(&[&service(instruction)]).unwrap();
        assert!(reading.config.services["remoting"].enabled, "{instruction}");
    }
    let reading = patched(&[&service("<patch:delete/>")]).unwrap();
    assert!(reading.config.services.is_empty());
    let again = [
        service("<patch:delete/>"),
        "<powershell><services><remoting enabled='true'/></services></powershell>".into(),
    ];
    let reading = patched(&[&again[0], &again[1]]).unwrap();
    assert!(
        reading.config.services["remoting"].enabled,
        "what is gone can be made anew"
    );
}

/// Rules 3 and 7: attributes in the namespace `set` are assigned, not compared.
#[test]
fn set_assigns_an_attribute() {
    let reading = patched(&[
        "<powershell><services><remoting set:enabled='true'/></services></powershell>
         ",
        "<settings><setting name='Spe.LogFormat' set:value='json'/></settings>",
    ])
    .unwrap();
    assert!(reading.config.services["remoting"].enabled);
    assert_eq!(reading.config.log_format.name(), "json");
}

/// Rule 1: blanks and comments replace no text.
#[test]
fn only_text_replaces_text() {
    let provider = provider("<allowedIssuers hint='list'><issuer> <!-- Z --> </issuer></allowedIssuers>");
    assert_eq!(provider.allowed_issuers, ["A", "B"]);
}

/// Errors and warnings name the file and line that the value came from, not those of what it changed.
#[test]
fn a_problem_is_told_where_it_was_written() {
    let problem = |inside: &str| patched(&[inside]).err().unwrap();
    let error = problem(
        "<powershell><authenticationProvider>\n<requireIat>maybe</requireIat></authenticationProvider></powershell>",
    );
    assert!(error.starts_with("a.config:3: <requireIat>"), "{error}");
    let error = problem(
        "<powershell><services><remoting>\n<patch:attribute name='requireSecureConnection'>maybe</patch:attribute></remoting></services></powershell>",
    );
    assert!(error.starts_with("a.config:3: requireSecureConnection"), "{error}");
    let error = problem("<powershell><services>\n<remoting\nset:enable='true'/></services></powershell>");
    assert!(error.starts_with("a.config:4: the attribute enable "), "{error}");
    let reading =
        patched(&["<powershell><services>\n\n<remoting set:enabled='maybe'/></services></powershell>"]).unwrap();
    assert!(
        reading.warnings[0].starts_with("a.config:4: enabled "),
        "{:?}",
        reading.warnings
    );
}

/// Several blocks of one file change each other like files.
#[test]
fn blocks_of_the_base_patch_those_before() {
    let text = format!(
        "<configuration {}><sitecore><powershell><services><remoting enabled='false'/></services></powershell></sitecore>
         <sitecore><powershell><services><remoting set:enabled='true'/></services></powershell></sitecore></configuration>",
        super::NAMESPACES
    );
    let reading = read_files(&[("Spe.config", &text)], &[]).unwrap();
    assert!(reading.config.services["remoting"].enabled);
    let twice = sitecore("<powershell/><powershell/>");
    refused(
        read_files(&[("Spe.config", &twice)], &[]).map(|reading| reading.config),
        "twice",
    );
}
