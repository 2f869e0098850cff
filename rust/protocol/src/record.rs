//! Records of the streams of a run, as a wait delivers them (section 6.6).

use serde::{Deserialize, Serialize};

/// One record with its place in the session's sequence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The stream and what it carries.
    #[serde(flatten)]
    pub kind: RecordKind,
    /// Place in the session's one sequence over all streams, from 0, kept across its runs.
    pub sequence: u64,
    /// When the record was written, see [`crate::timestamp`].
    #[serde(rename = "timeUtc")]
    pub time_utc: String,
}

/// What a record says, by stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stream", rename_all = "lowercase")]
pub enum RecordKind {
    /// `Write-Verbose`.
    Verbose(Message),
    /// `Write-Information` and `Write-Host`.
    Information(Message),
    /// `Write-Warning`.
    Warning(Message),
    /// `Write-Progress`.
    Progress(Progress),
    /// A non-terminating error.
    Error(ErrorText),
}

/// Plain text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The text.
    pub message: String,
}

/// A progress record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Progress {
    /// Id of the activity, so that nested progress can be told apart (WP-D-33: stock servers do not send it).
    pub activity_id: i32,
    /// What is being done.
    pub activity: String,
    /// How far it is, in words.
    pub status_description: String,
    /// Percent done, -1 when unknown.
    pub percent_complete: i32,
    /// The step being done.
    pub current_operation: String,
    /// Seconds left, -1 when unknown.
    pub seconds_remaining: i32,
    /// Id of the activity this one belongs to, -1 for none.
    pub parent_activity_id: i32,
    /// `Processing` or `Completed`.
    pub record_type: String,
}

/// A non-terminating error as text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ErrorText {
    /// The message.
    pub message: String,
    /// The engine's error id.
    pub fully_qualified_error_id: String,
    /// Category, reason and target as one text.
    pub category_info: String,
    /// Where in the script.
    pub position_message: String,
    /// The script stack.
    pub script_stack_trace: String,
}

impl RecordKind {
    /// The stream's name on the wire.
    pub fn stream(&self) -> &'static str {
        match self {
            Self::Verbose(_) => "verbose",
            Self::Information(_) => "information",
            Self::Warning(_) => "warning",
            Self::Progress(_) => "progress",
            Self::Error(_) => "error",
        }
    }

    /// Every text field, for those who bound or measure them.
    pub fn texts_mut(&mut self) -> Vec<&mut String> {
        match self {
            Self::Verbose(text) | Self::Information(text) | Self::Warning(text) => vec![&mut text.message],
            Self::Progress(p) => {
                vec![
                    &mut p.activity,
                    &mut p.status_description,
                    &mut p.current_operation,
                    &mut p.record_type,
                ]
            }
            Self::Error(e) => vec![
                &mut e.message,
                &mut e.fully_qualified_error_id,
                &mut e.category_info,
                &mut e.position_message,
                &mut e.script_stack_trace,
            ],
        }
    }
}
