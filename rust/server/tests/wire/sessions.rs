//! Sessions by the number of the defect they do not have any more (wire protocol 5 and 13.1).

use crate::harness::{Beacon, OTHER, Setup, TestServer};

const KEEP: &str = "/-/script/script/?outputFormat=raw&persistentSession=true&sessionId=";

fn with(settings: &str) -> TestServer {
    TestServer::with(&Setup {
        settings: settings.into(),
        ..Setup::of_two()
    })
}

/// WP-D-03: a refused request leaves no session behind, whatever it was refused for.
#[test]
fn a_refused_request_leaves_no_session() {
    let server = with("limits.sessionsPerOwner = 1");
    assert_eq!(server.post(&format!("{KEEP}taken"), "1").status, 200);
    let stranger = |target: &str, body: &str| server.reply(&server.request_as(OTHER, "POST", target).body(body));
    for n in 0..5 {
        stranger(&format!("{KEEP}blank-{n}"), " ").is_refused(400, "script-invalid");
        stranger(&format!("{KEEP}taken"), "1").is_refused(403, "session-not-owned");
        let gzip = server
            .request_as(OTHER, "POST", &format!("{KEEP}gzip-{n}"))
            .header("Content-Encoding", "gzip");
        server.reply(&gzip.body("no gzip")).is_refused(400, "gzip-broken");
    }
    assert_eq!(
        stranger(&format!("{KEEP}own"), "'made'").text(),
        "made",
        "its one place is free"
    );
}

/// WP-D-07: no id reaches another storage key, and what stock servers took for one is none.
#[test]
fn an_id_is_never_a_storage_key() {
    let server = TestServer::shared();
    for id in ["%24scriptSession%24%7Cx", "*", "a%7Cb", "x%2Fy"] {
        server.post(&format!("{KEEP}{id}"), "1").is_refused(400, "id-invalid");
    }
}

/// WP-D-13: a session goes on over connections and without cookies, and a cookie leads nowhere.
#[test]
fn cookies_play_no_part() {
    let server = TestServer::shared();
    let target = format!("{KEEP}no-cookies");
    let first = server.post(&target, "$made = 7; 'first'");
    assert_eq!((first.text().as_str(), first.header("set-cookie")), ("first", None));
    let other = server
        .request("POST", &target)
        .header("Cookie", "ASP.NET_SessionId=another");
    assert_eq!(server.reply(&other.body("$made")).text(), "7");
    server.get("/-/script/script/?action=cleanup&sessionId=no-cookies");
}

/// WP-D-12: a held wait keeps no other call waiting, whatever cookie both have.
#[test]
fn a_held_wait_does_not_hold_up_calls_of_the_same_cookie() {
    let (server, beacon) = (TestServer::shared(), Beacon::new());
    let job = server.job(&beacon.script("1"));
    let running = beacon.arrival();
    let cookie = |method: &str, target: &str| server.request(method, target).header("Cookie", "ASP.NET_SessionId=one");
    let mut wait = server.connect();
    wait.send(&cookie("GET", &format!("/-/script/wait/?jobId={job}&timeoutSeconds=60")).bytes());
    let call = cookie("POST", "/-/script/script/?outputFormat=raw").body("'meanwhile'");
    assert_eq!(server.reply(&call).text(), "meanwhile");
    running.release();
    assert_eq!(wait.reply().json()["status"], "Idle");
}

/// WP-D-14: the clock of a session starts when its run ends, so one that runs for longer than the limit stays.
#[test]
fn a_busy_session_does_not_expire() {
    let (server, beacon) = (with("limits.sessionIdle = '1s'"), Beacon::new());
    let target = format!("{KEEP}busy");
    server.post(&target, "$made = 7");
    let mut client = server.connect();
    client.send(&server.request("POST", &target).body(beacon.script("$made")).bytes());
    let running = beacon.arrival();
    // Another session of the same age is gone by its own clock, so the busy one's time is over as well.
    server.post(&format!("{KEEP}idle"), "1");
    let listed = "@(Get-ScriptSession -Id idle -ErrorAction Ignore).Count";
    while server.raw(listed) != "0" {}
    running.release();
    assert_eq!(client.reply().text(), "7");
}

/// WP-D-42: sessions that come and go while others look at them are no fault of the server's.
#[test]
fn sessions_may_change_while_they_are_looked_at() {
    let server = with("");
    std::thread::scope(|scope| {
        for n in 0..6 {
            let server = &server;
            scope.spawn(move || {
                for _ in 0..15 {
                    let id = format!("shared-{}", n % 3);
                    let replies = [
                        server.post(&format!("{KEEP}{id}"), "@(Get-ScriptSession).Count"),
                        server.get(&format!("/-/script/script/?action=cleanup&sessionId={id}")),
                        server.wait(&id, "&timeoutSeconds=1"),
                    ];
                    for reply in replies {
                        assert!(matches!(reply.status, 200 | 409), "{} {}", reply.status, reply.text());
                    }
                }
            });
        }
    });
}

/// WP-D-43: who asks and under which id is known at the end of a hold as at its begin.
#[test]
fn the_end_of_a_hold_is_logged_for_the_request_that_began_it() {
    let (server, beacon) = (TestServer::shared(), Beacon::new());
    let job = server.job(&beacon.script("Write-Warning 'late'"));
    let running = beacon.arrival();
    let mut wait = server.connect();
    wait.send(
        &server
            .request("GET", &format!("/-/script/wait/?jobId={job}&timeoutSeconds=60"))
            .bytes(),
    );
    running.release();
    let rid = wait.reply().header("x-spe-requestid").unwrap().to_owned();
    server.log.line(&["action=waitRequestReceived", &format!("rid={rid}")]);
    server
        .log
        .line(&["action=progressStreamed", &job, &format!("rid={rid}")]);
}
