//! What the rest of the server sees of a worker.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use spe_protocol::RecordKind;
use spe_protocol::wait::JobError;

use crate::config::show_time;
use crate::identity::{Owner, Policy};

/// Whom a process serves, and no other, ever.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LeaseKey {
    /// The owner of the call.
    pub owner: Owner,
    /// Name of the effective policy.
    pub policy: String,
}

/// How long a call waits for a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// Within the bounds of the queue: somebody waits for an answer.
    Bounded,
    /// Until it has one. How many such calls there are is bounded elsewhere.
    Unbounded,
}

/// A run to be made.
#[derive(Debug, Clone)]
pub struct RunRequest {
    /// Script or job.
    pub kind: RunKind,
    /// How output is written.
    pub format: OutputFormat,
    /// The script.
    pub script: Bytes,
    /// Arguments as CLIXML.
    pub arguments: Option<Bytes>,
    /// Whether stream records stand in the output.
    pub capture_streams: bool,
    /// Whether the runspace is kept for the session's next run.
    pub keep_runspace: bool,
    /// Id the caller knows the session or job by.
    pub session_id: Option<String>,
    /// Name of a job.
    pub job_name: Option<String>,
    /// The account it runs for.
    pub user: String,
    /// What it may do.
    pub policy: Arc<Policy>,
    /// Request id.
    pub rid: String,
}

/// What a scan of a script found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scanned {
    /// Nothing that the policy does not allow.
    Allowed,
    /// The first thing that it does not.
    Blocked(Blocked),
}

/// The first thing in a script that a policy does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// The command, or what stands in its place.
    pub command: String,
    /// Why, as a sentence for the user.
    pub reason: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// Whether results are the reply to a request or are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RunKind {
    /// The results are the HTTP reply.
    Script,
    /// The results are kept until received.
    Job,
}

/// Output formats of the script route (wire protocol 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFormat {
    /// One CLIXML list of everything.
    CliXml,
    /// Text.
    Raw,
    /// One JSON object with output and errors.
    Json(JsonForm),
}

impl OutputFormat {
    /// The name of it on the channel.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CliXml => "clixml",
            Self::Raw => "raw",
            Self::Json(_) => "json",
        }
    }

    /// How JSON is written, where it is JSON.
    pub fn json(self) -> Option<JsonForm> {
        match self {
            Self::Json(form) => Some(form),
            Self::CliXml | Self::Raw => None,
        }
    }
}

/// How JSON is written (wire protocol 4.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct JsonForm {
    /// Whether errors are objects.
    pub structured: bool,
    /// Whether errors say all there is; else the log does.
    pub detailed: bool,
    /// Levels of objects within an object that are written.
    pub depth: u8,
}

/// How a run ended.
#[derive(Debug, Clone)]
pub struct RunEnd {
    /// The verdict.
    pub outcome: RunOutcome,
    /// What it wrote, formatted, also when it failed.
    pub output: Bytes,
    /// Whether non-terminating errors were written.
    pub had_errors: bool,
    /// The code of `exit N`.
    pub exit_code: Option<i32>,
}

/// The verdict on a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunOutcome {
    /// It came to its end.
    Completed,
    /// A terminating error ended it.
    Failed(JobError),
    /// It was told to stop, and did, or was killed after the grace.
    Stopped,
    /// The process went away, broke the channel's rules or went over a limit.
    Lost(LostReason),
}

/// Why a run was lost.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LostReason {
    /// The process ended.
    #[error("the worker process ended while the script was running ({status})")]
    Exited {
        /// How it ended: signal or exit code.
        status: String,
    },
    /// A frame broke the rules of the channel.
    #[error("the worker process broke the rules of its channel and was ended")]
    Protocol,
    /// The output grew over the limit.
    #[error("the output of the script is larger than the limit of {limit} bytes")]
    OutputLimit {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The run took longer than it may, and was stopped.
    #[error("the script ran longer than the limit of {} and was stopped", show_time(*.limit))]
    RunTime {
        /// The limit.
        limit: Duration,
    },
    /// The process took more of the machine than it may.
    #[error("the worker process was ended: {0}")]
    Excess(Excess),
}

