//! Failures below HTTP, told apart by the layer that failed.

use std::error::Error;
use std::io;
use std::time::Duration;

use rustls::{AlertDescription, CertificateError};
use url::Url;

use crate::request::Bound;
use crate::text::{chain, root_cause, seconds, sentence};
use crate::{Failure, FailureKind, Target, address};

/// What a message about a connection has to know of how it was made.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    connect_timeout: Duration,
    proxy: Option<String>,
}

impl Bounds {
    pub(crate) fn of(target: &Target) -> Self {
        Self {
            connect_timeout: target.connect_timeout,
            proxy: target.connection.proxy_name(),
        }
    }

    /// The way to the server, behind its name.
    fn way(&self) -> String {
        self.proxy
            .as_ref()
            .map_or_else(String::new, |proxy| format!(" through the proxy {proxy}"))
    }
}

/// What a failed request means.
pub(crate) fn failure(error: reqwest::Error, url: &Url, bounds: &Bounds) -> Failure {
    let error = error.without_url();
    let server = address::authority(url);
    let cause = sentence(&root_cause(&error));
    let new = |kind, message: String| Failure::new(kind, message);
    if let Some(tls) = find::<rustls::Error>(&error) {
        let reason = tls_reason(tls, url);
        return new(FailureKind::Tls, format!("TLS with {server} failed. {reason}"));
    }
    if error.is_dns() {
        let host = url.host_str().unwrap_or_default();
        let message = match &bounds.proxy {
            Some(proxy) => {
                format!("The name of the proxy {proxy} does not resolve. {cause} Check Proxy of -HttpOption.")
            }
            None => format!(
                "The name {host} does not resolve. {cause} Check the connection URI, or a proxy in HTTPS_PROXY."
            ),
        };
        return new(FailureKind::Dns, message);
    }
    if error.is_connect() {
        return connect_failure(&error, url, bounds);
    }
    if let Some(http) = find::<hyper::Error>(&error) {
        if http.is_parse() {
            let message =
                format!("What {server} sent is not HTTP. {cause} Check scheme and port of the connection URI.");
            return new(FailureKind::Transport, message);
        }
        return new(FailureKind::Transport, broken(&server, &cause));
    }
    if error.is_decode() {
        let message = format!("The reply of {server} cannot be unpacked. {cause}");
        return new(FailureKind::Malformed, message);
    }
    if error.is_builder() {
        return new(FailureKind::Internal, format!("The request cannot be built. {cause}"));
    }
    new(FailureKind::Transport, broken(&server, &cause))
}

/// What a request means that was cut off by its bound.
pub(crate) fn timeout(bound: Bound, url: &Url) -> Failure {
    let server = address::authority(url);
    let after = bound.duration().map(seconds).unwrap_or_default();
    let message = match bound {
        Bound::Hold(hold) => format!(
            "{server} did not answer a wait within {after}, although it was asked to hold it for {hold} s. \
             -WaitTimeoutSeconds sets the hold; a proxy on the way may hold replies back."
        ),
        Bound::None | Bound::Operation(_) => format!(
            "{server} did not answer within the operation timeout of {after}. \
             Set OperationTimeout of -HttpOption to more seconds, or to 0 for no bound."
        ),
    };
    Failure::new(FailureKind::Timeout, message)
}

fn connect_failure(error: &reqwest::Error, url: &Url, bounds: &Bounds) -> Failure {
    let server = format!("{}{}", address::authority(url), bounds.way());
    let cause = sentence(&root_cause(error));
    let system = chain(error)
        .into_iter()
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .find(|error| error.raw_os_error().is_some());
    if system.is_none() && error.is_timeout() {
        let after = seconds(bounds.connect_timeout);
        let message = format!(
            "No connection to {server} was made within the connect timeout of {after}. \
             Set ConnectTimeout of -HttpOption to more seconds."
        );
        return Failure::new(FailureKind::Timeout, message);
    }
    // The connector says in words whether TCP or a proxy failed; what is left of https is the handshake.
    let below_tls = chain(error).iter().any(|error| {
        let text = error.to_string();
        text.starts_with("tcp ") || text.starts_with("tunnel ")
    });
    if url.scheme() == "https" && !below_tls {
        let message = format!("TLS with {server} failed. The connection broke during the handshake. {cause}");
        return Failure::new(FailureKind::Tls, message);
    }
    let refused = chain(error)
        .iter()
        .any(|error| error.to_string().contains("proxy auth"));
    let hint = if refused {
        " The proxy wants a user and a password: give them with Proxy of -HttpOption as @{ Uri = ...; Credential = ... }."
    } else {
        ""
    };
    let message = format!("Connecting to {server} failed. {cause}{hint}");
    Failure::new(FailureKind::Connect, message)
}

fn broken(server: &str, cause: &str) -> String {
    format!("The connection to {server} broke before the reply was complete. {cause}")
}

/// Why TLS was not agreed, in words a user can act on where the usual causes are concerned.
fn tls_reason(error: &rustls::Error, url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match error {
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "The certificate is not issued by an authority that this machine trusts (UnknownIssuer). \
             Add the authority to the trust store of the operating system, or name its file with CertificateAuthority of \
             -HttpOption."
                .to_owned()
        }
        rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => format!(
            "The certificate is not for the name {host} (NotValidForName). {}",
            sentence(&error.to_string())
        ),
        rustls::Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            format!(
                "The certificate expired, or the clock of this machine is wrong. {}",
                sentence(&error.to_string())
            )
        }
        rustls::Error::AlertReceived(AlertDescription::CertificateRequired) => {
            "The server wants a certificate of the client (CertificateRequired). Give one with ClientCertificate of -HttpOption."
                .to_owned()
        }
        rustls::Error::AlertReceived(
            AlertDescription::BadCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRevoked
            | AlertDescription::AccessDenied,
        ) => format!(
            "The server does not take the certificate of the client. {} Check ClientCertificate of -HttpOption.",
            sentence(&error.to_string())
        ),
        rustls::Error::InvalidMessage(_) => {
            format!(
                "What answers does not speak TLS; is it a port for http? {}",
                sentence(&error.to_string())
            )
        }
        _ => sentence(&error.to_string()),
    }
}

fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    chain(error).into_iter().find_map(|error| error.downcast_ref::<E>())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Client module 11: a hold gets five seconds more than it was asked for.
    #[test]
    fn bound_of_a_hold_is_named() {
        let url = Url::parse("https://host.test/-/script/wait/?sessionId=1").unwrap();
        let failure = timeout(Bound::Hold(30), &url);
        assert_eq!(failure.kind, FailureKind::Timeout);
        let words = ["host.test:443", "within 35 s", "30 s", "-WaitTimeoutSeconds"];
        assert!(words.iter().all(|word| failure.message.contains(word)), "{failure}");
    }
}
