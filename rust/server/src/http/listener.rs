//! Connections: accepted, bounded, served by hyper directly, and ended in order.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustix::net::sockopt::set_tcp_user_timeout;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::pipeline::{self, Peer};
use super::state::State;
use crate::config::Limits;

/// Pause after accepting failed, mostly for want of descriptors: trying again at once would only burn processor time.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The server's connections.
#[derive(Debug, Clone)]
pub struct Connections {
    router: Router,
    builder: http1::Builder,
    stall: Duration,
    stopping: CancellationToken,
    tasks: TaskTracker,
}

impl Connections {
    /// Connections that are served by the routes over `state`.
    pub fn new(state: &Arc<State>) -> Self {
        Self {
            router: Router::new().fallback(pipeline::serve).with_state(state.clone()),
            builder: builder(&state.config.limits),
            stall: state.config.limits.body_timeout,
            stopping: state.stopping.clone(),
            tasks: TaskTracker::new(),
        }
    }

    /// Accepts from `listener` until the server stops.
    pub fn accept_from(&self, listener: TcpListener) {
        let connections = self.clone();
        self.tasks.spawn(async move {
            loop {
                tokio::select! {
                    biased;
                    () = connections.stopping.cancelled() => return,
                    accepted = listener.accept() => match accepted {
                        Ok((stream, peer)) => connections.serve(stream, peer),
                        Err(error) => {
                            tracing::warn!(%error, "accepting a connection failed");
                            tokio::time::sleep(ACCEPT_PAUSE).await;
                        }
                    },
                }
            }
        });
    }

    /// Waits until every connection has ended. Those that are idle when the server stops end at once, others with the
    /// reply to the request they are at.
    pub async fn ended(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    fn serve(&self, stream: TcpStream, peer: SocketAddr) {
        // Replies are small and go out whole: waiting for more to send with them would only add to their way.
        let _ = stream.set_nodelay(true);
        // Nobody has to be known to be sent a refusal, and who takes nothing of it would hold the connection for ever.
        let stall = self.stall.as_millis().try_into().unwrap_or(u32::MAX);
        let _ = set_tcp_user_timeout(&stream, stall);
        let router = self.router.clone();
        let service = hyper::service::service_fn(move |request: http::Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer.ip()));
            let answer = router.clone().oneshot(request);
            async move { Ok::<_, Infallible>(answer.await.unwrap_or_else(|never| match never {})) }
        });
        let connection = self.builder.serve_connection(TokioIo::new(stream), service);
        let stopping = self.stopping.clone();
        self.tasks.spawn(async move {
            let mut connection = std::pin::pin!(connection);
            let result = tokio::select! {
                result = connection.as_mut() => result,
                () = stopping.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = result {
                tracing::debug!(%peer, %error, "a connection ended early");
            }
        });
    }
}

fn builder(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_header_size(limits.header_bytes)
        // hyper keeps whole header sections in this buffer and refuses to be built with less than 8 KiB.
        .max_buf_size(limits.header_bytes.max(8 * 1024) + 8 * 1024)
        .half_close(false);
    builder
}
