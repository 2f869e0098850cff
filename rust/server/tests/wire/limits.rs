//! Limits of sessions, waits and processes: a refusal, never growth (WP-D-22).

use std::io::{ErrorKind, Write as _};
use std::net::TcpStream;
use std::sync::mpsc;

use crate::harness::{Beacon, DEADLINE, Setup, TestServer};

fn with(settings: &str) -> TestServer {
    TestServer::with(&Setup {
        settings: settings.into(),
        ..Setup::default()
    })
}

#[test]
fn sessions_of_an_owner_are_bounded() {
    let server = with("limits.sessionsPerOwner = 2");
    let keep = |id: &str| server.script(&format!("sessionId={id}&persistentSession=true"), "1");
    assert_eq!((keep("a").status, keep("b").status), (200, 200));
    let reply = keep("c");
    reply.is_refused(429, "session-limit");
    assert!(reply.header("retry-after").is_some());
    server.get("/-/script/script/?action=cleanup&sessionId=a");
    assert_eq!(keep("c").status, 200);
}

/// Of two at once one is held and the other is refused, whichever comes first.
#[test]
fn held_waits_of_an_owner_are_bounded() {
    let (server, beacon) = (with("limits.waitsPerOwner = 1"), Beacon::new());
    let job = server.job(&beacon.script("1"));
    let running = beacon.arrival();
    let (sender, replies) = mpsc::channel();
    for _ in 0..2 {
        let mut client = server.connect();
        let target = format!("/-/script/wait/?jobId={job}&timeoutSeconds=60");
        client.send(&server.request("GET", &target).bytes());
        let sender = sender.clone();
        std::thread::spawn(move || sender.send(client.reply()));
    }
    let refused = replies.recv_timeout(DEADLINE).expect("one is refused at once");
    refused.is_refused(429, "wait-limit");
    assert_eq!(refused.header("retry-after"), Some("1"));
    running.release();
    let held = replies
        .recv_timeout(DEADLINE)
        .expect("the other is answered at the end");
    assert_eq!(held.json()["status"], "Idle");
    assert_eq!(
        server.wait(&job, "").json()["status"],
        "Idle",
        "the place is free again"
    );
}

/// Beyond the bound calls queue, for a bounded time.
#[test]
fn calls_wait_their_turn_for_a_process_and_then_are_refused() {
    let (server, beacon) = (
        with("[workers]\nmax = 1\nspares = 0\nqueueTimeout = '1s'"),
        Beacon::new(),
    );
    // The one process may take longer to start than a call waits for it.
    let started = (0..60).any(|_| server.script("", "1").status == 200);
    assert!(started, "{}", server.log.text());
    let mut client = server.connect();
    client.send(
        &server
            .request("POST", "/-/script/script/")
            .body(beacon.script("1"))
            .bytes(),
    );
    let running = beacon.arrival();
    let reply = server.script("", "1");
    reply.is_refused(503, "workers-busy");
    assert_eq!(reply.header("retry-after"), Some("2"));
    let mut queued = server.connect();
    queued.send(
        &server
            .request("POST", "/-/script/script/?outputFormat=raw")
            .body("1+1")
            .bytes(),
    );
    running.release();
    assert_eq!(client.reply().status, 200);
    assert_eq!(queued.reply().text(), "2");
}

/// Decisions, session namespace: one run at a time, and a second is told.
#[test]
fn a_busy_session_is_told() {
    let (server, beacon) = (TestServer::shared(), Beacon::new());
    let target = "/-/script/script/?sessionId=busy-1&persistentSession=true";
    let mut client = server.connect();
    client.send(&server.request("POST", target).body(beacon.script("1")).bytes());
    let running = beacon.arrival();
    let reply = server.post(target, "1");
    reply.is_refused(409, "session-busy");
    running.release();
    assert_eq!(client.reply().status, 200);
}

/// Whoever sends requests and reads no reply could else hold connections without being known.
#[test]
fn a_client_that_takes_no_replies_is_cut_off() {
    let server = with("limits.bodyTimeout = '1s'");
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_write_timeout(Some(DEADLINE)).unwrap();
    let requests = "GET / HTTP/1.1\r\nHost: test\r\n\r\n".repeat(1000);
    // Once both ends are full of what the other does not take, only the end of the connection ends a write.
    let error = loop {
        if let Err(error) = stream.write_all(requests.as_bytes()) {
            break error;
        }
    };
    assert!(
        matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe),
        "{error}"
    );
}
