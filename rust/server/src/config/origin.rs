//! Origins: scheme, host and port, the way tokens name a server.

use url::Url;

use super::Listen;

/// An origin without anything behind it but one slash, in its plain form: lower case, default port left out.
pub(super) fn parse(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let bare =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    let web = matches!(url.scheme(), "http" | "https");
    (web && bare && url.path() == "/").then(|| url.origin().ascii_serialization())
}

/// The origins by which a server that listens on an address is reached from the same machine.
pub(crate) fn of_address(listen: Listen) -> Vec<String> {
    let (scheme, address) = (if listen.tls { "https" } else { "http" }, listen.address);
    let mut texts = vec![format!("{scheme}://{address}")];
    if address.ip().is_loopback() {
        texts.push(format!("{scheme}://localhost:{}", address.port()));
    }
    texts.iter().filter_map(|text| parse(text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        assert_eq!(
            parse("HTTPS://Spe.Example.com:443/").as_deref(),
            Some("https://spe.example.com")
        );
        assert_eq!(parse("http://[::1]:8180").as_deref(), Some("http://[::1]:8180"));
        for text in [
            "spe.example.com",
            "https://a/b",
            "https://u@a",
            "https://a?x",
            "ftp://a",
            "https://a#f",
            "",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    /// Decisions, audience: the listen address and localhost.
    #[test]
    fn a_loopback_address_is_localhost_too() {
        let of = |text: &str| of_address(text.parse().unwrap());
        assert_eq!(of("127.0.0.1:8180"), ["http://127.0.0.1:8180", "http://localhost:8180"]);
        assert_eq!(of("192.0.2.1:80"), ["http://192.0.2.1"]);
        assert_eq!(of("https://192.0.2.1:443"), ["https://192.0.2.1"]);
    }
}
