//! The engine's front.

use std::sync::Arc;

use uuid::Uuid;

use crate::clock::{Clock, SystemClock};
use crate::engine::Engine;
use crate::{DownloadCall, Events, Failure, Received, Reply, ScriptCall, Target, UploadCall, WaitCall, WaitResult};

/// The engine: one for a process, cheap to clone.
///
/// Dropping the future of a call cancels it: its connection is dropped at once, and the server can tell. All calls want a
/// tokio runtime with time and network, the same one for the life of the engine, since connections are kept.
#[derive(Clone, Debug)]
pub struct Client {
    engine: Arc<Engine>,
}

impl Client {
    /// An engine without connections and cookies.
    pub fn new() -> Self {
        Self::with_clock(Arc::new(SystemClock::new()))
    }

    /// An engine that lives by `clock`.
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self {
            engine: Arc::new(Engine::new(clock)),
        }
    }

    /// Runs a script and hands over its output as it was sent (client module 8).
    ///
    /// A 429 or 503 is tried again as often as the call says; nothing else is, since a script whose reply was lost may have
    /// run.
    pub async fn run_script(&self, call: ScriptCall, events: &Events) -> Result<Reply, Failure> {
        self.engine.run_script(call, events).await
    }

    /// Asks whether the server answers and accepts the credential (wire protocol 3.1.1). The body is a JSON object.
    pub async fn test(&self, target: Target, events: &Events) -> Result<Reply, Failure> {
        self.engine.test(target, events).await
    }

    /// Disposes the session on the server (wire protocol 3.1.2).
    pub async fn cleanup(&self, target: Target, events: &Events) -> Result<Reply, Failure> {
        self.engine.cleanup(target, events).await
    }

    /// Waits for the end of a job and hands over its records (client module 12, wire protocol 6).
    ///
    /// The call ends when the job ended and its records are read, when the server has no wait route, when it refuses, or when
    /// the connection failed too often in a row. No failure means anything about the job.
    pub async fn wait(&self, call: WaitCall, events: &Events) -> Result<WaitResult, Failure> {
        self.engine.wait(call, events).await
    }

    /// Sends a file (client module 16, wire protocol 3.7 and 3.9). It is read while it is sent, never as a whole.
    ///
    /// A refusal is final, also 429 and 503. A redirect is a failure, so that no file lands where nobody looked.
    pub async fn upload(&self, call: UploadCall, events: &Events) -> Result<Reply, Failure> {
        self.engine.upload(call, events).await
    }

    /// Fetches a file (client module 17, wire protocol 3.6 and 3.8). It is written while it arrives, into a temporary file
    /// beside its target, which takes the target's name when it is whole. A failure leaves neither, and so does dropping
    /// the future.
    pub async fn download(&self, call: DownloadCall, events: &Events) -> Result<Received, Failure> {
        self.engine.download(call, events).await
    }

    /// Throws the cookies of a session object away.
    pub fn forget_jar(&self, jar: Uuid) {
        self.engine.jars.forget(jar);
    }
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}
