//! Replies that are no success: client module 8.6 and 8.7.

mod support;

use secrecy::SecretString;
use spe_client::{Credential, Events, Failure, FailureKind};
use spe_testkit::http::{HttpServer, Step};
use support::{TestClock, script, shared_secret, target};

async fn refused_with(step: Step, credential: Option<Credential>) -> Failure {
    let server = HttpServer::playing([step]).await;
    let mut target = target(&server);
    target.credential = credential;
    let outcome = TestClock::default()
        .client()
        .run_script(script(target), &Events::new())
        .await;
    assert_eq!(server.requests().len(), 1);
    outcome.unwrap_err()
}

async fn refused(status: u16, phrase: &str, headers: &[(&str, &str)], body: &str) -> Failure {
    refused_with(Step::reply_with(status, phrase, headers, body), Some(shared_secret())).await
}

fn access_token() -> Credential {
    Credential::AccessToken(SecretString::from("verbatim"))
}

/// E1 and CM-D-19: each reason has its text.
#[tokio::test]
async fn each_reason_of_a_401_has_its_text() {
    for (reason, text) in [
        ("expired", "shared secret client has expired"),
        ("disabled", "disabled"),
        ("replay", "already been used"),
        ("invalid", "rejected"),
        ("", "rejected"),
    ] {
        let failure = refused(401, "Unauthorized", &[("X-SPE-AuthFailureReason", reason)], "").await;
        assert_eq!(failure.kind, FailureKind::Authentication, "{reason}");
        assert!(failure.message.contains(text), "{reason}: {failure}");
        assert_eq!((failure.status, failure.auth_failure_reason.as_str()), (401, reason));
    }
}

/// Authentication 8.2.1: what expired is the token or the client.
#[tokio::test]
async fn what_expired_is_told() {
    let reply = |detail: &str| {
        let headers = [
            ("X-SPE-AuthFailureReason", "expired"),
            ("X-SPE-AuthFailureDetail", detail),
        ];
        Step::reply_with(401, "Unauthorized", &headers, "")
    };
    for (detail, credential, text) in [
        ("token_expired", shared_secret(), "compare the clocks"),
        ("client_expired", shared_secret(), "client has expired"),
        ("token_expired", access_token(), "access token has expired"),
        ("client_expired", access_token(), "client has expired"),
        ("", access_token(), "access token has expired"),
    ] {
        let failure = refused_with(reply(detail), Some(credential)).await;
        assert!(failure.message.contains(text), "{detail}: {failure}");
    }
}

/// A minted token lives 30 s, so a wrong clock makes every call fail; the reply tells the server's time.
#[tokio::test]
async fn wrong_clock_is_told() {
    // The clock of these tests stands at 00:00:00.
    for (date, text) in [
        ("Thu, 01 Jan 2026 00:01:30 GMT", Some("90 s behind")),
        ("Wed, 31 Dec 2025 23:58:30 GMT", Some("90 s ahead of")),
        ("Thu, 01 Jan 2026 00:00:10 GMT", None),
    ] {
        let failure = refused(401, "Unauthorized", &[("Date", date)], "").await;
        assert_eq!(failure.message.contains("clock"), text.is_some(), "{failure}");
        assert!(failure.message.contains(text.unwrap_or_default()), "{failure}");
    }
}

/// Decisions Q-12: Windows authentication comes later, and the error says so.
#[tokio::test]
async fn windows_authentication_alone_is_named() {
    let failure = refused(
        401,
        "Unauthorized",
        &[("WWW-Authenticate", "Negotiate"), ("WWW-Authenticate", "NTLM")],
        "",
    )
    .await;
    assert!(failure.message.contains("Windows authentication"), "{failure}");
    let failure = refused(
        401,
        "Unauthorized",
        &[
            ("WWW-Authenticate", "Negotiate"),
            ("WWW-Authenticate", "Basic realm=\"x\""),
        ],
        "",
    )
    .await;
    assert!(!failure.message.contains("Windows authentication"), "{failure}");
}

/// E2 and E3: command and policy are named, under either name of the policy's header (decisions Q-10).
#[tokio::test]
async fn blocked_command_and_policy_are_named() {
    for (restriction, kind) in [
        ("command-blocked", FailureKind::CommandBlocked),
        ("policy-blocked", FailureKind::PolicyBlocked),
    ] {
        for header in ["X-SPE-Policy", "X-SPE-Profile"] {
            let headers = [
                ("X-SPE-Restriction", restriction),
                ("X-SPE-BlockedCommand", "Remove-Item"),
                (header, "read-only"),
            ];
            let failure = refused(403, "Forbidden", &headers, "").await;
            assert_eq!(failure.kind, kind);
            assert!(failure.message.contains("Remove-Item"), "{failure}");
            assert_eq!(failure.policy, "read-only");
            assert_eq!(failure.blocked_command, "Remove-Item");
            assert_eq!(failure.restriction, restriction);
        }
    }
}

/// CM-D-19: servers may hide the details; no blank is left where they would stand.
#[tokio::test]
async fn hidden_details_leave_no_gap() {
    let failure = refused(403, "Forbidden", &[("X-SPE-Restriction", "policy-blocked")], "").await;
    assert_eq!(failure.message, "The script is blocked by the policy.");
}

