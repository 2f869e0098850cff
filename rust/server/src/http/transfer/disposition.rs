//! `Content-Disposition` and the type of a file by its name.

use std::fmt::Write as _;

/// As an attachment of this name: for old clients in ASCII, quoted, and in full for the others (RFC 6266, RFC 8187).
pub(in crate::http) fn attachment(name: &str) -> String {
    let plain = |letter: char| match letter {
        // A stock server takes these out (wire protocol 3.6.2).
        '"' | '\\' | ';' => None,
        letter if letter.is_ascii_graphic() || letter == ' ' => Some(letter),
        letter if letter.is_control() => None,
        _ => Some('_'),
    };
    let ascii: String = name.chars().filter_map(plain).collect();
    let mut text = format!("attachment; filename=\"{ascii}\"");
    if ascii != name {
        text.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                text.push(char::from(byte));
            } else {
                // Writing to a string does not fail.
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    text
}

/// The media type that the ending of a name stands for.
pub(super) fn content_type(name: &str) -> String {
    mime_guess::from_path(name).first_or_octet_stream().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wire protocol 3.6.2 and the issue: `filename` and, where that is not all, `filename*`.
    #[test]
    fn names_are_said_so_that_every_client_reads_them() {
        for (name, expected) in [
            ("a b#1%.txt", r#"attachment; filename="a b#1%.txt""#),
            (
                "x\"y;z\\.txt",
                "attachment; filename=\"xyz.txt\"; filename*=UTF-8''x%22y%3Bz%5C.txt",
            ),
            (
                "\u{e9}.txt",
                "attachment; filename=\"_.txt\"; filename*=UTF-8''%C3%A9.txt",
            ),
        ] {
            assert_eq!(attachment(name), expected);
        }
    }

    #[test]
    fn types_are_those_of_the_ending() {
        assert_eq!(content_type("a.json"), "application/json");
        assert_eq!(content_type("a"), "application/octet-stream");
    }
}
