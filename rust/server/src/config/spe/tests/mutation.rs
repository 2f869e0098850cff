//! Files that went wrong: whatever they are, reading ends with a configuration or an error that names a file, and without a panic.

use proptest::prelude::*;

use super::{SECRET, merge_files, read_files};

const BASE: &str = include_str!("../../../../../../config/App_Config/Include/Spe/Spe.config");
const OAUTH: &str = include_str!("../../../../../../config/App_Config/Include/Spe/Spe.OAuthBearer.config");
const XM_CLOUD: &str = include_str!("../../../../../../config/App_Config/Include/Spe/Spe.XMCloud.Remoting.config");
/// Texts that mean something in such a file.
const WORDS: [&str; 24] = [
    "<",
    ">",
    "/>",
    "\"",
    "<patch:delete/>",
    "<patch:attribute name=\"enabled\">",
    "</patch:attribute>",
    " patch:before=\"*[@name='x']\"",
    " patch:after=\"remoting\"",
    " patch:instead=\"*[local-name()='issuer']\"",
    " set:enabled=\"true\"",
    " role:require=\"(A or !B) and C\"",
    " env:require=\"!\"",
    "<issuer>",
    "</issuer>",
    "<sitecore>",
    "</sitecore>",
    "<!--",
    "-->",
    "<![CDATA[",
    "<!DOCTYPE x [<!ENTITY a 'b'>]>",
    "&a;",
    "$(env:",
    "-1",
];

/// A change of a text: at a share of its length, something goes in, or a share of the rest goes away or comes again.
#[derive(Debug, Clone)]
enum Change {
    Insert(f64, usize),
    Remove(f64, f64),
    Repeat(f64, f64, f64),
}

fn change() -> impl Strategy<Value = Change> {
    let share = || 0.0..1.0_f64;
    prop_oneof![
        (share(), 0..WORDS.len()).prop_map(|(at, word)| Change::Insert(at, word)),
        (share(), 0.0..0.05_f64).prop_map(|(at, length)| Change::Remove(at, length)),
        (share(), 0.0..0.2_f64, share()).prop_map(|(at, length, to)| Change::Repeat(at, length, to)),
    ]
}

fn apply(text: &mut String, change: &Change) {
    // The shipped files are ASCII, and so is what goes in.
    let at = |share: f64, text: &str| (share * text.len() as f64) as usize;
    match change {
        Change::Insert(from, word) => text.insert_str(at(*from, text), WORDS[*word]),
        Change::Remove(from, length) => {
            let from = at(*from, text);
            let end = (from + at(*length, text)).min(text.len());
            text.replace_range(from..end, "");
        }
        Change::Repeat(from, length, to) => {
            let from = at(*from, text);
            let end = (from + at(*length, text)).min(text.len());
            let piece = text[from..end].to_owned();
            text.insert_str(at(*to, text), &piece);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Authentication 7.5: no input makes the reader panic, and each refusal says where.
    #[test]
    fn changed_files_are_read_or_refused(changes in prop::collection::vec((0..3_usize, change()), 0..6)) {
        let mut texts = [BASE.replace("@SHARED_SECRET@", SECRET), OAUTH.to_owned(), XM_CLOUD.to_owned()];
        for (file, change) in &changes {
            apply(&mut texts[*file], change);
        }
        let names = ["a.config", "b.config", "c.config"];
        let files: Vec<_> = names.into_iter().zip(texts.iter().map(String::as_str)).collect();
        let variables = [("SITECORE_SPE_OAUTH", "true"), ("SITECORE_SPE_REMOTING_FILE_ENABLED", "1")];
        match read_files(&files, &variables) {
            Ok(_) => {
                let merged = merge_files(&files, &variables, &mut Vec::new(), &mut Vec::new()).unwrap();
                let shown = merged.show(std::path::Path::new("/")).join("\n");
                prop_assert!(!shown.contains(SECRET), "{shown}");
            }
            Err(error) => {
                let says_where = names.iter().any(|name| error.starts_with(&format!("{name}:")));
                prop_assert!(says_where, "{error}");
                prop_assert!(!error.contains(SECRET), "{error}");
            }
        }
    }
}
