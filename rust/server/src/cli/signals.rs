//! The signals that the server obeys.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGINT and SIGTERM, which end the server, and SIGHUP, which lets it read files again. From its making on none that comes is
/// lost or ends the process.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Signals {
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// The name of the next one that ends the server. Each SIGHUP until then calls `reload`.
    pub(super) async fn next(&mut self, reload: impl Fn()) -> &'static str {
        loop {
            tokio::select! {
                _ = self.interrupt.recv() => return "SIGINT",
                _ = self.terminate.recv() => return "SIGTERM",
                _ = self.hang_up.recv() => reload(),
            }
        }
    }
}
