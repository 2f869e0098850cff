//! Scripts under a policy with a list of commands: looked at before they run, by a process that runs none (wire protocol 7.3).

use std::sync::Arc;

use bytes::Bytes;

use super::service::Sessions;
use crate::identity::{Owner, Policy};
use crate::workers::{Blocked, LeaseError, LeaseKey, LostReason, Patience, Scanned};

/// For whom the processes that scan are; no caller has this name.
const SCANNER: &str = "scanner";

/// Why a script is not run under a policy.
#[derive(Debug)]
pub enum PolicyError {
    /// It holds something that the policy does not allow.
    Blocked(Blocked),
    /// Nobody could look at it, so it is not run.
    Unscanned(LostReason),
    /// There is no process that could look at it now.
    Lease(LeaseError),
}

impl Sessions {
    /// Lets a script pass that holds nothing the policy does not allow. One without a list of commands allows everything.
    pub async fn scan(&self, policy: &Policy, script: Bytes) -> Result<(), PolicyError> {
        let Some(commands) = policy.commands.clone() else {
            return Ok(());
        };
        let key = LeaseKey {
            owner: Owner(Arc::from(SCANNER)),
            policy: SCANNER.to_owned(),
        };
        let mut process = tokio::select! {
            () = self.stopping.cancelled() => return Err(PolicyError::Lease(LeaseError::ShuttingDown)),
            process = self.processes.lease(key, Patience::Bounded) => process.map_err(PolicyError::Lease)?,
        };
        match process.scan(script, commands).await {
            Ok(Scanned::Allowed) => Ok(()),
            Ok(Scanned::Blocked(blocked)) => Err(PolicyError::Blocked(blocked)),
            Err(reason) => Err(PolicyError::Unscanned(reason)),
        }
    }
}
