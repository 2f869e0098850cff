//! What a run tells the server while it runs: records, and calls of the script-session commands.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use spe_protocol::RecordKind;
use spe_protocol::record::ErrorText;

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

/// Leaves of an error what 4.4 of the wire protocol leaves of one while `Spe.Remoting.DetailedErrors` is off: its id, its
/// category, and where the log has the rest (WP-D-33). Returns it as it was.
fn sanitise(error: &mut ErrorText, rid: &str) -> ErrorText {
    let category = error.category_info.split(':').next().unwrap_or_default().to_owned();
    let sanitised = ErrorText {
        message: format!("Script error. See SPE log id={rid}."),
        fully_qualified_error_id: error.fully_qualified_error_id.clone(),
        category_info: category,
        ..ErrorText::default()
    };
    std::mem::replace(error, sanitised)
}

impl RunObserver for Observer {
    fn record(&self, mut record: WorkerRecord) {
        let hidden = match &mut record.kind {
            RecordKind::Error(error) if !self.sessions.detailed_errors => Some(sanitise(error, &self.rid)),
            _ => None,
        };
        // What is not in the ring is not in the log either: a script writes as many errors as it likes.
        if self.session.push(record)
            && let Some(error) = hidden
        {
            let (session, user, rid) = (self.session.id(), &self.caller.user, &self.rid);
            let (reason, id, stack) = (error.message, error.fully_qualified_error_id, error.script_stack_trace);
            tracing::info!(target: "Remoting", action = "scriptErrorRecord", %session, user, id, reason, stack, rid);
        }
        self.sessions.registry.evict_records();
    }

    fn call(&self, call: Call) -> Pin<Box<dyn Future<Output = Result<CallReply, CallError>> + Send>> {
        let observer = self.clone();
        Box::pin(async move { observer.answer(call).await })
    }
}
