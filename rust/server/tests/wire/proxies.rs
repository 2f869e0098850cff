//! What a proxy says of the client, believed of the proxies of the settings alone (wire protocol 2.4 and 2.5).

use crate::harness::{Setup, TestServer};

const TEST: &str = "/-/script/script/?action=test";

fn with(settings: &str, more: &[(&'static str, &'static str)]) -> TestServer {
    let secure = (
        r#"requireSecureConnection="false""#,
        r#"requireSecureConnection="true""#,
    );
    TestServer::with(&Setup {
        settings: settings.into(),
        spe: [&[secure], more].concat(),
        ..Setup::default()
    })
}

/// 2.5: the whole value, in any case, once.
#[test]
fn a_trusted_proxy_can_vouch_for_the_connection() {
    let server = with("trustedProxies = ['127.0.0.0/8']", &[]);
    for (value, status) in [
        ("https", 200),
        ("HTTPS", 200),
        ("http", 403),
        ("https, http", 403),
        ("", 403),
    ] {
        let reply = server.reply(&server.request("GET", TEST).header("X-Forwarded-Proto", value));
        assert_eq!(reply.status, status, "{value}");
    }
    let twice = server.request("GET", TEST).header("X-Forwarded-Proto", "https");
    let reply = server.reply(&twice.header("X-Forwarded-Proto", "https"));
    assert_eq!(reply.status, 403);
}

#[test]
fn nobody_else_can() {
    let off = (
        "<settings>",
        r#"<settings><setting name="Spe.Remoting.UseForwardedHeaders" value="false" />"#,
    );
    for server in [with("", &[]), with("trustedProxies = ['127.0.0.1']", &[off])] {
        let request = server.request("GET", TEST).header("X-Forwarded-Proto", "https");
        let reply = server.reply(&request.header("X-Forwarded-For", "203.0.113.7"));
        reply.is_refused(403, "service-disabled");
        let line = server.log.line(&["serviceDisabled"]);
        assert!(line.contains("ip=127.0.0.1"), "{line}");
    }
}

/// 2.4, with the last address that is no proxy: those before it the client may have made up.
#[test]
fn the_client_is_the_last_address_before_the_proxies() {
    let server = with("trustedProxies = ['127.0.0.1', '10.0.0.0/8']", &[]);
    for (value, ip) in [
        ("203.0.113.7", "203.0.113.7"),
        ("198.51.100.1, 203.0.113.8", "203.0.113.8"),
        ("203.0.113.9,10.1.2.3", "203.0.113.9"),
        ("::ffff:203.0.113.10", "203.0.113.10"),
        ("203.0.113.11, nonsense", "127.0.0.1"),
        ("[2001:db8::1]", "127.0.0.1"),
    ] {
        let request = server.request("GET", TEST).header("X-Forwarded-Proto", "https");
        let reply = server.reply(&request.header("X-Forwarded-For", value));
        let rid = reply.header("x-spe-requestid").unwrap();
        let line = server.log.line(&["requestReceived", &format!("rid={rid}")]);
        assert!(line.contains(&format!("ip={ip} ")), "{value}: {line}");
    }
}
