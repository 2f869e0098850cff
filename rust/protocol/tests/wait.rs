//! Shape of a wait reply on the wire (wire protocol 6.5, 6.6).

use serde_json::{Value, json};
use spe_protocol::record::{Message, Progress};
use spe_protocol::wait::{WaitRecords, WaitStatus};
use spe_protocol::{Record, RecordKind, WaitReply};

fn reply() -> WaitReply {
    WaitReply {
        is_done: false,
        status: WaitStatus::Busy,
        name: "j".into(),
        elapsed_seconds: 1,
        error: None,
        records: None,
    }
}

/// 6.5: `streams`, `cursor` and the counters are left out together.
#[test]
fn a_reply_without_records_has_four_members() {
    let text = serde_json::to_value(reply()).unwrap();
    assert_eq!(
        text,
        json!({"isDone": false, "status": "Busy", "name": "j", "elapsedSeconds": 1})
    );
}

/// 6.6: the members of each record, with the activity id that WP-D-33 misses.
#[test]
fn records_have_the_members_of_their_stream() {
    let verbose = RecordKind::Verbose(Message {
        message: "loading".into(),
    });
    let progress = RecordKind::Progress(Progress {
        activity: "Import".into(),
        activity_id: 3,
        ..Progress::default()
    });
    let time_utc = "2026-05-02T08:15:30.1234567Z".to_owned();
    let streams = vec![
        Record {
            kind: verbose,
            sequence: 0,
            time_utc: time_utc.clone(),
        },
        Record {
            kind: progress,
            sequence: 1,
            time_utc,
        },
    ];
    let records = WaitRecords {
        streams,
        cursor: Some("c".into()),
        ..WaitRecords::default()
    };
    let text = serde_json::to_value(WaitReply {
        records: Some(records),
        ..reply()
    })
    .unwrap();
    let verbose =
        json!({"stream": "verbose", "sequence": 0, "timeUtc": "2026-05-02T08:15:30.1234567Z", "message": "loading"});
    assert_eq!(text["streams"][0], verbose);
    let progress = text["streams"][1].as_object().unwrap();
    for member in [
        "activityId",
        "activity",
        "statusDescription",
        "percentComplete",
        "currentOperation",
    ] {
        assert!(progress.contains_key(member), "{member}");
    }
    for member in [
        "secondsRemaining",
        "parentActivityId",
        "recordType",
        "sequence",
        "timeUtc",
    ] {
        assert!(progress.contains_key(member), "{member}");
    }
    for member in [
        "cursor",
        "droppedCount",
        "droppedRate",
        "droppedSize",
        "truncatedCount",
        "hasMore",
    ] {
        assert_ne!(text[member], Value::Null, "{member}");
    }
}

/// 6.9: a reply of an older build without counters reads with zeros, and an unknown status is not an error.
#[test]
fn replies_of_other_servers_are_read() {
    let text = r#"{"isDone":true,"status":"Sleeping","name":"j","elapsedSeconds":0,"streams":[],"cursor":"c","x":1}"#;
    let reply: WaitReply = serde_json::from_str(text).unwrap();
    assert_eq!(reply.status, WaitStatus::Unknown);
    let records = reply.records.unwrap();
    assert_eq!((records.cursor.as_deref(), records.dropped_count), (Some("c"), 0));
}
