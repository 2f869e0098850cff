//! Authentication as callers meet it, over real connections (authentication 8 and 10.2; wire protocol 2.8.4 and 10).

use crate::config::SECRET;
use crate::log::log;
use crate::server::{Reply, TestServer, expired, mint_with, token, token_of};

const TEST: &str = "/-/script/script/?action=test";

/// What every refusal of a credential has, whatever the cause.
fn assert_fixed(reply: &Reply) {
    assert_eq!(
        reply.status,
        "HTTP/1.1 401 Unauthorized request to the remoting service."
    );
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(reply.header("x-spe-serverinstance"), None);
    assert_eq!(reply.header("x-spe-restriction"), None);
    let rid = reply.header("x-spe-requestid").unwrap();
    let body = format!("Unauthorized request to the remoting service. Code: unauthorized. Request: {rid}.\n");
    assert_eq!(reply.body, body);
}

#[tokio::test]
async fn a_good_token_is_let_in() {
    let server = TestServer::start().await;
    for scheme in ["Bearer", "bearer", "BEARER  "] {
        let header = format!("Authorization: {scheme} {}\r\n", token(&server));
        let reply = server.send("POST", TEST, header.as_bytes()).await;
        assert!(reply.status.starts_with("HTTP/1.1 200 "), "{}", reply.status);
        assert!(reply.header("x-spe-serverinstance").is_some());
        assert_eq!(reply.header("www-authenticate"), None);
    }
}

/// N001 to N012, N015, N018: whatever stands in the header, the answer is one text, and nothing panics.
#[tokio::test]
async fn every_failure_has_one_answer() {
    let server = TestServer::start().await;
    let good = token(&server);
    let bearer = |credential: &[u8]| [b"Authorization: Bearer ", credential, b"\r\n"].concat();
    let realm = r#"Bearer realm="SPE Remoting""#;
    let request = r#"Bearer error="invalid_request""#;
    let invalid = r#"Bearer error="invalid_token""#;
    let cases: Vec<(Vec<u8>, &str, Option<&str>)> = vec![
        (b"".to_vec(), realm, None),
        (b"Authorization:\r\n".to_vec(), realm, None),
        (b"Authorization: Basic\r\n".to_vec(), realm, None),
        (b"Authorization: Basic Og==\r\n".to_vec(), realm, None),
        (
            b"Authorization: Basic c2l0ZWNvcmVcYWRtaW46Yg==\r\n".to_vec(),
            realm,
            None,
        ),
        (b"Authorization: Basic %%%\r\n".to_vec(), realm, None),
        (b"Authorization: Negotiate AAAA\r\n".to_vec(), realm, None),
        (format!("Authorization: DPoP {good}\r\n").into(), realm, None),
        (format!("Authorization: Bearer{good}\r\n").into(), realm, None),
        (
            format!("Cookie: user=sitecore\\admin; password=b; token={good}\r\n").into(),
            realm,
            None,
        ),
        (b"Authorization: Bearer\r\n".to_vec(), request, Some("invalid")),
        (b"Authorization: Bearer   \r\n".to_vec(), request, Some("invalid")),
        (b"Authorization: \xff\xfe\r\n".to_vec(), request, Some("invalid")),
        (bearer(b"\xe9.\xe9.\xe9"), request, Some("invalid")),
        (
            [bearer(good.as_bytes()), bearer(good.as_bytes())].concat(),
            request,
            Some("invalid"),
        ),
        (
            [b"Authorization: Basic Og==\r\n".to_vec(), bearer(good.as_bytes())].concat(),
            request,
            Some("invalid"),
        ),
        (
            bearer(format!("{good}, Bearer {good}").as_bytes()),
            invalid,
            Some("invalid"),
        ),
        (bearer(b"not.a.jwt"), invalid, Some("invalid")),
        (bearer(good.to_uppercase().as_bytes()), invalid, Some("invalid")),
        (bearer(&[b'A'; 20_000]), invalid, Some("invalid")),
        (bearer(token_of(&server, "nobody").as_bytes()), invalid, Some("invalid")),
    ];
    for (headers, challenge, reason) in cases {
        let reply = server.send("POST", TEST, &headers).await;
        assert_fixed(&reply);
        let shown = String::from_utf8_lossy(&headers).into_owned();
        assert_eq!(reply.header("www-authenticate"), Some(challenge), "{shown}");
        assert_eq!(reply.header("x-spe-authfailurereason"), reason, "{shown}");
        assert_eq!(reply.header("x-spe-authfailuredetail"), None, "{shown}");
    }
    let query = format!("{TEST}&user=sitecore%5Cadmin&password=b&token={good}");
    assert_fixed(&server.send("POST", &query, b"").await);
}

