//! Where a download is written (client module 17.3), and which names of servers are taken (CM-D-32).

mod support;

use std::path::Path;

use spe_client::{Client, DownloadCall, Events, Failure, FailureKind};
use spe_testkit::http::{HttpServer, Step};
use support::{download, file, media, target, tree};
use tempfile::TempDir;

/// A download in a folder `d`, which stands in a folder of its own so that nothing may appear beside it.
struct Case {
    root: TempDir,
    server: HttpServer,
}

impl Case {
    /// A server that sends a file with this header about its name.
    async fn with_header(disposition: Option<&str>) -> Self {
        let headers: Vec<_> = disposition
            .map(|value| ("Content-Disposition", value))
            .into_iter()
            .collect();
        let root = TempDir::new().unwrap();
        std::fs::create_dir(root.path().join("d")).unwrap();
        Self {
            root,
            server: HttpServer::playing([Step::reply_with(200, "OK", &headers, "x")]).await,
        }
    }

    async fn named(name: &str) -> Self {
        Self::with_header(Some(&format!("attachment; filename=\"{name}\""))).await
    }

    fn folder(&self) -> std::path::PathBuf {
        self.root.path().join("d")
    }

    /// A media item to `d/destination`; with a slash at the end it is meant as a directory.
    fn media(&self, path: &str, destination: &str) -> DownloadCall {
        let mut call = download(
            target(&self.server),
            self.folder().join(destination.trim_end_matches('/')),
        );
        call.place = media("master", path);
        call.into_directory = destination.ends_with('/');
        call
    }

    fn file(&self, path: &str, destination: &str) -> DownloadCall {
        let mut call = self.media("any", destination);
        call.place = file("App", path);
        call
    }

    /// What is there afterwards.
    async fn written(&self, call: DownloadCall) -> Vec<String> {
        let received = Client::new().download(call, &Events::new()).await.unwrap();
        assert!(received.path.unwrap().starts_with(self.folder()));
        files(self.root.path())
    }

    async fn failure(&self, call: DownloadCall) -> Failure {
        let failure = Client::new().download(call, &Events::new()).await.unwrap_err();
        assert!(files(self.root.path()).is_empty(), "{:?}", files(self.root.path()));
        failure
    }
}

/// Files below `root`, without directories.
fn files(root: &Path) -> Vec<String> {
    let mut files = tree(root);
    files.retain(|path| root.join(path).is_file());
    files
}

/// The table of client module 17.3.
#[tokio::test]
async fn table_of_the_specification() {
    let id = "{110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9}";
    for (destination, path, name, container, expected) in [
        ("cover1.jpg", id, "x.jpg", false, "d/cover1.jpg"),
        ("out/", "/Images/cover", "cover.jpg", false, "d/out/cover.jpg"),
        ("out/cover", "/Images/cover", "cover.jpg", false, "d/out/cover.jpg"),
        (
            "m",
            "/Default Website/cover",
            "cover.jpg",
            true,
            "d/m/Default Website/cover.jpg",
        ),
    ] {
        let case = Case::named(name).await;
        let mut call = case.media(path, destination);
        call.container = container;
        assert_eq!(case.written(call).await, [expected]);
    }
}

/// A destination without an extension, which is no part of the source's name, is a directory.
#[tokio::test]
async fn other_destination_without_extension_is_a_directory() {
    let case = Case::named("cover.jpg").await;
    assert_eq!(
        case.written(case.media("/Images/cover", "discover")).await,
        ["d/discover/cover.jpg"]
    );
}

/// Required beyond: a destination that exists as a directory, or ends in a separator, is one, whatever its name.
#[tokio::test]
async fn directory_with_a_full_stop_is_a_directory() {
    let case = Case::named("cover.jpg").await;
    std::fs::create_dir(case.folder().join("v1.2")).unwrap();
    assert_eq!(
        case.written(case.media("/Images/cover", "v1.2")).await,
        ["d/v1.2/cover.jpg"]
    );
    let case = Case::named("cover.jpg").await;
    assert_eq!(
        case.written(case.media("/Images/cover", "v1.3/")).await,
        ["d/v1.3/cover.jpg"]
    );
}

