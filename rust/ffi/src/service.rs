//! The service that C# holds. Every exported method runs inside a guard; tests/guarded.rs looks after that.

use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use interoptopus::ffi;
use interoptopus::wire::Wire;
use uuid::Uuid;

use crate::convert::Call;
use crate::guard::guard_sync;
use crate::operation::Operation;
use crate::operations::Operations;
use crate::{Ending, JwtCall, JwtOutcome, Request, Step};

/// The engine behind the cmdlets of one process.
///
/// A call is started, taken step by step until it ended, and closed. A step blocks its thread; closing a call from
/// another thread ends that step at once. Nothing is ever called back, so no thread of ours enters the caller's code.
#[ffi(service)]
#[derive(Default)]
pub struct Client {
    engine: OnceLock<spe_client::Client>,
    operations: Operations,
}

#[ffi]
impl Client {
    /// A service without calls. The engine is made by the first call, where a failure can be reported.
    pub fn create() -> Self {
        Self::default()
    }

    /// Starts a call and returns its number. What cannot be started is a call that failed.
    pub fn start(&self, request: Wire<Request>) -> u64 {
        let operation = guard_sync(|| self.begin(request)).unwrap_or_else(Operation::failed);
        self.operations.add(Arc::new(operation))
    }

    /// Waits until the call has something to say or ended.
    pub fn step(&self, operation: u64) -> Wire<Step> {
        let step = guard_sync(|| match self.operations.get(operation) {
            Some(operation) => Wire::from(Step::from(operation.step())),
            None => Wire::from(Step::ended(Ending::Cancelled)),
        });
        step.unwrap_or_else(|failure| Wire::from(Step::ended(Ending::Failed(failure.into()))))
    }

    /// Lets go of a call, cancelling it when it still runs.
    pub fn close(&self, operation: u64) {
        let closed = guard_sync(|| {
            if let Some(operation) = self.operations.take(operation) {
                operation.cancel();
            }
        });
        closed.unwrap_or_default();
    }

    /// Throws the cookies of a session away. The id of their jar comes in two halves.
    pub fn forget_jar(&self, high: u64, low: u64) {
        let forgotten = guard_sync(|| {
            if let Some(engine) = self.engine.get() {
                engine.forget_jar(Uuid::from_u64_pair(high, low));
            }
        });
        forgotten.unwrap_or_default();
    }

    /// Mints a token.
    pub fn new_jwt(&self, call: Wire<JwtCall>) -> Wire<JwtOutcome> {
        let minted = guard_sync(|| {
            let mut call = call;
            spe_client::new_jwt(&call.unwire().into(), unix_now())
        });
        Wire::from(match minted.flatten() {
            Ok(token) => JwtOutcome::Token(token),
            Err(failure) => JwtOutcome::Failed(failure.into()),
        })
    }
}

impl Client {
    fn begin(&self, mut request: Wire<Request>) -> Operation {
        let engine = self.engine.get_or_init(spe_client::Client::new).clone();
        match Call::try_from(request.unwire()) {
            Ok(call) => Operation::new(|events| async move { call.run(&engine, &events).await }),
            Err(failure) => Operation::failed(failure),
        }
    }
}

fn unix_now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs().cast_signed())
}
