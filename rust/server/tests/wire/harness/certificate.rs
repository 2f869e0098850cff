//! Certificates of a test's own, and clients that trust one.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;

/// A certificate for localhost, in two files of a folder.
pub(crate) struct Certificate {
    folder: PathBuf,
}

/// What a client trusts.
#[derive(Clone)]
pub(crate) struct Trust(CertificateDer<'static>);

impl Certificate {
    /// Certificates are kept in `folder`.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.join("server.pem")
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.folder.join("server.key")
    }

    /// Makes a new one and puts it in place of the one before.
    pub(crate) fn renew(&self) -> Trust {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        self.put(&self.key(), &made.signing_key.serialize_pem());
        self.put(&self.certificate(), &made.cert.pem());
        Trust(made.cert.der().clone())
    }

    /// Replaces a file at once, as programs that renew certificates do.
    pub(crate) fn put(&self, file: &Path, text: &str) {
        let new = self.folder.join("new");
        std::fs::write(&new, text).unwrap();
        std::fs::set_permissions(&new, Permissions::from_mode(0o600)).unwrap();
        std::fs::rename(&new, file).unwrap();
    }
}

impl Trust {
    /// A client that offers these protocols.
    pub(crate) fn config(&self, protocols: &[&[u8]]) -> Arc<rustls::ClientConfig> {
        self.config_of(rustls::ALL_VERSIONS, protocols)
    }

    /// The same with certain versions of TLS.
    pub(crate) fn config_of(
        &self,
        versions: &[&'static rustls::SupportedProtocolVersion],
        protocols: &[&[u8]],
    ) -> Arc<rustls::ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.clone()).unwrap();
        let builder = rustls::ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let builder = builder.with_protocol_versions(versions).unwrap();
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        Arc::new(config)
    }
}
