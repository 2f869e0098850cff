//! From the header to a caller, and what a caller may use (authentication 1, 2; decisions, accounts).

use std::sync::Arc;

use futures_util::FutureExt as _;
use spe_auth::Algorithm;
use spe_auth::mint::{IssuedAt, TokenSpec, mint};
use spe_auth::secret::WeakSecret;
use spe_server::identity::{
    AuthKind, Authenticated, Denial, Identity, IdentityError, LanguageMode, NoPolicy, Presented, Rejection,
};
use spe_testkit::vectors::AUTH_HS256;

use spe_testkit::forge::NOW;

use crate::clock::Frozen;
use crate::config::{SECRET, config};

const ORIGIN: &str = "http://127.0.0.1:8180";

fn identity() -> Identity {
    Identity::new(&config(), vec![ORIGIN.into()], Arc::new(Frozen::default())).unwrap()
}

fn spec() -> TokenSpec {
    TokenSpec {
        algorithm: Algorithm::HS256,
        token_type: "JWT".into(),
        key_id: None,
        issuer: "SPE Remoting".into(),
        audience: ORIGIN.into(),
        name: Some(r"sitecore\admin".into()),
        client_session: None,
        valid_for_seconds: 30,
        issued_at: IssuedAt::Now,
        not_before: None,
        scope: None,
    }
}

fn by(identity: &Identity, token: &str) -> Result<Authenticated, Rejection> {
    let value = format!("Bearer {token}");
    let presented = Presented {
        authorization: [value.as_bytes()],
        query: None,
        ip: [127, 0, 0, 1].into(),
        rid: "rid",
    };
    let authenticated = identity.authenticate(presented).now_or_never();
    authenticated.expect("tokens of a secret wait for nothing")
}

fn call(spec: &TokenSpec) -> Result<Authenticated, Rejection> {
    by(&identity(), &mint(spec, &SECRET.into(), NOW).unwrap())
}

fn code(spec: &TokenSpec) -> &'static str {
    call(spec).map_or_else(|rejection| rejection.code(), |_| "ok")
}

/// Authentication A.1: the audience of the configuration counts beside the origins.
#[test]
fn the_golden_vector_is_taken() {
    let caller = by(&identity(), AUTH_HS256.token).unwrap().caller;
    assert_eq!(caller.user, r"sitecore\Admin");
}

/// Decisions, owner: `user:<name>` in lower case, however the token spells it.
#[test]
fn a_caller_is_the_account_whatever_the_case() {
    for name in [r"sitecore\admin", r"SITECORE\ADMIN", "admin", "Admin"] {
        let spec = TokenSpec {
            name: Some(name.into()),
            client_session: Some("c-1".into()),
            ..spec()
        };
        let caller = call(&spec).unwrap().caller;
        assert_eq!(caller.user, r"sitecore\Admin");
        assert_eq!(&*caller.owner.0, r"user:sitecore\admin");
        assert_eq!(caller.auth_kind, AuthKind::ConfigSecret);
        assert_eq!(caller.client_session.as_deref(), Some("c-1"));
        assert_eq!(caller.policy.name, "unrestricted");
        assert_eq!(caller.policy.language_mode, LanguageMode::Full);
    }
}

/// Decisions, accounts: the user a token resolves to must be an account; N314: no lookalike is one.
#[test]
fn a_token_for_nobody_is_refused() {
    for name in [
        "nobody",
        r"extranet\admin",
        "sitecore\\\u{430}dmin",
        "adm\u{131}n",
        "admin ",
        "\u{212a}",
    ] {
        let spec = TokenSpec {
            name: Some(name.into()),
            ..spec()
        };
        let rejection = call(&spec).unwrap_err();
        assert_eq!(rejection.code(), "unknownAccount", "{name}");
        assert!(rejection.proven());
    }
}

/// Decisions, audience: the origins of the server, and no other (AU-D-12).
#[test]
fn tokens_for_other_servers_are_refused() {
    for (audience, expected) in [
        (ORIGIN, "ok"),
        ("https://cm.test", "ok"),
        ("http://127.0.0.1:8181", "audienceNotAllowed"),
        ("http://other.test", "audienceNotAllowed"),
    ] {
        let spec = TokenSpec {
            audience: audience.into(),
            ..spec()
        };
        assert_eq!(code(&spec), expected, "{audience}");
    }
}