/// WP-D-21 and E6: the reason phrase is the explanation of stock servers.
#[tokio::test]
async fn reason_phrase_is_told() {
    for (status, phrase, kind) in [
        (404, "Not Found", FailureKind::Http),
        (500, "Internal Server Error", FailureKind::Http),
        (418, "I am a teapot of some kind", FailureKind::Http),
        (
            403,
            "The request is not authorized. A remoting policy is required.",
            FailureKind::Forbidden,
        ),
    ] {
        let failure = refused(status, phrase, &[], "").await;
        assert_eq!(failure.kind, kind);
        assert!(
            failure.message.starts_with(&format!("Server response: {phrase}")),
            "{failure}"
        );
        assert_eq!(failure.reason_phrase, phrase);
    }
}

/// Without a phrase on the wire there is the usual one, or none.
#[tokio::test]
async fn missing_phrase_is_the_usual_one() {
    assert!(refused(500, "", &[], "").await.message.starts_with("Server response: "));
    assert_eq!(refused(599, "", &[], "").await.message, "Server response: 599.");
}

/// CM-D-19: a foreign session has a text of its own.
#[tokio::test]
async fn session_of_somebody_else_is_explained() {
    let headers = [("X-SPE-Restriction", "session-not-owned")];
    let failure = refused(403, "Session is owned by a different identity.", &headers, "").await;
    assert_eq!(failure.kind, FailureKind::Forbidden);
    assert!(failure.message.contains("owned by a different identity"), "{failure}");
    assert!(failure.message.contains("New-ScriptSession"), "{failure}");
}

/// E4: limit and Retry-After are named; so is a limit of another kind.
#[tokio::test]
async fn exceeded_limit_is_named() {
    let failure = refused(
        429,
        "Rate limit exceeded.",
        &[("X-RateLimit-Limit", "60"), ("Retry-After", "7")],
        "",
    )
    .await;
    assert_eq!(failure.kind, FailureKind::Throttled);
    assert_eq!(
        failure.message,
        "Rate limit exceeded: 60 requests per window. Retry-After: 7."
    );
    assert_eq!((failure.rate_limit.as_str(), failure.retry_after.as_str()), ("60", "7"));
    let failure = refused(429, "Too many sessions.", &[], "").await;
    assert_eq!(failure.message, "Rate limit exceeded. Too many sessions.");
}

/// E5.
#[tokio::test]
async fn unavailable_service_is_named() {
    let failure = refused(503, "Service is starting. Please retry.", &[("Retry-After", "2")], "").await;
    assert_eq!(failure.kind, FailureKind::Unavailable);
    assert_eq!(
        failure.message,
        "The service is unavailable (503). Service is starting. Please retry. Retry-After: 2."
    );
}

/// Our server explains a refusal in the body, with code and request id.
#[tokio::test]
async fn plain_body_is_told() {
    let headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("X-SPE-RequestId", "0a1b2c3d"),
    ];
    let body = "The body is larger than the limit of 10 bytes. Code: body-too-large. Request: 0a1b2c3d.\n";
    let failure = refused(413, "The body is too large.", &headers, body).await;
    assert_eq!(
        failure.message,
        "Server response: The body is too large. (HTTP 413) \
         The body is larger than the limit of 10 bytes. Code: body-too-large. Request: 0a1b2c3d."
    );
    assert_eq!(failure.request_id, "0a1b2c3d");
    let failure = refused(400, "The id is bad.", &headers, "The id is bad. Code: id-invalid.").await;
    assert_eq!(
        failure.message,
        "Server response: The id is bad. (HTTP 400) Code: id-invalid."
    );
}

/// A page is no explanation, however short.
#[tokio::test]
async fn page_of_a_refusal_is_not_told() {
    let failure = refused(500, "Broken", &[("Content-Type", "text/html")], "<p>oops</p>").await;
    assert_eq!(failure.message, "Server response: Broken. (HTTP 500)");
    assert_eq!(failure.body, "<p>oops</p>");
    assert!(!failure.body_is_json);
}

/// Client module 8.6: the body of a refusal may hold errors as JSON.
#[tokio::test]
async fn body_in_json_is_handed_over() {
    let body = r#"{"output":[],"errors":["Path is not allowed."]}"#;
    let failure = refused(
        403,
        "Path is not allowed.",
        &[("Content-Type", "application/json")],
        body,
    )
    .await;
    assert!(failure.body_is_json);
    assert_eq!(failure.body, body);
}

#[tokio::test]
async fn long_body_is_cut() {
    let failure = refused(500, "Broken", &[], &"x".repeat(1_000_000)).await;
    assert_eq!(failure.body.len(), 64 * 1024);
}

/// The status counts, also when the rest of the reply is lost.
#[tokio::test]
async fn body_of_a_refusal_that_breaks_off_does_not_hide_it() {
    let step = Step::raw("HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\npart").close();
    let failure = refused_with(step, Some(shared_secret())).await;
    assert_eq!((failure.kind, failure.body.as_str()), (FailureKind::Forbidden, "part"));
}

/// Wire protocol 3.2.4: 424 is the reply of a script that failed.
#[tokio::test]
async fn failed_script_is_a_reply() {
    let server = HttpServer::playing([Step::reply_with(
        424,
        "Method Failure",
        &[("X-SPE-RequestId", "r1")],
        "part",
    )])
    .await;
    let call = script(target(&server));
    let reply = TestClock::default()
        .client()
        .run_script(call, &Events::new())
        .await
        .unwrap();
    assert_eq!(
        (reply.status, reply.body.as_str(), reply.request_id.as_str()),
        (424, "part", "r1")
    );
}
