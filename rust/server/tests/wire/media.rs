//! The media route: wire protocol 3.8 and 3.9 with what is done instead.

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::harness::{Reply, Request, Setup, TestServer};

struct Library {
    server: TestServer,
    folder: tempfile::TempDir,
}

impl Library {
    fn start(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = TestServer::with(&Setup {
            settings: format!("media.folder = '{}'\n{settings}", folder.path().display()),
            environment: vec![("SITECORE_SPE_REMOTING_MEDIA_ENABLED", "true")],
            ..Setup::default()
        });
        Self { server, folder }
    }

    fn request(&self, method: &str, path: &str) -> Request {
        self.server.request(method, &format!("/-/script/media/master/{path}"))
    }

    fn send(&self, method: &str, path: &str, body: impl Into<Vec<u8>>) -> Reply {
        self.server.reply(&self.request(method, path).body(body))
    }

    fn get(&self, path: &str) -> Reply {
        self.send("GET", path, "")
    }

    fn contents(&self) -> usize {
        std::fs::read_dir(self.folder.path().join("master/contents"))
            .unwrap()
            .count()
    }
}

fn zip(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn items(reply: &Reply) -> Vec<(String, String)> {
    assert_eq!(reply.status, 200, "{}", reply.text());
    let items = reply.json()["items"].as_array().unwrap().clone();
    let text = |item: &serde_json::Value, name: &str| item[name].as_str().unwrap().to_owned();
    items
        .iter()
        .map(|item| (text(item, "path"), text(item, "result")))
        .collect()
}

/// 3.8 and 3.9: an item is made, found by path and id, and replaced with its name and ending kept.
#[test]
fn an_item_is_uploaded_and_downloaded() {
    let library = Library::start("");
    let made = library.send("POST", "Images/v1.2/a%20b%23c.txt", "one");
    assert_eq!(items(&made), [("Images/v1.2/a b#c".into(), "created".into())]);
    let id = made.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let braced = id.replace('{', "%7B").replace('}', "%7D");
    for path in [
        "Images/v1.2/a%20b%23c",
        "images/V1.2/A%20B%23C.TXT",
        "sitecore/media%20library/Images/v1.2/a%20b%23c/",
        &braced,
    ] {
        let reply = library.get(path);
        assert_eq!((reply.status, reply.text().as_str()), (200, "one"), "{path}");
        assert_eq!(
            reply.header("content-disposition"),
            Some("attachment; filename=\"a b#c.txt\"")
        );
        assert_eq!(reply.header("content-type"), Some("text/plain"));
    }
    assert_eq!(items(&library.send("PUT", &braced, "two"))[0].1, "replaced");
    assert_eq!(
        items(&library.send("PUT", "images/v1.2/a%20b%23c.bin", ""))[0].1,
        "replaced"
    );
    let empty = library.get(&braced);
    assert_eq!((empty.text().as_str(), empty.header("content-length")), ("", Some("0")));
    assert_eq!(library.contents(), 1);
    for line in [
        &["mediaUploaded", "service=mediaUpload"][..],
        &["mediaUpdated"],
        &["mediaDownloaded", "service=mediaDownload"],
    ] {
        library.server.log.line(line);
    }
}

/// The issue: ranges and entity tags as for files.
#[test]
fn a_part_of_an_item_is_downloaded() {
    let library = Library::start("");
    library.send("PUT", "x.bin", "0123456789");
    let reply = library
        .server
        .reply(&library.request("GET", "x.bin").header("Range", "bytes=3-5"));
    assert_eq!((reply.status, reply.text().as_str()), (206, "345"));
}

/// 3.9: `skipexisting` leaves items alone.
#[test]
fn existing_items_may_be_left_alone() {
    let library = Library::start("");
    library.send("POST", "a.txt", "old");
    assert_eq!(
        items(&library.send("POST", "a.txt?skipexisting=true", "new"))[0].1,
        "skipped"
    );
    assert_eq!((library.get("a.txt").text().as_str(), library.contents()), ("old", 1));
}

/// WP-D-27: by the ending or where it is asked for, with a result for each entry; never by the first bytes.
#[test]
fn an_archive_is_unpacked() {
    let library = Library::start("");
    library.send("POST", "photos/a.txt", "before");
    let archive = zip(&[("a.txt", "one"), ("sub/b.txt", "two")]);
    let unpacked = library.send("POST", "photos/all.zip", archive.clone());
    let expected = [("photos/a", "replaced"), ("photos/sub/b", "created")];
    assert_eq!(
        items(&unpacked),
        expected.map(|(path, result)| (path.to_owned(), result.to_owned()))
    );
    assert_eq!(
        (library.get("photos/sub/b.txt").text().as_str(), library.contents()),
        ("two", 2)
    );
    for (path, count) in [
        ("x/report.docx", 1),
        ("x/all.zip?skipunpack=true", 1),
        ("x/report.docx?unpack=true", 2),
    ] {
        assert_eq!(
            items(&library.send("POST", path, archive.clone())).len(),
            count,
            "{path}"
        );
    }
    assert_eq!(library.get("x/all.zip").header("content-type"), Some("application/zip"));
}

/// WP-D-27: all entries are looked at before one is stored.
#[test]
fn a_bad_archive_is_refused_whole() {
    let library = Library::start("media.entries = 3\nmedia.unpacked = '1KiB'\n");
    let large = "x".repeat(2000);
    for (archive, part) in [
        (zip(&[("ok.txt", "x"), ("../evil.txt", "x")]), "../evil.txt"),
        (zip(&[("a.txt", "x"), ("A.txt", "x")]), "Two entries"),
        (
            zip(&[("1", ""), ("2", ""), ("3", ""), ("4", "")]),
            "more than 3 entries",
        ),
        (zip(&[("a.txt", &large)]), "more than 1024 bytes"),
        (b"no archive".to_vec(), "no zip file"),
    ] {
        let reply = library.send("POST", "a/all.zip", archive);
        reply.is_refused(422, "archive-refused");
        assert!(reply.text().contains(part), "{}", reply.text());
    }
    library.get("a/ok.txt").is_refused(404, "media-missing");
    until_empty(&library);
}

/// Contents that no item got are removed behind the reply.
fn until_empty(library: &Library) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while library.contents() > 0 {
        assert!(std::time::Instant::now() < deadline, "a content is left");
        std::thread::yield_now();
    }
}

