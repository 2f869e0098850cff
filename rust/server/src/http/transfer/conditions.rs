//! Conditions and ranges of a download (RFC 9110 13 and 14).

use std::ops::Range;
use std::time::SystemTime;

use http::HeaderMap;
use http::header::{IF_MATCH, IF_NONE_MATCH, IF_RANGE, RANGE};

use crate::storage::StoredFile;

/// What of a file is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it.
    Whole,
    /// A part.
    Part(Range<u64>),
    /// A part that it does not have.
    Nothing,
    /// The client has it.
    NotModified,
    /// It is another file than the one the client means.
    Changed,
}

/// What a request wants of a file.
pub(super) fn wanted(headers: &HeaderMap, file: &StoredFile) -> Wanted {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if text(IF_MATCH).is_some_and(|tags| !lists(tags, &file.etag, false)) {
        return Wanted::Changed;
    }
    if text(IF_NONE_MATCH).is_some_and(|tags| lists(tags, &file.etag, true)) {
        return Wanted::NotModified;
    }
    let Some(range) = text(RANGE) else {
        return Wanted::Whole;
    };
    // A part of what is not the same file any more would make a mix.
    if text(IF_RANGE).is_some_and(|condition| !is_same(condition, file)) {
        return Wanted::Whole;
    }
    part(range, file.length)
}

/// Several parts at once, and units that nobody knows, are answered with the whole (RFC 9110 14.2).
fn part(range: &str, length: u64) -> Wanted {
    let Some((unit, set)) = range.split_once('=') else {
        return Wanted::Whole;
    };
    let Some((first, last)) = set.trim().split_once('-') else {
        return Wanted::Whole;
    };
    if !unit.trim().eq_ignore_ascii_case("bytes") || set.contains(',') {
        return Wanted::Whole;
    }
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // A number beyond all is one beyond the end.
        digits.then(|| text.parse().unwrap_or(u64::MAX))
    };
    let (first, last) = (first.trim(), last.trim());
    let part = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(length),
        (Some(first), None) if last.is_empty() => first..length,
        (None, Some(count)) if first.is_empty() => length.saturating_sub(count)..length,
        _ => return Wanted::Whole,
    };
    if part.start < part.end {
        Wanted::Part(part)
    } else {
        Wanted::Nothing
    }
}

/// Whether a list of entity tags holds one. Weak ones count only where that is enough.
fn lists(tags: &str, etag: &str, weak: bool) -> bool {
    tags.trim() == "*"
        || tags.split(',').map(str::trim).any(|tag| {
            let tag = if weak {
                tag.strip_prefix("W/").unwrap_or(tag)
            } else {
                tag
            };
            tag == etag
        })
}

/// `If-Range`: an entity tag, which has to be strong, or a date, which has to be the same and not of this second.
fn is_same(condition: &str, file: &StoredFile) -> bool {
    let condition = condition.trim();
    if condition.starts_with('"') {
        return condition == file.etag;
    }
    let is_old = SystemTime::now()
        .duration_since(file.modified)
        .is_ok_and(|age| age.as_secs() > 1);
    is_old && condition == httpdate::fmt_http_date(file.modified)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9110 14.1.2 and 14.2.
    #[test]
    fn parts_are_read() {
        for (range, expected) in [
            ("bytes=0-0", Wanted::Part(0..1)),
            ("bytes=5-", Wanted::Part(5..10)),
            ("bytes=-3", Wanted::Part(7..10)),
            ("bytes=-99", Wanted::Part(0..10)),
            ("BYTES= 2-4", Wanted::Part(2..5)),
            ("bytes=2-99999999999999999999", Wanted::Part(2..10)),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=99999999999999999999-", Wanted::Nothing),
            ("bytes=4-2", Wanted::Whole),
            ("bytes=0-1,3-4", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
            ("bytes=+1-2", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("lines=1-2", Wanted::Whole),
            ("bytes", Wanted::Whole),
        ] {
            assert_eq!(part(range, 10), expected, "{range}");
        }
        assert_eq!(part("bytes=0-", 0), Wanted::Nothing);
    }

    #[test]
    fn tags_are_compared() {
        for (tags, strong, weak) in [
            (r#""a""#, true, true),
            (r#""b", "a""#, true, true),
            (r#"W/"a""#, false, true),
            ("*", true, true),
            (r#""b""#, false, false),
            ("a", false, false),
        ] {
            assert_eq!(
                (lists(tags, "\"a\"", false), lists(tags, "\"a\"", true)),
                (strong, weak),
                "{tags}"
            );
        }
    }
}
