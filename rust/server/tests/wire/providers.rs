//! What switches access tokens on (authentication 10.12), with the files that `init` writes.

use std::time::{SystemTime, UNIX_EPOCH};

use spe_testkit::forge::Payload;
use spe_testkit::idp::{IdentityProvider, KeyType, SigningKey};

use crate::harness::{ADMIN, Reply, Request, Setup, TestServer};

const TEST: &str = "/-/script/script/?action=test";
const ROLES: &str = "SITECORE_APPSETTINGS_role:define";
const WORDS: &str = "SITECORE_APPSETTINGS_env:define";

/// An identity provider that serves while a test runs.
struct Idp {
    runtime: tokio::runtime::Runtime,
    provider: IdentityProvider,
    key: SigningKey,
}

impl Idp {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        let key = SigningKey::generate("ec-1", KeyType::P256);
        let provider = runtime.block_on(IdentityProvider::start(&[&key]));
        Self { runtime, provider, key }
    }

    /// What docs/security/oauth.md says to fill in.
    fn setup(&self, environment: &[(&'static str, &'static str)]) -> Setup {
        let uri = self.provider.jwks_uri();
        Setup {
            oauth: vec![
                (
                    "<!-- <issuer>https://login.example.com/</issuer> -->",
                    "<issuer>https://idp.test</issuer>".into(),
                ),
                (
                    "<!-- <audience>https://spe.example.com</audience> -->",
                    "<audience>spe-remoting</audience>".into(),
                ),
                (
                    "<jwksUri></jwksUri>",
                    format!("<jwksUri>{uri}</jwksUri><jwksAllowLoopbackHttp>true</jwksAllowLoopbackHttp>"),
                ),
            ],
            environment: environment.to_vec(),
            ..Setup::default()
        }
    }

    /// The reply to T0 of the administrator, now.
    fn ask(&self, server: &TestServer) -> Reply {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs()
            .try_into()
            .unwrap();
        let payload = Payload::t0().with("sub", r#""sitecore\\admin""#);
        let payload = payload.at("iat", now).at("nbf", now).at("exp", now + 300);
        let token = self
            .key
            .token(r#"{"alg":"ES256","typ":"JWT","kid":"ec-1"}"#, &payload.json());
        server.reply(&Request::new("GET", TEST).bearer(&token))
    }
}

/// N361, N362, N364 to N366: which words and values switch them on, and which do not.
#[test]
fn access_tokens_are_switched_on_by_the_environment() {
    let idp = Idp::start();
    let on = ("SITECORE_SPE_OAUTH", "true");
    for (environment, expected) in [
        (&[on][..], 200),
        (&[("SITECORE_SPE_OAUTH", "1")], 200),
        (&[("SITECORE_SPE_OAUTH", " TRUE ")], 200),
        (&[("SITECORE_SPE_OAUTH", "0")], 401),
        (&[("SITECORE_SPE_OAUTH", "")], 401),
        (&[(WORDS, "other, sitecore_spe_oauth")], 200),
        (&[on, (ROLES, "ContentDelivery")], 401),
        (&[on, (ROLES, "XMCloud")], 200),
    ] {
        let server = TestServer::with(&idp.setup(environment));
        assert_eq!(idp.ask(&server).status, expected, "{environment:?}");
        let secret = server.reply(&server.request_as(ADMIN, "GET", TEST));
        assert_eq!(secret.status, 200, "{environment:?}");
    }
    drop(idp.runtime);
}

/// N360, N363: while they are not, a token of a provider is refused for that, and the log names the providers there are.
#[test]
fn the_log_names_the_providers_that_are_active() {
    let idp = Idp::start();
    let off = TestServer::with(&idp.setup(&[("SITECORE_SPE_OAUTH", "maybe")]));
    let reply = idp.ask(&off);
    assert_eq!(
        (reply.status, reply.header("x-spe-authfailurereason")),
        (401, Some("invalid"))
    );
    off.log.line(&["validationFailed", "reason=oauthProviderUnregistered"]);
    off.log.line(&["code=envValueUnrecognized", "name=SITECORE_SPE_OAUTH"]);
    off.log
        .line(&["providerActive", "provider=SharedSecretAuthenticationProvider"]);
    let text = off.log.text();
    assert!(
        !text.contains("OAuthBearerTokenAuthenticationProvider") && !text.contains("maybe"),
        "{text}"
    );

    let on = TestServer::with(&idp.setup(&[("SITECORE_SPE_OAUTH", "yes")]));
    on.log
        .line(&["providerActive", "provider=SharedSecretAuthenticationProvider"]);
    on.log.line(&[
        "providerActive",
        "provider=OAuthBearerTokenAuthenticationProvider",
        "name=oauthBearer",
        "issuers=1",
    ]);
    on.log.line(&["startupWarning", "code=claimIdentity"]);
}

/// Authentication 9.2: no token, secret, password or key of anybody is in a log of the finest level.
#[test]
fn no_secret_is_in_the_log() {
    let idp = Idp::start();
    let server = TestServer::with(&idp.setup(&[("SITECORE_SPE_OAUTH", "true"), ("SPE_SERVER_LOG", "trace")]));
    assert_eq!(idp.ask(&server).status, 200);
    let spec = server.spec(ADMIN);
    let own = server.sign(&spec);
    server.reply(&Request::new("GET", TEST).bearer(&own));
    server.reply(&Request::new(
        "GET",
        &format!("{TEST}&user=admin&password=hunter2hunter2"),
    ));
    let basic = Request::new("GET", TEST).header("Authorization", "Basic YWRtaW46aHVudGVyMmh1bnRlcjI=");
    assert_eq!(server.reply(&basic).status, 401);
    for bad in [
        own.replace('.', ".."),
        format!("{own}A"),
        own[..own.len() - 1].to_owned(),
    ] {
        assert_eq!(server.reply(&Request::new("GET", TEST).bearer(&bad)).status, 401);
    }
    server.stop();
    let log = server.log.whole();
    assert!(log.contains("bearerAuthSuccess") && log.contains("wrongPassword"));
    assert!(
        !log.contains("eyJ") && !log.contains("hunter2") && !log.contains("aHVudGVy"),
        "{log}"
    );
    let (_, signature) = own.rsplit_once('.').unwrap();
    assert!(!log.contains(&signature[..12]), "{log}");
}
