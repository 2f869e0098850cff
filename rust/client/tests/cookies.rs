//! Cookies and redirects: what a server may make a client send, and to whom. Client module 4.1.

mod support;

use spe_client::{Client, Events, FailureKind};
use spe_testkit::http::{HttpServer, Step};
use support::{script, target, wait};
use uuid::Uuid;

fn setting(cookie: &str) -> Step {
    Step::reply_with(200, "OK", &[("Set-Cookie", cookie)], "")
}

async fn cookies_after(cookie: &str, jars: &[Uuid]) -> Vec<Option<String>> {
    let server = HttpServer::playing([setting(cookie), Step::reply(200, "OK", "")]).await;
    let client = Client::new();
    for jar in jars {
        let mut call = script(target(&server));
        call.target.cookie_jar = *jar;
        client.run_script(call, &Events::new()).await.unwrap();
    }
    let requests = server.requests();
    requests
        .iter()
        .map(|request| request.header("cookie").map(str::to_owned))
        .collect()
}

#[tokio::test]
async fn cookies_belong_to_the_session_object() {
    let (mine, other) = (Uuid::new_v4(), Uuid::new_v4());
    let sent = cookies_after("node=7; path=/", &[mine, mine, other, mine]).await;
    assert_eq!(sent, [None, Some("node=7".to_owned()), None, Some("node=7".to_owned())]);
}

#[tokio::test]
async fn nil_jar_keeps_nothing() {
    assert_eq!(cookies_after("node=7", &[Uuid::nil(); 2]).await, [None, None]);
}

#[tokio::test]
async fn cookies_of_other_hosts_and_paths_are_not_sent() {
    let jar = Uuid::new_v4();
    for cookie in ["a=1; domain=other.test", "a=1; path=/elsewhere", "a=1; max-age=0"] {
        assert_eq!(cookies_after(cookie, &[jar, jar]).await, [None, None], "{cookie}");
    }
}

#[tokio::test]
async fn forgotten_jar_is_empty() {
    let server = HttpServer::playing([setting("node=7"), Step::reply(200, "OK", "")]).await;
    let (client, call) = (Client::new(), script(target(&server)));
    client.run_script(call.clone(), &Events::new()).await.unwrap();
    client.forget_jar(call.target.cookie_jar);
    client.run_script(call, &Events::new()).await.unwrap();
    assert_eq!(server.requests()[1].header("cookie"), None);
}

/// A refusal sets cookies too: balancers do so on the first reply, whatever it is.
#[tokio::test]
async fn refusal_sets_cookies() {
    let refusal = Step::reply_with(503, "Later", &[("Set-Cookie", "node=7")], "");
    let server = HttpServer::playing([refusal, Step::reply(200, "OK", "")]).await;
    let mut call = script(target(&server));
    call.max_retries = 1;
    support::TestClock::default()
        .client()
        .run_script(call, &Events::new())
        .await
        .unwrap();
    assert_eq!(server.requests()[1].header("cookie"), Some("node=7"));
}

fn redirect(status: u16, to: &str) -> Step {
    Step::reply_with(status, "Elsewhere", &[("Location", to)], "")
}

/// Neither credential nor script goes to an address the caller did not name; the error names it.
#[tokio::test]
async fn redirect_to_another_origin_is_not_followed() {
    let elsewhere = HttpServer::playing([Step::reply(200, "OK", "")]).await;
    for status in [301, 302, 303, 307, 308] {
        let server = HttpServer::playing([redirect(status, &format!("{}/login?token=x", elsewhere.uri()))]).await;
        let failure = Client::new()
            .run_script(script(target(&server)), &Events::new())
            .await
            .unwrap_err();
        assert_eq!((failure.kind, failure.status), (FailureKind::Http, status));
        assert!(
            failure.message.contains(&format!("{}/login,", elsewhere.uri())),
            "{failure}"
        );
    }
    assert!(elsewhere.requests().is_empty());
}

/// RFC 9110 15.4.8: 307 and 308 keep method and body.
#[tokio::test]
async fn redirect_within_the_origin_keeps_the_script() {
    for status in [307, 308] {
        let server = HttpServer::playing([redirect(status, "/moved?x=1"), Step::reply(200, "OK", "answer")]).await;
        let reply = Client::new()
            .run_script(script(target(&server)), &Events::new())
            .await
            .unwrap();
        assert_eq!(reply.body, "answer");
        let requests = server.requests();
        assert_eq!(
            (requests[1].method.as_str(), requests[1].target.as_str()),
            ("POST", "/moved?x=1")
        );
        assert_eq!(requests[1].text(), requests[0].text());
        assert!(requests[1].header("authorization").is_some());
    }
}

/// The others would turn it into a GET without the script.
#[tokio::test]
async fn redirect_that_would_lose_the_script_is_not_followed() {
    for status in [301, 302, 303] {
        let server = HttpServer::playing([redirect(status, "/moved"), Step::reply(200, "OK", "answer")]).await;
        let failure = Client::new()
            .run_script(script(target(&server)), &Events::new())
            .await
            .unwrap_err();
        assert_eq!(failure.kind, FailureKind::Http);
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn circle_of_redirects_ends() {
    let server = HttpServer::playing([redirect(307, "/again")]).await;
    let failure = Client::new()
        .run_script(script(target(&server)), &Events::new())
        .await
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::Http);
    assert!(failure.message.contains("circle"), "{failure}");
    assert_eq!(server.requests().len(), 6);
}

/// CM-D-09: a site that sends unknown addresses to a page has no wait route.
#[tokio::test]
async fn redirected_wait_is_no_wait_route() {
    let page = Step::reply_with(200, "OK", &[("Content-Type", "text/html")], "<html>not found</html>");
    for steps in [
        [redirect(302, "/404"), page.clone()],
        [redirect(302, "http://login.test/"), page],
    ] {
        let server = HttpServer::playing(steps).await;
        let result = Client::new().wait(wait(target(&server)), &Events::new()).await.unwrap();
        assert!(result.not_supported);
    }
}
