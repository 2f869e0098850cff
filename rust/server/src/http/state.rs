//! What the routes share.

use std::sync::Arc;

use spe_protocol::cursor::CursorSigner;
use tokio_util::sync::CancellationToken;

use super::metrics::Metrics;
use super::route::Route;
use super::waits::WaitCounts;
use crate::config::{Cors, ServerConfig};
use crate::identity::Identity;
use crate::sessions::{Budget, Sessions};

/// Everything a request may need, made once at start.
#[derive(Debug)]
pub struct State {
    /// The settings.
    pub config: ServerConfig,
    /// Who calls, and what they may use.
    pub identity: Identity,
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
    /// What is counted.
    pub metrics: Metrics,
    /// Cancelled when the server shuts down: held waits are answered then.
    pub stopping: CancellationToken,
}

impl State {
    /// Whether scripts can be run, and the server is not about to end.
    pub(super) fn is_ready(&self) -> bool {
        !self.stopping.is_cancelled() && self.sessions.census().is_ready
    }

    /// What the service of a route lets pages of other origins do.
    pub(super) fn cors(&self, route: Route) -> Option<&Cors> {
        self.config.spe.services.get(route.service())?.cors.as_ref()
    }
}
