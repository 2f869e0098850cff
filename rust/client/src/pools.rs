//! Connection pools, one per origin and connection options.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::fresh::NoteConnections;
use crate::text::{root_cause, sentence};
use crate::{Connection, Failure, FailureKind, Proxy, Target, address};

/// Pools kept open; the one that was not used for longest is closed first.
const MOST_POOLS: usize = 32;

/// Below what servers and balancers commonly allow an idle connection, so that they rarely close one in use.
const IDLE: Duration = Duration::from_secs(30);

#[derive(Clone, PartialEq)]
struct Key {
    origin: String,
    connect_timeout: Duration,
    connection: Arc<Connection>,
}

/// All pools. A pool that is closed while a request runs over it serves that request to its end.
#[derive(Default)]
pub(crate) struct Pools {
    open: Mutex<Vec<(Key, reqwest::Client)>>,
}

impl Pools {
    /// The pool for calls of `target` to `url`, opened when there is none.
    pub(crate) async fn get(&self, url: &Url, target: &Target) -> Result<reqwest::Client, Failure> {
        let key = Key {
            origin: address::origin(url),
            connect_timeout: target.connect_timeout,
            connection: target.connection.clone(),
        };
        if let Some(pool) = self.find(&key) {
            return Ok(pool);
        }
        let (timeout, connection) = (key.connect_timeout, key.connection.clone());
        let pool = if url.scheme() == "https" || connection.has_secure_proxy() {
            // The trust store is read from the disk.
            tokio::task::spawn_blocking(move || build(true, timeout, &connection))
                .await
                .map_err(|error| Failure::new(FailureKind::Internal, sentence(&error.to_string())))??
        } else {
            build(false, timeout, &connection)?
        };
        Ok(self.keep(key, pool))
    }

    fn find(&self, key: &Key) -> Option<reqwest::Client> {
        let mut open = self.open.lock();
        let at = open.iter().position(|(other, _)| other == key)?;
        let entry = open.remove(at);
        let pool = entry.1.clone();
        open.push(entry);
        Some(pool)
    }

    /// Keeps the pool, unless another call was faster: then that call's pool is the one.
    fn keep(&self, key: Key, pool: reqwest::Client) -> reqwest::Client {
        if let Some(pool) = self.find(&key) {
            return pool;
        }
        let mut open = self.open.lock();
        if open.len() == MOST_POOLS {
            open.remove(0);
        }
        open.push((key, pool.clone()));
        pool
    }
}

fn build(secure: bool, connect_timeout: Duration, connection: &Connection) -> Result<reqwest::Client, Failure> {
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("SPE/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(connect_timeout)
        .pool_idle_timeout(IDLE)
        .connector_layer(NoteConnections);
    builder = match &connection.proxy {
        Proxy::System => builder,
        Proxy::None => builder.no_proxy(),
        Proxy::Address { url, login } => builder.no_proxy().proxy(proxy(url, login.as_ref())?),
    };
    if !connection.http2 {
        // HTTP/2 has no reason phrases, which carry what stock servers have to say.
        builder = builder.http1_only();
    }
    builder = if secure {
        trust(builder, connection)?
    } else {
        // Without this a machine that has no trust store could not even speak plain HTTP.
        builder.tls_certs_only([])
    };
    builder.build().map_err(|error| {
        let cause = sentence(&root_cause(&error));
        Failure::new(
            FailureKind::Tls,
            format!("TLS cannot be set up on this machine. {cause}"),
        )
    })
}

fn proxy(url: &Url, login: Option<&(String, SecretString)>) -> Result<reqwest::Proxy, Failure> {
    let proxy = reqwest::Proxy::all(url.clone()).map_err(|_| unusable("Proxy", "is no address of a proxy"))?;
    Ok(match login {
        Some((user, password)) => proxy.basic_auth(user, password.expose_secret()),
        None => proxy,
    })
}

/// Whom the client trusts, and how it proves itself.
fn trust(builder: reqwest::ClientBuilder, connection: &Connection) -> Result<reqwest::ClientBuilder, Failure> {
    let mut builder = builder.tls_danger_accept_invalid_certs(connection.skip_certificate_check);
    if !connection.certificate_authorities.is_empty() {
        let bundle = reqwest::Certificate::from_pem_bundle(connection.certificate_authorities.as_bytes());
        let bundle = bundle.map_err(|_| unusable("CertificateAuthority", "holds no certificates in PEM"))?;
        if bundle.is_empty() {
            return Err(unusable("CertificateAuthority", "holds no certificates in PEM"));
        }
        builder = builder.tls_certs_merge(bundle);
    }
    if let Some(own) = &connection.client_certificate {
        let own = reqwest::Identity::from_pem(own.expose_secret().as_bytes());
        let own = own.map_err(|_| unusable("ClientCertificate", "holds no certificate with its key in PEM"))?;
        builder = builder.identity(own);
    }
    Ok(builder)
}

fn unusable(option: &str, why: &str) -> Failure {
    Failure::new(FailureKind::InvalidInput, format!("{option} of -HttpOption {why}."))
}

impl fmt::Debug for Pools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pools(..)")
    }
}
