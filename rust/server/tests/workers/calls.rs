//! The script-session commands of a script, served by the test.

use std::future::ready;
use std::sync::Arc;

use futures_util::FutureExt;
use parking_lot::Mutex;
use spe_server::workers::{Call, CallError, CallReply, SessionInfo};
use tokio_util::sync::CancellationToken;

use crate::harness::{Pool, Watcher, script, text, within};

fn session(id: &str) -> SessionInfo {
    SessionInfo {
        id: id.to_owned(),
        kind: "BackgroundJob",
        state: "Available",
        name: id.to_owned(),
        handle: "{0};i".to_owned(),
        has_result: true,
        auto_dispose: false,
        error: None,
        started_utc: None,
        ended_utc: None,
    }
}

/// What a script writes and what it asked for.
async fn asked(script_text: &str, answer: fn(Call) -> Result<CallReply, CallError>) -> (String, Vec<Call>) {
    let pool = Pool::new();
    let calls = Arc::new(Mutex::new(Vec::new()));
    let seen = calls.clone();
    let (watcher, _records) = Watcher::answering(Box::new(move |call| {
        seen.lock().push(call.clone());
        ready(answer(call)).boxed()
    }));
    let mut process = pool.lease("a").await;
    let end = within(process.run(script(script_text), watcher, CancellationToken::new())).await;
    drop(process);
    pool.shut_down().await;
    let calls = calls.lock().clone();
    (text(&end), calls)
}

#[tokio::test]
async fn a_job_is_started_with_its_script_and_arguments() {
    let text = "(Start-ScriptSession -ScriptBlock { 6 * 7 } -ArgumentList @{ Name = 'x' } -JobName nightly).ID";
    let (text, calls) = asked(text, |_| Ok(CallReply::Session(session("job-1")))).await;
    assert_eq!(text, "job-1");
    let [
        Call::Start {
            name,
            script,
            arguments: Some(arguments),
            ..
        },
    ] = &calls[..]
    else {
        panic!("{calls:?}");
    };
    assert_eq!(name.as_deref(), Some("nightly"));
    assert_eq!(script.trim_ascii(), b"6 * 7");
    assert!(String::from_utf8_lossy(arguments).contains("<S N=\"Key\">Name</S>"));
}

#[tokio::test]
async fn a_long_list_of_sessions_arrives_whole() {
    let (text, _) = asked("@(Get-ScriptSession).Count", |_| {
        let sessions = (0..2000).map(|number| session(&format!("session-{number}")));
        Ok(CallReply::Sessions(sessions.collect()))
    })
    .await;
    assert_eq!(text, "2000");
}

#[tokio::test]
async fn results_of_a_job_are_objects_again() {
    let text = "Receive-ScriptSession -Id job-1 | ForEach-Object { $_ + 1 }";
    let (text, calls) = asked(text, |call| match call {
        Call::Receive { .. } => {
            let results = "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><I32>41</I32></Objs>";
            Ok(CallReply::Results(session("job-1"), results.into()))
        }
        _ => Ok(CallReply::Sessions(vec![session("job-1")])),
    })
    .await;
    assert_eq!(text, "42", "{calls:?}");
}

#[tokio::test]
async fn a_refusal_is_an_error_with_its_id() {
    let text = "Stop-ScriptSession -Id x -ErrorAction SilentlyContinue -ErrorVariable e; $e[0].FullyQualifiedErrorId";
    let (text, _) = asked(text, |_| Err(CallError::NotFound("x".to_owned()))).await;
    assert!(text.starts_with("SessionNotFound"), "{text}");
}
