//! What the log says at start of who may sign in, and what will not work (authentication 7.6 and 9.4).

use std::collections::HashSet;

use spe_auth::registry::Finding;
use spe_auth::shared_secret::Rules;
use spe_auth::{Issuer, username};

use super::oauth::Providers;
use crate::config::{OAuthBearerProvider, SharedSecretProvider};

/// Largest clock skew that goes without a warning, in seconds.
const WIDE_SKEW: i64 = 300;
/// Longest life of an access token that goes without a warning, in seconds.
const LONG_LIFE: i64 = 86_400;

/// What is wrong with client records (authentication 3.8).
pub(super) fn tell(findings: &[Finding]) {
    for Finding { record, problem } in findings {
        let code = problem.code();
        tracing::error!(target: "RemotingClient", action = "clientUnusable", record, code, detail = %problem);
    }
}

/// `alone` says that there is no other provider.
pub(super) fn announce_secret(provider: &SharedSecretProvider, rules: &Rules, alone: bool) {
    let (issuers, audiences) = (rules.allowed_issuers.len(), rules.allowed_audiences.len());
    tracing::info!(
        target: "AuthConfig",
        action = "providerActive",
        provider = "SharedSecretAuthenticationProvider",
        issuers,
        audiences
    );
    if provider.secret.is_none() && alone {
        warning(
            "sharedSecretMissing",
            "there is no sharedSecret: only keys of clients are taken",
        );
    } else if provider.secret.is_none() {
        tracing::info!(
            target: "AuthConfig",
            action = "sharedSecretMissing",
            "there is no sharedSecret: only keys of clients and tokens of identity providers are taken"
        );
    }
    if rules.allowed_audiences.is_empty() {
        warning(
            "incompleteProvider",
            "no audience means this server: every token is refused",
        );
    }
    if comparable(&rules.allowed_issuers).is_empty() {
        warning("incompleteProvider", "no issuer is allowed: every token is refused");
    }
    if rules.clock_skew_seconds > WIDE_SKEW {
        warning("wideClockSkew", "clockSkewSeconds is above 300");
    }
}

/// What is said of the identity providers, each beside what may be fetched for it.
pub(super) fn announce_oauth(
    providers: &[OAuthBearerProvider],
    secret: Option<&SharedSecretProvider>,
    fetching: &Providers,
) {
    for (provider, may_fetch) in providers.iter().zip(fetching.may_fetch()) {
        let settings = &provider.settings;
        tracing::info!(
            target: "AuthConfig",
            action = "providerActive",
            provider = "OAuthBearerTokenAuthenticationProvider",
            name = provider.name,
            issuers = settings.allowed_issuers.len(),
            audiences = settings.allowed_audiences.len(),
            scopes = settings.required_scopes.len()
        );
        incomplete(provider, may_fetch);
        dangerous(provider);
    }

    let issuers: Vec<HashSet<_>> = providers
        .iter()
        .map(|provider| comparable(&provider.settings.allowed_issuers))
        .collect();
    for (at, one) in providers.iter().enumerate() {
        let own = &one.settings.allowed_algorithms;
        let rival = (0..at).find(|other| {
            let theirs = &providers[*other].settings.allowed_algorithms;
            own.iter().any(|algorithm| theirs.contains(algorithm)) && !issuers[at].is_disjoint(&issuers[*other])
        });
        if let Some(other) = rival {
            let (name, other) = (&one.name, &providers[other].name);
            problem(
                name,
                "oauthOverlap",
                &format!("{other} takes the same issuer and algorithm, and is asked first"),
            );
        }
        let secret: HashSet<_> = secret.map_or_else(HashSet::new, |secret| comparable(&secret.allowed_issuers));
        if !issuers[at].is_disjoint(&secret) {
            problem(
                &one.name,
                "crossProviderIssuer",
                "tokens of the shared secret may name its issuer",
            );
        }
    }
}

fn comparable(issuers: &[String]) -> HashSet<Issuer> {
    issuers.iter().filter_map(|issuer| Issuer::canonical(issuer)).collect()
}

/// What keeps every token of a provider out.
fn incomplete(provider: &OAuthBearerProvider, may_fetch: bool) {
    let settings = &provider.settings;
    let signed = !settings.skip_signature_validation;
    for (missing, what) in [
        (settings.allowed_issuers.is_empty(), "allowedIssuers is empty"),
        (settings.allowed_audiences.is_empty(), "allowedAudiences is empty"),
        (settings.allowed_algorithms.is_empty(), "allowedAlgorithms is empty"),
        (signed && settings.jwks_uri.is_empty(), "jwksUri is empty"),
    ] {
        if missing {
            error(
                &provider.name,
                "incompleteProvider",
                &format!("{what}: every token is refused"),
            );
        }
    }
    if signed && !settings.jwks_uri.is_empty() && !may_fetch {
        let detail = "keys come from https addresses without credentials and fragment, or with jwksAllowLoopbackHttp from \
                      http://localhost: every token is refused";
        error(&provider.name, "jwksUriRejected", detail);
    }
    let service = &settings.service_account_username;
    if !service.is_empty() && username::normalise(service).is_none() {
        let detail = "serviceAccountUsername is not a name of the form domain\\name: every token without a client record is refused";
        error(&provider.name, "invalidServiceAccount", detail);
    }
    if settings.allowed_audiences.is_empty() && !settings.required_scopes.is_empty() {
        problem(
            &provider.name,
            "scopesWithoutAudiences",
            "requiredScopes without allowedAudiences let in nobody",
        );
    }
}

/// What lets in more than one would think.
fn dangerous(provider: &OAuthBearerProvider) {
    let (name, settings) = (&provider.name, &provider.settings);
    let by_claim = settings.service_account_username.is_empty() && !settings.require_oauth_client;
    if settings.skip_signature_validation {
        error(
            name,
            "signatureValidationDisabled",
            "signatures are not looked at: anybody can write tokens",
        );
        if by_claim {
            error(
                name,
                "unsignedClaimIdentity",
                "anybody who reaches the server can be any account",
            );
        }
        if settings.replay_cache {
            problem(name, "replayCacheIgnored", "tokens without a proof are not used up");
        }
    } else if by_claim {
        let claim = &settings.username_claim;
        let detail = format!("whoever the identity provider names in {claim} acts as the account of that name");
        problem(name, "claimIdentity", &detail);
    }
    if provider.allow_loopback_http {
        problem(name, "loopbackHttp", "jwksAllowLoopbackHttp is for development");
    }
    match settings.max_lifetime_seconds {
        0 => problem(
            name,
            "unboundedLifetime",
            "maxTokenLifetimeSeconds is 0: tokens may live for ever",
        ),
        seconds if seconds > LONG_LIFE => {
            problem(name, "longLifetime", "maxTokenLifetimeSeconds is above 86400, a day");
        }
        _ => {}
    }
}

fn error(name: &str, code: &str, detail: &str) {
    tracing::error!(target: "AuthConfig", action = "startupWarning", code, name, detail);
}

fn problem(name: &str, code: &str, detail: &str) {
    tracing::warn!(target: "AuthConfig", action = "startupWarning", code, name, detail);
}

pub(super) fn warning(code: &str, detail: &str) {
    tracing::warn!(target: "AuthConfig", action = "startupWarning", code, detail);
}
