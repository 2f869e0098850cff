//! Decisions, session namespace and owner; wire protocol 5.3, 6.3, WP-D-01, WP-D-02, WP-D-06.

use crate::harness::{Beacon, OTHER, Setup, TestServer};

/// The id is taken for everybody, and the other learns no more than that.
#[test]
fn a_session_is_not_for_another_caller() {
    let server = TestServer::with(&Setup::of_two());
    server.script("sessionId=mine&persistentSession=true", "$made = 7");
    let target = "/-/script/script/?outputFormat=raw&sessionId=mine&persistentSession=true";
    let reply = server.reply(&server.request_as(OTHER, "POST", target).body("$made"));
    reply.is_refused(403, "session-not-owned");
    assert_eq!(reply.reason, "Session is owned by a different identity.");
    assert_eq!(reply.header("x-spe-restriction"), Some("session-not-owned"));
    let rid = format!("rid={}", reply.header("x-spe-requestid").unwrap());
    let line = server.log.line(&["sessionOwnershipMismatch", &rid]);
    assert!(
        line.contains(r"owner=user:sitecore\admin") && line.contains(r"caller=user:sitecore\other"),
        "{line}"
    );
    assert_eq!(server.post(target, "$made").text(), "7");
}

/// WP-D-02: cleanup of somebody else's session counts none and ends none.
#[test]
fn cleanup_does_not_reach_another_callers_session() {
    let server = TestServer::with(&Setup::of_two());
    server.script("sessionId=mine&persistentSession=true", "$made = 7");
    let cleanup = "/-/script/script/?action=cleanup&sessionId=mine";
    assert_eq!(
        server.reply(&server.request_as(OTHER, "GET", cleanup)).text(),
        "Disposed 0 session(s)."
    );
    assert_eq!(server.script("outputFormat=raw&sessionId=mine", "$made").text(), "7");
}

/// WP-D-01 and WP-D-06: a job is its starter's from the first, and naming a session of one's own opens nothing.
#[test]
fn a_job_is_not_for_another_caller() {
    let (server, beacon) = (TestServer::with(&Setup::of_two()), Beacon::new());
    let job = server.job(&beacon.script("1"));
    let running = beacon.arrival();
    let own = "/-/script/script/?sessionId=own&persistentSession=true";
    assert_eq!(
        server.reply(&server.request_as(OTHER, "POST", own).body("1")).status,
        200
    );
    for query in ["", "&sessionId=own"] {
        let target = format!("/-/script/wait/?jobId={job}{query}");
        server
            .reply(&server.request_as(OTHER, "GET", &target))
            .is_refused(403, "session-not-owned");
    }
    let target = "/-/script/script/?outputFormat=raw";
    let listing = server.request_as(OTHER, "POST", target).body("@(Get-ScriptSession).ID");
    assert!(!server.reply(&listing).text().contains(&job));
    running.release();
    assert_eq!(server.wait(&job, "").json()["isDone"], true);
}

/// A session id that was somebody's may be taken once it is gone.
#[test]
fn an_id_is_free_again_when_its_session_is_gone() {
    let server = TestServer::with(&Setup::of_two());
    server.script("sessionId=short", "1");
    let request = server.request_as(OTHER, "POST", "/-/script/script/?outputFormat=raw&sessionId=short");
    assert_eq!(server.reply(&request.body("1+1")).text(), "2");
}

/// A worker process serves one owner and no other, ever (SECURITY.md).
#[test]
fn two_callers_never_share_a_process() {
    let server = TestServer::with(&Setup::of_two());
    let first = server.raw("$PID");
    let request = server.request_as(OTHER, "POST", "/-/script/script/?outputFormat=raw");
    let second = server.reply(&request.body("$PID")).text();
    assert_ne!(first, second);
    assert_eq!(server.raw("$PID"), first, "an owner's idle process is used again");
}
