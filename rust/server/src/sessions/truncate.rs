//! Bounds and measures the texts of a record, in UTF-16 units as the protocol's first server counts them (6.7).

use spe_protocol::{Record, RecordKind};

/// Longest text field, in UTF-16 units.
const FIELD_UNITS: usize = 4096;
/// Stands at the end of a text that was cut.
const MARK: &str = "[...truncated]";
/// What progress and error records cost beside their texts, in bytes.
const OVERHEAD: usize = 64;

/// Cuts every text field that is too long. Says whether any was.
pub(super) fn truncate(kind: &mut RecordKind) -> bool {
    let mut cut = false;
    for text in kind.texts_mut() {
        cut |= truncate_text(text);
    }
    cut
}

/// Estimated size of a record in bytes: two a character, and an overhead for those with many fields.
pub(super) fn estimate(kind: &mut RecordKind) -> usize {
    let overhead = match kind {
        RecordKind::Progress(_) | RecordKind::Error(_) => OVERHEAD,
        RecordKind::Verbose(_) | RecordKind::Information(_) | RecordKind::Warning(_) => 0,
    };
    let units: usize = kind.texts_mut().iter().map(|text| text.encode_utf16().count()).sum();
    units * 2 + overhead
}

/// What a record takes of the server's memory, in bytes.
pub(super) fn memory(kind: &mut RecordKind, time_utc: &str) -> usize {
    let texts: usize = kind.texts_mut().iter().map(|text| text.capacity()).sum();
    size_of::<Record>() + texts + time_utc.len()
}

fn truncate_text(text: &mut String) -> bool {
    // A UTF-8 text has at least as many bytes as UTF-16 units, so most are let through without a look at each character.
    if text.len() <= FIELD_UNITS || text.encode_utf16().count() <= FIELD_UNITS {
        return false;
    }
    let room = FIELD_UNITS - MARK.len();
    let mut units = 0;
    let end = text
        .char_indices()
        .find(|(_, character)| {
            units += character.len_utf16();
            units > room
        })
        .map_or(text.len(), |(at, _)| at);
    text.truncate(end);
    text.push_str(MARK);
    // What was cut off would stay in memory behind the text for as long as the record does.
    text.shrink_to_fit();
    true
}

#[cfg(test)]
mod tests {
    use spe_protocol::record::{Message, Progress};

    use super::*;

    fn cut(text: &str) -> (String, bool) {
        let mut kind = RecordKind::Verbose(Message { message: text.into() });
        let cut = truncate(&mut kind);
        (kind.texts_mut()[0].clone(), cut)
    }

    /// Wire protocol Appendix A, truncation vector.
    #[test]
    fn a_long_text_becomes_4082_characters_and_the_mark() {
        let (text, was_cut) = cut(&"x".repeat(5000));
        assert!(was_cut);
        assert_eq!(text, format!("{}[...truncated]", "x".repeat(4082)));
        assert_eq!(text.len(), 4096);
    }

    #[test]
    fn a_text_of_exactly_the_limit_stays() {
        let text = "x".repeat(4096);
        assert_eq!(cut(&text), (text, false));
    }

    #[test]
    fn units_are_utf16_and_no_pair_is_split() {
        let (text, was_cut) = cut(&format!("x{}", "\u{1F600}".repeat(2100)));
        assert!(was_cut);
        assert_eq!(text, format!("x{}[...truncated]", "\u{1F600}".repeat(2040)));
        let short = "\u{1F600}".repeat(2048);
        assert_eq!(cut(&short), (short, false));
    }

    /// A worker may send a text of a megabyte: what is cut off is not held either.
    #[test]
    fn the_memory_of_a_cut_text_is_that_of_what_is_left() {
        let mut kind = RecordKind::Verbose(Message {
            message: "x".repeat(1_000_000),
        });
        truncate(&mut kind);
        assert!(memory(&mut kind, "t") < 5000 + size_of::<Record>());
    }

    /// Wire protocol 6.7: two bytes a character, 64 more for progress and errors.
    #[test]
    fn the_estimate_counts_characters_and_overhead() {
        assert_eq!(estimate(&mut RecordKind::Verbose(Message { message: "abc".into() })), 6);
        let progress = Progress {
            activity: "ab".into(),
            record_type: "Processing".into(),
            ..Progress::default()
        };
        assert_eq!(estimate(&mut RecordKind::Progress(progress)), 24 + 64);
    }
}
