//! Files on their way to a server (client module 16, wire protocol 3.7 and 3.9).

mod support;

use std::time::Duration;

use spe_client::{Client, Events, Failure, FailureKind, RemotePlace, UploadCall};
use spe_testkit::http::{HttpServer, Request, Step};
use support::{TestClock, file, media, progress, target, target_at, tree, upload, verbose};
use tempfile::TempDir;
use tokio::net::TcpListener;

fn stored() -> Step {
    Step::reply(200, "OK", "")
}

/// Far more than is read ahead and than the buffers of a connection hold.
const LARGE: u64 = 64 << 20;

/// An upload of a large file to a server that does nothing by itself.
async fn large(folder: &TempDir) -> (TcpListener, UploadCall) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let call = upload(target_at(&address), folder.path(), "data.xml", b"");
    std::fs::File::create(&call.source).unwrap().set_len(LARGE).unwrap();
    (listener, call)
}

/// Sends `content` to `place` and returns the one request that came.
async fn request(place: RemotePlace, content: &[u8]) -> Request {
    let server = HttpServer::playing([stored()]).await;
    let folder = TempDir::new().unwrap();
    let mut call = upload(target(&server), folder.path(), "data.xml", content);
    call.place = place;
    Client::new().upload(call, &Events::new()).await.unwrap();
    let mut requests = server.requests();
    assert_eq!(requests.len(), 1);
    requests.remove(0)
}

/// Sends one byte to a server that does `step`.
async fn failure(step: Step) -> Failure {
    let server = HttpServer::playing([step]).await;
    let folder = TempDir::new().unwrap();
    let call = upload(target(&server), folder.path(), "data.xml", b"x");
    let failure = Client::new().upload(call, &Events::new()).await.unwrap_err();
    assert_eq!(server.requests().len(), 1, "an upload is sent once");
    failure
}

/// Client module 5: raw bytes of known length, without a media type.
#[tokio::test]
async fn bytes_arrive_as_they_are() {
    let content: Vec<u8> = (0..3_000_000_u32).map(|number| (number % 251) as u8).collect();
    let request = request(file("App", "/data.xml"), &content).await;
    assert!(request.body == content, "{} bytes came", request.body.len());
    assert_eq!(request.method, "POST");
    assert_eq!(request.header("content-length"), Some("3000000"));
    for absent in ["content-type", "content-encoding", "transfer-encoding"] {
        assert_eq!(request.header(absent), None, "{absent}");
    }
    assert!(request.header("authorization").unwrap().starts_with("Bearer "));
}

/// The issue: uploads of zero bytes work.
#[tokio::test]
async fn empty_file_has_a_length() {
    let request = request(file("App", "/data.xml"), b"").await;
    assert_eq!(request.header("content-length"), Some("0"));
    assert!(request.body.is_empty());
}

/// Client module 5 and CM-D-16: values and segments are encoded, none can end its place in the URL.
#[tokio::test]
async fn paths_are_encoded() {
    for (place, target) in [
        (file("App", "/data.xml"), "/-/script/file/App/?path=/data.xml&"),
        (
            file("custom", r"C:\x\new.xml"),
            "/-/script/file/custom/?path=C:%5Cx%5Cnew.xml&",
        ),
        (
            file("Temp", "a b#c&d+e%f?g=h.txt"),
            "/-/script/file/Temp/?path=a%20b%23c%26d%2Be%25f%3Fg%3Dh.txt&",
        ),
        (file("Temp", "\u{e9}.txt"), "/-/script/file/Temp/?path=%C3%A9.txt&"),
        (
            media("master", "Images/site/photo.jpg"),
            "/-/script/media/master/Images/site/photo.jpg/?",
        ),
        (
            media("master", r"\Images\a b#c?d%2e.jpg"),
            "/-/script/media/master/Images/a%20b%23c%3Fd%252e.jpg/?",
        ),
        (
            media("master", "{110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9}"),
            "/-/script/media/master/%7B110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9%7D/?",
        ),
    ] {
        assert_eq!(request(place, b"x").await.target, target);
    }
}

