//! What the watchdog sees ends the process, with a name; a heap that is nearly full only when nobody answers any more.

use std::time::Duration;

use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::workers::fake::*;
use crate::workers::process::Sight;
use crate::workers::worker::Bounds;
use crate::workers::{Excess, LostReason, RunOutcome};

/// The issue, item 8: a limit that is passed ends the process and names itself to whoever waits for the run.
#[tokio::test]
async fn an_excess_ends_the_run_by_name() {
    for excess in [Excess::Memory(1), Excess::Processes(2), Excess::Disk(3)] {
        let (worker, mut peer, body) = worker(bounds()).await;
        let run = run_on(&worker, &Observer::new(), &CancellationToken::new());
        peer.take_run().await;
        body.show(Sight::Excess(excess));
        let outcome = within(run).await.unwrap().outcome;
        assert_eq!(outcome, RunOutcome::Lost(LostReason::Excess(excess)));
        assert!(body.was_ended());
    }
}

#[tokio::test]
async fn a_full_heap_that_answers_goes_on() {
    let (worker, mut peer, body) = worker(bounds()).await;
    let observer = Observer::new();
    let run = run_on(&worker, &observer, &CancellationToken::new());
    let id = peer.take_run().await;
    let record = json!({ "stream": "verbose", "message": "on", "timeUtc": "t" }).to_string();
    for round in 1..=3 {
        body.show(Sight::HeapNearlyFull);
        assert_eq!(peer.next().await.0["type"], "ping");
        peer.send(json!({ "type": "pong" }), b"").await;
        // What comes behind the answer is taken after it.
        peer.send(json!({ "type": "record", "run": id }), record.as_bytes())
            .await;
        within(async {
            while observer.records.lock().len() < round {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
    peer.done(id).await;
    assert_eq!(within(run).await.unwrap().outcome, RunOutcome::Completed);
    assert!(!body.was_ended());
}

/// Engine notes 8: a heap full of small objects may leave a process that only collects garbage and never answers.
#[tokio::test]
async fn a_full_heap_that_does_not_answer_is_ended_by_name() {
    let bounds = Bounds {
        answer: Duration::from_millis(20),
        ..bounds()
    };
    let (worker, mut peer, body) = worker(bounds).await;
    let run = run_on(&worker, &Observer::new(), &CancellationToken::new());
    peer.take_run().await;
    body.show(Sight::HeapNearlyFull);
    assert_eq!(peer.next().await.0["type"], "ping");
    let outcome = within(run).await.unwrap().outcome;
    assert_eq!(outcome, RunOutcome::Lost(LostReason::Excess(Excess::Heap)));
    assert!(body.was_ended());
}

/// Else a hostile worker could answer beforehand what it will be asked.
#[tokio::test]
async fn an_answer_that_nobody_asked_for_ends_the_process() {
    let (worker, mut peer, body) = worker(bounds()).await;
    let run = run_on(&worker, &Observer::new(), &CancellationToken::new());
    peer.take_run().await;
    peer.send(json!({ "type": "pong" }), b"").await;
    assert_eq!(within(run).await.unwrap().outcome, lost_by_protocol());
    assert!(body.was_ended());
}

/// Whoever came next would find no memory: such a process is not used again.
#[tokio::test]
async fn a_process_without_memory_is_not_used_again() {
    let (worker, mut peer, _) = worker(bounds()).await;
    let run = run_on(&worker, &Observer::new(), &CancellationToken::new());
    let id = peer.take_run().await;
    assert!(!worker.is_spent());
    let error = json!({ "message": "m", "fullyQualifiedErrorId": "e", "errorCategory": "NotSpecified",
                        "exceptionType": "System.OutOfMemoryException" });
    let done = json!({ "type": "done", "run": id, "outcome": "failed", "hadErrors": true });
    peer.send(done, error.to_string().as_bytes()).await;
    assert!(matches!(within(run).await.unwrap().outcome, RunOutcome::Failed(_)));
    assert!(worker.is_spent());
}
