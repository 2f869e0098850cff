//! Time, as the engine sees it.

use std::fmt;
use std::pin::Pin;
use std::time::{Duration, Instant, SystemTime};

/// A pause that ends by itself; dropping it ends it at once.
pub type Pause = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where the engine takes the time from and how it pauses, so that no test has to sleep.
///
/// Bounds on connecting and on requests are not counted with it: those run beside the network, in real time.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The time of day, for tokens and for `Retry-After` dates.
    fn now(&self) -> SystemTime;

    /// Time since a fixed point, never set back.
    fn elapsed(&self) -> Duration;

    /// Pauses for `duration`.
    fn pause(&self, duration: Duration) -> Pause;
}

/// The machine's clock.
#[derive(Debug)]
pub(crate) struct SystemClock {
    start: Instant,
}

impl SystemClock {
    pub(crate) fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn pause(&self, duration: Duration) -> Pause {
        Box::pin(async move {
            // A timer of no length costs a millisecond.
            if duration.is_zero() {
                tokio::task::yield_now().await;
            } else {
                tokio::time::sleep(duration).await;
            }
        })
    }
}

/// Seconds since 1970, 0 before.
pub(crate) fn unix_seconds(time: SystemTime) -> i64 {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs() as i64)
}
