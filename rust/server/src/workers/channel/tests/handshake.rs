//! From the first frame to `ready`.

use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::workers::fake::*;
use crate::workers::worker::Worker;

async fn open_with(speak: impl AsyncFnOnce(&mut Peer)) -> String {
    let (stream, mut peer) = pair();
    speak(&mut peer).await;
    drop(peer);
    let body = FakeBody::default();
    let opened = within(Worker::open(stream, body.clone(), bounds(), &CancellationToken::new())).await;
    assert!(body.was_ended());
    opened.err().unwrap()
}

#[tokio::test]
async fn the_server_greets_first_and_says_its_versions() {
    let (stream, mut peer) = pair();
    let body = FakeBody::default();
    let opening = tokio::spawn(async move { Worker::open(stream, body, bounds(), &CancellationToken::new()).await });
    let (hello, _) = peer.next().await;
    let expected = json!({ "type": "hello", "protocol": 1, "speVersion": "10.0.0", "sitecoreVersion": "10.4.0" });
    assert_eq!(hello, expected);
    peer.ready().await;
    let worker = within(opening).await.unwrap().unwrap();
    assert_eq!(worker.engine.engine_version, "7.6.0");
}

#[tokio::test]
async fn a_process_that_ends_before_it_is_ready_is_told_with_how_it_ended_and_what_it_said() {
    let error = open_with(async |_: &mut Peer| {}).await;
    assert_eq!(error, "the process ended before it was ready (exit code 5): no libc");
}

#[tokio::test]
async fn a_worker_of_another_version_is_refused() {
    let error = open_with(async |peer: &mut Peer| {
        let ready = json!({ "type": "ready", "protocol": 2, "engine": "pwsh", "engineVersion": "7.6.0" });
        peer.send(ready, b"").await;
    })
    .await;
    assert!(error.contains("the worker is of another version"), "{error}");
}

#[tokio::test]
async fn a_first_frame_other_than_ready_is_refused() {
    let error = open_with(async |peer: &mut Peer| peer.done(1).await).await;
    assert!(error.contains("the first frame is not 'ready'"), "{error}");
}

#[tokio::test]
async fn a_start_is_given_up_when_the_server_stops() {
    let (stream, _peer) = pair();
    let (body, stop) = (FakeBody::default(), CancellationToken::new());
    stop.cancel();
    let opened = within(Worker::open(stream, body.clone(), bounds(), &stop)).await;
    assert!(opened.is_err());
    assert!(body.was_ended());
}
