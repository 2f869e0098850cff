//! Connection pools, one per origin and connection options.

use std::fmt;
use std::time::Duration;

use parking_lot::Mutex;
use url::Url;

use crate::fresh::NoteConnections;
use crate::text::{root_cause, sentence};
use crate::{Failure, FailureKind, address};

/// Pools kept open; the one that was not used for longest is closed first.
const MOST_POOLS: usize = 32;

/// Below what servers and balancers commonly allow an idle connection, so that they rarely close one in use.
const IDLE: Duration = Duration::from_secs(30);

#[derive(Clone, PartialEq, Eq)]
struct Key {
    origin: String,
    connect_timeout: Duration,
}

/// All pools. A pool that is closed while a request runs over it serves that request to its end.
#[derive(Default)]
pub(crate) struct Pools {
    open: Mutex<Vec<(Key, reqwest::Client)>>,
}

impl Pools {
    /// The pool for `url`, opened when there is none.
    pub(crate) async fn get(&self, url: &Url, connect_timeout: Duration) -> Result<reqwest::Client, Failure> {
        let key = Key {
            origin: address::origin(url),
            connect_timeout,
        };
        if let Some(pool) = self.find(&key) {
            return Ok(pool);
        }
        let pool = if url.scheme() == "https" {
            // The trust store is read from the disk.
            tokio::task::spawn_blocking(move || build(true, connect_timeout))
                .await
                .map_err(|error| Failure::new(FailureKind::Internal, sentence(&error.to_string())))??
        } else {
            build(false, connect_timeout)?
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

fn build(secure: bool, connect_timeout: Duration) -> Result<reqwest::Client, Failure> {
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("SPE/", env!("CARGO_PKG_VERSION")))
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(connect_timeout)
        .pool_idle_timeout(IDLE)
        .connector_layer(NoteConnections);
    if !secure {
        // Without this a machine that has no trust store could not even speak plain HTTP.
        builder = builder.tls_certs_only([]);
    }
    builder.build().map_err(|error| {
        let cause = sentence(&root_cause(&error));
        Failure::new(
            FailureKind::Tls,
            format!("TLS cannot be set up on this machine. {cause}"),
        )
    })
}

impl fmt::Debug for Pools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pools(..)")
    }
}
