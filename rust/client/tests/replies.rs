//! What becomes of a reply's body: client module 4.1 and 9, wire protocol 4.

mod support;

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use spe_client::{Client, Events, Reply};
use spe_testkit::http::{HttpServer, Step};
use support::{script, target};

async fn reply(step: Step) -> Reply {
    let server = HttpServer::playing([step]).await;
    Client::new()
        .run_script(script(target(&server)), &Events::new())
        .await
        .unwrap()
}

fn packed(coding: &str, body: &[u8]) -> Step {
    Step::reply_with(200, "OK", &[("Content-Encoding", coding)], body)
}

#[tokio::test]
async fn packed_bodies_are_unpacked() {
    let text = "packed ".repeat(10_000);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    assert_eq!(reply(packed("gzip", &gzip.finish().unwrap())).await.body, text);
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    zlib.write_all(text.as_bytes()).unwrap();
    assert_eq!(reply(packed("deflate", &zlib.finish().unwrap())).await.body, text);
}

#[tokio::test]
async fn body_in_chunks_is_put_together() {
    let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    assert_eq!(reply(Step::raw(chunks)).await.body, "abcde");
}

/// HTTP/1.0 servers end a body by closing.
#[tokio::test]
async fn body_that_ends_with_the_connection_is_whole() {
    assert_eq!(
        reply(Step::raw("HTTP/1.1 200 OK\r\n\r\nto the end").close()).await.body,
        "to the end"
    );
}

/// An empty body is no output, not an error.
#[tokio::test]
async fn empty_body_is_empty() {
    assert_eq!(reply(Step::reply(200, "OK", "")).await.body, "");
    assert_eq!(reply(Step::raw("HTTP/1.1 204 No Content\r\n\r\n")).await.status, 204);
}

#[tokio::test]
async fn body_is_utf_8_with_or_without_a_mark() {
    assert_eq!(
        reply(Step::reply(200, "OK", "\u{e9}\u{4e16}")).await.body,
        "\u{e9}\u{4e16}"
    );
    assert_eq!(reply(Step::reply(200, "OK", "\u{feff}marked")).await.body, "marked");
    assert_eq!(
        reply(Step::reply(200, "OK", b"not \xff text")).await.body,
        "not \u{fffd} text"
    );
}

#[tokio::test]
async fn large_body_arrives_whole() {
    let text = "0123456789".repeat(1_000_000);
    assert!(reply(Step::reply(200, "OK", &text)).await.body == text);
}

#[tokio::test]
async fn request_id_is_handed_over() {
    let step = Step::reply_with(200, "OK", &[("X-SPE-RequestId", "0a1b2c3d")], "");
    assert_eq!(reply(step).await.request_id, "0a1b2c3d");
}
