//! Failures below HTTP and replies that break the protocol: each is told by its layer, and the next call works.

mod support;

use std::time::Duration;

use spe_client::{Client, Events, Failure, FailureKind, Reply};
use spe_testkit::http::{HttpServer, Step};
use support::{script, target, target_at};
use tokio::net::TcpListener;

/// The outcome of a call that is answered with `step`, after which a second call on the same client has to work.
async fn outcome(step: Step) -> Result<Reply, Failure> {
    let server = HttpServer::playing([step, Step::reply(200, "OK", "second")]).await;
    let (client, target) = (Client::new(), target(&server));
    let outcome = client.run_script(script(target.clone()), &Events::new()).await;
    assert_eq!(server.requests().len(), 1, "a script is sent once");
    let second = client.run_script(script(target), &Events::new()).await.unwrap();
    assert_eq!(second.body, "second");
    outcome
}

async fn failure(step: Step) -> Failure {
    outcome(step).await.unwrap_err()
}

fn whole(headers: &str, body: &str) -> Step {
    Step::raw(format!(
        "HTTP/1.1 200 OK\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}

#[tokio::test]
async fn close_before_the_reply_is_transport() {
    let failure = failure(Step::raw("").close()).await;
    assert_eq!(failure.kind, FailureKind::Transport);
    assert!(failure.message.contains("broke"), "{failure}");
    assert!(failure.message.ends_with("The script may have run."), "{failure}");
}

#[tokio::test]
async fn close_in_the_headers_is_transport() {
    let failure = failure(Step::raw("HTTP/1.1 200 OK\r\nContent-Le").close()).await;
    assert_eq!(failure.kind, FailureKind::Transport);
}

#[tokio::test]
async fn close_in_the_body_is_transport() {
    let failure = failure(Step::raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<Objs").close()).await;
    assert_eq!(failure.kind, FailureKind::Transport);
}

#[tokio::test]
async fn close_in_a_chunk_is_transport() {
    let chunk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n<Objs";
    assert_eq!(failure(Step::raw(chunk).close()).await.kind, FailureKind::Transport);
}

/// A packed body that breaks off on the wire is the wire's fault, not the packer's.
#[tokio::test]
async fn close_in_a_packed_body_is_transport() {
    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1000\r\n\r\n";
    let step = Step::raw([head.as_bytes(), &[0x1f, 0x8b, 8, 0, 0, 0]].concat()).close();
    assert_eq!(failure(step).await.kind, FailureKind::Transport);
}

#[tokio::test]
async fn other_protocols_are_transport_and_named_so() {
    let failure = failure(Step::raw("SSH-2.0-OpenSSH_9.6\r\n").close()).await;
    assert_eq!(failure.kind, FailureKind::Transport);
    assert!(failure.message.contains("not HTTP"), "{failure}");
}

#[tokio::test]
async fn nonsense_for_a_status_is_transport() {
    let failure = failure(Step::raw("HTTP/1.1 9999 What\r\nContent-Length: 0\r\n\r\n").close()).await;
    assert_eq!(failure.kind, FailureKind::Transport);
}

#[tokio::test]
async fn broken_gzip_is_malformed() {
    let failure = failure(whole("Content-Encoding: gzip\r\n", "not gzip")).await;
    assert_eq!(failure.kind, FailureKind::Malformed);
}

#[tokio::test]
async fn page_in_html_is_malformed_and_named_so() {
    for (headers, body) in [
        ("Content-Type: text/html; charset=utf-8\r\n", "<p>log in</p>"),
        ("", "\n<!DOCTYPE HTML><html>"),
        ("", "<html>x"),
    ] {
        let failure = failure(whole(headers, body)).await;
        assert_eq!(failure.kind, FailureKind::Malformed);
        assert!(failure.message.contains("HTML"), "{failure}");
        assert_eq!(failure.status, 200);
    }
}

/// Raw output may be HTML that a script made; only the media type makes it a page.
#[tokio::test]
async fn html_as_raw_output_is_output() {
    let server = HttpServer::playing([Step::reply(200, "OK", "<html>made by a script</html>")]).await;
    let mut call = script(target(&server));
    call.output_format = "raw".to_owned();
    let reply = Client::new().run_script(call, &Events::new()).await.unwrap();
    assert_eq!(reply.body, "<html>made by a script</html>");
}

#[tokio::test]
async fn test_that_is_not_answered_in_json_is_malformed() {
    for body in ["<p>hello</p>", "", "\"text\""] {
        let server = HttpServer::playing([Step::reply(200, "OK", body)]).await;
        let failure = Client::new().test(target(&server), &Events::new()).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Malformed, "{body:?}");
    }
}

#[tokio::test]
async fn refused_connection_is_named_with_its_address() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let call = script(target_at(&format!("http://{address}")));
    let failure = Client::new().run_script(call, &Events::new()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Connect);
    assert!(failure.message.contains(&address.to_string()), "{failure}");
    assert!(failure.message.contains("refused"), "{failure}");
}

#[tokio::test]
async fn unknown_name_is_dns() {
    let call = script(target_at("http://no-such-host.invalid"));
    let failure = Client::new().run_script(call, &Events::new()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Dns);
    assert!(failure.message.contains("no-such-host.invalid"), "{failure}");
}

#[tokio::test]
async fn tls_to_a_plain_server_is_tls() {
    let server = HttpServer::playing([Step::raw("HTTP/1.1 400 Bad Request\r\n\r\n").close()]).await;
    let call = script(target_at(&format!("https://{}", server.authority())));
    let failure = Client::new().run_script(call, &Events::new()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Tls, "{failure}");
}

#[tokio::test]
async fn tls_handshake_that_breaks_off_is_tls() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let accepting = tokio::spawn(async move { listener.accept().await.unwrap().0.into_std().unwrap() });
    let call = script(target_at(&format!("https://{address}")));
    let calling = tokio::spawn(async move { Client::new().run_script(call, &Events::new()).await });
    drop(accepting.await.unwrap());
    let failure = calling.await.unwrap().unwrap_err();
    assert_eq!(failure.kind, FailureKind::Tls, "{failure}");
}

/// The bound, its value and the setting are named (decisions: no hidden clock).
#[tokio::test]
async fn operation_timeout_is_named() {
    let server = HttpServer::playing([Step::stall()]).await;
    let mut target = target(&server);
    target.operation_timeout = Some(Duration::from_millis(50));
    let failure = Client::new()
        .run_script(script(target), &Events::new())
        .await
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::Timeout);
    for word in ["operation timeout", "0.05 s", "OperationTimeout", &server.authority()] {
        assert!(failure.message.contains(word), "{failure}");
    }
    server.given_up(1).await;
}

/// The bound holds until the last byte of the body.
#[tokio::test]
async fn operation_timeout_covers_the_body() {
    let part = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<Objs";
    let server = HttpServer::playing([Step::raw(part).until_client_closes()]).await;
    let mut target = target(&server);
    target.operation_timeout = Some(Duration::from_millis(200));
    let failure = Client::new()
        .run_script(script(target), &Events::new())
        .await
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::Timeout);
}

/// A listener whose queue is full neither accepts nor refuses.
#[tokio::test]
async fn connect_timeout_is_named() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queued = Vec::new();
    while let Ok(stream) =
        tokio::time::timeout(Duration::from_millis(300), tokio::net::TcpStream::connect(address)).await
    {
        queued.push(stream.unwrap());
    }
    let mut target = target_at(&format!("http://{address}"));
    target.connect_timeout = Duration::from_millis(50);
    let failure = Client::new()
        .run_script(script(target), &Events::new())
        .await
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::Timeout);
    for word in ["connect timeout", "0.05 s", "ConnectTimeout", &address.to_string()] {
        assert!(failure.message.contains(word), "{failure}");
    }
}