#[tokio::test]
async fn directories_are_made() {
    let case = Case::named("x.jpg").await;
    assert_eq!(
        case.written(case.media("cover", "a/b/c/cover.jpg")).await,
        ["d/a/b/c/cover.jpg"]
    );
}

/// The prefix of the media library makes no directories, and a directory of the item's name does not take the item in.
#[tokio::test]
async fn container_has_the_directories_of_the_item() {
    for path in [
        "/sitecore/media library/Sites/cover",
        r"\Sitecore\Media Library\Sites\cover",
        "Sites/cover",
    ] {
        let case = Case::named("cover.jpg").await;
        std::fs::create_dir_all(case.folder().join("m/Sites/cover")).unwrap();
        let mut call = case.media(path, "m");
        call.container = true;
        assert_eq!(case.written(call).await, ["d/m/Sites/cover.jpg"]);
    }
}

/// The directories of a container come from the caller, and stay below the destination all the same.
#[tokio::test]
async fn container_of_a_hostile_path_is_refused() {
    for path in ["C:/windows/cover", "a/b:c/cover", "a/.. /cover", "a/nul/cover"] {
        let case = Case::named("cover.jpg").await;
        let mut call = case.media(path, "m");
        call.container = true;
        assert_eq!(case.failure(call).await.kind, FailureKind::InvalidInput, "{path}");
    }
}

/// The text scripts look for.
#[tokio::test]
async fn file_without_extension_is_an_error_about_it() {
    let case = Case::named("cover").await;
    let failure = case.failure(case.media("/Images/cover", "out/")).await;
    assert_eq!(failure.kind, FailureKind::Malformed);
    assert!(
        failure.message.contains("extension") && failure.message.contains("cover"),
        "{failure}"
    );
}

#[tokio::test]
async fn missing_name_is_an_error_about_the_extension() {
    for header in [None, Some("attachment"), Some("attachment; filename=\"\"")] {
        let case = Case::with_header(header).await;
        let failure = case.failure(case.media("/Images/cover", "out")).await;
        assert_eq!(failure.kind, FailureKind::Malformed);
        assert!(failure.message.contains("extension"), "{failure}");
    }
}

/// A destination that names its file needs no name from the server, whatever that is.
#[tokio::test]
async fn named_destination_needs_no_name() {
    for header in [None, Some("attachment; filename=\"../../evil.sh\"")] {
        let case = Case::with_header(header).await;
        assert_eq!(case.written(case.media("cover", "mine.jpg")).await, ["d/mine.jpg"]);
    }
}

/// Files, unlike media items, may have no extension: LICENSE has to be got somehow.
#[tokio::test]
async fn file_without_extension_lands_in_a_directory_or_under_its_name() {
    for destination in ["out/", "LICENSE"] {
        let case = Case::named("LICENSE").await;
        let written = case.written(case.file("LICENSE", destination)).await;
        assert_eq!(
            written,
            [format!("d/{destination}LICENSE").replace("LICENSELICENSE", "LICENSE")]
        );
    }
    let case = Case::named("LICENSE").await;
    assert!(
        case.failure(case.file("LICENSE", "other"))
            .await
            .message
            .contains("extension")
    );
}

#[tokio::test]
async fn directory_in_the_place_of_the_file_is_told() {
    let case = Case::named("cover.jpg").await;
    std::fs::create_dir_all(case.folder().join("out/cover.jpg")).unwrap();
    let failure = case.failure(case.media("cover", "out/")).await;
    assert_eq!(failure.kind, FailureKind::FileWrite);
    assert!(failure.message.contains("is a directory"), "{failure}");
}

