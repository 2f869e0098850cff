//! Files on their way from a server (client module 17, wire protocol 3.6 and 3.8): what is written, and what is left when
//! it goes wrong.

mod support;

use std::path::Path;
use std::time::Duration;

use spe_client::{Client, Events, Failure, FailureKind, Received, RemotePlace};
use spe_testkit::http::{HttpServer, Step};
use support::{download, file, media, progress, target, tree, verbose, warnings};
use tempfile::TempDir;

const FAR: Duration = Duration::from_mins(1);

const DISPOSITION: (&str, &str) = ("Content-Disposition", "attachment; filename=\"data.xml\"");

fn sent(content: impl AsRef<[u8]>) -> Step {
    Step::reply_with(200, "OK", &[DISPOSITION], content)
}

/// Fetches to `out.xml` in a new folder.
async fn fetch(step: Step, force: bool, folder: &Path) -> Result<Received, Failure> {
    let server = HttpServer::playing([step]).await;
    let mut call = download(target(&server), folder.join("out.xml"));
    call.force = force;
    let outcome = Client::new().download(call, &Events::new()).await;
    assert_eq!(server.requests().len(), 1, "a download is asked for once");
    outcome
}

/// The failure of a download, which leaves nothing behind.
async fn failure(step: Step) -> Failure {
    let folder = TempDir::new().unwrap();
    let failure = fetch(step, false, folder.path()).await.unwrap_err();
    assert_eq!(tree(folder.path()), Vec::<String>::new());
    failure
}

async fn written(step: Step) -> Vec<u8> {
    let folder = TempDir::new().unwrap();
    let received = fetch(step, false, folder.path()).await.unwrap();
    assert_eq!(tree(folder.path()), ["out.xml"]);
    let content = std::fs::read(folder.path().join("out.xml")).unwrap();
    assert_eq!(received.length, content.len() as u64);
    assert!(received.written);
    content
}

/// Client module 5.
#[tokio::test]
async fn routes_are_those_of_the_protocol() {
    for (place, expected) in [
        (file("App", "data.xml"), "/-/script/file/App/?path=data.xml&"),
        (
            file("custom", r"C:\x\a b.xml"),
            "/-/script/file/custom/?path=C:%5Cx%5Ca%20b.xml&",
        ),
        (media("web", "/Images/cat"), "/-/script/media/web/Images/cat/?"),
    ] {
        let server = HttpServer::playing([sent("x")]).await;
        let folder = TempDir::new().unwrap();
        let mut call = download(target(&server), folder.path().join("out.xml"));
        call.place = place;
        Client::new().download(call, &Events::new()).await.unwrap();
        let request = server.requests().remove(0);
        assert_eq!((request.method.as_str(), request.target.as_str()), ("GET", expected));
        assert!(request.body.is_empty());
        assert!(request.header("authorization").unwrap().starts_with("Bearer "));
    }
}

/// CM-D-16.
#[tokio::test]
async fn dot_segments_are_refused() {
    let server = HttpServer::playing([sent("x")]).await;
    let folder = TempDir::new().unwrap();
    for place in [file("App", "../web.config"), media("master", r"a\..\..\b")] {
        let mut call = download(target(&server), folder.path().join("out.xml"));
        call.place = place.clone();
        let failure = Client::new().download(call, &Events::new()).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::InvalidInput);
        let (RemotePlace::File { path, .. } | RemotePlace::Media { path, .. }) = place;
        assert!(failure.message.contains(&path), "{failure}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn bytes_are_written_as_they_are() {
    let content: Vec<u8> = (0..3_000_000_u32).map(|number| (number % 251) as u8).collect();
    assert!(written(sent(&content)).await == content);
}

/// Client module 17.3: a body without bytes is an empty file.
#[tokio::test]
async fn empty_body_is_an_empty_file() {
    assert!(written(sent("")).await.is_empty());
}

#[tokio::test]
async fn body_in_chunks_is_put_together() {
    let body = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n";
    assert_eq!(written(Step::raw(body)).await, b"abcdefg");
}

#[tokio::test]
async fn body_up_to_the_end_of_the_connection_is_whole() {
    let body = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nabc";
    assert_eq!(written(Step::raw(body).close()).await, b"abc");
}

/// Client module 4.1: replies may come packed; the file is not.
#[tokio::test]
async fn packed_body_is_unpacked() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, &vec![7; 100_000]).unwrap();
    let packed = encoder.finish().unwrap();
    let step = Step::reply_with(200, "OK", &[DISPOSITION, ("Content-Encoding", "gzip")], packed);
    assert!(written(step).await == vec![7; 100_000]);
}

/// Client module 17.2: no bytes and nothing said of any.
#[tokio::test]
async fn reply_without_content_writes_nothing_and_says_so() {
    for step in [
        Step::raw("HTTP/1.1 204 No Content\r\n\r\n"),
        Step::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ] {
        let server = HttpServer::playing([step]).await;
        let folder = TempDir::new().unwrap();
        let events = Events::new();
        let call = download(target(&server), folder.path().join("out.xml"));
        let received = Client::new().download(call, &events).await.unwrap();
        assert_eq!((received.path, received.written), (None, false));
        assert!(tree(folder.path()).is_empty());
        assert!(warnings(&events.drain())[0].contains("/data.xml"));
    }
}

