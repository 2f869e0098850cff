//! A reply of the wait route as servers of all ages write it.
//!
//! Laxer than [`spe_protocol::WaitReply`]: a stream or status that a later server adds must not cost the rest of the reply,
//! and members that are null read as if they were not there.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use spe_protocol::wait::{JobError, MAX_RECORDS};
use spe_protocol::{Record, headers};

use crate::answer::Answer;

#[derive(Debug)]
pub(super) struct Reply {
    pub(super) is_done: bool,
    pub(super) status: String,
    /// Session id or job name; the id that was asked for when the server tells none.
    pub(super) name: String,
    pub(super) elapsed_seconds: u64,
    pub(super) error: Option<JobError>,
    /// What could be read of the records, by their sequence.
    pub(super) records: Vec<Record>,
    /// How many there were, readable or not.
    pub(super) count: usize,
    pub(super) cursor: Option<String>,
    pub(super) has_more: bool,
    pub(super) dropped_count: u64,
    pub(super) dropped_rate: u64,
    pub(super) dropped_size: u64,
    /// Which process of the server answered, when it is one of ours.
    pub(super) instance: Option<String>,
    /// When it was asked for.
    pub(super) asked: Duration,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    is_done: bool,
    status: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    elapsed_seconds: u64,
    error: Option<Value>,
    #[serde(default)]
    streams: Vec<Value>,
    cursor: Option<String>,
    #[serde(default)]
    has_more: bool,
    #[serde(default)]
    dropped_count: u64,
    #[serde(default)]
    dropped_rate: u64,
    #[serde(default)]
    dropped_size: u64,
}

impl Reply {
    /// Reads a reply, or nothing where the body is not one.
    pub(super) fn parse(answer: &Answer, job: &str) -> Option<Self> {
        let body = without_nulls(serde_json::from_str(&answer.body).ok()?);
        let wire: Wire = serde_json::from_value(body).ok()?;
        let count = wire.streams.len();
        let mut records: Vec<Record> = wire.streams.into_iter().filter_map(record).collect();
        records.sort_by_key(|record| record.sequence);
        let instance = answer.header(headers::SERVER_INSTANCE);
        Some(Self {
            is_done: wire.is_done,
            status: wire.status,
            name: Some(wire.name)
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| job.to_owned()),
            elapsed_seconds: wire.elapsed_seconds,
            error: wire.error.and_then(|error| serde_json::from_value(error).ok()),
            records,
            count,
            cursor: wire.cursor.filter(|cursor| !cursor.is_empty()),
            has_more: wire.has_more,
            dropped_count: wire
                .dropped_count
                .max(wire.dropped_rate.saturating_add(wire.dropped_size)),
            dropped_rate: wire.dropped_rate,
            dropped_size: wire.dropped_size,
            instance: Some(instance.to_owned()).filter(|instance| !instance.is_empty()),
            asked: answer.asked,
        })
    }

    /// Whether more records wait on the server: our server says so, and others fill a reply to its limit.
    pub(super) fn is_full(&self) -> bool {
        self.has_more || self.count >= MAX_RECORDS
    }

    /// Whether the job has come to an end, whatever is left to read of it.
    pub(super) fn is_terminal(&self) -> bool {
        matches!(
            self.status.as_str(),
            "Idle" | "Done" | "Failed" | "Stopped" | "NotFound"
        )
    }
}

/// A record, unless it is of a stream this version does not know (client module 12.3).
fn record(mut value: Value) -> Option<Record> {
    let members = value.as_object_mut()?;
    members.entry("message").or_insert_with(|| "".into());
    members.entry("timeUtc").or_insert_with(|| "".into());
    serde_json::from_value(value).ok()
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name, without_nulls(value)))
            .collect(),
        Value::Array(values) => values.into_iter().map(without_nulls).collect(),
        other => other,
    }
}