/// Quoted, unquoted and extended names, with blanks and with semicolons.
#[tokio::test]
async fn names_are_read_in_every_form() {
    for (header, expected) in [
        ("attachment; filename=\"my cover.jpg\"", "my cover.jpg"),
        ("attachment; filename=my cover.jpg", "my cover.jpg"),
        ("attachment;FileName=cover.jpg;size=3", "cover.jpg"),
        ("filename=cover.jpg", "cover.jpg"),
        ("attachment; filename=\"a;b.jpg\"; x=y", "a;b.jpg"),
        ("attachment; filename=\"a\\\"b.jpg\"", "a\"b.jpg"),
        ("attachment; filename=\"a.jpg", "a.jpg"),
        (
            "attachment; filename=\"old.jpg\"; filename*=UTF-8''n%C3%A9w%20x.jpg",
            "n\u{e9}w x.jpg",
        ),
        (
            "attachment; filename*=iso-8859-1'de'%fc.jpg; filename=u.jpg",
            "\u{fc}.jpg",
        ),
        ("attachment; filename*=UTF-8''%zz.jpg; filename=plain.jpg", "plain.jpg"),
        ("attachment; filename*=UTF-8''%FF.jpg; filename=plain.jpg", "plain.jpg"),
        ("attachment; filename=\"caf\u{e9}.jpg\"", "caf\u{e9}.jpg"),
    ] {
        let case = Case::with_header(Some(header)).await;
        assert_eq!(
            case.written(case.media("cover", "out/")).await,
            [format!("d/out/{expected}")],
            "{header}"
        );
    }
}

/// HTTP once was ISO-8859-1, and old servers send names so.
#[tokio::test]
async fn name_that_is_not_utf8_is_latin1() {
    let case = Case::with_header(None).await;
    let head =
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Disposition: attachment; filename=\"caf\xe9.jpg\"\r\n\r\nx";
    let server = HttpServer::playing([Step::raw(*head)]).await;
    let mut call = case.media("cover", "out/");
    call.target = target(&server);
    assert_eq!(case.written(call).await, ["d/out/caf\u{e9}.jpg"]);
}

/// CM-D-32: of a name with directories the last component is left.
#[tokio::test]
async fn hostile_names_are_reduced() {
    for name in [
        "../evil.jpg",
        "../../../../../../tmp/evil.jpg",
        "/etc/evil.jpg",
        "..\\\\evil.jpg",
        "C:\\\\windows\\\\evil.jpg",
        "\\\\\\\\server\\\\share\\\\evil.jpg",
        "a/b\\\\evil.jpg",
        "C:/evil.jpg",
        "x:y/evil.jpg. . ",
        "  evil.jpg  ",
    ] {
        let case = Case::named(name).await;
        assert_eq!(
            case.written(case.media("cover", "out/")).await,
            ["d/out/evil.jpg"],
            "{name}"
        );
    }
    for header in [
        "attachment; filename*=UTF-8''..%2F..%2Fevil.jpg",
        "attachment; filename*=UTF-8''%2e%2e%5c%2e%2e%5cevil.jpg",
        "attachment; filename=..\\..\\evil.jpg",
    ] {
        let case = Case::with_header(Some(header)).await;
        assert_eq!(
            case.written(case.media("cover", "out/")).await,
            ["d/out/evil.jpg"],
            "{header}"
        );
    }
}

/// CM-D-32: of other names nothing is left that could be the name of a file. The way out is told.
#[tokio::test]
async fn hostile_names_that_name_no_file_are_refused() {
    for encoded in [
        "..",
        ".",
        "...",
        "..%20",
        "%20",
        "a%2F",
        "a%5C",
        "..%2F..",
        "a%00.jpg",
        "a%0A.jpg",
        "a%0D%0Ab.jpg",
        "a%1B%5B31m.jpg",
        "a%7F.jpg",
        "a%C2%85.jpg",
        "a%E2%80%AEgpj.exe",
        "C:evil.jpg",
        "evil.jpg:stream.exe",
        "evil.jpg::$DATA",
        "nul",
        "NUL.jpg",
        "com1.txt",
        "LPT9",
        "aux%20.jpg",
    ] {
        let case = Case::with_header(Some(&format!("attachment; filename*=UTF-8''{encoded}"))).await;
        let failure = case.failure(case.file("any", "out/")).await;
        assert_eq!(failure.kind, FailureKind::Malformed, "{encoded}");
        assert!(failure.message.contains("Give -Destination a file name"), "{failure}");
        assert!(!failure.message.chars().any(char::is_control), "{failure}");
    }
}
