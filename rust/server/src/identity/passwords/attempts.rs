//! Failed logins, so that nobody guesses passwords (authentication 1.4, AU-D-47).

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use parking_lot::Mutex;

use crate::network::household;

/// Failures of one source with one name ...
const OF_ONE_NAME: u32 = 10;
/// ... and with all names together ...
const OF_ONE_SOURCE: u32 = 50;
/// ... in this time.
const WINDOW: Duration = Duration::from_mins(1);
/// Most sources that are told apart. Beyond it all others count as one.
const SOURCES: usize = 4096;

/// What one failure may add, beside the one that stands for all others.
const NEEDED: usize = 3;

/// Who failed: from where, with which name. No address: one of many.
type Source = (Option<IpAddr>, Option<String>);

/// The failures of the last minute.
#[derive(Debug, Default)]
pub(super) struct Attempts(Mutex<HashMap<Source, Window>>);

#[derive(Debug)]
struct Window {
    start: Duration,
    failures: u32,
}

impl Attempts {
    /// How long this source has to wait before it may try this name again; `now` is the running time.
    pub(super) fn wait(&self, ip: IpAddr, user: &str, now: Duration) -> Option<Duration> {
        let windows = self.0.lock();
        let left = |source: &Source, most| {
            let window = windows.get(source).filter(|window| window.failures >= most)?;
            (window.start + WINDOW).checked_sub(now).filter(|left| !left.is_zero())
        };
        let ip = Some(household(ip));
        let named = left(&(ip, Some(user.to_ascii_lowercase())), OF_ONE_NAME);
        let others = left(&(None, None), OF_ONE_SOURCE).filter(|_| !windows.contains_key(&(ip, None)));
        [named, left(&(ip, None), OF_ONE_SOURCE), others]
            .into_iter()
            .flatten()
            .max()
    }

    /// A login failed.
    pub(super) fn failed(&self, ip: IpAddr, user: &str, now: Duration) {
        let mut windows = self.0.lock();
        if windows.len() + NEEDED > SOURCES {
            windows.retain(|_, window| now < window.start + WINDOW);
        }
        let ip = Some(household(ip));
        let full = windows.len() + NEEDED > SOURCES;
        let sources = if full && !windows.contains_key(&(ip, None)) {
            vec![(None, None)]
        } else if full {
            vec![(ip, None)]
        } else {
            vec![(ip, None), (ip, Some(user.to_ascii_lowercase()))]
        };
        for source in sources {
            let window = windows.entry(source).or_insert(Window {
                start: now,
                failures: 0,
            });
            if now >= window.start + WINDOW {
                *window = Window {
                    start: now,
                    failures: 0,
                };
            }
            window.failures = window.failures.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::from_secs(1000);

    fn at(seconds: u64) -> Duration {
        START + Duration::from_secs(seconds)
    }

    fn ip(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    #[test]
    fn one_name_is_tried_ten_times_a_minute() {
        let attempts = Attempts::default();
        for second in 0..10 {
            assert_eq!(attempts.wait(ip(1), "admin", at(second)), None);
            attempts.failed(ip(1), "admin", at(second));
        }
        assert_eq!(attempts.wait(ip(1), "ADMIN", at(20)), Some(Duration::from_secs(40)));
        assert_eq!(attempts.wait(ip(1), "other", at(20)), None);
        assert_eq!(attempts.wait(ip(2), "admin", at(20)), None);
        assert_eq!(attempts.wait(ip(1), "admin", at(60)), None);
    }

    #[test]
    fn many_names_are_tried_fifty_times_a_minute() {
        let attempts = Attempts::default();
        for name in 0..50 {
            attempts.failed(ip(1), &format!("name{name}"), at(0));
        }
        assert_eq!(attempts.wait(ip(1), "another", at(30)), Some(Duration::from_secs(30)));
        assert_eq!(attempts.wait(ip(2), "another", at(30)), None);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let attempts = Attempts::default();
        for number in 0..20_000_u32 {
            attempts.failed(IpAddr::V4(number.into()), "admin", at(0));
        }
        assert!(attempts.0.lock().len() <= SOURCES);
        assert!(attempts.wait(ip(1), "admin", at(1)).is_some());
        assert_eq!(attempts.wait(ip(1), "admin", at(61)), None);
        attempts.failed(ip(1), "admin", at(62));
        assert!(attempts.0.lock().len() <= 3);
    }
}
