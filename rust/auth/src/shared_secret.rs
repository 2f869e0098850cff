//! Tokens signed with a shared secret: who signed them, for whom, and whether they still count (2).

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::hmac;
use secrecy::SecretString;
use serde_json::Value;

use crate::algorithm::Algorithm;
use crate::claims::{self, Claims, JwtClaimValidator};
use crate::error::{Refused, TokenError, shown};
use crate::issuer::{Comparison, Issuer};
use crate::registry::{ApiKey, ClientRecord, MOST_SECRETS, Registry};
use crate::secret::{self, WeakSecret};
use crate::token::Token;
use crate::username;

/// What a signed token must say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// Issuers whose tokens are taken; none takes no token.
    pub allowed_issuers: Vec<String>,
    /// Audiences that mean this server; none takes no token. They come from the configuration, never from the request
    /// (AU-D-12).
    pub allowed_audiences: Vec<String>,
    /// Most seconds from `iat` to `exp`; 0 for no bound.
    pub max_lifetime_seconds: i64,
    /// How far the clock of a caller may be ahead, in seconds, for `nbf` and `iat`. `exp` has no leeway (AU-D-11).
    pub clock_skew_seconds: i64,
    /// Whether `iat` must be there.
    pub require_iat: bool,
}

/// Whose secret signed a token.
#[derive(Debug, Clone)]
pub enum Signer {
    /// The server's: the token says as which account to act, `domain\account` (1.10). It is not looked up yet.
    Server {
        /// The account.
        user: String,
    },
    /// A client's own: its record says as whom to act.
    Client(Arc<ClientRecord>),
}

/// What a good token says.
#[derive(Debug, Clone)]
pub struct Verified {
    /// Whose secret signed it.
    pub signer: Signer,
    /// `client_session`, when it is a text.
    pub client_session: Option<String>,
    /// `scope`: names of the policies that narrow what the call may do; empty when it asks for no narrowing (2.8).
    pub scope: Vec<String>,
    /// There is a bound on lifetimes, and this token without `iat` could not be held to it.
    pub lifetime_unchecked: bool,
}

/// The keys of one secret, or why it must not sign, for each algorithm.
pub(crate) struct SecretKeys([Result<hmac::Key, TokenError>; 3]);

impl SecretKeys {
    /// The keys of a secret; without one there are none.
    pub(crate) fn new(secret: Option<&SecretString>) -> Self {
        Self(Algorithm::ALL.map(|algorithm| match secret {
            Some(secret) => secret::key(secret, algorithm).map_err(TokenError::from),
            None => Err(TokenError::SecretMissing),
        }))
    }

    /// Whether there is a use for the secret at all (2.4, step 1).
    fn usable(&self) -> Result<(), TokenError> {
        let [weakest, ..] = &self.0;
        weakest.as_ref().map(|_| ()).map_err(TokenError::clone)
    }

    fn key(&self, algorithm: Algorithm) -> Result<&hmac::Key, TokenError> {
        self.0[algorithm as usize].as_ref().map_err(TokenError::clone)
    }
}

/// Checks tokens that a secret signed: the server's one, or that of the client their `kid` names. It keeps nothing between two
/// tokens (2.7).
pub struct Validator {
    keys: SecretKeys,
    decoys: [hmac::Key; 3],
    claims: JwtClaimValidator,
}

impl Validator {
    /// A validator for what `secret` signs. Without one it refuses every token without `kid`.
    pub fn new(secret: Option<&SecretString>, rules: Rules) -> Self {
        let canonical = |issuer: &String| Issuer::canonical(issuer);
        Self {
            keys: SecretKeys::new(secret),
            decoys: Algorithm::ALL.map(|algorithm| hmac::Key::new(algorithm.mac(), &[0; 64])),
            claims: JwtClaimValidator {
                skew: rules.clock_skew_seconds,
                max_lifetime: rules.max_lifetime_seconds,
                require_iat: rules.require_iat,
                comparison: Comparison::Canonical,
                issuers: rules.allowed_issuers.iter().filter_map(canonical).collect(),
                audiences: rules.allowed_audiences,
                ..JwtClaimValidator::default()
            },
        }
    }

