//! Why a token is refused. It is for the log alone: callers get one reply for all of it.

use crate::secret::WeakSecret;

/// Longest text of a token that a reason repeats, in characters.
const SHOWN: usize = 128;

/// Why a token is refused (4.11). Texts in it are the token's own and are escaped by whoever writes them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is larger than anything the protocol needs.
    #[error("the token is too large")]
    TooLarge,
    /// It is not three parts of strict base64url, the first two of them strict JSON objects.
    #[error("the token is malformed: {0}")]
    Malformed(&'static str),
    /// It asks for an extension (`crit`, `b64`, `enc`, `zip`) that is not understood.
    #[error("the header asks for an extension that is not supported")]
    CriticalHeader,
    /// `alg` is not there, no text, or none of those that are taken.
    #[error("the algorithm {0:?} is not allowed")]
    AlgorithmNotAllowed(String),
    /// `alg` is one of an identity provider, and none is set up.
    #[error("no identity provider is configured")]
    ProviderUnregistered,
    /// `kid` names no client record.
    #[error("no client has the access key id {0:?}")]
    ClientNotFound(String),
    /// There is no shared secret that could have signed it.
    #[error("no shared secret is configured")]
    SecretMissing,
    /// The configured secret must not sign with this algorithm.
    #[error("the configured secret cannot be used: {0}")]
    Secret(#[from] WeakSecret),
    /// The client record is switched off.
    #[error("the client is disabled")]
    ClientDisabled,
    /// The time of the client record is over.
    #[error("the client has expired")]
    ClientExpired,
    /// `typ` is none of those that are taken.
    #[error("the token type {0:?} is not the one of a token that is taken here")]
    InvalidTokenType(String),
    /// `typ` is not that of an access token, and nothing else is taken.
    #[error("the token is no access token by its type")]
    AccessTokenTypeRequired,
    /// The signature is not the one of the secret.
    #[error("the signature does not match")]
    SignatureMismatch,
    /// There is no address to get keys from.
    #[error("no jwksUri is configured")]
    JwksUriNotConfigured,
    /// `kid` is not there, so no key can be chosen.
    #[error("the token names no key")]
    MissingKid,
    /// `kid` names no key of the identity provider.
    #[error("the key {0:?} is not known")]
    KeyNotResolved(String),
    /// The key is of another algorithm, kind or curve than `alg`.
    #[error("the key {0:?} does not belong to the algorithm of the token")]
    KeyAlgorithmMismatch(String),
    /// The key must not verify: wrong use, too small, or no point of its curve.
    #[error("the key {0:?} is not suitable")]
    KeyNotSuitable(String),
    /// The signature has not the length of one of the key.
    #[error("the signature has not the length of one")]
    MalformedSignature,
    /// The signature is not the one of the key.
    #[error("the signature is not valid")]
    SignatureInvalid,
    /// `exp` is not there.
    #[error("the token has no expiration")]
    MissingExp,
    /// `exp` is not a time.
    #[error("the expiration is not a time")]
    InvalidExp,
    /// `exp` has passed.
    #[error("the token is past its expiration {0}")]
    Expired(i64),
    /// `nbf` is not there although it must be.
    #[error("the token has no nbf")]
    MissingNbf,
    /// `nbf` is not a time.
    #[error("nbf is not a time")]
    InvalidNbf,
    /// `nbf` has not come.
    #[error("the token is not valid before {0}")]
    NotYetValid(i64),
    /// `iat` is not there although it must be.
    #[error("the token has no iat")]
    MissingIat,
    /// `iat` is not a time.
    #[error("iat is not a time")]
    InvalidIat,
    /// `iat` has not come.
    #[error("the token is issued in the future, at {0}")]
    IssuedInFuture(i64),
    /// `exp` is not after `iat`, or not after `nbf`.
    #[error("the expiration is not after iat and nbf")]
    ClaimOrder,
    /// There is more time between `iat` and `exp` than allowed.
    #[error("the lifetime of {lifetime} s exceeds the maximum of {maximum} s")]
    LifetimeExceeded {
        /// From `iat` to `exp`, in seconds.
        lifetime: i64,
        /// The most there may be, in seconds.
        maximum: i64,
    },
    /// `aud` names nobody.
    #[error("the token has no audience")]
    MissingAudience,
    /// `aud` names others than this server.
    #[error("the audience {0:?} is not allowed")]
    AudienceNotAllowed(String),
    /// `iss` names nobody.
    #[error("the token has no issuer")]
    MissingIssuer,
    /// `iss` names an issuer that is not allowed.
    #[error("the issuer {0:?} is not allowed")]
    IssuerNotAllowed(String),
    /// There are several audiences and `azp` is not the client.
    #[error("the authorized party {party:?} is not the client {client:?} of the token")]
    AzpMismatch {
        /// `azp`; empty when it is not there.
        party: String,
        /// The client; empty when the token names none.
        client: String,
    },
    /// Scopes that must be there are not.
    #[error("the scopes {0:?} are missing")]
    MissingScope(String),
    /// The claim with the name of the account is not there or no text.
    #[error("the token names no account")]
    MissingUsername,
    /// The name is not there, or cannot be the name of an account.
    #[error("the name is not one of an account")]
    InvalidUsername,
    /// `jti` is not there or no text of up to 512 characters, and tokens are taken once.
    #[error("the token has no usable jti")]
    MissingJti,
    /// The token was used before.
    #[error("the token was used before")]
    Replay(String),
}

/// What the log has of a refused token beside the reason (4.2): what the token says, and none of it proven unless the line says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in the log")]
pub struct TokenFacts<'a> {
    pub token_type: Option<&'a str>,
    pub algorithm: Option<&'a str>,
    pub expiry: Option<i64>,
    pub nbf: Option<i64>,
    pub iat: Option<i64>,
    pub lifetime: Option<i64>,
    pub maximum: Option<i64>,
    pub issuer: Option<&'a str>,
    pub audience: Option<&'a str>,
    pub azp: Option<&'a str>,
    pub client_id: Option<&'a str>,
    pub missing: Option<&'a str>,
    pub kid: Option<&'a str>,
    pub jti: Option<&'a str>,
}

