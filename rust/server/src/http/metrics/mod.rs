//! What the server counts, for Prometheus. No label ever names a caller, an address, a session or a script.

mod exposition;
mod site;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use http::StatusCode;
use parking_lot::Mutex;
use tokio::time::Instant;

pub(super) use site::serve;

/// Upper bounds of the classes of durations, in milliseconds.
const BOUNDS: [u64; 13] = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000];

/// What a request was for, as a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// The script route.
    Script,
    /// The wait route.
    Wait,
    /// The file route.
    File,
    /// The media route.
    Media,
    /// The handle route.
    Handle,
    /// A question whether the server lives or is ready.
    Health,
    /// No route.
    Unknown,
}

impl Subject {
    const ALL: [Self; 7] = [
        Self::Script,
        Self::Wait,
        Self::File,
        Self::Media,
        Self::Handle,
        Self::Health,
        Self::Unknown,
    ];

    fn label(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Wait => "wait",
            Self::File => "file",
            Self::Media => "media",
            Self::Handle => "handle",
            Self::Health => "health",
            Self::Unknown => "unknown",
        }
    }
}

/// How a request ended, as a label.
const ENDS: [&str; 5] = ["2xx", "4xx", "5xx", "other", "gone"];
const GONE: usize = 4;

/// Everything that is counted as it happens. Numbers only grow, except gauges.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: [Requests; Subject::ALL.len()],
    refusals: Mutex<BTreeMap<&'static str, u64>>,
    closed: Mutex<BTreeMap<&'static str, u64>>,
    connections: AtomicUsize,
    received: AtomicU64,
    sent: AtomicU64,
}

#[derive(Debug, Default)]
struct Requests {
    running: AtomicUsize,
    ends: [AtomicU64; ENDS.len()],
    /// The last one is for everything beyond the bounds.
    durations: [AtomicU64; BOUNDS.len() + 1],
    /// Of all durations, in microseconds.
    total: AtomicU64,
}

/// A request that runs. Dropping it before its end counts it as gone.
pub(super) struct RunningRequest<'a> {
    requests: &'a Requests,
    start: Instant,
    end: usize,
}

/// An open connection.
pub(super) struct OpenConnection<'a>(&'a AtomicUsize);

impl Metrics {
    /// A request has come.
    pub(super) fn begin(&self, subject: Subject) -> RunningRequest<'_> {
        let requests = &self.requests[subject as usize];
        requests.running.fetch_add(1, Ordering::Relaxed);
        RunningRequest {
            requests,
            start: Instant::now(),
            end: GONE,
        }
    }

    /// A request was refused.
    pub(super) fn refused(&self, code: &'static str) {
        *self.refusals.lock().entry(code).or_default() += 1;
    }

    /// A connection has come.
    pub(super) fn open(&self) -> OpenConnection<'_> {
        self.connections.fetch_add(1, Ordering::Relaxed);
        OpenConnection(&self.connections)
    }

    /// A connection was closed before it was done.
    pub(super) fn closed(&self, reason: &'static str) {
        *self.closed.lock().entry(reason).or_default() += 1;
    }

    /// So many bytes came.
    pub(super) fn received(&self, bytes: usize) {
        self.received.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// So many bytes were taken by a client's socket.
    pub(super) fn sent(&self, bytes: usize) {
        self.sent.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

impl RunningRequest<'_> {
    /// It is answered.
    pub(super) fn answered(mut self, status: StatusCode) {
        self.end = match status.as_u16() / 100 {
            2 => 0,
            4 => 1,
            5 => 2,
            _ => 3,
        };
    }
}

impl Drop for RunningRequest<'_> {
    fn drop(&mut self) {
        let took = self.start.elapsed();
        self.requests.running.fetch_sub(1, Ordering::Relaxed);
        self.requests.ends[self.end].fetch_add(1, Ordering::Relaxed);
        self.requests.durations[class(took)].fetch_add(1, Ordering::Relaxed);
        self.requests
            .total
            .fetch_add(took.as_micros() as u64, Ordering::Relaxed);
    }
}

impl Drop for OpenConnection<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The class of a duration; a bound belongs to the class below it.
fn class(took: Duration) -> usize {
    BOUNDS
        .iter()
        .position(|bound| took <= Duration::from_millis(*bound))
        .unwrap_or(BOUNDS.len())
}
