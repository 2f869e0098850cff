//! The name a server gives a file (RFC 6266), and what of it may become the name of a file here (CM-D-32).

use http::HeaderMap;
use http::header::CONTENT_DISPOSITION;

use crate::address::SEPARATORS;

/// The name as the server sent it: `filename*` before `filename`, in quotes or without.
pub(super) fn file_name(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_DISPOSITION)?.as_bytes();
    // Servers send UTF-8, or ISO-8859-1 as HTTP once had it.
    let text = std::str::from_utf8(value).map_or_else(|_| latin1(value), str::to_owned);
    let parameters = parameters(&text);
    let find = |name: &str| parameters.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
    find("filename*")
        .and_then(|(_, value)| extended(value))
        .or_else(|| find("filename").map(|(_, value)| value.clone()))
        .filter(|name| !name.is_empty())
}

/// The last component of `name`, when that can be the name of a file on any system.
///
/// # Errors
/// Why it cannot, as the end of a sentence.
pub(super) fn safe(name: &str) -> Result<&str, &'static str> {
    // Windows drops blanks and full stops at the end, so that what is left of ".. " would be "..".
    let last = name.rsplit(SEPARATORS).next().unwrap_or_default().trim();
    let last = last.trim_end_matches(['.', ' ']);
    if last.is_empty() {
        return Err("which names no file");
    }
    if last.chars().any(is_hidden) {
        return Err("which has control characters");
    }
    // A drive, or a stream behind a file.
    if last.contains(':') {
        return Err("which has a colon");
    }
    let stem = last.split('.').next().unwrap_or_default().trim_end();
    if is_device(stem) {
        return Err("which names a device on Windows");
    }
    Ok(last)
}

/// Controls, and the marks that turn the direction of text and so hide what an extension is.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_device(stem: &str) -> bool {
    let upper = stem.to_ascii_uppercase();
    let numbered = |kind: &str| {
        let digit = upper.strip_prefix(kind).unwrap_or_default();
        digit.len() == 1 && digit.bytes().all(|byte| byte.is_ascii_digit())
    };
    matches!(upper.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Every `name=value` between semicolons, wherever it stands.
fn parameters(text: &str) -> Vec<(&str, String)> {
    let mut parameters = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find([';', '=']) {
        let (name, behind) = (rest[..at].trim(), &rest[at + 1..]);
        if rest.as_bytes()[at] == b';' {
            rest = behind;
            continue;
        }
        let (value, behind) = if let Some(quoted) = behind.trim_start().strip_prefix('"') {
            unquote(quoted)
        } else {
            let end = behind.find(';').unwrap_or(behind.len());
            (behind[..end].trim().to_owned(), &behind[end..])
        };
        parameters.push((name, value));
        rest = behind;
    }
    parameters
}

/// The text up to the closing quote, and what stands behind it. A backslash escapes a quote and itself; before anything
/// else it is one of a path, as careless servers send it.
fn unquote(quoted: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = quoted.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => {
                let escaped = characters.next_if(|(_, next)| matches!(next, '"' | '\\'));
                value.push(escaped.map_or('\\', |(_, next)| next));
            }
            _ => value.push(character),
        }
    }
    (value, "")
}

/// `charset'language'percent-encoded` (RFC 8187); nothing when it is not that.
fn extended(value: &str) -> Option<String> {
    let (charset, rest) = value.split_once('\'')?;
    let (_, encoded) = rest.split_once('\'')?;
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let [first, behind @ ..] = rest {
        rest = behind;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let [high, low, behind @ ..] = rest else { return None };
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        bytes.push((digit(high)? * 16 + digit(low)?) as u8);
        rest = behind;
    }
    match charset.to_ascii_lowercase().as_str() {
        "utf-8" => String::from_utf8(bytes).ok(),
        "iso-8859-1" => Some(latin1(&bytes)),
        _ => None,
    }
}
