//! A running server: everything that is made at start, and its orderly end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use spe_protocol::cursor::CursorSigner;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::config::{ServerConfig, origins_of_address};
use crate::http::{Connections, State, WaitCounts};
use crate::identity::{Identity, IdentityError};
use crate::sessions::{Processes, Sessions};

/// How long, beyond the grace of a stopping run, the replies of stopped requests may take to leave.
const LAST_REPLIES: Duration = Duration::from_secs(2);

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address could not be listened on.
    #[error("cannot listen on {address}: {cause}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The configuration lets nobody prove who they are, or anybody.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The system has no random numbers, without which cursors could be forged.
    #[error("the system has no random numbers")]
    Random,
}

/// A server that listens.
#[derive(Debug)]
pub struct Server {
    state: Arc<State>,
    connections: Connections,
    addresses: Vec<SocketAddr>,
}

impl Server {
    /// Listens on every address of `config` and answers with processes out of `processes`.
    pub async fn start(config: ServerConfig, processes: Arc<dyn Processes>) -> Result<Self, StartError> {
        let mut listeners = Vec::with_capacity(config.listen.len());
        let mut addresses = Vec::with_capacity(config.listen.len());
        for &address in &config.listen {
            let failed = |cause| StartError::Listen { address, cause };
            let listener = TcpListener::bind(address).await.map_err(failed)?;
            addresses.push(listener.local_addr().map_err(failed)?);
            listeners.push(listener);
        }
        let identity = Identity::new(&config, audiences(&config, &addresses))?;
        let mut key = [0; 32];
        aws_lc_rs::rand::fill(&mut key).map_err(|_| StartError::Random)?;
        let instance: Arc<str> = Uuid::new_v4().simple().to_string().into();
        let state = Arc::new(State {
            identity,
            sessions: Sessions::new(instance.clone(), processes, config.limits.clone()),
            cursors: CursorSigner::new(&key),
            instance,
            waits: WaitCounts::default(),
            stopping: CancellationToken::new(),
            config,
        });
        let connections = Connections::new(&state);
        for listener in listeners {
            connections.accept_from(listener);
        }
        Ok(Self {
            state,
            connections,
            addresses,
        })
    }

    /// The addresses it listens on, with the ports that were free for port 0.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Takes no more connections, answers held waits, lets running requests end within `limits.drain`, then stops them and
    /// every job. The processes are the caller's to end.
    pub async fn shut_down(&self) {
        let limits = &self.state.config.limits;
        self.state.stopping.cancel();
        if tokio::time::timeout(limits.drain, self.connections.ended())
            .await
            .is_err()
        {
            tracing::warn!("requests still ran after limits.drain; they are stopped");
        }
        let grace = self.state.config.workers.stop_grace + LAST_REPLIES;
        self.state.sessions.shut_down(grace).await;
        // The replies to what was stopped just now. Who does not take one within this time goes without.
        let _ = tokio::time::timeout(LAST_REPLIES, self.connections.ended()).await;
    }
}

/// What tokens may name as their audience (decisions, audience).
fn audiences(config: &ServerConfig, addresses: &[SocketAddr]) -> Vec<String> {
    if config.public_origins.is_empty() {
        addresses.iter().copied().flat_map(origins_of_address).collect()
    } else {
        config.public_origins.clone()
    }
}
