//! TLS: what is spoken, what is proven, and certificates that change (the issue, item 10).

use std::os::unix::fs::PermissionsExt as _;

use rustix::process::Signal;

use crate::harness::{Client, Request, Setup, TestServer, init, run};

const TEST: &str = "/-/script/script/?action=test";

fn with_tls() -> TestServer {
    TestServer::with(&Setup {
        tls: true,
        ..Setup::default()
    })
}

/// WP-D-21: over HTTP/1.1 the phrase is on the status line, and code and request id are in the body.
#[test]
fn requests_are_served_as_without() {
    let server = with_tls();
    let mut client = server.connect_tls();
    let script = server.request("POST", "/-/script/script/?outputFormat=raw");
    assert_eq!(client.exchange(&script.body("1 + 1")).text().trim(), "2");
    let refused = client.exchange(&Request::new("GET", TEST));
    refused.is_refused(401, "unauthorized");
    assert_eq!(refused.reason, "Unauthorized request to the remoting service.");
}

/// 2.5: over TLS a service that wants it is there; without, it is as good as disabled.
#[test]
fn a_service_that_wants_a_secure_connection_has_it_with_tls() {
    let server = TestServer::with(&Setup {
        tls: true,
        spe: vec![(
            r#"requireSecureConnection="false""#,
            r#"requireSecureConnection="true""#,
        )],
        ..Setup::default()
    });
    assert_eq!(server.connect_tls().exchange(&server.request("GET", TEST)).status, 200);
    let plain = server.request("GET", TEST).header("X-Forwarded-Proto", "https");
    server.reply(&plain).is_refused(403, "service-disabled");
}

#[test]
fn both_newer_versions_are_spoken() {
    let server = with_tls();
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let config = server.trust().config_of(&[version], &[]);
        let mut session = rustls::ClientConnection::new(config, "localhost".try_into().unwrap()).unwrap();
        let mut stream = std::net::TcpStream::connect(server.tls_address()).unwrap();
        while session.is_handshaking() {
            session.complete_io(&mut stream).unwrap();
        }
        assert_eq!(session.protocol_version(), Some(version.version));
        assert_eq!(session.alpn_protocol(), None);
    }
}

/// A client of TLS 1.0 is told the version is not supported, and one without TLS gets nothing.
#[test]
fn older_versions_and_plain_requests_are_turned_away() {
    let server = with_tls();
    // A whole ClientHello of TLS 1.0 with one suite that was common then.
    let hello = [
        &[0x16, 3, 1, 0, 45, 1, 0, 0, 41, 3, 1][..],
        &[7; 32],
        &[0, 0, 2, 0, 0x2f, 1, 0],
    ]
    .concat();
    let mut old = Client::connect(server.tls_address());
    old.send(&hello);
    assert!(old.says_only_an_alert());
    let mut plain = Client::connect(server.tls_address());
    plain.send(&server.request("GET", TEST).bytes());
    assert!(plain.says_only_an_alert());
    assert_eq!(server.connect_tls().exchange(&server.request("GET", TEST)).status, 200);
}

#[test]
fn a_handshake_that_does_not_come_ends() {
    let server = TestServer::with(&Setup {
        tls: true,
        settings: "limits.headerTimeout = '1s'".into(),
        ..Setup::default()
    });
    let mut silent = Client::connect(server.tls_address());
    assert!(silent.is_closed());
}

/// A new certificate is used without a restart, within seconds, and open connections go on.
#[test]
fn a_certificate_that_changed_is_used() {
    let server = with_tls();
    let mut before = server.connect_tls();
    let renewed = server.certificate().renew();
    server.log.line(&["the certificate was read again"]);
    Client::connect_tls(server.tls_address(), &renewed).expect("the new one is proven");
    assert!(Client::connect_tls(server.tls_address(), server.trust()).is_err());
    assert_eq!(before.exchange(&server.request("GET", TEST)).status, 200);
}

/// One that cannot be used leaves the one before it, and is told.
#[test]
fn a_certificate_that_cannot_be_used_changes_nothing() {
    let server = with_tls();
    let certificate = server.certificate();
    certificate.put(&certificate.certificate(), "-----BEGIN CERTIFICATE-----\nAAAA\n");
    server.signal(Signal::HUP);
    let line = server.log.line(&["ERROR", "the one before it stays"]);
    assert!(line.contains("server.pem"), "{line}");
    assert_eq!(server.connect_tls().exchange(&server.request("GET", TEST)).status, 200);
}

/// What is missing for TLS is told at the start, with the file and the way out.
#[test]
fn a_start_without_a_certificate_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    assert!(init(&data).status.success());
    let start = |certificate: &str, key: &str| {
        let mut command = run(&data);
        command.args(["--listen", "https://127.0.0.1:0"]);
        command.env("SPE_SERVER__TLS__CERTIFICATE", certificate);
        let output = command.env("SPE_SERVER__TLS__KEY", key).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let said = start("", "");
    assert!(said.contains("tls.certificate and tls.key"), "{said}");
    let said = start("/nothing.pem", "");
    assert!(said.contains("belong together"), "{said}");
    let said = start("/nothing.pem", "/nothing.key");
    assert!(said.contains("cannot read /nothing.pem"), "{said}");

    let certificate = crate::harness::Certificate::in_folder(folder.path());
    certificate.renew();
    let key = certificate.key();
    let (pem, key_text) = (certificate.certificate(), key.to_str().unwrap());
    let pem = pem.to_str().unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let said = start(pem, key_text);
    assert!(said.contains("chmod 600") && said.contains("server.key"), "{said}");
    let said = start(key_text, key_text);
    assert!(said.contains("no certificate"), "{said}");
}

/// The orderly end holds for TLS: what runs gets its reply, what is idle ends.
#[test]
fn a_running_request_ends_before_the_server_does() {
    let server = with_tls();
    let beacon = crate::harness::Beacon::new();
    let mut idle = server.connect_tls();
    let mut client = server.connect_tls();
    let script = server.request("POST", "/-/script/script/?outputFormat=raw");
    client.send(&script.body(beacon.script("'late'")).bytes());
    let running = beacon.arrival();
    server.signal(Signal::TERM);
    assert!(idle.is_closed());
    running.release();
    assert_eq!(client.reply().text().trim(), "late");
    assert!(server.ended().success());
}
