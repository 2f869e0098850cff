//! What time it is. Tests of tokens stand at a time of their own.

use std::fmt::Debug;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A clock. Tokens are held against its time of day, what is kept for a while against its running time.
pub trait Clock: Debug + Send + Sync {
    /// Time since 1970.
    fn since_1970(&self) -> Duration;
    /// The same in whole seconds.
    fn unix(&self) -> i64 {
        self.since_1970().as_secs().try_into().unwrap_or(i64::MAX)
    }
    /// Time since some moment; it never goes back.
    fn running(&self) -> Duration;
}

/// The clocks of the system.
#[derive(Debug)]
pub struct SystemClock(Instant);

impl SystemClock {
    /// One whose running time begins now.
    pub fn start() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    fn since_1970(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    fn running(&self) -> Duration {
        self.0.elapsed()
    }
}
