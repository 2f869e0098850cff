//! Downloads that break off and go on, and digests of what comes and goes (RFC 9110 14, RFC 9530, issue 8).

mod support;

use spe_client::{Client, Events, Failure, FailureKind, Received};
use spe_testkit::http::{HttpServer, Step};
use support::{download, target, tree, upload, verbose};
use tempfile::TempDir;

const ETAG: &str = "\"one\"";
/// SHA-256 of `abcdefghij`.
const DIGEST: &str = "sha-256=:cjmTYdpqd1T+yYbcpbfLrxyBCije1KuvVrIQbQbLeLA=:";

/// The head of a reply of `length` bytes, and these of them; then the connection ends.
fn broken(more: &str, length: usize, part: &str) -> Step {
    Step::raw(format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nAccept-Ranges: bytes\r\n{more}Content-Length: {length}\r\n\r\n{part}"
    ))
    .close()
}

fn rest(range: &str, etag: &str, part: &str) -> Step {
    let headers = [("Content-Range", range), ("ETag", etag), ("Accept-Ranges", "bytes")];
    Step::reply_with(206, "Partial Content", &headers, part)
}

struct Outcome {
    received: Result<Received, Failure>,
    /// `Range` and `If-Range` of each request.
    asked: Vec<(Option<String>, Option<String>)>,
    content: Option<String>,
    lines: Vec<String>,
}

async fn fetch(steps: impl IntoIterator<Item = Step>) -> Outcome {
    let folder = TempDir::new().unwrap();
    let server = HttpServer::playing(steps).await;
    let call = download(target(&server), folder.path().join("out.txt"));
    let events = Events::new();
    let received = Client::new().download(call, &events).await;
    let header = |request: &spe_testkit::http::Request, name: &str| request.header(name).map(str::to_owned);
    let left = tree(folder.path());
    if received.is_err() {
        assert_eq!(left, Vec::<String>::new());
    }
    Outcome {
        received,
        asked: server
            .requests()
            .iter()
            .map(|request| (header(request, "range"), header(request, "if-range")))
            .collect(),
        content: std::fs::read_to_string(folder.path().join("out.txt")).ok(),
        lines: verbose(&events),
    }
}

fn asked(range: &str) -> (Option<String>, Option<String>) {
    (Some(range.to_owned()), Some(ETAG.to_owned()))
}

/// The issue: a broken transfer goes on where it stopped, as often as it takes.
#[tokio::test]
async fn a_download_goes_on_where_it_broke_off() {
    let etag = format!("ETag: {ETAG}\r\nRepr-Digest: {DIGEST}\r\n");
    let again = Step::raw(
        "HTTP/1.1 206 Partial Content\r\nETag: \"one\"\r\nContent-Range: bytes 3-9/10\r\nContent-Length: 7\r\n\r\ndef",
    );
    let outcome = fetch([
        broken(&etag, 10, "abc"),
        again.close(),
        rest("bytes 6-9/10", ETAG, "ghij"),
    ])
    .await;
    assert_eq!(outcome.received.unwrap().length, 10);
    assert_eq!(outcome.content.as_deref(), Some("abcdefghij"));
    assert_eq!(outcome.asked, [(None, None), asked("bytes=3-"), asked("bytes=6-")]);
    assert!(
        outcome
            .lines
            .iter()
            .any(|line| line.contains("Going on at byte 6 of 10")),
        "{:?}",
        outcome.lines
    );
}

/// The file is another one meanwhile, or the server sends all of it: it begins anew, and no byte of the first is left.
#[tokio::test]
async fn a_download_begins_anew_when_the_file_changed() {
    let etag = format!("ETag: {ETAG}\r\n");
    for next in [
        vec![Step::reply(200, "OK", "other bytes")],
        vec![
            Step::reply(416, "Range Not Satisfiable", ""),
            Step::reply(200, "OK", "other bytes"),
        ],
        vec![
            rest("bytes 3-9/10", "\"two\"", "defghij"),
            Step::reply(200, "OK", "other bytes"),
        ],
        vec![
            rest("bytes 2-9/10", ETAG, "cdefghij"),
            Step::reply(200, "OK", "other bytes"),
        ],
        vec![
            rest("bytes 3-10/11", ETAG, "defghijk"),
            Step::reply(200, "OK", "other bytes"),
        ],
    ] {
        let outcome = fetch([broken(&etag, 10, "abc")].into_iter().chain(next)).await;
        assert_eq!(
            (outcome.received.unwrap().length, outcome.content.as_deref()),
            (11, Some("other bytes"))
        );
    }
}

/// A server that cannot go on is asked once, as ever.
#[tokio::test]
async fn a_server_without_ranges_is_asked_once() {
    for more in [
        "",
        "ETag: W/\"weak\"\r\n",
        "ETag: \"one\"\r\nContent-Encoding: gzip\r\n",
    ] {
        let outcome = fetch([broken(more, 10, "abc")]).await;
        assert!(outcome.received.is_err(), "{more}");
        assert_eq!(outcome.asked.len(), 1, "{more}");
    }
    let plain = Step::raw("HTTP/1.1 200 OK\r\nETag: \"one\"\r\nContent-Length: 10\r\n\r\nabc").close();
    assert_eq!(fetch([plain]).await.asked.len(), 1);
}

/// What refuses to go on is the error, and nothing is left.
#[tokio::test]
async fn a_refusal_ends_it() {
    let outcome = fetch([
        broken("ETag: \"one\"\r\n", 10, "abc"),
        Step::reply(403, "Forbidden", "no more"),
    ])
    .await;
    assert_eq!(outcome.received.unwrap_err().status, 403);
}

/// RFC 9530: what is not what the server says leaves nothing.
#[tokio::test]
async fn a_damaged_download_leaves_nothing() {
    let sent = |digest: &str, body: &str| Step::reply_with(200, "OK", &[("Repr-Digest", digest)], body);
    assert!(fetch([sent(DIGEST, "abcdefghij")]).await.received.is_ok());
    assert!(fetch([sent("sha-512=:AA==:", "abc")]).await.received.is_ok());
    let failure = fetch([sent(DIGEST, "abcdefghiX")]).await.received.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Malformed);
    assert!(failure.message.contains("Repr-Digest"), "{failure}");
}

/// The same for what the server says it stored.
#[tokio::test]
async fn a_damaged_upload_is_told() {
    let folder = TempDir::new().unwrap();
    for (digest, is_good) in [
        (DIGEST, true),
        ("sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:", false),
    ] {
        let server = HttpServer::playing([Step::reply_with(200, "OK", &[("Repr-Digest", digest)], "")]).await;
        let call = upload(target(&server), folder.path(), "data.txt", b"abcdefghij");
        assert_eq!(Client::new().upload(call, &Events::new()).await.is_ok(), is_good);
    }
}