/// A refused token, and whether its signature had been verified by the key or secret it names (4.10). Only then may a caller
/// learn a part of the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Refused {
    /// Why.
    pub error: TokenError,
    /// Whether the caller has proven to hold what signs.
    pub proven: bool,
}

impl Refused {
    /// Without a proof.
    pub fn unproven(error: TokenError) -> Self {
        Self { error, proven: false }
    }

    pub(crate) fn proven(error: TokenError) -> Self {
        Self { error, proven: true }
    }

    /// The stable word for it in log lines (4.11).
    pub fn code(&self) -> &'static str {
        self.error.code()
    }
}

impl TokenError {
    /// The stable word for it in log lines (4.11).
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "tokenTooLarge",
            Self::Malformed(_) => "malformedToken",
            Self::CriticalHeader => "unsupportedCriticalHeader",
            Self::AlgorithmNotAllowed(_) => "algorithmNotAllowed",
            Self::ProviderUnregistered => "oauthProviderUnregistered",
            Self::ClientNotFound(_) => "clientNotFound",
            Self::SecretMissing | Self::Secret(WeakSecret::Empty) => "sharedSecretMissing",
            Self::Secret(WeakSecret::Numeric) => "sharedSecretNumeric",
            Self::Secret(WeakSecret::TooShort(_)) => "sharedSecretTooShort",
            Self::ClientDisabled => "clientDisabled",
            Self::ClientExpired => "clientExpired",
            Self::InvalidTokenType(_) => "invalidTokenType",
            Self::AccessTokenTypeRequired => "accessTokenTypeRequired",
            Self::JwksUriNotConfigured => "jwksUriNotConfigured",
            Self::MissingKid => "missingKid",
            Self::KeyNotResolved(_) => "keyNotResolved",
            Self::KeyAlgorithmMismatch(_) => "keyAlgorithmMismatch",
            Self::KeyNotSuitable(_) => "keyNotSuitable",
            Self::MalformedSignature => "malformedSignature",
            Self::SignatureInvalid => "signatureInvalid",
            Self::MissingNbf => "missingNbf",
            Self::AzpMismatch { .. } => "azpMismatch",
            Self::MissingScope(_) => "missingScope",
            Self::MissingUsername => "missingUsername",
            Self::MissingJti => "missingJti",
            Self::Replay(_) => "tokenReplay",
            Self::SignatureMismatch => "signatureMismatch",
            Self::MissingExp => "missingExp",
            Self::InvalidExp => "invalidExp",
            Self::Expired(_) => "tokenExpired",
            Self::InvalidNbf => "invalidNbf",
            Self::NotYetValid(_) => "notYetValid",
            Self::MissingIat => "missingIat",
            Self::InvalidIat => "invalidIat",
            Self::IssuedInFuture(_) => "issuedInFuture",
            Self::ClaimOrder => "claimOrderInvalid",
            Self::LifetimeExceeded { .. } => "lifetimeExceeded",
            Self::MissingAudience => "missingAudience",
            Self::AudienceNotAllowed(_) => "audienceNotAllowed",
            Self::MissingIssuer => "missingIssuer",
            Self::IssuerNotAllowed(_) => "issuerNotAllowed",
            Self::InvalidUsername => "invalidUsername",
        }
    }

    /// What the log has of it beside that.
    pub fn facts(&self) -> TokenFacts<'_> {
        let mut facts = TokenFacts::default();
        match self {
            Self::InvalidTokenType(text) => facts.token_type = Some(text),
            Self::AlgorithmNotAllowed(text) => facts.algorithm = Some(text),
            Self::Expired(time) => facts.expiry = Some(*time),
            Self::NotYetValid(time) => facts.nbf = Some(*time),
            Self::IssuedInFuture(time) => facts.iat = Some(*time),
            Self::LifetimeExceeded { lifetime, maximum } => {
                facts.lifetime = Some(*lifetime);
                facts.maximum = Some(*maximum);
            }
            Self::IssuerNotAllowed(text) => facts.issuer = Some(text),
            Self::AudienceNotAllowed(text) => facts.audience = Some(text),
            Self::AzpMismatch { party, client } => {
                facts.azp = Some(party);
                facts.client_id = Some(client);
            }
            Self::MissingScope(text) => facts.missing = Some(text),
            Self::KeyNotResolved(text)
            | Self::KeyAlgorithmMismatch(text)
            | Self::KeyNotSuitable(text)
            | Self::ClientNotFound(text) => facts.kid = Some(text),
            Self::Replay(text) => facts.jti = Some(text),
            _ => {}
        }
        facts
    }
}

/// As much of a token's text as a reason repeats.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}
