//! Beyond the 403 of execute and wait, nothing tells a stranger whether an id is unknown or somebody else's (item 4 of the
//! issue; WP-D-01, WP-D-02).

use crate::harness::{OTHER, Reply, Setup, TestServer};

fn with_a_job() -> (TestServer, String, String) {
    let server = TestServer::with(&Setup::of_two());
    server.script("sessionId=theirs&persistentSession=true", "1");
    let handle = server.raw("(Start-ScriptSession -Id job-one -ScriptBlock { 1 }).Handle");
    server.raw("$null = Wait-ScriptSession -Id job-one");
    (server, "job-one".to_owned(), handle)
}

fn as_stranger(server: &TestServer, method: &str, target: &str, body: &str) -> Reply {
    server.reply(&server.request_as(OTHER, method, target).body(body))
}

/// Status, headers that could tell, and body, with the id taken out.
fn seen(reply: &Reply, id: &str) -> (u16, String, Option<String>, String) {
    let restriction = reply.header("x-spe-restriction").map(str::to_owned);
    (
        reply.status,
        reply.reason.clone(),
        restriction,
        reply.text().replace(id, "ID"),
    )
}

#[test]
fn cleanup_answers_the_same() {
    let (server, _, _) = with_a_job();
    let cleanup = |id: &str| {
        let reply = as_stranger(
            &server,
            "GET",
            &format!("/-/script/script/?action=cleanup&sessionId={id}"),
            "",
        );
        seen(&reply, id)
    };
    assert_eq!(cleanup("theirs"), cleanup("nobodys"));
}

#[test]
fn a_wait_for_a_handle_answers_the_same() {
    let (server, _, handle) = with_a_job();
    let (guid, instance) = handle.split_once(';').unwrap();
    let other = format!("{{00000000-0000-4000-8000-000000000000}};{instance}");
    let wait = |handle: &str| {
        let target = handle.replace('{', "%7B").replace('}', "%7D").replace(';', "%3B");
        let target = format!("/-/script/wait/?jobType=sitecore&timeoutSeconds=1&jobId={target}");
        seen(&as_stranger(&server, "GET", &target, ""), handle)
    };
    assert_eq!(guid.len(), 38);
    assert_eq!(wait(&handle), wait(&other));
}

/// Each command says the same of both, word for word.
#[test]
fn the_script_session_commands_answer_the_same() {
    let (server, job, _) = with_a_job();
    for command in [
        "Get-ScriptSession -Id ID",
        "Receive-ScriptSession -Id ID",
        "Receive-ScriptSession -Id ID -KeepResult -KeepSession",
        "Wait-ScriptSession -Id ID -Timeout 1",
        "Stop-ScriptSession -Id ID",
        "Remove-ScriptSession -Id ID",
        "'ID' | Get-ScriptSession",
        "@(Get-ScriptSession | Where-Object ID -eq ID).Count",
    ] {
        let said = |id: &str| {
            let script = format!(
                "{} 2>&1 | ForEach-Object {{ \"$_ $($_.FullyQualifiedErrorId) $($_.CategoryInfo.Category)\" }}",
                command
                    .replace("ID'", &format!("{id}'"))
                    .replace("-Id ID", &format!("-Id {id}"))
                    .replace("eq ID", &format!("eq {id}"))
            );
            seen(
                &as_stranger(&server, "POST", "/-/script/script/?outputFormat=raw", &script),
                id,
            )
        };
        assert_eq!(said(&job), said("nobodys"), "{command}");
        assert_eq!(said("theirs"), said("nobodys"), "{command}");
    }
    let left = server.raw("Receive-ScriptSession -Id job-one");
    assert_eq!(left, "1", "and none of them did anything to it");
}
