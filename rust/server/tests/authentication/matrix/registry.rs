//! 10.10: client records and identity.

use spe_auth::registry::ClientKind;
use spe_server::config::ServerConfig;

use super::fixture::{
    CLIENT_SECRET, KEY_ID, Matrix, h0, hs, hs_by, k0, key_record, lines, oauth_record, provider, rs, t0,
};
use crate::config::SECRET;
use crate::log::log;

/// N280, N281, N288 to N290: a key id answers for its record alone.
#[tokio::test]
async fn a_key_is_its_record() {
    let matrix = Matrix::start().await;
    matrix.taken("K0", &k0(KEY_ID, CLIENT_SECRET)).await;
    matrix
        .invalid("N280", &k0("spe_unknown", CLIENT_SECRET), "clientNotFound")
        .await;
    let wrong = "another secret of at least 32 bytes";
    matrix.invalid("N281", &k0(KEY_ID, wrong), "signatureMismatch").await;
    matrix.taken("N287", &k0(&KEY_ID.to_uppercase(), CLIENT_SECRET)).await;
    matrix.invalid("N288", &k0(KEY_ID, SECRET), "signatureMismatch").await;
    let without = hs_by(CLIENT_SECRET.as_bytes(), super::fixture::HS256, &h0().without("name"));
    matrix.invalid("N289", &without, "signatureMismatch").await;
    let header = format!(r#"{{"alg":"HS256","typ":"JWT","kid":"{KEY_ID}"}}"#);
    let named = hs_by(CLIENT_SECRET.as_bytes(), &header, &h0());
    let reply = matrix.call(&named).await;
    assert!(reply.status.starts_with("HTTP/1.1 200 "), "N290: {}", reply.status);
    let told = lines(reply.header("x-spe-requestid").unwrap());
    assert!(told.contains("svc-remoting") && !told.contains("admin"), "N290: {told}");
}

async fn with_record(change: impl FnOnce(&mut spe_auth::registry::ClientRecord)) -> Matrix {
    let mut record = key_record();
    change(&mut record);
    Matrix::with(|config| config.clients = vec![record]).await
}

/// N282 to N286: the state of a record is told to whom has its secret.
#[tokio::test]
async fn the_state_of_a_record_is_told_to_its_owner() {
    let good = k0(KEY_ID, CLIENT_SECRET);
    let bad = k0(KEY_ID, "another secret of at least 32 bytes");
    let disabled = with_record(|record| record.enabled = false).await;
    disabled.refused("N282", &good, "disabled", "clientDisabled").await;
    disabled.invalid("N283", &bad, "signatureMismatch").await;
    let expired = with_record(|record| record.expires = Some(1)).await;
    expired.refused("N284", &good, "expired", "clientExpired").await;
    let both = with_record(|record| {
        record.enabled = false;
        record.expires = Some(1);
    })
    .await;
    both.refused("N285", &good, "expired", "clientExpired").await;
    // What cannot be read as a time is the first second there was: config/clients.rs.
    let unread = with_record(|record| record.expires = Some(0)).await;
    unread.refused("N286", &good, "expired", "clientExpired").await;
}

/// N291, N298, N299: records that cannot be used.
#[tokio::test]
async fn records_that_lack_something_are_of_no_use() {
    let good = k0(KEY_ID, CLIENT_SECRET);
    let nobody = with_record(|record| record.impersonated_user.clear()).await;
    let reply = nobody.call(&good).await;
    assert!(reply.status.starts_with("HTTP/1.1 403 "), "N291: {}", reply.status);
    assert_eq!(reply.header("x-spe-restriction"), Some("client-denied"), "N291");
    assert_eq!(reply.header("www-authenticate"), None, "N291");
    let rid = reply.header("x-spe-requestid").unwrap();
    let line = log().line(&["clientDenied", rid]);
    assert!(line.contains("noImpersonateUser"), "N291: {line}");
    let weak = with_record(|record| {
        if let ClientKind::SharedSecret { secrets, .. } = &mut record.kind {
            secrets[0].secret = "twenty characters...".into();
        }
    })
    .await;
    weak.invalid("N298", &k0(KEY_ID, "twenty characters..."), "sharedSecretTooShort")
        .await;
    let twice = Matrix::with(|config| {
        let mut other = key_record();
        other.id = "c-other".into();
        config.clients.push(other);
    })
    .await;
    twice.invalid("N299", &good, "clientNotFound").await;
}

async fn with_client(change: impl FnOnce(&mut ServerConfig)) -> Matrix {
    Matrix::with(|config| {
        config.clients = vec![oauth_record(&["spe-client-01"])];
        change(config);
    })
    .await
}

/// N300 to N304: clients of an identity provider.
#[tokio::test]
async fn a_client_of_a_provider_may_have_a_record() {
    let token = rs(&t0());
    let disabled = with_client(|config| config.clients[0].enabled = false).await;
    disabled.refused("N300", &token, "disabled", "clientDisabled").await;
    let required = Matrix::with(|config| provider(config).settings.require_oauth_client = true).await;
    required.invalid("N301", &token, "clientNotFound").await;
    Matrix::start().await.taken("N302", &token).await;
    let other_case = Matrix::with(|config| {
        config.clients = vec![oauth_record(&["Spe-Client-01"])];
        provider(config).settings.require_oauth_client = true;
    })
    .await;
    other_case.invalid("N303", &token, "clientNotFound").await;
    let listed = with_client(|config| provider(config).settings.require_oauth_client = true).await;
    let by_party = t0().without("client_id").with("azp", "\"spe-client-01\"");
    listed.taken("N304", &rs(&by_party)).await;
    listed.taken("C1", &token).await;
}

/// C1: where a record matches, it says as whom.
#[tokio::test]
async fn a_record_outweighs_the_token() {
    let matrix = with_client(|config| config.clients[0].impersonated_user = r"sitecore\admin".into()).await;
    let reply = matrix.call(&rs(&t0())).await;
    assert!(reply.status.starts_with("HTTP/1.1 200 "), "{}", reply.status);
    let line = log().line(&["action=\"authenticated\"", reply.header("x-spe-requestid").unwrap()]);
    assert!(
        line.contains("Admin") && line.contains("oauthClient") && line.contains("the client"),
        "{line}"
    );
}

/// N310 to N317: the account a token names.
#[tokio::test]
async fn a_token_names_an_account() {
    let matrix = Matrix::start().await;
    // The missing username claim of the requirement document.
    matrix
        .invalid("N310", &rs(&t0().without("sub")), "missingUsername")
        .await;
    for (id, json, reason) in [
        ("N311", "5", "missingUsername"),
        ("N311", "\"\"", "missingUsername"),
        ("N312", "\"auth0|abc\"", "invalidUsername"),
        ("N313", r#""sitecore\\admin\n""#, "invalidUsername"),
        ("N314", "\"sitecore\\\\\u{430}dmin\"", "unknownAccount"),
        ("N315", r#""a\\b\\c""#, "invalidUsername"),
    ] {
        matrix.invalid(id, &rs(&t0().with("sub", json)), reason).await;
    }
    matrix
        .invalid("N317", &hs(&h0().without("name")), "invalidUsername")
        .await;
    matrix
        .invalid("N317", &hs(&h0().with("name", "\"\"")), "invalidUsername")
        .await;
    let service = Matrix::with(|config| {
        provider(config).settings.service_account_username = r"sitecore\svc-remoting".into();
    })
    .await;
    service.taken("N316", &rs(&t0().without("sub"))).await;
}

/// N318: who may not use the service is known, and told so.
#[tokio::test]
async fn an_account_needs_a_role() {
    let matrix = Matrix::start().await;
    let reply = matrix.call(&rs(&t0().with("sub", r#""sitecore\\guest""#))).await;
    assert!(reply.status.starts_with("HTTP/1.1 403 "), "N318: {}", reply.status);
    assert_eq!(reply.header("x-spe-restriction"), Some("service-denied"), "N318");
    assert_eq!(reply.header("x-spe-authfailurereason"), None, "N318");
    log().line(&["userUnauthorized", reply.header("x-spe-requestid").unwrap()]);
}

/// N297, AU-D-36: while nobody knows which clients there are, none is taken, and all are told to come again. Until then those that were
/// known count for 50 s.
#[tokio::test]
async fn without_the_records_no_client_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let matrix = Matrix::with(|config| config.data_folder = folder.path().to_owned()).await;
    let place = folder.path().join("clients").display().to_string();
    std::fs::write(&place, "no folder").unwrap();
    matrix.server.reload();
    log().comes(&["those before stay for 50 s", &place]).await;
    matrix.taken("3.7", &k0(KEY_ID, CLIENT_SECRET)).await;
    matrix.clock.pass(51);
    matrix.server.reload();
    log().comes(&["none is taken until they can", &place]).await;
    let late = t0().at("exp", spe_testkit::forge::NOW + 900);
    for token in [k0(KEY_ID, CLIENT_SECRET), rs(&late)] {
        let reply = matrix.call(&token).await;
        assert!(reply.status.starts_with("HTTP/1.1 503 "), "N297: {}", reply.status);
        assert_eq!(reply.header("retry-after"), Some("2"), "N297");
        assert_eq!(reply.header("x-spe-authfailurereason"), None, "N297");
        log().line(&["coldStart", reply.header("x-spe-requestid").unwrap()]);
    }
    matrix
        .taken("3.7", &hs(&h0().at("exp", spe_testkit::forge::NOW + 900)))
        .await;
    std::fs::remove_file(&place).unwrap();
    matrix.server.reload();
    log().comes(&["the clients were read again", "clients=0"]).await;
    matrix.taken("3.7", &rs(&late)).await;
}
