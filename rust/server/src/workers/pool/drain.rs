//! How fast waiting calls get a process, and so when it makes sense to come back.

use std::collections::VecDeque;

use tokio::time::Instant;

/// Grants that are remembered.
const REMEMBERED: usize = 64;
/// What callers are told while nothing is known, in seconds.
const UNKNOWN: u32 = 5;
/// Longest time that callers are told, in seconds.
const LONGEST: f64 = 60.0;

/// When the last calls got a process.
#[derive(Debug, Default)]
pub(super) struct Drain(VecDeque<Instant>);

impl Drain {
    /// A call got a process.
    pub(super) fn note(&mut self, now: Instant) {
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(now);
    }

    /// Seconds until a call behind `waiting` others should get a process, as fast as it went until now. The time since the
    /// last grant counts, so a pool that stands still tells longer and longer times.
    pub(super) fn retry_after(&self, waiting: usize, now: Instant) -> u32 {
        let Some(oldest) = self.0.front() else { return UNKNOWN };
        let spacing = now.saturating_duration_since(*oldest).as_secs_f64() / self.0.len() as f64;
        let seconds = (spacing * (waiting + 1) as f64).ceil();
        seconds.clamp(1.0, LONGEST) as u32
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn drain(grants: u32, spacing: Duration) -> (Drain, Instant) {
        let (mut drain, mut now) = (Drain::default(), Instant::now());
        for _ in 0..grants {
            drain.note(now);
            now += spacing;
        }
        (drain, now)
    }

    /// WP-D-22 and the issue: Retry-After comes of the measured rate.
    #[test]
    fn the_time_grows_with_the_queue_and_with_the_spacing() {
        let (drain, now) = drain(10, Duration::from_millis(500));
        assert_eq!(drain.retry_after(0, now), 1);
        assert_eq!(drain.retry_after(9, now), 5);
        assert_eq!(drain.retry_after(1_000, now), 60);
    }

    #[test]
    fn a_pool_that_stands_still_tells_longer_times() {
        let (drain, now) = drain(10, Duration::from_millis(100));
        assert_eq!(drain.retry_after(9, now), 1);
        assert_eq!(drain.retry_after(9, now + Duration::from_secs(9)), 10);
    }

    #[test]
    fn without_a_grant_nothing_is_known() {
        assert_eq!(Drain::default().retry_after(3, Instant::now()), UNKNOWN);
    }

    #[test]
    fn only_the_last_grants_count() {
        let (mut drain, mut now) = drain(1, Duration::from_hours(1));
        for _ in 0..REMEMBERED {
            now += Duration::from_millis(10);
            drain.note(now);
        }
        assert_eq!(drain.retry_after(9, now), 1);
    }
}
