//! Wire protocol 3.2 and 4: scripts and what they answer.

use rustix::process::Signal;

use crate::harness::{Beacon, Setup, TestServer};

/// 4.1: one list as the only top-level object.
#[test]
fn clixml_is_the_default_and_holds_one_list() {
    let reply = TestServer::shared().script("", "'first'; 42");
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("text/plain; charset=utf-8"));
    let text = reply.text();
    assert!(text.starts_with("<Objs "), "{text}");
    assert!(text.contains("<LST><S>first</S><I32>42</I32></LST>"), "{text}");
}

/// 4.1: no result is an empty body.
#[test]
fn nothing_is_an_empty_body() {
    let reply = TestServer::shared().script("", "$x = 1");
    assert_eq!((reply.status, reply.text().as_str()), (200, ""));
}

/// 4.2: texts without separator, and errors behind the messages delimiter.
#[test]
fn raw_is_text_with_errors_behind_it() {
    let reply = TestServer::shared().script("outputFormat=raw", "1; 2; Write-Error 'bad'; 3");
    assert_eq!(reply.status, 200);
    let text = reply.text();
    let (output, errors) = text
        .split_once("<#messages#>")
        .expect("errors stand behind the delimiter");
    assert_eq!(output, "123");
    assert!(errors.starts_with("<Objs ") && errors.contains("bad"), "{errors}");
}

/// 12.4: what 8.x clients send.
#[test]
fn raw_output_is_the_older_name() {
    let reply = TestServer::shared().script("rawOutput=True&persistentSession=False", "'x'");
    assert_eq!(reply.text(), "x");
}

/// 1.3: with and without the last slash, and with an origin segment.
#[test]
fn the_route_is_found_with_and_without_the_last_slash() {
    let server = TestServer::shared();
    for path in ["/-/script/script/", "/-/script/script", "/-/script/script/master/"] {
        assert_eq!(
            server.post(&format!("{path}?outputFormat=raw"), "1+1").text(),
            "2",
            "{path}"
        );
    }
}

/// Decisions, headers, and authentication 8.4.
#[test]
fn replies_name_request_server_and_language_mode() {
    let server = TestServer::shared();
    let (first, second) = (server.script("", "1"), server.script("", "1"));
    assert_eq!(first.header("x-spe-languagemode"), Some("FullLanguage"));
    assert_ne!(
        first.header("x-spe-requestid").unwrap(),
        second.header("x-spe-requestid").unwrap()
    );
    assert_eq!(
        first.header("x-spe-serverinstance"),
        second.header("x-spe-serverinstance")
    );
    assert!(first.header("x-spe-serverinstance").is_some());
    assert_eq!(first.header("x-spe-restriction"), None);
}

/// 3.2.2: the arguments behind the delimiter become `$params`.
#[test]
fn arguments_are_params() {
    let arguments = r#"<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj RefId="0"><TN RefId="0"><T>System.Collections.Hashtable</T><T>System.Object</T></TN><DCT><En><S N="Key">name</S><S N="Value">world</S></En><En><S N="Key">n</S><I32 N="Value">5</I32></En></DCT></Obj></Objs>"#;
    let body = format!("\"hello $($params.name) $($params['n'] + 1)\"<#S-1#>{arguments}");
    let reply = TestServer::shared().script("outputFormat=raw&sessionId=S-1", &body);
    assert_eq!(reply.text(), "hello world 6", "{}", reply.status);
}

/// Appendix A and WP-D-23: the delimiter has the exact id, and none without an id.
#[test]
fn a_foreign_delimiter_is_script() {
    let server = TestServer::shared();
    assert_eq!(
        server.script("outputFormat=raw&sessionId=S1", "1+1<#s1#>+1").text(),
        "3"
    );
    assert_eq!(server.script("outputFormat=raw&sessionId=S1", "1+1<#S1#>").text(), "2");
    assert_eq!(server.script("outputFormat=raw", "1+1<##>+1").text(), "3");
}

/// 3.2.4 and WP-D-50: a terminating error is 424, with its record at the end of what was written.
#[test]
fn a_terminating_error_is_a_method_failure_with_its_record() {
    let reply = TestServer::shared().script("", "'before'; throw 'the disk is full'");
    assert_eq!((reply.status, reply.reason.as_str()), (424, "Method Failure"));
    let text = reply.text();
    let (before, error) = (text.find("<S>before</S>"), text.find("the disk is full"));
    assert!(before.is_some() && before < error, "{text}");
}

/// 3.2.4: a non-terminating error leaves the status alone.
#[test]
fn a_non_terminating_error_is_a_success_with_its_record() {
    let reply = TestServer::shared().script("", "Write-Error 'item locked'; 'after'");
    assert_eq!(reply.status, 200);
    assert!(reply.text().contains("item locked") && reply.text().contains("<S>after</S>"));
}

