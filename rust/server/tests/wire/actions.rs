//! Wire protocol 3.1: the built-in actions.

use crate::harness::{Beacon, TestServer};

/// 3.1.1: who answers, by GET and by POST.
#[test]
fn a_test_tells_versions_and_time() {
    let server = TestServer::shared();
    for reply in [
        server.get("/-/script/script/?action=test"),
        server.post("/-/script/script/?ACTION=Test", ""),
    ] {
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("content-type"), Some("application/json"));
        let body = reply.json();
        assert_eq!(body["SPEVersion"], env!("CARGO_PKG_VERSION"));
        assert!(body["SitecoreVersion"].is_string());
        let time = body["CurrentTime"].as_str().unwrap();
        assert!(time.len() == 28 && time.ends_with('Z'), "{time}");
    }
}

/// 3.1.2: the caller's session of that id goes, with what it held.
#[test]
fn cleanup_ends_a_kept_session() {
    let server = TestServer::shared();
    let query = "outputFormat=raw&sessionId=clean-1&persistentSession=true";
    server.script(query, "$made = 7");
    let reply = server.post("/-/script/script/?action=cleanup&sessionId=clean-1", "");
    assert_eq!((reply.status, reply.text().as_str()), (200, "Disposed 1 session(s)."));
    assert_eq!(server.script(query, "\"[$made]\"").text(), "[]");
}

/// WP-D-02: literal ids, and 0 for one that is not there.
#[test]
fn cleanup_of_nothing_counts_none() {
    let server = TestServer::shared();
    server.script("sessionId=clean-2&persistentSession=true", "1");
    let reply = server.get("/-/script/script/?action=cleanup&sessionId=clean-3");
    assert_eq!((reply.status, reply.text().as_str()), (200, "Disposed 0 session(s)."));
    server
        .get("/-/script/script/?action=cleanup&sessionId=clean-*")
        .is_refused(400, "id-invalid");
}

#[test]
fn cleanup_needs_an_id() {
    let reply = TestServer::shared().get("/-/script/script/?action=cleanup");
    reply.is_refused(400, "session-id-missing");
    assert_eq!(reply.reason, "Session ID is required for cleanup.");
}

/// 3.1.2: whether it is busy or not.
#[test]
fn cleanup_stops_a_running_script() {
    let (server, beacon) = (TestServer::shared(), Beacon::new());
    let mut client = server.connect();
    let target = "/-/script/script/?sessionId=clean-4&persistentSession=true";
    client.send(&server.request("POST", target).body(beacon.script("1")).bytes());
    let running = beacon.arrival();
    let reply = server.get("/-/script/script/?action=cleanup&sessionId=clean-4");
    assert_eq!(reply.text(), "Disposed 1 session(s).");
    running.ended();
    client.reply().is_refused(409, "Spe.Remoting.Stopped");
}