/// Authentication 2.8: a scope narrows. One that nobody knows allows nothing.
#[test]
fn an_unknown_scope_allows_nothing() {
    for (scope, unknown) in [
        ("unrestricted", None),
        ("Unrestricted unrestricted", None),
        ("read-only", Some("read-only")),
        ("unrestricted read-only", Some("read-only")),
    ] {
        let spec = TokenSpec {
            scope: Some(scope.into()),
            ..spec()
        };
        let authenticated = call(&spec).unwrap();
        let expected = unknown.map(|name| NoPolicy::Unknown {
            source: "tokenScope",
            name: name.into(),
        });
        assert_eq!(authenticated.without_policy, expected, "{scope}");
        let denial = unknown.map(|_| Denial::DenyAll);
        assert_eq!(authenticated.caller.policy.denial, denial, "{scope}");
    }
}

/// Wire protocol 2.10, N318: a known caller without a role is not let in; a service that is not there lets in nobody.
#[test]
fn a_caller_needs_a_permission() {
    let caller = |name: &str| {
        let spec = TokenSpec {
            name: Some(name.into()),
            ..spec()
        };
        call(&spec).unwrap().caller
    };
    let identity = identity();
    assert!(identity.authorises(&caller("admin"), "remoting"));
    assert!(!identity.authorises(&caller("guest"), "remoting"));
    assert!(!identity.authorises(&caller("admin"), "fileDownload"));
    assert!(!identity.authorises(&caller("admin"), ""));
}

/// Authentication 1.7: a token of an identity provider, where none is configured.
#[test]
fn a_token_of_an_identity_provider_needs_one() {
    let token = mint(&spec(), &SECRET.into(), NOW).unwrap();
    let (_, rest) = token.split_once('.').unwrap();
    // {"alg":"RS256","typ":"JWT","kid":"k"}
    let header = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImsifQ";
    let rejection = by(&identity(), &format!("{header}.{rest}")).unwrap_err();
    assert_eq!(rejection.code(), "oauthProviderUnregistered");
    assert_eq!((rejection.auth_kind(), rejection.proven()), ("oauthBearer", false));
}

/// Authentication 1.6, N288: a token with `kid` is of a client, of which there are none.
#[test]
fn a_client_is_unknown() {
    let spec = TokenSpec {
        key_id: Some("spe_0123456789abcdef01234567".into()),
        ..spec()
    };
    assert_eq!(code(&spec), "clientNotFound");
    assert_eq!(call(&spec).unwrap_err().auth_kind(), "sharedSecretClient");
}

/// Authentication 2.2: a secret that can be guessed does not start the server, and is not shown.
#[test]
fn a_weak_secret_is_an_error_at_start() {
    for (secret, expected) in [
        ("", WeakSecret::Empty),
        ("hunter2", WeakSecret::TooShort(Algorithm::HS256)),
        ("12345678901234567890123456789012", WeakSecret::Numeric),
    ] {
        let mut config = config();
        config.spe.shared_secret.as_mut().unwrap().secret = Some(secret.into());
        let error = Identity::new(&config, Vec::new(), Arc::new(Frozen::default())).unwrap_err();
        assert_eq!(error, IdentityError::Secret(expected));
        assert!(secret.is_empty() || !error.to_string().contains(secret));
    }
}

/// Authentication 2.1: without provider or secret the server starts, and takes no token.
#[test]
fn without_a_secret_nobody_is_let_in() {
    let mut without_secret = config();
    without_secret.spe.shared_secret.as_mut().unwrap().secret = None;
    let mut without_provider = config();
    without_provider.spe.shared_secret = None;
    for config in [without_secret, without_provider] {
        let identity = Identity::new(&config, vec![ORIGIN.into()], Arc::new(Frozen::default())).unwrap();
        assert_eq!(
            by(&identity, AUTH_HS256.token).unwrap_err().code(),
            "sharedSecretMissing"
        );
    }
}

#[test]
fn an_identity_has_no_debug_that_shows_the_secret() {
    let text = format!("{:?}", identity());
    assert!(text.contains(ORIGIN));
    assert!(!text.contains(&SECRET[..16]));
}
