//! Connections: kept, slow, and what is no HTTP. Whoever reads a request two ways can smuggle one (RFC 9112 6.1, 6.3, 11.2).

use crate::harness::{Beacon, Client, Request, Setup, TestServer};

const TEST: &str = "/-/script/script/?action=test";

/// What a server answers to bytes that are no request: refused with a 4xx and closed, or closed at once.
fn is_turned_away(client: &mut Client) {
    if let Some(reply) = client.try_reply() {
        assert!((400..500).contains(&reply.status), "{}", reply.status);
    }
    assert!(client.is_closed(), "the connection goes on after what was no request");
}

#[test]
fn a_connection_takes_request_after_request() {
    let server = TestServer::shared();
    let mut client = server.connect();
    for _ in 0..3 {
        assert_eq!(client.exchange(&server.request("GET", TEST)).status, 200);
        client
            .exchange(&Request::new("GET", "/nothing"))
            .is_refused(404, "route-unknown");
        assert_eq!(
            client
                .exchange(&server.request("POST", "/-/script/script/").body("1"))
                .status,
            200
        );
    }
}

/// Two requests at once are answered in order.
#[test]
fn pipelined_requests_are_answered_in_order() {
    let server = TestServer::shared();
    let mut client = server.connect();
    let first = server.request("POST", "/-/script/script/?outputFormat=raw").body("'a'");
    client.send(&[first.bytes(), server.request("GET", TEST).bytes()].concat());
    assert_eq!(client.reply().text(), "a");
    assert_eq!(client.reply().json()["SPEVersion"], env!("CARGO_PKG_VERSION"));
}

/// A refused body is read away, so that the next request is not read out of it.
#[test]
fn what_follows_a_refused_body_is_a_request() {
    let server = TestServer::shared();
    let mut client = server.connect();
    let inside = Request::new("GET", "/smuggled").bytes();
    client
        .exchange(&Request::new("POST", TEST).body(inside))
        .is_refused(401, "unauthorized");
    assert_eq!(client.exchange(&server.request("GET", TEST)).status, 200);
    assert!(!server.log.text().contains("/smuggled"));
}

#[test]
fn a_connection_is_closed_when_asked() {
    let server = TestServer::shared();
    let mut client = server.connect();
    let reply = client.exchange(&server.request("GET", TEST).header("Connection", "close"));
    assert_eq!(reply.status, 200);
    assert!(client.is_closed());
}

/// RFC 9112 6.1: a length and a coding, or two lengths, are no request; nothing after them is one either.
#[test]
fn lengths_that_contradict_are_turned_away() {
    let server = TestServer::shared();
    let token = server.sign(&server.spec(crate::harness::ADMIN));
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    for lines in [
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5, 6\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 5x\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Content-Length: 4\r\nTransfer-Encoding: gzip\r\n",
    ] {
        let mut client = server.connect();
        let head = format!("POST {TEST} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n{lines}\r\n");
        client.send(format!("{head}0\r\n\r\n{smuggled}").as_bytes());
        is_turned_away(&mut client);
        assert!(!server.log.text().contains("/smuggled"), "{lines}");
    }
}

