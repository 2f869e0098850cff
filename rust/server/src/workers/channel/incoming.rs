//! What a worker says (docs/developers/worker-channel.md, worker to server). Nothing in it is believed further than it parses.

use bytes::Bytes;
use serde::Deserialize;
use spe_protocol::wait::JobError;

use super::Violation;
use super::frame::Frame;
use super::outgoing::PROTOCOL;
use crate::workers::{Blocked, Call, RunOutcome, Scanned, WorkerRecord};

/// Longest time stamp of a record, in bytes.
const MAX_TIME: usize = 40;
/// Longest text of a run's error, in bytes.
const MAX_ERROR_TEXT: usize = 32 * 1024;
/// Longest name or version of an engine, in characters.
const MAX_ENGINE: usize = 60;
/// Longest text of what a scan found, in characters.
const MAX_SCAN_TEXT: usize = 512;

/// The first frame of a worker.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::workers) struct Ready {
    protocol: u32,
    /// `pwsh` or `SPE.EngineHost`.
    pub(in crate::workers) engine: String,
    /// Its version.
    pub(in crate::workers) engine_version: String,
}

/// The first frame, which must be `ready`.
pub(super) fn ready(frame: &Frame) -> Result<Ready, Violation> {
    if frame.head()?.kind != "ready" {
        return Err(Violation("the first frame is not 'ready'"));
    }
    let mut ready: Ready = frame.parse()?;
    if ready.protocol != PROTOCOL {
        return Err(Violation("the worker is of another version"));
    }
    for text in [&mut ready.engine, &mut ready.engine_version] {
        *text = text.chars().take(MAX_ENGINE).collect();
    }
    Ok(ready)
}

/// A record of the run.
pub(super) fn record(frame: &Frame) -> Result<WorkerRecord, Violation> {
    let record: WorkerRecord =
        serde_json::from_slice(&frame.payload).map_err(|_| Violation("a record does not parse"))?;
    if record.time_utc.len() > MAX_TIME {
        return Err(Violation("the time of a record is too long"));
    }
    Ok(record)
}

/// How a run ended.
#[derive(Debug)]
pub(super) struct Done {
    /// The worker's verdict.
    pub(super) outcome: RunOutcome,
    /// Whether non-terminating errors were written.
    pub(super) had_errors: bool,
    /// The code of `exit N`.
    pub(super) exit_code: Option<i32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DoneHeader {
    outcome: Verdict,
    had_errors: bool,
    exit_code: Option<i32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Completed,
    Failed,
    Stopped,
}

/// The last frame of a run.
pub(super) fn done(frame: &Frame) -> Result<Done, Violation> {
    let header: DoneHeader = frame.parse()?;
    let outcome = match header.outcome {
        Verdict::Completed => RunOutcome::Completed,
        Verdict::Stopped => RunOutcome::Stopped,
        Verdict::Failed => RunOutcome::Failed(failure(&frame.payload)?),
    };
    Ok(Done {
        outcome,
        had_errors: header.had_errors,
        exit_code: header.exit_code,
    })
}

fn failure(payload: &[u8]) -> Result<JobError, Violation> {
    let mut error: JobError =
        serde_json::from_slice(payload).map_err(|_| Violation("the error of a run does not parse"))?;
    // Correlates with the server's log, so it is the server's to give.
    error.correlation_id = None;
    // It stays with the job for as long as the job is known.
    for text in error.texts_mut() {
        if text.len() > MAX_ERROR_TEXT {
            text.truncate(text.floor_char_boundary(MAX_ERROR_TEXT));
            text.shrink_to_fit();
        }
    }
    Ok(error)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ScannedHeader {
    scan: u64,
    verdict: ScanVerdict,
    #[serde(default)]
    command: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    line: u32,
    #[serde(default)]
    column: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum ScanVerdict {
    Allowed,
    Blocked,
}

/// What the scan of this number found.
pub(super) fn scanned(frame: &Frame, scan: u64) -> Result<Scanned, Violation> {
    let header: ScannedHeader = frame.parse()?;
    if header.scan != scan {
        return Err(Violation("a frame names another scan"));
    }
    let cut = |text: String| text.chars().take(MAX_SCAN_TEXT).collect();
    Ok(match header.verdict {
        ScanVerdict::Allowed => Scanned::Allowed,
        ScanVerdict::Blocked => Scanned::Blocked(Blocked {
            command: cut(header.command),
            reason: cut(header.reason),
            line: header.line,
            column: header.column,
        }),
    })
}

/// A command that a worker wants served, without its payload.
#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all_fields = "camelCase")]
pub(super) enum Op {
    #[serde(rename = "session.start")]
    Start {
        id: Option<String>,
        name: Option<String>,
        auto_dispose: bool,
        script_length: usize,
    },
    #[serde(rename = "session.list")]
    List {
        ids: Option<Vec<String>>,
        #[serde(default)]
        current: bool,
    },
    #[serde(rename = "session.receive")]
    Receive {
        id: String,
        keep_result: bool,
        keep_session: bool,
    },
    #[serde(rename = "session.wait")]
    Wait {
        ids: Vec<String>,
        any: bool,
        timeout_ms: u64,
    },
    #[serde(rename = "session.stop")]
    Stop { id: String },
    #[serde(rename = "session.remove")]
    Remove { id: String },
    #[serde(rename = "download.park")]
    Park { name: String, content_type: String },
}

impl Op {
    /// The call with its payload.
    pub(super) fn with(self, payload: Vec<u8>) -> Result<Call, Violation> {
        if !payload.is_empty() && !matches!(self, Self::Start { .. } | Self::Park { .. }) {
            return Err(Violation("a call has a payload where none belongs"));
        }
        Ok(match self {
            Self::Start {
                id,
                name,
                auto_dispose,
                script_length,
            } => {
                let mut script = Bytes::from(payload);
                if script_length > script.len() {
                    return Err(Violation("a script is longer than the payload it is in"));
                }
                let arguments = script.split_off(script_length);
                Call::Start {
                    id,
                    name,
                    auto_dispose,
                    script,
                    arguments: (!arguments.is_empty()).then_some(arguments),
                }
            }
            Self::List { ids, current } => Call::List { ids, current },
            Self::Receive {
                id,
                keep_result,
                keep_session,
            } => Call::Receive {
                id,
                keep_result,
                keep_session,
            },
            Self::Wait { ids, any, timeout_ms } => Call::Wait { ids, any, timeout_ms },
            Self::Stop { id } => Call::Stop { id },
            Self::Remove { id } => Call::Remove { id },
            Self::Park { name, content_type } => Call::Park {
                name,
                content_type,
                content: payload.into(),
            },
        })
    }
}
