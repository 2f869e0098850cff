//! From where keys may be fetched (authentication 5.1): HTTPS, or plain HTTP on this machine where that is allowed.

use url::{Host, Url};

/// An address that keys may come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyAddress {
    /// The address.
    pub(super) url: Url,
    /// Whether it is plain HTTP on this machine, which is told on every fetch.
    pub(super) loopback: bool,
}

/// The address that `text` is, when keys may come from there.
pub(super) fn parse(text: &str, allow_loopback: bool) -> Option<KeyAddress> {
    let url = Url::parse(text).ok()?;
    let anonymous = url.username().is_empty() && url.password().is_none();
    if !anonymous || url.fragment().is_some() {
        return None;
    }
    let loopback = match url.scheme() {
        "https" => false,
        "http" if allow_loopback && is_loopback(&url) => true,
        _ => return None,
    };
    Some(KeyAddress { url, loopback })
}

/// The names of this machine that are taken; a name that only resolves to it is none of them.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.octets() == [127, 0, 0, 1],
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Authentication 5.1, N265 and N266: the table.
    #[test]
    fn keys_come_over_tls_or_from_this_machine() {
        for (text, off, on) in [
            ("https://idp.test/jwks", Some(false), Some(false)),
            ("HTTPS://idp.test:8443/jwks?x=1", Some(false), Some(false)),
            ("http://localhost/jwks", None, Some(true)),
            ("http://127.0.0.1:9/jwks", None, Some(true)),
            ("http://[::1]/jwks", None, Some(true)),
            ("http://idp.test/jwks", None, None),
            ("http://127.0.0.2/jwks", None, None),
            ("http://localhost.idp.test/jwks", None, None),
            ("http://host.docker.internal/jwks", None, None),
            ("ftp://idp.test/jwks", None, None),
            ("file:///etc/passwd", None, None),
            ("/jwks", None, None),
            ("", None, None),
            ("https://user@idp.test/jwks", None, None),
            ("https://user:word@idp.test/jwks", None, None),
            ("https://idp.test/jwks#keys", None, None),
        ] {
            let loopback = |allow| parse(text, allow).map(|address| address.loopback);
            assert_eq!((loopback(false), loopback(true)), (off, on), "{text}");
        }
    }
}
