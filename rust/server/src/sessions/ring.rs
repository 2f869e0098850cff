//! The record ring of a session (wire protocol 6.6 and 6.7).

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use spe_protocol::{Record, RecordKind};
use tokio::time::Instant;

use super::bucket::TokenBucket;
use super::truncate::{estimate, memory, truncate};
use crate::config::RingLimits;

/// What all rings together take of the server's memory. Each ring adds what it takes and gives it back with its end.
#[derive(Debug)]
pub(super) struct RingMemory {
    limit: usize,
    used: AtomicUsize,
}

impl RingMemory {
    pub(super) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            limit,
            used: AtomicUsize::new(0),
        })
    }

    /// How many bytes too many there are.
    pub(super) fn excess(&self) -> usize {
        self.used.load(Ordering::Relaxed).saturating_sub(self.limit)
    }

    /// Bytes to evict at once, so that the search for them is rare.
    pub(super) fn portion(&self) -> usize {
        self.limit / 64
    }
}

/// What a session wrote last, in order. Reading takes nothing away, so that any number of readers can go on from where
/// they are, until size evicts.
#[derive(Debug)]
pub(super) struct RecordRing {
    limits: RingLimits,
    memory: Arc<RingMemory>,
    records: VecDeque<Kept>,
    /// Size as the protocol estimates it.
    bytes: usize,
    /// Memory as it is.
    taken: usize,
    next: u64,
    bucket: TokenBucket,
    counters: Counters,
}

#[derive(Debug)]
struct Kept {
    record: Record,
    bytes: usize,
    taken: usize,
}

/// Running totals of what was lost or cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Records refused because too many came at once.
    pub dropped_rate: u64,
    /// Records evicted because the ring was full.
    pub dropped_size: u64,
    /// Records with a text that was cut.
    pub truncated: u64,
}

/// What one reading gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Oldest first.
    pub records: Vec<Record>,
    /// Where to read on.
    pub next: u64,
    /// Whether more are there already.
    pub has_more: bool,
    /// Totals of the session.
    pub counters: Counters,
}

impl RecordRing {
    pub(super) fn new(limits: RingLimits, memory: Arc<RingMemory>) -> Self {
        Self {
            bucket: TokenBucket::new(limits.rate),
            limits,
            memory,
            records: VecDeque::new(),
            bytes: 0,
            taken: 0,
            next: 0,
            counters: Counters::default(),
        }
    }

    /// Takes a record in, or refuses it because of the rate; then no sequence number is used. Returns the next sequence
    /// number when it was taken.
    pub(super) fn push(&mut self, mut kind: RecordKind, time_utc: String, now: Instant) -> Option<u64> {
        if !self.bucket.take(now) {
            self.counters.dropped_rate += 1;
            return None;
        }
        self.counters.truncated += u64::from(truncate(&mut kind));
        let (bytes, taken) = (estimate(&mut kind), memory(&mut kind, &time_utc));
        let sequence = self.next;
        self.next += 1;
        self.bytes += bytes;
        self.taken += taken;
        self.memory.used.fetch_add(taken, Ordering::Relaxed);
        let record = Record {
            kind,
            sequence,
            time_utc,
        };
        self.records.push_back(Kept { record, bytes, taken });
        // The estimate takes an empty text for nothing, and memory does not: so there is a bound on their number as well.
        while self.bytes > self.limits.bytes || self.records.len() > self.limits.records {
            if self.evict_oldest().is_none() {
                break;
            }
        }
        Some(self.next)
    }

    /// Bytes of memory it takes.
    pub(super) fn taken(&self) -> usize {
        self.taken
    }

    /// Evicts the oldest records until `bytes` of memory are free. Says how many are.
    pub(super) fn evict(&mut self, bytes: usize) -> usize {
        let mut freed = 0;
        while freed < bytes {
            let Some(taken) = self.evict_oldest() else { break };
            freed += taken;
        }
        freed
    }

    fn evict_oldest(&mut self) -> Option<usize> {
        let oldest = self.records.pop_front()?;
        self.bytes -= oldest.bytes;
        self.taken -= oldest.taken;
        self.memory.used.fetch_sub(oldest.taken, Ordering::Relaxed);
        self.counters.dropped_size += 1;
        Some(oldest.taken)
    }

    /// At most `most` records from sequence `from` on.
    pub(super) fn read(&self, from: u64, most: usize) -> Batch {
        let first = self.records.front().map_or(self.next, |kept| kept.record.sequence);
        let skip = usize::try_from(from.saturating_sub(first)).unwrap_or(usize::MAX);
        let records: Vec<_> = self
            .records
            .iter()
            .skip(skip)
            .take(most)
            .map(|kept| kept.record.clone())
            .collect();
        // Where everything was evicted there is nothing to come back for: the reader goes on with what is written next.
        let next = records.last().map_or(from.max(first), |record| record.sequence + 1);
        Batch {
            has_more: next < self.next && !records.is_empty(),
            records,
            next,
            counters: self.counters,
        }
    }
}

