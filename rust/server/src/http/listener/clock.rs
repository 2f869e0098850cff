//! How long a connection may take for what it does. Books over instants that are passed in; the connection asks them when it
//! is due to end.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use crate::config::Limits;

/// Requests a client may take back before they end, as long as it lets fewer end (HTTP/2, CVE-2023-44487).
const MOST_TAKEN_BACK: u64 = 100;

/// The times a connection is given.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// From its first byte to the whole of a request's headers; for a new connection from its start, TLS included.
    header: Duration,
    /// Between two requests.
    idle: Duration,
    /// How long the client may, all in all, keep the server from handing replies over ...
    stall: Duration,
    /// ... beside a second for each of so many bytes that it took.
    rate: u64,
}

/// What the client is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing was asked yet.
    Opening,
    /// Everything asked is answered.
    Idle,
    /// A request has begun to come.
    Head,
}

/// The books of one connection.
#[derive(Debug)]
pub(super) struct Clock {
    bounds: Bounds,
    times: Mutex<Times>,
}

#[derive(Debug)]
struct Times {
    multiplexed: bool,
    phase: Phase,
    since: Instant,
    running: usize,
    taken_back: u64,
    completed: u64,
    /// Replies that are not handed over yet.
    replies: usize,
    /// Whether the socket takes nothing.
    blocked: bool,
    owing_since: Option<Instant>,
    owed: Duration,
    taken: u64,
}

impl Clock {
    pub(super) fn new(limits: &Limits, now: Instant) -> Self {
        Self {
            bounds: Bounds {
                header: limits.header_timeout,
                idle: limits.idle_timeout,
                stall: limits.body_timeout,
                rate: limits.min_rate.max(1),
            },
            times: Mutex::new(Times {
                multiplexed: false,
                phase: Phase::Opening,
                since: now,
                running: 0,
                taken_back: 0,
                completed: 0,
                replies: 0,
                blocked: false,
                owing_since: None,
                owed: Duration::ZERO,
                taken: 0,
            }),
        }
    }

    /// From now on requests run side by side, so that bytes which come need not begin one.
    pub(super) fn multiplex(&self) {
        self.times.lock().multiplexed = true;
    }

    /// Bytes came.
    pub(super) fn read(&self, now: Instant) {
        let mut times = self.times.lock();
        if times.phase == Phase::Idle && !times.multiplexed && times.running == 0 {
            times.enter(Phase::Head, now);
        }
    }

    /// The client took `count` bytes of what is sent.
    pub(super) fn wrote(&self, count: usize, now: Instant) {
        let mut times = self.times.lock();
        times.taken += count as u64;
        if times.phase == Phase::Idle {
            times.since = now;
        }
        times.owe(now, |times| times.blocked = false);
    }

    /// The client takes nothing.
    pub(super) fn blocked(&self, now: Instant) {
        self.times.lock().owe(now, |times| times.blocked = true);
    }

    /// A request is here.
    pub(super) fn began(&self, now: Instant) {
        let mut times = self.times.lock();
        times.running += 1;
        times.enter(Phase::Idle, now);
    }

    /// A request has its reply, or was taken back before that.
    pub(super) fn ended(&self, has_reply: bool, now: Instant) {
        let mut times = self.times.lock();
        times.running -= 1;
        times.since = now;
        if has_reply {
            times.completed += 1;
        } else {
            times.taken_back += 1;
        }
    }

    /// A reply is to be handed over.
    pub(super) fn owes(&self, now: Instant) {
        self.times.lock().owe(now, |times| times.replies += 1);
    }

    /// It is.
    pub(super) fn paid(&self, now: Instant) {
        self.times.lock().owe(now, |times| times.replies -= 1);
    }

    /// Whether a request runs.
    pub(super) fn is_busy(&self) -> bool {
        self.times.lock().running > 0
    }

