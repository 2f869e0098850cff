//! The loop of a wait: client module 11 and 12, wire protocol 6.9 and 6.10.

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use spe_client::{Event, Events, Failure, FailureKind, WaitCall, WaitResult};
use spe_protocol::RecordKind;
use spe_testkit::http::{HttpServer, Request, Step};
use support::{TestClock, target, wait, warnings};

/// A reply with records `first..first + count` behind which `cursor` goes on.
fn reply(status: &str, is_done: bool, first: u64, count: u64, cursor: &str) -> Value {
    let streams: Vec<_> = (first..first + count)
        .map(|n| json!({"stream": "verbose", "sequence": n, "timeUtc": "2026-05-02T08:15:30.1234567Z", "message": format!("m{n}")}))
        .collect();
    json!({"isDone": is_done, "status": status, "name": "job-1", "elapsedSeconds": 0, "streams": streams, "cursor": cursor})
}

fn done() -> Value {
    json!({"isDone": true, "status": "Idle", "name": "job-1", "elapsedSeconds": 3})
}

fn busy() -> Value {
    json!({"isDone": false, "status": "Busy", "name": "job-1", "elapsedSeconds": 0})
}

fn with(mut reply: Value, more: &Value) -> Value {
    let members = more.as_object().unwrap().clone();
    reply.as_object_mut().unwrap().extend(members);
    reply
}

fn step(reply: &Value) -> Step {
    Step::json(&reply.to_string())
}

/// A reply of a process of our server.
fn ours(instance: &str, reply: &Value) -> Step {
    let headers = [("Content-Type", "application/json"), ("X-SPE-ServerInstance", instance)];
    Step::reply_with(200, "OK", &headers, reply.to_string())
}

/// A wait that is over.
struct Over {
    outcome: Result<WaitResult, Failure>,
    requests: Vec<Request>,
    pauses: Vec<Duration>,
    events: Vec<Event>,
}

impl Over {
    fn status(&self) -> &str {
        &self.outcome.as_ref().unwrap().status
    }

    fn failure(&self) -> &Failure {
        self.outcome.as_ref().unwrap_err()
    }

    fn cursors(&self) -> Vec<Option<&str>> {
        let targets = self.requests.iter().map(|request| request.target.as_str());
        targets
            .map(|target| target.split_once("&cursor=").map(|(_, cursor)| cursor))
            .collect()
    }

    fn messages(&self) -> Vec<&str> {
        let records = self.events.iter().filter_map(|event| match event {
            Event::Records(records) => Some(records),
            _ => None,
        });
        let messages = records.flatten().map(|record| match &record.kind {
            RecordKind::Verbose(text) => text.message.as_str(),
            other => panic!("{other:?}"),
        });
        messages.collect()
    }
}

async fn run_with(steps: impl IntoIterator<Item = Step>, change: impl FnOnce(&mut WaitCall)) -> Over {
    let server = HttpServer::playing(steps).await;
    let (clock, events) = (TestClock::default(), Events::new());
    let mut call = wait(target(&server));
    change(&mut call);
    let outcome = clock.client().wait(call, &events).await;
    Over {
        outcome,
        requests: server.requests(),
        pauses: clock.pauses(),
        events: events.drain(),
    }
}

async fn run(steps: impl IntoIterator<Item = Step>) -> Over {
    run_with(steps, |_| ()).await
}

#[tokio::test]
async fn wait_goes_on_until_the_job_is_done() {
    let over = run([step(&busy()), step(&busy()), step(&done())]).await;
    assert_eq!(
        over.outcome.unwrap(),
        WaitResult {
            status: "Idle".to_owned(),
            name: "job-1".to_owned(),
            not_supported: false,
            tells_errors: false,
            error: None,
        }
    );
    assert_eq!(over.requests.len(), 3);
}