/// N009: a token of a megabyte ends at the bound of the headers.
#[tokio::test]
async fn a_token_of_a_megabyte_is_refused_before_it_is_read() {
    let server = TestServer::start().await;
    let headers = [
        b"Authorization: Bearer ".to_vec(),
        vec![b'A'; 1024 * 1024],
        b"\r\n".to_vec(),
    ]
    .concat();
    // The reply may be lost: the server closes while there is still more to read.
    if let Some(reply) = server.try_send("POST", TEST, &headers).await {
        assert!(reply.status.starts_with("HTTP/1.1 431 "), "{}", reply.status);
    }
    let header = format!("Authorization: Bearer {}\r\n", token(&server));
    let reply = server.send("POST", TEST, header.as_bytes()).await;
    assert!(reply.status.starts_with("HTTP/1.1 200 "), "{}", reply.status);
}

/// N143, N145 (WP-D-26): who holds the secret learns that the token's time has passed; who does not learns nothing.
#[tokio::test]
async fn only_a_proven_token_is_told_to_have_expired() {
    let server = TestServer::start().await;
    let token = expired(&server);
    let reply = server
        .send("POST", TEST, format!("Authorization: Bearer {token}\r\n").as_bytes())
        .await;
    assert_fixed(&reply);
    let challenge = r#"Bearer error="invalid_token", error_description="The access token expired""#;
    assert_eq!(reply.header("www-authenticate"), Some(challenge));
    assert_eq!(reply.header("x-spe-authfailurereason"), Some("expired"));
    assert_eq!(reply.header("x-spe-authfailuredetail"), Some("token_expired"));

    let (signed, _) = token.rsplit_once('.').unwrap();
    let forged = format!("Authorization: Bearer {signed}.{}\r\n", "A".repeat(43));
    let reply = server.send("POST", TEST, forged.as_bytes()).await;
    assert_fixed(&reply);
    assert_eq!(reply.header("x-spe-authfailurereason"), Some("invalid"));
    assert_eq!(reply.header("x-spe-authfailuredetail"), None);
}

/// N318, WP-D-55: a known caller who may not use the service gets 403, without a challenge.
#[tokio::test]
async fn a_caller_without_a_permission_is_denied() {
    let server = TestServer::start().await;
    let header = format!("Authorization: Bearer {}\r\n", token_of(&server, "guest"));
    let reply = server.send("POST", TEST, header.as_bytes()).await;
    let phrase = "The specified user is not authorized for the remoting service.";
    assert_eq!(reply.status, format!("HTTP/1.1 403 {phrase}"));
    assert_eq!(reply.header("x-spe-restriction"), Some("service-denied"));
    assert_eq!(reply.header("www-authenticate"), None);
    assert_eq!(reply.header("x-spe-authfailurereason"), None);
}