/// The issue: nothing outside, the same reply for all, and one line each.
#[test]
fn nothing_outside_is_reached() {
    let library = Library::start("");
    for path in [
        "..%2Fx",
        "%2e%2e/x",
        "a%5C..%5Cx",
        "%252e%252e%252fx",
        "C%3A%5Cx",
        "x%00",
        "x.",
        "%ff",
        &"x".repeat(256),
    ] {
        for method in ["GET", "POST"] {
            let reply = library.send(method, path, "x");
            reply.is_refused(403, "path-not-allowed");
            library
                .server
                .log
                .line(&["fileAccessDenied", reply.header("x-spe-requestid").unwrap()]);
        }
    }
    assert_eq!(library.contents(), 0);
}

/// 2.11 and 3.8: what is not there is told.
#[test]
fn what_is_not_there_is_told() {
    let library = Library::start("");
    library.get("none").is_refused(404, "media-missing");
    library
        .get("%7B110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9%7D")
        .is_refused(404, "media-missing");
    library
        .send("PUT", "%7B110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9%7D", "x")
        .is_refused(404, "media-missing");
    library.send("POST", "", "x").is_refused(404, "media-missing");
    let other = library.server.request("GET", "/-/script/media/nothing/a");
    library.server.reply(&other).is_refused(404, "database-unknown");
    let form = library
        .request("POST", "a.txt")
        .header("Content-Type", "multipart/form-data; boundary=x")
        .body("--x--");
    library.server.reply(&form).is_refused(415, "multipart-unsupported");
    until_empty(&library);
}

/// The issue: two uploads of one item, and readers meanwhile: one of them whole.
#[test]
fn two_writers_make_no_mix() {
    let library = Library::start("");
    let contents = ["a".repeat(400_000), "b".repeat(300_000)];
    library.send("PUT", "x.txt", contents[0].clone());
    std::thread::scope(|scope| {
        for content in &contents {
            scope.spawn(|| {
                for _ in 0..10 {
                    assert_eq!(library.send("PUT", "x.txt", content.clone()).status, 200);
                }
            });
        }
        for _ in 0..10 {
            assert!(contents.contains(&library.get("x.txt").text()));
        }
    });
    assert_eq!(library.contents(), 1);
}

/// Authentication 7.2: the services are off as shipped.
#[test]
fn the_services_are_off_as_shipped() {
    let server = TestServer::shared();
    for (method, service) in [
        ("GET", "mediaDownload"),
        ("POST", "mediaUpload"),
        ("PUT", "mediaUpload"),
    ] {
        let reply = server.reply(&server.request(method, "/-/script/media/master/x"));
        reply.is_refused(403, "service-disabled");
        assert_eq!(reply.reason, format!("The {service} service is disabled."));
    }
}