/// What a worker process, with everything it started, took too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Excess {
    /// Private memory.
    #[error("its private memory grew over the limit of {0} bytes")]
    Memory(u64),
    /// Its managed heap is full, and it does nothing but look for free memory in it.
    #[error("its memory is used up and it does not answer any more")]
    Heap,
    /// Processes.
    #[error("it started more than the limit of {0} processes")]
    Processes(usize),
    /// Files in its temporary folder.
    #[error("its temporary folder grew over the limit of {0} bytes")]
    Disk(u64),
}

impl LostReason {
    /// Whether a limit was reached, which is the script's own doing and happens again with the next try.
    pub fn is_limit(&self) -> bool {
        match self {
            Self::Exited { .. } | Self::Protocol => false,
            Self::OutputLimit { .. } | Self::RunTime { .. } | Self::Excess(_) => true,
        }
    }

    /// The PowerShell error category that goes with it.
    pub fn category(&self) -> &'static str {
        match self {
            Self::RunTime { .. } => "OperationTimeout",
            _ if self.is_limit() => "LimitsExceeded",
            _ => "ResourceUnavailable",
        }
    }

    /// The stable id the error carries to callers.
    pub fn error_id(&self) -> &'static str {
        match self {
            Self::Exited { .. } => "Spe.Remoting.WorkerLost",
            Self::Protocol => "Spe.Remoting.WorkerProtocol",
            Self::OutputLimit { .. } => "Spe.Remoting.OutputLimit",
            Self::RunTime { .. } => "Spe.Remoting.RunTime",
            Self::Excess(Excess::Memory(_) | Excess::Heap) => "Spe.Remoting.WorkerMemory",
            Self::Excess(Excess::Processes(_)) => "Spe.Remoting.WorkerProcesses",
            Self::Excess(Excess::Disk(_)) => "Spe.Remoting.WorkerDisk",
        }
    }
}

/// What the worker processes are at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Census {
    /// On their way.
    pub starting: usize,
    /// Ready, and nobody's yet.
    pub spare: usize,
    /// Waiting for the next call of their owner.
    pub idle: usize,
    /// In use.
    pub busy: usize,
    /// Told to end.
    pub ending: usize,
    /// Calls that wait for one.
    pub queued: usize,
    /// Whether calls can be served.
    pub is_ready: bool,
}

/// Why no process could be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LeaseError {
    /// All are busy, and stayed so for the bound or have too many calls waiting for them already.
    #[error("all worker processes are busy")]
    Busy {
        /// Seconds after which there should be one, as fast as they become free now.
        retry_after: u32,
    },
    /// A process could not be started.
    #[error("a worker process could not be started: {0}")]
    Start(String),
    /// The server is shutting down.
    #[error("the server is shutting down")]
    ShuttingDown,
}

/// Receives what a run produces while it runs. Called in the order of the channel.
pub trait RunObserver: Send + Sync {
    /// A record was written.
    fn record(&self, record: WorkerRecord);

    /// A command of the script needs the server. The future is dropped when the run ends first.
    fn call(&self, call: Call) -> Pin<Box<dyn Future<Output = Result<CallReply, CallError>> + Send>>;
}

/// A record without its place in the sequence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerRecord {
    /// The stream and what it carries.
    #[serde(flatten)]
    pub kind: RecordKind,
    /// When it was written.
    #[serde(rename = "timeUtc")]
    pub time_utc: String,
}

