//! The token bucket that bounds how fast records enter a ring (wire protocol 6.7).

use tokio::time::Instant;

/// Tokens that refill with time. The clock is the caller's.
#[derive(Debug)]
pub(super) struct TokenBucket {
    capacity: f64,
    tokens: f64,
    filled_at: Option<Instant>,
}

impl TokenBucket {
    /// A full bucket of `capacity` tokens, which is also how many refill in a second.
    pub(super) fn new(capacity: u32) -> Self {
        Self {
            capacity: capacity.into(),
            tokens: capacity.into(),
            filled_at: None,
        }
    }

    /// Takes one token, when there is one at `now`.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        if let Some(before) = self.filled_at {
            let refill = now.saturating_duration_since(before).as_secs_f64() * self.capacity;
            self.tokens = (self.tokens + refill).min(self.capacity);
        }
        self.filled_at = Some(now);
        if self.tokens < 1.0 {
            return false;
        }
        self.tokens -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Wire protocol 6.7: capacity 100, refill 100 per second.
    #[test]
    fn a_burst_empties_it_and_time_refills_it() {
        let mut bucket = TokenBucket::new(100);
        let start = Instant::now();
        assert!((0..100).all(|_| bucket.take(start)));
        assert!(!bucket.take(start));
        assert!(!bucket.take(start + Duration::from_millis(9)));
        let later = start + Duration::from_millis(120);
        assert_eq!((0..50).filter(|_| bucket.take(later)).count(), 12);
    }

    #[test]
    fn it_never_holds_more_than_its_capacity() {
        let mut bucket = TokenBucket::new(100);
        let start = Instant::now();
        assert!(bucket.take(start));
        let later = start + Duration::from_hours(1);
        assert_eq!((0..200).filter(|_| bucket.take(later)).count(), 100);
    }
}