impl Drop for RecordRing {
    fn drop(&mut self) {
        self.memory.used.fetch_sub(self.taken, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use spe_protocol::record::Message;

    use super::*;

    struct Fixture {
        ring: RecordRing,
        now: Instant,
    }

    impl Fixture {
        fn new() -> Self {
            Self {
                ring: RecordRing::new(RingLimits::default(), RingMemory::new(usize::MAX)),
                now: Instant::now(),
            }
        }

        /// Pushes with the clock going on as fast as the rate allows.
        fn push(&mut self, text: &str) -> Option<u64> {
            self.now += Duration::from_millis(10);
            self.burst(text)
        }

        fn burst(&mut self, text: &str) -> Option<u64> {
            let kind = RecordKind::Verbose(Message { message: text.into() });
            self.ring.push(kind, "t".into(), self.now)
        }
    }

    fn sequences(batch: &Batch) -> Vec<u64> {
        batch.records.iter().map(|record| record.sequence).collect()
    }

    /// Wire protocol 6.7: a record refused for its rate uses no sequence number.
    #[test]
    fn the_rate_refuses_without_a_gap() {
        let mut fixture = Fixture::new();
        let taken = (0..130).filter(|_| fixture.burst("x").is_some()).count();
        assert_eq!(taken, 100);
        assert_eq!(fixture.push("y"), Some(101));
        let batch = fixture.ring.read(99, 256);
        assert_eq!(sequences(&batch), [99, 100]);
        assert_eq!(batch.counters.dropped_rate, 30);
    }

    /// Wire protocol 6.7: size evicts the oldest, which leaves a gap a reader can see.
    #[test]
    fn size_evicts_the_oldest() {
        let mut fixture = Fixture::new();
        let text = "x".repeat(4096);
        for _ in 0..130 {
            fixture.push(&text);
        }
        let batch = fixture.ring.read(0, 256);
        assert_eq!(batch.records.len(), 128);
        assert_eq!(batch.records[0].sequence, 2);
        assert_eq!(batch.counters.dropped_size, 2);
    }

    /// Wire protocol 6.7: 256 records in one reply, the rest stay.
    #[test]
    fn a_reading_is_bounded_and_says_that_more_is_there() {
        let mut fixture = Fixture::new();
        for _ in 0..300 {
            fixture.push("x");
        }
        let first = fixture.ring.read(0, 256);
        assert_eq!((first.records.len(), first.next, first.has_more), (256, 256, true));
        let second = fixture.ring.read(first.next, 256);
        assert_eq!((second.records.len(), second.next, second.has_more), (44, 300, false));
    }

    /// Wire protocol 6.8: the offset is unchanged when nothing was returned.
    #[test]
    fn an_empty_reading_stays_where_it_is() {
        let mut fixture = Fixture::new();
        fixture.push("x");
        let batch = fixture.ring.read(1, 256);
        assert_eq!((batch.records.len(), batch.next, batch.has_more), (0, 1, false));
    }

    /// Else a wait that starts from the evicted ones would be answered with nothing, again and again.
    #[test]
    fn a_reader_goes_on_behind_records_that_were_all_evicted() {
        let mut fixture = Fixture::new();
        fixture.push("x");
        fixture.ring.evict(usize::MAX);
        let batch = fixture.ring.read(0, 256);
        assert_eq!((batch.records.len(), batch.next, batch.has_more), (0, 1, false));
        assert_eq!(batch.counters.dropped_size, 1);
        fixture.push("y");
        assert_eq!(sequences(&fixture.ring.read(batch.next, 256)), [1]);
    }

    #[test]
    fn what_a_ring_takes_is_given_back_with_it() {
        let memory = RingMemory::new(100);
        let mut ring = RecordRing::new(RingLimits::default(), memory.clone());
        let kind = RecordKind::Verbose(Message {
            message: "x".repeat(500),
        });
        ring.push(kind, "t".into(), Instant::now());
        assert_eq!(memory.excess(), ring.taken() - 100);
        drop(ring);
        assert_eq!(memory.used.load(Ordering::Relaxed), 0);
    }

    /// Wire protocol 6.7: readings are not destructive.
    #[test]
    fn the_same_reading_twice_gives_the_same() {
        let mut fixture = Fixture::new();
        fixture.push("x");
        assert_eq!(fixture.ring.read(0, 256), fixture.ring.read(0, 256));
    }

    /// Wire protocol Appendix A: truncation counts once per record.
    #[test]
    fn a_cut_text_is_counted() {
        let mut fixture = Fixture::new();
        fixture.push(&"x".repeat(5000));
        assert_eq!(fixture.ring.read(0, 1).counters.truncated, 1);
    }
}
