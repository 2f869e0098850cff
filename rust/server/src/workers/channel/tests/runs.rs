//! Runs that come to their own end.

use serde_json::json;
use spe_protocol::RecordKind;
use tokio_util::sync::CancellationToken;

use crate::workers::fake::*;
use crate::workers::{RunKind, RunOutcome};

#[tokio::test]
async fn the_order_of_a_run_says_everything_the_contract_names() {
    let (worker, mut peer, _) = worker(bounds()).await;
    let mut request = script("'x'");
    request.kind = RunKind::Job;
    request.arguments = Some("<Objs/>".into());
    request.job_name = Some("nightly".to_owned());
    tokio::spawn(async move { worker.run(&request, Observer::new(), &CancellationToken::new()).await });
    let (header, payload) = peer.next().await;
    let expected = json!({
        "type": "run", "run": 1, "kind": "job", "format": "clixml", "scriptLength": 3, "argumentsAs": "variables",
        "captureStreams": false, "keepRunspace": false, "languageMode": "ConstrainedLanguage", "sessionId": "s1",
        "jobName": "nightly", "user": r"sitecore\admin", "policy": "unrestricted", "auditLevel": "Standard", "rid": "rid",
    });
    assert_eq!(header, expected);
    assert_eq!(payload, b"'x'<Objs/>");
}

#[tokio::test]
async fn a_script_larger_than_a_frame_comes_in_several() {
    let (worker, mut peer, _) = worker(bounds()).await;
    let text: Vec<u8> = (0..2_500_000_u32).map(|at| (at % 251) as u8).collect();
    let request = script(text.clone());
    tokio::spawn(async move { worker.run(&request, Observer::new(), &CancellationToken::new()).await });
    let (first, mut whole) = peer.next().await;
    assert_eq!(first["scriptLength"], 2_500_000);
    assert_eq!(first["more"], true);
    let (second, part) = peer.next().await;
    assert_eq!(second, json!({ "type": "run", "run": 1, "more": true }));
    whole.extend(part);
    let (last, part) = peer.next().await;
    assert_eq!(last, json!({ "type": "run", "run": 1 }));
    whole.extend(part);
    assert!(whole == text);
}

#[tokio::test]
async fn output_is_joined_and_the_end_is_told() {
    let (worker, mut peer, _) = worker(bounds()).await;
    let run = run_on(&worker, &Observer::new(), &CancellationToken::new());
    let id = peer.take_run().await;
    for part in ["one ", "two"] {
        peer.send(json!({ "type": "output", "run": id }), part.as_bytes()).await;
    }
    let done = json!({ "type": "done", "run": id, "outcome": "completed", "hadErrors": true, "exitCode": 3 });
    peer.send(done, b"").await;
    let end = within(run).await.unwrap();
    assert_eq!(end.outcome, RunOutcome::Completed);
    assert_eq!(&end.output[..], b"one two");
    assert!(end.had_errors);
    assert_eq!(end.exit_code, Some(3));
}

#[tokio::test]
async fn a_failure_carries_its_error_but_no_correlation_id_of_the_worker() {
    let (worker, mut peer, _) = worker(bounds()).await;
    let run = run_on(&worker, &Observer::new(), &CancellationToken::new());
    let id = peer.take_run().await;
    let error = json!({ "message": "boom", "fullyQualifiedErrorId": "Boom", "correlationId": "forged" });
    let done = json!({ "type": "done", "run": id, "outcome": "failed", "hadErrors": false });
    peer.send(done, error.to_string().as_bytes()).await;
    let RunOutcome::Failed(error) = within(run).await.unwrap().outcome else {
        panic!("the run did not fail");
    };
    assert_eq!((error.message.as_str(), error.correlation_id), ("boom", None));
}

#[tokio::test]
async fn records_reach_the_observer_in_order_while_the_run_is_on() {
    let (worker, mut peer, _) = worker(bounds()).await;
    let observer = Observer::new();
    let run = run_on(&worker, &observer, &CancellationToken::new());
    let id = peer.take_run().await;
    for number in 0..100 {
        let record = json!({ "stream": "verbose", "timeUtc": "2026-01-01T00:00:00Z", "message": number.to_string() });
        peer.send(json!({ "type": "record", "run": id }), record.to_string().as_bytes())
            .await;
    }
    peer.done(id).await;
    within(run).await.unwrap();
    let records = observer.records.lock();
    let texts = records.iter().map(|record| match &record.kind {
        RecordKind::Verbose(text) => text.message.parse::<usize>().unwrap(),
        other => panic!("{other:?}"),
    });
    assert!(texts.eq(0..100));
}

#[tokio::test]
async fn one_run_follows_another_under_its_own_number() {
    let (worker, mut peer, _) = worker(bounds()).await;
    for expected in 1..=3 {
        let run = run_on(&worker, &Observer::new(), &CancellationToken::new());
        let id = peer.take_run().await;
        assert_eq!(id, expected);
        peer.done(id).await;
        assert_eq!(within(run).await.unwrap().outcome, RunOutcome::Completed);
    }
}

#[tokio::test]
async fn names_too_long_for_a_header_fail_the_run_and_not_the_worker() {
    let (worker, mut peer, _) = worker(bounds()).await;
    let mut request = script("1");
    request.job_name = Some("x".repeat(70_000));
    let end = within(worker.run(&request, Observer::new(), &CancellationToken::new())).await;
    let RunOutcome::Failed(error) = end.outcome else {
        panic!("the run did not fail");
    };
    assert_eq!(error.fully_qualified_error_id, "Spe.Remoting.RunRefused");
    let run = run_on(&worker, &Observer::new(), &CancellationToken::new());
    let id = peer.take_run().await;
    peer.done(id).await;
    assert_eq!(within(run).await.unwrap().outcome, RunOutcome::Completed);
}

#[tokio::test]
async fn an_observer_that_panics_ends_the_worker_and_not_the_wait() {
    let (worker, mut peer, body) = worker(bounds()).await;
    let observer = Observer::answering(|_| panic!("the observer failed"));
    let run = run_on(&worker, &observer, &CancellationToken::new());
    let id = peer.take_run().await;
    peer.send(
        json!({ "type": "call", "run": id, "call": 1, "op": "session.stop", "id": "x" }),
        b"",
    )
    .await;
    assert_eq!(within(run).await.unwrap().outcome, lost_by_protocol());
    within(worker.gone()).await;
    assert!(body.was_ended());
}

/// The error of a failed job is kept for as long as the job is known: a worker must not fill the memory with it.
#[tokio::test]
async fn the_texts_of_an_error_are_cut() {
    let (worker, mut peer, _) = worker(bounds()).await;
    let run = run_on(&worker, &Observer::new(), &CancellationToken::new());
    let id = peer.take_run().await;
    let long = "\u{20ac}".repeat(50_000);
    let error =
        json!({ "message": long, "fullyQualifiedErrorId": "e", "errorCategory": "c", "scriptStackTrace": long });
    let done = json!({ "type": "done", "run": id, "outcome": "failed", "hadErrors": true });
    peer.send(done, error.to_string().as_bytes()).await;
    let RunOutcome::Failed(error) = within(run).await.unwrap().outcome else {
        panic!("it failed")
    };
    let stack = error.script_stack_trace.unwrap();
    for text in [error.message, stack] {
        assert!(text.len() <= 32 * 1024 && text.len() > 32_000, "{}", text.len());
    }
}
