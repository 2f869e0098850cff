//! API keys: tokens that a client signs with a secret of its own (3, 10.10).

use spe_auth::Issuer;
use spe_auth::registry::{ClientKind, ClientRecord, ClientSecret, Problem, Registry};
use spe_auth::shared_secret::{Signer, Validator};

use crate::forge::{NOW, SECRET, encode, h0, rules, sign_with, validate_at};

const KEY_ID: &str = "spe_0123456789abcdef01234567";
const OWN: &str = "a secret of its own, of 64 characters ........................!!";

fn secret(text: &str, until: Option<i64>) -> ClientSecret {
    ClientSecret {
        secret: text.into(),
        until,
    }
}

fn keyed(id: &str, key_id: &str, secrets: Vec<ClientSecret>) -> ClientRecord {
    ClientRecord {
        id: id.into(),
        name: format!("the client {id}"),
        enabled: true,
        expires: None,
        policy: Some("unrestricted".into()),
        impersonated_user: r"sitecore\svc-remoting".into(),
        throttle: None,
        kind: ClientKind::SharedSecret {
            access_key_id: key_id.into(),
            secrets,
        },
    }
}

/// The record of K0.
fn record() -> ClientRecord {
    keyed("1", KEY_ID, vec![secret(OWN, None)])
}

/// K0: a token of the record, without a name.
fn k0(key_id: &str, own: &str) -> String {
    let header = format!(r#"{{"alg":"HS256","typ":"JWT","kid":"{key_id}"}}"#);
    let payload = h0().without("name").json();
    sign_with(own.as_bytes(), &format!("{}.{}", encode(header), encode(payload)))
}

/// What a token is answered by a server with these records: the client's name, or the reason and whether it was proven.
fn answer(records: &[ClientRecord], token: &str) -> Result<String, (&'static str, bool)> {
    let server = SECRET.into();
    let (clients, _) = Registry::new(records, Some(&server));
    let validator = Validator::new(Some(&server), rules());
    match validate_at(&validator, &clients, token, NOW) {
        Ok(verified) => match verified.signer {
            Signer::Client(client) => Ok(client.name.clone()),
            Signer::Server { user } => Ok(user),
        },
        Err(refused) => Err((refused.code(), refused.proven)),
    }
}

/// K0 and N287: a client is known by its key id, in whatever letter case.
#[test]
fn a_client_signs_with_its_own_secret() {
    for key_id in [KEY_ID, "SPE_0123456789ABCDEF01234567"] {
        assert_eq!(answer(&[record()], &k0(key_id, OWN)), Ok("the client 1".into()));
    }
}

/// N280, N281, N288, N289 and 1.6: a key id answers for one client and for nobody else, with or without it.
#[test]
fn nothing_falls_through_to_another_secret() {
    let unknown = ("clientNotFound", false);
    assert_eq!(answer(&[record()], &k0("spe_unknown", OWN)), Err(unknown));
    assert_eq!(answer(&[], &k0(KEY_ID, SECRET)), Err(unknown));
    let mismatch = ("signatureMismatch", false);
    assert_eq!(
        answer(&[record()], &k0(KEY_ID, "another secret of at least 32 bytes")),
        Err(mismatch)
    );
    assert_eq!(answer(&[record()], &k0(KEY_ID, SECRET)), Err(mismatch));
    let header = encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let keyless = sign_with(OWN.as_bytes(), &format!("{header}.{}", encode(h0().json())));
    assert_eq!(answer(&[record()], &keyless), Err(mismatch));
}

/// N282 to N286 and 3.5: the state of a key is told to who has its secret.
#[test]
fn the_state_of_a_key_needs_its_proof() {
    let with = |enabled, expires| ClientRecord {
        enabled,
        expires,
        ..record()
    };
    for (record, code) in [
        (with(false, None), "clientDisabled"),
        (with(true, Some(NOW - 1)), "clientExpired"),
        (with(false, Some(NOW - 1)), "clientExpired"),
        (with(true, Some(0)), "clientExpired"),
    ] {
        let record = std::slice::from_ref(&record);
        assert_eq!(answer(record, &k0(KEY_ID, OWN)), Err((code, true)));
        let wrong = k0(KEY_ID, "another secret of at least 32 bytes");
        assert_eq!(answer(record, &wrong), Err(("signatureMismatch", false)));
    }
    assert!(answer(&[with(true, Some(NOW))], &k0(KEY_ID, OWN)).is_ok());
}

/// N299, N380 and 3.8: records that contradict each other, or the server, are all unusable, and told.
#[test]
fn records_that_clash_are_unusable() {
    let server = SECRET.into();
    let other = "another secret, also of 64 characters ........................!!";
    for (records, problem) in [
        (
            vec![record(), keyed("2", &KEY_ID.to_uppercase(), vec![secret(other, None)])],
            Problem::DuplicateAccessKeyId,
        ),
        (
            vec![record(), keyed("2", "spe_2", vec![secret(OWN, None)])],
            Problem::SharedSecret,
        ),
        (
            vec![record(), keyed("1", "spe_2", vec![secret(other, None)])],
            Problem::DuplicateId,
        ),
        (
            vec![keyed("1", KEY_ID, vec![secret(SECRET, None)])],
            Problem::ServerSecret,
        ),
        (vec![keyed("1", "", vec![secret(OWN, None)])], Problem::NoAccessKeyId),
        (vec![keyed("1", KEY_ID, Vec::new())], Problem::NoSecret),
        (vec![keyed("1", KEY_ID, vec![secret("", None)])], Problem::NoSecret),
        (
            vec![keyed("1", KEY_ID, vec![secret(&format!(" {OWN}"), None)])],
            Problem::MalformedSecret,
        ),
    ] {
        let count = records.len();
        let (_, findings) = Registry::new(&records, Some(&server));
        assert_eq!(findings.len(), count, "{problem:?}: {findings:?}");
        assert!(findings.iter().all(|found| found.problem == problem), "{findings:?}");
        assert_eq!(answer(&records, &k0(KEY_ID, OWN)), Err(("clientNotFound", false)));
    }
}

/// 2.2, N298: a secret that can be guessed is told, and its tokens are refused for that.
#[test]
fn a_weak_secret_is_told() {
    let weak = "a secret of 20 chars";
    let records = [keyed("1", KEY_ID, vec![secret(weak, None)])];
    let (_, findings) = Registry::new(&records, None);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].problem, Problem::WeakSecret);
    assert_eq!(
        answer(&records, &k0(KEY_ID, weak)),
        Err(("sharedSecretTooShort", false))
    );
}

