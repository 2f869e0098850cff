//! Counting in memory.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::{Count, ThrottleStore, Throttled};

/// Most clients that are remembered. Their windows are looked through for those that are over when there are more.
const CLIENTS: usize = 16_384;

/// Counts of one process; they begin anew with it.
#[derive(Debug, Default)]
pub struct InMemory(Mutex<HashMap<Arc<str>, Window>>);

#[derive(Debug)]
struct Window {
    start: Duration,
    length: Duration,
    requests: u64,
}

impl ThrottleStore for InMemory {
    /// The limit may have changed since the window began: its start stays, its length is the one of now (wire protocol 8).
    fn count(&self, client: &Throttled, now: Duration) -> Count {
        let length = client.throttle.window;
        let mut windows = self.0.lock();
        if windows.len() >= CLIENTS && !windows.contains_key(&client.id) {
            windows.retain(|_, window| now < window.start + window.length);
        }
        let window = windows.entry(client.id.clone()).or_insert(Window {
            start: now,
            length,
            requests: 0,
        });
        window.length = length;
        if now >= window.start + length {
            window.start = now;
            window.requests = 0;
        }
        window.requests = window.requests.saturating_add(1);
        Count {
            requests: window.requests,
            left: (window.start + length).saturating_sub(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::throttle::Throttle;

    fn client(id: &str, seconds: u64) -> Throttled {
        Throttled {
            id: id.into(),
            throttle: Throttle {
                limit: 3,
                window: Duration::from_secs(seconds),
                bypass: false,
            },
        }
    }

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// A window begins with its first request, and the next with the first behind its end.
    #[test]
    fn windows_are_fixed() {
        let store = InMemory::default();
        let count = |second| store.count(&client("a", 60), at(second));
        assert_eq!(
            count(100),
            Count {
                requests: 1,
                left: at(60)
            }
        );
        assert_eq!(
            count(159),
            Count {
                requests: 2,
                left: at(1)
            }
        );
        assert_eq!(
            count(160),
            Count {
                requests: 1,
                left: at(60)
            }
        );
        assert_eq!(
            count(300),
            Count {
                requests: 1,
                left: at(60)
            }
        );
    }

    /// AU-D-38: the count belongs to the record, and each has its own.
    #[test]
    fn every_client_has_a_window_of_its_own() {
        let store = InMemory::default();
        store.count(&client("a", 60), at(0));
        assert_eq!(store.count(&client("b", 60), at(1)).requests, 1);
        assert_eq!(store.count(&client("a", 60), at(1)).requests, 2);
    }

    /// Wire protocol 8: a limit that is changed counts at once, and the window keeps its start.
    #[test]
    fn a_window_keeps_its_start() {
        let store = InMemory::default();
        store.count(&client("a", 60), at(0));
        assert_eq!(
            store.count(&client("a", 100), at(70)),
            Count {
                requests: 2,
                left: at(30)
            }
        );
        assert_eq!(store.count(&client("a", 10), at(75)).requests, 1);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let store = InMemory::default();
        for number in 0..3 * CLIENTS {
            store.count(&client(&number.to_string(), 1), at(number as u64 / 1000));
        }
        assert!(store.0.lock().len() <= CLIENTS + 2000);
    }
}
