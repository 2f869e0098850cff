//! Events, from the engine.

use spe_client::{Event, Record, RecordKind};

use crate::model;

impl From<Event> for model::Event {
    fn from(event: Event) -> Self {
        match event {
            Event::Verbose(text) => Self::Verbose(text),
            Event::Warning(text) => Self::Warning(text),
            Event::Records(records) => Self::Records(records.into_iter().map(Into::into).collect()),
            Event::Cursor(cursor) => Self::Cursor(cursor),
            Event::Progress { done, total } => Self::Progress(model::Progress {
                done: done.cast_signed(),
                total: total.map_or(-1, u64::cast_signed),
            }),
        }
    }
}

impl From<Record> for model::Record {
    fn from(record: Record) -> Self {
        let common = Self {
            stream: record.kind.stream().to_owned(),
            sequence: i64::try_from(record.sequence).unwrap_or(i64::MAX),
            time_utc: record.time_utc,
            ..Self::default()
        };
        match record.kind {
            RecordKind::Verbose(text) | RecordKind::Information(text) | RecordKind::Warning(text) => Self {
                message: text.message,
                ..common
            },
            RecordKind::Progress(progress) => Self {
                activity: progress.activity,
                status_description: progress.status_description,
                current_operation: progress.current_operation,
                record_type: progress.record_type,
                percent_complete: progress.percent_complete.into(),
                seconds_remaining: progress.seconds_remaining.into(),
                parent_activity_id: progress.parent_activity_id.into(),
                activity_id: progress.activity_id.into(),
                ..common
            },
            RecordKind::Error(error) => Self {
                message: error.message,
                fully_qualified_error_id: error.fully_qualified_error_id,
                category_info: error.category_info,
                position_message: error.position_message,
                script_stack_trace: error.script_stack_trace,
                ..common
            },
        }
    }
}
