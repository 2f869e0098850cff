//! What holds for every input, not only for the vectors of Appendix A.

use proptest::prelude::*;
use spe_protocol::cursor::CursorSigner;
use spe_protocol::{ScriptBody, SessionId};

const KEY: [u8; 32] = [7; 32];

fn id() -> impl Strategy<Value = SessionId> {
    "[A-Za-z0-9_.:-]{1,128}".prop_map(|text| SessionId::parse(&text).unwrap())
}

/// Characters of the grammar and some that look or work like them elsewhere.
fn near_an_id() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9_.:-]{0,140}",
        "[A-Za-z0-9_.:*?\\[\\]%/ -]{0,20}",
        "\\PC{0,40}",
        any::<String>(),
    ]
}

proptest! {
    /// WP-D-01: literal text of a strict grammar, and nothing else.
    #[test]
    fn an_id_is_what_the_grammar_says(text in near_an_id()) {
        let legal = (1..=128).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "_.:-".contains(c));
        let parsed = SessionId::parse(&text);
        prop_assert_eq!(parsed.is_ok(), legal);
        if let Ok(id) = parsed {
            prop_assert_eq!(id.as_str(), text);
        }
    }

    /// Wire protocol 6.8: what was signed is read again.
    #[test]
    fn a_cursor_comes_back(id in id(), offset: u64) {
        let signer = CursorSigner::new(&KEY);
        prop_assert_eq!(signer.verify(&id, &signer.sign(&id, offset)), Ok(offset));
    }

    /// Wire protocol 6.8: of this job and of this server process.
    #[test]
    fn a_cursor_is_of_one_job_and_one_key(id in id(), other in id(), offset: u64, key: [u8; 32]) {
        prop_assume!(id != other && key != KEY);
        let cursor = CursorSigner::new(&KEY).sign(&id, offset);
        prop_assert!(CursorSigner::new(&KEY).verify(&other, &cursor).is_err());
        prop_assert!(CursorSigner::new(&key).verify(&id, &cursor).is_err());
    }

    /// No byte of it can be another, be missing or be added.
    #[test]
    fn a_changed_cursor_is_none(id in id(), offset: u64, at: prop::sample::Index, byte in 0x20_u8..0x7f, kind in 0..3) {
        let signer = CursorSigner::new(&KEY);
        let cursor = signer.sign(&id, offset);
        let mut bytes = cursor.clone().into_bytes();
        let at = at.index(bytes.len());
        match kind {
            0 => bytes[at] = byte,
            1 => { bytes.remove(at); }
            _ => bytes.insert(at, byte),
        }
        let changed = String::from_utf8(bytes).unwrap();
        prop_assume!(changed != cursor);
        prop_assert!(signer.verify(&id, &changed).is_err(), "{}", changed);
    }

    /// Whatever a caller sends for a cursor, it is refused and nothing breaks.
    #[test]
    fn a_made_up_cursor_is_none(id in id(), text in any::<String>()) {
        prop_assert!(CursorSigner::new(&KEY).verify(&id, &text).is_err());
    }

    /// Wire protocol 3.2.2: what was joined is split again, up to the blanks around both parts.
    #[test]
    fn a_joined_body_is_split_again(script in any::<String>(), arguments in "\\PC*", id in id()) {
        prop_assume!(!arguments.contains(&format!("<#{id}#>")));
        let body = ScriptBody::join(&script, id.as_str(), Some(&arguments));
        let split = ScriptBody::split(&body, id.as_str());
        match arguments.trim() {
            "" => prop_assert_eq!(split, ScriptBody { script: &script, arguments: None }),
            arguments => {
                let script = script.trim_end_matches([' ', '\t', '\r', '\n']);
                prop_assert_eq!(split, ScriptBody { script, arguments: Some(arguments) });
            }
        }
    }

    /// WP-D-23: without the exact delimiter the whole body is the script.
    #[test]
    fn a_body_without_the_delimiter_is_a_script(body in any::<String>(), id in "[A-Za-z0-9_.:-]{0,128}") {
        prop_assume!(id.is_empty() || !body.contains(&format!("<#{id}#>")));
        prop_assert_eq!(ScriptBody::split(&body, &id), ScriptBody { script: &body, arguments: None });
    }
}
