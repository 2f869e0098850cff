//! The file route: wire protocol 3.6 and 3.7 with what is done instead.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::clients::Keys;
use crate::harness::{Reply, Request, Setup, TestServer};

/// A server whose file services are on, with two folders.
struct Filed {
    server: TestServer,
    folder: tempfile::TempDir,
}

impl Filed {
    fn start(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["temp", "allowed", "outside"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        std::fs::write(folder.path().join("outside/secret"), "secret").unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let server = TestServer::with_files(&format!("files.temp = '{}'\n{settings}", at("temp")), &at("allowed"));
        Self { server, folder }
    }

    fn temp(&self, name: &str) -> PathBuf {
        self.folder.path().join("temp").join(name)
    }

    fn put(&self, name: &str, content: &str) {
        std::fs::write(self.temp(name), content).unwrap();
    }

    fn request(&self, method: &str, target: &str) -> Request {
        self.server.request(method, target)
    }

    fn send(&self, method: &str, path: &str, body: &str) -> Reply {
        let target = format!("/-/script/file/Temp/?path={path}");
        self.server.reply(&self.request(method, &target).body(body))
    }

    fn get(&self, path: &str) -> Reply {
        self.send("GET", path, "")
    }
}

fn entries(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

/// 3.6.2: what a download says beside the bytes.
#[test]
fn a_file_is_downloaded() {
    let filed = Filed::start("");
    filed.put("a b#1%\u{e9}.txt", "content");
    let reply = filed.get("a%20b%231%25%C3%A9.txt");
    assert_eq!((reply.status, reply.text()), (200, "content".into()));
    for (name, value) in [
        ("content-type", "text/plain"),
        ("content-length", "7"),
        ("content-transfer-encoding", "binary"),
        ("accept-ranges", "bytes"),
        (
            "content-disposition",
            "attachment; filename=\"a b#1%_.txt\"; filename*=UTF-8''a%20b#1%25%C3%A9.txt",
        ),
    ] {
        assert_eq!(reply.header(name), Some(value), "{name}");
    }
    assert!(reply.header("etag").unwrap().starts_with('"') && reply.header("last-modified").is_some());
    filed.server.log.line(&[
        "fileDownloaded",
        "service=fileDownload",
        "size=7",
        "remotingClient=none",
    ]);
}

/// RFC 9110 9.3.2: HEAD says what GET says, without the bytes.
#[test]
fn head_has_no_body() {
    let filed = Filed::start("");
    filed.put("x", "content");
    let mut client = filed.server.connect();
    client.send(&filed.request("HEAD", "/-/script/file/temp/?path=x").bytes());
    let reply = client.head_reply();
    assert_eq!((reply.status, reply.header("content-length")), (200, Some("7")));
}

/// WP-D-04 and WP-D-05: an upload replaces the whole file, may be empty, and makes folders; the reply says what was stored.
#[test]
fn a_file_is_uploaded() {
    let filed = Filed::start("");
    for (method, content) in [("POST", "a longer content"), ("PUT", "short"), ("POST", "")] {
        let reply = filed.send(method, "new/folder/x.bin", content);
        assert_eq!((reply.status, reply.text()), (200, String::new()), "{method}");
        assert_eq!(
            std::fs::read_to_string(filed.temp("new/folder/x.bin")).unwrap(),
            content
        );
        let digest = reply.header("repr-digest").unwrap().to_owned();
        let wish = filed
            .request("GET", "/-/script/file/temp/?path=new/folder/x.bin")
            .header("Want-Repr-Digest", "sha-256=1");
        let read = filed.server.reply(&wish);
        assert_eq!(
            (read.text().as_str(), read.header("repr-digest")),
            (content, Some(&*digest))
        );
        assert_eq!(read.header("etag"), reply.header("etag"));
    }
    assert_eq!(entries(&filed.temp("new/folder")), 1);
    filed
        .server
        .log
        .line(&["fileUploaded", "service=fileUpload", "file=x.bin", "size=5"]);
}

/// The issue: ranges, `If-Range` and entity tags, so that a broken transfer goes on.
#[test]
fn a_part_is_downloaded() {
    let filed = Filed::start("");
    filed.put("x", "0123456789");
    let etag = filed.get("x").header("etag").unwrap().to_owned();
    let part = |range: &str, condition: Option<(&str, &str)>| {
        let mut request = filed
            .request("GET", "/-/script/file/temp/?path=x")
            .header("Range", range);
        if let Some((name, value)) = condition {
            request = request.header(name, value);
        }
        filed.server.reply(&request)
    };
    let reply = part("bytes=4-", Some(("If-Range", &etag)));
    assert_eq!((reply.status, reply.text().as_str()), (206, "456789"));
    assert_eq!(reply.header("content-range"), Some("bytes 4-9/10"));
    assert_eq!(part("bytes=4-", Some(("If-Range", "\"other\""))).status, 200);
    let beyond = part("bytes=10-", None);
    assert_eq!(
        (beyond.status, beyond.header("content-range")),
        (416, Some("bytes */10"))
    );
    assert_eq!(part("bytes=0-0", Some(("If-None-Match", &etag))).status, 304);
    assert_eq!(part("bytes=0-0", Some(("If-Match", "\"other\""))).status, 412);
    filed.put("x", "9876543210");
    assert_eq!(part("bytes=4-", Some(("If-Range", &etag))).status, 200);
}

/// RFC 9530: what does not match is not stored.
#[test]
fn a_digest_is_checked() {
    let filed = Filed::start("");
    filed.put("x", "old");
    let send = |digest: &str| {
        let request = filed
            .request("PUT", "/-/script/file/temp/?path=x")
            .header("Repr-Digest", digest)
            .body("abc");
        filed.server.reply(&request)
    };
    send("sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa1=:").is_refused(400, "digest-invalid");
    send("sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:").is_refused(400, "digest-mismatch");
    assert_eq!(std::fs::read_to_string(filed.temp("x")).unwrap(), "old");
    assert_eq!(
        send("sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:").status,
        200
    );
    assert_eq!(
        (
            std::fs::read_to_string(filed.temp("x")).unwrap().as_str(),
            entries(&filed.temp(""))
        ),
        ("abc", 1)
    );
}

/// 3.6.1: folders by alias in any case, absolute paths only below what Spe.config allows.
#[test]
fn a_folder_is_named() {
    let filed = Filed::start("");
    filed.put("x", "temp");
    let allowed = filed.folder.path().join("allowed");
    std::fs::write(allowed.join("y"), "allowed").unwrap();
    let get = |target: &str| filed.server.reply(&filed.request("GET", target));
    let absolute = |path: &Path| format!("/-/script/file/custom/?path={}", path.display());
    for (target, expected) in [
        ("/-/script/file/TEMP/?path=/x".to_owned(), "temp"),
        ("/-/script/file/temp?path=%5Cx".to_owned(), "temp"),
        (absolute(&allowed.join("y")), "allowed"),
    ] {
        assert_eq!(get(&target).text(), expected, "{target}");
    }
    for target in [
        "/-/script/file/data/?path=x".to_owned(),
        "/-/script/file/nothing/?path=x".to_owned(),
        "/-/script/file/custom/?path=x".to_owned(),
        "/-/script/file/custom/".to_owned(),
        "/-/script/file/?path=/x".to_owned(),
        absolute(&filed.folder.path().join("outside/secret")),
        absolute(&filed.folder.path().join("allowed-not/y")),
        absolute(Path::new("/proc/self/environ")),
        absolute(Path::new("/etc/passwd")),
        absolute(Path::new("/dev/zero")),
        "/-/script/file/custom/?path=C:/x".to_owned(),
    ] {
        get(&target).is_refused(403, "path-not-allowed");
    }
    get("/-/script/file/temp/?path=").is_refused(404, "file-missing");
    get("/-/script/file/temp/?path=none").is_refused(404, "file-missing");
}

/// The issue: nothing outside is read or written. Each has the same reply, and one line in the audit trail.
#[test]
fn nothing_outside_is_reached() {
    let filed = Filed::start("");
    let outside = filed.folder.path().join("outside");
    symlink(outside.join("secret"), filed.temp("link")).unwrap();
    symlink(&outside, filed.temp("folder")).unwrap();
    symlink("/proc/self", filed.temp("self")).unwrap();
    std::fs::hard_link(outside.join("secret"), filed.temp("hard")).unwrap();
    mknodat(CWD, filed.temp("pipe"), FileType::Fifo, Mode::from_raw_mode(0o666), 0).unwrap();
    std::os::unix::net::UnixListener::bind(filed.temp("socket")).unwrap();
    let long = "x".repeat(256);
    let mut bodies = std::collections::HashSet::new();
    for path in [
        "../outside/secret",
        "..%2Foutside%2Fsecret",
        "%2e%2e/outside/secret",
        "..%252Foutside%252Fsecret",
        "%252e%252e%252foutside",
        "a/../../outside/secret",
        "..%5Coutside%5Csecret",
        "a%5C..%5C..%5Coutside",
        "%5C%5Cserver%5Cshare",
        "//server/share",
        "C:%5Cx",
        "c:/x",
        "x%00.txt",
        "x.",
        "x..",
        "...",
        "link",
        "folder/secret",
        "self/environ",
        "hard",
        "pipe",
        "socket",
        &long,
        "x%0Ay",
    ] {
        for method in ["GET", "POST"] {
            let reply = filed.send(method, path, "x");
            assert_eq!(reply.status, 403, "{method} {path}");
            let rid = reply.header("x-spe-requestid").unwrap();
            bodies.insert(reply.text().replace(rid, "RID"));
            filed.server.log.line(&["fileAccessDenied", rid]);
            assert_eq!(filed.server.log.count(&["fileAccessDenied", rid]), 1, "{path}");
        }
    }
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert_eq!(std::fs::read_to_string(outside.join("secret")).unwrap(), "secret");
    assert_eq!((entries(&outside), entries(filed.folder.path())), (1, 3));
}

/// 11.2 and authentication 7.2: each service is off as shipped, and is switched on alone.
#[test]
fn the_services_are_off_as_shipped() {
    let server = TestServer::shared();
    for (method, service) in [
        ("GET", "fileDownload"),
        ("HEAD", "fileDownload"),
        ("POST", "fileUpload"),
        ("PUT", "fileUpload"),
    ] {
        let mut client = server.connect();
        client.send(&server.request(method, "/-/script/file/temp/?path=x").bytes());
        let reply = if method == "HEAD" {
            client.head_reply()
        } else {
            client.reply()
        };
        assert_eq!(reply.status, 403, "{method}");
        assert_eq!(reply.reason, format!("The {service} service is disabled."));
    }
}

/// N367 and N368 of authentication section 10: the variable of the files switches them on and nothing else. Where `remoting` is off in
/// Spe.config, as stock servers ship it, everything else stays off.
#[test]
fn the_environment_switches_files_on_alone() {
    for (environment, is_on) in [
        (&[("SITECORE_SPE_REMOTING_FILE_ENABLED", "true")][..], true),
        (&[], false),
    ] {
        let server = TestServer::with(&Setup {
            spe: vec![("<remoting enabled=\"true\"", "<remoting enabled=\"false\"")],
            environment: environment.to_vec(),
            ..Setup::default()
        });
        let code = if is_on { "path-not-allowed" } else { "service-disabled" };
        for method in ["GET", "POST"] {
            let reply = server.reply(&server.request(method, "/-/script/file/temp/?path=x"));
            reply.is_refused(403, code);
            let media = server.reply(&server.request(method, "/-/script/media/master/x"));
            media.is_refused(403, "service-disabled");
        }
        server
            .post("/-/script/script/", "1")
            .is_refused(403, "service-disabled");
    }
}

/// WP-D-15: a download says where a client with a limit stands.
#[test]
fn a_download_says_where_a_key_stands() {
    let Filed { server, folder } = Filed::start("");
    std::fs::write(folder.path().join("temp/x"), "content").unwrap();
    let keys = Keys(server);
    let key = keys.add_with(
        "limited",
        &["--policy", "unrestricted", "--limit", "9", "--window", "3600"],
    );
    let token = keys.token(&key, &key.secret);
    let reply = keys
        .0
        .reply(&Request::new("GET", "/-/script/file/temp/?path=x").bearer(&token));
    assert_eq!((reply.status, reply.text().as_str()), (200, "content"));
    assert_eq!(
        (reply.header("x-ratelimit-limit"), reply.header("x-ratelimit-remaining")),
        (Some("9"), Some("8"))
    );
    keys.0.log.line(&["fileDownloaded", "remotingClient=limited"]);
}

/// WP-D-05: other methods are none.
#[test]
fn other_methods_are_told() {
    let filed = Filed::start("");
    let reply = filed.send("DELETE", "x", "");
    reply.is_refused(405, "method-not-allowed");
    assert_eq!(reply.header("allow"), Some("GET, HEAD, POST, PUT, OPTIONS"));
}

/// The issue: limits. What is too large leaves nothing, whether its length was said or not.
#[test]
fn what_is_too_large_is_refused() {
    let filed = Filed::start("files.size = '1KiB'\n");
    let large = "x".repeat(1025);
    filed.send("POST", "x", &large).is_refused(413, "file-too-large");
    let mut client = filed.server.connect();
    let request = filed
        .request("POST", "/-/script/file/temp/?path=x")
        .header("Transfer-Encoding", "chunked");
    client.send(&request.bytes());
    client.send(format!("401\r\n{large}\r\n0\r\n\r\n").as_bytes());
    client.reply().is_refused(413, "file-too-large");
    let coded = filed
        .request("PUT", "/-/script/file/temp/?path=x")
        .header("Content-Encoding", "gzip")
        .body("x");
    filed.server.reply(&coded).is_refused(415, "file-coded");
    assert_eq!(entries(&filed.temp("")), 0);
    assert_eq!(filed.send("POST", "x", &large[..1024]).status, 200);
}

/// The issue: a client that goes away in the middle leaves what was there.
#[test]
fn a_client_that_goes_away_leaves_the_old_file() {
    let filed = Filed::start("files.transfersPerOwner = 1\n");
    filed.put("x", "old");
    let mut client = filed.server.connect();
    client.send(
        &filed
            .request("PUT", "/-/script/file/temp/?path=x")
            .header("Content-Length", "1000000")
            .bytes(),
    );
    client.send(&vec![b'n'; 500_000]);
    let begun = || entries(&filed.temp("")) == 2;
    until(begun);
    filed.get("x").is_refused(429, "transfer-limit");
    drop(client);
    until(|| entries(&filed.temp("")) == 1);
    until(|| filed.get("x").status == 200);
    assert_eq!(filed.get("x").text(), "old");
}

/// The issue: who reads slowly holds up nobody else.
#[test]
fn a_slow_reader_holds_only_itself() {
    let filed = Filed::start("files.transfersPerOwner = 2\n");
    filed.put("large", &"x".repeat(50_000_000));
    filed.put("x", "content");
    let mut slow = filed.server.connect();
    slow.send(&filed.request("GET", "/-/script/file/temp/?path=large").bytes());
    for _ in 0..20 {
        assert_eq!(filed.get("x").text(), "content");
        assert_eq!(filed.send("PUT", "y", "other").status, 200);
    }
    assert_eq!(slow.reply().text().len(), 50_000_000);
}

/// The issue: what stands still is ended and leaves nothing.
#[test]
fn a_client_that_stands_still_is_ended() {
    let filed = Filed::start("files.idleTimeout = '1s'\n");
    let mut client = filed.server.connect();
    client.send(
        &filed
            .request("PUT", "/-/script/file/temp/?path=x")
            .header("Content-Length", "10")
            .bytes(),
    );
    client.send(b"half");
    client.reply().is_refused(408, "body-timeout");
    assert_eq!(entries(&filed.temp("")), 0);
}

/// The issue: a server that is killed leaves what was there, and nothing else after the next start.
#[test]
fn a_server_that_is_killed_leaves_the_old_file() {
    let filed = Filed::start("");
    filed.put("x", "old");
    let mut client = filed.server.connect();
    client.send(
        &filed
            .request("PUT", "/-/script/file/temp/?path=x")
            .header("Content-Length", "1000000")
            .bytes(),
    );
    client.send(&vec![b'n'; 500_000]);
    until(|| entries(&filed.temp("")) == 2);
    filed.server.signal(rustix::process::Signal::KILL);
    assert!(filed.server.log.has_ended_within(std::time::Duration::from_secs(30)));
    let next = TestServer::with(&Setup {
        settings: format!("files.temp = '{}'\n", filed.temp("").display()),
        ..Setup::default()
    });
    next.log.line(&["removing what uploads of a killed server left"]);
    assert_eq!(
        (
            entries(&filed.temp("")),
            std::fs::read_to_string(filed.temp("x")).unwrap()
        ),
        (1, "old".into())
    );
}

/// A folder that is not there stops the start, and says which.
#[test]
fn a_folder_that_is_not_there_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    assert!(crate::harness::init(folder.path()).status.success());
    std::fs::write(folder.path().join("spe-server.toml"), "files.temp = '/nowhere'\n").unwrap();
    let output = crate::harness::run(folder.path()).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && error.contains("files.temp") && error.contains("/nowhere"),
        "{error}"
    );
}

/// Other programs and this server write one file at the same time: all of one or all of another.
#[test]
fn two_writers_make_no_mix() {
    let filed = Filed::start("");
    let contents = ["a".repeat(400_000), "b".repeat(300_000)];
    std::thread::scope(|scope| {
        for content in &contents {
            scope.spawn(|| {
                for _ in 0..10 {
                    assert_eq!(filed.send("PUT", "x", content).status, 200);
                }
            });
        }
    });
    for _ in 0..5 {
        assert!(contents.contains(&filed.get("x").text()));
    }
    assert_eq!(entries(&filed.temp("")), 1);
}

/// Waits for something that another process does.
fn until(is_so: impl Fn() -> bool) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !is_so() {
        assert!(std::time::Instant::now() < deadline, "it does not come");
        std::thread::yield_now();
    }
}
