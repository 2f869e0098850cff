//! What a run tells the server while it runs: records, and calls of the script-session commands.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::service::Sessions;
use super::session::Session;
use crate::identity::Caller;
use crate::workers::{Call, CallError, CallReply, RunObserver, WorkerRecord};

/// Takes records into the session's ring and answers calls. Whom the run stands for is the server's own record; nothing of
/// it comes from the worker.
#[derive(Debug, Clone)]
pub(super) struct Observer {
    pub(super) sessions: Arc<Sessions>,
    pub(super) session: Arc<Session>,
    pub(super) caller: Caller,
    pub(super) rid: String,
}

impl Observer {
    pub(super) fn new(sessions: &Arc<Sessions>, session: &Arc<Session>, caller: &Caller, rid: &str) -> Self {
        Self {
            sessions: sessions.clone(),
            session: session.clone(),
            caller: caller.clone(),
            rid: rid.to_owned(),
        }
    }
}

impl RunObserver for Observer {
    fn record(&self, record: WorkerRecord) {
        self.session.push(record);
        self.sessions.registry.evict_records();
    }

    fn call(&self, call: Call) -> Pin<Box<dyn Future<Output = Result<CallReply, CallError>> + Send>> {
        let observer = self.clone();
        Box::pin(async move { observer.answer(call).await })
    }
}
