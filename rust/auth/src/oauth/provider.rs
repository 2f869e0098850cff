//! One identity provider and what its tokens must say (4.1).

use serde_json::Value;

use super::checked::Checked;
use crate::claims::{self, Claims, JwtClaimValidator, Times};
use crate::error::{Refused, TokenError, shown};
use crate::issuer::{Comparison, Issuer};
use crate::signature::PublicAlgorithm;
use crate::token::Token;

/// The properties of a provider, as its configuration has them.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Audiences that mean this server; none takes no token.
    pub allowed_audiences: Vec<String>,
    /// Issuers that are taken; none takes no token.
    pub allowed_issuers: Vec<String>,
    /// How they are compared.
    pub issuer_comparison: Comparison,
    /// Scopes that must all be there.
    pub required_scopes: Vec<String>,
    /// The claim that names the account.
    pub username_claim: String,
    /// The account of every token that matches no client, when not empty.
    pub service_account_username: String,
    /// Algorithms that are taken; none takes no token.
    pub allowed_algorithms: Vec<PublicAlgorithm>,
    /// Where the keys are.
    pub jwks_uri: String,
    /// Whether signatures are not looked at (4.9).
    pub skip_signature_validation: bool,
    /// Most seconds from `iat` to `exp`; 0 for no bound.
    pub max_lifetime_seconds: i64,
    /// Leeway on `exp`, `nbf` and `iat`, in seconds.
    pub clock_skew_seconds: i64,
    /// Whether `iat` must be there.
    pub require_iat: bool,
    /// Whether `nbf` must be there.
    pub require_nbf: bool,
    /// Whether `typ` may be missing.
    pub allow_missing_token_type: bool,
    /// Whether only tokens of clients in the registry are taken.
    pub require_oauth_client: bool,
    /// Whether `typ` must be that of an access token (RFC 9068).
    pub require_access_token_type: bool,
    /// Whether `azp` must be the client where there are several audiences.
    pub require_azp_when_multi_audience: bool,
    /// Whether a token is taken only once.
    pub replay_cache: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            allowed_audiences: Vec::new(),
            allowed_issuers: Vec::new(),
            issuer_comparison: Comparison::Canonical,
            required_scopes: Vec::new(),
            username_claim: "sub".into(),
            service_account_username: String::new(),
            allowed_algorithms: PublicAlgorithm::DEFAULT.into(),
            jwks_uri: String::new(),
            skip_signature_validation: false,
            max_lifetime_seconds: 3600,
            clock_skew_seconds: 30,
            require_iat: true,
            require_nbf: false,
            allow_missing_token_type: false,
            require_oauth_client: false,
            require_access_token_type: false,
            require_azp_when_multi_audience: false,
            replay_cache: false,
        }
    }
}

/// A provider.
#[derive(Debug)]
pub struct OAuthProvider {
    /// Its name in the configuration.
    pub name: String,
    /// What its tokens must say.
    pub settings: Settings,
    claims: JwtClaimValidator,
}

/// A token and the provider that decides about it.
pub struct Routed<'p, 't> {
    place: usize,
    provider: &'p OAuthProvider,
    token: Token<'t>,
    algorithm: PublicAlgorithm,
}

/// Chooses the provider for a token by its algorithm and its issuer, neither of which is proven: a wrong one only chooses keys that do not
/// fit (1.7). Where none takes it, the reason is the issuer unless some provider knows that.
pub fn route<'p, 't>(
    providers: &'p [OAuthProvider],
    token: Token<'t>,
    algorithm: PublicAlgorithm,
) -> Result<Routed<'p, 't>, TokenError> {
    if providers.is_empty() {
        return Err(TokenError::ProviderUnregistered);
    }
    let issuer = claims::text(&token.claims, "iss").ok_or(TokenError::MissingIssuer)?;
    let known: Vec<_> = providers
        .iter()
        .enumerate()
        .filter(|(_, provider)| provider.knows(issuer))
        .collect();
    if known.is_empty() {
        return Err(TokenError::IssuerNotAllowed(shown(issuer)));
    }
    let takes = |(_, provider): &(usize, &OAuthProvider)| provider.settings.allowed_algorithms.contains(&algorithm);
    match known.into_iter().find(takes) {
        Some((place, provider)) => Ok(Routed {
            place,
            provider,
            token,
            algorithm,
        }),
        None => Err(TokenError::AlgorithmNotAllowed(algorithm.to_string())),
    }
}

