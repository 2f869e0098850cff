//! Where sessions get their processes from. The pool of worker processes is one source; tests bring their own.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use crate::workers::{Census, LeaseError, LeaseKey, LostReason, Patience, RunEnd, RunObserver, RunRequest, Scanned};

/// Gives out processes.
pub trait Processes: Send + Sync {
    /// A process for `key` and nobody else, as soon as one is free. Dropping the future gives up the place in the queue.
    fn lease(&self, key: LeaseKey, patience: Patience) -> BoxFuture<'_, Result<Box<dyn Process>, LeaseError>>;

    /// What there is, for who watches the server.
    fn census(&self) -> Census {
        Census::default()
    }
}

/// A process that is held. Dropping it gives it back, clean: what a kept runspace held is gone for the next holder.
pub trait Process: Send + Sync {
    /// Makes one run and waits for its end. Cancelling `cancel` stops it; the end then still comes, within a bound.
    fn run(
        &mut self,
        request: RunRequest,
        observer: Arc<dyn RunObserver>,
        cancel: CancellationToken,
    ) -> BoxFuture<'_, RunEnd>;

    /// Says whether a script holds anything beside `commands` and what every script may use. A process that scans never runs anything.
    fn scan(&mut self, script: Bytes, commands: Arc<[String]>) -> BoxFuture<'_, Result<Scanned, LostReason>>;
}
