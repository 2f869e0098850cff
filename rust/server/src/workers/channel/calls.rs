//! The calls of one run: joined from their frames, answered at the same time, dropped with the run.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use parking_lot::Mutex;
use tokio::task::JoinSet;

use super::Violation;
use super::frame::{Frame, Head};
use super::incoming::Op;
use super::outbox::Outbox;
use super::outgoing;
use crate::workers::{CallError, RunObserver};

/// Largest payload of a call, in bytes.
const MAX_CALL: usize = 33_554_432;
/// Most bytes of all calls that are open.
const MAX_OPEN_BYTES: usize = 2 * MAX_CALL;
/// Most calls that may be open, whole or not. The commands of a script need one or two.
const MAX_OPEN: usize = 64;

/// Calls of one run. Dropping it drops them.
#[derive(Debug, Default)]
pub(super) struct Calls {
    partial: HashMap<u64, Partial>,
    /// The payload's bytes so far, by number.
    open: Arc<Mutex<HashMap<u64, usize>>>,
    tasks: JoinSet<()>,
}

#[derive(Debug)]
struct Partial {
    op: Op,
    payload: Vec<u8>,
}

impl Calls {
    /// Takes a frame of a call; with its last one the call is made.
    pub(super) fn take(
        &mut self,
        head: &Head,
        frame: &Frame,
        run: u64,
        observer: &Arc<dyn RunObserver>,
        outbox: &Outbox,
    ) -> Result<(), Violation> {
        let id = head.call.ok_or(Violation("a call has no number"))?;
        let mut partial = match self.partial.remove(&id) {
            Some(partial) => partial,
            None => self.begin(id, frame)?,
        };
        partial.payload.extend_from_slice(&frame.payload);
        self.account(id, partial.payload.len())?;
        if head.more {
            self.partial.insert(id, partial);
            return Ok(());
        }
        let call = partial.op.with(partial.payload)?;
        let answer = AssertUnwindSafe(observer.call(call)).catch_unwind();
        let (outbox, open) = (outbox.clone(), self.open.clone());
        self.tasks.spawn(async move {
            // The command waits for an answer, also from a server that fails.
            let answer = answer.await.unwrap_or(Err(CallError::Stopped));
            open.lock().remove(&id);
            // A channel that takes nothing more ends the run, which is told elsewhere.
            let _ = outbox.send(outgoing::reply(run, id, &answer)).await;
        });
        Ok(())
    }

    fn begin(&mut self, id: u64, frame: &Frame) -> Result<Partial, Violation> {
        while self.tasks.try_join_next().is_some() {}
        let mut open = self.open.lock();
        if open.contains_key(&id) {
            return Err(Violation("a call has the number of another"));
        }
        // Tasks that have an answer and cannot send it hold it, so they count as open.
        if open.len() >= MAX_OPEN || self.tasks.len() >= MAX_OPEN {
            return Err(Violation("too many calls are open"));
        }
        open.insert(id, 0);
        let op = frame.parse()?;
        Ok(Partial {
            op,
            payload: Vec::new(),
        })
    }

    fn account(&self, id: u64, bytes: usize) -> Result<(), Violation> {
        let mut open = self.open.lock();
        open.insert(id, bytes);
        if bytes > MAX_CALL || open.values().sum::<usize>() > MAX_OPEN_BYTES {
            return Err(Violation("a call is larger than a call may be"));
        }
        Ok(())
    }
}
