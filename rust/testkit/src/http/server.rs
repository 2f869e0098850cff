//! The server itself.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::certificate::Certificate;
use super::request::Request;
use super::step::{End, Step};

/// Far beyond what anything here takes on a busy machine; it says when something hangs.
const DEADLINE: Duration = Duration::from_mins(1);

type Script = dyn Fn(&Request) -> Step + Send + Sync;

struct Shared {
    script: Box<Script>,
    requests: Mutex<Vec<Request>>,
    counts: watch::Sender<Counts>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    connections: usize,
    requests: usize,
    /// Connections closed by the client while the server said nothing.
    given_up: usize,
    /// Connections closed by the server.
    closed: usize,
}

/// A server of HTTP/1.1 on a free port of the loopback, until it is dropped.
pub struct HttpServer {
    port: u16,
    scheme: &'static str,
    shared: Arc<Shared>,
    /// Ends the server with this value.
    _tasks: JoinSet<()>,
}

impl HttpServer {
    /// A server that does what `script` says about each request.
    ///
    /// # Panics
    /// When the loopback cannot be listened on.
    pub async fn start(script: impl Fn(&Request) -> Step + Send + Sync + 'static) -> Self {
        Self::listen(Box::new(script), None).await
    }

    /// The same over TLS, with `certificate` as its proof.
    ///
    /// # Panics
    /// When the loopback cannot be listened on.
    pub async fn start_tls(
        certificate: &Certificate,
        script: impl Fn(&Request) -> Step + Send + Sync + 'static,
    ) -> Self {
        Self::listen(Box::new(script), Some(certificate.acceptor())).await
    }

    async fn listen(script: Box<Script>, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("the listener is bound").port();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let shared = Arc::new(Shared {
            script,
            requests: Mutex::default(),
            counts: watch::Sender::default(),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, tls, shared.clone()));
        Self {
            port,
            scheme,
            shared,
            _tasks: tasks,
        }
    }

    /// A server that does one step after the other, and the last one for every request that is left.
    ///
    /// # Panics
    /// When there are no steps.
    pub async fn playing(steps: impl IntoIterator<Item = Step>) -> Self {
        let steps: Vec<_> = steps.into_iter().collect();
        assert!(!steps.is_empty(), "a server needs a step");
        Self::start(move |request| steps[request.index.min(steps.len() - 1)].clone()).await
    }

    /// `http://127.0.0.1:port` or the same with https, without a slash at the end.
    pub fn uri(&self) -> String {
        format!("{}://{}", self.scheme, self.authority())
    }

    /// `127.0.0.1:port`.
    pub fn authority(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().clone()
    }

    /// How many connections were made so far.
    pub fn connections(&self) -> usize {
        self.shared.counts.borrow().connections
    }

    /// Waits until `count` requests have come.
    ///
    /// # Panics
    /// When they do not come.
    pub async fn received(&self, count: usize) {
        self.reaches("requests", |counts| counts.requests >= count).await;
    }

    /// Waits until the client has closed `count` connections on which it was left waiting.
    ///
    /// # Panics
    /// When it does not.
    pub async fn given_up(&self, count: usize) {
        self.reaches("connections that the client closed", |counts| counts.given_up >= count)
            .await;
    }

    /// Waits until the server itself has closed `count` connections.
    ///
    /// # Panics
    /// When it does not.
    pub async fn closed(&self, count: usize) {
        self.reaches("connections that the server closed", |counts| counts.closed >= count)
            .await;
    }

    async fn reaches(&self, what: &str, enough: impl FnMut(&Counts) -> bool) {
        let mut counts = self.shared.counts.subscribe();
        let reached = tokio::time::timeout(DEADLINE, counts.wait_for(enough)).await.is_ok();
        assert!(reached, "too few {what}: {:?}", *self.shared.counts.borrow());
    }
}

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let mut number = 0;
        shared.counts.send_modify(|counts| {
            number = counts.connections;
            counts.connections += 1;
        });
        let (tls, shared) = (tls.clone(), shared.clone());
        connections.spawn(async move {
            match tls {
                None => serve(stream, number, shared).await,
                Some(tls) => {
                    // A client that does not trust the certificate goes away here.
                    if let Ok(stream) = tls.accept(stream).await {
                        serve(stream, number, shared).await;
                    }
                }
            }
        });
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite, connection: usize, shared: Arc<Shared>) {
    let (reader, mut writer) = tokio::io::split(stream);
    let mut reader = BufReader::new(reader);
    while let Some(mut request) = Request::read(&mut reader).await {
        request.connection = connection;
        let step = {
            let mut requests = shared.requests.lock();
            request.index = requests.len();
            requests.push(request.clone());
            (shared.script)(&request)
        };
        shared.counts.send_modify(|counts| counts.requests += 1);
        if let Some(gate) = &step.gate {
            gate.opened().await;
        }
        if writer.write_all(&step.bytes).await.is_err() {
            return;
        }
        match step.end {
            End::KeepOpen => {}
            End::Close => {
                let _ = writer.shutdown().await;
                drop((reader, writer));
                shared.counts.send_modify(|counts| counts.closed += 1);
                return;
            }
            End::AwaitClient => {
                while reader.read(&mut [0; 256]).await.is_ok_and(|read| read > 0) {}
                shared.counts.send_modify(|counts| counts.given_up += 1);
                return;
            }
        }
    }
}
