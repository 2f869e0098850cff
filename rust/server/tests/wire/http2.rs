//! HTTP/2: the same answers, and bounds of its own.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use h2::client::{Builder, ResponseFuture, SendRequest};
use h2::{Reason, RecvStream};
use http::{Method, Request, Response};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;

use crate::harness::{ADMIN, Beacon, DEADLINE, Setup, TestServer};

const TEST: &str = "/-/script/script/?action=test";
const SCRIPT: &str = "/-/script/script/?outputFormat=raw";

fn with(settings: &str) -> TestServer {
    TestServer::with(&Setup {
        tls: true,
        settings: settings.into(),
        ..Setup::default()
    })
}

/// Runs a test to its end, within the deadline.
fn run(test: impl Future<Output = ()>) {
    // Scripts are waited for on the thread of the test while the connection is driven on another.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let bounded = async { tokio::time::timeout(DEADLINE, test).await };
    runtime.block_on(bounded).expect("the test ends in time");
}

/// A connection, and the task that drives it, which ends with it.
struct Connection {
    send: SendRequest<Bytes>,
    driver: JoinHandle<Result<(), h2::Error>>,
}

impl Connection {
    async fn open(server: &TestServer) -> Self {
        Self::with(server, &Builder::new()).await
    }

    async fn with(server: &TestServer, builder: &Builder) -> Self {
        let stream = TcpStream::connect(server.tls_address()).await.unwrap();
        let connector = TlsConnector::from(server.trust().config(&[b"h2", b"http/1.1"]));
        let stream = connector
            .connect("localhost".try_into().unwrap(), stream)
            .await
            .unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let (send, connection) = builder.handshake(stream).await.unwrap();
        let driver = tokio::spawn(connection);
        Self { send, driver }
    }

    /// Sends a request of the administrator.
    async fn send(&mut self, server: &TestServer, method: Method, path: &str, body: &str) -> ResponseFuture {
        let token = server.sign(&server.spec(ADMIN));
        let request = Request::builder()
            .method(method)
            .uri(format!("https://localhost{path}"))
            .header("Authorization", format!("Bearer {token}"));
        self.send_request(request.body(()).unwrap(), body).await
    }

    async fn send_request(&mut self, request: Request<()>, body: &str) -> ResponseFuture {
        let ready = self.send.clone().ready().await.unwrap();
        self.send = ready;
        let (reply, mut stream) = self.send.send_request(request, body.is_empty()).unwrap();
        if !body.is_empty() {
            stream.send_data(Bytes::copy_from_slice(body.as_bytes()), true).unwrap();
        }
        reply
    }
}

async fn text(reply: Response<RecvStream>) -> String {
    let mut body = reply.into_body();
    let mut bytes = Vec::new();
    while let Some(data) = body.data().await {
        let data = data.unwrap();
        body.flow_control().release_capacity(data.len()).unwrap();
        bytes.extend_from_slice(&data);
    }
    String::from_utf8(bytes).unwrap()
}

/// WP-D-21: this version drops reason phrases; code and request id are in the body all the same.
#[test]
fn replies_are_those_of_http_1() {
    let server = with("");
    run(async {
        let mut connection = Connection::open(&server).await;
        let reply = connection
            .send(&server, Method::POST, SCRIPT, "1 + 1")
            .await
            .await
            .unwrap();
        assert_eq!(reply.status(), 200);
        assert_eq!(text(reply).await.trim(), "2");
        let stranger = Request::get(format!("https://localhost{TEST}")).body(()).unwrap();
        let reply = connection.send_request(stranger, "").await.await.unwrap();
        assert_eq!(reply.status(), 401);
        let rid = reply.headers()["x-spe-requestid"].to_str().unwrap().to_owned();
        assert!(
            text(reply)
                .await
                .ends_with(&format!("Code: unauthorized. Request: {rid}.\n"))
        );
    });
}

/// RFC 9113 8.3.1: one host.
#[test]
fn a_host_that_contradicts_the_target_is_refused() {
    let server = with("");
    run(async {
        let mut connection = Connection::open(&server).await;
        let request = Request::get(format!("https://localhost{TEST}")).header("Host", "other");
        let reply = connection
            .send_request(request.body(()).unwrap(), "")
            .await
            .await
            .unwrap();
        assert_eq!(reply.status(), 400);
        assert!(text(reply).await.contains("host-invalid"));
    });
}

