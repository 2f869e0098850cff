//! How many requests a client may make (authentication 3.6, wire protocol 8): fixed windows, a unit for each request, whatever it costs.

mod memory;

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

pub use memory::InMemory;
pub use spe_auth::registry::Throttle;

/// A client with a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Throttled {
    /// Id of its record, which the count belongs to.
    pub id: Arc<str>,
    /// Its limit.
    pub throttle: Throttle,
}

/// Where requests are counted. One server counts in memory; several would share a store.
pub trait ThrottleStore: Debug + Send + Sync {
    /// Counts a request of a client at `now`, a running time, and says how many there were in its window, this one included.
    fn count(&self, client: &Throttled, now: Duration) -> Count;
}

/// Requests of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// How many, this one included.
    pub requests: u64,
    /// Until the window ends.
    pub left: Duration,
}

/// What a client is told about its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Requests of a window.
    pub limit: u32,
    /// How many of them are left.
    pub remaining: u32,
    /// When the window ends, in whole seconds since 1970.
    pub reset: i64,
    /// This request is one too many, and so many seconds are left of the window, at least one.
    pub over: Option<u32>,
    /// Requests so far, this one included.
    pub requests: u64,
}

impl Standing {
    /// What a count means for the client; `unix` are the seconds since 1970, with their fraction.
    pub fn of(throttle: &Throttle, count: Count, unix: Duration) -> Self {
        let limit = u64::from(throttle.limit);
        let seconds = count.left.as_secs() + u64::from(count.left.subsec_nanos() > 0);
        Self {
            limit: throttle.limit,
            remaining: u32::try_from(limit.saturating_sub(count.requests)).unwrap_or(0),
            reset: i64::try_from((unix + count.left).as_secs()).unwrap_or(i64::MAX),
            over: (count.requests > limit).then(|| u32::try_from(seconds).unwrap_or(u32::MAX).max(1)),
            requests: count.requests,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THROTTLE: Throttle = Throttle {
        limit: 3,
        window: Duration::from_mins(1),
        bypass: false,
    };

    fn standing(requests: u64, left_ms: u64) -> Standing {
        let count = Count {
            requests,
            left: Duration::from_millis(left_ms),
        };
        Standing::of(&THROTTLE, count, Duration::from_secs(1000))
    }

    /// Authentication 3.6: the limit itself is allowed, what is left is never negative, seconds are rounded up and at least one.
    #[test]
    fn the_numbers_are_those_of_the_table() {
        assert_eq!(
            standing(3, 30_000),
            Standing {
                limit: 3,
                remaining: 0,
                reset: 1030,
                over: None,
                requests: 3
            }
        );
        assert_eq!(standing(1, 60_000).remaining, 2);
        assert_eq!(standing(4, 30_001).over, Some(31));
        assert_eq!(standing(4, 0).over, Some(1));
        assert_eq!(standing(u64::MAX, 1).remaining, 0);
    }
}
