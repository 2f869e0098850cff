//! Calls of a run's script.

use std::future::pending;
use std::sync::Arc;

use futures_util::FutureExt;
use serde_json::{Value, json};
use spe_protocol::wait::JobError;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::workers::fake::*;
use crate::workers::{Call, CallError, CallReply, RunEnd, SessionInfo};

struct Running {
    peer: Peer,
    run: u64,
    end: tokio::task::JoinHandle<RunEnd>,
    observer: Arc<Observer>,
}

impl Running {
    async fn new(observer: Arc<Observer>) -> Self {
        let (worker, mut peer, _) = worker(bounds()).await;
        let end = run_on(&worker, &observer, &CancellationToken::new());
        let run = peer.take_run().await;
        Self {
            peer,
            run,
            end,
            observer,
        }
    }

    async fn call(&mut self, call: u64, fields: Value, payload: &[u8]) {
        let mut header = json!({ "type": "call", "run": self.run, "call": call });
        let fields = fields.as_object().cloned().unwrap();
        header.as_object_mut().unwrap().extend(fields);
        self.peer.send(header, payload).await;
    }

    async fn stop(&mut self, call: u64, id: &str) {
        self.call(call, json!({ "op": "session.stop", "id": id }), b"").await;
    }

    async fn loses_the_worker(self) {
        assert_eq!(within(self.end).await.unwrap().outcome, lost_by_protocol());
    }
}

fn session(name: &str) -> SessionInfo {
    SessionInfo {
        id: "job".to_owned(),
        kind: "BackgroundJob",
        state: "Failed",
        name: name.to_owned(),
        handle: "{0};i".to_owned(),
        has_result: false,
        auto_dispose: false,
        error: None,
        started_utc: None,
        ended_utc: None,
    }
}

#[tokio::test]
async fn every_operation_reaches_the_observer_with_its_fields() {
    let mut running = Running::new(Observer::new()).await;
    let id = || "j".to_owned();
    let cases = [
        (
            json!({ "op": "session.start", "id": null, "name": "n", "autoDispose": true, "scriptLength": 2 }),
            "1+<Objs/>",
            Call::Start {
                id: None,
                name: Some("n".to_owned()),
                auto_dispose: true,
                script: "1+".into(),
                arguments: Some("<Objs/>".into()),
            },
        ),
        (
            json!({ "op": "session.list", "current": true }),
            "",
            Call::List {
                ids: None,
                current: true,
            },
        ),
        (
            json!({ "op": "session.receive", "id": "j", "keepResult": true, "keepSession": false }),
            "",
            Call::Receive {
                id: id(),
                keep_result: true,
                keep_session: false,
            },
        ),
        (
            json!({ "op": "session.wait", "ids": ["j"], "any": true, "timeoutMs": 9 }),
            "",
            Call::Wait {
                ids: vec![id()],
                any: true,
                timeout_ms: 9,
            },
        ),
        (json!({ "op": "session.stop", "id": "j" }), "", Call::Stop { id: id() }),
        (
            json!({ "op": "session.remove", "id": "j" }),
            "",
            Call::Remove { id: id() },
        ),
    ];
    for (number, (fields, payload, expected)) in (1..).zip(cases) {
        running.call(number, fields, payload.as_bytes()).await;
        let (reply, _) = running.peer.next().await;
        let answered = json!({ "type": "reply", "run": 1, "call": number, "ok": true, "removed": true });
        assert_eq!(reply, answered);
        assert_eq!(running.observer.calls.lock().pop(), Some(expected));
    }
}

#[tokio::test]
async fn a_call_in_several_frames_is_joined_around_other_frames() {
    let mut running = Running::new(Observer::new()).await;
    let start = json!({ "op": "session.start", "autoDispose": false, "scriptLength": 6, "more": true });
    running.call(7, start, b"abc").await;
    running.stop(8, "other").await;
    assert_eq!(running.peer.next().await.0["call"], 8);
    running.call(7, json!({ "more": true }), b"de").await;
    running.call(7, json!({}), b"f").await;
    assert_eq!(running.peer.next().await.0["call"], 7);
    let calls = running.observer.calls.lock();
    let Some(Call::Start {
        script,
        arguments: None,
        ..
    }) = calls.last()
    else {
        panic!("{calls:?}");
    };
    assert_eq!(&script[..], b"abcdef");
}

#[tokio::test]
async fn calls_are_served_at_the_same_time() {
    let first = Arc::new(Notify::new());
    let waits = first.clone();
    let observer = Observer::answering(move |call| {
        let first = first.clone();
        async move {
            if matches!(call, Call::Stop { id } if id == "slow") {
                first.notified().await;
            }
            Ok(CallReply::Removed(false))
        }
        .boxed()
    });
    let mut running = Running::new(observer).await;
    running.stop(1, "slow").await;
    running.stop(2, "fast").await;
    assert_eq!(running.peer.next().await.0["call"], 2);
    waits.notify_one();
    assert_eq!(running.peer.next().await.0["call"], 1);
}

#[tokio::test]
async fn the_end_of_the_run_drops_calls_that_are_open() {
    let dropped = CancellationToken::new();
    let guard = dropped.clone();
    let observer = Observer::answering(move |_| {
        let guard = guard.clone().drop_guard();
        async move {
            let _guard = guard;
            pending().await
        }
        .boxed()
    });
    let mut running = Running::new(observer).await;
    running.stop(1, "x").await;
    running.peer.done(running.run).await;
    within(running.end).await.unwrap();
    within(dropped.cancelled()).await;
}

