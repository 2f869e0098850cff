//! How often a wait may lose its connection (CM-D-10).

use std::time::Duration;

use crate::Failure;

/// Losses in a row that end a wait.
const MOST: u32 = 10;

/// Losses in a row that end a wait when they also lasted for [`LONGEST`].
const MOST_SLOW: u32 = 3;

/// See [`MOST_SLOW`].
const LONGEST: Duration = Duration::from_mins(2);

/// Losses since the last reply.
#[derive(Debug, Default)]
pub(super) struct Losses {
    count: u32,
    first: Duration,
}

impl Losses {
    /// A reply came.
    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    /// Counts a loss at `now` and tells whether it was the last one.
    pub(super) fn add(&mut self, now: Duration) -> bool {
        if self.count == 0 {
            self.first = now;
        }
        self.count += 1;
        self.count >= MOST || (self.count >= MOST_SLOW && now.saturating_sub(self.first) >= LONGEST)
    }

    /// The last failure, with the number of those before it.
    pub(super) fn sum_up(&self, mut failure: Failure) -> Failure {
        if self.count > 1 {
            failure.message = format!("{} This was failure {} in a row.", failure.message, self.count);
        }
        failure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_in_a_row_are_too_many() {
        let mut losses = Losses::default();
        for _ in 0..9 {
            assert!(!losses.add(Duration::ZERO));
        }
        assert!(losses.add(Duration::ZERO));
    }

    #[test]
    fn three_that_take_two_minutes_are_too_many() {
        let mut losses = Losses::default();
        let times = [1, 2].map(Duration::from_mins);
        assert_eq!(times.map(|time| losses.add(time)), [false, false]);
        assert!(losses.add(Duration::from_mins(3)));
    }

    #[test]
    fn a_reply_begins_the_count_anew() {
        let mut losses = Losses::default();
        for _ in 0..9 {
            losses.add(Duration::ZERO);
        }
        losses.clear();
        assert!(!losses.add(Duration::from_secs(500)));
    }
}
