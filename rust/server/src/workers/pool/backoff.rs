//! When to try again after starts that failed.

use std::time::Duration;

use tokio::time::Instant;

/// Pause after the second failure in a row; it doubles with each further one.
const FIRST: Duration = Duration::from_millis(500);
/// Longest pause.
const LONGEST: Duration = Duration::from_secs(30);

/// Failures in a row. One may be bad luck and is tried again at once.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
    until: Option<Instant>,
    cause: String,
    works: Option<bool>,
}

impl Backoff {
    /// A start worked.
    pub(super) fn succeeded(&mut self) {
        *self = Self {
            works: Some(true),
            ..Self::default()
        };
    }

    /// A start failed. Says how long to pause.
    pub(super) fn failed(&mut self, cause: String, now: Instant) -> Duration {
        let pause = match self.failures {
            0 => Duration::ZERO,
            before => FIRST.saturating_mul(1 << (before - 1).min(10)).min(LONGEST),
        };
        self.failures = self.failures.saturating_add(1);
        self.until = Some(now + pause);
        self.cause = cause;
        self.works = Some(false);
        pause
    }

    /// Whether the last start worked. `None`: none has ended yet.
    pub(super) fn works(&self) -> Option<bool> {
        self.works
    }

    /// Why nothing should be started at `now`, when nothing should.
    pub(super) fn pausing(&self, now: Instant) -> Option<&str> {
        self.until.filter(|until| now < *until).map(|_| self.cause.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failure_is_tried_again_at_once_and_further_ones_later_and_later() {
        let (mut backoff, now) = (Backoff::default(), Instant::now());
        let mut fail = || backoff.failed("no engine".to_owned(), now);
        let pauses: Vec<_> = (0..4).map(|_| fail().as_millis()).collect();
        assert_eq!(pauses, [0, 500, 1000, 2000]);
        assert_eq!((0..20).map(|_| fail()).max(), Some(LONGEST));
        assert_eq!(backoff.pausing(now), Some("no engine"));
        assert_eq!(backoff.pausing(now + LONGEST), None);
    }

    #[test]
    fn a_start_that_works_ends_the_pause() {
        let (mut backoff, now) = (Backoff::default(), Instant::now());
        backoff.failed("a".to_owned(), now);
        backoff.failed("b".to_owned(), now);
        backoff.succeeded();
        assert_eq!(backoff.pausing(now), None);
        assert_eq!(backoff.failed("c".to_owned(), now), Duration::ZERO);
    }
}