/// 12.2 and CM-D-03: the cursor is tracked whether records are wanted or not.
#[tokio::test]
async fn cursor_is_sent_back() {
    for want_records in [true, false] {
        let steps = [
            step(&reply("Busy", false, 0, 1, "a.a")),
            step(&reply("Busy", false, 1, 1, "b.b")),
            step(&done()),
        ];
        let over = run_with(steps, |call| call.want_records = want_records).await;
        assert_eq!(over.cursors(), [None, Some("a.a"), Some("b.b")]);
        assert_eq!(over.messages().len(), if want_records { 2 } else { 0 });
    }
}

/// 12.3: records before the cursor behind them, and a cursor only when it changed.
#[tokio::test]
async fn cursor_is_told_behind_its_records_and_once() {
    let over = run([
        step(&reply("Busy", false, 0, 2, "a.a")),
        step(&reply("Busy", false, 2, 0, "a.a")),
        step(&reply("Idle", true, 2, 1, "b.b")),
    ])
    .await;
    let told: Vec<_> = over
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Records(records) => Some(format!("{} records", records.len())),
            Event::Cursor(cursor) => Some(cursor.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(told, ["2 records", "a.a", "1 records", "b.b"]);
}

/// Wire protocol 6.10: in the order of their sequence, none twice.
#[tokio::test]
async fn records_are_ordered_and_none_comes_twice() {
    let mut first = reply("Busy", false, 0, 3, "a.a");
    first["streams"].as_array_mut().unwrap().reverse();
    let over = run([
        step(&first),
        step(&reply("Busy", false, 1, 4, "b.b")),
        step(&reply("Idle", true, 0, 6, "c.c")),
    ])
    .await;
    assert_eq!(over.messages(), ["m0", "m1", "m2", "m3", "m4", "m5"]);
}

/// CM-D-37 and WP-D-16: a full batch is not the end of the records.
#[tokio::test]
async fn full_last_batch_is_read_on() {
    let over = run([
        step(&reply("Idle", true, 0, 256, "a.a")),
        step(&reply("Idle", true, 256, 10, "b.b")),
        step(&reply("Busy", false, 0, 0, "never asked for")),
    ])
    .await;
    assert_eq!(over.status(), "Idle");
    assert_eq!(over.messages().len(), 266);
    assert_eq!(over.cursors(), [None, Some("a.a")]);
    assert!(over.pauses.is_empty(), "{:?}", over.pauses);
}

/// Decisions, isDone: our server tells that more records wait, and that the job ended before all are read.
#[tokio::test]
async fn records_that_wait_are_read_at_once() {
    let more = json!({"hasMore": true});
    let over = run([
        ours("1", &with(reply("Idle", true, 0, 2, "a.a"), &more)),
        ours("1", &with(reply("Idle", false, 2, 2, "b.b"), &more)),
        ours("1", &reply("Idle", true, 4, 1, "c.c")),
    ])
    .await;
    assert_eq!(over.messages(), ["m0", "m1", "m2", "m3", "m4"]);
    assert!(over.pauses.is_empty());
}

/// Who wants no records need not read them all.
#[tokio::test]
async fn unwanted_records_are_not_read_on() {
    let more = json!({"hasMore": true});
    for (status, is_done) in [("Idle", true), ("Failed", false)] {
        let steps = [ours("1", &with(reply(status, is_done, 0, 256, "a.a"), &more))];
        let over = run_with(steps, |call| call.want_records = false).await;
        assert_eq!((over.status(), over.requests.len()), (status, 1));
    }
}

/// A server that repeats itself must not be asked forever.
#[tokio::test]
async fn full_batch_without_news_is_the_end() {
    let over = run([step(&reply("Idle", true, 0, 256, "a.a"))]).await;
    assert_eq!((over.requests.len(), over.messages().len()), (2, 256));
}

/// The job's end is known; should the session go away meanwhile, what was said first counts.
#[tokio::test]
async fn end_that_was_told_first_counts() {
    let error = json!({"error": {"message": "it broke", "errorCategory": "ResourceBusy"}});
    let first = step(&with(reply("Failed", true, 0, 256, "a.a"), &error));
    for second in [
        step(&json!({"isDone": true, "status": "NotFound"})),
        Step::reply(500, "Broken", ""),
    ] {
        let over = run([first.clone(), second]).await;
        assert_eq!(over.status(), "Failed");
        assert_eq!(
            over.outcome.as_ref().unwrap().error.as_ref().unwrap().message,
            "it broke"
        );
    }
    let over = run([first, Step::reply(500, "Broken", "")]).await;
    let told = warnings(&over.events);
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("job-1") && told[0].contains("Broken"), "{told:?}");
}

