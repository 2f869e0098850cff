//! Every way a request is refused: the only way to refuse one. docs/refusals.md is generated from here by a test.

use std::borrow::Cow;

use http::StatusCode;

use super::challenge::Challenge;
use crate::media::ArchiveProblem;
use crate::text::sentence;
use crate::workers::{Blocked, LostReason};

/// Why a request got no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No route has this path.
    RouteUnknown,
    /// The route does not take this method.
    MethodNotAllowed {
        /// The methods it takes, as in `Allow`.
        allow: &'static str,
    },
    /// The request names no host, or more than one.
    HostInvalid,
    /// The body is sent in a transfer coding other than `chunked`.
    TransferCodingInvalid,
    /// The service is switched off, or wants a secure connection.
    ServiceDisabled {
        /// The service.
        service: &'static str,
    },
    /// The credentials do not prove who calls. One text for every cause.
    Unauthorized {
        /// The service.
        service: &'static str,
        /// What the reply tells about it.
        challenge: Challenge,
    },
    /// The caller may not use the service.
    ServiceDenied {
        /// The service.
        service: &'static str,
    },
    /// The key is good, and its client record names no account to act as (authentication 1.8).
    ClientWithoutAccount,
    /// The client has made as many requests as it may.
    RateLimited {
        /// Seconds until its window ends.
        retry_after: u32,
    },
    /// There were too many wrong passwords from where the caller is.
    TooManyLogins {
        /// Seconds until the next may be tried.
        retry_after: u32,
    },
    /// More passwords come than can be checked.
    LoginsBusy,
    /// Nobody knows which client records there are: they cannot be read (authentication 3.7).
    ClientsUnknown,
    /// Tokens are taken once, and too many are in use (authentication 4.8).
    ReplayCacheFull,
    /// The client has no policy, and without one it runs nothing (authentication 3.2).
    NoPolicy,
    /// The policy does not allow the script.
    PolicyBlocked {
        /// Its name.
        policy: String,
        /// What it does not allow; none where it allows nothing at all.
        blocked: Option<Blocked>,
    },
    /// The query cannot be decoded.
    QueryMalformed,
    /// A control parameter stands in the query more than once.
    ParameterRepeated {
        /// The parameter.
        name: &'static str,
    },
    /// An id does not follow the grammar.
    IdInvalid {
        /// The parameter that holds it.
        name: &'static str,
    },
    /// There is nothing to run.
    ScriptBlank,
    /// `action=cleanup` without an id.
    CleanupWithoutId,
    /// A wait without a job.
    JobIdMissing,
    /// The cursor was not made by this server process for this job.
    CursorInvalid,
    /// A wait for a kind of job that does not exist.
    JobTypeUnsupported,
    /// `jsonDepth` is no depth.
    JsonDepthInvalid,
    /// The body is packed in a way the server does not know.
    CodingUnsupported,
    /// The body says gzip and is not, or is cut.
    GzipBroken,
    /// The body is not UTF-8.
    BodyNotUtf8,
    /// The body broke off.
    BodyBroken,
    /// The body is too large, as sent or after gunzip.
    BodyTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The body did not come in time.
    BodyTimeout,
    /// The id is another caller's session or job.
    SessionNotOwned,
    /// The session runs another script, or is a job.
    SessionBusy,
    /// The owner has as many sessions and jobs as allowed.
    TooManySessions {
        /// The limit.
        limit: usize,
    },
    /// The owner holds as many waits as allowed.
    TooManyWaits {
        /// The limit.
        limit: usize,
    },
    /// All owners together hold as many waits as allowed.
    WaitsFull {
        /// The limit.
        limit: usize,
    },
    /// The owner's bodies take as much memory as allowed.
    OwnerBodiesFull {
        /// The limit, in bytes.
        limit: usize,
    },
    /// All bodies together take as much memory as allowed.
    BodiesFull {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The path of a file leads where no file may be reached. One text for every cause.
    PathNotAllowed {
        /// The cause, for the log.
        reason: &'static str,
    },
    /// There is no such file.
    FileMissing,
    /// There is no such media item, or the path names none.
    MediaMissing,
    /// There is no media library, or it has no such database.
    DatabaseUnknown,
    /// There is nothing of this handle, or not any more.
    HandleUnknown,
    /// A form was sent where a file should be.
    MultipartUnsupported,
    /// A zip file cannot be unpacked.
    ArchiveRefused {
        /// Why.
        problem: ArchiveProblem,
    },
    /// The file may not be written.
    WriteDenied,
    /// The file is larger than may be uploaded.
    FileTooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The file is packed, and files are kept as they come.
    FileCoded,
    /// `If-Match` names another content.
    FileChanged,
    /// The file has no such part.
    RangeUnsatisfiable {
        /// Its length, in bytes.
        length: u64,
    },
    /// `Repr-Digest` is none.
    DigestInvalid,
    /// What came is not what `Repr-Digest` says.
    DigestMismatch,
    /// The disk is full.
    StorageFull,
    /// The system failed to read or write.
    StorageFailed {
        /// What it says; for the log.
        cause: String,
    },
    /// The owner transfers as many files as allowed.
    TooManyTransfers {
        /// The limit.
        limit: usize,
    },
    /// All worker processes are busy.
    WorkersBusy {
        /// Seconds until one should be free.
        retry_after: u32,
    },
    /// A worker process could not be started.
    WorkerStart {
        /// What the system says; for the log.
        cause: String,
    },
    /// The server is shutting down.
    ShuttingDown,
    /// The process that ran the script went away.
    RunLost {
        /// How it went away.
        reason: LostReason,
    },
    /// Somebody stopped the script.
    RunStopped,
    /// A fault of the server.
    Internal,
}

