//! A run while it runs, as the reader of the channel sees it.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::Violation;
use super::calls::Calls;
use super::frame::{Frame, Head};
use super::incoming::{self, Done};
use super::outbox::Outbox;
use crate::workers::{LostReason, RunEnd, RunObserver, RunOutcome};

/// What a run needs to be followed.
pub(super) struct ActiveRun {
    id: u64,
    observer: Arc<dyn RunObserver>,
    output: Vec<u8>,
    limit: usize,
    over_limit: CancellationToken,
    calls: Calls,
    ended: oneshot::Sender<RunEnd>,
}

impl ActiveRun {
    /// A run that begins. `over_limit` is cancelled when its output grows over `limit` bytes.
    pub(super) fn new(
        id: u64,
        observer: Arc<dyn RunObserver>,
        limit: usize,
        over_limit: CancellationToken,
    ) -> (Self, oneshot::Receiver<RunEnd>) {
        let (ended, end) = oneshot::channel();
        let run = Self {
            id,
            observer,
            output: Vec::new(),
            limit,
            over_limit,
            calls: Calls::default(),
            ended,
        };
        (run, end)
    }

    /// Takes a frame about a run, which must be this one. Its last frame says how it ended.
    pub(super) fn take(&mut self, head: &Head, frame: &Frame, outbox: &Outbox) -> Result<Option<Done>, Violation> {
        if head.run != Some(self.id) {
            return Err(Violation("a frame names another run"));
        }
        match head.kind.as_str() {
            "output" => self.append(&frame.payload),
            "call" => self.calls.take(head, frame, self.id, &self.observer, outbox)?,
            "record" | "done" if head.more => return Err(Violation("a message is larger than it may be")),
            "record" => self.observer.record(incoming::record(frame)?),
            "done" => return incoming::done(frame).map(Some),
            _ => return Err(Violation("a message of a kind that is not known, or out of order")),
        }
        Ok(None)
    }

    fn append(&mut self, part: &[u8]) {
        let room = self.limit - self.output.len();
        self.output.extend_from_slice(&part[..part.len().min(room)]);
        if part.len() > room {
            self.over_limit.cancel();
        }
    }

    /// Tells whoever waits how the worker says that the run ended.
    pub(super) fn finish(self, done: Done) {
        self.end(done.outcome, done.had_errors, done.exit_code);
    }

    /// Tells whoever waits that the run is lost.
    pub(super) fn lose(self, reason: LostReason) {
        self.end(RunOutcome::Lost(reason), false, None);
    }

    fn end(self, outcome: RunOutcome, had_errors: bool, exit_code: Option<i32>) {
        // A broken rule is worth more to whoever reads the log than what it did before.
        let protocol = matches!(outcome, RunOutcome::Lost(LostReason::Protocol));
        let outcome = if self.over_limit.is_cancelled() && !protocol {
            RunOutcome::Lost(LostReason::OutputLimit { limit: self.limit })
        } else {
            outcome
        };
        let mut output = self.output;
        output.shrink_to_fit();
        let end = RunEnd {
            outcome,
            output: Bytes::from(output),
            had_errors,
            exit_code,
        };
        // Nobody waits any more when the future of the run was dropped.
        let _ = self.ended.send(end);
    }
}
