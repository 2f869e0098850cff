//! Connections: kept, replaced when a server closed them, dropped with the call. Client module 4.1, CM-D-22, CM-D-23.

mod support;

use std::time::Duration;

use spe_client::{Client, Events, FailureKind};
use spe_testkit::http::{Gate, HttpServer, Step};
use support::{script, target, wait};

const DONE: &str = r#"{"isDone":true,"status":"Idle"}"#;

#[tokio::test]
async fn connection_is_kept_for_the_next_call() {
    let server = HttpServer::playing([Step::reply(200, "OK", "answer")]).await;
    let client = Client::new();
    for _ in 0..3 {
        client
            .run_script(script(target(&server)), &Events::new())
            .await
            .unwrap();
    }
    assert_eq!(server.connections(), 1);
}

/// The part of a refusal that is not read must not cost the connection's order.
#[tokio::test]
async fn connection_is_kept_after_a_refusal() {
    let server = HttpServer::playing([Step::reply(500, "Broken", "why"), Step::reply(200, "OK", "answer")]).await;
    let client = Client::new();
    client
        .run_script(script(target(&server)), &Events::new())
        .await
        .unwrap_err();
    client
        .run_script(script(target(&server)), &Events::new())
        .await
        .unwrap();
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn held_wait_does_not_block_other_calls() {
    let gate = Gate::new();
    let held = Step::json(DONE).behind(&gate);
    let server = HttpServer::start(move |request| match request.method.as_str() {
        "GET" => held.clone(),
        _ => Step::reply(200, "OK", "meanwhile"),
    })
    .await;
    let client = Client::new();
    let call = wait(target(&server));
    let waiting = tokio::spawn({
        let client = client.clone();
        async move { client.wait(call, &Events::new()).await }
    });
    server.received(1).await;
    let reply = client
        .run_script(script(target(&server)), &Events::new())
        .await
        .unwrap();
    assert_eq!(reply.body, "meanwhile");
    gate.open();
    assert_eq!(waiting.await.unwrap().unwrap().status, "Idle");
}

/// A server may close what is idle at any time; that is nothing a script has to fail for.
#[tokio::test]
async fn idle_connection_that_was_closed_is_replaced() {
    let server = HttpServer::playing([Step::reply(200, "OK", "answer").close()]).await;
    let client = Client::new();
    for count in 1..=20 {
        client
            .run_script(script(target(&server)), &Events::new())
            .await
            .unwrap();
        server.closed(count).await;
    }
    assert_eq!(server.connections(), 20);
}

/// The server closes the connection in the moment it is used again: what may be sent twice is sent again at once.
#[tokio::test]
async fn connection_closed_in_the_moment_of_use_is_replaced() {
    let server = HttpServer::start(|request| match (request.connection, request.index) {
        (0, 0) => Step::reply(200, "OK", "first"),
        (0, _) => Step::raw("").close(),
        _ => Step::json(DONE),
    })
    .await;
    let client = Client::new();
    client.cleanup(target(&server), &Events::new()).await.unwrap();
    let events = Events::new();
    client.wait(wait(target(&server)), &events).await.unwrap();
    assert_eq!((server.connections(), server.requests().len()), (2, 3));
    let told = support::verbose(&events);
    assert!(!told.iter().any(|line| line.contains("Trying again")), "{told:?}");
}

/// A script may have run by then, so its caller has to decide.
#[tokio::test]
async fn script_is_not_sent_twice() {
    let server = HttpServer::playing([Step::reply(200, "OK", "first"), Step::raw("").close()]).await;
    let client = Client::new();
    client
        .run_script(script(target(&server)), &Events::new())
        .await
        .unwrap();
    let failure = client
        .run_script(script(target(&server)), &Events::new())
        .await
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::Transport);
    assert_eq!(server.requests().len(), 2);
}

/// On a new connection the same is a failure, or a server that always hangs up would be asked forever.
#[tokio::test]
async fn new_connection_that_is_closed_is_a_failure() {
    let server = HttpServer::playing([Step::raw("").close()]).await;
    let failure = Client::new()
        .cleanup(target(&server), &Events::new())
        .await
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::Transport);
    assert_eq!(server.requests().len(), 1);
}

/// Dropping the call drops the connection at once, so that the server can stop the script.
#[tokio::test]
async fn dropped_call_closes_its_connection_before_a_reply() {
    let server = HttpServer::playing([Step::stall()]).await;
    let call = script(target(&server));
    let calling = tokio::spawn(async move { Client::new().run_script(call, &Events::new()).await });
    server.received(1).await;
    calling.abort();
    server.given_up(1).await;
}

#[tokio::test]
async fn dropped_call_closes_its_connection_within_a_reply() {
    let part = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<Objs";
    let server = HttpServer::playing([Step::raw(part).until_client_closes()]).await;
    let (client, call) = (Client::new(), script(target(&server)));
    let calling = tokio::spawn({
        let client = client.clone();
        async move { client.run_script(call, &Events::new()).await }
    });
    server.received(1).await;
    calling.abort();
    server.given_up(1).await;
    drop(client);
}

#[tokio::test]
async fn dropped_wait_closes_its_connection_and_the_client_is_usable() {
    let server = HttpServer::playing([Step::stall(), Step::json(DONE)]).await;
    let (client, call) = (Client::new(), wait(target(&server)));
    let waiting = tokio::spawn({
        let (client, call) = (client.clone(), call.clone());
        async move { client.wait(call, &Events::new()).await }
    });
    server.received(1).await;
    waiting.abort();
    server.given_up(1).await;
    assert_eq!(client.wait(call, &Events::new()).await.unwrap().status, "Idle");
}

/// A call that is dropped while it pauses sends nothing more.
#[tokio::test]
async fn dropped_call_does_not_retry() {
    let server = HttpServer::playing([Step::reply_with(429, "Later", &[("Retry-After", "60")], "")]).await;
    let mut call = script(target(&server));
    call.max_retries = 3;
    let events = std::sync::Arc::new(Events::new());
    let calling = tokio::spawn({
        let events = events.clone();
        async move { Client::new().run_script(call, &events).await }
    });
    while !events
        .next()
        .await
        .iter()
        .any(|event| format!("{event:?}").contains("Trying again"))
    {}
    calling.abort();
    assert!(calling.await.unwrap_err().is_cancelled());
    assert_eq!(server.requests().len(), 1);
}

/// Bounds belong to the call, not to the pool.
#[tokio::test]
async fn calls_with_other_bounds_work_side_by_side() {
    let server = HttpServer::playing([Step::reply(200, "OK", "answer")]).await;
    let client = Client::new();
    for seconds in [1, 2, 3, 1, 2, 3] {
        let mut target = target(&server);
        target.connect_timeout = Duration::from_secs(seconds);
        target.operation_timeout = Some(Duration::from_mins(seconds));
        client.run_script(script(target), &Events::new()).await.unwrap();
    }
    assert_eq!(server.connections(), 3);
}

/// The boundary spawns calls, so their futures have to move between threads.
#[test]
fn calls_can_be_spawned() {
    fn spawnable<T: Send>(_: T) {}
    let (client, events) = (Client::new(), Events::new());
    let target = support::target_at("http://host.test");
    spawnable(client.run_script(script(target.clone()), &events));
    spawnable(client.test(target.clone(), &events));
    spawnable(client.cleanup(target.clone(), &events));
    spawnable(client.wait(wait(target), &events));
}
