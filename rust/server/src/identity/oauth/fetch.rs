//! Fetching documents of keys (authentication 5.2). What answers is not trusted: it is bounded in time and size, and followed nowhere.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use http::header::ACCEPT;
use spe_auth::jwks::{DocumentError, KeySet, Note};
use tokio::sync::Semaphore;

use super::address::KeyAddress;
use crate::config::{Guard, read_file};

/// Largest document, in bytes.
const LARGEST: usize = 1024 * 1024;
/// Longest time to a connection.
const CONNECT: Duration = Duration::from_secs(3);
/// Longest time to the end of a document.
const TOTAL: Duration = Duration::from_secs(10);
/// Most fetches at a time.
const AT_A_TIME: usize = 4;

/// Why a document was not got.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    /// The address leads to another one.
    #[error("a redirect is not followed")]
    Redirect,
    /// The status is not 200.
    #[error("the status is {0}")]
    Status(u16),
    /// There is more than is taken.
    #[error("the document is larger than {LARGEST} bytes")]
    TooLarge,
    /// It took too long.
    #[error("no document came in time")]
    Timeout,
    /// The other end did not prove itself.
    #[error("TLS failed")]
    Tls,
    /// The connection was not made, or broke.
    #[error("the connection failed")]
    Connection,
    /// The document has no keys to use.
    #[error(transparent)]
    Document(#[from] DocumentError),
}

impl FetchError {
    /// The stable word for it in log lines (authentication 5.5).
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Redirect => "redirect",
            Self::Status(_) => "status",
            Self::TooLarge => "responseTooLarge",
            Self::Timeout => "timeout",
            Self::Tls => "tls",
            Self::Connection => "connection",
            Self::Document(error) => error.code(),
        }
    }

    /// The status, when there was one.
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::Status(status) => Some(*status),
            _ => None,
        }
    }
}

/// Why nothing can be fetched at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FetcherError(String);

/// Fetches for all providers.
#[derive(Debug)]
pub(super) struct Fetcher {
    client: reqwest::Client,
    places: Semaphore,
}

impl Fetcher {
    /// One that trusts the authorities of the system, and those in the PEM file `ca`, where anything is `secure` at all.
    pub(super) fn new(secure: bool, ca: Option<&Path>) -> Result<Self, FetcherError> {
        let this_machine = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .no_gzip()
            .no_deflate()
            .referer(false)
            .tls_version_min(reqwest::tls::Version::TLS_1_2)
            .connect_timeout(CONNECT)
            .timeout(TOTAL)
            .pool_max_idle_per_host(0)
            // Nobody else is asked where this machine is.
            .resolve_to_addrs("localhost", &this_machine.map(|ip| SocketAddr::new(ip, 0)));
        if !secure {
            // Without this a machine that has no trust store could not even speak plain HTTP.
            builder = builder.tls_certs_only([]);
        } else if let Some(file) = ca {
            let unusable = || FetcherError(format!("{}: there is no certificate in PEM in it", file.display()));
            let text = read_file(file, Guard::Steering).map_err(|error| FetcherError(error.to_string()))?;
            let bundle = reqwest::Certificate::from_pem_bundle(text.as_bytes()).map_err(|_| unusable())?;
            if bundle.is_empty() {
                return Err(unusable());
            }
            builder = builder.tls_certs_merge(bundle);
        }
        let client = builder.build();
        let client = client.map_err(|error| FetcherError(format!("TLS cannot be set up on this machine: {error}")))?;
        Ok(Self {
            client,
            places: Semaphore::new(AT_A_TIME),
        })
    }

    /// The keys that are published at `address`, and what their publisher should know. It takes 10 s at most, and as long again when
    /// others are being fetched.
    pub(super) async fn fetch(&self, address: &KeyAddress) -> Result<(KeySet, Vec<Note>), FetchError> {
        let place = tokio::time::timeout(TOTAL, self.places.acquire()).await;
        let _place = place.map_err(|_| FetchError::Timeout)?;
        let document = self.document(address).await?;
        Ok(KeySet::parse(&document)?)
    }

    async fn document(&self, address: &KeyAddress) -> Result<Vec<u8>, FetchError> {
        let request = self.client.get(address.url.clone());
        let request = request.header(ACCEPT, "application/jwk-set+json, application/json");
        let mut response = request.send().await.map_err(failure)?;
        match response.status() {
            status if status.is_redirection() => return Err(FetchError::Redirect),
            http::StatusCode::OK => {}
            status => return Err(FetchError::Status(status.as_u16())),
        }
        if response.content_length().is_some_and(|length| length > LARGEST as u64) {
            return Err(FetchError::TooLarge);
        }
        let mut document = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failure)? {
            if document.len() + chunk.len() > LARGEST {
                return Err(FetchError::TooLarge);
            }
            document.extend_from_slice(&chunk);
        }
        Ok(document)
    }
}

/// What failed below HTTP. The text of the library is not kept: it may repeat what the other end sent.
#[expect(clippy::needless_pass_by_value, reason = "an error that is mapped")]
fn failure(error: reqwest::Error) -> FetchError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(error) = cause {
        if error.is::<rustls::Error>() {
            return FetchError::Tls;
        }
        // An error that I/O wraps is not its source.
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        cause = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    if error.is_timeout() {
        FetchError::Timeout
    } else {
        FetchError::Connection
    }
}