/// WP-D-16: what made the job fail comes over.
#[tokio::test]
async fn error_of_a_failed_job_is_handed_over() {
    let error = json!({"correlationId": "r1", "message": "it broke", "fullyQualifiedErrorId": "Broken,Job",
        "errorCategory": "ResourceBusy", "exceptionType": "System.Exception", "scriptStackTrace": "at line 7",
        "positionMessage": null});
    for status in ["Failed", "Stopped"] {
        let over = run([step(&json!({"isDone": true, "status": status, "error": error}))]).await;
        let result = over.outcome.unwrap();
        let told = result.error.unwrap();
        assert_eq!((result.status.as_str(), result.name.as_str()), (status, "job-1"));
        assert_eq!(
            (told.message.as_str(), told.correlation_id.as_deref()),
            ("it broke", Some("r1"))
        );
        assert_eq!(told.script_stack_trace.as_deref(), Some("at line 7"));
        assert_eq!(told.position_message, None);
    }
}

/// 12.1, pinned by tests of the field.
#[tokio::test]
async fn elapsed_time_is_told() {
    let over = run([step(&done())]).await;
    let line = Event::Verbose("Job job-1 is Idle. Elapsed : 3s.".to_owned());
    assert!(over.events.contains(&line), "{:?}", over.events);
}

/// A cursor begins as a token does; nothing that looks like a secret is told.
#[tokio::test]
async fn cursor_is_not_in_the_addresses_that_are_told() {
    let over = run([step(&reply("Busy", false, 0, 1, "eyJzIjoi.x")), step(&done())]).await;
    let told = format!(
        "{:?}",
        over.events
            .iter()
            .filter(|event| matches!(event, Event::Verbose(_)))
            .collect::<Vec<_>>()
    );
    assert!(
        told.contains("timeoutSeconds=30&cursor=...") && !told.contains("eyJ"),
        "{told}"
    );
}

/// 12.3: streams this version does not know are left out, and nulls are nothing.
#[tokio::test]
async fn unknown_streams_and_statuses_cost_nothing() {
    let streams = json!([
        {"stream": "aura", "sequence": 0, "timeUtc": "t", "glow": 7},
        {"stream": "verbose", "sequence": 1, "timeUtc": null, "message": null},
        {"stream": "verbose", "sequence": 2, "timeUtc": "t", "message": "m2", "later": true},
    ]);
    let first = json!({"isDone": false, "status": "Dreaming", "name": null, "streams": streams, "cursor": "a.a"});
    let over = run([
        step(&first),
        step(&json!({"isDone": true, "status": "Awake", "name": ""})),
    ])
    .await;
    assert_eq!(over.messages(), ["", "m2"]);
    assert_eq!(
        (over.status(), over.outcome.as_ref().unwrap().name.as_str()),
        ("Awake", "job-1")
    );
}

/// 12.3: one warning each time the number grew, with the job and how many.
#[tokio::test]
async fn growing_losses_are_warned_of() {
    let lost = |rate: u64, size: u64| json!({"droppedCount": rate + size, "droppedRate": rate, "droppedSize": size});
    let steps = [
        step(&with(reply("Busy", false, 0, 1, "a.a"), &lost(5, 0))),
        step(&with(reply("Busy", false, 1, 1, "b.b"), &lost(5, 0))),
        step(&with(reply("Idle", true, 2, 1, "c.c"), &lost(6, 2))),
    ];
    let over = run(steps.clone()).await;
    assert_eq!(
        warnings(&over.events),
        [
            "5 records of job job-1 were dropped by the server: 5 by the rate cap, 0 by the size cap.",
            "3 records of job job-1 were dropped by the server: 1 by the rate cap, 2 by the size cap.",
        ]
    );
    let over = run_with(steps, |call| call.want_records = false).await;
    assert!(warnings(&over.events).is_empty());
}