/// What is said about a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The status.
    pub status: StatusCode,
    /// A stable word for programs.
    pub code: &'static str,
    /// The reason phrase, and the text of a JSON body.
    pub phrase: Cow<'static, str>,
    /// The sentence of a plain body, where the phrase alone does not explain.
    pub explanation: Option<Cow<'static, str>>,
}

impl Refusal {
    /// Status, code and texts.
    pub fn facts(&self) -> Facts {
        use StatusCode as S;
        match self {
            Self::RouteUnknown => plain(S::NOT_FOUND, "route-unknown", "The requested route does not exist."),
            Self::MethodNotAllowed { .. } => plain(
                S::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "The method is not allowed for this route.",
            ),
            Self::HostInvalid => plain(S::BAD_REQUEST, "host-invalid", "The request must name one host.")
                .explained("The request must name one host, in one Host header that agrees with its target."),
            Self::TransferCodingInvalid => plain(
                S::BAD_REQUEST,
                "transfer-coding-invalid",
                "The transfer coding is not supported. Use chunked.",
            ),
            Self::ServiceDisabled { service } => with(
                S::FORBIDDEN,
                "service-disabled",
                format!("The {service} service is disabled."),
            ),
            Self::Unauthorized { service, .. } => with(
                S::UNAUTHORIZED,
                "unauthorized",
                format!("Unauthorized request to the {service} service."),
            ),
            Self::ServiceDenied { .. } | Self::ClientWithoutAccount | Self::NoPolicy | Self::PolicyBlocked { .. } => {
                self.access_facts()
            }
            Self::QueryMalformed => plain(
                S::BAD_REQUEST,
                "query-malformed",
                "The query contains invalid percent encoding.",
            ),
            Self::ParameterRepeated { name } => with(
                S::BAD_REQUEST,
                "parameter-repeated",
                format!("The parameter {name} is given more than once."),
            ),
            Self::IdInvalid { name } => with(S::BAD_REQUEST, "id-invalid", format!("The {name} is invalid."))
                .explained("An id is 1 to 128 characters out of A-Z a-z 0-9 _ . : -"),
            Self::ScriptBlank => plain(S::BAD_REQUEST, "script-invalid", "The specified script is invalid."),
            Self::CleanupWithoutId => plain(
                S::BAD_REQUEST,
                "session-id-missing",
                "Session ID is required for cleanup.",
            ),
            Self::JobIdMissing => plain(S::BAD_REQUEST, "job-id-missing", "jobId is required."),
            Self::CursorInvalid => plain(S::BAD_REQUEST, "invalid_cursor", "invalid_cursor")
                .explained("The cursor was not issued for this job by this server process."),
            Self::JobTypeUnsupported => plain(
                S::BAD_REQUEST,
                "job-type-unsupported",
                "Unsupported jobType. Expected 'scriptsession' or 'sitecore'.",
            ),
            Self::JsonDepthInvalid => plain(
                S::BAD_REQUEST,
                "json-depth-invalid",
                "jsonDepth is a whole number from 1 to 20.",
            ),
            Self::CodingUnsupported => plain(
                S::UNSUPPORTED_MEDIA_TYPE,
                "coding-unsupported",
                "The content encoding is not supported. Use gzip or identity.",
            ),
            Self::GzipBroken => plain(S::BAD_REQUEST, "gzip-broken", "The body is not valid gzip."),
            Self::BodyNotUtf8 => plain(S::BAD_REQUEST, "body-not-utf8", "The body is not valid UTF-8."),
            Self::BodyBroken => plain(S::BAD_REQUEST, "body-incomplete", "The body is incomplete."),
            Self::BodyTooLarge { limit } => plain(S::PAYLOAD_TOO_LARGE, "body-too-large", "The body is too large.")
                .explained(format!(
                    "The body is larger than the limit of {limit} bytes, as sent or unpacked."
                )),
            Self::BodyTimeout => plain(S::REQUEST_TIMEOUT, "body-timeout", "The body did not arrive in time."),
            Self::SessionNotOwned => plain(
                S::FORBIDDEN,
                "session-not-owned",
                "Session is owned by a different identity.",
            ),
            _ => self.file_facts(),
        }
    }

