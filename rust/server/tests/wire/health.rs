//! Whether the server lives and is ready (the issue, item 10).

use std::time::Instant;

use crate::harness::{Beacon, Client, DEADLINE, Request, Setup, TestServer};

const LIVE: &str = "/-/health/live";
const READY: &str = "/-/health/ready";

#[test]
fn anybody_may_ask_and_learns_nothing_else() {
    let server = TestServer::shared();
    server.raw("1");
    for (path, text) in [(LIVE, "live\n"), (READY, "ready\n")] {
        let reply = server.reply(&Request::new("GET", path));
        assert_eq!((reply.status, reply.text().as_str()), (200, text));
        assert_eq!(reply.header("x-spe-serverinstance"), None);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let mut client = server.connect();
        client.send(&Request::new("HEAD", path).header("Connection", "close").bytes());
        assert_eq!(client.head_reply().status, 200);
        let reply = server.reply(&Request::new("POST", path).body(""));
        reply.is_refused(405, "method-not-allowed");
        assert_eq!(reply.header("allow"), Some("GET, HEAD"));
    }
    server
        .reply(&Request::new("GET", "/-/health/"))
        .is_refused(404, "route-unknown");
}

/// Probes come every few seconds for ever: they are not worth a line.
#[test]
fn questions_are_not_logged() {
    let server = TestServer::start();
    let rid = |reply: crate::harness::Reply| reply.header("x-spe-requestid").unwrap().to_owned();
    let asked = rid(server.reply(&Request::new("GET", LIVE)));
    let known = rid(server.get("/-/script/script/?action=test"));
    server.log.line(&["connectionTest", &known]);
    assert!(!server.log.text().contains(&asked));
}

/// A server that ends is not ready, and says so where it still listens.
#[test]
fn a_server_that_ends_is_not_ready() {
    let server = TestServer::with(&Setup {
        settings: "metrics.listen = '127.0.0.1:0'".into(),
        ..Setup::default()
    });
    let beacon = Beacon::new();
    let mut client = server.connect();
    let script = server.request("POST", "/-/script/script/").body(beacon.script("1"));
    client.send(&script.bytes());
    let running = beacon.arrival();
    let ask = |path| Client::connect(server.metrics_address()).exchange(&Request::new("GET", path));
    assert_eq!(ask(READY).status, 200);
    server.signal(rustix::process::Signal::TERM);
    server.log.line(&["stopping"]);
    // The signal is obeyed right after that line.
    let until = Instant::now() + DEADLINE;
    while ask(READY).status == 200 {
        assert!(Instant::now() < until, "a server that ends says it is ready");
    }
    assert_eq!((ask(READY).status, ask(LIVE).status), (503, 200));
    running.release();
    assert_eq!(client.reply().status, 200);
    assert!(server.ended().success());
}
