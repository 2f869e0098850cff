//! 10.10 and 3.6: how many requests a client may make.

use std::time::Duration;

use spe_auth::registry::Throttle;
use spe_testkit::forge::NOW;

use super::fixture::{CLIENT_SECRET, KEY_ID, Matrix, h0, hs, hs_by, k0, key_record, lines, oauth_record, rs, t0};
use crate::log::log;
use crate::server::Reply;

async fn limited(bypass: bool) -> Matrix {
    Matrix::with(|config| {
        let throttle = Throttle {
            limit: 3,
            window: Duration::from_mins(1),
            bypass,
        };
        config.clients = [key_record(), oauth_record(&["spe-client-01"])].into();
        for client in &mut config.clients {
            client.throttle = Some(throttle);
        }
    })
    .await
}

/// Status, and what the reply says of limit, what is left, and when to come again.
fn told(reply: &Reply) -> (&str, Vec<Option<&str>>) {
    let headers = [
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "retry-after",
    ];
    let status = reply.status.split(' ').nth(1).unwrap();
    (status, headers.map(|name| reply.header(name)).to_vec())
}

/// N294: the limit is reached, and the next window begins anew.
#[tokio::test]
async fn requests_beyond_the_limit_are_refused() {
    let matrix = limited(false).await;
    let token = k0(KEY_ID, CLIENT_SECRET);
    let reset = (NOW + 60).to_string();
    for left in ["2", "1", "0"] {
        let reply = matrix.call(&token).await;
        assert_eq!(
            told(&reply),
            ("200", vec![Some("3"), Some(left), Some(&*reset), None]),
            "N294"
        );
    }
    matrix.clock.pass(20);
    let reply = matrix.call(&token).await;
    assert_eq!(
        told(&reply),
        ("429", vec![Some("3"), Some("0"), Some(&*reset), Some("40")]),
        "N294"
    );
    assert_eq!(reply.status, "HTTP/1.1 429 Rate limit exceeded.");
    let rid = reply.header("x-spe-requestid").unwrap();
    log().line(&["throttleExceeded", "limit=3", "count=4", "window=60", rid]);
    log().line(&["action=\"throttled\"", "the key", rid]);
    assert!(!lines(rid).contains("authenticated"), "{}", lines(rid));
    matrix.clock.pass(40);
    let token = hs_by(
        CLIENT_SECRET.as_bytes(),
        &format!(r#"{{"alg":"HS256","typ":"JWT","kid":"{KEY_ID}"}}"#),
        &h0().at("exp", NOW + 900),
    );
    assert_eq!(told(&matrix.call(&token).await).1[1], Some("2"), "N294");
}

/// N295: a client that is only told about makes as many as it likes.
#[tokio::test]
async fn a_limit_may_only_be_told() {
    let matrix = limited(true).await;
    let token = k0(KEY_ID, CLIENT_SECRET);
    for _ in 0..3 {
        matrix.taken("N295", &token).await;
    }
    let reply = matrix.call(&token).await;
    assert_eq!(told(&reply).0, "200", "N295");
    assert_eq!((told(&reply).1[1], told(&reply).1[3]), (Some("0"), None), "N295");
    log().line(&["throttleBypassed", "the key", reply.header("x-spe-requestid").unwrap()]);
}

/// N296: who has not proven to be the client uses up nothing of its limit.
#[tokio::test]
async fn strangers_use_up_nothing() {
    let matrix = limited(false).await;
    for _ in 0..100 {
        let reply = matrix.call(&k0(KEY_ID, "another secret of at least 32 bytes")).await;
        assert_eq!(told(&reply), ("401", vec![None; 4]), "N296");
    }
    let reply = matrix.call(&k0(KEY_ID, CLIENT_SECRET)).await;
    assert_eq!(told(&reply).1[1], Some("2"), "N296");
}

/// Wire protocol 8: clients of identity providers have limits as well, each record its own; everybody else has none.
#[tokio::test]
async fn a_limit_belongs_to_its_record() {
    let matrix = limited(false).await;
    assert_eq!(told(&matrix.call(&rs(&t0())).await).1[1], Some("2"));
    assert_eq!(told(&matrix.call(&k0(KEY_ID, CLIENT_SECRET)).await).1[1], Some("2"));
    assert_eq!(told(&matrix.call(&hs(&h0())).await), ("200", vec![None; 4]));
}

/// Wire protocol 8: a request that is refused later has used up a unit, and says so.
#[tokio::test]
async fn a_refused_request_counts() {
    let matrix = limited(false).await;
    let header = format!("Authorization: Bearer {}\r\n", k0(KEY_ID, CLIENT_SECRET));
    let path = "/-/script/wait/";
    let reply = matrix.server.send("GET", path, header.as_bytes()).await;
    assert_eq!((told(&reply).0, told(&reply).1[1]), ("400", Some("2")));
    let reply = matrix.server.send("GET", path, header.as_bytes()).await;
    assert_eq!(told(&reply).1[1], Some("1"));
}