    /// Those about files.
    fn file_facts(&self) -> Facts {
        use StatusCode as S;
        match self {
            Self::PathNotAllowed { .. } => plain(S::FORBIDDEN, "path-not-allowed", "Path is not allowed."),
            Self::FileMissing => plain(S::NOT_FOUND, "file-missing", "The specified path is invalid."),
            Self::MediaMissing => plain(S::NOT_FOUND, "media-missing", "The specified media is invalid."),
            Self::DatabaseUnknown => plain(S::NOT_FOUND, "database-unknown", "The specified database is invalid."),
            Self::HandleUnknown => plain(S::NOT_FOUND, "handle-unknown", "The specified handle is invalid."),
            Self::MultipartUnsupported => plain(
                S::UNSUPPORTED_MEDIA_TYPE,
                "multipart-unsupported",
                "Send the file itself, not a form with it.",
            ),
            Self::ArchiveRefused { problem } => plain(
                S::UNPROCESSABLE_ENTITY,
                "archive-refused",
                "The archive cannot be unpacked.",
            )
            .explained(format!("{problem} Nothing of it was stored.")),
            Self::WriteDenied => plain(S::FORBIDDEN, "write-denied", "Write access denied to the target path."),
            Self::FileTooLarge { limit } => plain(S::PAYLOAD_TOO_LARGE, "file-too-large", "The file is too large.")
                .explained(format!("The file is larger than the limit of {limit} bytes.")),
            Self::FileCoded => plain(
                S::UNSUPPORTED_MEDIA_TYPE,
                "file-coded",
                "Files are sent as they are, without a content encoding.",
            ),
            Self::FileChanged => plain(S::PRECONDITION_FAILED, "file-changed", "The file has changed."),
            Self::RangeUnsatisfiable { length } => plain(
                S::RANGE_NOT_SATISFIABLE,
                "range-unsatisfiable",
                "The file has no such part.",
            )
            .explained(format!("The file has {length} bytes.")),
            Self::DigestInvalid => plain(S::BAD_REQUEST, "digest-invalid", "Repr-Digest is malformed.")
                .explained("Repr-Digest is malformed: sha-256=:BASE64: (RFC 9530)."),
            Self::DigestMismatch => plain(
                S::BAD_REQUEST,
                "digest-mismatch",
                "The file is not what Repr-Digest says.",
            )
            .explained("The file that came is not what Repr-Digest says. Nothing was stored; send it again."),
            Self::StorageFull => plain(
                S::INSUFFICIENT_STORAGE,
                "storage-full",
                "There is no room for the file.",
            ),
            Self::StorageFailed { .. } => plain(
                S::INTERNAL_SERVER_ERROR,
                "storage-failed",
                "The file cannot be read or written.",
            ),
            Self::TooManyTransfers { limit } => plain(S::TOO_MANY_REQUESTS, "transfer-limit", "Too many transfers.")
                .explained(format!("The limit of {limit} transfers at once is reached.")),
            _ => self.limit_facts(),
        }
    }

