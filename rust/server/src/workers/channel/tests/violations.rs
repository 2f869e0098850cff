//! Whatever breaks the rules of the channel ends the process, and the run that was on with it.

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::workers::fake::*;
use crate::workers::{LostReason, RunOutcome};

async fn outcome_of(speak: impl AsyncFnOnce(&mut Peer, u64)) -> RunOutcome {
    let (worker, mut peer, body) = worker(bounds()).await;
    let run = run_on(&worker, &Observer::new(), &CancellationToken::new());
    let id = peer.take_run().await;
    speak(&mut peer, id).await;
    let end = within(run).await.unwrap();
    within(worker.gone()).await;
    assert!(body.was_ended());
    end.outcome
}

async fn outcome_of_frame(header: impl FnOnce(u64) -> Value, payload: &[u8]) -> RunOutcome {
    outcome_of(async |peer: &mut Peer, run| peer.send(header(run), payload).await).await
}

#[tokio::test]
async fn a_header_over_the_limit() {
    let frame = [&65_537_u32.to_le_bytes()[..], &[0; 4]].concat();
    let outcome = outcome_of(async |peer: &mut Peer, _| peer.send_raw(&frame).await).await;
    assert_eq!(outcome, lost_by_protocol());
}

#[tokio::test]
async fn a_payload_over_the_limit() {
    let frame = [&2_u32.to_le_bytes()[..], &1_048_577_u32.to_le_bytes(), b"{}"].concat();
    let outcome = outcome_of(async |peer: &mut Peer, _| peer.send_raw(&frame).await).await;
    assert_eq!(outcome, lost_by_protocol());
}

#[tokio::test]
async fn a_header_that_is_not_json() {
    let frame = [&3_u32.to_le_bytes()[..], &[0; 4], b"<x>"].concat();
    let outcome = outcome_of(async |peer: &mut Peer, _| peer.send_raw(&frame).await).await;
    assert_eq!(outcome, lost_by_protocol());
}

#[tokio::test]
async fn a_frame_of_another_run() {
    let outcome = outcome_of_frame(|run| json!({ "type": "output", "run": run + 1 }), b"x").await;
    assert_eq!(outcome, lost_by_protocol());
}

#[tokio::test]
async fn a_frame_of_no_run() {
    let outcome = outcome_of_frame(|_| json!({ "type": "output" }), b"x").await;
    assert_eq!(outcome, lost_by_protocol());
}

#[tokio::test]
async fn a_second_ready() {
    let outcome = outcome_of(async |peer: &mut Peer, _| peer.ready().await).await;
    assert_eq!(outcome, lost_by_protocol());
}

#[tokio::test]
async fn a_kind_that_is_not_known() {
    let outcome = outcome_of_frame(|run| json!({ "type": "exec", "run": run }), b"").await;
    assert_eq!(outcome, lost_by_protocol());
}

#[tokio::test]
async fn a_record_that_does_not_parse() {
    let outcome = outcome_of_frame(|run| json!({ "type": "record", "run": run }), b"{\"stream\":\"x\"}").await;
    assert_eq!(outcome, lost_by_protocol());
}

#[tokio::test]
async fn a_record_with_an_endless_time() {
    let record = json!({ "stream": "verbose", "message": "", "timeUtc": "9".repeat(1000) }).to_string();
    let outcome = outcome_of_frame(|run| json!({ "type": "record", "run": run }), record.as_bytes()).await;
    assert_eq!(outcome, lost_by_protocol());
}

#[tokio::test]
async fn a_record_in_several_frames() {
    let outcome = outcome_of_frame(|run| json!({ "type": "record", "run": run, "more": true }), b"{").await;
    assert_eq!(outcome, lost_by_protocol());
}

#[tokio::test]
async fn an_end_without_a_verdict() {
    let outcome = outcome_of_frame(|run| json!({ "type": "done", "run": run, "outcome": "well" }), b"").await;
    assert_eq!(outcome, lost_by_protocol());
}

#[tokio::test]
async fn a_failure_without_an_error() {
    let done = |run| json!({ "type": "done", "run": run, "outcome": "failed", "hadErrors": true });
    assert_eq!(outcome_of_frame(done, b"").await, lost_by_protocol());
}

#[tokio::test]
async fn the_end_of_the_channel_inside_a_frame() {
    let (worker, mut peer, _) = worker(bounds()).await;
    let run = run_on(&worker, &Observer::new(), &CancellationToken::new());
    peer.take_run().await;
    peer.send_raw(&[9, 0, 0]).await;
    drop(peer);
    assert_eq!(within(run).await.unwrap().outcome, lost_by_protocol());
}

#[tokio::test]
async fn a_frame_while_nothing_runs_ends_the_process() {
    let (worker, mut peer, body) = worker(bounds()).await;
    peer.send(json!({ "type": "output", "run": 1 }), b"x").await;
    within(worker.gone()).await;
    assert!(body.was_ended());
    let end = within(worker.run(&script("1"), Observer::new(), &CancellationToken::new())).await;
    assert_eq!(end.outcome, lost_by_protocol());
}

#[tokio::test]
async fn the_end_of_the_process_is_no_violation_and_is_told_with_how_it_ended() {
    let (worker, mut peer, _) = worker(bounds()).await;
    let run = run_on(&worker, &Observer::new(), &CancellationToken::new());
    let id = peer.take_run().await;
    peer.send(json!({ "type": "output", "run": id }), b"so far").await;
    drop(peer);
    let end = within(run).await.unwrap();
    let status = "exit code 5".to_owned();
    assert_eq!(end.outcome, RunOutcome::Lost(LostReason::Exited { status }));
    assert_eq!(&end.output[..], b"so far");
}