/// One connection carries held waits and scripts side by side, up to `limits.streams`.
#[test]
fn requests_run_side_by_side_up_to_the_limit() {
    let server = with("limits.streams = 2");
    let beacon = Beacon::new();
    let job = server.job(&beacon.script("1"));
    let running = beacon.arrival();
    run(async {
        let mut connection = Connection::open(&server).await;
        let wait = format!("/-/script/wait/?jobId={job}&timeoutSeconds=60");
        let held = connection.send(&server, Method::GET, &wait, "").await;
        let reply = connection.send(&server, Method::GET, TEST, "").await.await.unwrap();
        assert_eq!(reply.status(), 200);
        drop(reply);
        assert_eq!(connection.send.current_max_send_streams(), 2);
        running.release();
        assert!(text(held.await.unwrap()).await.contains(r#""status":"Idle""#));
    });
}

/// WP-D-22: headers are bounded here as well.
#[test]
fn large_headers_are_turned_away() {
    let server = with("limits.headers = '8KiB'");
    run(async {
        let mut connection = Connection::open(&server).await;
        let request = Request::get(format!("https://localhost{TEST}")).header("X-Large", "x".repeat(20_000));
        let reply = connection.send_request(request.body(()).unwrap(), "").await.await;
        assert!(reply.is_err() || reply.unwrap().status() == 431);
        let mut next = Connection::open(&server).await;
        assert_eq!(
            next.send(&server, Method::GET, TEST, "").await.await.unwrap().status(),
            200
        );
    });
}

/// A request that is taken back stops what runs for it, and the connection goes on.
#[test]
fn a_reset_stream_stops_its_script() {
    let server = with("");
    let beacon = Beacon::new();
    run(async {
        let mut connection = Connection::open(&server).await;
        let reply = connection
            .send(&server, Method::POST, SCRIPT, &beacon.script("1"))
            .await;
        let running = beacon.arrival();
        drop(reply);
        let reply = connection.send(&server, Method::GET, TEST, "").await.await.unwrap();
        assert_eq!(reply.status(), 200);
        running.ended();
    });
}

/// A client that goes away stops what runs for it.
#[test]
fn a_closed_connection_stops_its_scripts() {
    let server = with("");
    let beacon = Beacon::new();
    run(async {
        let mut connection = Connection::open(&server).await;
        let _reply = connection
            .send(&server, Method::POST, SCRIPT, &beacon.script("1"))
            .await;
        let running = beacon.arrival();
        connection.driver.abort();
        running.ended();
    });
}

/// CVE-2023-44487: who asks and takes back without end is cut off, whatever the number of streams it has at a time.
#[test]
fn rapid_resets_end_the_connection() {
    let server = with("");
    run(async {
        let mut connection = Connection::open(&server).await;
        let token = server.sign(&server.spec(ADMIN));
        for _ in 0..20_000 {
            let Ok(send) = connection.send.clone().ready().await else {
                break;
            };
            connection.send = send;
            let request =
                Request::post(format!("https://localhost{SCRIPT}")).header("Authorization", format!("Bearer {token}"));
            let Ok((_, mut stream)) = connection.send.send_request(request.body(()).unwrap(), false) else {
                break;
            };
            stream.send_reset(Reason::CANCEL);
            tokio::task::yield_now().await;
        }
        // However it ends: told to go away, or closed.
        let _ = connection.driver.await;
        let mut next = Connection::open(&server).await;
        assert_eq!(
            next.send(&server, Method::GET, TEST, "").await.await.unwrap().status(),
            200
        );
    });
}

/// WP-D-22: a client that never lets the server send what it asked for does not hold it in memory for ever.
#[test]
fn a_reply_that_is_not_taken_ends_the_connection() {
    let server = with("limits.bodyTimeout = '1s'");
    run(async {
        let mut builder = Builder::new();
        builder.initial_window_size(0);
        let mut connection = Connection::with(&server, &builder).await;
        let reply = connection.send(&server, Method::POST, SCRIPT, "'x' * 200000").await;
        let reply = reply.await.unwrap();
        assert_eq!(reply.status(), 200);
        let _ = connection.driver.await;
        server.log.line(&["a connection ended early", "took%20too%20long"]);
    });
}

/// The same client is let go of when it does nothing at all.
#[test]
fn an_idle_connection_ends() {
    let server = with("limits.idleTimeout = '1s'");
    run(async {
        let mut connection = Connection::open(&server).await;
        let reply = connection.send(&server, Method::GET, TEST, "").await.await.unwrap();
        text(reply).await;
        let ended = tokio::time::timeout(Duration::from_mins(1), connection.driver).await;
        assert!(ended.is_ok(), "an idle connection stays");
    });
}

/// The orderly end: no further request is taken, those that run get their replies.
#[test]
fn running_requests_end_before_the_server_does() {
    let server = with("");
    let beacon = Beacon::new();
    run(async {
        let mut connection = Connection::open(&server).await;
        let reply = connection
            .send(&server, Method::POST, SCRIPT, &beacon.script("'late'"))
            .await;
        let running = beacon.arrival();
        server.signal(rustix::process::Signal::TERM);
        server.log.line(&["stopping"]);
        running.release();
        assert_eq!(text(reply.await.unwrap()).await.trim(), "late");
        let _ = connection.driver.await;
    });
    assert!(server.ended().success());
}