    /// Those of a caller who is known and may not.
    fn access_facts(&self) -> Facts {
        use StatusCode as S;
        match self {
            Self::ServiceDenied { service } => with(
                S::FORBIDDEN,
                "service-denied",
                format!("The specified user is not authorized for the {service} service."),
            ),
            Self::ClientWithoutAccount => plain(
                S::FORBIDDEN,
                "client-denied",
                "This Remoting Client requires an Impersonated User. Configure the field on the client item.",
            ),
            Self::NoPolicy => plain(
                S::FORBIDDEN,
                "no-policy",
                "The request is not authorized. A remoting policy is required.",
            ),
            Self::PolicyBlocked { policy, blocked } => {
                plain(S::FORBIDDEN, "policy-blocked", "Script blocked by remoting policy.").explained(match blocked {
                    None => format!("The policy '{policy}' lets no script run."),
                    Some(Blocked {
                        command,
                        reason,
                        line,
                        column,
                    }) => format!(
                        "The policy '{policy}' does not allow '{command}' (line {line}, column {column}): {reason}"
                    ),
                })
            }
            _ => self.limit_facts(),
        }
    }

    /// Those of a caller who has or does too much at once.
    fn limit_facts(&self) -> Facts {
        use StatusCode as S;
        match self {
            Self::SessionBusy => plain(S::CONFLICT, "session-busy", "The session is busy."),
            Self::TooManySessions { limit } => plain(S::TOO_MANY_REQUESTS, "session-limit", "Too many sessions.")
                .explained(format!(
                    "The limit of {limit} sessions and jobs is reached. Receive or remove some, then try again."
                )),
            Self::TooManyWaits { limit } => plain(S::TOO_MANY_REQUESTS, "wait-limit", "Too many held requests.")
                .explained(format!("The limit of {limit} held requests is reached.")),
            Self::RateLimited { .. } => plain(S::TOO_MANY_REQUESTS, "rate-limit", "Rate limit exceeded."),
            Self::TooManyLogins { .. } => plain(S::TOO_MANY_REQUESTS, "login-limit", "Too many failed logins."),
            Self::OwnerBodiesFull { limit } => plain(
                S::TOO_MANY_REQUESTS,
                "owner-body-memory",
                "Too many requests with bodies.",
            )
            .explained(format!(
                "The limit of {limit} bytes for the bodies of one owner's requests is reached."
            )),
            _ => self.server_facts(),
        }
    }

