//! Calls from pages of other origins (wire protocol 2.2, WP-D-29).

use crate::harness::{Reply, Request, Setup, TestServer};

const TEST: &str = "/-/script/script/?action=test";
const AUTHORIZATION: &str = "<authorization>";

fn with(cors: &'static str) -> TestServer {
    TestServer::with(&Setup {
        spe: vec![(AUTHORIZATION, cors)],
        ..Setup::default()
    })
}

fn listed() -> TestServer {
    with(
        "<cors allowedOrigins=\"https://app.example.com|https://Two.example.com:8443\" allowCredentials=\"true\" \
         maxAge=\"60\" /><authorization>",
    )
}

fn preflight(server: &TestServer, path: &str, origin: &str) -> Reply {
    let request = Request::new("OPTIONS", path)
        .header("Origin", origin)
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "authorization, x-anything");
    server.reply(&request)
}

fn has_no_grant(reply: &Reply) {
    for name in ["origin", "methods", "headers", "credentials"] {
        assert_eq!(reply.header(&format!("access-control-allow-{name}")), None);
    }
    assert_eq!(reply.header("access-control-max-age"), None);
    assert_eq!(reply.header("access-control-expose-headers"), None);
}

#[test]
fn a_preflight_of_an_allowed_origin_says_what_the_route_takes() {
    let server = listed();
    for (path, methods) in [
        ("/-/script/script/", "GET, POST, OPTIONS"),
        ("/-/script/wait/?jobId=x", "GET, OPTIONS"),
    ] {
        let reply = preflight(&server, path, "https://APP.example.com");
        assert_eq!(reply.status, 204);
        let header = |name: &str| reply.header(name).map(str::to_owned).unwrap_or_default();
        assert_eq!(header("access-control-allow-origin"), "https://APP.example.com");
        assert_eq!(header("access-control-allow-methods"), methods);
        assert_eq!(
            header("access-control-allow-headers"),
            "Authorization, Content-Type, Content-Encoding"
        );
        assert_eq!(header("access-control-max-age"), "60");
        assert_eq!(header("access-control-allow-credentials"), "true");
        assert_eq!(header("vary"), "Origin");
    }
}

/// WP-D-29: 204 without a grant, where stock servers say 200, and `Vary` so that no cache mixes the two up.
#[test]
fn a_preflight_of_another_origin_gets_no_grant() {
    let server = listed();
    for origin in [
        "https://evil.example.com",
        "https://app.example.com.evil.example",
        "null",
        "*",
    ] {
        let reply = preflight(&server, "/-/script/script/", origin);
        assert_eq!((reply.status, reply.header("vary")), (204, Some("Origin")), "{origin}");
        has_no_grant(&reply);
    }
    let without_origin = server.reply(&Request::new("OPTIONS", "/-/script/script/"));
    assert_eq!(without_origin.status, 204);
    has_no_grant(&without_origin);
    preflight(&server, "/-/script/nothing/", "https://app.example.com").is_refused(404, "route-unknown");
}

/// WP-D-29: a page can read refusals, their headers too; they carry the grant before anybody is authenticated.
#[test]
fn refusals_carry_the_grant_as_results_do() {
    let server = listed();
    let from_page = |request: Request| server.reply(&request.header("Origin", "https://two.example.com:8443"));
    let replies = [
        (from_page(server.request("GET", TEST)), 200),
        (from_page(Request::new("GET", TEST)), 401),
        (from_page(Request::new("DELETE", TEST)), 405),
        (from_page(server.request("GET", "/-/script/wait/")), 400),
    ];
    for (reply, status) in replies {
        assert_eq!(reply.status, status);
        assert_eq!(
            reply.header("access-control-allow-origin"),
            Some("https://two.example.com:8443")
        );
        assert_eq!(reply.header("vary"), Some("Origin"));
        let exposed = reply.header("access-control-expose-headers").unwrap();
        for name in [
            "X-SPE-RequestId",
            "X-RateLimit-Limit",
            "Retry-After",
            "WWW-Authenticate",
        ] {
            assert!(exposed.split(", ").any(|known| known == name), "{name} in {exposed}");
        }
    }
}

/// 2.2: with any origin allowed the answer is `*`, and never with credentials.
#[test]
fn any_origin_is_a_star_without_credentials() {
    let server = with("<cors allowedOrigins=\"*\" allowCredentials=\"true\" /><authorization>");
    let reply = preflight(&server, "/-/script/script/", "https://anybody.example");
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    assert_eq!(reply.header("access-control-allow-credentials"), None);
    assert_eq!(reply.header("access-control-max-age"), Some("3600"));
    server.log.line(&["allowCredentials counts as false"]);
}

#[test]
fn without_the_element_there_are_no_such_headers() {
    let server = TestServer::shared();
    let reply = preflight(&server, "/-/script/script/", "https://app.example.com");
    assert_eq!((reply.status, reply.header("vary")), (204, None));
    has_no_grant(&reply);
    has_no_grant(&server.reply(&server.request("GET", TEST).header("Origin", "https://app.example.com")));
}
