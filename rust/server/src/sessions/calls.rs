//! The script-session commands of a running script (docs/developers/worker-channel.md, Calls). All act only on sessions of
//! the run's own owner and policy; anything else is not found.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{join_all, select_all};
use spe_protocol::SessionId;

use super::budget::Over;
use super::jobs::NewJob;
use super::observer::Observer;
use super::scan::PolicyError;
use super::session::{Kind, Session};
use crate::workers::{Call, CallError, CallReply, SessionInfo};

impl Observer {
    /// Answers one call.
    pub(super) async fn answer(self, call: Call) -> Result<CallReply, CallError> {
        match call {
            Call::Start {
                id,
                name,
                auto_dispose,
                script,
                arguments,
            } => {
                let job = NewJob {
                    id,
                    name,
                    auto_dispose,
                    script,
                    arguments,
                };
                self.allowed(&job).await?;
                Ok(CallReply::Session(self.start_job(job)?.info()))
            }
            Call::List { current: true, .. } => Ok(CallReply::Sessions(vec![self.session.info()])),
            Call::List { ids, current: false } => self.list(ids).map(CallReply::Sessions),
            Call::Receive {
                id,
                keep_result,
                keep_session,
            } => self.receive(&id, keep_result, keep_session),
            Call::Wait { ids, any, timeout_ms } => self.wait(&ids, any, timeout_ms).await,
            Call::Stop { id } => {
                let session = self.find(&id)?;
                session.stop();
                session.ended().await;
                Ok(CallReply::Session(session.info()))
            }
            Call::Remove { id } => self.remove(&id).await.map(CallReply::Removed),
            Call::Park {
                name,
                content_type,
                content,
            } => {
                let parked = self.sessions.park(&self.caller, name, content_type, content);
                parked.map(CallReply::Parked).map_err(|over| match over {
                    Over::Owner(limit) | Over::Total(limit) => CallError::NoRoom(limit),
                })
            }
        }
    }

    /// A job may do what the script that starts it may, and nothing else (WP-D-09, WP-D-40).
    async fn allowed(&self, job: &NewJob) -> Result<(), CallError> {
        let policy = &self.caller.policy;
        match self.sessions.scan(policy, job.script.clone()).await {
            Ok(()) => Ok(()),
            Err(PolicyError::Blocked(blocked)) => Err(CallError::CommandBlocked {
                policy: policy.name.clone(),
                blocked,
            }),
            Err(PolicyError::Unscanned(_) | PolicyError::Lease(_)) => Err(CallError::Unscanned),
        }
    }

    fn find(&self, id: &str) -> Result<Arc<Session>, CallError> {
        let parsed = SessionId::parse(id).map_err(|_| CallError::InvalidId(id.to_owned()))?;
        let session = self.sessions.registry.live(&parsed);
        session
            .filter(|session| session.belongs_to(&self.caller))
            .ok_or_else(|| CallError::NotFound(id.to_owned()))
    }

    fn list(&self, ids: Option<Vec<String>>) -> Result<Vec<SessionInfo>, CallError> {
        let mut found: Vec<_> = match ids {
            Some(ids) => self.known(&ids)?,
            None => self.sessions.registry.all(),
        };
        found.retain(|session| session.belongs_to(&self.caller));
        found.sort_by_key(|session| session.order);
        found.dedup_by_key(|session| session.order);
        Ok(found.iter().map(|session| session.info()).collect())
    }

    /// Those of `ids` that are there; the command says which are not.
    fn known(&self, ids: &[String]) -> Result<Vec<Arc<Session>>, CallError> {
        let found = ids.iter().map(|id| self.find(id));
        let known = found.filter(|found| !matches!(found, Err(CallError::NotFound(_))));
        known.collect()
    }

    fn receive(&self, id: &str, keep_result: bool, keep_session: bool) -> Result<CallReply, CallError> {
        let session = self.find(id)?;
        if !session.phase().has_ended() {
            return Err(CallError::Busy(id.to_owned()));
        }
        let result = session.result(keep_result);
        if !keep_session {
            match session.origin.kind {
                Kind::BackgroundJob => self.sessions.registry.retire(&session),
                Kind::RemoteAutomation => {
                    self.sessions.dispose(&session);
                }
            }
        }
        Ok(CallReply::Results(session.info(), result))
    }

    async fn wait(&self, ids: &[String], any: bool, timeout_ms: u64) -> Result<CallReply, CallError> {
        let sessions = ids.iter().map(|id| self.find(id)).collect::<Result<Vec<_>, _>>()?;
        if !sessions.is_empty() {
            let ends = sessions.iter().map(|session| Box::pin(session.ended()));
            let enough = async {
                if any {
                    select_all(ends).await;
                } else {
                    join_all(ends).await;
                }
            };
            if timeout_ms == 0 {
                enough.await;
            } else {
                // Running out of time is an answer like any other: the list of those that ended, perhaps none.
                let _ = tokio::time::timeout(Duration::from_millis(timeout_ms), enough).await;
            }
        }
        let ended = sessions.iter().filter(|session| session.phase().has_ended());
        Ok(CallReply::Sessions(ended.map(|session| session.info()).collect()))
    }

    async fn remove(&self, id: &str) -> Result<bool, CallError> {
        let session = match self.find(id) {
            Ok(session) => session,
            Err(CallError::NotFound(_)) => return Ok(false),
            Err(error) => return Err(error),
        };
        if Arc::ptr_eq(&session, &self.session) {
            // A script that removes its own session is let run to its end.
            session.set_kept(false);
            return Ok(true);
        }
        let removed = self.sessions.dispose(&session);
        session.ended().await;
        Ok(removed)
    }
}