    /// Those that are not the caller's doing.
    fn server_facts(&self) -> Facts {
        use StatusCode as S;
        match self {
            Self::WaitsFull { limit } => plain(
                S::SERVICE_UNAVAILABLE,
                "waits-full",
                "The server holds too many requests.",
            )
            .explained(format!(
                "The server holds as many requests as its limit of {limit} allows."
            )),
            Self::BodiesFull { limit } => plain(
                S::SERVICE_UNAVAILABLE,
                "body-memory",
                "The server has no memory for the body. Please retry.",
            )
            .explained(format!(
                "The limit of {limit} bytes for the bodies of all requests is reached."
            )),
            Self::WorkersBusy { .. } => plain(
                S::SERVICE_UNAVAILABLE,
                "workers-busy",
                "All worker processes are busy. Please retry.",
            ),
            Self::WorkerStart { .. } => plain(
                S::SERVICE_UNAVAILABLE,
                "Spe.Remoting.WorkerStart",
                "A worker process could not be started.",
            ),
            Self::LoginsBusy => plain(
                S::SERVICE_UNAVAILABLE,
                "logins-busy",
                "Too many passwords are being checked. Please retry.",
            ),
            Self::ClientsUnknown => plain(
                S::SERVICE_UNAVAILABLE,
                "clients-unknown",
                "The remoting clients are not loaded. Please retry.",
            ),
            Self::ReplayCacheFull => plain(
                S::SERVICE_UNAVAILABLE,
                "replay-cache-full",
                "Too many tokens are in use. Please retry.",
            ),
            Self::ShuttingDown => plain(S::SERVICE_UNAVAILABLE, "shutting-down", "The server is shutting down."),
            Self::RunLost { reason } => {
                let status = if reason.is_limit() {
                    S::INTERNAL_SERVER_ERROR
                } else {
                    S::BAD_GATEWAY
                };
                let id = reason.error_id();
                with(status, id, format!("The script was lost ({id}).")).explained(sentence(&reason.to_string()))
            }
            Self::RunStopped => plain(
                S::CONFLICT,
                "Spe.Remoting.Stopped",
                "The script was stopped before it ended.",
            ),
            _ => plain(
                S::INTERNAL_SERVER_ERROR,
                "internal-error",
                "The server failed to handle the request.",
            ),
        }
    }

    /// Seconds after which it makes sense to try again.
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            Self::SessionBusy | Self::TooManyWaits { .. } | Self::ReplayCacheFull => Some(1),
            Self::TooManySessions { .. }
            | Self::OwnerBodiesFull { .. }
            | Self::BodiesFull { .. }
            | Self::WaitsFull { .. }
            | Self::TooManyTransfers { .. }
            | Self::LoginsBusy
            | Self::ClientsUnknown => Some(2),
            Self::RateLimited { retry_after }
            | Self::TooManyLogins { retry_after }
            | Self::WorkersBusy { retry_after } => Some(*retry_after),
            Self::WorkerStart { .. } | Self::ShuttingDown => Some(5),
            _ => None,
        }
    }

    /// Whether nothing more may be read from the connection: where its next request begins is in doubt.
    pub fn closes_connection(&self) -> bool {
        matches!(self, Self::HostInvalid | Self::TransferCodingInvalid)
    }

    /// The code of `X-SPE-Restriction`, which every 403 has (authentication 8.4).
    pub fn restriction(&self) -> Option<&'static str> {
        let facts = self.facts();
        (facts.status == StatusCode::FORBIDDEN).then_some(facts.code)
    }
}

impl Facts {
    /// The sentence of a plain body.
    pub fn sentence(&self) -> &str {
        self.explanation.as_deref().unwrap_or(&self.phrase)
    }

    fn explained(mut self, explanation: impl Into<Cow<'static, str>>) -> Self {
        self.explanation = Some(explanation.into());
        self
    }
}

fn plain(status: StatusCode, code: &'static str, phrase: &'static str) -> Facts {
    Facts {
        status,
        code,
        phrase: phrase.into(),
        explanation: None,
    }
}

fn with(status: StatusCode, code: &'static str, phrase: String) -> Facts {
    Facts {
        phrase: phrase.into(),
        ..plain(status, code, "")
    }
}
