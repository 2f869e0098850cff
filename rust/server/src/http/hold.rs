//! When a held wait is answered: a decision over what is known now, and the loop that waits for that to change.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::sessions::{Phase, Session};

/// What one wait is after. Fixed when the request arrives, so that several waits of one owner do not put each other off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hold {
    /// A record with this sequence number, or a later one, ends the hold. `None`: no record does.
    pub(super) newer_than: Option<u64>,
    /// No record ends the hold before this.
    pub(super) records_from: Option<Instant>,
    /// It ends then in any case.
    pub(super) deadline: Instant,
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Answer,
    /// Records are there, but it is too early for them: only the end of the run counts until then.
    EndOr(Instant),
    /// Nothing is there: whatever comes counts.
    AnythingOr(Instant),
}

impl Hold {
    /// `interval` after `last_reply`, records may end the hold again (decisions: coalescing).
    pub(super) fn new(
        newer_than: Option<u64>,
        last_reply: Option<Instant>,
        interval: Duration,
        deadline: Instant,
    ) -> Self {
        Self {
            newer_than,
            records_from: last_reply.map(|at| at + interval),
            deadline,
        }
    }

    fn step(&self, phase: Phase, next: u64, now: Instant) -> Step {
        if phase.has_ended() || now >= self.deadline {
            return Step::Answer;
        }
        match self.newer_than {
            None => return Step::EndOr(self.deadline),
            Some(seen) if next <= seen => return Step::AnythingOr(self.deadline),
            Some(_) => {}
        }
        match self.records_from {
            Some(from) if now < from => Step::EndOr(from.min(self.deadline)),
            _ => Step::Answer,
        }
    }

    /// Waits until the request is to be answered: a run's end, records, the deadline or the server's shutdown.
    pub(super) async fn until_due(self, session: &Session, stopping: &CancellationToken) {
        let (mut phase, mut records) = (session.watch_phase(), session.watch_records());
        while !stopping.is_cancelled() {
            let (now_phase, next) = (*phase.borrow_and_update(), *records.borrow_and_update());
            let (until, records_count) = match self.step(now_phase, next, Instant::now()) {
                Step::Answer => return,
                Step::EndOr(until) => (until, false),
                Step::AnythingOr(until) => (until, true),
            };
            // The senders live as long as the session, so neither channel can close meanwhile.
            tokio::select! {
                _ = phase.changed() => {}
                _ = records.changed(), if records_count => {}
                () = tokio::time::sleep_until(until) => {}
                () = stopping.cancelled() => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sessions::Verdict;

    const INTERVAL: Duration = Duration::from_millis(200);

    fn hold(newer_than: u64, last_reply: Option<Instant>, start: Instant) -> Hold {
        Hold::new(Some(newer_than), last_reply, INTERVAL, start + Duration::from_secs(30))
    }

    #[test]
    fn an_ended_run_is_answered_at_once() {
        let now = Instant::now();
        let ended = Phase::Ended(Verdict::Failed);
        assert_eq!(hold(0, Some(now), now).step(ended, 0, now), Step::Answer);
    }

    #[test]
    fn the_first_reply_is_not_put_off() {
        let now = Instant::now();
        assert_eq!(hold(0, None, now).step(Phase::Running, 1, now), Step::Answer);
    }

    /// Decisions, coalescing: records wake a hold at most every 200 ms since the last reply.
    #[test]
    fn records_soon_after_a_reply_wait_for_the_interval() {
        let now = Instant::now();
        let hold = hold(3, Some(now), now);
        assert_eq!(hold.step(Phase::Running, 5, now), Step::EndOr(now + INTERVAL));
        assert_eq!(hold.step(Phase::Running, 5, now + INTERVAL), Step::Answer);
    }

    /// Decisions, waits of stock clients: what was sent before does not end a hold.
    #[test]
    fn records_that_were_seen_do_not_count() {
        let now = Instant::now();
        let hold = hold(5, None, now);
        assert_eq!(hold.step(Phase::Running, 5, now), Step::AnythingOr(hold.deadline));
        assert_eq!(hold.step(Phase::Pending, 0, now), Step::AnythingOr(hold.deadline));
        assert_eq!(hold.step(Phase::Running, 6, now), Step::Answer);
    }

    /// Wire protocol 6.4: a Sitecore job has no records.
    #[test]
    fn a_wait_for_the_end_alone_ignores_records() {
        let now = Instant::now();
        let hold = Hold::new(None, None, INTERVAL, now + INTERVAL);
        assert_eq!(hold.step(Phase::Running, 9, now), Step::EndOr(now + INTERVAL));
    }

    #[test]
    fn the_deadline_comes_before_the_interval() {
        let now = Instant::now();
        let hold = Hold::new(Some(0), Some(now), INTERVAL, now + INTERVAL / 2);
        assert_eq!(hold.step(Phase::Running, 1, now), Step::EndOr(now + INTERVAL / 2));
        assert_eq!(hold.step(Phase::Running, 0, now + INTERVAL / 2), Step::Answer);
    }
}
