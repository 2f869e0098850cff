//! A process while it is held.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use super::Pool;
use crate::sessions::Process;
use crate::workers::worker::Worker;
use crate::workers::{LostReason, RunEnd, RunObserver, RunRequest, Scanned};

/// A process that is held. Dropping it gives it back.
pub(super) struct Lease {
    pool: Arc<Pool>,
    id: u64,
    worker: Arc<Worker>,
    /// A run was begun and its end was not seen.
    is_busy: bool,
    /// A runspace was kept.
    has_kept: bool,
}

impl Lease {
    pub(super) fn new(pool: Arc<Pool>, id: u64, worker: Arc<Worker>) -> Self {
        Self {
            pool,
            id,
            worker,
            is_busy: false,
            has_kept: false,
        }
    }
}

impl Process for Lease {
    fn run(
        &mut self,
        request: RunRequest,
        observer: Arc<dyn RunObserver>,
        cancel: CancellationToken,
    ) -> BoxFuture<'_, RunEnd> {
        async move {
            // Once busy with a run that was left, always busy.
            let was_busy = std::mem::replace(&mut self.is_busy, true);
            self.has_kept |= request.keep_runspace;
            let end = self.worker.run(&request, observer, &cancel).await;
            self.is_busy = was_busy;
            end
        }
        .boxed()
    }

    fn scan(&mut self, script: Bytes, commands: Arc<[String]>) -> BoxFuture<'_, Result<Scanned, LostReason>> {
        async move {
            let was_busy = std::mem::replace(&mut self.is_busy, true);
            let scanned = self.worker.scan(script, &commands).await;
            self.is_busy = was_busy;
            scanned
        }
        .boxed()
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let is_clean = !self.is_busy && !self.worker.is_spent();
        let is_fit = is_clean && self.pool.is_young(&self.worker) && (!self.has_kept || self.worker.forget());
        self.pool.take_back(self.id, is_fit);
    }
}

impl std::fmt::Debug for Lease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lease").field("id", &self.id).finish_non_exhaustive()
    }
}
