//! The log as operators and their programs read it (wire protocol 10, authentication 9).

use crate::harness::{Request, Setup, TestServer};

const TEST: &str = "/-/script/script/?action=test";

fn with(settings: &str, spe: &[(&'static str, &'static str)]) -> TestServer {
    TestServer::with(&Setup {
        settings: settings.into(),
        spe: spe.to_vec(),
        ..Setup::default()
    })
}

/// 10.1: from Spe.config as stock servers have it, or from our own settings, which count more.
#[test]
fn the_log_is_json_where_asked() {
    let setting = (
        "<settings>",
        r#"<settings><setting name="Spe.LogFormat" value="JSON" />"#,
    );
    for server in [with("logs.format = 'json'", &[]), with("", &[setting])] {
        let reply = server.script("sessionId=log-1", "1");
        let rid = reply.header("x-spe-requestid").unwrap().to_owned();
        server.stop();
        let lines = server.log.whole();
        let objects: Vec<serde_json::Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
            .collect();
        let completed = objects
            .iter()
            .find(|object| object["action"] == "scriptCompleted")
            .unwrap();
        assert_eq!(completed["type"], "Remoting");
        assert_eq!(completed["level"], "audit");
        assert_eq!(completed["user"], r"sitecore\admin");
        assert_eq!(completed["session"], "log-1");
        assert_eq!(completed["hasErrors"], "False");
        assert_eq!(completed["rid"], rid);
    }
    let ours = with("logs.format = 'keyvalue'", &[setting]);
    ours.get(TEST);
    assert!(
        ours.log
            .line(&["connectionTest"])
            .contains("INFO AUDIT (sitecore\\admin) [Remoting] action=connectionTest")
    );
}

/// 10.2: the lines of one script, in order, under the id of its request (WP-D-43).
#[test]
fn a_script_leaves_its_lines() {
    let server = TestServer::shared();
    let reply = server.script("sessionId=log-2", "Get-Date");
    let rid = format!("rid={}", reply.header("x-spe-requestid").unwrap());
    server.log.line(&["scriptCompleted", &rid]);
    let text = server.log.text();
    let actions: Vec<_> = text
        .lines()
        .filter(|line| line.contains(&rid) && line.contains(" AUDIT "))
        .map(|line| line.split("action=").nth(1).unwrap().split(' ').next().unwrap())
        .collect();
    assert_eq!(
        actions,
        ["requestReceived", "authenticated", "scriptStarting", "scriptCompleted"]
    );
    let line = server.log.line(&["scriptStarting", &rid]);
    assert!(line.contains("session=log-2 scriptHash=c1d9af5ecced5022"), "{line}");
}

/// Authentication 9.5 and AU-D-47: repeated failures of one source for one reason are counted, not written; callers who are
/// known are written in full.
#[test]
fn failures_that_repeat_are_counted_instead_of_written() {
    let server = TestServer::start();
    let mut client = server.connect();
    for _ in 0..35 {
        client.exchange(&Request::new("GET", TEST).bearer("a.b.c"));
        client.exchange(&Request::new("GET", "/scan"));
    }
    for _ in 0..25 {
        client.exchange(&server.request("GET", "/-/script/wait/"));
    }
    server.stop();
    let log = server.log.whole();
    let count = |parts: &[&str]| {
        log.lines()
            .filter(|line| parts.iter().all(|part| line.contains(part)))
            .count()
    };
    assert_eq!(count(&["[JWT] action=validationFailed"]), 20);
    assert_eq!(count(&["action=authRejected"]), 20);
    assert_eq!(count(&["requestRejected", "reason=route-unknown"]), 20);
    assert_eq!(count(&["failuresRepeated", "ip=127.0.0.1", "suppressed=15"]), 2);
    assert_eq!(count(&["requestRejected", "reason=job-id-missing"]), 25);
}

/// Authentication 2.1: `suppressWarnings` leaves out the reason, and the audit line stays.
#[test]
fn reasons_can_be_left_out() {
    let suppress = ("<requireIat>", "<suppressWarnings>true</suppressWarnings><requireIat>");
    let server = with("", &[suppress]);
    server.reply(&Request::new("GET", TEST).bearer("a.b.c"));
    server.log.line(&["action=bearerAuthFailed"]);
    server.log.line(&["action=authRejected"]);
    assert!(!server.log.text().contains("validationFailed"));
}
