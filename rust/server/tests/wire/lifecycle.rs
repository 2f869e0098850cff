//! The issue: an orderly end on SIGINT and SIGTERM, with held requests answered.

use rustix::process::Signal;

use crate::harness::{Beacon, Setup, TestServer};

/// Held waits are answered, the job is stopped, and the workers are gone with the server.
#[test]
fn a_held_wait_is_answered_at_the_end() {
    for signal in [Signal::TERM, Signal::INT] {
        let (server, beacon) = (TestServer::start(), Beacon::new());
        let job = server.job(&beacon.script("1"));
        let running = beacon.arrival();
        let mut wait = server.connect();
        wait.send(
            &server
                .request("GET", &format!("/-/script/wait/?jobId={job}&timeoutSeconds=60"))
                .bytes(),
        );
        // That the wait is held shows in its line, which comes before the hold.
        server.log.line(&["action=waitRequestReceived"]);
        server.signal(signal);
        let reply = wait.reply();
        assert_eq!(reply.status, 200);
        assert_eq!(reply.json()["isDone"], false, "{}", reply.text());
        running.ended();
        assert!(server.ended().success(), "{}", server.log.text());
    }
}

/// A running request may end.
#[test]
fn a_running_request_ends_before_the_server_does() {
    let (server, beacon) = (TestServer::start(), Beacon::new());
    let mut client = server.connect();
    client.send(
        &server
            .request("POST", "/-/script/script/?outputFormat=raw")
            .body(beacon.script("'late'"))
            .bytes(),
    );
    let running = beacon.arrival();
    server.signal(Signal::TERM);
    server.log.line(&["stopping"]);
    running.release();
    let reply = client.reply();
    assert_eq!((reply.status, reply.text().as_str()), (200, "late"));
    assert!(server.ended().success());
}

/// One that does not is stopped after `limits.drain`, and told.
#[test]
fn a_request_beyond_the_drain_is_stopped_and_told() {
    let server = TestServer::with(&Setup {
        settings: "limits.drain = '0s'".into(),
        ..Setup::default()
    });
    let beacon = Beacon::new();
    let mut client = server.connect();
    client.send(
        &server
            .request("POST", "/-/script/script/")
            .body(beacon.script("1"))
            .bytes(),
    );
    let running = beacon.arrival();
    server.signal(Signal::TERM);
    let reply = client.reply();
    assert!(matches!(reply.status, 409 | 503), "{} {}", reply.status, reply.text());
    running.ended();
    assert!(server.ended().success());
}

/// A second signal ends at once, and the workers with it.
#[test]
fn a_second_signal_ends_at_once() {
    let (server, beacon) = (TestServer::start(), Beacon::new());
    let mut client = server.connect();
    client.send(
        &server
            .request("POST", "/-/script/script/")
            .body(beacon.script("1"))
            .bytes(),
    );
    let running = beacon.arrival();
    server.signal(Signal::INT);
    server.log.line(&["stopping"]);
    server.signal(Signal::INT);
    assert_eq!(server.ended().code(), Some(1));
    running.ended();
}

/// A server that is killed leaves no worker behind.
#[test]
fn a_killed_server_takes_its_workers_along() {
    let (server, beacon) = (TestServer::start(), Beacon::new());
    server.job(&beacon.script("1"));
    let running = beacon.arrival();
    server.signal(Signal::KILL);
    running.ended();
    assert!(!server.ended().success());
}

/// An idle connection does not keep the server from ending.
#[test]
fn idle_connections_do_not_hold_the_end_up() {
    let server = TestServer::start();
    let mut used = server.connect();
    used.exchange(&server.request("GET", "/-/script/script/?action=test"));
    let mut fresh = server.connect();
    // The server has the second connection, too, once it answers on a third.
    server.get("/-/script/script/?action=test");
    server.stop();
    assert!(used.is_closed() && fresh.is_closed());
    assert!(!server.log.text().contains("limits.drain"), "{}", server.log.text());
}

/// Standard output has the ready line and nothing else, whatever scripts write.
#[test]
fn standard_output_has_the_ready_line_alone() {
    let server = TestServer::start();
    server.raw("[Console]::WriteLine('noise'); [Console]::Error.WriteLine('noise'); 1");
    server.stop();
    assert_eq!(
        server.output.whole(),
        format!("spe-server listening on http://{}", server.address)
    );
}

/// Each held wait takes a descriptor, so the server takes all it may have.
#[test]
fn the_server_may_open_as_many_files_as_the_system_allows() {
    let server = TestServer::shared();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.process_id())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let mut words = line["Max open files".len()..].split_whitespace();
    assert_eq!(words.next(), words.next(), "{line}");
}
