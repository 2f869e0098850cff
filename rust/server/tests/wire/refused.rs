//! Refusals of every stage before a handler (wire protocol 2, decisions: status, bodies).

use crate::harness::{ADMIN, OTHER, Request, Setup, TestServer};

const TEST: &str = "/-/script/script/?action=test";

/// Decisions, status, and WP-D-55: 404 unknown route, 405 wrong method, before anybody is authenticated.
#[test]
fn routes_and_methods_are_told_to_everybody() {
    let server = TestServer::shared();
    for path in [
        "/",
        "/-/script/v2/master/x",
        "/-/script/files/Temp/",
        "/sitecore/shell",
        "*",
    ] {
        server
            .reply(&Request::new("GET", path))
            .is_refused(404, "route-unknown");
    }
    for (method, path, allow) in [
        ("PUT", "/-/script/script/", "GET, POST, OPTIONS"),
        ("POST", "/-/script/wait/", "GET, OPTIONS"),
        ("HEAD", "/-/script/wait/", "GET, OPTIONS"),
        ("DELETE", "/-/script/wait/", "GET, OPTIONS"),
        ("get", "/-/script/wait/", "GET, OPTIONS"),
    ] {
        let mut client = server.connect();
        client.send(
            &Request::new(method, path)
                .header("Content-Length", "0")
                .header("Connection", "close")
                .bytes(),
        );
        let reply = if method == "HEAD" {
            client.head_reply()
        } else {
            client.reply()
        };
        assert_eq!(
            (reply.status, reply.header("allow")),
            (405, Some(allow)),
            "{method} {path}"
        );
    }
}

/// Decisions, SOAP, v1 and v2 (WP-D-28, WP-D-34, WP-D-36, WP-D-37, WP-D-48): what is not there is an unknown route for everybody, known
/// callers too, and runs nothing.
#[test]
fn older_surfaces_are_no_routes() {
    let server = TestServer::shared();
    for path in [
        "/-/script/v1/Script",
        "/-/script/v2/master/Script",
        "/-/script/v2/current/Script",
        "/sitecore%20modules/PowerShell/Services/RemoteAutomation.asmx",
        "/sitecore%20modules/PowerShell/Services/RemoteScriptCall.ashx?apiVersion=script",
        "/sitecore%20modules/PowerShell/Services/PowerShellWebService.asmx",
    ] {
        server.post(path, "1").is_refused(404, "route-unknown");
    }
}

/// WP-D-46 and WP-D-17: neither a cookie nor a bare user name is a credential, and neither changes what a credential says.
#[test]
fn a_login_cookie_is_no_credential() {
    let server = TestServer::shared();
    let cookies = r".ASPXAUTH=0123456789; ASP.NET_SessionId=abc; user=sitecore\admin; sc_user=admin";
    let stranger = Request::new("POST", "/-/script/script/?user=sitecore%5Cadmin").header("Cookie", cookies);
    server.reply(&stranger.body("1")).is_refused(401, "unauthorized");
    let known = server.request("POST", "/-/script/script/?outputFormat=raw&user=sitecore%5Cother");
    let reply = server.reply(&known.header("Cookie", cookies).body("$me"));
    assert_eq!((reply.status, reply.text().as_str()), (200, ADMIN));
}

/// WP-D-47 and WP-D-21: whatever is wrong with a credential, its sender is told the same, with a code and the request id to look up.
#[test]
fn every_bad_credential_is_told_the_same() {
    let server = TestServer::shared();
    let rid = |reply: &crate::harness::Reply| reply.header("x-spe-requestid").unwrap().to_owned();
    let texts: std::collections::BTreeSet<_> = [
        None,
        Some("Bearer"),
        Some("Bearer a.b.c"),
        Some("Basic Og=="),
        Some("Basic %%%"),
        Some("Digest x"),
        Some("Negotiate abc"),
    ]
    .into_iter()
    .map(|value| {
        let request = Request::new("GET", TEST);
        let reply = server.reply(
            &value
                .iter()
                .fold(request, |request, value| request.header("Authorization", value)),
        );
        reply.is_refused(401, "unauthorized");
        (reply.reason.clone(), reply.text().replace(&rid(&reply), "RID"))
    })
    .collect();
    assert_eq!(texts.len(), 1, "{texts:?}");
}

/// Appendix B, what stock clients need: unknown parameters and `persistentSession=False` are taken, and a token needs no `iat`.
#[test]
fn what_stock_clients_send_beside_is_taken() {
    let server = TestServer::shared();
    let query = "persistentSession=False&rawOutput=TRUE&outputFormat=Raw&unknown=1&ts=2";
    assert_eq!(server.script(query, "5").text(), "5");
    let mut spec = server.spec(ADMIN);
    spec.issued_at = spe_auth::mint::IssuedAt::Absent;
    let request = Request::new("GET", TEST).bearer(&server.sign(&spec));
    assert_eq!(server.reply(&request).status, 200);
}

/// WP-D-35: nothing of a path is decoded, shortened or put into the query.
#[test]
fn a_path_that_reads_two_ways_is_no_route() {
    let server = TestServer::shared();
    for path in [
        "/-/script/script%2F?action=test",
        "/-/script%2fscript/?action=test",
        "/-/script/script/..?action=test",
        "/-/script/x/../script/?action=test",
        "/-/script/script/%2e%2e/?action=test",
        "/-/script/script/%00?action=test",
        "/-/script/script/x&action=test",
        "/-/script/script/x%3Faction=test",
    ] {
        server.get(path).is_refused(404, "route-unknown");
    }
}

