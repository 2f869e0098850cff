//! How often the same failure of the same source is written: an attacker could fill a disk, or bury what matters
//! (authentication 9.5, AU-D-47).

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use crate::network::household;

/// Failures that are written of one source for one reason ...
const MOST: u32 = 20;
/// ... in this time.
pub(super) const WINDOW: Duration = Duration::from_secs(10);
/// Most sources that are told apart. Beyond it all others count as one.
const SOURCES: usize = 4096;

/// What was written lately.
#[derive(Debug, Default)]
pub struct Repeats(Mutex<HashMap<Source, Window>>);

/// Who failed why. No address: one of many.
type Source = (&'static str, Option<IpAddr>);

#[derive(Debug)]
struct Window {
    start: Instant,
    written: u32,
    suppressed: u64,
}

/// Failures that were not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Suppressed {
    pub(super) reason: &'static str,
    pub(super) ip: Option<IpAddr>,
    pub(super) count: u64,
}

impl Repeats {
    /// Whether a failure is to be written. Those that are not are counted.
    pub(super) fn admits(&self, reason: &'static str, ip: IpAddr, now: Instant) -> bool {
        let mut windows = self.0.lock();
        let mut source = (reason, Some(household(ip)));
        if windows.len() >= SOURCES && !windows.contains_key(&source) {
            source = (reason, None);
        }
        let window = windows.entry(source).or_insert(Window {
            start: now,
            written: 0,
            suppressed: 0,
        });
        if window.written < MOST {
            window.written += 1;
            return true;
        }
        window.suppressed += 1;
        false
    }

    /// Forgets the windows that are over, and says what was suppressed in them.
    pub(super) fn over(&self, now: Instant) -> Vec<Suppressed> {
        let mut over = Vec::new();
        self.0.lock().retain(|&(reason, ip), window| {
            let goes_on = now < window.start + WINDOW;
            if !goes_on && window.suppressed > 0 {
                let count = window.suppressed;
                over.push(Suppressed { reason, ip, count });
            }
            goes_on
        });
        over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// Authentication 9.5: 20 in 10 s, then a number.
    #[test]
    fn what_repeats_is_counted_instead_of_written() {
        let (repeats, start) = (Repeats::default(), Instant::now());
        let admit = |reason, from: &str, at| repeats.admits(reason, ip(from), at);
        assert_eq!((0..50).filter(|_| admit("expired", "192.0.2.1", start)).count(), 20);
        assert!(admit("invalid", "192.0.2.1", start), "another reason");
        assert!(admit("expired", "192.0.2.2", start), "another source");
        assert_eq!(repeats.over(start + WINDOW / 2), []);
        let suppressed = Suppressed {
            reason: "expired",
            ip: Some(ip("192.0.2.1")),
            count: 30,
        };
        assert_eq!(repeats.over(start + WINDOW), [suppressed]);
        assert!(admit("expired", "192.0.2.1", start + WINDOW));
    }

    /// Who has many addresses takes no memory with them, and gets no more lines.
    #[test]
    fn many_sources_are_one() {
        let (repeats, start) = (Repeats::default(), Instant::now());
        let sources = (0..100_000u32).map(|number| IpAddr::from(number.to_be_bytes()));
        let written = sources
            .filter(|source| repeats.admits("expired", *source, start))
            .count();
        assert_eq!(written, SOURCES + MOST as usize);
        assert!(repeats.0.lock().len() <= SOURCES + 1);
        assert!(repeats.over(start + WINDOW).iter().any(|over| over.ip.is_none()));
        let network = (0..100).map(|number: u128| {
            ip("2001:db8::")
                .to_string()
                .parse::<std::net::Ipv6Addr>()
                .unwrap()
                .to_bits()
                + number
        });
        let of_one = network.map(|bits| IpAddr::from(std::net::Ipv6Addr::from_bits(bits)));
        assert_eq!(
            of_one
                .filter(|source| repeats.admits("expired", *source, start))
                .count(),
            20
        );
    }
}
