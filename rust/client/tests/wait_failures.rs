//! Waits that are refused, lost or not understood: client module 11 and 12.1, CM-D-07, CM-D-09, CM-D-10.

mod support;

use std::time::Duration;

use spe_client::{Events, FailureKind, WaitResult};
use spe_testkit::http::{Gate, HttpServer, Step};
use support::{TestClock, script, target, target_at, wait};
use tokio::net::TcpListener;

const BUSY: &str = r#"{"isDone":false,"status":"Busy"}"#;
const DONE: &str = r#"{"isDone":true,"status":"Idle"}"#;

fn later(status: u16) -> Step {
    Step::reply_with(status, "Later", &[("Retry-After", "3")], "")
}

fn hangup() -> Step {
    Step::raw("").close()
}

fn page() -> Step {
    Step::reply_with(200, "OK", &[("Content-Type", "text/html")], "<html>not found</html>")
}

async fn run(
    steps: impl IntoIterator<Item = Step>,
) -> (HttpServer, TestClock, Result<WaitResult, spe_client::Failure>) {
    let server = HttpServer::playing(steps).await;
    let clock = TestClock::default();
    let mut call = wait(target(&server));
    call.delay = Duration::from_secs(4);
    let outcome = clock.client().wait(call, &Events::new()).await;
    (server, clock, outcome)
}

/// CM-D-07: a refusal is a failure, never an end, and says what it means for the job.
#[tokio::test]
async fn refusal_is_a_failure_and_not_the_end_of_the_job() {
    for (status, kind) in [
        (400, FailureKind::Http),
        (401, FailureKind::Authentication),
        (403, FailureKind::Forbidden),
        (500, FailureKind::Http),
    ] {
        let (server, _, outcome) = run([Step::reply(status, "Refused", "")]).await;
        let failure = outcome.unwrap_err();
        assert_eq!((failure.kind, failure.status), (kind, status));
        assert!(failure.message.contains("not the job job-1"), "{failure}");
        assert_eq!(server.requests().len(), 1);
    }
}

/// Two retries in a row; a reply begins the count anew.
#[tokio::test]
async fn busy_server_is_asked_again() {
    for status in [429, 503] {
        let wait = || later(status);
        let (server, clock, outcome) = run([wait(), wait(), Step::json(BUSY), wait(), wait(), Step::json(DONE)]).await;
        assert_eq!(outcome.unwrap().status, "Idle");
        assert_eq!(server.requests().len(), 6);
        assert_eq!(clock.pauses(), [3, 3, 1, 3, 3].map(Duration::from_secs));
    }
}

#[tokio::test]
async fn busy_server_is_a_failure_in_the_end() {
    for (status, kind) in [(429, FailureKind::Throttled), (503, FailureKind::Unavailable)] {
        let (server, _, outcome) = run([later(status)]).await;
        assert_eq!(outcome.unwrap_err().kind, kind);
        assert_eq!(server.requests().len(), 3);
    }
}

/// CM-D-09: servers without the route, and sites that answer everything with a page.
#[tokio::test]
async fn server_without_the_route_is_told() {
    let not_ours = [
        Step::reply(404, "Not Found", ""),
        page(),
        Step::reply(200, "OK", ""),
        Step::json("{}"),
        Step::json(r#""text""#),
        Step::json("[1]"),
    ];
    for step in not_ours {
        let (server, _, outcome) = run([step]).await;
        let result = outcome.unwrap();
        assert!(result.not_supported);
        assert_eq!((result.status.as_str(), server.requests().len()), ("NotSupported", 1));
    }
}

/// A server that had the route a moment ago has it still; a balancer may show a page while it restarts.
#[tokio::test]
async fn route_that_answered_before_is_asked_again() {
    let (_, clock, outcome) = run([
        Step::json(BUSY),
        page(),
        Step::reply(404, "Not Found", ""),
        Step::json(DONE),
    ])
    .await;
    assert_eq!(outcome.unwrap().status, "Idle");
    assert_eq!(clock.pauses(), [1, 4, 4].map(Duration::from_secs));
    let (server, _, outcome) = run([Step::json(BUSY), page()]).await;
    assert_eq!(outcome.unwrap_err().kind, FailureKind::Malformed);
    assert_eq!(server.requests().len(), 11);
}

/// CM-D-10: the connection may break, and the wait goes on after its delay.
#[tokio::test]
async fn broken_connection_is_tried_again() {
    let cut = Step::raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"isDone\"").close();
    let (server, clock, outcome) = run([hangup(), cut, Step::raw("nonsense\r\n").close(), Step::json(DONE)]).await;
    assert_eq!(outcome.unwrap().status, "Idle");
    assert_eq!(server.requests().len(), 4);
    assert_eq!(clock.pauses(), [Duration::from_secs(4); 3]);
}