/// The issue: a download that breaks off leaves neither the target nor a temporary file.
#[tokio::test]
async fn short_body_leaves_nothing() {
    for part in [
        "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ] {
        assert_eq!(
            failure(Step::raw(part).close()).await.kind,
            FailureKind::Transport,
            "{part}"
        );
    }
}

#[tokio::test]
async fn broken_packing_leaves_nothing() {
    let step = Step::reply_with(200, "OK", &[("Content-Encoding", "gzip")], "not gzip");
    assert_eq!(failure(step).await.kind, FailureKind::Malformed);
}

#[tokio::test]
async fn refusals_leave_nothing_and_are_told() {
    for (status, phrase, kind) in [
        (403, "Path is not allowed.", FailureKind::Forbidden),
        (404, "The specified path is invalid.", FailureKind::Http),
        (429, "Too Many Requests", FailureKind::Throttled),
        (503, "Service Unavailable", FailureKind::Unavailable),
        (424, "Method Failure", FailureKind::Http),
    ] {
        let failure = failure(Step::reply_with(status, phrase, &[("Retry-After", "5")], "x")).await;
        assert_eq!((failure.kind, failure.status), (kind, status));
        assert_eq!(failure.reason_phrase, phrase);
    }
}

/// A server that explains its 404 is there; the hint that it may not be is left out.
#[tokio::test]
async fn explained_404_gets_no_other_explanation() {
    let explained = failure(Step::reply(404, "The specified path is invalid.", "")).await;
    assert!(!explained.message.contains("installed"), "{explained}");
    let plain = failure(Step::reply(404, "Not Found", "")).await;
    assert!(plain.message.contains("installed"), "{plain}");
}

/// CM-D-09: a login page is not the file.
#[tokio::test]
async fn page_in_html_is_not_written() {
    let page = Step::reply_with(200, "OK", &[("Content-Type", "text/html")], "<html>log in</html>");
    assert_eq!(failure(page).await.kind, FailureKind::Malformed);
}

/// A file may be a page, if the server says that it is a file.
#[tokio::test]
async fn file_of_html_is_written() {
    let page = Step::reply_with(200, "OK", &[DISPOSITION, ("Content-Type", "text/html")], "<html>");
    assert_eq!(written(page).await, b"<html>");
}

#[tokio::test]
async fn redirect_within_the_origin_is_followed() {
    let redirect = Step::reply_with(302, "Found", &[("Location", "/other/")], "moved");
    let server = HttpServer::playing([redirect, sent("abc")]).await;
    let folder = TempDir::new().unwrap();
    let call = download(target(&server), folder.path().join("out.xml"));
    Client::new().download(call, &Events::new()).await.unwrap();
    assert_eq!(server.requests()[1].target, "/other/");
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn redirect_to_another_origin_is_a_failure() {
    let elsewhere = HttpServer::playing([sent("abc")]).await;
    let failure = failure(Step::reply_with(302, "Found", &[("Location", &elsewhere.uri())], "")).await;
    assert_eq!(failure.status, 302);
    assert!(elsewhere.requests().is_empty());
}

/// Client module 17.3: a file that is there is kept, and what was said about it names it.
#[tokio::test]
async fn existing_file_is_kept_without_force() {
    let server = HttpServer::playing([sent("new")]).await;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("out.xml");
    std::fs::write(&path, "old").unwrap();
    let events = Events::new();
    let received = Client::new()
        .download(download(target(&server), path.clone()), &events)
        .await
        .unwrap();
    assert_eq!((received.path.as_ref(), received.written), (Some(&path), false));
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
    assert_eq!(tree(folder.path()), ["out.xml"]);
    let lines = verbose(&events).join("\n");
    assert!(
        lines.contains("Skipping") && lines.contains(path.to_str().unwrap()),
        "{lines}"
    );
}

#[tokio::test]
async fn existing_file_is_replaced_with_force() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("out.xml");
    std::fs::write(&path, "a longer old content").unwrap();
    assert!(fetch(sent("new"), true, folder.path()).await.unwrap().written);
    assert_eq!(std::fs::read(&path).unwrap(), b"new");
    assert_eq!(tree(folder.path()), ["out.xml"]);
}

/// A failure half-way leaves the old file as it was.
#[tokio::test]
async fn failure_with_force_keeps_the_old_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("out.xml");
    std::fs::write(&path, "old").unwrap();
    let part = Step::raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc").close();
    fetch(part, true, folder.path()).await.unwrap_err();
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
    assert_eq!(tree(folder.path()), ["out.xml"]);
}

