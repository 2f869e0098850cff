//! Runs that are told to stop: by their caller, or because they write too much.

use std::time::Duration;

use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::workers::fake::*;
use crate::workers::worker::Bounds;
use crate::workers::{LostReason, RunOutcome};

fn impatient() -> Bounds {
    Bounds {
        stop_grace: Duration::from_millis(20),
        ..bounds()
    }
}

#[tokio::test]
async fn a_cancelled_run_is_told_to_stop_and_ends_as_stopped() {
    let (worker, mut peer, body) = worker(bounds()).await;
    let cancel = CancellationToken::new();
    let run = run_on(&worker, &Observer::new(), &cancel);
    let id = peer.take_run().await;
    cancel.cancel();
    assert_eq!(peer.next().await.0, json!({ "type": "cancel", "run": id }));
    let done = json!({ "type": "done", "run": id, "outcome": "stopped", "hadErrors": false });
    peer.send(done, b"").await;
    assert_eq!(within(run).await.unwrap().outcome, RunOutcome::Stopped);
    assert!(!body.was_ended());
}

#[tokio::test]
async fn a_run_that_does_not_stop_costs_the_process() {
    let (worker, mut peer, body) = worker(impatient()).await;
    let cancel = CancellationToken::new();
    let run = run_on(&worker, &Observer::new(), &cancel);
    peer.take_run().await;
    cancel.cancel();
    assert_eq!(within(run).await.unwrap().outcome, RunOutcome::Stopped);
    assert!(body.was_ended());
}

#[tokio::test]
async fn a_run_that_was_cancelled_before_is_not_sent() {
    let (worker, mut peer, _) = worker(bounds()).await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    let end = within(worker.run(&script("1"), Observer::new(), &cancel)).await;
    assert_eq!(end.outcome, RunOutcome::Stopped);
    run_on(&worker, &Observer::new(), &CancellationToken::new());
    assert_eq!(peer.take_run().await, 1);
}

#[tokio::test]
async fn output_over_the_limit_stops_the_run_and_keeps_what_fits() {
    let (worker, mut peer, body) = worker(bounds()).await;
    let run = run_on(&worker, &Observer::new(), &CancellationToken::new());
    let id = peer.take_run().await;
    peer.send(json!({ "type": "output", "run": id }), &[b'x'; 1001]).await;
    assert_eq!(peer.next().await.0["type"], "cancel");
    peer.send(json!({ "type": "output", "run": id }), &[b'y'; 1001]).await;
    peer.done(id).await;
    let end = within(run).await.unwrap();
    assert_eq!(end.outcome, RunOutcome::Lost(LostReason::OutputLimit { limit: 1000 }));
    assert_eq!(&end.output[..], &[b'x'; 1000]);
    assert!(!body.was_ended());
}

#[tokio::test]
async fn output_of_exactly_the_limit_is_no_matter() {
    let (worker, mut peer, _) = worker(bounds()).await;
    let run = run_on(&worker, &Observer::new(), &CancellationToken::new());
    let id = peer.take_run().await;
    peer.send(json!({ "type": "output", "run": id }), &[b'x'; 1000]).await;
    peer.done(id).await;
    assert_eq!(within(run).await.unwrap().outcome, RunOutcome::Completed);
}

#[tokio::test]
async fn a_run_that_writes_on_for_ever_is_lost_by_its_output() {
    let (worker, mut peer, body) = worker(impatient()).await;
    let run = run_on(&worker, &Observer::new(), &CancellationToken::new());
    let id = peer.take_run().await;
    tokio::spawn(async move { while !run_is_over(&mut peer, id).await {} });
    let end = within(run).await.unwrap();
    assert_eq!(end.outcome, RunOutcome::Lost(LostReason::OutputLimit { limit: 1000 }));
    assert!(body.was_ended());
}

/// Writes, and says whether the server has hung up.
async fn run_is_over(peer: &mut Peer, id: u64) -> bool {
    peer.send(json!({ "type": "output", "run": id }), &[b'x'; 600]).await;
    tokio::time::timeout(Duration::from_millis(1), peer.try_next()).await == Ok(None)
}

#[tokio::test]
async fn a_worker_that_does_not_read_can_be_left() {
    let (worker, peer, body) = worker(impatient()).await;
    let cancel = CancellationToken::new();
    let run = {
        let (worker, cancel) = (worker.clone(), cancel.clone());
        let request = script(vec![b' '; 64 * 1024 * 1024]);
        tokio::spawn(async move { worker.run(&request, Observer::new(), &cancel).await })
    };
    cancel.cancel();
    assert_eq!(within(run).await.unwrap().outcome, RunOutcome::Stopped);
    drop(peer);
    within(worker.gone()).await;
    assert!(body.was_ended());
}