/// Client module 5: the order of the switches is what test doubles look at.
#[tokio::test]
async fn switches_of_media_are_in_the_query() {
    let server = HttpServer::playing([stored()]).await;
    let folder = TempDir::new().unwrap();
    for (skip_unpack, skip_existing) in [(true, true), (false, true), (true, false)] {
        let mut call = upload(target(&server), folder.path(), "a.zip", b"x");
        call.place = media("master", "a.zip");
        (call.skip_unpack, call.skip_existing) = (skip_unpack, skip_existing);
        Client::new().upload(call, &Events::new()).await.unwrap();
    }
    let queries = server.requests().into_iter().map(|request| request.target);
    let queries: Vec<_> = queries
        .map(|target| target.split_once('?').unwrap().1.to_owned())
        .collect();
    assert_eq!(
        queries,
        [
            "&skipunpack=true&skipexisting=true",
            "&skipexisting=true",
            "&skipunpack=true"
        ]
    );
}

/// CM-D-16: what reads URLs collapses dot segments, so a path with one is refused, and named.
#[tokio::test]
async fn dot_segments_are_refused() {
    let server = HttpServer::playing([stored()]).await;
    let folder = TempDir::new().unwrap();
    for place in [
        file("App", "../web.config"),
        file("App", r"a\..\b.xml"),
        file("App", "a/./b.xml"),
        media("master", "a/../../b.jpg"),
        media("..", "b.jpg"),
    ] {
        let mut call = upload(target(&server), folder.path(), "data.xml", b"x");
        call.place = place.clone();
        let failure = Client::new().upload(call, &Events::new()).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::InvalidInput, "{place:?}");
        let (RemotePlace::File { path, .. } | RemotePlace::Media { path, .. }) = place;
        assert!(failure.message.contains(&path), "{failure}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn path_without_a_name_is_refused() {
    for place in [file("App", "/"), media("master", r"\"), media("", "a.jpg")] {
        let folder = TempDir::new().unwrap();
        let mut call = upload(target_at("http://127.0.0.1:1"), folder.path(), "data.xml", b"x");
        call.place = place;
        let failure = Client::new().upload(call, &Events::new()).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::InvalidInput);
    }
}

/// Client module 16.2: a source that is missing or a directory is told as that.
#[tokio::test]
async fn source_that_is_no_file_is_named() {
    let folder = TempDir::new().unwrap();
    let mut call = upload(target_at("http://127.0.0.1:1"), folder.path(), "data.xml", b"x");
    for (source, word) in [
        (folder.path().join("no [such].file"), "does not exist"),
        (folder.path().to_owned(), "is a directory"),
    ] {
        call.source.clone_from(&source);
        let failure = Client::new().upload(call.clone(), &Events::new()).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::FileRead);
        assert!(failure.message.contains(word), "{failure}");
        assert!(failure.message.contains(source.to_str().unwrap()), "{failure}");
    }
}

/// A pipe has no length and would be waited for without end.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn source_that_is_a_device_is_refused() {
    let folder = TempDir::new().unwrap();
    let mut call = upload(target_at("http://127.0.0.1:1"), folder.path(), "data.xml", b"x");
    call.source = "/dev/zero".into();
    let failure = Client::new().upload(call, &Events::new()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::FileRead);
    assert!(failure.message.contains("no regular file"), "{failure}");
}

/// What was promised as the length can no longer be kept; the file is named, not the connection.
#[tokio::test]
async fn file_that_becomes_shorter_is_named() {
    let folder = TempDir::new().unwrap();
    let (listener, call) = large(&folder).await;
    let source = call.source.clone();
    let sending = tokio::spawn(async move { Client::new().upload(call, &Events::new()).await });
    let (mut connection, _) = listener.accept().await.unwrap();
    std::fs::File::options()
        .write(true)
        .open(&source)
        .unwrap()
        .set_len(1)
        .unwrap();
    let taking = tokio::spawn(async move { tokio::io::copy(&mut connection, &mut tokio::io::sink()).await });
    let failure = sending.await.unwrap().unwrap_err();
    assert_eq!(failure.kind, FailureKind::FileRead);
    assert!(failure.message.contains(source.to_str().unwrap()), "{failure}");
    assert!(failure.message.contains("shorter"), "{failure}");
    let _ = taking.await.unwrap();
}

