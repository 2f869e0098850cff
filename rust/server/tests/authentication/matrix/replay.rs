//! 10.11: tokens that count once, and signatures nobody looks at.

use spe_testkit::forge::NOW;

use super::fixture::{ES256, Matrix, attacker, ec, headed, is_refused, oauth_record, provider, rs, t0};
use crate::log::log;

const REPLAY: (&str, &str) = ("replay", "tokenReplay");

async fn once() -> Matrix {
    Matrix::with(|config| provider(config).settings.replay_cache = true).await
}

/// N330 to N333: a token counts once, as long as it would count at all.
#[tokio::test]
async fn a_token_counts_once() {
    let matrix = once().await;
    let token = rs(&t0());
    matrix.taken("N330", &token).await;
    matrix.refused("N330", &token, REPLAY.0, REPLAY.1).await;
    let long = format!("\"{}\"", "j".repeat(600));
    for json in ["\"\"", "5", &long] {
        matrix.invalid("N331", &rs(&t0().with("jti", json)), "missingJti").await;
    }
    matrix.invalid("N331", &rs(&t0().without("jti")), "missingJti").await;
    // T0 ends at NOW + 300; it counts 30 s longer, and so long it is remembered.
    let late = rs(&t0().with("jti", "\"late\""));
    matrix.clock.pass(299);
    matrix.taken("N332", &late).await;
    matrix.clock.pass(11);
    matrix.refused("N332", &late, REPLAY.0, REPLAY.1).await;
}

/// N333: another issuer has ids of its own.
#[tokio::test]
async fn an_id_belongs_to_its_issuer() {
    let matrix = Matrix::with(|config| {
        let provider = provider(config);
        provider.settings.replay_cache = true;
        provider.settings.allowed_issuers.push("https://other.test".into());
    })
    .await;
    matrix.taken("N333", &rs(&t0())).await;
    matrix
        .taken("N333", &rs(&t0().with("iss", "\"https://other.test\"")))
        .await;
}

/// N334: however many come at once, one is taken.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_is_taken() {
    let matrix = once().await;
    let token = rs(&t0());
    matrix.taken("warm", &rs(&t0().with("jti", "\"warm\""))).await;
    let calls = (0..50).map(|_| matrix.call(&token));
    let replies = futures_util::future::join_all(calls).await;
    let good = replies
        .iter()
        .filter(|reply| reply.status.starts_with("HTTP/1.1 200 "))
        .count();
    assert_eq!(good, 1, "N334");
    let replayed = |reply: &&crate::server::Reply| reply.header("x-spe-authfailurereason") == Some("replay");
    assert_eq!(replies.iter().filter(replayed).count(), 49, "N334");
}

/// N335: another signature of the same token is the same token.
#[tokio::test]
async fn another_signature_is_no_other_token() {
    let matrix = once().await;
    let json = t0().json();
    matrix.taken("N335", &ec().token(ES256, &json)).await;
    matrix
        .refused("N335", &ec().token(ES256, &json), REPLAY.0, REPLAY.1)
        .await;
}

/// N336: a token that is refused for something else is not used up.
#[tokio::test]
async fn a_refused_token_is_not_used_up() {
    let folder = |id: &str| {
        let mut record = oauth_record(&[id]);
        record.id = "c".into();
        record
    };
    let matrix = Matrix::with(|config| {
        let provider = provider(config);
        provider.settings.replay_cache = true;
        provider.settings.require_oauth_client = true;
        config.clients = vec![folder("spe-client-02")];
    })
    .await;
    let stranger = rs(&t0());
    matrix.invalid("N336", &stranger, "clientNotFound").await;
    matrix.invalid("N336", &stranger, "clientNotFound").await;
    let known = rs(&t0().with("client_id", "\"spe-client-02\""));
    matrix.taken("N336", &known).await;
}