/// CM-D-10: but not forever.
#[tokio::test]
async fn broken_connections_end_the_wait() {
    let (server, clock, outcome) = run([hangup()]).await;
    let failure = outcome.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Transport);
    assert!(failure.message.contains("failure 10 in a row"), "{failure}");
    assert!(failure.message.contains("not the job job-1"), "{failure}");
    assert_eq!((server.requests().len(), clock.pauses().len()), (10, 9));
}

/// Each lost connection is told, with the pause that follows.
#[tokio::test]
async fn lost_connection_is_told() {
    let server = HttpServer::playing([hangup(), Step::json(DONE)]).await;
    let events = Events::new();
    let mut call = wait(target(&server));
    call.delay = Duration::from_secs(4);
    TestClock::default().client().wait(call, &events).await.unwrap();
    let lines = support::verbose(&events);
    assert!(
        lines
            .iter()
            .any(|line| line.contains("broke") && line.contains("Trying again in 4 s")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn refused_connections_end_the_wait() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let clock = TestClock::default();
    let call = wait(target_at(&format!("http://{address}")));
    let failure = clock.client().wait(call, &Events::new()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Connect);
    assert!(failure.message.contains(&address.to_string()), "{failure}");
}

/// A name that never resolved is a typing error, not a storm to sit out.
#[tokio::test]
async fn unknown_name_ends_the_wait_at_once() {
    let clock = TestClock::default();
    let call = wait(target_at("http://no-such-host.invalid"));
    let failure = clock.client().wait(call, &Events::new()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Dns);
    assert!(clock.pauses().is_empty());
}

/// The operation timeout bounds scripts; a hold is meant to take its time.
#[tokio::test]
async fn operation_timeout_does_not_end_a_hold() {
    let gate = Gate::new();
    let held = Step::json(DONE).behind(&gate);
    let server = HttpServer::start(move |request| match request.method.as_str() {
        "GET" => held.clone(),
        _ => Step::stall(),
    })
    .await;
    let mut target = target(&server);
    target.operation_timeout = Some(Duration::from_millis(50));
    let client = TestClock::default().client();
    let (call, script) = (wait(target.clone()), script(target));
    let waiting = tokio::spawn({
        let client = client.clone();
        async move { client.wait(call, &Events::new()).await }
    });
    server.received(1).await;
    let failure = client.run_script(script, &Events::new()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Timeout);
    gate.open();
    assert_eq!(waiting.await.unwrap().unwrap().status, "Idle");
    assert_eq!(server.requests().len(), 2);
}

/// What cannot be sent has nothing to do with the job, and nothing is sent.
#[tokio::test]
async fn call_that_cannot_be_sent_is_refused() {
    let client = TestClock::default().client();
    let mut call = wait(target_at("http://host.test"));
    call.job_id.clear();
    let failure = client.wait(call, &Events::new()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::InvalidInput);
    let mut call = wait(target_at("http://host.test"));
    call.target.credential = Some(spe_client::Credential::AccessToken("".into()));
    let failure = client.wait(call, &Events::new()).await.unwrap_err();
    assert_eq!(failure.message, "The access token is empty.");
}
