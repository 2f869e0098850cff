//! One connection, from its TLS handshake to its end.

use std::convert::Infallible;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use axum::body::Body;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::clock::Clock;
use super::detached::detach;
use super::reply_body::ReplyBody;
use super::socket::{Socket, Watch};
use super::tls::{self, Tls};
use super::{Connections, Site};
use crate::config::Limits;
use crate::http::metrics;
use crate::http::pipeline::{self, Peer};

/// Streams a client may take back before the server has looked at them (CVE-2023-44487).
const PENDING_RESETS: usize = 20;
/// Streams the server may have to reset for their faults before it ends the connection.
const LOCAL_RESETS: usize = 256;

/// How both versions of HTTP are spoken.
#[derive(Debug, Clone)]
pub(super) struct Protocols {
    one: http1::Builder,
    two: http2::Builder<TokioExecutor>,
}

impl Protocols {
    pub(super) fn new(limits: &Limits) -> Self {
        let mut one = http1::Builder::new();
        one.timer(TokioTimer::new())
            // The clock bounds it.
            .header_read_timeout(None)
            .max_header_size(limits.header_bytes)
            // hyper keeps whole header sections in this buffer and refuses to be built with less than 8 KiB.
            .max_buf_size(limits.header_bytes.max(8 * 1024) + 8 * 1024)
            .half_close(false);
        let mut two = http2::Builder::new(TokioExecutor::new());
        two.timer(TokioTimer::new())
            .max_concurrent_streams(limits.streams)
            .max_header_list_size(limits.header_bytes.try_into().unwrap_or(u32::MAX))
            .max_pending_accept_reset_streams(PENDING_RESETS)
            .max_local_error_reset_streams(LOCAL_RESETS);
        Self { one, two }
    }
}

/// Why a connection ended before it was done.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error("the TLS handshake failed: {0}")]
    Handshake(std::io::Error),
    #[error(transparent)]
    Http(#[from] hyper::Error),
    #[error("the client took too long")]
    Overdue,
    #[error("the client went away")]
    Gone,
}

impl Broken {
    /// The word for it among the numbers.
    pub(super) fn reason(&self) -> &'static str {
        match self {
            Self::Handshake(_) => "handshake",
            Self::Http(_) => "protocol",
            Self::Overdue => "slow",
            Self::Gone => "gone",
        }
    }
}

/// Serves what comes over `stream` until either side ends it. When the server stops, what runs still gets its reply.
pub(super) async fn serve(
    stream: TcpStream,
    peer: Peer,
    tls: Option<&Tls>,
    connections: &Connections,
) -> Result<(), Broken> {
    let state = &connections.state;
    let clock = Arc::new(Clock::new(&state.config.limits, Instant::now()));
    let (socket, watch) = Socket::new(stream, clock.clone(), state.clone());
    let talk = Talk {
        connections,
        clock: clock.clone(),
        watch,
    };
    match tls {
        None => talk.over(socket, false, peer).await,
        // Out of line, so that connections without it do not pay for its size.
        Some(tls) => Box::pin(serve_tls(talk, socket, tls, peer)).await,
    }
}

async fn serve_tls(talk: Talk<'_>, socket: Socket, tls: &Tls, mut peer: Peer) -> Result<(), Broken> {
    let handshake = tls.acceptor().accept(socket);
    let by = talk.clock.due(Instant::now()).unwrap_or_else(Instant::now);
    let stream = tokio::select! {
        shaken = tokio::time::timeout_at(by, handshake) => shaken.map_err(|_| Broken::Overdue)?.map_err(Broken::Handshake)?,
        () = talk.connections.stopping.cancelled() => return Ok(()),
    };
    peer.secure = true;
    let multiplexed = stream.get_ref().1.alpn_protocol() == Some(tls::HTTP_2);
    talk.over(stream, multiplexed, peer).await
}

/// What a conversation needs beside its stream.
struct Talk<'a> {
    connections: &'a Connections,
    clock: Arc<Clock>,
    watch: Watch,
}

