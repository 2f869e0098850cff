//! What the routes share.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use http::header::ACCESS_CONTROL_REQUEST_METHOD;
use http::request::Parts;
use spe_protocol::cursor::CursorSigner;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::audit;
use super::files::Files;
use super::metrics::Metrics;
use super::repeats::{Repeats, WINDOW};
use super::route::Route;
use super::waits::WaitCounts;
use crate::clock::Clock;
use crate::config::{Cors, ServerConfig};
use crate::identity::Identity;
use crate::media::MediaStore;
use crate::sessions::{Budget, Sessions};
use crate::throttle::ThrottleStore;

/// Everything a request may need, made once at start.
#[derive(Debug)]
pub struct State {
    /// The settings.
    pub config: ServerConfig,
    /// Who calls, and what they may use.
    pub identity: Identity,
    /// Counts the requests of clients with a limit.
    pub throttle: Box<dyn ThrottleStore>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Sessions and jobs.
    pub sessions: Arc<Sessions>,
    /// Signs the cursors of waits; its key lives as long as the process (wire protocol 6.8).
    pub cursors: CursorSigner,
    /// Names this server process; new at each start, so that a restart can be told from an unknown id.
    pub instance: Arc<str>,
    /// How many waits are held.
    pub waits: WaitCounts,
    /// What request bodies take in memory until their script has ended.
    pub bodies: Arc<Budget>,
    /// Files that callers reach.
    pub files: Files,
    /// The media library, where there is one.
    pub media: Option<Arc<dyn MediaStore>>,
    /// Which failures are not written any more.
    pub repeats: Repeats,
    /// What is counted.
    pub metrics: Metrics,
    /// Cancelled when the server shuts down: held waits are answered then.
    pub stopping: CancellationToken,
}

impl State {
    /// Writes, from time to time, how many failures were not written. Ends with the server.
    pub async fn report_repeats(self: Arc<Self>) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(WINDOW) => {}
                () = self.stopping.cancelled() => {}
            }
            // At the end every window is over.
            let is_last = self.stopping.is_cancelled();
            let now = Instant::now() + if is_last { WINDOW } else { Duration::ZERO };
            self.repeats.over(now).into_iter().for_each(audit::suppressed);
            if is_last {
                return;
            }
        }
    }

    /// Whether scripts can be run, and the server is not about to end.
    pub(super) fn is_ready(&self) -> bool {
        !self.stopping.is_cancelled() && self.sessions.census().is_ready
    }

    /// What the service of a route lets pages of other origins do.
    pub(super) fn cors(&self, route: Route, parts: &Parts) -> Option<&Cors> {
        // A preflight asks for another method than its own.
        let asked = parts.headers.get(ACCESS_CONTROL_REQUEST_METHOD);
        let asked = asked.and_then(|method| Method::from_bytes(method.as_bytes()).ok());
        let method = asked.filter(|_| parts.method == Method::OPTIONS);
        let service = route.service(method.as_ref().unwrap_or(&parts.method));
        self.config.spe.services.get(service)?.cors.as_ref()
    }
}