#[tokio::test]
async fn a_refusal_is_a_sentence_with_its_codes() {
    let observer = Observer::answering(|_| async { Err(CallError::NotFound("x".to_owned())) }.boxed());
    let mut running = Running::new(observer).await;
    running.stop(1, "x").await;
    let expected = json!({
        "type": "reply", "run": 1, "call": 1, "ok": false, "errorId": "SessionNotFound",
        "message": "There is no script session with the id 'x'.", "category": "ObjectNotFound",
    });
    assert_eq!(running.peer.next().await.0, expected);
}

#[tokio::test]
async fn a_service_that_panics_is_answered_all_the_same() {
    let observer = Observer::answering(|_| async { panic!("the service failed") }.boxed());
    let mut running = Running::new(observer).await;
    running.stop(1, "x").await;
    assert_eq!(running.peer.next().await.0["ok"], false);
}

#[tokio::test]
async fn results_are_the_payload_of_the_reply() {
    let observer = Observer::answering(|_| {
        let results = vec![b'r'; 1_500_000].into();
        async { Ok(CallReply::Results(session("n"), results)) }.boxed()
    });
    let mut running = Running::new(observer).await;
    running.stop(1, "x").await;
    let (first, part) = running.peer.next().await;
    assert_eq!((&first["session"]["name"], &first["more"]), (&json!("n"), &json!(true)));
    let (last, rest) = running.peer.next().await;
    assert_eq!(last, json!({ "type": "reply", "run": 1, "call": 1 }));
    assert_eq!(part.len() + rest.len(), 1_500_000);
}

#[tokio::test]
async fn a_list_too_long_for_a_header_is_the_payload() {
    let observer = Observer::answering(|_| {
        let sessions = vec![session(&"n".repeat(100)); 1000];
        async { Ok(CallReply::Sessions(sessions)) }.boxed()
    });
    let mut running = Running::new(observer).await;
    running.stop(1, "x").await;
    let (header, payload) = running.peer.next().await;
    assert_eq!(header, json!({ "type": "reply", "run": 1, "call": 1, "ok": true }));
    let listed: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 1000);
}

#[tokio::test]
async fn the_texts_of_a_session_are_cut_until_it_fits() {
    let observer = Observer::answering(|_| {
        let mut session = session(&"\u{1}".repeat(60_000));
        let long = || "\u{1}".repeat(60_000);
        session.error = Some(JobError {
            message: long(),
            fully_qualified_error_id: long(),
            error_category: long(),
            exception_type: Some(long()),
            script_stack_trace: Some(long()),
            position_message: Some(long()),
            correlation_id: None,
        });
        async { Ok(CallReply::Session(session)) }.boxed()
    });
    let mut running = Running::new(observer).await;
    running.stop(1, "x").await;
    let (header, _) = running.peer.next().await;
    assert_eq!(header["ok"], true);
    assert_eq!(header["session"]["id"], "job");
}

#[tokio::test]
async fn a_call_without_number_breaks_the_rules() {
    let mut running = Running::new(Observer::new()).await;
    let call = json!({ "type": "call", "run": running.run, "op": "session.stop", "id": "x" });
    running.peer.send(call, b"").await;
    running.loses_the_worker().await;
}

#[tokio::test]
async fn an_operation_that_is_not_known_breaks_the_rules() {
    let mut running = Running::new(Observer::new()).await;
    running.call(1, json!({ "op": "session.become" }), b"").await;
    running.loses_the_worker().await;
}

#[tokio::test]
async fn a_script_longer_than_its_payload_breaks_the_rules() {
    let mut running = Running::new(Observer::new()).await;
    running
        .call(
            1,
            json!({ "op": "session.start", "autoDispose": false, "scriptLength": 2 }),
            b"1",
        )
        .await;
    running.loses_the_worker().await;
}

#[tokio::test]
async fn a_payload_where_none_belongs_breaks_the_rules() {
    let mut running = Running::new(Observer::new()).await;
    running.call(1, json!({ "op": "session.stop", "id": "x" }), b"1").await;
    running.loses_the_worker().await;
}

#[tokio::test]
async fn the_number_of_an_open_call_is_not_given_twice() {
    let mut running = Running::new(Observer::answering(|_| pending().boxed())).await;
    running.stop(1, "x").await;
    running.stop(1, "x").await;
    running.loses_the_worker().await;
}

#[tokio::test]
async fn calls_that_are_open_are_bounded() {
    let mut running = Running::new(Observer::answering(|_| pending().boxed())).await;
    for call in 0..65 {
        running.stop(call, "x").await;
    }
    running.loses_the_worker().await;
}

#[tokio::test]
async fn the_payload_of_a_call_is_bounded() {
    let mut running = Running::new(Observer::new()).await;
    let start = json!({ "op": "session.start", "autoDispose": false, "scriptLength": 1, "more": true });
    let part = vec![b'x'; 1_048_576];
    running.call(1, start, &part).await;
    for _ in 0..32 {
        running.call(1, json!({ "more": true }), &part).await;
    }
    running.loses_the_worker().await;
}

#[tokio::test]
async fn the_payloads_of_open_calls_are_bounded_together() {
    let mut running = Running::new(Observer::answering(|_| pending().boxed())).await;
    let part = vec![b'x'; 1_048_576];
    for call in 1..=3 {
        let start = json!({ "op": "session.start", "autoDispose": false, "scriptLength": 1, "more": true });
        running.call(call, start, &part).await;
        for _ in 0..30 {
            running.call(call, json!({ "more": true }), &part).await;
        }
        running.call(call, json!({}), b"").await;
    }
    running.loses_the_worker().await;
}
