//! How connections are made (decisions: connection options).

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

/// By which way a server is reached.
#[derive(Debug, Clone, Default)]
pub enum Proxy {
    /// What `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY` and the system say.
    #[default]
    System,
    /// Directly, whatever they say.
    None,
    /// By this proxy, whatever they say.
    Address {
        /// `http` or `https`, without user and path.
        url: Url,
        /// User and password, when the proxy wants them.
        login: Option<(String, SecretString)>,
    },
}

/// What connections to a server have in common, beside its origin. Two calls share connections when all of it is equal.
#[derive(Clone, Default)]
pub struct Connection {
    /// By which way.
    pub proxy: Proxy,
    /// Certificates in PEM that are trusted beside those of the operating system; may be empty.
    pub certificate_authorities: String,
    /// Certificates and PKCS #8 key in PEM that the client proves itself with.
    pub client_certificate: Option<SecretString>,
    /// Whether any certificate of the server is taken.
    pub skip_certificate_check: bool,
    /// Whether HTTP/2 is offered over TLS.
    pub http2: bool,
}

impl Connection {
    /// The proxy that was named, as messages name it.
    pub(crate) fn proxy_name(&self) -> Option<String> {
        match &self.proxy {
            Proxy::Address { url, .. } => Some(crate::address::authority(url)),
            Proxy::System | Proxy::None => None,
        }
    }

    /// Whether the proxy itself is reached over TLS.
    pub(crate) fn has_secure_proxy(&self) -> bool {
        matches!(&self.proxy, Proxy::Address { url, .. } if url.scheme() == "https")
    }
}

impl PartialEq for Proxy {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::System, Self::System) | (Self::None, Self::None) => true,
            (
                Self::Address { url, login },
                Self::Address {
                    url: other,
                    login: others,
                },
            ) => {
                url == other
                    && match (login, others) {
                        (None, None) => true,
                        (Some((user, password)), Some((other, others))) => {
                            user == other && password.expose_secret() == others.expose_secret()
                        }
                        _ => false,
                    }
            }
            _ => false,
        }
    }
}

impl PartialEq for Connection {
    fn eq(&self, other: &Self) -> bool {
        let secret = |own: &Option<SecretString>| own.as_ref().map(|secret| secret.expose_secret().to_owned());
        self.proxy == other.proxy
            && self.certificate_authorities == other.certificate_authorities
            && secret(&self.client_certificate) == secret(&other.client_certificate)
            && self.skip_certificate_check == other.skip_certificate_check
            && self.http2 == other.http2
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("proxy", &self.proxy_name())
            .field("certificate_authorities", &self.certificate_authorities.len())
            .field("client_certificate", &self.client_certificate.is_some())
            .field("skip_certificate_check", &self.skip_certificate_check)
            .field("http2", &self.http2)
            .finish()
    }
}