/// What another program makes of the same name meanwhile is not overwritten.
#[tokio::test]
async fn file_made_meanwhile_is_kept_without_force() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("out.xml");
    let uri = format!("http://{}", listener.local_addr().unwrap());
    let call = download(support::target_at(&uri), path.clone());
    let fetching = tokio::spawn(async move { Client::new().download(call, &Events::new()).await });
    let (mut connection, _) = listener.accept().await.unwrap();
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na";
    tokio::io::AsyncWriteExt::write_all(&mut connection, head)
        .await
        .unwrap();
    part_of(folder.path()).await;
    std::fs::write(&path, "other").unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut connection, b"bc")
        .await
        .unwrap();
    assert!(!fetching.await.unwrap().unwrap().written);
    assert_eq!(std::fs::read(&path).unwrap(), b"other");
    assert_eq!(tree(folder.path()), ["out.xml"]);
}

/// Waits until a download is being written in `folder`.
async fn part_of(folder: &Path) {
    let appears = async {
        while tree(folder).is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(FAR, appears).await.unwrap();
}

/// Ctrl+C in the middle of a download leaves neither the target nor a temporary file, and the server can tell.
#[tokio::test]
async fn dropping_a_download_leaves_nothing() {
    let part = Step::raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc");
    let server = HttpServer::playing([part.until_client_closes()]).await;
    let folder = TempDir::new().unwrap();
    let call = download(target(&server), folder.path().join("out.xml"));
    let fetching = tokio::spawn(async move { Client::new().download(call, &Events::new()).await });
    part_of(folder.path()).await;
    fetching.abort();
    assert!(fetching.await.unwrap_err().is_cancelled());
    assert!(tree(folder.path()).is_empty());
    server.given_up(1).await;
}

#[tokio::test]
async fn progress_is_told_while_it_goes_on() {
    let part = Step::raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc");
    let server = HttpServer::playing([part.until_client_closes()]).await;
    let folder = TempDir::new().unwrap();
    let call = download(target(&server), folder.path().join("out.xml"));
    let events = std::sync::Arc::new(Events::new());
    let fetching = tokio::spawn({
        let events = events.clone();
        async move { Client::new().download(call, &events).await }
    });
    assert_eq!(progress(&events).await, (3, Some(1000)));
    fetching.abort();
}

/// CM-D-05: the bound of the session is the only clock, and holds to the last byte.
#[tokio::test]
async fn operation_timeout_is_the_bound() {
    let part = Step::raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc");
    let server = HttpServer::playing([part.until_client_closes()]).await;
    let folder = TempDir::new().unwrap();
    let mut call = download(target(&server), folder.path().join("out.xml"));
    call.target.operation_timeout = Some(Duration::from_millis(200));
    let failure = Client::new().download(call, &Events::new()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Timeout);
    assert!(tree(folder.path()).is_empty());
}

/// Directories are made; one that is a file is told.
#[tokio::test]
async fn directory_that_cannot_be_made_is_named() {
    let server = HttpServer::playing([sent("abc")]).await;
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("taken"), "").unwrap();
    let path = folder.path().join("taken/deeper/out.xml");
    let failure = Client::new()
        .download(download(target(&server), path.clone()), &Events::new())
        .await
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::FileWrite);
    assert!(failure.message.contains(path.to_str().unwrap()), "{failure}");
    assert_eq!(tree(folder.path()), ["taken"]);
}

/// No user, root included, makes files there.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn missing_permission_is_named() {
    let server = HttpServer::playing([sent("abc")]).await;
    let call = download(target(&server), "/sys/kernel/out.xml".into());
    let failure = Client::new().download(call, &Events::new()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::FileWrite);
    assert!(
        failure.message.starts_with("/sys/kernel/out.xml cannot be written."),
        "{failure}"
    );
}

/// The mode is what the umask leaves, not that of files for secrets.
#[cfg(unix)]
#[tokio::test]
async fn mode_is_as_usual() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new().unwrap();
    fetch(sent("abc"), false, folder.path()).await.unwrap();
    std::fs::write(folder.path().join("usual"), "").unwrap();
    let [usual, written] = ["usual", "out.xml"].map(|name| {
        let about = std::fs::metadata(folder.path().join(name)).unwrap();
        about.permissions().mode()
    });
    assert_eq!(written, usual);
}

/// Client module 17.3: URL, kind and path, length, content type, file name, creation, end.
#[tokio::test]
async fn verbose_lines_tell_what_happens() {
    let server = HttpServer::playing([Step::reply_with(
        200,
        "OK",
        &[DISPOSITION, ("Content-Type", "text/xml")],
        "abc",
    )])
    .await;
    let folder = TempDir::new().unwrap();
    let events = Events::new();
    let path = folder.path().join("out.xml");
    Client::new()
        .download(download(target(&server), path.clone()), &events)
        .await
        .unwrap();
    let lines = verbose(&events).join("\n");
    let shown = path.to_str().unwrap();
    for word in [
        "/-/script/file/App/",
        "the file /data.xml",
        "3 bytes",
        "text/xml",
        "data.xml",
        "Creating",
        shown,
        "complete",
    ] {
        assert!(lines.contains(word), "{word} is not in {lines}");
    }
}
