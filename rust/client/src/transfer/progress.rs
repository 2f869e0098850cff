//! How far a transfer is.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::{Event, Events};

/// Between two events. A transfer that takes no longer says nothing.
const INTERVAL: Duration = Duration::from_millis(100);

/// Bytes that went over so far.
#[derive(Debug, Default)]
pub(super) struct Progress {
    done: AtomicU64,
}

impl Progress {
    pub(super) fn reset(&self) {
        self.done.store(0, Ordering::Relaxed);
    }

    pub(super) fn add(&self, bytes: usize) {
        self.done.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Runs `transfer` to its end and tells meanwhile how far it is, whenever that changed.
    pub(super) async fn tell<T>(&self, total: Option<u64>, events: &Events, transfer: impl Future<Output = T>) -> T {
        let mut transfer = pin!(transfer);
        let mut ticks = interval_at(Instant::now() + INTERVAL, INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut told = 0;
        loop {
            tokio::select! {
                biased;
                end = &mut transfer => return end,
                _ = ticks.tick() => {
                    let done = self.done();
                    if done != told {
                        events.send(Event::Progress { done, total });
                        told = done;
                    }
                }
            }
        }
    }
}
