//! Connections: accepted, bounded, served, and ended in order.

mod clock;
mod connection;
mod detached;
mod places;
mod reply_body;
mod socket;
mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustix::net::sockopt::{set_socket_keepalive, set_tcp_keepidle, set_tcp_user_timeout};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::connection::Protocols;
use self::places::Places;
pub use self::tls::{Tls, TlsError};
use super::pipeline::Peer;
use super::state::State;

/// Pause after accepting failed, mostly for want of descriptors: trying again at once would only burn processor time.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How long a connection is silent before the system asks whether the client is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// Most connections to the numbers: nobody needs more, and they are nobody's who could be bounded.
const METRICS_CONNECTIONS: usize = 64;

/// What is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    /// The routes of the protocol.
    Protocol,
    /// The numbers.
    Metrics,
}

/// The connections of a site.
#[derive(Debug, Clone)]
pub struct Connections {
    state: Arc<State>,
    site: Site,
    protocols: Protocols,
    places: Places,
    stopping: CancellationToken,
    tasks: TaskTracker,
}

impl Connections {
    /// Connections that are served out of `state` until `stopping`.
    pub fn new(state: &Arc<State>, site: Site, stopping: CancellationToken) -> Self {
        let limits = &state.config.limits;
        let places = match site {
            Site::Protocol => Places::new(limits.connections, limits.connections_per_address),
            Site::Metrics => Places::new(METRICS_CONNECTIONS, METRICS_CONNECTIONS),
        };
        Self {
            state: state.clone(),
            site,
            protocols: Protocols::new(limits),
            places,
            stopping,
            tasks: TaskTracker::new(),
        }
    }

    /// Accepts from `listener`, over TLS where there is a certificate, until the end.
    pub fn accept_from(&self, listener: TcpListener, tls: Option<Arc<Tls>>) {
        let connections = self.clone();
        self.tasks.spawn(async move {
            let accepting = async {
                loop {
                    match listener.accept().await {
                        Ok((stream, peer)) => connections.serve(stream, peer, tls.clone()),
                        Err(error) => {
                            tracing::warn!(%error, "accepting a connection failed");
                            tokio::time::sleep(ACCEPT_PAUSE).await;
                        }
                    }
                }
            };
            tokio::select! {
                () = connections.stopping.cancelled() => {}
                () = accepting => {}
            }
        });
    }

    /// Waits until every connection has ended. Those that are idle when the server stops end at once, others with the
    /// reply to the request they are at.
    pub async fn ended(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    fn serve(&self, stream: TcpStream, peer: SocketAddr, tls: Option<Arc<Tls>>) {
        let ip = peer.ip().to_canonical();
        let is_proxy = self.state.config.is_trusted_proxy(ip);
        let Some(place) = self.places.take(ip, is_proxy) else {
            // A reply would cost what there is none of any more.
            self.state.metrics.closed("limit");
            tracing::debug!(%peer, "a connection was closed at once: limits.connections or limits.connectionsPerAddress");
            return;
        };
        // Replies are small and go out whole: waiting for more to send with them would only add to their way.
        let _ = stream.set_nodelay(true);
        // Once a reply is with the system, only the system sees that nobody takes it.
        let stall = self.state.config.limits.body_timeout.as_millis();
        let _ = set_tcp_user_timeout(&stream, stall.try_into().unwrap_or(u32::MAX));
        // A client whose line went dead says nothing, and what runs for it would go on.
        let _ = set_socket_keepalive(&stream, true).and_then(|()| set_tcp_keepidle(&stream, KEEP_ALIVE));
        let connections = self.clone();
        self.tasks.spawn(async move {
            let _place = place;
            let metrics = &connections.state.metrics;
            let _open = metrics.open();
            let peer = Peer { ip, secure: false };
            if let Err(error) = connection::serve(stream, peer, tls.as_deref(), &connections).await {
                metrics.closed(error.reason());
                tracing::debug!(%ip, %error, "a connection ended early");
            }
        });
    }
}
