//! 10.9: keys and their documents.

use serde_json::{Value, json};
use spe_testkit::http::{Certificate, Gate, Step};
use spe_testkit::idp::{IdentityProvider, KeyType, SigningKey};

use super::fixture::{ES256, Matrix, ec, headed, provider, rs, rsa, t0};
use crate::log::log;

const UNRESOLVED: &str = "keyNotResolved";

fn named(kid: &str) -> String {
    headed(&format!(r#"{{"alg":"RS256","typ":"JWT","kid":"{kid}"}}"#))
}

/// The JWK of `key` with a member in another form.
fn changed(key: &SigningKey, name: &str, value: Value) -> Value {
    let mut jwk = key.jwk();
    jwk[name] = value;
    jwk
}

/// N240 to N242: a token names a key that there is, and many that do not cost one fetch.
#[tokio::test]
async fn unknown_keys_cost_one_fetch() {
    let matrix = Matrix::start().await;
    matrix
        .invalid("N240", &headed(r#"{"alg":"RS256","typ":"JWT"}"#), "missingKid")
        .await;
    assert_eq!(matrix.idp.fetches(), 0);
    matrix.taken("T0", &rs(&t0())).await;
    matrix.clock.pass(31);
    // The unresolvable kid of the requirement document.
    matrix.invalid("N241", &named("unknown"), UNRESOLVED).await;
    assert_eq!(matrix.idp.fetches(), 2);
    for number in 0..100 {
        let reply = matrix.call(&named(&format!("k{number}"))).await;
        assert!(reply.status.starts_with("HTTP/1.1 401 "), "N242: {}", reply.status);
    }
    assert_eq!(matrix.idp.fetches(), 2, "N242");
}

/// N243, N244: an outage does not touch keys that are there (AU-D-30).
#[tokio::test]
async fn an_outage_touches_nothing_that_is_there() {
    let matrix = Matrix::start().await;
    matrix.taken("T0", &rs(&t0())).await;
    matrix
        .idp
        .answers(Step::reply(500, "Internal Server Error", "").close());
    matrix.clock.pass(31);
    matrix.invalid("N243", &named("random"), UNRESOLVED).await;
    matrix.taken("N243", &rs(&t0())).await;
    assert_eq!(matrix.idp.fetches(), 2);

    let matrix = Matrix::start().await;
    matrix
        .idp
        .answers(Step::reply(500, "Internal Server Error", "").close());
    matrix.invalid("N244", &rs(&t0()), UNRESOLVED).await;
    matrix.idp.publish(&[rsa()]);
    matrix.clock.pass(14);
    matrix.invalid("N244", &rs(&t0()), UNRESOLVED).await;
    assert_eq!(matrix.idp.fetches(), 1, "N244");
    // 15 s and up to a quarter more.
    matrix.clock.pass(5);
    matrix.taken("N244", &rs(&t0())).await;
}

/// N245, N246, N248 to N252: what answers with anything but keys gives none, and leads nowhere.
#[tokio::test]
async fn an_odd_answer_gives_no_keys() {
    let elsewhere = IdentityProvider::start(&[rsa()]).await;
    let to = |uri: &str| Step::reply_with(302, "Found", &[("Location", uri)], "").close();
    let long = "Content-Length: 2097152\r\n";
    let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
    let gzip = [("Content-Encoding", "gzip")];
    for (id, step, reason) in [
        ("N245", to(&elsewhere.jwks_uri()), "redirect"),
        ("N246", to("https://127.0.0.1:9/jwks"), "redirect"),
        (
            "N248",
            Step::raw(format!("HTTP/1.1 200 OK\r\n{long}\r\n")).until_client_closes(),
            "responseTooLarge",
        ),
        (
            "N249",
            Step::raw(format!(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}",
                chunk.repeat(300)
            ))
            .until_client_closes(),
            "responseTooLarge",
        ),
        (
            "N250",
            Step::reply_with(200, "OK", &gzip, b"\x1f\x8b\x08\x00rubbish").close(),
            "malformedDocument",
        ),
        (
            "N251",
            Step::reply(200, "OK", "<html></html>").close(),
            "malformedDocument",
        ),
        ("N252", Step::json("{\"keys\":[]}").close(), "emptyKeyset"),
        ("5.2", Step::reply(204, "No Content", "").close(), "status"),
        (
            "5.3",
            Step::json("{\"keys\":[],\"keys\":[]}").close(),
            "malformedDocument",
        ),
    ] {
        let matrix = Matrix::start().await;
        matrix.idp.answers(step);
        matrix.invalid(id, &rs(&t0()), UNRESOLVED).await;
        let line = log().line(&["fetchFailed", &matrix.idp.jwks_uri()]);
        assert!(line.contains(&format!("reason=\"{reason}\"")), "{id}: {line}");
        assert_eq!(matrix.idp.fetches(), 1, "{id}");
    }
    assert_eq!(elsewhere.fetches(), 0);
}

/// N247: an endpoint that does not answer holds up nobody else.
#[tokio::test]
async fn a_slow_endpoint_holds_up_nobody_else() {
    let matrix = Matrix::start().await;
    let gate = Gate::new();
    matrix.idp.answers(
        Step::json(&json!({ "keys": [rsa().jwk()] }).to_string())
            .close()
            .behind(&gate),
    );
    let token = rs(&t0());
    let mut waiting = Box::pin(matrix.call(&token));
    tokio::select! {
        reply = &mut waiting => panic!("N247: {}", reply.status),
        () = matrix.idp.server().received(1) => {}
    }
    matrix.taken("N247", &super::fixture::hs(&super::fixture::h0())).await;
    gate.open();
    let reply = waiting.await;
    assert!(reply.status.starts_with("HTTP/1.1 200 "), "N247: {}", reply.status);
}

/// N253, N254: one name of two keys.
#[tokio::test]
async fn a_name_of_two_keys_is_nobodys() {
    let twin = SigningKey::generate("rsa-1", KeyType::Rsa2048);
    let matrix = Matrix::start().await;
    matrix.idp.publish(&[rsa(), &twin]);
    matrix.invalid("N253", &rs(&t0()), UNRESOLVED).await;
    log().line(&["duplicateKid", &matrix.idp.jwks_uri()]);
    let matrix = Matrix::start().await;
    matrix
        .idp
        .publish_raw(&[rsa().jwk(), changed(ec(), "kid", json!("rsa-1"))]);
    matrix.taken("N254", &rs(&t0())).await;
}

/// N255 to N258, N260, N262: keys that must not verify (AU-D-32).
#[tokio::test]
async fn a_key_must_be_one_to_verify_with() {
    let jwk = |name, value| changed(rsa(), name, value);
    let modulus = rsa().jwk()["n"].as_str().unwrap().to_owned();
    let even = format!("{}A", &modulus[..modulus.len() - 1]);
    for (id, key) in [
        ("N255", jwk("use", json!("enc"))),
        ("N256", jwk("key_ops", json!(["sign"]))),
        ("N257 1024", jwk("n", json!(format!("{}w", &modulus[..170])))),
        ("N257 512", jwk("n", json!(format!("{}w", &modulus[..85])))),
        ("N258 one", jwk("e", json!("AQ"))),
        ("N258 even exponent", jwk("e", json!("AQAA"))),
        ("N258 even modulus", jwk("n", json!(even))),
        ("5.4 zero in front", jwk("n", json!(format!("AAAA{modulus}")))),
    ] {
        let matrix = Matrix::start().await;
        matrix.idp.publish_raw(&[key]);
        matrix.invalid(id, &rs(&t0()), "keyNotSuitable").await;
    }
    let zero = spe_testkit::forge::encode([0; 32]);
    let x = ec().jwk()["x"].clone();
    for (id, changes) in [
        ("N260 off the curve", vec![("y", x)]),
        ("N260 zero", vec![("x", json!(zero.clone())), ("y", json!(zero))]),
        ("N262", vec![("x", json!(spe_testkit::forge::encode([5; 31])))]),
    ] {
        let mut key = ec().jwk();
        for (name, value) in changes {
            key[name] = value;
        }
        let matrix = Matrix::start().await;
        matrix.idp.publish_raw(&[key]);
        matrix
            .invalid(id, &ec().token(ES256, &t0().json()), "keyNotSuitable")
            .await;
    }
}

/// N259, N261, N263, N264: keys of other sizes and kinds.
#[tokio::test]
async fn keys_of_other_kinds_are_passed_over() {
    let matrix = Matrix::start().await;
    let token = rs(&t0());
    let (signed, _) = token.rsplit_once('.').unwrap();
    let huge = format!("{signed}.{}", spe_testkit::forge::encode([1; 2048]));
    matrix.invalid("N259", &huge, "tokenTooLarge").await;
    let modulus = format!("{}w", "_".repeat(2730));
    matrix
        .idp
        .publish_raw(&[changed(rsa(), "n", json!(modulus)), ec().jwk()]);
    matrix.invalid("N259", &token, "keyNotSuitable").await;
    let matrix = Matrix::start().await;
    matrix.idp.publish_raw(&[changed(ec(), "crv", json!("secp256k1"))]);
    matrix
        .invalid("N261", &ec().token(ES256, &t0().json()), "keyAlgorithmMismatch")
        .await;
    let matrix = Matrix::start().await;
    matrix
        .idp
        .publish_raw(&[changed(rsa(), "d", json!("AQAB")), ec().jwk()]);
    matrix.invalid("N263", &token, UNRESOLVED).await;
    let line = log().line(&["privateKeyPublished", &matrix.idp.jwks_uri()]);
    assert!(line.contains("ERROR"), "N263: {line}");
    let matrix = Matrix::start().await;
    let secret = "an octet key, of at least 32 bytes.....";
    let oct = json!({ "kty": "oct", "kid": "oct-1", "k": spe_testkit::forge::encode(secret) });
    matrix.idp.publish_raw(&[oct]);
    matrix
        .invalid("N264", &super::fixture::k0("oct-1", secret), "clientNotFound")
        .await;
}

/// N265, N266, N271: addresses that keys do not come from.
#[tokio::test]
async fn keys_come_over_tls() {
    for (id, uri, reason) in [
        ("N265", "http://idp.test/jwks", UNRESOLVED),
        ("N266", "http://localhost:9/jwks", UNRESOLVED),
        ("N271", "", "jwksUriNotConfigured"),
    ] {
        let matrix = Matrix::with(|config| {
            provider(config).settings.jwks_uri = uri.into();
            provider(config).allow_loopback_http = false;
        })
        .await;
        matrix.invalid(id, &rs(&t0()), reason).await;
    }
    assert!(!log().lines(&["jwksUriRejected", "startupWarning", "ERROR"]).is_empty());
    assert!(!log().lines(&["jwksUriRejected", "http://localhost:9/jwks"]).is_empty());
}

/// 5.2: over TLS from an authority that the operator trusts, and from no other.
#[tokio::test]
async fn an_authority_of_the_operator_is_trusted() {
    let certificate = Certificate::for_name("127.0.0.1");
    let idp = IdentityProvider::start_tls(&certificate, &[rsa()]).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, certificate.pem()).unwrap();
    let matrix = Matrix::with(|config| {
        provider(config).settings.jwks_uri = idp.jwks_uri();
        provider(config).allow_loopback_http = false;
        config.key_authorities = Some(file.clone());
    })
    .await;
    matrix.taken("5.2", &rs(&t0())).await;
    let stranger = Certificate::for_name("127.0.0.1");
    std::fs::write(&file, stranger.pem()).unwrap();
    let matrix = Matrix::with(|config| {
        provider(config).settings.jwks_uri = idp.jwks_uri();
        config.key_authorities = Some(file);
    })
    .await;
    matrix.invalid("5.2", &rs(&t0()), UNRESOLVED).await;
    let line = log().line(&["fetchFailed", &idp.jwks_uri()]);
    assert!(line.contains("reason=\"tls\""), "{line}");
}

/// N267 to N270: keys change.
#[tokio::test]
async fn keys_change() {
    let new = SigningKey::generate("rsa-2", KeyType::Rsa2048);
    let new_token = |jti: &str| {
        let header = r#"{"alg":"RS256","typ":"JWT","kid":"rsa-2"}"#;
        new.token(header, &t0().with("jti", jti).json())
    };
    let matrix = Matrix::start().await;
    let long = rs(&t0().at("exp", spe_testkit::forge::NOW + 3500));
    matrix.taken("T0", &long).await;
    matrix.idp.publish(&[&new]);
    matrix.clock.pass(31);
    matrix.taken("N267", &new_token("\"1\"")).await;
    assert_eq!(matrix.idp.fetches(), 2);
    // The document with the new key has the old one no more; the one before it had.
    matrix.invalid("N269", &long, UNRESOLVED).await;

    let matrix = Matrix::start().await;
    matrix.taken("T0", &long).await;
    matrix.idp.publish(&[&new]);
    matrix.clock.pass(599);
    matrix.taken("N268", &long).await;
    matrix.clock.pass(2);
    matrix.invalid("N269", &long, UNRESOLVED).await;
}

/// N270: however many ask for a new key, it is fetched once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_fetch_serves_all() {
    let new = SigningKey::generate("rsa-2", KeyType::Rsa2048);
    let matrix = Matrix::start().await;
    matrix.taken("T0", &rs(&t0())).await;
    matrix.clock.pass(31);
    let gate = Gate::new();
    matrix.idp.answers(
        Step::json(&json!({ "keys": [new.jwk()] }).to_string())
            .close()
            .behind(&gate),
    );
    let token = new.token(r#"{"alg":"RS256","typ":"JWT","kid":"rsa-2"}"#, &t0().json());
    let all = futures_util::future::join_all((0..200).map(|_| matrix.call(&token)));
    let open = async {
        matrix.idp.server().received(2).await;
        gate.open();
    };
    let (replies, ()) = tokio::join!(all, open);
    let good = replies
        .iter()
        .filter(|reply| reply.status.starts_with("HTTP/1.1 200 "))
        .count();
    assert_eq!((good, matrix.idp.fetches()), (200, 2), "N270");
}
