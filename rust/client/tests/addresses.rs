//! What goes over the wire: client module 5, 8.2 and 8.3.

mod support;

use spe_client::{Events, FailureKind, ScriptCall, WaitCall};
use spe_testkit::http::{HttpServer, Request, Step};
use support::{TestClock, script, target, target_at, wait};

async fn sent(change: impl FnOnce(&mut ScriptCall)) -> Request {
    let server = HttpServer::playing([Step::reply(200, "OK", "")]).await;
    let mut call = script(target(&server));
    change(&mut call);
    TestClock::default()
        .client()
        .run_script(call, &Events::new())
        .await
        .unwrap();
    server.requests().remove(0)
}

async fn waited(change: impl FnOnce(&mut WaitCall)) -> Request {
    let server = HttpServer::playing([Step::json(r#"{"isDone":true,"status":"Idle"}"#)]).await;
    let mut call = wait(target(&server));
    change(&mut call);
    TestClock::default().client().wait(call, &Events::new()).await.unwrap();
    server.requests().remove(0)
}

#[tokio::test]
async fn script_has_the_url_and_headers_of_the_protocol() {
    let request = sent(|_| ()).await;
    assert_eq!(request.method, "POST");
    assert_eq!(
        request.target,
        "/-/script/script/?sessionId=id-1&rawOutput=False&outputFormat=CliXml&persistentSession=False"
    );
    assert_eq!(request.header("content-type"), Some("text/plain"));
    assert_eq!(request.header("content-encoding"), Some("gzip"));
    assert_eq!(request.header("accept-encoding"), Some("gzip,deflate"));
}

#[tokio::test]
async fn options_stand_in_the_order_of_the_protocol() {
    let request = sent(|call| {
        call.output_format = "rAw".to_owned();
        call.persistent_session = true;
        call.structured_errors = true;
        call.capture_streams = true;
    })
    .await;
    let query = "rawOutput=True&outputFormat=rAw&persistentSession=True&errorFormat=structured&captureStreams=true";
    assert!(request.target.ends_with(query), "{}", request.target);
}

/// CM-D-16: no value can end its parameter.
#[tokio::test]
async fn values_are_percent_encoded() {
    let request = sent(|call| call.target.session_id = "a&b=c#d +%/\u{e9}".to_owned()).await;
    assert!(
        request
            .target
            .contains("?sessionId=a%26b%3Dc%23d%20%2B%25%2F%C3%A9&rawOutput"),
        "{}",
        request.target
    );
}

#[tokio::test]
async fn body_is_script_and_delimiter() {
    let request = sent(|call| call.script = "1 + '\u{e9}'".to_owned()).await;
    assert_eq!(request.text(), "1 + '\u{e9}'<#id-1#>");
}

#[tokio::test]
async fn arguments_stand_behind_the_delimiter() {
    let request = sent(|call| call.arguments = Some("<Objs/>".to_owned())).await;
    assert_eq!(request.text(), "1<#id-1#><Objs/>");
}

#[tokio::test]
async fn large_script_arrives_whole() {
    let text = "abcdefghij".repeat(200_000);
    let request = sent(|call| call.script = text.clone()).await;
    assert_eq!(request.text(), text + "<#id-1#>");
}

#[tokio::test]
async fn path_of_the_connection_is_kept() {
    let request = sent(|call| call.target.base = format!("{}app//", call.target.base).parse().unwrap()).await;
    assert!(
        request.target.starts_with("/app/-/script/script/?sessionId"),
        "{}",
        request.target
    );
}

#[tokio::test]
async fn test_is_an_empty_post() {
    let server = HttpServer::playing([Step::json(r#"{"SPEVersion":"9.0"}"#)]).await;
    let client = TestClock::default().client();
    client.test(target(&server), &Events::new()).await.unwrap();
    let request = &server.requests()[0];
    assert_eq!(
        (request.method.as_str(), request.target.as_str()),
        ("POST", "/-/script/script/?action=test")
    );
    assert_eq!(request.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(request.header("content-length"), Some("0"));
}

#[tokio::test]
async fn cleanup_is_an_empty_post_with_the_session() {
    let server = HttpServer::playing([Step::reply(200, "OK", "Disposed 1 session(s).")]).await;
    let client = TestClock::default().client();
    let reply = client.cleanup(target(&server), &Events::new()).await.unwrap();
    assert_eq!(reply.body, "Disposed 1 session(s).");
    let request = &server.requests()[0];
    assert_eq!(request.target, "/-/script/script/?sessionId=id-1&action=cleanup");
    assert_eq!(request.header("content-length"), Some("0"));
}

/// An empty cursor is the same as none (client module 11).
#[tokio::test]
async fn wait_has_no_cursor_at_first() {
    let request = waited(|call| call.cursor = Some(String::new())).await;
    assert_eq!(
        format!("{} {}", request.method, request.target),
        "GET /-/script/wait/?sessionId=id-1&jobId=job-1&jobType=scriptsession&timeoutSeconds=30"
    );
    assert_eq!(request.header("content-type"), None);
}

#[tokio::test]
async fn wait_sends_the_cursor_it_got() {
    let request = waited(|call| {
        call.cursor = Some("a b&c".to_owned());
        call.hold_seconds = 5;
        call.job_type = "sitecore".to_owned();
        call.job_id = "{A};b".to_owned();
    })
    .await;
    assert!(
        request
            .target
            .ends_with("jobId=%7BA%7D%3Bb&jobType=sitecore&timeoutSeconds=5&cursor=a%20b%26c"),
        "{}",
        request.target
    );
}

/// Nothing is sent to an address that means something else than its user thinks.
#[tokio::test]
async fn connection_that_cannot_be_used_is_refused() {
    let bases = [
        "ftp://host.test",
        "http://host.test/?a=b",
        "http://host.test/#a",
        "http://user:pass-word@host.test",
    ];
    for base in bases {
        let call = script(target_at(base));
        let failure = TestClock::default()
            .client()
            .run_script(call, &Events::new())
            .await
            .unwrap_err();
        assert_eq!(failure.kind, FailureKind::InvalidInput, "{base}");
        assert!(!failure.message.contains("pass-word"), "{failure}");
    }
}

#[tokio::test]
async fn session_without_an_id_is_refused() {
    let mut target = target_at("http://host.test");
    target.session_id.clear();
    let client = TestClock::default().client();
    let kinds = [
        client
            .run_script(script(target.clone()), &Events::new())
            .await
            .unwrap_err()
            .kind,
        client.cleanup(target, &Events::new()).await.unwrap_err().kind,
    ];
    assert_eq!(kinds, [FailureKind::InvalidInput; 2]);
}
