//! One object for each event (wire protocol 10.1, `Spe.LogFormat=json`): real fields, each a string of its own.

use std::fmt;

use spe_protocol::timestamp::format_utc;
use time::OffsetDateTime;
use tracing::Level;

use super::MAX_MESSAGE;
use super::escape::{MAX_VALUE, is_control};
use super::event::Parts;

/// Writes the line of an event. A member stands there once: what is written first cannot be overridden by a field.
pub(super) fn write_line(line: &mut impl fmt::Write, parts: &Parts) -> fmt::Result {
    let time = format_utc(OffsetDateTime::now_utc());
    let mut object = Object {
        line,
        names: Vec::new(),
    };
    object.member("time", &time, MAX_VALUE)?;
    if let Some(category) = parts.category {
        object.member("type", category, MAX_VALUE)?;
    }
    object.member("level", level(parts), MAX_VALUE)?;
    if !parts.message.is_empty() {
        object.member("message", &parts.message, MAX_MESSAGE)?;
    }
    for (name, value) in &parts.fields {
        object.member(name, value, MAX_VALUE)?;
    }
    if parts.is_audit() {
        object.member("user", "unknown", MAX_VALUE)?;
    }
    object.line.write_str("}\n")
}

fn level(parts: &Parts) -> &'static str {
    match parts.level {
        _ if parts.is_audit() => "audit",
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        _ => "debug",
    }
}

struct Object<'a, W> {
    line: &'a mut W,
    names: Vec<&'a str>,
}

impl<'a, W: fmt::Write> Object<'a, W> {
    fn member(&mut self, name: &'a str, value: &str, most: usize) -> fmt::Result {
        if self.names.contains(&name) {
            return Ok(());
        }
        self.line.write_char(if self.names.is_empty() { '{' } else { ',' })?;
        self.names.push(name);
        string(self.line, name, MAX_VALUE)?;
        self.line.write_char(':')?;
        string(self.line, value, most)
    }
}

/// A string, cut to `most` characters. What does not show, or changes how others show, is escaped as well.
fn string(line: &mut impl fmt::Write, text: &str, most: usize) -> fmt::Result {
    line.write_char('"')?;
    let mut letters = text.chars();
    for letter in letters.by_ref().take(most) {
        match letter {
            '"' | '\\' => write!(line, "\\{letter}")?,
            hidden if is_control(hidden) => {
                for unit in hidden.encode_utf16(&mut [0; 2]) {
                    write!(line, "\\u{unit:04x}")?;
                }
            }
            plain => line.write_char(plain)?,
        }
    }
    let rest = letters.count();
    if rest > 0 {
        write!(line, "...(+{rest})")?;
    }
    line.write_char('"')
}