impl OAuthProvider {
    /// A provider of this name and configuration.
    pub fn new(name: impl Into<String>, settings: Settings) -> Self {
        let form = |issuer: &String| settings.issuer_comparison.form(issuer);
        let claims = JwtClaimValidator {
            skew: settings.clock_skew_seconds,
            exp_skew: settings.clock_skew_seconds,
            max_lifetime: settings.max_lifetime_seconds,
            require_iat: settings.require_iat,
            require_nbf: settings.require_nbf,
            order_nbf: true,
            comparison: settings.issuer_comparison,
            issuers: settings.allowed_issuers.iter().filter_map(form).collect(),
            audiences: settings.allowed_audiences.clone(),
        };
        Self {
            name: name.into(),
            settings,
            claims,
        }
    }

    /// The issuers it takes, in the form in which they are compared.
    pub fn issuers(&self) -> &[Issuer] {
        &self.claims.issuers
    }

    fn knows(&self, issuer: &str) -> bool {
        let form = self.settings.issuer_comparison.form(issuer);
        form.is_some_and(|issuer| self.claims.issuers.contains(&issuer))
    }

    /// P2: `typ`.
    fn token_type(&self, typ: Option<&str>, is_text: bool) -> Result<(), TokenError> {
        let is = |wanted: &[&str]| typ.is_some_and(|typ| wanted.iter().any(|other| other.eq_ignore_ascii_case(typ)));
        let access = is(&["at+jwt", "application/at+jwt"]);
        if self.settings.require_access_token_type {
            return if access {
                Ok(())
            } else {
                Err(TokenError::AccessTokenTypeRequired)
            };
        }
        let missing = !is_text && self.settings.allow_missing_token_type;
        if access || missing || is(&["JWT"]) {
            Ok(())
        } else {
            Err(TokenError::InvalidTokenType(shown(typ.unwrap_or_default())))
        }
    }

    /// P4 to P14.
    fn check(&self, claims: &Claims, now: i64) -> Result<(Issuer, Times), TokenError> {
        let times = self.claims.times(claims, now)?;
        let issuer = self.claims.issuer(claims)?;
        let audiences = self.claims.audience(claims)?;
        if self.settings.require_azp_when_multi_audience && audiences.len() > 1 {
            let party = claims::text(claims, "azp");
            if party.is_none() || party != client_id(claims) {
                return Err(azp_mismatch(claims));
            }
        }
        self.scopes(claims)?;
        Ok((issuer, times))
    }

    /// P14: every scope that must be there is (4.6).
    fn scopes(&self, claims: &Claims) -> Result<(), TokenError> {
        let scopes = scopes(claims)?;
        let missing = |wanted: &&String| !scopes.iter().any(|scope| scope.eq_ignore_ascii_case(wanted));
        let missing: Vec<_> = self
            .settings
            .required_scopes
            .iter()
            .filter(missing)
            .map(String::as_str)
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(TokenError::MissingScope(missing.join(",")))
        }
    }
}

impl<'p, 't> Routed<'p, 't> {
    /// Which of the providers it is.
    pub fn place(&self) -> usize {
        self.place
    }

    /// Checks what the token says, `now_unix` seconds after 1970 (P2 to P17). What is wrong with it is not told yet: some reasons may be
    /// told to whoever has proven to hold a good signature, which only the key shows (4.10).
    pub fn check(self, now_unix: i64) -> Result<Checked<'p, 't>, Refused> {
        let provider = self.provider;
        let claims = &self.token.claims;
        let checked = provider
            .token_type(self.token.typ.as_deref(), self.token.has_typ)
            .and_then(|()| provider.check(claims, now_unix));
        Checked::new(provider, self.token, self.algorithm, checked)
    }
}

/// That `azp` and the client of a token differ.
pub(super) fn azp_mismatch(claims: &Claims) -> TokenError {
    TokenError::AzpMismatch {
        party: shown(claims::text(claims, "azp").unwrap_or_default()),
        client: shown(client_id(claims).unwrap_or_default()),
    }
}

/// The client that a token is of: the first claim that names one (3.4).
pub(super) fn client_id(claims: &Claims) -> Option<&str> {
    ["client_id", "azp", "appid", "cid"].into_iter().find_map(|name| {
        let text = claims::text(claims, name)?;
        (!text.chars().any(char::is_control)).then_some(text)
    })
}

/// All scopes of a token: `scope` where it is there at all, else `scp`; texts or arrays of texts, of which blanks separate (4.6, AU-D-33).
fn scopes(claims: &Claims) -> Result<Vec<&str>, TokenError> {
    const FORM: TokenError = TokenError::Malformed("its scopes are something other than texts");
    let texts = match claims.get("scope").or_else(|| claims.get("scp")) {
        None => Vec::new(),
        Some(Value::String(text)) => vec![text.as_str()],
        Some(Value::Array(elements)) => {
            let texts = elements.iter().map(Value::as_str).collect::<Option<Vec<_>>>();
            texts.ok_or(FORM)?
        }
        Some(_) => return Err(FORM),
    };
    let words = texts.into_iter().flat_map(|text| text.split(' '));
    Ok(words.filter(|word| !word.is_empty()).collect())
}
