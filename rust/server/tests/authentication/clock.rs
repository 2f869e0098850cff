//! A clock that stands still until a test moves it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use spe_server::clock::Clock;
use spe_testkit::forge::NOW;

/// Stands at the time of the matrix (authentication 10.1).
#[derive(Debug, Default)]
pub(crate) struct Frozen(AtomicU64);

impl Frozen {
    /// Both of its times go on by `seconds`.
    pub(crate) fn pass(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Frozen {
    fn since_1970(&self) -> Duration {
        Duration::from_secs(NOW.unsigned_abs() + self.0.load(Ordering::SeqCst))
    }

    fn running(&self) -> Duration {
        Duration::from_secs(1000 + self.0.load(Ordering::SeqCst))
    }
}
