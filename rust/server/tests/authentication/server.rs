//! A listening server without worker processes, and requests to it byte by byte.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use spe_auth::Algorithm;
use spe_auth::mint::{IssuedAt, TokenSpec, mint};
use spe_server::clock::Clock;
use spe_server::config::ServerConfig;
use spe_server::server::Server;
use spe_server::sessions::{Process, Processes};
use spe_server::workers::{LeaseError, LeaseKey, Patience};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::config::{SECRET, config};

const DEADLINE: Duration = Duration::from_secs(30);

/// No request of these tests comes as far as a process.
struct NoProcesses;

impl Processes for NoProcesses {
    fn lease(&self, _: LeaseKey, _: Patience) -> BoxFuture<'_, Result<Box<dyn Process>, LeaseError>> {
        std::future::pending().boxed()
    }
}

pub(crate) struct TestServer {
    server: Server,
}

pub(crate) struct Reply {
    pub(crate) status: String,
    pub(crate) body: String,
    headers: Vec<(String, String)>,
}

impl Reply {
    /// Names of its headers, in order.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.headers.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// All values of a header.
    pub(crate) fn values(&self, name: &str) -> Vec<&str> {
        let values = self.headers.iter().filter(|(own, _)| own == name);
        values.map(|(_, value)| value.as_str()).collect()
    }

    /// The value of a header that stands once at most.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(own, _)| own == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} stands twice");
        value
    }
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        let server = Server::start(config(), Arc::new(NoProcesses)).await.unwrap();
        Self { server }
    }

    /// With this configuration, at the time of `clock`.
    pub(crate) async fn start_at(config: ServerConfig, clock: Arc<dyn Clock>) -> Self {
        let server = Server::start_at(config, Arc::new(NoProcesses), clock).await.unwrap();
        Self { server }
    }

    /// The reply to a script of the holder of this token.
    pub(crate) async fn script(&self, token: &str) -> Reply {
        let headers = format!("Authorization: Bearer {token}\r\nContent-Type: text/plain\r\n");
        let reply = self
            .exchange("POST", "/-/script/script/", headers.as_bytes(), "Get-Date")
            .await;
        reply.expect("a whole reply")
    }

    /// Reads its records again.
    pub(crate) fn reload(&self) {
        self.server.reload();
    }

    /// The reply to a request with these header lines beside those every request has.
    pub(crate) async fn send(&self, method: &str, path: &str, headers: &[u8]) -> Reply {
        self.try_send(method, path, headers).await.expect("a whole reply")
    }

    /// The same, or nothing where the connection ended without a reply.
    pub(crate) async fn try_send(&self, method: &str, path: &str, headers: &[u8]) -> Option<Reply> {
        self.exchange(method, path, headers, "").await
    }

    async fn exchange(&self, method: &str, path: &str, headers: &[u8], body: &str) -> Option<Reply> {
        let exchange = async {
            let mut stream = TcpStream::connect(self.server.listening()[0].address).await.unwrap();
            let length = body.len();
            let start =
                format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n");
            // The server may refuse while it is still being written to: what it says counts.
            let _ = stream
                .write_all(&[start.as_bytes(), headers, b"\r\n", body.as_bytes()].concat())
                .await;
            let mut bytes = Vec::new();
            let _ = stream.read_to_end(&mut bytes).await;
            String::from_utf8(bytes).unwrap()
        };
        let text = tokio::time::timeout(DEADLINE, exchange).await.expect("a reply in time");
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.lines();
        let status = lines.next().unwrap().to_owned();
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(": ").unwrap_or((line.trim_end_matches(':'), ""));
            (name.to_ascii_lowercase(), value.to_owned())
        });
        Some(Reply {
            status,
            body: body.to_owned(),
            headers: headers.collect(),
        })
    }
}

/// A token of the administrator.
pub(crate) fn token(server: &TestServer) -> String {
    mint_with(server, |_| {})
}

pub(crate) fn token_of(server: &TestServer, name: &str) -> String {
    mint_with(server, |spec| spec.name = Some(name.into()))
}

/// A token that was good an hour ago.
pub(crate) fn expired(server: &TestServer) -> String {
    mint_with(server, |spec| {
        spec.valid_for_seconds = -3600;
        spec.issued_at = IssuedAt::Absent;
    })
}

pub(crate) fn mint_with(server: &TestServer, change: impl FnOnce(&mut TokenSpec)) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let mut spec = TokenSpec {
        algorithm: Algorithm::HS256,
        token_type: "JWT".into(),
        key_id: None,
        issuer: "SPE Remoting".into(),
        audience: format!("http://{}", server.server.listening()[0].address),
        name: Some(r"sitecore\admin".into()),
        client_session: None,
        valid_for_seconds: 300,
        issued_at: IssuedAt::Now,
        not_before: None,
        scope: None,
    };
    change(&mut spec);
    mint(&spec, &SECRET.into(), now.try_into().unwrap()).unwrap()
}