/// 4.8: nor is one for an account that does not exist, or of a client that has none to act as.
#[tokio::test]
async fn a_token_that_nobody_may_act_by_is_not_used_up() {
    let matrix = once().await;
    let nobody = rs(&t0().with("sub", r#""sitecore\\nobody""#));
    matrix.invalid("4.8", &nobody, "unknownAccount").await;
    matrix.invalid("4.8", &nobody, "unknownAccount").await;
    let matrix = Matrix::with(|config| {
        provider(config).settings.replay_cache = true;
        let mut record = oauth_record(&["spe-client-01"]);
        record.impersonated_user.clear();
        config.clients = vec![record];
    })
    .await;
    for _ in 0..2 {
        let reply = matrix.call(&rs(&t0())).await;
        assert!(reply.status.starts_with("HTTP/1.1 403 "), "{}", reply.status);
    }
}

async fn skipping(change: impl FnOnce(&mut spe_server::config::OAuthBearerProvider)) -> Matrix {
    Matrix::with(|config| {
        let provider = provider(config);
        provider.settings.skip_signature_validation = true;
        change(provider);
    })
    .await
}

/// N340, N344, N345: without signatures every request is told, whatever else is not.
#[tokio::test]
async fn every_unsigned_request_is_told() {
    let token = attacker().token(super::fixture::RS256, &t0().json());
    for (id, matrix) in [
        ("N340", skipping(|_| {}).await),
        ("N344", skipping(|provider| provider.suppress_warnings = true).await),
        ("N345", skipping(|provider| provider.settings.jwks_uri.clear()).await),
    ] {
        for _ in 0..2 {
            let reply = matrix.call(&token).await;
            assert!(reply.status.starts_with("HTTP/1.1 200 "), "{id}: {}", reply.status);
            let line = log().line(&["signatureSkipped", reply.header("x-spe-requestid").unwrap()]);
            assert!(line.contains("WARN"), "{id}: {line}");
        }
        assert_eq!(matrix.idp.fetches(), 0, "{id}");
    }
}

/// 4.9 and 7.6: what a start without signatures is told as.
#[tokio::test]
async fn a_start_without_signatures_is_an_error_in_the_log() {
    let name = "skips-signatures";
    let matrix = skipping(|provider| {
        provider.name = name.into();
        provider.settings.replay_cache = true;
    })
    .await;
    for (level, code) in [
        ("ERROR", "signatureValidationDisabled"),
        ("ERROR", "unsignedClaimIdentity"),
        ("WARN", "replayCacheIgnored"),
        ("WARN", "loopbackHttp"),
    ] {
        let line = log().line(&["startupWarning", code, name]);
        assert!(line.contains(level), "{line}");
    }
    matrix.taken("jti again", &rs(&t0())).await;
    matrix.taken("jti again", &rs(&t0())).await;
}

/// N341 to N343: everything else still holds, and nothing counts as proven.
#[tokio::test]
async fn an_unsigned_token_is_still_looked_at() {
    let matrix = skipping(|_| {}).await;
    let none = headed(r#"{"alg":"none","typ":"JWT","kid":"rsa-1"}"#);
    matrix.invalid("N341", &none, "algorithmNotAllowed").await;
    let (signed, _) = rs(&t0())
        .rsplit_once('.')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    matrix.invalid("N342", &format!("{signed}."), "malformedToken").await;
    let reply = matrix.call(&rs(&t0().at("exp", NOW - 31))).await;
    is_refused("N343", &reply, Some("invalid"), "tokenExpired");
}

/// 4.8: a cache far over its size takes nothing until tokens have ended.
#[tokio::test]
async fn a_full_cache_is_a_503() {
    let matrix = Matrix::with(|config| {
        let provider = provider(config);
        provider.settings.replay_cache = true;
        provider.replay_entries = 1;
    })
    .await;
    for number in 0..10 {
        let token = rs(&t0().with("jti", &format!("\"{number}\"")));
        matrix.taken("4.8", &token).await;
    }
    let token = rs(&t0().with("jti", "\"more\"").at("exp", NOW + 900));
    let reply = matrix.call(&token).await;
    assert!(reply.status.starts_with("HTTP/1.1 503 "), "{}", reply.status);
    assert_eq!(reply.header("retry-after"), Some("1"));
    matrix.clock.pass(331);
    matrix.taken("4.8", &token).await;
}
