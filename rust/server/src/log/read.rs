//! Lines of the log, read again: both forms that are written.

use serde_json::Value;

use super::escape::{escape, is_control};

/// What a line says. Values are as they stand in it; those of JSON have to be made printable before they are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) time: String,
    /// In small letters; `audit` for audit lines.
    pub(crate) level: String,
    /// Empty for lines about the server itself.
    pub(crate) category: String,
    pub(crate) message: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl Entry {
    /// None for what is no line of a log.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        if line.starts_with('{') {
            Self::of_json(line)
        } else {
            Self::of_text(line)
        }
    }

    /// The value of a field, empty where there is none.
    pub(crate) fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }

    fn of_text(line: &str) -> Option<Self> {
        let (time, rest) = line.split_once(' ')?;
        let (level, rest) = rest.split_once(' ')?;
        let (level, rest) = match rest.strip_prefix("AUDIT ") {
            // The user has no blanks and stands among the fields as well, when there is one.
            Some(rest) => ("audit".to_owned(), rest.split_once(' ')?.1),
            None => (level.to_ascii_lowercase(), rest),
        };
        let (category, rest) = rest.strip_prefix('[')?.split_once(']')?;
        let mut entry = Self {
            time: time.to_owned(),
            level,
            category: category.to_owned(),
            ..Self::default()
        };
        for word in rest.split(' ').filter(|word| !word.is_empty()) {
            match word.split_once('=') {
                Some((name, value)) if is_name(name) => entry.fields.push((name.to_owned(), value.to_owned())),
                _ if entry.message.is_empty() => word.clone_into(&mut entry.message),
                _ => {
                    entry.message.push(' ');
                    entry.message.push_str(word);
                }
            }
        }
        time.ends_with('Z').then_some(entry)
    }

    fn of_json(line: &str) -> Option<Self> {
        let Value::Object(members) = serde_json::from_str(line).ok()? else {
            return None;
        };
        let mut entry = Self::default();
        for (name, value) in members {
            let text = match value {
                Value::String(text) => text,
                other => other.to_string(),
            };
            match name.as_str() {
                "time" => entry.time = text,
                "level" => entry.level = text,
                "type" => entry.category = text,
                "message" => entry.message = text,
                _ => entry.fields.push((name, text)),
            }
        }
        (!entry.time.is_empty()).then_some(entry)
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A text as a terminal may get it: without anything that would steer it.
pub(crate) fn printable(text: &str) -> String {
    escape(text, super::MAX_MESSAGE, is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the order of their names: objects of JSON have no other.
    fn pairs(entry: &Entry) -> Vec<(&str, &str)> {
        let fields = entry.fields.iter();
        let mut pairs: Vec<_> = fields.map(|(name, value)| (name.as_str(), value.as_str())).collect();
        pairs.sort_unstable();
        pairs
    }

    /// Wire protocol 10.1: both forms of one line are the same to a reader.
    #[test]
    fn both_forms_are_read() {
        let text = r"2026-05-02T08:15:30.1Z INFO AUDIT (sitecore\svc) [Remoting] action=connectionTest user=sitecore\svc rid=5be1c09f";
        let json = r#"{"time":"2026-05-02T08:15:30.1Z","type":"Remoting","level":"audit","action":"connectionTest","user":"sitecore\\svc","rid":"5be1c09f"}"#;
        for line in [text, json] {
            let entry = Entry::parse(line).unwrap();
            assert_eq!(
                (entry.time.as_str(), entry.level.as_str()),
                ("2026-05-02T08:15:30.1Z", "audit")
            );
            assert_eq!(
                (entry.category.as_str(), entry.field("user")),
                ("Remoting", r"sitecore\svc")
            );
            assert_eq!(
                pairs(&entry),
                [
                    ("action", "connectionTest"),
                    ("rid", "5be1c09f"),
                    ("user", r"sitecore\svc")
                ]
            );
        }
    }

    #[test]
    fn a_message_is_kept() {
        let entry = Entry::parse("2026-05-02T08:15:30Z WARN [Server] the policies were read again policies=3").unwrap();
        assert_eq!(
            (entry.level.as_str(), entry.message.as_str()),
            ("warn", "the policies were read again")
        );
        assert_eq!(pairs(&entry), [("policies", "3")]);
    }

    #[test]
    fn what_is_no_line_is_none() {
        for line in ["", "x", "{", "[1]", "{}", "2026 INFO Server", "a b [c d"] {
            assert_eq!(Entry::parse(line), None, "{line}");
        }
    }

    #[test]
    fn nothing_steers_a_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\r\u{202e}c"), "a%1B[2Jb%0D%E2%80%AEc");
    }
}