impl Talk<'_> {
    async fn over(
        self,
        io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        multiplexed: bool,
        peer: Peer,
    ) -> Result<(), Broken> {
        let (clock, stopping) = (&self.clock, &self.connections.stopping);
        let (requests, state, site) = (clock.clone(), self.connections.state.clone(), self.connections.site);
        let service = hyper::service::service_fn(move |request: http::Request<Incoming>| {
            let running = Running::new(requests.clone());
            let (state, request) = (state.clone(), request.map(Body::new));
            let request = if multiplexed { request } else { detach(request) };
            async move {
                let response = match site {
                    Site::Protocol => pipeline::serve(state, peer, request).await,
                    Site::Metrics => metrics::serve(&state, &request),
                };
                Ok::<_, Infallible>(running.reply(response))
            }
        });
        let (io, protocols) = (TokioIo::new(io), &self.connections.protocols);
        if multiplexed {
            clock.multiplex();
            // The larger of the two by far, and out of line for the same reason.
            let mut conversation = Box::pin(protocols.two.serve_connection(io, service));
            drive(conversation.as_mut(), self.watch, clock, stopping).await
        } else {
            let conversation = pin!(protocols.one.serve_connection(io, service));
            drive(conversation, self.watch, clock, stopping).await
        }
    }
}

/// A request that runs.
struct Running {
    clock: Arc<Clock>,
    has_reply: bool,
}

impl Running {
    fn new(clock: Arc<Clock>) -> Self {
        clock.began(Instant::now());
        Self {
            clock,
            has_reply: false,
        }
    }

    fn reply(mut self, response: Response) -> http::Response<ReplyBody> {
        self.has_reply = true;
        let clock = self.clock.clone();
        response.map(|body| ReplyBody::new(body, clock))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.clock.ended(self.has_reply, Instant::now());
    }
}

/// A connection of either version.
trait Conversation: Future<Output = hyper::Result<()>> {
    /// Ends it after what runs now.
    fn end_in_order(self: Pin<&mut Self>);
}

impl<I, S> Conversation for http1::Connection<I, S>
where
    S: hyper::service::HttpService<Incoming, ResBody = ReplyBody, Error = Infallible>,
    I: hyper::rt::Read + hyper::rt::Write + Unpin,
{
    fn end_in_order(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

impl<I, S> Conversation for http2::Connection<I, S, TokioExecutor>
where
    S: hyper::service::HttpService<Incoming, ResBody = ReplyBody, Error = Infallible>,
    S::Future: Send + 'static,
    I: hyper::rt::Read + hyper::rt::Write + Unpin,
{
    fn end_in_order(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

async fn drive(
    mut conversation: Pin<&mut impl Conversation>,
    watch: Watch,
    clock: &Clock,
    stopping: &CancellationToken,
) -> Result<(), Broken> {
    let (mut gone, mut is_gone) = (pin!(watch.gone()), false);
    let (mut stopped, mut is_stopping) = (pin!(stopping.cancelled()), false);
    let mut timer = pin!(sleep_until(Instant::now()));
    std::future::poll_fn(|context| {
        if !is_stopping && stopped.as_mut().poll(context).is_ready() {
            is_stopping = true;
            conversation.as_mut().end_in_order();
        }
        if let Poll::Ready(result) = conversation.as_mut().poll(context) {
            return Poll::Ready(result.map_err(Broken::Http));
        }
        is_gone = is_gone || gone.as_mut().poll(context).is_ready();
        if is_gone && clock.is_busy() {
            return Poll::Ready(Err(Broken::Gone));
        }
        // What is due may have changed with anything above; once the timer is pending for that very instant, it wakes.
        while let Some(due) = clock.due(Instant::now()) {
            if due <= Instant::now() {
                return Poll::Ready(Err(Broken::Overdue));
            }
            timer.as_mut().reset(due);
            if timer.as_mut().poll(context).is_pending() {
                break;
            }
        }
        Poll::Pending
    })
    .await
}
