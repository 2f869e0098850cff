//! Another try after 429 and 503, and after nothing else: client module 8.6, 8.8 and 24, CM-D-08, CM-D-38.

mod support;

use std::time::Duration;

use spe_client::{Events, FailureKind};
use spe_testkit::http::{HttpServer, Step};
use support::{TestClock, script, target, verbose};

fn later(status: u16, retry_after: &str) -> Step {
    Step::reply_with(status, "Later", &[("Retry-After", retry_after)], "")
}

fn answer() -> Step {
    Step::reply(200, "OK", "answer")
}

async fn run(
    steps: impl IntoIterator<Item = Step>,
    max_retries: u32,
) -> (HttpServer, TestClock, Vec<String>, Result<String, FailureKind>) {
    let server = HttpServer::playing(steps).await;
    let (clock, events) = (TestClock::default(), Events::new());
    let mut call = script(target(&server));
    call.max_retries = max_retries;
    let outcome = clock.client().run_script(call, &events).await;
    let outcome = outcome.map(|reply| reply.body).map_err(|failure| failure.kind);
    (server, clock, verbose(&events), outcome)
}

#[tokio::test]
async fn without_retries_there_is_one_request() {
    let (server, clock, _, outcome) = run([later(503, "1"), answer()], 0).await;
    assert_eq!(outcome, Err(FailureKind::Unavailable));
    assert_eq!((server.requests().len(), clock.pauses().len()), (1, 0));
}

#[tokio::test]
async fn server_is_asked_again_after_the_time_it_names() {
    for status in [429, 503] {
        let (server, clock, _, outcome) = run([later(status, "7"), answer()], 1).await;
        assert_eq!(outcome.as_deref(), Ok("answer"));
        assert_eq!(clock.pauses(), [Duration::from_secs(7)]);
        let requests = server.requests();
        assert_eq!((requests.len(), requests[0].text()), (2, requests[1].text()));
    }
}

#[tokio::test]
async fn date_is_a_time_too() {
    // 90 s from the clock of these tests, and 60 s are the most.
    let (_, clock, _, _) = run(
        [
            later(429, "Thu, 01 Jan 2026 00:00:09 GMT"),
            later(429, "Thu, 01 Jan 2026 00:01:39 GMT"),
            answer(),
        ],
        2,
    )
    .await;
    assert_eq!(clock.pauses(), [9, 60].map(Duration::from_secs));
}

/// CM-D-08: a token minted before a long pause would have run out.
#[tokio::test]
async fn each_attempt_has_its_own_token() {
    let (server, ..) = run([later(429, "60"), answer()], 1).await;
    let tokens: Vec<_> = server
        .requests()
        .iter()
        .map(|request| request.header("authorization").unwrap().to_owned())
        .collect();
    assert_ne!(tokens[0], tokens[1]);
}

#[tokio::test]
async fn retries_end_with_the_refusal() {
    let (server, clock, _, outcome) = run([later(429, "1")], 2).await;
    assert_eq!(outcome, Err(FailureKind::Throttled));
    assert_eq!((server.requests().len(), clock.pauses().len()), (3, 2));
}

/// 8.8: seconds, attempt, maximum and status.
#[tokio::test]
async fn each_retry_is_told() {
    let (_, _, lines, _) = run([later(429, "3"), later(503, ""), answer()], 5).await;
    let lines: Vec<_> = lines.iter().filter(|line| line.contains("Trying again")).collect();
    assert_eq!(
        lines,
        [
            "The server answered 429 (Later). Trying again in 3 s, retry 1 of 5.",
            "The server answered 503 (Later). Trying again in 2 s, retry 2 of 5.",
        ]
    );
}

#[tokio::test]
async fn other_refusals_are_final() {
    for status in [400, 401, 403, 404, 500, 502, 504] {
        let (server, _, _, outcome) = run([Step::reply(status, "No", ""), answer()], 10).await;
        assert!(outcome.is_err(), "{status}");
        assert_eq!(server.requests().len(), 1, "{status}");
    }
}

/// What was sent may have run (8.6).
#[tokio::test]
async fn broken_connections_are_final_for_scripts() {
    let (server, _, _, outcome) = run([Step::raw("").close(), answer()], 10).await;
    assert_eq!(outcome, Err(FailureKind::Transport));
    assert_eq!(server.requests().len(), 1);
}

/// 8.8: the budget of the key, when it has one.
#[tokio::test]
async fn rate_limit_of_a_success_is_told() {
    let headers = [
        ("X-RateLimit-Limit", "60"),
        ("X-RateLimit-Remaining", "59"),
        ("X-RateLimit-Reset", "1767225660"),
    ];
    let (_, _, lines, _) = run([Step::reply_with(200, "OK", &headers, "answer")], 0).await;
    let line = "Rate limit: X-RateLimit-Limit=60, X-RateLimit-Remaining=59, X-RateLimit-Reset=1767225660.";
    assert!(lines.iter().any(|other| other == line), "{lines:?}");
    let (_, _, lines, _) = run([answer()], 0).await;
    assert!(!lines.iter().any(|line| line.contains("Rate limit")), "{lines:?}");
}

/// 8.8: where the call goes, and that the script is on its way.
#[tokio::test]
async fn call_and_transfer_are_told_in_order() {
    let (server, _, lines, _) = run([answer()], 0).await;
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines.iter().any(|line| line.contains(&server.authority())), "{lines:?}");
    assert_eq!(lines[1..], ["Transferring the script.", "The transfer is complete."]);
}
