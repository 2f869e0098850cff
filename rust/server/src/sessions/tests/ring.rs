//! What holds for a ring whatever is written and read.

use std::time::Duration;

use proptest::prelude::*;
use spe_protocol::RecordKind;
use spe_protocol::record::Message;
use tokio::time::Instant;

use super::super::ring::{RecordRing, RingMemory};
use crate::config::RingLimits;

const LIMITS: RingLimits = RingLimits {
    bytes: 400,
    records: 20,
    rate: 10,
};

#[derive(Debug, Clone)]
enum Step {
    Write { length: usize },
    Pass { millis: u64 },
    Evict { bytes: usize },
    Read { reader: usize, most: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..120_usize).prop_map(|length| Step::Write { length }),
        2 => (0..2_000_u64).prop_map(|millis| Step::Pass { millis }),
        1 => (0..2_000_usize).prop_map(|bytes| Step::Evict { bytes }),
        3 => (0..2_usize, 0..8_usize).prop_map(|(reader, most)| Step::Read { reader, most }),
    ]
}

proptest! {
    /// Wire protocol 6.7 and 6.8: sequences without a hole, every record at most once for each reader and in order, bounds
    /// that hold after each write, and counters that account for every record.
    #[test]
    fn a_ring_keeps_its_promises(steps in prop::collection::vec(step(), 0..300)) {
        let memory = RingMemory::new(usize::MAX);
        let mut ring = RecordRing::new(LIMITS, memory.clone());
        let mut now = Instant::now();
        let (mut written, mut taken) = (0_u64, 0_u64);
        let mut readers = [0_u64; 2];
        for step in steps {
            match step {
                Step::Write { length } => {
                    let kind = RecordKind::Verbose(Message { message: "x".repeat(length) });
                    written += 1;
                    if let Some(next) = ring.push(kind, "t".into(), now) {
                        taken += 1;
                        prop_assert_eq!(next, taken, "each record has the next number");
                    }
                }
                Step::Pass { millis } => now += Duration::from_millis(millis),
                Step::Evict { bytes } => {
                    let before = ring.taken();
                    let freed = ring.evict(bytes);
                    prop_assert!(freed >= bytes || ring.taken() == 0);
                    prop_assert_eq!(ring.taken(), before - freed);
                }
                Step::Read { reader, most } => {
                    let from = readers[reader];
                    let batch = ring.read(from, most);
                    prop_assert_eq!(&batch, &ring.read(from, most), "reading takes nothing away");
                    prop_assert!(batch.records.len() <= most);
                    prop_assert!(batch.next >= from && batch.next <= taken);
                    let sequences: Vec<_> = batch.records.iter().map(|record| record.sequence).collect();
                    prop_assert!(sequences.windows(2).all(|pair| pair[1] == pair[0] + 1));
                    prop_assert!(sequences.first().is_none_or(|first| *first >= from));
                    prop_assert!(sequences.last().is_none_or(|last| last + 1 == batch.next));
                    readers[reader] = batch.next;
                }
            }
            let all = ring.read(0, usize::MAX);
            let held = all.records.len() as u64;
            prop_assert!(all.records.len() <= LIMITS.records);
            prop_assert!(held <= 1 || ring_bytes(&all.records) <= LIMITS.bytes);
            prop_assert_eq!(held + all.counters.dropped_size, taken);
            prop_assert_eq!(taken + all.counters.dropped_rate, written);
        }
        drop(ring);
        prop_assert_eq!(memory.excess(), 0);
    }

    /// A reader who comes back often enough gets every record that was taken, once.
    #[test]
    fn a_reader_in_time_misses_nothing(lengths in prop::collection::vec(0..20_usize, 0..100)) {
        let mut ring = RecordRing::new(LIMITS, RingMemory::new(usize::MAX));
        let mut now = Instant::now();
        let (mut cursor, mut seen) = (0, Vec::new());
        for length in &lengths {
            now += Duration::from_millis(100);
            let kind = RecordKind::Verbose(Message { message: "x".repeat(*length) });
            prop_assert!(ring.push(kind, "t".into(), now).is_some());
            let batch = ring.read(cursor, 256);
            cursor = batch.next;
            seen.extend(batch.records.iter().map(|record| record.sequence));
        }
        prop_assert_eq!(seen, (0..lengths.len() as u64).collect::<Vec<_>>());
    }
}

/// Two bytes a character, as 6.7 counts a text.
fn ring_bytes(records: &[spe_protocol::Record]) -> usize {
    let length = |record: &spe_protocol::Record| match &record.kind {
        RecordKind::Verbose(text) => text.message.len() * 2,
        _ => 0,
    };
    records.iter().map(length).sum()
}
