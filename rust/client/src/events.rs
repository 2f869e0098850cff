//! What a running call has to say, queued for whoever drains it.

use std::collections::VecDeque;

use parking_lot::Mutex;
use spe_protocol::Record;
use tokio::sync::Notify;

/// One thing a call has to say. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A line for the verbose stream.
    Verbose(String),
    /// A line for the warning stream.
    Warning(String),
    /// Records of a job, in the order of their sequence, none twice.
    Records(Vec<Record>),
    /// The cursor behind the records handed over so far; sent only when it changed.
    Cursor(String),
    /// How far a transfer is, in bytes of the file; sent at most ten times a second.
    Progress {
        /// What went over so far.
        done: u64,
        /// What there is, when it is known.
        total: Option<u64>,
    },
}

/// The queue of one call. The call puts in, one reader drains.
#[derive(Debug, Default)]
pub struct Events {
    queue: Mutex<VecDeque<Event>>,
    arrived: Notify,
}

impl Events {
    /// An empty queue.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts an event at the end.
    pub fn send(&self, event: Event) {
        self.queue.lock().push_back(event);
        self.arrived.notify_one();
    }

    /// Takes everything that is there now.
    pub fn drain(&self) -> Vec<Event> {
        self.queue.lock().drain(..).collect()
    }

    /// Waits until something is there and takes it. Dropping the future loses nothing.
    pub async fn next(&self) -> Vec<Event> {
        loop {
            let events = self.drain();
            if !events.is_empty() {
                return events;
            }
            self.arrived.notified().await;
        }
    }
}