/// A call of a script-session command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// Start a job.
    Start {
        /// Id to give it; a new GUID when there is none.
        id: Option<String>,
        /// Name of the job.
        name: Option<String>,
        /// Whether it goes away when its run ends.
        auto_dispose: bool,
        /// The script.
        script: Bytes,
        /// Arguments as CLIXML.
        arguments: Option<Bytes>,
    },
    /// Describe sessions.
    List {
        /// These, or all of the owner's.
        ids: Option<Vec<String>>,
        /// The run's own only.
        current: bool,
    },
    /// Hand over results.
    Receive {
        /// The job.
        id: String,
        /// Whether the results stay to be received again.
        keep_result: bool,
        /// Whether the job stays listed.
        keep_session: bool,
    },
    /// Wait for ends.
    Wait {
        /// The jobs.
        ids: Vec<String>,
        /// One of them is enough.
        any: bool,
        /// Bound in milliseconds, 0 for none.
        timeout_ms: u64,
    },
    /// Stop a run.
    Stop {
        /// The job or session.
        id: String,
    },
    /// Forget a session, stopping it first.
    Remove {
        /// The job or session.
        id: String,
    },
    /// Leave a content to be fetched.
    Park {
        /// The name it is to have.
        name: String,
        /// Its media type.
        content_type: String,
        /// The bytes.
        content: Bytes,
    },
}

/// The answer to a [`Call`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallReply {
    /// One session.
    Session(SessionInfo),
    /// Several.
    Sessions(Vec<SessionInfo>),
    /// Results of a job as CLIXML, empty when there are none.
    Results(SessionInfo, Bytes),
    /// Whether there was one to remove.
    Removed(bool),
    /// The handle of what was left.
    Parked(String),
}

/// A session as its owner's scripts see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionInfo {
    /// What waits and commands use.
    pub id: String,
    /// `RemoteAutomation` or `BackgroundJob`.
    pub kind: &'static str,
    /// `Busy`, `Available`, `Failed` or `Stopped`.
    pub state: &'static str,
    /// The job's name, else the id.
    pub name: String,
    /// Sitecore-style handle.
    pub handle: String,
    /// Whether results wait to be received.
    pub has_result: bool,
    /// Whether it goes away when its run ends.
    pub auto_dispose: bool,
    /// The terminating error of a failed run.
    pub error: Option<JobError>,
    /// Start of the last run, ISO 8601.
    pub started_utc: Option<String>,
    /// End of the last run, ISO 8601.
    pub ended_utc: Option<String>,
}

/// Why a call could not be served; becomes an error record in the script.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Unknown id, or somebody else's.
    #[error("there is no script session with the id '{0}'")]
    NotFound(String),
    /// It is running.
    #[error("the script session '{0}' is busy")]
    Busy(String),
    /// The owner has as many as allowed.
    #[error("the limit of {0} sessions and jobs is reached; remove some first")]
    Limit(usize),
    /// Not an id of the grammar.
    #[error("'{0}' is not a session id: 1 to 128 characters out of A-Z a-z 0-9 _ . : -")]
    InvalidId(String),
    /// The policy of the run does not allow what the job would do.
    #[error("the policy '{policy}' does not allow '{}' in a job (line {}, column {}): {}", .blocked.command, .blocked.line, .blocked.column, .blocked.reason)]
    CommandBlocked {
        /// The policy.
        policy: String,
        /// What it does not allow.
        blocked: Blocked,
    },
    /// Nobody could look at the script of the job.
    #[error("the script of the job could not be checked against the policy; try again")]
    Unscanned,
    /// What is left to be fetched takes as much memory as allowed.
    #[error("there is no room for it: what waits to be fetched or received may take {0} bytes")]
    NoRoom(usize),
    /// The server is shutting down.
    #[error("the server is shutting down")]
    Stopped,
}

impl CallError {
    /// Error id and PowerShell category of the record.
    pub fn codes(&self) -> (&'static str, &'static str) {
        match self {
            Self::NotFound(_) => ("SessionNotFound", "ObjectNotFound"),
            Self::Busy(_) => ("SessionBusy", "ResourceBusy"),
            Self::Limit(_) => ("SessionLimit", "LimitsExceeded"),
            Self::InvalidId(_) => ("InvalidSessionId", "InvalidArgument"),
            Self::CommandBlocked { .. } => ("CommandBlocked", "PermissionDenied"),
            Self::Unscanned => ("Unscanned", "ResourceUnavailable"),
            Self::NoRoom(_) => ("ResultLimit", "LimitsExceeded"),
            Self::Stopped => ("Stopped", "OperationStopped"),
        }
    }
}