/// 3.3, 3.8, AU-D-21: an OAuth client is known by its issuer, compared as one, and its exact id.
#[test]
fn oauth_clients_have_ids_that_nobody_guesses() {
    let client = |issuer: &str, ids: &[&str]| ClientRecord {
        kind: ClientKind::OAuth {
            issuer: issuer.into(),
            client_ids: ids.iter().map(|id| (*id).to_owned()).collect(),
        },
        ..record()
    };
    let (clients, findings) = Registry::new(&[client("https://IDP.test/", &["spe-client-01"])], None);
    assert!(findings.is_empty(), "{findings:?}");
    let issuer = Issuer::canonical("https://idp.test").unwrap();
    assert!(clients.oauth_client(&issuer, "spe-client-01").is_some());
    assert!(clients.oauth_client(&issuer, "Spe-Client-01").is_none());
    for (issuer, ids, problem) in [
        ("", &["spe-client-01"][..], Problem::NoIssuer),
        ("https://idp.test", &[], Problem::NoClientIds),
        ("https://idp.test", &["spe-*-client"], Problem::WildcardClientId),
        ("https://idp.test", &["short"], Problem::ShortClientId),
        ("https://idp.test", &["Administrator"], Problem::ReservedClientId),
    ] {
        let (_, findings) = Registry::new(&[client(issuer, ids)], None);
        assert_eq!(findings[0].problem, problem);
    }
    let twice = [
        client("https://idp.test", &["spe-client-01"]),
        ClientRecord {
            id: "2".into(),
            ..client("https://idp.test/", &["spe-client-01"])
        },
    ];
    let (_, findings) = Registry::new(&twice, None);
    assert_eq!(findings.len(), 2);
    assert!(findings.iter().all(|found| found.problem == Problem::DuplicateClientId));
}

/// The issue: a secret that is replaced counts until a stated time, and the new one from the first.
#[test]
fn two_secrets_overlap_until_a_time() {
    let other = "another secret, also of 64 characters ........................!!";
    let rotated = |until| keyed("1", KEY_ID, vec![secret(other, None), secret(OWN, Some(until))]);
    for (until, old) in [
        (NOW + 1, Ok("the client 1".to_owned())),
        (NOW, Err(("signatureMismatch", false))),
    ] {
        assert_eq!(answer(&[rotated(until)], &k0(KEY_ID, OWN)), old);
        assert!(answer(&[rotated(until)], &k0(KEY_ID, other)).is_ok());
    }
}

/// No registry, record or secret shows what it must not.
#[test]
fn nothing_shows_a_secret() {
    let server = SECRET.into();
    let (clients, _) = Registry::new(&[record()], Some(&server));
    let validator = Validator::new(Some(&server), rules());
    for text in [
        format!("{clients:?}"),
        format!("{:?}", record()),
        format!("{validator:?}"),
    ] {
        assert!(!text.contains(OWN) && !text.contains(SECRET), "{text}");
    }
}
