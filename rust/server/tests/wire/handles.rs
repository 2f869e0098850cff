//! What scripts leave for their caller (`Out-Download`, wire protocol 3.10).

use crate::clients::Keys;
use crate::harness::{Reply, Request, Setup, TestServer};

fn handle_of(reply: &Reply) -> String {
    let handle = reply.text().trim().to_owned();
    assert!(
        handle.len() == 32 && handle.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{handle}"
    );
    handle
}

fn target(handle: &str) -> String {
    format!("/-/script/handle/{handle}")
}

/// 3.10: name, type and length as the script says, and once only.
#[test]
fn a_content_is_fetched_once() {
    let server = TestServer::shared();
    for (script, content, kind, disposition) in [
        (
            "'one', 'two' | Out-Download -Name \"r\u{e9}port.txt\"",
            "one\ntwo",
            "text/plain; charset=utf-8",
            "attachment; filename=\"r_port.txt\"; filename*=UTF-8''r%C3%A9port.txt",
        ),
        (
            "Out-Download ([byte[]](65, 66)) -ContentType image/png -Name x.png",
            "AB",
            "image/png",
            "attachment; filename=\"x.png\"",
        ),
        (
            "Out-Download ''",
            "",
            "text/plain; charset=utf-8",
            "attachment; filename=\"document.txt\"",
        ),
        (
            "Set-Content here.csv 'a,b'; Out-Download (Get-Item here.csv)",
            "a,b\n",
            "application/octet-stream",
            "attachment; filename=\"here.csv\"",
        ),
    ] {
        let handle = handle_of(&server.script("outputFormat=raw", script));
        let reply = server.get(&target(&handle));
        assert_eq!((reply.status, reply.text().as_str()), (200, content), "{script}");
        assert_eq!(
            (reply.header("content-type"), reply.header("content-disposition")),
            (Some(kind), Some(disposition))
        );
        server.get(&target(&handle)).is_refused(404, "handle-unknown");
    }
    server.get(&target("0")).is_refused(404, "handle-unknown");
    server.get("/-/script/handle/").is_refused(404, "handle-unknown");
}

/// Decisions, owner: it is the caller's, and a try of somebody else does not use it up.
#[test]
fn a_content_is_for_its_caller() {
    let keys = Keys::start();
    let handle = handle_of(&keys.0.script("outputFormat=raw", "'mine' | Out-Download"));
    let key = keys.add_with("other", &["--policy", "unrestricted"]);
    let token = keys.token(&key, &key.secret);
    let other = keys.0.reply(&Request::new("GET", &target(&handle)).bearer(&token));
    other.is_refused(404, "handle-unknown");
    assert_eq!(keys.0.get(&target(&handle)).text(), "mine");
}

/// What nobody fetches goes away, and what is too much is an error of the script.
#[test]
fn contents_are_bounded() {
    let server = TestServer::with(&Setup {
        settings: "limits.jobGrace = '1s'\nlimits.resultsPerOwner = '64KiB'\n".into(),
        ..Setup::default()
    });
    let large = server.script("outputFormat=raw", "('x' * 65537) | Out-Download");
    assert!(
        large.text().contains("there is no room") || large.text().contains("There is no room"),
        "{}",
        large.text()
    );
    let handle = handle_of(&server.script("outputFormat=raw", "('x' * 60000) | Out-Download"));
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    // As soon as the first is gone there is room for another.
    while server
        .script("outputFormat=raw", "('x' * 60000) | Out-Download")
        .text()
        .trim()
        .len()
        != 32
    {
        assert!(std::time::Instant::now() < deadline, "it does not go away");
    }
    server.get(&target(&handle)).is_refused(404, "handle-unknown");
}