/// RFC 9112 6.1: where both stand the coding counts, and the connection must not be used on, since somebody on the way may
/// have seen another end of the body.
#[test]
fn a_length_beside_chunks_never_hides_a_request() {
    let server = TestServer::shared();
    for lines in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
    ] {
        let mut client = server.connect();
        let token = server.sign(&server.spec(crate::harness::ADMIN));
        let head = format!("POST {TEST} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n{lines}\r\n");
        client.send(format!("{head}0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes());
        let reply = client.reply();
        assert_eq!((reply.status, reply.header("connection")), (200, Some("close")));
        assert!(client.is_closed());
        assert!(!server.log.text().contains("/smuggled"), "{lines}");
    }
}

/// RFC 9112 6.1: a coding that the server does not undo would hide where the body ends. The reply says so and is the last.
#[test]
fn codings_beside_chunked_are_refused_and_end_the_connection() {
    let server = TestServer::shared();
    for lines in [
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: identity, chunked\r\n",
        "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
    ] {
        let mut client = server.connect();
        let head = format!("POST {TEST} HTTP/1.1\r\nHost: x\r\n{lines}\r\n");
        client.send(format!("{head}0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes());
        let reply = client.reply();
        reply.is_refused(400, "transfer-coding-invalid");
        assert_eq!(reply.header("connection"), Some("close"));
        assert!(client.is_closed(), "{lines}");
        assert!(!server.log.text().contains("/smuggled"), "{lines}");
    }
}

/// RFC 9112 3.2: one host, which target and header agree on.
#[test]
fn a_request_names_one_host() {
    let server = TestServer::shared();
    for (target, lines) in [
        (TEST, ""),
        (TEST, "Host: a\r\nHost: a\r\n"),
        (TEST, "Host: a\r\nHost: b\r\n"),
        (TEST, "Host:\r\n"),
        (TEST, "Host: a b\r\n"),
        (TEST, "Host: a/b\r\n"),
        (TEST, "Host: u@a\r\n"),
        ("http://b/-/script/script/?action=test", "Host: a\r\n"),
    ] {
        let mut client = server.connect();
        client
            .send(format!("GET {target} HTTP/1.1\r\n{lines}\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes());
        let reply = client.reply();
        reply.is_refused(400, "host-invalid");
        assert!(client.is_closed(), "{lines}");
    }
    assert!(!server.log.text().contains("/smuggled"));
}

#[test]
fn bad_chunks_are_turned_away() {
    let server = TestServer::shared();
    for chunks in [
        "x\r\n1\r\n0\r\n\r\n",
        "-1\r\n1\r\n0\r\n\r\n",
        "1\r\n11\r\n0\r\n\r\n",
        "fffffffffffffffff\r\n",
    ] {
        let mut client = server.connect();
        client.send(
            &server
                .request("POST", "/-/script/script/")
                .header("Transfer-Encoding", "chunked")
                .bytes(),
        );
        client.send(chunks.as_bytes());
        is_turned_away(&mut client);
    }
    assert_eq!(server.raw("1+1"), "2");
}

/// WP-D-22: headers are bounded.
#[test]
fn large_headers_are_turned_away() {
    let server = TestServer::shared();
    let mut client = server.connect();
    client.send(
        &server
            .request("GET", TEST)
            .header("X-Large", &"x".repeat(40_000))
            .bytes(),
    );
    assert_eq!(client.reply().status, 431);
    assert!(client.is_closed());
    let mut client = server.connect();
    let many = (0..1000).fold(server.request("GET", TEST), |request, n| {
        request.header(&format!("X-{n}"), "x")
    });
    client.send(&many.bytes());
    is_turned_away(&mut client);
    assert_eq!(server.get(TEST).status, 200);
}

#[test]
fn what_is_no_http_is_turned_away() {
    let server = TestServer::shared();
    for text in [
        "\x16\x03\x01\x02\x00\x01\x00\x01\u{fc}\x03\x03\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/3.0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\0c\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut client = server.connect();
        client.send(text.as_bytes());
        is_turned_away(&mut client);
    }
    assert_eq!(server.get(TEST).status, 200);
}

/// A client that sends its headers letter by letter is not waited for without end.
#[test]
fn slow_headers_are_turned_away() {
    let server = TestServer::with(&Setup {
        settings: "limits.headerTimeout = '1s'".into(),
        ..Setup::default()
    });
    let mut client = server.connect();
    client.send(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow");
    is_turned_away(&mut client);
    is_turned_away(&mut server.connect());
    let mut second = server.connect();
    second.exchange(&server.request("GET", TEST));
    second.send(b"GET / HTTP/1.1\r\n");
    is_turned_away(&mut second);
}

/// WP-D-22: between two requests a connection has a time of its own.
#[test]
fn idle_connections_end() {
    let server = TestServer::with(&Setup {
        settings: "limits.idleTimeout = '1s'".into(),
        ..Setup::default()
    });
    let mut idle = server.connect();
    idle.exchange(&server.request("GET", TEST));
    assert!(idle.is_closed());
}

/// A client that goes away is noticed whatever it sent behind its request.
#[test]
fn a_client_that_goes_away_behind_pipelined_requests_is_noticed() {
    let server = TestServer::shared();
    let beacon = Beacon::new();
    let mut client = server.connect();
    let script = server.request("POST", "/-/script/script/").body(beacon.script("1"));
    // The server does not read on while it has something to do, so the end stands behind what it has not read.
    let behind = server.request("GET", TEST).bytes().repeat(40);
    client.send(&[script.bytes(), behind].concat());
    let running = beacon.arrival();
    drop(client);
    running.ended();
}

/// A client that goes away in the middle of a body leaves nothing behind.
#[test]
fn a_body_that_breaks_off_runs_nothing() {
    let server = TestServer::shared();
    let mut client = server.connect();
    let request = server
        .request("POST", "/-/script/script/?sessionId=cut-1")
        .header("Content-Length", "100");
    client.send(&request.bytes());
    client.send(b"1+1");
    drop(client);
    assert_eq!(server.raw("1+1"), "2");
    assert!(!server.log.text().contains("session=cut-1"));
}
