//! 10.2: transport and scheme.

use super::fixture::{Matrix, h0, hs, is_refused, lines, rs, t0};
use crate::log::log;

fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

/// N001 to N010: whatever is no credential is none, and nothing of it is written.
#[tokio::test]
async fn only_a_whole_credential_is_one() {
    let matrix = Matrix::start().await;
    let t0 = rs(&t0());
    for (id, headers, external, reason) in [
        ("N001", String::new(), None, "authRequired"),
        (
            "N002",
            "Authorization: Bearer\r\n".to_owned(),
            Some("invalid"),
            "malformedAuthorization",
        ),
        (
            "N006",
            format!("Authorization: Bearer{t0}\r\n"),
            None,
            "unsupportedScheme",
        ),
        (
            "N007",
            bearer(&t0) + &bearer(&t0),
            Some("invalid"),
            "malformedAuthorization",
        ),
        (
            "N008",
            bearer(&format!("{t0}, Bearer {t0}")),
            Some("invalid"),
            "malformedToken",
        ),
        ("N009", bearer(&"A".repeat(20_000)), Some("invalid"), "tokenTooLarge"),
        (
            "N010",
            format!("Authorization: DPoP {t0}\r\n"),
            None,
            "unsupportedScheme",
        ),
        (
            "N018",
            format!("Cookie: user=sitecore\\admin; password=b; token={t0}\r\n"),
            None,
            "authRequired",
        ),
    ] {
        let reply = matrix.send(headers.as_bytes()).await;
        is_refused(id, &reply, external, reason);
    }
    for (id, headers) in [
        ("N004", format!("Authorization: Bearer   {t0}\r\n")),
        ("N005", format!("Authorization: bearer {t0}\r\n")),
    ] {
        let reply = matrix.send(headers.as_bytes()).await;
        assert!(reply.status.starts_with("HTTP/1.1 200 "), "{id}: {}", reply.status);
    }
    let (_, signature) = t0.rsplit_once('.').unwrap();
    assert!(log().lines(&[signature]).is_empty());
}

/// N015: a name in the query is nobody.
#[tokio::test]
async fn a_name_in_the_query_is_no_credential() {
    let matrix = Matrix::start().await;
    let path = r"/-/script/script/?action=test&user=sitecore%5Cadmin";
    let reply = matrix.server.send("POST", path, b"").await;
    is_refused("N015", &reply, None, "authRequired");
    let path = format!("{path}&password=b");
    let reply = matrix.server.send("POST", &path, bearer(&rs(&t0())).as_bytes()).await;
    assert!(reply.status.starts_with("HTTP/1.1 200 "), "N016: {}", reply.status);
}

/// N019, N020: what is switched off is so before anybody is asked who they are.
#[tokio::test]
async fn a_service_that_is_off_asks_nobody() {
    let off = Matrix::with(|config| config.spe.services.get_mut("remoting").unwrap().enabled = false).await;
    let plain = Matrix::with(|config| {
        config
            .spe
            .services
            .get_mut("remoting")
            .unwrap()
            .require_secure_connection = true;
        config.spe.use_forwarded_headers = Some(false);
    })
    .await;
    let forwarded = format!("{}X-Forwarded-Proto: https\r\n", bearer(&rs(&t0())));
    for (id, matrix) in [("N019", &off), ("N020", &plain)] {
        let reply = matrix.send(forwarded.as_bytes()).await;
        assert!(reply.status.starts_with("HTTP/1.1 403 "), "{id}: {}", reply.status);
        assert_eq!(reply.header("x-spe-restriction"), Some("service-disabled"), "{id}");
        assert_eq!(reply.header("x-spe-authfailurereason"), None, "{id}");
        let told = lines(reply.header("x-spe-requestid").unwrap());
        assert!(told.contains("serviceDisabled"), "{id}: {told}");
        assert_eq!(matrix.idp.fetches(), 0, "{id}");
    }
}

/// 0.4, C7: both providers side by side.
#[tokio::test]
async fn both_kinds_of_tokens_are_taken_side_by_side() {
    let matrix = Matrix::start().await;
    matrix.taken("T0", &rs(&t0())).await;
    matrix.taken("H0", &hs(&h0())).await;
    matrix
        .taken("E0", &super::fixture::ec().token(super::fixture::ES256, &t0().json()))
        .await;
    matrix
        .taken(
            "K0",
            &super::fixture::k0(super::fixture::KEY_ID, super::fixture::CLIENT_SECRET),
        )
        .await;
    assert_eq!(matrix.idp.fetches(), 1);
}
