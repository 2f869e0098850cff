//! What a running call has to say.

use interoptopus::ffi;

/// One thing a call has to say.
#[ffi]
pub enum Event {
    /// A line for the verbose stream.
    Verbose(String),
    /// A line for the warning stream.
    Warning(String),
    /// Records of a job.
    Records(Vec<Record>),
    /// The cursor behind the records handed over so far.
    Cursor(String),
    /// How far a transfer is.
    Progress(Progress),
}

/// How far a transfer is, in bytes.
#[ffi]
pub struct Progress {
    /// What went over so far.
    pub done: i64,
    /// What there is, or -1.
    pub total: i64,
}

/// One record of any stream; what its stream does not have is empty or 0.
#[ffi]
#[derive(Default)]
pub struct Record {
    /// Name of the stream.
    pub stream: String,
    /// Place in the session's sequence.
    pub sequence: i64,
    /// When it was written.
    pub time_utc: String,
    /// The text.
    pub message: String,
    /// Progress: what is being done.
    pub activity: String,
    /// Progress: how far it is, in words.
    pub status_description: String,
    /// Progress: the step being done.
    pub current_operation: String,
    /// Progress: Processing or Completed.
    pub record_type: String,
    /// Progress: percent done.
    pub percent_complete: i64,
    /// Progress: seconds left.
    pub seconds_remaining: i64,
    /// Progress: the activity this one belongs to.
    pub parent_activity_id: i64,
    /// Progress: the activity.
    pub activity_id: i64,
    /// Error: the engine's id.
    pub fully_qualified_error_id: String,
    /// Error: category, reason and target.
    pub category_info: String,
    /// Error: where in the script.
    pub position_message: String,
    /// Error: the script stack.
    pub script_stack_trace: String,
}
