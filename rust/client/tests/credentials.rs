//! Who calls: client module 4.2 and 4.3, CM-D-01, CM-D-30, CM-D-31. And that nobody else learns it.

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use secrecy::SecretString;
use serde_json::{Value, json};
use spe_client::{Credential, Events, Failure, FailureKind, Target};
use spe_testkit::http::{HttpServer, Step};
use support::{SECRET, TestClock, script, shared_secret, target, target_at, wait};

/// The `Authorization` header of each call that a client can make.
async fn headers(credential: Option<Credential>) -> Vec<Option<String>> {
    let server = HttpServer::playing([Step::json(r#"{"isDone":true,"status":"Idle"}"#)]).await;
    let client = TestClock::default().client();
    let target = Target {
        credential,
        ..target(&server)
    };
    let events = Events::new();
    client.run_script(script(target.clone()), &events).await.unwrap();
    client.test(target.clone(), &events).await.unwrap();
    client.cleanup(target.clone(), &events).await.unwrap();
    client.wait(wait(target), &events).await.unwrap();
    let requests = server.requests();
    requests
        .iter()
        .map(|request| request.header("authorization").map(str::to_owned))
        .collect()
}

async fn refused(credential: Credential) -> Failure {
    let target = Target {
        credential: Some(credential),
        ..target_at("http://host.test")
    };
    let failure = TestClock::default()
        .client()
        .run_script(script(target), &Events::new())
        .await
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::InvalidInput);
    failure
}

fn basic(username: &str, password: &str) -> Credential {
    Credential::Basic {
        username: username.to_owned(),
        password: SecretString::from(password),
    }
}

fn minting(algorithm: &str, username: &str, access_key_id: Option<&str>) -> Credential {
    Credential::SharedSecret {
        secret: SecretString::from(SECRET),
        access_key_id: access_key_id.map(str::to_owned),
        algorithm: algorithm.to_owned(),
        username: username.to_owned(),
    }
}

fn decode(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// CM-D-01: every call goes the same way.
#[tokio::test]
async fn access_token_is_sent_verbatim_by_every_call() {
    let token = Credential::AccessToken(SecretString::from("token verbatim"));
    assert_eq!(
        headers(Some(token)).await,
        vec![Some("Bearer token verbatim".to_owned()); 4]
    );
}

/// Wire protocol, appendix A.
#[tokio::test]
async fn password_is_sent_as_basic_by_every_call() {
    let sent = headers(Some(basic(r"sitecore\svc-spe", "p@ss"))).await;
    assert_eq!(sent, vec![Some("Basic c2l0ZWNvcmVcc3ZjLXNwZTpwQHNz".to_owned()); 4]);
}

#[tokio::test]
async fn call_without_credential_is_sent_without() {
    assert_eq!(headers(None).await, vec![None; 4]);
}

/// Client module 4.3.
#[tokio::test]
async fn token_has_the_claims_of_the_protocol() {
    let server = HttpServer::playing([Step::reply(200, "OK", "")]).await;
    let client = TestClock::default().client();
    let start = TestClock::START;
    for (credential, header, name) in [
        (
            minting("HS256", r"sitecore\admin", None),
            json!({"alg": "HS256", "typ": "JWT"}),
            Some(r"sitecore\admin"),
        ),
        (
            minting("hs512", "", Some("key-1")),
            json!({"alg": "HS512", "typ": "JWT", "kid": "key-1"}),
            None,
        ),
        (
            minting("HS384", "", Some("")),
            json!({"alg": "HS384", "typ": "JWT"}),
            None,
        ),
    ] {
        let target = Target {
            credential: Some(credential),
            ..target(&server)
        };
        client.run_script(script(target), &Events::new()).await.unwrap();
        let sent = server.requests().pop().unwrap();
        let token = sent.header("authorization").unwrap().strip_prefix("Bearer ").unwrap();
        let parts: Vec<_> = token.split('.').collect();
        assert_eq!(decode(parts[0]), header);
        let mut claims = json!({"iss": "SPE Remoting", "exp": start + 30, "aud": server.uri(), "iat": start});
        if let Some(name) = name {
            claims["name"] = name.into();
        }
        assert_eq!(decode(parts[1]), claims);
    }
}

/// The audience is the origin, whatever path the connection has.
#[tokio::test]
async fn audience_is_the_origin() {
    let server = HttpServer::playing([Step::reply(200, "OK", "")]).await;
    let target = Target {
        credential: Some(shared_secret()),
        ..target_at(&format!("{}/app/", server.uri()))
    };
    TestClock::default()
        .client()
        .run_script(script(target), &Events::new())
        .await
        .unwrap();
    let sent = server.requests().remove(0);
    let claims = decode(sent.header("authorization").unwrap().split('.').nth(1).unwrap());
    assert_eq!(claims["aud"], server.uri());
}

/// CM-D-30: Latin-1 as servers decode it, or a clear failure.
#[tokio::test]
async fn basic_is_latin_1_or_refused() {
    let sent = headers(Some(basic("us\u{e9}r", "p\u{fc}"))).await.remove(0).unwrap();
    assert_eq!(STANDARD.decode(&sent["Basic ".len()..]).unwrap(), b"us\xe9r:p\xfc");
    for (username, password, word) in [
        ("user", "\u{4e16}", "ISO-8859-1"),
        ("us:er", "pass", "colon"),
        ("user", "pa\nss", "control character"),
    ] {
        let failure = refused(basic(username, password)).await;
        assert!(failure.message.contains(word), "{failure}");
    }
}

#[tokio::test]
async fn values_that_cannot_be_sent_are_refused_without_being_shown() {
    for credential in [
        Credential::AccessToken(SecretString::from("hidden\r\nX-Evil: 1")),
        Credential::AccessToken(SecretString::from("")),
        minting("RS256", "user", None),
        Credential::SharedSecret {
            secret: SecretString::from("hidden"),
            access_key_id: None,
            algorithm: "HS256".to_owned(),
            username: String::new(),
        },
    ] {
        let failure = refused(credential).await;
        assert!(!format!("{failure:?}").contains("hidden"), "{failure:?}");
        assert!(failure.message.ends_with('.'), "{failure}");
    }
}

/// Nothing that can be printed holds a secret: the call, the client, what is told, what fails.
#[tokio::test]
async fn secrets_are_in_nothing_that_is_printed() {
    let server = HttpServer::playing([
        Step::reply_with(429, "Later", &[("Set-Cookie", "node=cookie-value")], ""),
        Step::reply(401, "Unauthorized", ""),
    ])
    .await;
    let client = TestClock::default().client();
    let events = Events::new();
    let mut printed = Vec::new();
    for credential in [
        shared_secret(),
        basic("user", SECRET),
        Credential::AccessToken(SecretString::from(SECRET)),
    ] {
        let mut call = script(Target {
            credential: Some(credential),
            ..target(&server)
        });
        call.max_retries = 1;
        printed.push(format!("{call:?}"));
        let failure = client.run_script(call, &events).await.unwrap_err();
        printed.push(format!("{failure:?} {failure}"));
    }
    printed.push(format!("{client:?} {events:?}"));
    let printed = printed.join("\n");
    let sent: Vec<_> = server
        .requests()
        .iter()
        .filter_map(|request| request.header("authorization").map(str::to_owned))
        .collect();
    assert_eq!(sent.len(), 4);
    for secret in sent
        .iter()
        .map(|header| header.split(' ').nth(1).unwrap())
        .chain([SECRET, "cookie-value"])
    {
        assert!(!printed.contains(secret), "{printed}");
    }
}
