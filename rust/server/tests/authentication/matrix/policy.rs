//! 10.8 and 10.10: the cases of policies.

use std::sync::Arc;

use spe_server::identity::policy::NamedPolicy;
use spe_server::identity::{AuditLevel, LanguageMode, Policy};

use super::fixture::{CLIENT_SECRET, KEY_ID, Matrix, h0, hs, hs_by, k0};
use crate::log::log;

fn read_only() -> NamedPolicy {
    NamedPolicy {
        id: "p-read".into(),
        policy: Arc::new(Policy {
            name: "read-only".into(),
            language_mode: LanguageMode::Constrained,
            commands: Some(Arc::from(["Get-Item".to_owned()])),
            audit: AuditLevel::Violations,
            services: None,
            denial: None,
        }),
    }
}

async fn with_policy(id: Option<&str>) -> Matrix {
    Matrix::with(|config| {
        config.policies = vec![read_only()];
        config.clients[0].policy = id.map(str::to_owned);
    })
    .await
}

/// N229: a scope that no policy has is authenticated, and runs nothing.
#[tokio::test]
async fn an_unknown_scope_runs_nothing() {
    let matrix = with_policy(None).await;
    let reply = matrix
        .server
        .script(&hs(&h0().with("scope", "\"no-such-profile\"")))
        .await;
    assert_eq!(reply.status, "HTTP/1.1 403 Script blocked by remoting policy.", "N229");
    assert_eq!(reply.header("x-spe-authfailurereason"), None, "N229");
}

/// N230: a scope never widens what the record of the key allows.
#[tokio::test]
async fn a_scope_does_not_widen() {
    let matrix = with_policy(Some("p-read")).await;
    let header = format!(r#"{{"alg":"HS256","typ":"JWT","kid":"{KEY_ID}"}}"#);
    for scope in ["unrestricted", "read-only unrestricted", "UNRESTRICTED"] {
        let payload = h0().without("name").with("scope", &format!("\"{scope}\""));
        let reply = matrix.call(&hs_by(CLIENT_SECRET.as_bytes(), &header, &payload)).await;
        assert!(reply.status.starts_with("HTTP/1.1 200 "), "N230: {}", reply.status);
        assert_eq!(reply.header("x-spe-profile"), Some("read-only"), "N230");
        assert_eq!(reply.header("x-spe-restriction"), Some("read-only"), "N230");
    }
    let reply = matrix.call(&hs(&h0().with("scope", "\"Read-Only\""))).await;
    assert_eq!(reply.header("x-spe-profile"), Some("read-only"));
    assert_eq!(matrix.call(&hs(&h0())).await.header("x-spe-profile"), None);
}

/// N292: a record without a policy runs nothing, and that is what its caller is told.
#[tokio::test]
async fn a_record_without_a_policy_runs_nothing() {
    let matrix = with_policy(None).await;
    let reply = matrix.server.script(&k0(KEY_ID, CLIENT_SECRET)).await;
    assert_eq!(
        reply.status, "HTTP/1.1 403 The request is not authorized. A remoting policy is required.",
        "N292"
    );
    assert_eq!(reply.header("x-spe-restriction"), Some("no-policy"), "N292");
    log().line(&[
        "clientDenied",
        "noPolicyAssigned",
        reply.header("x-spe-requestid").unwrap(),
    ]);
}

/// N293: a policy that is gone leaves nothing; a name where an id belongs is none (WP-D-38).
#[tokio::test]
async fn a_policy_that_is_gone_leaves_nothing() {
    for id in ["p-gone", "read-only"] {
        let matrix = with_policy(Some(id)).await;
        let reply = matrix.server.script(&k0(KEY_ID, CLIENT_SECRET)).await;
        assert_eq!(reply.status, "HTTP/1.1 403 Script blocked by remoting policy.", "N293");
        assert_eq!(reply.header("x-spe-profile"), Some("deny-all"), "N293");
        log().line(&["unknownPolicy", "client", id, reply.header("x-spe-requestid").unwrap()]);
    }
}