/// A server that tells only the number gets a general text.
#[tokio::test]
async fn losses_of_unknown_cause_are_warned_of() {
    let over = run([step(&with(
        reply("Idle", true, 0, 1, "a.a"),
        &json!({"droppedCount": 4}),
    ))])
    .await;
    assert_eq!(
        warnings(&over.events),
        ["4 records of job job-1 were dropped by the server."]
    );
}

/// CM-D-03 and decisions, coalescing: servers that answer at once are asked once a second.
#[tokio::test]
async fn instant_replies_are_spaced() {
    let over = run([
        step(&reply("Busy", false, 0, 1, "a.a")),
        step(&reply("Busy", false, 1, 0, "a.a")),
        step(&busy()),
        step(&done()),
    ])
    .await;
    assert_eq!(over.pauses, [Duration::from_secs(1); 3]);
}

/// Our server spaces its replies itself; without news it is held to the same rule.
#[tokio::test]
async fn our_server_is_asked_at_once_when_it_had_news() {
    let over = run([
        ours("1", &reply("Busy", false, 0, 1, "a.a")),
        ours("1", &reply("Busy", false, 1, 1, "b.b")),
        ours("1", &reply("Busy", false, 2, 0, "b.b")),
        ours("1", &done()),
    ])
    .await;
    assert_eq!(over.pauses, [Duration::from_secs(1)]);
}

/// A restarted server has lost its jobs, which is another thing than an id that never was.
#[tokio::test]
async fn restart_of_the_server_is_warned_of() {
    let gone = json!({"isDone": true, "status": "NotFound"});
    let over = run([ours("1", &busy()), ours("2", &gone)]).await;
    assert_eq!(over.status(), "NotFound");
    assert_eq!(warnings(&over.events).len(), 1);
    let over = run([ours("1", &busy()), ours("1", &gone)]).await;
    assert!(warnings(&over.events).is_empty());
}

/// Wire protocol 6.10: a cursor the server gave and forgot; reading begins anew and nothing comes twice.
#[tokio::test]
async fn forgotten_cursor_begins_anew() {
    let over = run([
        step(&reply("Busy", false, 0, 2, "a.a")),
        Step::reply(400, "invalid_cursor", ""),
        step(&reply("Idle", true, 0, 3, "b.b")),
    ])
    .await;
    assert_eq!(over.status(), "Idle");
    assert_eq!(over.cursors(), [None, Some("a.a"), None]);
    assert_eq!(over.messages(), ["m0", "m1", "m2"]);
}

/// 12.3: a cursor of the caller's that does not fit is told; reading from the beginning would not be what was asked.
#[tokio::test]
async fn foreign_cursor_is_a_failure() {
    let over = run_with([Step::reply(400, "invalid_cursor", "")], |call| {
        call.cursor = Some("x.y".to_owned());
    })
    .await;
    assert_eq!((over.failure().kind, over.requests.len()), (FailureKind::Http, 1));
    assert!(
        over.failure()
            .message
            .starts_with("The cursor was not issued for this job"),
        "{}",
        over.failure()
    );
}

/// A server may refuse every cursor; that is no reason to ask forever.
#[tokio::test]
async fn cursor_that_is_refused_again_and_again_ends() {
    let server_steps = [
        step(&reply("Busy", false, 0, 1, "a.a")),
        Step::reply(400, "invalid_cursor", ""),
    ];
    let over = run(server_steps).await;
    assert_eq!(over.failure().kind, FailureKind::Http);
    assert_eq!(over.requests.len(), 3);
}
