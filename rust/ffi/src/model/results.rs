//! What C# gets.

use interoptopus::ffi;

use super::Event;

/// One step of a call: what it said since the last, and how it ended when it did.
#[ffi]
pub struct Step {
    /// In order.
    pub events: Vec<Event>,
    /// How it ended.
    pub ending: Ending,
}

/// How a call ended.
#[ffi]
pub enum Ending {
    /// It goes on: ask for the next step.
    Running,
    /// With the reply to a script, test or cleanup.
    Replied(Reply),
    /// With the result of a wait.
    Waited(WaitResult),
    /// With a file that came.
    Received(Received),
    /// With a failure.
    Failed(Failure),
    /// Because it was closed.
    Cancelled,
}

/// A reply.
#[ffi]
pub struct Reply {
    /// HTTP status.
    pub status: i32,
    /// The body.
    pub body: String,
    /// `X-SPE-RequestId`.
    pub request_id: String,
}

/// How a download ended.
#[ffi]
pub struct Received {
    /// The file, when there was content.
    pub path: Option<String>,
    /// Bytes that were written.
    pub length: i64,
    /// Whether the file was written.
    pub written: bool,
}

/// The result of a wait.
#[ffi]
pub struct WaitResult {
    /// The last status.
    pub status: String,
    /// Session id or job name.
    pub name: String,
    /// Whether the server has no wait route.
    pub not_supported: bool,
    /// The error of a failed job, when the server tells.
    pub error: Option<JobError>,
    /// Whether the server tells the error of every failed job.
    pub tells_errors: bool,
}

/// Why a job failed.
#[ffi]
pub struct JobError {
    /// Correlates with the server's log.
    pub correlation_id: String,
    /// The text.
    pub message: String,
    /// The engine's id.
    pub fully_qualified_error_id: String,
    /// Name of the category.
    pub error_category: String,
    /// Type of the exception.
    pub exception_type: String,
    /// The script stack.
    pub script_stack_trace: String,
    /// Where in the script.
    pub position_message: String,
}

/// What went wrong, in the order of `FailureKind` in Calls.cs.
#[ffi]
pub enum FailureKind {
    /// See Calls.cs, as for all of these.
    Dns,
    /// No connection.
    Connect,
    /// No TLS.
    Tls,
    /// A bound was reached.
    Timeout,
    /// The connection broke.
    Transport,
    /// 401.
    Authentication,
    /// 403 for a command.
    CommandBlocked,
    /// 403 for a policy.
    PolicyBlocked,
    /// Another 403.
    Forbidden,
    /// 429.
    Throttled,
    /// 503.
    Unavailable,
    /// Another status.
    Http,
    /// Not the protocol.
    Malformed,
    /// Cannot be sent.
    InvalidInput,
    /// A file of this machine cannot be read.
    FileRead,
    /// A file of this machine cannot be written.
    FileWrite,
    /// A fault of ours.
    Internal,
}

/// A failed call.
#[ffi]
pub struct Failure {
    /// What went wrong.
    pub kind: FailureKind,
    /// For the user.
    pub message: String,
    /// HTTP status, or 0.
    pub status: i32,
    /// Reason phrase.
    pub reason_phrase: String,
    /// Body of the reply.
    pub body: String,
    /// Whether the body is JSON.
    pub body_is_json: bool,
    /// `X-SPE-Restriction`.
    pub restriction: String,
    /// `X-SPE-BlockedCommand`.
    pub blocked_command: String,
    /// `X-SPE-Policy`.
    pub policy: String,
    /// `X-SPE-AuthFailureReason`.
    pub auth_failure_reason: String,
    /// `Retry-After`.
    pub retry_after: String,
    /// `X-RateLimit-Limit`.
    pub rate_limit: String,
    /// `X-SPE-RequestId`.
    pub request_id: String,
}

/// A token, or why there is none.
#[ffi]
#[allow(clippy::large_enum_variant, reason = "written to the wire at once")]
pub enum JwtOutcome {
    /// The token.
    Token(String),
    /// Why there is none.
    Failed(Failure),
}
