//! TLS: certificate and key out of PEM files, read anew when they change.

use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::RwLock;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::config::{ConfigError, Guard, TlsFiles, read_file};

/// HTTP/2 as clients and server agree on it (ALPN).
pub(super) const HTTP_2: &[u8] = b"h2";
const HTTP_1: &[u8] = b"http/1.1";

/// Why a certificate is not used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is missing, open to others, or too large.
    #[error(transparent)]
    File(#[from] ConfigError),
    /// A file holds no certificate or no key.
    #[error("{}: {problem}", file.display())]
    Content {
        /// The file.
        file: PathBuf,
        /// What is wrong with it. Nothing of a key is in it.
        problem: String,
    },
    /// Certificate and key do not go together, or are of a kind that is not supported.
    #[error("{} with {}: {cause}", certificate.display(), key.display())]
    Pair {
        /// The certificate.
        certificate: PathBuf,
        /// The key.
        key: PathBuf,
        /// What the library says.
        cause: rustls::Error,
    },
}

/// What the server proves itself with. Connections take what is current when they begin.
#[derive(Debug)]
pub struct Tls {
    files: TlsFiles,
    current: RwLock<Arc<rustls::ServerConfig>>,
}

impl Tls {
    /// Reads the files.
    pub fn load(files: TlsFiles) -> Result<Self, TlsError> {
        let current = RwLock::new(read(&files)?);
        Ok(Self { files, current })
    }

    /// Reads the files again. What was current stays when they cannot be used.
    pub fn reload(&self) -> Result<(), TlsError> {
        let read = read(&self.files)?;
        *self.current.write() = read;
        Ok(())
    }

    /// The files.
    pub fn files(&self) -> &TlsFiles {
        &self.files
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        self.current.read().clone().into()
    }
}

fn read(files: &TlsFiles) -> Result<Arc<rustls::ServerConfig>, TlsError> {
    let content = |file: &PathBuf, problem: &str| TlsError::Content {
        file: file.clone(),
        problem: problem.to_owned(),
    };
    let text = read_file(&files.certificate, Guard::Steering)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
    let chain = chain.map_err(|_| content(&files.certificate, "the file is no PEM"))?;
    if chain.is_empty() {
        return Err(content(
            &files.certificate,
            "there is no certificate in it (BEGIN CERTIFICATE)",
        ));
    }
    let text = read_file(&files.key, Guard::Secret)?;
    let key = PrivateKeyDer::from_pem_slice(text.as_bytes());
    let key = key.map_err(|_| {
        content(
            &files.key,
            "there is no private key in it that is not encrypted (BEGIN PRIVATE KEY)",
        )
    })?;
    let pair = |cause| TlsError::Pair {
        certificate: files.certificate.clone(),
        key: files.key.clone(),
        cause,
    };
    let builder = rustls::ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let builder = builder
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(pair)?;
    let mut config = builder
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(pair)?;
    config.alpn_protocols = vec![HTTP_2.to_vec(), HTTP_1.to_vec()];
    Ok(Arc::new(config))
}