/// Client module 16.2: status and reason reach the caller.
#[tokio::test]
async fn refusals_keep_status_and_reason() {
    for (status, phrase, kind) in [
        (403, "Path is not allowed.", FailureKind::Forbidden),
        (404, "Not Found", FailureKind::Http),
        (500, "Internal Server Error", FailureKind::Http),
        (401, "Unauthorized", FailureKind::Authentication),
    ] {
        let failure = failure(Step::reply(status, phrase, "")).await;
        assert_eq!((failure.kind, failure.status), (kind, status));
        assert_eq!(failure.reason_phrase, phrase);
    }
}

/// Client module 16.2 and CM-D-38: no retry, and what the server asked for is told in either form.
#[tokio::test]
async fn throttling_is_told_and_not_retried() {
    for (status, kind, retry_after) in [
        (429, FailureKind::Throttled, "7"),
        (503, FailureKind::Unavailable, "Sun, 06 Nov 1994 08:49:44 GMT"),
    ] {
        let failure = failure(Step::reply_with(status, "Busy", &[("Retry-After", retry_after)], "")).await;
        assert_eq!((failure.kind, failure.retry_after.as_str()), (kind, retry_after));
        assert!(failure.message.contains(retry_after), "{failure}");
    }
}

/// CM-D-02: the cause of a transport failure is told, and what may have happened.
#[tokio::test]
async fn lost_reply_says_what_may_have_happened() {
    let failure = failure(Step::raw("").close()).await;
    assert_eq!(failure.kind, FailureKind::Transport);
    assert!(failure.message.ends_with("The file may have been stored."), "{failure}");
}

/// A server that has enough of a file often just closes the connection.
#[tokio::test]
async fn connection_closed_in_the_middle_says_how_far_it_was() {
    let folder = TempDir::new().unwrap();
    let (listener, call) = large(&folder).await;
    let sending = tokio::spawn(async move { Client::new().upload(call, &Events::new()).await });
    drop(listener.accept().await.unwrap());
    let failure = sending.await.unwrap().unwrap_err();
    assert_eq!(failure.kind, FailureKind::Transport);
    assert!(failure.message.contains(&format!("of {LARGE} bytes")), "{failure}");
}

/// A pooled connection that was closed meanwhile costs another attempt, which reads the file anew.
#[tokio::test]
async fn closed_connection_is_replaced_and_the_file_is_whole() {
    let folder = TempDir::new().unwrap();
    let server = HttpServer::start(|request| match request.index {
        // The second request reaches a server that has just given up the connection it comes by.
        1 => Step::raw("").close(),
        _ => stored(),
    })
    .await;
    let client = Client::new();
    for content in [b"first".as_slice(), b"second"] {
        let call = upload(target(&server), folder.path(), "data.xml", content);
        client.upload(call, &Events::new()).await.unwrap();
    }
    let last = server.requests().pop().unwrap();
    assert_eq!((last.index, last.body.as_slice()), (2, b"second".as_slice()));
}

/// A file is not sent a second time to a place that its user did not name, on no origin.
#[tokio::test]
async fn redirects_are_told_and_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let failure = failure(Step::reply_with(status, "Moved", &[("Location", "/elsewhere?t=1")], "")).await;
        assert_eq!((failure.kind, failure.status), (FailureKind::Http, status));
        assert!(failure.message.contains("/elsewhere"), "{failure}");
    }
}

