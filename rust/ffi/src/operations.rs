//! The calls that run now, by number. A number that is not there is an answer, a stale pointer would be a crash.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use crate::operation::Operation;

/// The calls of one service.
#[derive(Default)]
pub(crate) struct Operations {
    last: AtomicU64,
    running: Mutex<HashMap<u64, Arc<Operation>>>,
}

impl Operations {
    /// Takes a call in; its number is never 0 and never used again.
    pub(crate) fn add(&self, operation: Arc<Operation>) -> u64 {
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        self.running.lock().insert(number, operation);
        number
    }

    /// The call of a number.
    pub(crate) fn get(&self, number: u64) -> Option<Arc<Operation>> {
        self.running.lock().get(&number).cloned()
    }

    /// Takes a call out.
    pub(crate) fn take(&self, number: u64) -> Option<Arc<Operation>> {
        self.running.lock().remove(&number)
    }
}

impl Drop for Operations {
    fn drop(&mut self) {
        for operation in self.running.get_mut().values() {
            operation.cancel();
        }
    }
}
