//! Certificates of servers.

use std::sync::Arc;

use rcgen::CertifiedKey;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// A certificate that is its own authority, made anew for each test.
pub struct Certificate {
    key: CertifiedKey<rcgen::KeyPair>,
}

impl Certificate {
    /// A certificate for one host name or address.
    ///
    /// # Panics
    /// When `name` is neither.
    pub fn for_name(name: &str) -> Self {
        let key = rcgen::generate_simple_self_signed([name.to_owned()]).expect("a certificate for the name");
        Self { key }
    }

    /// What a client has to trust.
    pub fn pem(&self) -> String {
        self.key.cert.pem()
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let key = PrivatePkcs8KeyDer::from(self.key.signing_key.serialize_der());
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![self.key.cert.der().clone()], key.into())
            .expect("the key is that of the certificate");
        Arc::new(config).into()
    }
}
