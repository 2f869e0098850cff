//! The engine's front.

use std::sync::Arc;

use uuid::Uuid;

use crate::{Events, Failure, FailureKind, Reply, ScriptCall, Target, WaitCall, WaitResult};

/// The engine: one for a process, cheap to clone.
///
/// Dropping the future of a call cancels it: its connection is dropped at once.
#[derive(Clone, Debug)]
pub struct Client {
    inner: Arc<()>,
}

impl Client {
    /// An engine without connections and cookies.
    pub fn new() -> Self {
        Self { inner: Arc::new(()) }
    }

    /// Runs a script and hands over its output as it was sent.
    pub async fn run_script(&self, call: ScriptCall, events: &Events) -> Result<Reply, Failure> {
        self.unready(&call.target, events).await
    }

    /// Asks whether the server answers and accepts the credential (wire protocol 3.1.1).
    pub async fn test(&self, target: Target, events: &Events) -> Result<Reply, Failure> {
        self.unready(&target, events).await
    }

    /// Disposes the session on the server (wire protocol 3.1.2).
    pub async fn cleanup(&self, target: Target, events: &Events) -> Result<Reply, Failure> {
        self.unready(&target, events).await
    }

    /// Waits for the end of a job (client module 12).
    pub async fn wait(&self, call: WaitCall, events: &Events) -> Result<WaitResult, Failure> {
        self.unready(&call.target, events).await?;
        Err(Failure::new(FailureKind::Internal, "no reply"))
    }

    /// Throws the cookies of a session object away.
    pub fn forget_jar(&self, _jar: Uuid) {}

    async fn unready(&self, _target: &Target, _events: &Events) -> Result<Reply, Failure> {
        let _ = &self.inner;
        Err(Failure::new(FailureKind::Internal, "no engine yet"))
    }
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}
