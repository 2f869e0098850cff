//! The wait route: what is asked and what is answered (section 6).

use serde::{Deserialize, Serialize};

use crate::Record;

/// Shortest hold, in seconds.
pub const MIN_TIMEOUT_SECONDS: u32 = 1;
/// Longest hold, in seconds.
pub const MAX_TIMEOUT_SECONDS: u32 = 60;
/// Hold when the caller names none, in seconds.
pub const DEFAULT_TIMEOUT_SECONDS: u32 = 30;
/// Most records in one reply.
pub const MAX_RECORDS: usize = 256;

/// State of a job in a wait reply (sections 5.5 and 6.4, with the additions of WP-D-16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WaitStatus {
    /// Accepted, not begun.
    Pending,
    /// Running.
    Busy,
    /// A script job ended well.
    Idle,
    /// A Sitecore job ended well.
    Done,
    /// Ended by a terminating error; `error` says which.
    Failed,
    /// Ended because somebody stopped it; `error` says so.
    Stopped,
    /// No such job.
    NotFound,
    /// A status this version does not know.
    #[serde(other)]
    Unknown,
}

/// Why a job failed (an addition of our server, WP-D-16).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JobError {
    /// Correlates with the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// The error's text.
    pub message: String,
    /// The engine's error id, or one of our own such as `Spe.Remoting.WorkerLost`.
    pub fully_qualified_error_id: String,
    /// Name of the PowerShell error category.
    pub error_category: String,
    /// Type of the exception behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exception_type: Option<String>,
    /// The script stack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub script_stack_trace: Option<String>,
    /// Where in the script.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position_message: Option<String>,
}

impl JobError {
    /// Every text that comes from the script, for those who bound it.
    pub fn texts_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let Self {
            correlation_id: _,
            message,
            fully_qualified_error_id,
            error_category,
            exception_type,
            script_stack_trace,
            position_message,
        } = self;
        let optional = [exception_type, script_stack_trace, position_message];
        let always = [message, fully_qualified_error_id, error_category];
        always.into_iter().chain(optional.into_iter().flatten())
    }
}

/// The reply to a wait (section 6.5). Members a server leaves out read as their defaults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WaitReply {
    /// Whether the caller is done waiting.
    pub is_done: bool,
    /// State of the job.
    pub status: WaitStatus,
    /// Session id or job name.
    #[serde(default)]
    pub name: String,
    /// Rounded duration of this call, in seconds.
    #[serde(default)]
    pub elapsed_seconds: u64,
    /// Why the job failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<JobError>,
    /// Records and counters, when the session has written any.
    #[serde(flatten)]
    pub records: Option<WaitRecords>,
}

/// The part of a wait reply that is there once the session has written a record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WaitRecords {
    /// Oldest first, at most [`MAX_RECORDS`].
    pub streams: Vec<Record>,
    /// Pass it back to go on behind the last record here.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Whether more records wait behind these (an addition of our server, WP-D-16).
    #[serde(default)]
    pub has_more: bool,
    /// Records lost so far: `dropped_rate + dropped_size`.
    #[serde(default)]
    pub dropped_count: u64,
    /// Records refused because too many came at once.
    #[serde(default)]
    pub dropped_rate: u64,
    /// Records evicted because the buffer was full.
    #[serde(default)]
    pub dropped_size: u64,
    /// Records with a text that was cut.
    #[serde(default)]
    pub truncated_count: u64,
}