/// A script that does not parse did not run.
#[test]
fn a_parse_error_is_a_method_failure() {
    let reply = TestServer::shared().script("outputFormat=raw", "if (");
    assert_eq!(reply.status, 424);
}

/// 4.7 and decisions, captureStreams: the streams stand in the output, for that run alone.
#[test]
fn captured_streams_stand_in_the_output() {
    let server = TestServer::shared();
    let script = "Write-Verbose 'step one'; $VerbosePreference";
    let captured = server.script("captureStreams=true", script).text();
    assert!(
        captured.contains("VerboseRecord") && captured.contains("step one"),
        "{captured}"
    );
    assert!(!server.script("", script).text().contains("step one"));
}

/// 5.2: a kept session is one runspace, which a throw-away call is not.
#[test]
fn a_persistent_session_keeps_what_a_script_made() {
    let server = TestServer::shared();
    let run = |query: &str, script: &str| server.script(&format!("outputFormat=raw&{query}"), script).text();
    assert_eq!(run("sessionId=kept-1&persistentSession=true", "$made = 7; 'ok'"), "ok");
    assert_eq!(run("sessionId=kept-1&persistentSession=True", "$made"), "7");
    // The last call of 5.2 may do without the flag: it reuses the session and ends it.
    assert_eq!(run("sessionId=kept-1&persistentSession=False", "$made"), "7");
    assert_eq!(run("sessionId=kept-1&persistentSession=true", "\"[$made]\""), "[]");
    assert_eq!(run("sessionId=thrown-1", "$made = 7; 'ok'"), "ok");
    assert_eq!(run("sessionId=thrown-1", "\"[$made]\""), "[]");
}

/// Decisions, disconnect: the script of a client that went away is stopped.
#[test]
fn a_client_that_goes_away_stops_its_script() {
    let (server, beacon) = (TestServer::shared(), Beacon::new());
    let mut client = server.connect();
    client.send(
        &server
            .request("POST", "/-/script/script/")
            .body(beacon.script("1"))
            .bytes(),
    );
    let running = beacon.arrival();
    drop(client);
    running.ended();
    assert_eq!(server.raw("1+1"), "2");
}

/// The issue: a worker that dies is a named failure, and the next call gets another.
#[test]
fn a_worker_that_dies_is_a_named_failure() {
    let server = TestServer::start();
    let reply = server.script("", "[System.Diagnostics.Process]::GetCurrentProcess().Kill()");
    reply.is_refused(502, "Spe.Remoting.WorkerLost");
    assert_eq!(server.raw("1+1"), "2");
    server.stop();
}

/// The same from outside, in the middle of a script.
#[test]
fn a_killed_worker_is_a_named_failure() {
    let (server, beacon) = (TestServer::start(), Beacon::new());
    let worker: i32 = server.raw("$PID").parse().unwrap();
    let mut client = server.connect();
    client.send(
        &server
            .request("POST", "/-/script/script/")
            .body(beacon.script("1"))
            .bytes(),
    );
    let running = beacon.arrival();
    rustix::process::kill_process(rustix::process::Pid::from_raw(worker).unwrap(), Signal::KILL).unwrap();
    client.reply().is_refused(502, "Spe.Remoting.WorkerLost");
    running.ended();
    assert_eq!(server.raw("1+1"), "2");
}

/// The output is counted while it comes (SECURITY.md: bodies that explode).
#[test]
fn output_over_the_limit_is_refused() {
    let server = TestServer::with(&Setup {
        settings: "limits.output = '64KiB'".into(),
        ..Setup::default()
    });
    server
        .script("outputFormat=raw", "'x' * 70000")
        .is_refused(500, "Spe.Remoting.OutputLimit");
    assert_eq!(server.script("outputFormat=raw", "'x' * 60000").text().len(), 60_000);
}

/// WP-D-41, wire protocol 10.2: a run is two lines with the hash of the script and never its text.
#[test]
fn a_run_is_in_the_log_by_its_hash() {
    let server = TestServer::shared();
    let reply = server.script("sessionId=hash-1", "Get-Date");
    let rid = format!("rid={}", reply.header("x-spe-requestid").unwrap());
    for action in ["action=scriptStarting", "action=scriptCompleted"] {
        let line = server.log.line(&[action, &rid]);
        assert!(
            line.contains("scriptHash=c1d9af5ecced5022") && line.contains("session=hash-1"),
            "{line}"
        );
        assert!(line.contains(r"AUDIT (sitecore\admin) [Remoting]"), "{line}");
    }
}
