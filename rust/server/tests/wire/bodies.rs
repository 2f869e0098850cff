//! Wire protocol 3.2.2 and WP-D-22: how bodies are sent, and what is refused about them.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::harness::{Setup, TestServer};

const TARGET: &str = "/-/script/script/?outputFormat=raw";

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn small() -> TestServer {
    TestServer::with(&Setup {
        settings: "limits.body = '4KiB'\nlimits.bodyTimeout = '1s'".into(),
        ..Setup::default()
    })
}

#[test]
fn gzip_and_identity_are_taken() {
    let server = TestServer::shared();
    let send = |coding: &str, body: Vec<u8>| {
        let request = server.request("POST", TARGET).header("Content-Encoding", coding);
        server.reply(&request.body(body)).text()
    };
    assert_eq!(send("gzip", gzip("\u{feff}'\u{e9}'".as_bytes())), "\u{e9}");
    assert_eq!(send("identity", b"'plain'".to_vec()), "plain");
}

#[test]
fn a_body_in_chunks_is_taken() {
    let server = TestServer::shared();
    let mut client = server.connect();
    client.send(
        &server
            .request("POST", TARGET)
            .header("Transfer-Encoding", "chunked")
            .bytes(),
    );
    client.send(b"3\r\n1+1\r\n2\r\n+1\r\n0\r\n\r\n");
    assert_eq!(client.reply().text(), "3");
}

#[test]
fn what_is_wrong_with_a_body_is_told() {
    let server = TestServer::shared();
    let send = |coding: &str, body: &[u8]| {
        server.reply(
            &server
                .request("POST", TARGET)
                .header("Content-Encoding", coding)
                .body(body),
        )
    };
    send("gzip", b"no gzip").is_refused(400, "gzip-broken");
    send("gzip", &gzip(b"a script that is cut")[..20]).is_refused(400, "gzip-broken");
    send("identity", b"\xff").is_refused(400, "body-not-utf8");
    let reply = send("br", b"1");
    reply.is_refused(415, "coding-unsupported");
    assert_eq!(reply.header("accept-encoding"), Some("gzip, identity"));
}

/// WP-D-24: a blank script is refused.
#[test]
fn a_blank_script_is_refused() {
    let server = TestServer::shared();
    for body in ["", " \r\n\t", "<#S1#>", "  <#S1#><Objs/>"] {
        let reply = server.script("sessionId=S1", body);
        reply.is_refused(400, "script-invalid");
        assert_eq!(reply.reason, "The specified script is invalid.");
    }
    server.get(TARGET).is_refused(400, "script-invalid");
}

/// WP-D-22: one limit, before and after gunzip, also when the size is not announced.
#[test]
fn a_body_over_the_limit_is_refused() {
    let server = small();
    let large = "#".repeat(5000);
    server.post(TARGET, large.clone()).is_refused(413, "body-too-large");
    let packed = gzip(large.as_bytes());
    let request = server
        .request("POST", TARGET)
        .header("Content-Encoding", "gzip")
        .body(packed);
    server.reply(&request).is_refused(413, "body-too-large");
    let mut client = server.connect();
    client.send(
        &server
            .request("POST", TARGET)
            .header("Transfer-Encoding", "chunked")
            .bytes(),
    );
    client.send(format!("1388\r\n{large}\r\n0\r\n\r\n").as_bytes());
    client.reply().is_refused(413, "body-too-large");
    assert_eq!(server.post(TARGET, format!("1+1{}", "#".repeat(4000))).text(), "2");
}

/// The announcement alone is enough: nothing needs to be sent, and nobody is asked for it.
#[test]
fn an_announced_size_over_the_limit_is_refused_before_it_is_sent() {
    let server = small();
    let mut client = server.connect();
    let request = server.request("POST", TARGET).header("Expect", "100-continue");
    client.send(&request.header("Content-Length", "999999999999").bytes());
    client.reply().is_refused(413, "body-too-large");
}

/// WP-D-22: a client that does not send on is not waited for without end.
#[test]
fn a_body_that_does_not_come_is_refused() {
    let server = small();
    let mut client = server.connect();
    client.send(&server.request("POST", TARGET).header("Content-Length", "10").bytes());
    client.send(b"1+1");
    client.reply().is_refused(408, "body-timeout");
}

/// A stranger's body is not even read.
#[test]
fn who_is_not_known_is_refused_whatever_the_body() {
    let server = small();
    let request = crate::harness::Request::new("POST", TARGET).body("#".repeat(5000));
    server.reply(&request).is_refused(401, "unauthorized");
}
