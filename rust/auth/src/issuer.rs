//! Comparison of issuers (4.4): one function for every place that compares any (AU-D-19).

/// An issuer in the form in which equal ones are the same text. URLs are compared by their raw text, so that no decoding
/// makes two of them equal (AU-D-20).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Issuer(String);

impl Issuer {
    /// The form of `text`, or `None` for what equals nothing: the empty text, and URLs with user information, query,
    /// fragment, backslash, white space, controls, or a host that is not ASCII.
    pub fn canonical(text: &str) -> Option<Self> {
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => ("https", rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => ("http", rest),
            _ if text.is_empty() => return None,
            _ => return Some(Self(text.to_ascii_lowercase())),
        };
        let foreign =
            |character: char| "@\\?#".contains(character) || character.is_whitespace() || character.is_control();
        if rest.contains(foreign) {
            return None;
        }
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = split_port(authority)?;
        if host.is_empty() || !host.is_ascii() {
            return None;
        }
        let default = if scheme == "https" { "443" } else { "80" };
        let mut form = format!("{scheme}://{}", host.to_ascii_lowercase());
        if let Some(port) = port.filter(|port| *port != default) {
            form.push(':');
            form.push_str(port);
        }
        form.push_str(path.strip_suffix('/').unwrap_or(path));
        Some(Self(form))
    }

    /// The text that equal issuers share.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How issuers are compared (4.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Comparison {
    /// By [`Issuer::canonical`].
    #[default]
    Canonical,
    /// Byte for byte, as RFC 9068 section 4 has it.
    Exact,
}

impl Comparison {
    /// The form of `text` that is compared. What equals nothing in canonical form equals nothing in either.
    pub fn form(self, text: &str) -> Option<Issuer> {
        let canonical = Issuer::canonical(text)?;
        Some(match self {
            Self::Canonical => canonical,
            Self::Exact => Issuer(text.to_owned()),
        })
    }
}

/// Host and port. A colon without digits behind it is no port, and nothing equals such a text.
fn split_port(authority: &str) -> Option<(&str, Option<&str>)> {
    let end_of_address = authority.rfind(']').map_or(0, |at| at + 1);
    let Some(colon) = authority[end_of_address..].find(':') else {
        return Some((authority, None));
    };
    let (host, port) = authority.split_at(end_of_address + colon);
    let port = &port[1..];
    let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    digits.then_some((host, Some(port)))
}
