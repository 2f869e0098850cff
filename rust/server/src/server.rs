//! A running server: everything that is made at start, and its orderly end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use spe_protocol::cursor::CursorSigner;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock::{Clock, SystemClock};
use crate::config::{Listen, ServerConfig, origins_of_address};
use crate::http::{Connections, Files, Metrics, Places, PlacesError, Repeats, Site, State, Tls, TlsError, WaitCounts};
use crate::identity::{Identity, IdentityError};
use crate::media::{FolderLibrary, MediaStore, OpenError};
use crate::reload::Reload;
use crate::sessions::{Budget, Processes, Sessions};
use crate::throttle::InMemory;

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
    /// TLS has nothing to prove itself with.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The configuration lets nobody prove who they are, or anybody.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// A folder of files cannot be opened.
    #[error(transparent)]
    Places(#[from] PlacesError),
    /// The media library cannot be opened.
    #[error(transparent)]
    Media(#[from] OpenError),
    /// The system has no random numbers, without which cursors could be forged.
    #[error("the system has no random numbers")]
    Random,
}

/// The listener of the numbers.
#[derive(Debug)]
struct Metering {
    connections: Connections,
    address: SocketAddr,
    ending: CancellationToken,
}

/// A server that listens.
#[derive(Debug)]
pub struct Server {
    state: Arc<State>,
    connections: Connections,
    metrics: Option<Metering>,
    reload: Arc<Notify>,
    listening: Vec<Listen>,
}

impl Server {
    /// Listens on every address of `config` and answers with processes out of `processes`.
    pub async fn start(config: ServerConfig, processes: Arc<dyn Processes>) -> Result<Self, StartError> {
        Self::start_at(config, processes, Arc::new(SystemClock::start())).await
    }

    /// The same by another clock, which decides whether tokens count.
    pub async fn start_at(
        config: ServerConfig,
        processes: Arc<dyn Processes>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StartError> {
        let tls = config.tls.clone().map(Tls::load).transpose()?.map(Arc::new);
        let mut listeners = Vec::with_capacity(config.listen.len());
        let mut listening = Vec::with_capacity(config.listen.len());
        for &Listen { address, tls } in &config.listen {
            let (listener, address) = bind(address).await?;
            listening.push(Listen { address, tls });
            listeners.push((listener, tls));
        }
        let metrics = match config.metrics {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        let places = Places::open(&config.files, &config.spe.allowed_file_roots)?;
        let media = match &config.media.folder {
            Some(folder) => Some(Arc::new(FolderLibrary::open(folder)?) as Arc<dyn MediaStore>),
            None => None,
        };
        let identity = Identity::new(&config, audiences(&config, &listening), clock.clone())?;
        let mut key = [0; 32];
        aws_lc_rs::rand::fill(&mut key).map_err(|_| StartError::Random)?;
        let instance: Arc<str> = Uuid::new_v4().simple().to_string().into();
        let state = Arc::new(State {
            identity,
            throttle: Box::new(InMemory::default()),
            clock: clock.clone(),
            sessions: Sessions::new(
                instance.clone(),
                processes,
                config.limits.clone(),
                config.spe.detailed_errors,
            ),
            cursors: CursorSigner::new(&key),
            instance,
            waits: WaitCounts::new(config.limits.waits, config.limits.waits_per_owner),
            bodies: Budget::new(config.limits.bodies_bytes, config.limits.bodies_per_owner_bytes),
            files: Files::new(places, &config.files),
            media,
            repeats: Repeats::default(),
            metrics: Metrics::default(),
            stopping: CancellationToken::new(),
            config,
        });
        let connections = Connections::new(&state, Site::Protocol, state.stopping.clone());
        for (listener, with_tls) in listeners {
            connections.accept_from(listener, tls.clone().filter(|_| with_tls));
        }
        let metrics = metrics.map(|(listener, address)| Metering::start(&state, listener, address));
        tokio::spawn(state.clone().report_repeats());
        let reload = Arc::new(Notify::new());
        tokio::spawn(Reload::new(state.clone(), tls).run(reload.clone(), state.stopping.clone()));
        Ok(Self {
            state,
            connections,
            metrics,
            reload,
            listening,
        })
    }

    /// Where it listens, with the ports that were free for port 0.
    pub fn listening(&self) -> &[Listen] {
        &self.listening
    }

    /// Where the numbers are, with the port that was free for port 0.
    pub fn metrics(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().map(|metrics| metrics.address)
    }

    /// Reads accounts and certificate again, which happens by itself within seconds of a change.
    pub fn reload(&self) {
        self.reload.notify_one();
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
        if let Some(metrics) = &self.metrics {
            metrics.ending.cancel();
            let _ = tokio::time::timeout(LAST_REPLIES, metrics.connections.ended()).await;
        }
    }
}

impl Metering {
    fn start(state: &Arc<State>, listener: TcpListener, address: SocketAddr) -> Self {
        let ending = CancellationToken::new();
        let connections = Connections::new(state, Site::Metrics, ending.clone());
        connections.accept_from(listener, None);
        Self {
            connections,
            address,
            ending,
        }
    }
}

/// Listens on `address`, and says where that is when its port was 0.
async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |cause| StartError::Listen { address, cause };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// What tokens may name as their audience (decisions, audience).
pub(crate) fn audiences(config: &ServerConfig, listening: &[Listen]) -> Vec<String> {
    if config.public_origins.is_empty() {
        listening.iter().copied().flat_map(origins_of_address).collect()
    } else {
        config.public_origins.clone()
    }
}