/// 2.5: told before anybody is authenticated; one that wants TLS is told the same.
#[test]
fn a_service_that_is_off_refuses_everybody() {
    for (from, to) in [
        (r#"enabled="true""#, r#"enabled="false""#),
        (r#"enabled="true""#, r#"enabled="yes""#),
        (
            r#"requireSecureConnection="false""#,
            r#"requireSecureConnection="true""#,
        ),
    ] {
        let server = TestServer::with(&Setup {
            spe: vec![(from, to)],
            ..Setup::default()
        });
        for reply in [server.get(TEST), server.reply(&Request::new("GET", TEST))] {
            reply.is_refused(403, "service-disabled");
            assert_eq!(reply.reason, "The remoting service is disabled.");
            assert_eq!(reply.header("x-spe-restriction"), Some("service-disabled"));
            assert_eq!(
                reply.header("x-spe-serverinstance"),
                None,
                "only known callers are told"
            );
        }
    }
}

/// WP-D-55: a known caller without the role is 403, not 401.
#[test]
fn an_account_without_the_role_is_denied() {
    let server = TestServer::with(&Setup {
        accounts: format!("[[account]]\nname = '{OTHER}'\n"),
        ..Setup::default()
    });
    let reply = server.reply(&server.request_as(OTHER, "GET", TEST));
    reply.is_refused(403, "service-denied");
    assert_eq!(reply.header("x-spe-restriction"), Some("service-denied"));
    assert_eq!(server.reply(&server.request_as(ADMIN, "GET", TEST)).status, 200);
}

/// WP-D-30: a credential stands in the header; the query and a form are not looked at.
#[test]
fn credentials_in_the_query_are_none() {
    let server = TestServer::shared();
    let token = server.sign(&server.spec(ADMIN));
    for target in [
        format!("{TEST}&access_token={token}"),
        format!("{TEST}&user=sitecore%5Cadmin&password=b"),
    ] {
        server
            .reply(&Request::new("GET", &target))
            .is_refused(401, "unauthorized");
    }
    let form = Request::new("POST", TEST).header("Content-Type", "application/x-www-form-urlencoded");
    server
        .reply(&form.body(format!("access_token={token}")))
        .is_refused(401, "unauthorized");
}

/// WP-D-30: each control parameter once; strangers learn nothing of it.
#[test]
fn parameters_stand_once_and_are_encoded_well() {
    let server = TestServer::shared();
    for query in [
        "sessionId=a&SessionId=b",
        "action=test&ACTION=cleanup",
        "outputFormat=raw&outputFormat=raw",
        "jobId=a&job%49d=b",
    ] {
        server
            .get(&format!("/-/script/script/?{query}"))
            .is_refused(400, "parameter-repeated");
    }
    server
        .get("/-/script/script/?sessionId=%zz")
        .is_refused(400, "query-malformed");
    let stranger = Request::new("GET", "/-/script/script/?sessionId=%zz");
    server.reply(&stranger).is_refused(401, "unauthorized");
}

/// Decisions, ids.
#[test]
fn ids_follow_the_grammar() {
    let server = TestServer::shared();
    for id in ["*", "a%20b", "a%7Cb", "%24scriptSession%24", &"x".repeat(129)] {
        let reply = server.script(&format!("sessionId={id}"), "1");
        reply.is_refused(400, "id-invalid");
        assert!(reply.text().contains("1 to 128 characters"));
    }
}

/// 4.3: refusals in JSON, flat or structured.
#[test]
fn refusals_are_json_where_asked() {
    let server = TestServer::shared();
    let flat = server.script("outputFormat=json&sessionId=*", "1");
    assert_eq!(flat.status, 400);
    assert_eq!(flat.json()["errors"][0], flat.reason);
    let reply = server.get("/-/script/wait/?outputFormat=json&errorFormat=structured");
    let error = &reply.json()["errors"][0];
    assert_eq!(error["fullyQualifiedErrorId"], "Spe.Remoting.Http400");
    assert_eq!(error["correlationId"], reply.header("x-spe-requestid").unwrap());
}

/// WP-D-41: what a caller sends forges no line.
#[test]
fn a_refusal_is_one_escaped_line() {
    let server = TestServer::shared();
    let reply = server.reply(&Request::new("GET", "/%0aaction=forged?x"));
    let rid = reply.header("x-spe-requestid").unwrap();
    let line = server.log.line(&["requestRejected", &format!("rid={rid}")]);
    assert!(
        line.contains("reason=route-unknown") && !line.contains("action=forged"),
        "{line}"
    );
}

/// SECURITY.md: no secret and no part of a token gets into the log, at level debug neither.
#[test]
fn the_log_holds_no_credential() {
    let server = TestServer::start();
    let token = server.sign(&server.spec(ADMIN));
    server.reply(&Request::new("GET", TEST).bearer(&token));
    server.reply(&Request::new("GET", TEST).bearer(&format!("{token}x")));
    server.reply(&Request::new("GET", &format!("{TEST}&access_token={token}")));
    server.stop();
    let log = server.log.whole();
    for part in token.split('.') {
        assert!(!log.contains(part), "{log}");
    }
}
