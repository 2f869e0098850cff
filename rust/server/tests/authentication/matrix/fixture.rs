//! The fixtures of authentication 10.1.

use std::sync::{Arc, LazyLock};

use spe_auth::registry::{ClientKind, ClientRecord, ClientSecret};
use spe_server::config::{OAuthBearerProvider, ServerConfig};
use spe_testkit::forge::{Payload, encode, sign_with};
use spe_testkit::idp::{IdentityProvider, KeyType, SigningKey};

use crate::clock::Frozen;
use crate::config::{SECRET, config};
use crate::log::log;
use crate::server::{Reply, TestServer};

const TEST: &str = "/-/script/script/?action=test";
/// The header of T0.
pub(crate) const RS256: &str = r#"{"alg":"RS256","typ":"JWT","kid":"rsa-1"}"#;
/// The header of E0.
pub(crate) const ES256: &str = r#"{"alg":"ES256","typ":"JWT","kid":"ec-1"}"#;
/// The header of H0.
pub(crate) const HS256: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
/// The key id of K0.
pub(crate) const KEY_ID: &str = "spe_0123456789abcdef01234567";
/// The secret of K0.
pub(crate) const CLIENT_SECRET: &str = "Client-Secret-For-Vector-K0-0123456789abcdef";

static RSA: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate("rsa-1", KeyType::Rsa2048));
static EC: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate("ec-1", KeyType::P256));
static ATTACKER: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate("rsa-1", KeyType::Rsa2048));

/// `rsa-1`.
pub(crate) fn rsa() -> &'static SigningKey {
    &RSA
}

/// `ec-1`.
pub(crate) fn ec() -> &'static SigningKey {
    &EC
}

/// A key that nobody publishes, under the name of `rsa-1`.
pub(crate) fn attacker() -> &'static SigningKey {
    &ATTACKER
}

pub(crate) fn t0() -> Payload {
    Payload::t0()
}

pub(crate) fn h0() -> Payload {
    Payload::h0()
}

/// A token of `rsa-1` with this payload.
pub(crate) fn rs(payload: &Payload) -> String {
    RSA.token(RS256, &payload.json())
}

/// A token of `rsa-1` with this header and the payload of T0.
pub(crate) fn headed(header: &str) -> String {
    RSA.token(header, &t0().json())
}

/// A token of the config secret with this payload.
pub(crate) fn hs(payload: &Payload) -> String {
    hs_headed(HS256, payload)
}

pub(crate) fn hs_headed(header: &str, payload: &Payload) -> String {
    hs_by(SECRET.as_bytes(), header, payload)
}

pub(crate) fn hs_by(secret: &[u8], header: &str, payload: &Payload) -> String {
    sign_with(secret, &format!("{}.{}", encode(header), encode(payload.json())))
}

