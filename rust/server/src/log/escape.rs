//! Values as they may stand in a log: escaped and cut (authentication 9.1).

use std::fmt::Write as _;

/// Longest value that is written, in characters.
pub(super) const MAX_VALUE: usize = 256;

/// A value of authentication 9.1: it has no blanks, no `=` and nothing invisible, so that it cannot look like more.
pub(super) fn escape_value(value: &str) -> String {
    if value.is_empty() {
        return "(empty)".to_owned();
    }
    escape(value, MAX_VALUE, |letter| {
        letter == '=' || letter.is_whitespace() || is_control(letter)
    })
}

/// `text`, cut to `most` characters, with the percent-encoded bytes of every character that `hidden` names.
pub(super) fn escape(text: &str, most: usize, hidden: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut letters = text.chars();
    for letter in letters.by_ref().take(most) {
        if hidden(letter) {
            for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
                let _ = write!(escaped, "%{byte:02X}");
            }
        } else {
            escaped.push(letter);
        }
    }
    let rest = letters.count();
    if rest > 0 {
        let _ = write!(escaped, "...(+{rest})");
    }
    escaped
}

/// Characters that break a line, or that change how others show.
pub(super) fn is_control(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        )
        || matches!(letter, '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(letter, '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
        || matches!(letter, '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WP-D-41 and authentication 9.1: the worked example, line breaks, and what does not show.
    #[test]
    fn values_cannot_forge_a_line() {
        for (value, escaped) in [
            ("", "(empty)"),
            ("plain[1]%", "plain[1]%"),
            (
                "legitimate action=loginSuccess user=admin",
                "legitimate%20action%3DloginSuccess%20user%3Dadmin",
            ),
            ("a\r\n\tb", "a%0D%0A%09b"),
            ("\u{1b}[2J\u{7f}\0", "%1B[2J%7F%00"),
            (
                "\u{85}\u{2028}\u{202e}\u{feff}\u{a0}",
                "%C2%85%E2%80%A8%E2%80%AE%EF%BB%BF%C2%A0",
            ),
            (
                "a\u{61c}\u{ad}\u{2060}\u{3164}b\u{e0041}",
                "a%D8%9C%C2%AD%E2%81%A0%E3%85%A4b%F3%A0%81%81",
            ),
            ("sitecore\\j\u{fc}rgen", "sitecore\\j\u{fc}rgen"),
        ] {
            assert_eq!(escape_value(value), escaped);
        }
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(escape_value(&"x".repeat(256)).len(), 256);
        let cut = escape_value(&"x".repeat(300));
        assert!(cut.ends_with("...(+44)"), "{cut}");
    }
}
