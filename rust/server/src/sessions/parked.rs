//! Contents that scripts leave for their caller to fetch once (`Out-Download`, wire protocol 3.10).

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;
use uuid::Uuid;

use super::budget::{Charge, Over};
use super::service::Sessions;
use crate::identity::{Caller, Owner};

/// A content that was left.
#[derive(Debug)]
pub struct Parked {
    /// The name it is to have.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// The bytes.
    pub content: Bytes,
    /// Whose it is, and the memory it takes.
    owner: (Owner, String),
    _charge: Charge,
}

/// All of them, by their handles.
#[derive(Debug, Default)]
pub(super) struct ParkedContents(Mutex<HashMap<String, Parked>>);

impl Sessions {
    /// Keeps a content for the calls of this caller under this policy, for as long as results of a job are kept, and counts it as one. Gives
    /// the handle, which is 32 hex digits that nobody can guess.
    pub fn park(
        self: &Arc<Self>,
        caller: &Caller,
        name: String,
        content_type: String,
        content: Bytes,
    ) -> Result<String, Over> {
        let charge = self.results.charge(&caller.owner, content.len())?;
        let handle = Uuid::new_v4().simple().to_string();
        let parked = Parked {
            name,
            content_type,
            content,
            owner: owner(caller),
            _charge: charge,
        };
        self.parked.0.lock().insert(handle.clone(), parked);
        let (sessions, key) = (self.clone(), handle.clone());
        self.tasks.spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(sessions.limits.job_grace) => {}
                () = sessions.stopping.cancelled() => {}
            }
            sessions.parked.0.lock().remove(&key);
        });
        Ok(handle)
    }

    /// Hands a content over, once. Somebody else's is not there.
    pub fn fetch(&self, caller: &Caller, handle: &str) -> Option<Parked> {
        let mut parked = self.parked.0.lock();
        let is_own = parked.get(handle)?.owner == owner(caller);
        is_own.then(|| parked.remove(handle)).flatten()
    }
}

/// A content is bound to whom a session is bound to (decisions, owner).
fn owner(caller: &Caller) -> (Owner, String) {
    (caller.owner.clone(), caller.policy.name.clone())
}