/// K0 under this key id, signed by `secret`.
pub(crate) fn k0(key_id: &str, secret: &str) -> String {
    let header = format!(r#"{{"alg":"HS256","typ":"JWT","kid":"{key_id}"}}"#);
    hs_by(secret.as_bytes(), &header, &h0().without("name"))
}

/// The record of K0.
pub(crate) fn key_record() -> ClientRecord {
    ClientRecord {
        id: "c-key".into(),
        name: "the key".into(),
        enabled: true,
        expires: None,
        policy: Some("unrestricted".into()),
        impersonated_user: r"sitecore\svc-remoting".into(),
        throttle: None,
        kind: ClientKind::SharedSecret {
            access_key_id: KEY_ID.into(),
            secrets: vec![ClientSecret {
                secret: CLIENT_SECRET.into(),
                until: None,
            }],
        },
    }
}

/// A record of the client of T0.
pub(crate) fn oauth_record(ids: &[&str]) -> ClientRecord {
    ClientRecord {
        id: "c-oauth".into(),
        name: "the client".into(),
        kind: ClientKind::OAuth {
            issuer: "https://idp.test/".into(),
            client_ids: ids.iter().map(|id| (*id).to_owned()).collect(),
        },
        ..key_record()
    }
}

/// A server with the provider C0, its identity provider, and their clock.
pub(crate) struct Matrix {
    pub(crate) server: TestServer,
    pub(crate) idp: IdentityProvider,
    pub(crate) clock: Arc<Frozen>,
}

/// The provider of a configuration of the matrix.
pub(crate) fn provider(config: &mut ServerConfig) -> &mut OAuthBearerProvider {
    &mut config.spe.oauth[0]
}

impl Matrix {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// With a configuration that differs.
    pub(crate) async fn with(change: impl FnOnce(&mut ServerConfig)) -> Self {
        log();
        let idp = IdentityProvider::start(&[rsa(), ec()]).await;
        let mut c0 = OAuthBearerProvider::named("oauthBearer");
        c0.settings.jwks_uri = idp.jwks_uri();
        c0.settings.allowed_issuers = vec!["https://idp.test".into()];
        c0.settings.allowed_audiences = vec!["spe-remoting".into()];
        c0.settings.required_scopes = vec!["spe.remoting".into()];
        c0.allow_loopback_http = true;
        let mut config = config();
        config.spe.oauth = vec![c0];
        config.clients = vec![key_record()];
        change(&mut config);
        let clock = Arc::new(Frozen::default());
        let server = TestServer::start_at(config, clock.clone()).await;
        Self { server, idp, clock }
    }

    /// The reply to a request with this credential.
    pub(crate) async fn call(&self, token: &str) -> Reply {
        let header = format!("Authorization: Bearer {token}\r\n");
        self.send(header.as_bytes()).await
    }

    pub(crate) async fn send(&self, headers: &[u8]) -> Reply {
        self.server.send("POST", TEST, headers).await
    }

    /// The case `id`: the token is taken.
    pub(crate) async fn taken(&self, id: &str, token: &str) {
        let reply = self.call(token).await;
        let rid = reply.header("x-spe-requestid").unwrap();
        assert!(
            reply.status.starts_with("HTTP/1.1 200 "),
            "{id}: {} {}",
            reply.status,
            lines(rid)
        );
        for header in ["www-authenticate", "x-spe-authfailurereason"] {
            assert_eq!(reply.header(header), None, "{id}: {header}");
        }
        let failed = log().lines(&["validationFailed", rid]);
        assert!(failed.is_empty(), "{id}: {failed:?}");
    }

    /// The case `id`: the token is refused. Its sender learns `external` and nothing else, the log has `reason`.
    pub(crate) async fn refused(&self, id: &str, token: &str, external: &str, reason: &str) {
        let reply = self.call(token).await;
        is_refused(id, &reply, Some(external), reason);
    }

    /// The same for a token of which nobody learns anything.
    pub(crate) async fn invalid(&self, id: &str, token: &str, reason: &str) {
        self.refused(id, token, "invalid", reason).await;
    }
}

/// What a 401 says to its sender, and in the log.
pub(crate) fn is_refused(id: &str, reply: &Reply, external: Option<&str>, reason: &str) {
    let rid = reply.header("x-spe-requestid").unwrap();
    let told = lines(rid);
    assert_eq!(
        reply.status, "HTTP/1.1 401 Unauthorized request to the remoting service.",
        "{id}: {told}"
    );
    let body = format!("Unauthorized request to the remoting service. Code: unauthorized. Request: {rid}.\n");
    assert_eq!(reply.body, body, "{id}");
    assert_eq!(reply.header("cache-control"), Some("no-store"), "{id}");
    assert_eq!(reply.header("x-spe-serverinstance"), None, "{id}");
    let rejected = log().line(&["authRejected", rid]);
    let reason_field = format!("reason=\"{reason}\"");
    assert!(rejected.contains(&reason_field), "{id}: {told}");
    assert_eq!(reply.header("x-spe-authfailurereason"), external, "{id}: {told}");
    let challenge = match external {
        Some("expired") => r#"Bearer error="invalid_token", error_description="The access token expired""#,
        Some("replay") => r#"Bearer error="invalid_token", error_description="The access token has already been used""#,
        Some("missing_scope") => r#"Bearer error="insufficient_scope""#,
        Some(_) if reason == "malformedAuthorization" => r#"Bearer error="invalid_request""#,
        Some(_) => r#"Bearer error="invalid_token""#,
        None => r#"Bearer realm="SPE Remoting""#,
    };
    assert_eq!(reply.header("www-authenticate"), Some(challenge), "{id}: {told}");
    if external.is_some() {
        let failed = log().line(&["validationFailed", rid]);
        assert!(failed.contains(&reason_field), "{id}: {failed}");
        let proven = format!("proven={}", external != Some("invalid"));
        // A proven token may still be one of which nothing is told.
        assert!(
            external == Some("invalid") || failed.contains(&proven),
            "{id}: {failed}"
        );
    }
}

/// Every line of a request.
pub(crate) fn lines(rid: &str) -> String {
    log().lines(&[rid]).join("\n")
}