/// CM-D-09: a login page is not a stored file.
#[tokio::test]
async fn page_in_html_is_no_success() {
    let page = Step::reply_with(200, "OK", &[("Content-Type", "text/html")], "<html>log in</html>");
    assert_eq!(failure(page).await.kind, FailureKind::Malformed);
}

/// WP-D-05: stock servers take an upload without bytes for a download of what is there.
#[tokio::test]
async fn empty_file_taken_for_a_download_is_told() {
    let folder = TempDir::new().unwrap();
    let disposition = [("Content-Disposition", "attachment; filename=\"data.xml\"")];
    for (step, word) in [
        (Step::reply_with(200, "OK", &disposition, "old content"), "not changed"),
        (Step::reply(404, "The specified path is invalid.", ""), "is empty"),
    ] {
        let server = HttpServer::playing([step]).await;
        let call = upload(target(&server), folder.path(), "data.xml", b"");
        let failure = Client::new().upload(call, &Events::new()).await.unwrap_err();
        assert!(failure.message.contains(word), "{failure}");
    }
}

/// A server that refuses before it has read a large file is heard.
#[tokio::test]
async fn early_refusal_is_heard() {
    let folder = TempDir::new().unwrap();
    let (listener, call) = large(&folder).await;
    let sending = tokio::spawn(async move { Client::new().upload(call, &Events::new()).await });
    let (mut connection, _) = listener.accept().await.unwrap();
    let refusal = b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    tokio::io::AsyncWriteExt::write_all(&mut connection, refusal)
        .await
        .unwrap();
    let failure = sending.await.unwrap().unwrap_err();
    assert_eq!((failure.status, failure.reason_phrase.as_str()), (413, "Too Large"));
}

/// The issue: the server can tell a transfer that was given up.
#[tokio::test]
async fn dropping_an_upload_drops_its_connection() {
    let server = HttpServer::playing([Step::stall()]).await;
    let folder = TempDir::new().unwrap();
    let call = upload(target(&server), folder.path(), "data.xml", b"x");
    let sending = tokio::spawn(async move { Client::new().upload(call, &Events::new()).await });
    server.received(1).await;
    sending.abort();
    server.given_up(1).await;
}

/// CM-D-05: no clock but the operation timeout, which names itself.
#[tokio::test]
async fn operation_timeout_is_the_bound() {
    let server = HttpServer::playing([Step::stall()]).await;
    let folder = TempDir::new().unwrap();
    let mut call = upload(target(&server), folder.path(), "data.xml", b"x");
    call.target.operation_timeout = Some(Duration::from_millis(50));
    let failure = Client::new().upload(call, &Events::new()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Timeout);
    assert!(failure.message.contains("OperationTimeout"), "{failure}");
}

/// The server takes nothing more, so that the bytes taken so far are what is told last.
#[tokio::test]
async fn progress_is_told_while_it_goes_on() {
    let folder = TempDir::new().unwrap();
    let (listener, call) = large(&folder).await;
    let events = std::sync::Arc::new(Events::new());
    let sending = tokio::spawn({
        let events = events.clone();
        async move { Client::new().upload(call, &events).await }
    });
    let _connection = listener.accept().await.unwrap();
    let (done, total) = progress(&events).await;
    assert_eq!(total, Some(LARGE));
    assert!(done > 0 && done < LARGE, "{done}");
    sending.abort();
}

#[tokio::test]
async fn verbose_lines_name_address_and_file() {
    let server = HttpServer::playing([stored()]).await;
    let folder = TempDir::new().unwrap();
    let (events, clock) = (Events::new(), TestClock::default());
    let call = upload(target(&server), folder.path(), "data.xml", b"12345");
    let source = call.source.to_str().unwrap().to_owned();
    clock.client().upload(call, &events).await.unwrap();
    let lines = verbose(&events).join("\n");
    for word in ["/-/script/file/App/?path=/data.xml&", &source, "5 bytes", "complete"] {
        assert!(lines.contains(word), "{lines}");
    }
    assert_eq!(tree(folder.path()), ["data.xml"]);
}