    /// What `token` says, `now_unix` seconds after 1970. The signature comes before every claim: a caller without the secret
    /// learns nothing of any rule (2.4). A `kid` chooses a client and nothing else: the server's secret never answers for it (1.6).
    pub fn validate(&self, token: &Token<'_>, clients: &Registry, now_unix: i64) -> Result<Verified, Refused> {
        let Some(algorithm) = Algorithm::from_header(token.algorithm()) else {
            let error = TokenError::AlgorithmNotAllowed(shown(token.algorithm()));
            return Err(Refused::unproven(error));
        };
        let client = token.key_id.as_ref().and_then(|key_id| clients.api_key(key_id));
        let proof = if token.key_id.is_some() {
            self.prove_client(token, algorithm, client, now_unix)
        } else {
            self.prove(token, algorithm)
        };
        proof.map_err(Refused::unproven)?;
        self.check(&token.claims, client, now_unix).map_err(Refused::proven)
    }

    /// Steps 1 to 7 of 2.4 with the server's secret.
    fn prove(&self, token: &Token<'_>, algorithm: Algorithm) -> Result<(), TokenError> {
        self.keys.usable()?;
        is_jwt(token)?;
        let key = self.keys.key(algorithm)?;
        hmac::verify(key, token.signed.as_bytes(), &token.signature).map_err(|_| TokenError::SignatureMismatch)
    }

    /// The same with the secrets of a client. Whatever is wrong takes as many signatures as being right: a caller cannot tell by time
    /// whether a key id exists (3.5, AU-D-16).
    fn prove_client(
        &self,
        token: &Token<'_>,
        algorithm: Algorithm,
        client: Option<&ApiKey>,
        now: i64,
    ) -> Result<(), TokenError> {
        let decoy = &self.decoys[algorithm as usize];
        let (mut proven, mut weak) = (false, None);
        for place in 0..MOST_SECRETS {
            let own = client.and_then(|client| client.secrets.get(place));
            let own = own.filter(|(_, until)| until.is_none_or(|until| now < until));
            let key = match own.map(|(keys, _)| keys.key(algorithm)) {
                Some(Ok(key)) => Some(key),
                Some(Err(error)) => {
                    weak = Some(error);
                    None
                }
                None => None,
            };
            let fits = hmac::verify(key.unwrap_or(decoy), token.signed.as_bytes(), &token.signature).is_ok();
            proven |= fits && key.is_some();
        }
        if client.is_none() {
            let key_id = token.key_id.as_deref().unwrap_or_default();
            return Err(TokenError::ClientNotFound(shown(key_id)));
        }
        is_jwt(token)?;
        match (proven, weak) {
            (true, _) => Ok(()),
            (false, Some(weak)) => Err(weak),
            (false, None) => Err(TokenError::SignatureMismatch),
        }
    }

    /// Steps 8 to 15 of 2.4, and the state of a client's record.
    fn check(&self, claims: &Claims, client: Option<&ApiKey>, now: i64) -> Result<Verified, TokenError> {
        let times = self.claims.times(claims, now)?;
        self.claims.audience(claims)?;
        self.claims.issuer(claims)?;
        let signer = match client {
            // The name in a client's token counts for nothing (2.3).
            Some(client) => {
                client.record.usable(now)?;
                Signer::Client(client.record.clone())
            }
            None => Signer::Server {
                user: claims::text(claims, "name")
                    .and_then(username::normalise)
                    .ok_or(TokenError::InvalidUsername)?,
            },
        };
        Ok(Verified {
            signer,
            client_session: claims::text(claims, "client_session").map(str::to_owned),
            scope: scope(claims),
            lifetime_unchecked: times.lifetime_unchecked,
        })
    }
}

impl fmt::Debug for Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validator")
            .field("claims", &self.claims)
            .finish_non_exhaustive()
    }
}

/// `typ` of a token signed with a secret: `JWT` and nothing else (2.3).
fn is_jwt(token: &Token<'_>) -> Result<(), TokenError> {
    let is_jwt = token.typ.as_ref().is_some_and(|typ| typ.eq_ignore_ascii_case("JWT"));
    if is_jwt {
        Ok(())
    } else {
        Err(TokenError::InvalidTokenType(shown(
            token.typ.as_deref().unwrap_or_default(),
        )))
    }
}

/// The names in `scope`. A `scope` that is no text still narrows: it becomes a name that no policy has.
fn scope(claims: &Claims) -> Vec<String> {
    match claims.get("scope") {
        None => Vec::new(),
        Some(Value::String(text)) => text
            .trim()
            .split(' ')
            .filter(|name| !name.is_empty())
            .map(shown)
            .collect(),
        Some(other) => vec![shown(&other.to_string())],
    }
}

impl From<WeakSecret> for Refused {
    fn from(weak: WeakSecret) -> Self {
        Self::unproven(weak.into())
    }
}
