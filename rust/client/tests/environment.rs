//! What the machine decides: whom TLS trusts, and proxies. Environment variables belong to a process, so these tests run
//! themselves again as a child that has them set.

mod support;

use std::process::Command;

use spe_client::{Client, Events, Failure, FailureKind, Reply};
use spe_testkit::http::{Certificate, HttpServer, Step};
use support::{script, target_at};

/// Where the child of a test has to call.
const URI: &str = "SPE_CLIENT_TEST_URI";

async fn call(uri: &str) -> Result<Reply, Failure> {
    Client::new().run_script(script(target_at(uri)), &Events::new()).await
}

/// Runs test `name` as a child that calls `uri`, and returns what it printed about the outcome.
async fn child(name: &str, uri: &str, environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture"]).env(URI, uri);
    for variable in [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
        "NO_PROXY",
        "no_proxy",
    ] {
        command.env_remove(variable);
    }
    command.envs(environment.iter().copied());
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let outcome = text.lines().find_map(|line| line.split_once("outcome: "));
    outcome
        .unwrap_or_else(|| panic!("the child says nothing of the outcome: {text}"))
        .1
        .to_owned()
}

/// The child's part of a test: tells the outcome of the call, when this is the child.
async fn is_child() -> bool {
    let Ok(uri) = std::env::var(URI) else { return false };
    match call(&uri).await {
        Ok(reply) => println!("outcome: {}", reply.body),
        Err(failure) => println!("outcome: {failure:?}"),
    }
    true
}

async fn secure_server(name: &str) -> (HttpServer, Certificate) {
    let certificate = Certificate::for_name(name);
    let server = HttpServer::start_tls(&certificate, |_| Step::reply(200, "OK", "answer")).await;
    (server, certificate)
}

/// A file that holds what the operating system trusts.
fn trust_store(certificate: &Certificate) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), certificate.pem()).unwrap();
    file
}

#[tokio::test]
async fn certificate_nobody_vouches_for_is_refused() {
    let (server, _) = secure_server("127.0.0.1").await;
    let failure = call(&server.uri()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Tls);
    assert!(failure.message.contains("UnknownIssuer"), "{failure}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn certificate_of_the_trust_store_is_accepted() {
    if is_child().await {
        return;
    }
    let (server, certificate) = secure_server("127.0.0.1").await;
    let store = trust_store(&certificate);
    let path = store.path().to_str().unwrap();
    let name = "certificate_of_the_trust_store_is_accepted";
    assert_eq!(child(name, &server.uri(), &[("SSL_CERT_FILE", path)]).await, "answer");
}

#[tokio::test]
async fn certificate_of_another_name_is_refused() {
    if is_child().await {
        return;
    }
    let (server, certificate) = secure_server("other.test").await;
    let store = trust_store(&certificate);
    let path = store.path().to_str().unwrap();
    let name = "certificate_of_another_name_is_refused";
    let outcome = child(name, &server.uri(), &[("SSL_CERT_FILE", path)]).await;
    assert!(
        outcome.contains("kind: Tls") && outcome.contains("NotValidForName"),
        "{outcome}"
    );
    assert!(server.requests().is_empty());
}

/// Plain HTTP needs no trust store, so a machine without one can speak it; TLS says what is missing.
#[tokio::test]
async fn machine_without_a_trust_store_can_speak_plain_http() {
    if is_child().await {
        return;
    }
    let name = "machine_without_a_trust_store_can_speak_plain_http";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("empty.pem");
    std::fs::write(&file, "").unwrap();
    let nothing = [
        ("SSL_CERT_FILE", file.to_str().unwrap()),
        ("SSL_CERT_DIR", folder.path().to_str().unwrap()),
    ];
    let server = HttpServer::playing([Step::reply(200, "OK", "answer")]).await;
    assert_eq!(child(name, &server.uri(), &nothing).await, "answer");
    let outcome = child(name, "https://127.0.0.1:1", &nothing).await;
    assert!(outcome.contains("kind: Tls"), "{outcome}");
}

#[tokio::test]
async fn proxy_of_the_environment_is_used() {
    if is_child().await {
        return;
    }
    let name = "proxy_of_the_environment_is_used";
    let proxy = HttpServer::playing([Step::reply(200, "OK", "by way of the proxy")]).await;
    let uri = "http://no-such-host.invalid";
    assert_eq!(
        child(name, uri, &[("HTTP_PROXY", &proxy.uri())]).await,
        "by way of the proxy"
    );
    assert!(
        proxy.requests()[0]
            .target
            .starts_with("http://no-such-host.invalid/-/script/")
    );
}

#[tokio::test]
async fn exceptions_from_the_proxy_are_kept() {
    if is_child().await {
        return;
    }
    let name = "exceptions_from_the_proxy_are_kept";
    let proxy = HttpServer::playing([Step::reply(200, "OK", "by way of the proxy")]).await;
    let server = HttpServer::playing([Step::reply(200, "OK", "directly")]).await;
    let environment = [("HTTP_PROXY", proxy.uri()), ("NO_PROXY", "127.0.0.1".to_owned())];
    let environment = environment.each_ref().map(|(name, text)| (*name, text.as_str()));
    assert_eq!(child(name, &server.uri(), &environment).await, "directly");
}

#[tokio::test]
async fn password_of_a_proxy_is_not_shown() {
    if is_child().await {
        return;
    }
    let name = "password_of_a_proxy_is_not_shown";
    let refusing = HttpServer::playing([Step::reply(407, "Proxy Authentication Required", "")]).await;
    let proxy = format!("http://user:proxy-password@{}", refusing.authority());
    let environment = [("HTTP_PROXY", proxy.as_str()), ("HTTPS_PROXY", &proxy)];
    for (uri, kind) in [
        ("http://host.test", "kind: Http"),
        ("https://host.test", "kind: Connect"),
    ] {
        let outcome = child(name, uri, &environment).await;
        assert!(
            outcome.contains(kind) && outcome.to_lowercase().contains("proxy auth"),
            "{outcome}"
        );
        assert!(!outcome.contains("proxy-password"), "{outcome}");
    }
}