/// Authentication 2.8, N229: a token narrowed to a policy nobody knows runs nothing, and a policy that denies everything is the same.
#[tokio::test]
async fn a_token_with_an_unknown_scope_is_denied() {
    let server = TestServer::start().await;
    log();
    for (scope, told) in [
        ("no-such-profile", true),
        ("deny-all", false),
        ("unrestricted Deny-All", false),
    ] {
        let token = mint_with(&server, |spec| spec.scope = Some(scope.into()));
        let reply = server.script(&token).await;
        assert_eq!(
            reply.status, "HTTP/1.1 403 Script blocked by remoting policy.",
            "{scope}"
        );
        assert_eq!(reply.header("x-spe-restriction"), Some("policy-blocked"));
        assert_eq!(reply.header("x-spe-profile"), Some("deny-all"));
        assert_eq!(reply.header("x-spe-policy"), Some("deny-all"));
        assert_eq!(reply.header("www-authenticate"), None);
        let rid = reply.header("x-spe-requestid").unwrap();
        assert_eq!(
            log().lines(&["unknownPolicy", "no-such-profile", rid]).len(),
            usize::from(told)
        );
        log().line(&["scriptRejectedByPolicy", "deny-all", rid]);
        // What needs no policy still works, and says which one holds.
        let header = format!("Authorization: Bearer {token}\r\n");
        let reply = server.send("POST", TEST, header.as_bytes()).await;
        assert!(reply.status.starts_with("HTTP/1.1 200 "), "{}", reply.status);
        assert_eq!(reply.header("x-spe-restriction"), Some("deny-all"));
    }
}

/// Wire protocol 10.2, authentication 9.2: the reason is in the log, under the request's id, and no part of a credential is.
#[tokio::test]
async fn the_log_has_the_reason_and_nothing_of_the_credential() {
    let log = log();
    let server = TestServer::start().await;
    let good = token(&server);
    let at = good.len() - 8;
    let other = if good.as_bytes()[at] == b'A' { 'B' } else { 'A' };
    let tampered = format!("{}{other}{}", &good[..at], &good[at + 1..]);
    for (header, reason) in [
        (String::new(), "authRequired"),
        (format!("Bearer {tampered}"), "signatureMismatch"),
        (format!("Bearer {}", expired(&server)), "tokenExpired"),
        (format!("Bearer {}", token_of(&server, "nobody")), "unknownAccount"),
        (format!("Bearer{good}"), "unsupportedScheme"),
        (format!("Bearer {good}.{good}"), "malformedToken"),
        (format!("Basic {good}"), "malformedBasic"),
    ] {
        let header = if header.is_empty() {
            header
        } else {
            format!("Authorization: {header}\r\n")
        };
        let reply = server.send("POST", TEST, header.as_bytes()).await;
        assert_fixed(&reply);
        let rid = reply.header("x-spe-requestid").unwrap();
        let line = log.line(&["authRejected", rid]);
        assert!(line.contains(&format!("reason=\"{reason}\"")), "{line}");
        let failures = log.lines(&["validationFailed", rid]);
        assert_eq!(failures.len(), usize::from(header.contains("Bearer ")), "{reason}");
        for line in failures {
            // Authentication 2.6: the configuration of these tests asks for details, which go nowhere else.
            assert!(
                line.contains(&format!("reason=\"{reason}\"")) && line.contains("detail="),
                "{line}"
            );
        }
    }
    let header = format!("Authorization: Bearer {good}\r\n");
    server.send("POST", TEST, header.as_bytes()).await;
    let all = log.text();
    assert!(all.contains("bearerAuthSuccess") && all.contains("connectionTest"));
    assert!(!all.contains(SECRET));
    assert!(!all.contains("eyJ"), "{all}");
    for part in good.split('.') {
        assert!(!all.contains(&part[part.len() - 12..]), "{all}");
    }
}

/// A server that cannot run scripts lives and is not ready.
#[tokio::test]
async fn without_processes_the_server_is_not_ready() {
    let server = TestServer::start().await;
    let reply = server.send("GET", "/-/health/ready", b"").await;
    assert!(reply.status.starts_with("HTTP/1.1 503 "), "{}", reply.status);
    let reply = server.send("GET", "/-/health/live", b"").await;
    assert!(reply.status.starts_with("HTTP/1.1 200 "), "{}", reply.status);
}
