//! Limits of sessions, waits and processes: a refusal, never growth (WP-D-22).

use crate::harness::{Beacon, Setup, TestServer};

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

#[test]
fn held_waits_of_an_owner_are_bounded() {
    let (server, beacon) = (
        with("limits.waitsPerOwner = 1\nlimits.recordInterval = '0ms'"),
        Beacon::new(),
    );
    let job = server.job(&format!("Write-Verbose 'x' -Verbose; {}", beacon.script("1")));
    let running = beacon.arrival();
    let mut first = server.connect();
    first.send(
        &server
            .request("GET", &format!("/-/script/wait/?jobId={job}&timeoutSeconds=60&cursor="))
            .bytes(),
    );
    assert_eq!(
        first.reply().json()["status"],
        "Busy",
        "the record that was there answers at once"
    );
    first.send(
        &server
            .request("GET", &format!("/-/script/wait/?jobId={job}&timeoutSeconds=60"))
            .bytes(),
    );
    // Until that one is held, this one is.
    let refused = loop {
        let reply = server.wait(&job, "&timeoutSeconds=1");
        if reply.status != 200 {
            break reply;
        }
    };
    refused.is_refused(429, "wait-limit");
    assert_eq!(refused.header("retry-after"), Some("1"));
    running.release();
    assert_eq!(first.reply().json()["status"], "Idle");
    assert_eq!(server.wait(&job, "").json()["status"], "Idle");
}

/// Beyond the bound calls queue, for a bounded time.
#[test]
fn calls_wait_their_turn_for_a_process_and_then_are_refused() {
    let (server, beacon) = (
        with("[workers]\nmax = 1\nspares = 0\nqueueTimeout = '1s'"),
        Beacon::new(),
    );
    // The one process may take longer to start than a call waits for it.
    while server.script("", "1").status != 200 {}
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
