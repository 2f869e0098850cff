//! What callers ask of the engine, and what they get. dotnet/SPE/Native/Calls.cs is the same in C#.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use spe_protocol::wait::JobError;
use url::Url;
use uuid::Uuid;

use crate::Connection;

/// What proves who calls. A token is minted anew for every attempt.
#[derive(Debug, Clone)]
pub enum Credential {
    /// A token from elsewhere, sent as it is.
    AccessToken(SecretString),
    /// Mints HMAC tokens (authentication 2.1).
    SharedSecret {
        /// The secret.
        secret: SecretString,
        /// `kid` of the token, when the secret belongs to one client record.
        access_key_id: Option<String>,
        /// HS256, HS384 or HS512, as the caller spelled it.
        algorithm: String,
        /// `name` of the token.
        username: String,
    },
    /// User and password.
    Basic {
        /// `domain\name`.
        username: String,
        /// The password.
        password: SecretString,
    },
}

/// Where a call goes and as whom.
#[derive(Debug, Clone)]
pub struct Target {
    /// The connection URI, without query.
    pub base: Url,
    /// What proves who calls; a call without it is sent without.
    pub credential: Option<Credential>,
    /// The session's id.
    pub session_id: String,
    /// Names the cookie jar of the session object; its copies share it.
    pub cookie_jar: Uuid,
    /// Bound on connecting.
    pub connect_timeout: Duration,
    /// How connections are made.
    pub connection: Arc<Connection>,
    /// Bound on one request; none waits for as long as the server takes.
    pub operation_timeout: Option<Duration>,
}

/// A script to run.
#[derive(Debug, Clone)]
pub struct ScriptCall {
    /// Where and as whom.
    pub target: Target,
    /// The script.
    pub script: String,
    /// Arguments as CLIXML.
    pub arguments: Option<String>,
    /// `CliXml`, Json or Raw, as the caller spelled it.
    pub output_format: String,
    /// Whether the runspace is kept.
    pub persistent_session: bool,
    /// Whether JSON errors are objects.
    pub structured_errors: bool,
    /// Whether stream records stand in the output.
    pub capture_streams: bool,
    /// Times a 429 or 503 is tried again, 0 to 10.
    pub max_retries: u32,
}

/// A wait for the end of a job.
#[derive(Debug, Clone)]
pub struct WaitCall {
    /// Where and as whom.
    pub target: Target,
    /// The job.
    pub job_id: String,
    /// scriptsession or sitecore.
    pub job_type: String,
    /// Hold of one request in seconds, 1 to 60.
    pub hold_seconds: u32,
    /// Times in a row a 429 or 503 is tried again, 0 to 10.
    pub max_retries: u32,
    /// Pause after a transport failure.
    pub delay: Duration,
    /// Where to go on reading; none is the beginning.
    pub cursor: Option<String>,
    /// Whether records are handed over; the cursor is tracked either way.
    pub want_records: bool,
}

/// A success (200 to 299), or 424: the script failed and its output says how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
    /// `X-SPE-RequestId`, or empty.
    pub request_id: String,
}

/// How a wait ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitResult {
    /// The last status the server told.
    pub status: String,
    /// Session id or job name.
    pub name: String,
    /// Whether the server has no wait route (404, or a reply that is not JSON), so that polling is left.
    pub not_supported: bool,
    /// The error of a failed or stopped job, when the server tells.
    pub error: Option<JobError>,
    /// Whether the server is one that tells the error of every job that failed; others lose it (CM-D-04).
    pub tells_errors: bool,
}

/// What went wrong. Each kind is one documented error id and one `ErrorCategory`, see docs/errors.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The server name does not resolve.
    Dns,
    /// No connection could be made.
    Connect,
    /// The connection was made but TLS was not agreed.
    Tls,
    /// A bound was reached; the message names the clock, its value and where to set it.
    Timeout,
    /// The connection broke, or the reply is not HTTP.
    Transport,
    /// 401.
    Authentication,
    /// 403 with `X-SPE-Restriction: command-blocked`.
    CommandBlocked,
    /// 403 with `X-SPE-Restriction: policy-blocked`.
    PolicyBlocked,
    /// Any other 403.
    Forbidden,
    /// 429 after the last retry.
    Throttled,
    /// 503 after the last retry.
    Unavailable,
    /// Any other status that is not a success.
    Http,
    /// A success that is not what this protocol says, such as a page in HTML.
    Malformed,
    /// What was asked cannot be sent; nothing left this machine.
    InvalidInput,
    /// A file of this machine cannot be read.
    FileRead,
    /// A file of this machine cannot be written.
    FileWrite,
    /// A fault of ours.
    Internal,
}

/// A failed call, as data. Holds no secret and no query of a URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What went wrong.
    pub kind: FailureKind,
    /// One or more sentences for the user, with the cause and, where there is one, the way out.
    pub message: String,
    /// HTTP status, 0 when there was no reply.
    pub status: u16,
    /// Reason phrase of the reply.
    pub reason_phrase: String,
    /// Body of the reply, at most 64 Ki characters.
    pub body: String,
    /// Whether the body is JSON.
    pub body_is_json: bool,
    /// `X-SPE-Restriction`.
    pub restriction: String,
    /// `X-SPE-BlockedCommand`.
    pub blocked_command: String,
    /// `X-SPE-Policy`, or `X-SPE-Profile`.
    pub policy: String,
    /// `X-SPE-AuthFailureReason`.
    pub auth_failure_reason: String,
    /// `Retry-After` as it was sent.
    pub retry_after: String,
    /// `X-RateLimit-Limit`.
    pub rate_limit: String,
    /// `X-SPE-RequestId`.
    pub request_id: String,
}

impl Failure {
    /// A failure without a reply.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            status: 0,
            reason_phrase: String::new(),
            body: String::new(),
            body_is_json: false,
            restriction: String::new(),
            blocked_command: String::new(),
            policy: String::new(),
            auth_failure_reason: String::new(),
            retry_after: String::new(),
            rate_limit: String::new(),
            request_id: String::new(),
        }
    }
}

/// What `New-Jwt` puts into a token.
#[derive(Debug, Clone)]
pub struct JwtCall {
    /// HS256, HS384 or HS512.
    pub algorithm: String,
    /// `typ`.
    pub token_type: String,
    /// `kid`, when not empty.
    pub key_id: String,
    /// `iss`.
    pub issuer: String,
    /// `aud`.
    pub audience: String,
    /// `name`, when not empty.
    pub name: String,
    /// From now to `exp`.
    pub valid_for_seconds: i32,
    /// The key.
    pub secret_key: SecretString,
    /// `client_session`, when not empty.
    pub client_session_id: String,
    /// Whether `iat` is left out.
    pub no_issued_at: bool,
    /// `nbf`, when not 0.
    pub not_before: i64,
    /// `iat`; 0 for now.
    pub issued_at: i64,
    /// `scope`, when not empty.
    pub scope: String,
}