    /// When the connection is to end, as things are. `None`: not while they are so.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        let (bounds, times) = (self.bounds, self.times.lock());
        if times.taken_back >= MOST_TAKEN_BACK && times.taken_back > times.completed {
            return Some(now);
        }
        if let Some(since) = times.owing_since {
            let granted = bounds.stall + Duration::from_secs(times.taken / bounds.rate);
            return Some(since + granted.saturating_sub(times.owed));
        }
        match times.phase {
            _ if times.running > 0 => None,
            Phase::Opening | Phase::Head => Some(times.since + bounds.header),
            Phase::Idle => Some(times.since + bounds.idle),
        }
    }
}

impl Times {
    fn enter(&mut self, phase: Phase, now: Instant) {
        (self.phase, self.since) = (phase, now);
    }

    /// Changes what is owed, and books the time it was owed until now.
    fn owe(&mut self, now: Instant, change: impl FnOnce(&mut Self)) {
        if let Some(since) = self.owing_since {
            self.owed += now.saturating_duration_since(since);
        }
        change(self);
        self.owing_since = (self.blocked || self.replies > 0).then_some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn clock() -> (Clock, Instant) {
        let limits = Limits {
            header_timeout: 10 * SECOND,
            idle_timeout: 60 * SECOND,
            body_timeout: 20 * SECOND,
            min_rate: 1000,
            ..Limits::default()
        };
        let now = Instant::now();
        (Clock::new(&limits, now), now)
    }

    /// WP-D-22: whatever comes piecemeal, the headers have their time from the first byte on.
    #[test]
    fn headers_have_their_time_however_they_come() {
        let (clock, start) = clock();
        clock.read(start + 9 * SECOND);
        assert_eq!(clock.due(start), Some(start + 10 * SECOND));
        clock.began(start);
        clock.ended(true, start);
        assert_eq!(clock.due(start), Some(start + 60 * SECOND));
        clock.read(start + 50 * SECOND);
        clock.read(start + 55 * SECOND);
        assert_eq!(clock.due(start), Some(start + 60 * SECOND));
        clock.began(start + 56 * SECOND);
        assert_eq!(clock.due(start), None, "a request may take as long as it likes");
    }

    /// WP-D-22: a client that takes a reply byte by byte is not better off than one that takes nothing.
    #[test]
    fn a_slow_reader_has_the_time_its_bytes_are_worth() {
        let (clock, start) = clock();
        clock.began(start);
        clock.ended(true, start);
        for second in 0..20 {
            clock.blocked(start + second * SECOND);
            clock.wrote(1, start + (second + 1) * SECOND);
        }
        clock.blocked(start + 20 * SECOND);
        assert_eq!(clock.due(start), Some(start + 20 * SECOND));
        clock.wrote(5000, start + 20 * SECOND);
        clock.blocked(start + 20 * SECOND);
        assert_eq!(clock.due(start), Some(start + 25 * SECOND));
    }

    #[test]
    fn a_reply_that_is_not_handed_over_is_owed() {
        let (clock, start) = clock();
        clock.multiplex();
        clock.began(start);
        clock.owes(start);
        assert_eq!(clock.due(start), Some(start + 20 * SECOND));
        clock.ended(true, start);
        clock.paid(start + 5 * SECOND);
        assert_eq!(clock.due(start), Some(start + 60 * SECOND));
        clock.owes(start + 6 * SECOND);
        assert_eq!(clock.due(start), Some(start + 21 * SECOND), "the five seconds count");
    }

    /// Rapid reset: requests that are taken back cost work and never count against the streams of a connection.
    #[test]
    fn who_takes_back_what_it_asks_for_is_ended() {
        let (clock, start) = clock();
        for _ in 0..MOST_TAKEN_BACK {
            assert_ne!(clock.due(start), Some(start));
            clock.began(start);
            clock.ended(false, start);
        }
        assert_eq!(clock.due(start), Some(start));
        let (clock, start) = self::clock();
        for number in 0..1000 {
            clock.began(start);
            clock.ended(number % 3 > 0, start);
        }
        assert_ne!(clock.due(start), Some(start), "most of them ended");
    }
}
