//! Every session by its id: one namespace of literal ids for all callers (decisions: session namespace).

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use spe_protocol::SessionId;
use tokio::sync::watch;

use super::handle::Handle;
use super::ring::{RecordRing, RingMemory};
use super::session::{Origin, Session};
use crate::config::{Limits, RingLimits};
use crate::identity::{Caller, Owner};

/// Sessions by id, with the bound on how many an owner may have.
pub struct Registry {
    instance: Arc<str>,
    per_owner: usize,
    ring: RingLimits,
    rings: Arc<RingMemory>,
    order: AtomicU64,
    tables: Mutex<Tables>,
    created: watch::Sender<()>,
}

#[derive(Default)]
struct Tables {
    /// Sessions that scripts and requests can use. Several of one id are throw-away calls of one owner that run at the
    /// same time; the first is the one the id stands for.
    live: HashMap<SessionId, Vec<Arc<Session>>>,
    /// Ended jobs that are used up: waits still learn how they ended.
    tails: HashMap<SessionId, Arc<Session>>,
    counts: HashMap<Owner, usize>,
}

/// The owner has as many sessions and jobs as allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

impl Registry {
    /// An empty namespace. `instance` names this server process in handles, `limits` bound an owner's sessions and their
    /// records.
    pub fn new(instance: Arc<str>, limits: &Limits) -> Self {
        Self {
            instance,
            per_owner: limits.sessions_per_owner,
            ring: limits.ring,
            rings: RingMemory::new(limits.rings_bytes),
            order: AtomicU64::new(0),
            tables: Mutex::default(),
            created: watch::Sender::new(()),
        }
    }

    /// The session an id stands for, whoever's it is.
    pub fn live(&self, id: &SessionId) -> Option<Arc<Session>> {
        self.tables.lock().live.get(id).and_then(|all| all.first()).cloned()
    }

    /// What a wait for an id finds: a live session, else the tail of one that ended.
    pub fn target(&self, id: &SessionId) -> Option<Arc<Session>> {
        let tables = self.tables.lock();
        let live = tables.live.get(id).and_then(|all| all.first());
        live.or_else(|| tables.tails.get(id)).cloned()
    }

    /// The caller's own session with a handle.
    pub fn by_handle(&self, handle: &Handle, caller: &Caller) -> Option<Arc<Session>> {
        let tables = self.tables.lock();
        let all = tables.live.values().flatten().chain(tables.tails.values());
        all.into_iter()
            .find(|session| session.handle == *handle && session.belongs_to(caller))
            .cloned()
    }

    /// How many sessions and jobs are alive.
    pub fn count(&self) -> usize {
        self.tables.lock().counts.values().sum()
    }

    /// Changes whenever a session is made.
    pub fn watch_created(&self) -> watch::Receiver<()> {
        self.created.subscribe()
    }

    /// Every live session, in order of creation.
    pub(super) fn all(&self) -> Vec<Arc<Session>> {
        let mut all: Vec<_> = self.tables.lock().live.values().flatten().cloned().collect();
        all.sort_by_key(|session| session.order);
        all
    }

    /// Every live session of an id.
    pub(super) fn all_of(&self, id: &SessionId) -> Vec<Arc<Session>> {
        self.tables.lock().live.get(id).cloned().unwrap_or_default()
    }

    /// Makes a session, when `may` agrees with what the id stands for now; both under one lock, so that two callers never
    /// claim one id (WP-D-06).
    pub(super) fn create_if<E: From<Full>>(
        &self,
        origin: Origin,
        kept: bool,
        may: impl FnOnce(Option<&Arc<Session>>) -> Result<(), E>,
    ) -> Result<Arc<Session>, E> {
        let mut tables = self.tables.lock();
        may(tables.live.get(&origin.id).and_then(|all| all.first()))?;
        let count = tables.counts.entry(origin.owner.clone()).or_default();
        if *count >= self.per_owner {
            return Err(Full.into());
        }
        *count += 1;
        let order = self.order.fetch_add(1, Ordering::Relaxed);
        let session = Session::new(
            origin,
            Handle::new(self.instance.clone()),
            order,
            kept,
            RecordRing::new(self.ring, self.rings.clone()),
        );
        tables.tails.remove(session.id());
        let all = tables.live.entry(session.id().clone()).or_default();
        all.push(session.clone());
        drop(tables);
        self.created.send_replace(());
        Ok(session)
    }

    /// Takes a session out of the namespace. Says whether it was there.
    pub(super) fn remove(&self, session: &Arc<Session>) -> bool {
        self.tables.lock().remove(session)
    }

    /// Takes a session out of the namespace and keeps how it ended for waits, without its result. An owner has at most as many tails as
    /// sessions; the oldest goes first.
    pub(super) fn retire(&self, session: &Arc<Session>) {
        let mut tables = self.tables.lock();
        if !tables.remove(session) {
            return;
        }
        session.drop_result();
        let owner = &session.origin.owner;
        let own = tables.tails.values().filter(|tail| tail.origin.owner == *owner);
        if own.clone().count() >= self.per_owner
            && let Some(oldest) = own.min_by_key(|tail| tail.order).map(|tail| tail.id().clone())
        {
            tables.tails.remove(&oldest);
        }
        tables.tails.insert(session.id().clone(), session.clone());
    }

    /// Evicts records while all rings together take more than they may: always of the owner whose rings take most, so that
    /// nobody loses records to one who writes without end. Most calls find nothing to do.
    pub(super) fn evict_records(&self) {
        while self.rings.excess() > 0 {
            let Some(session) = self.heaviest() else { return };
            if session.evict_records(self.rings.excess().max(self.rings.portion())) == 0 {
                // Somebody else was quicker, or what is held is held by sessions that are gone and end soon.
                return;
            }
        }
    }

    /// The session with the largest ring of the owner whose rings are the largest.
    fn heaviest(&self) -> Option<Arc<Session>> {
        let tables = self.tables.lock();
        let all: Vec<_> = tables
            .live
            .values()
            .flatten()
            .chain(tables.tails.values())
            .cloned()
            .collect();
        drop(tables);
        let mut owners: HashMap<&Owner, usize> = HashMap::new();
        for session in &all {
            *owners.entry(&session.origin.owner).or_default() += session.ring_taken();
        }
        let (owner, _) = owners.into_iter().max_by_key(|(_, taken)| *taken)?;
        let own = all.iter().filter(|session| session.origin.owner == *owner);
        own.max_by_key(|session| session.ring_taken()).cloned()
    }

    /// Forgets a tail.
    pub(super) fn forget_tail(&self, session: &Arc<Session>) {
        let mut tables = self.tables.lock();
        if tables
            .tails
            .get(session.id())
            .is_some_and(|tail| Arc::ptr_eq(tail, session))
        {
            tables.tails.remove(session.id());
        }
    }
}

impl Tables {
    fn remove(&mut self, session: &Arc<Session>) -> bool {
        let Some(all) = self.live.get_mut(session.id()) else {
            return false;
        };
        let Some(at) = all.iter().position(|other| Arc::ptr_eq(other, session)) else {
            return false;
        };
        all.remove(at);
        if all.is_empty() {
            self.live.remove(session.id());
        }
        let owner = &session.origin.owner;
        if let Some(count) = self.counts.get_mut(owner) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(owner);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use spe_protocol::RecordKind;
    use spe_protocol::record::Message;

    use super::*;
    use crate::identity::Policy;
    use crate::sessions::phase::Verdict;
    use crate::sessions::session::Kind;
    use crate::workers::WorkerRecord;

    impl From<Full> for () {
        fn from(Full: Full) {}
    }

    fn job(registry: &Registry, owner: &str, id: &str) -> Arc<Session> {
        let origin = Origin {
            id: SessionId::parse(id).unwrap(),
            kind: Kind::BackgroundJob,
            user: r"sitecore\admin".into(),
            owner: Owner(owner.into()),
            policy: Policy::unrestricted(),
            name: None,
            auto_dispose: true,
        };
        registry.create_if::<()>(origin, true, |_| Ok(())).unwrap()
    }

    fn say(session: &Session, text: &str) {
        let kind = RecordKind::Verbose(Message { message: text.into() });
        assert!(session.push(WorkerRecord {
            kind,
            time_utc: "t".into(),
        }));
    }

    /// WP-D-22: an owner who writes without end pays with records of his own, and the memory of all rings stays bounded.
    #[test]
    fn the_owner_with_the_largest_rings_loses_records_first() {
        let limits = Limits {
            rings_bytes: 100_000,
            ..Limits::default()
        };
        let registry = Registry::new("instance".into(), &limits);
        let quiet = job(&registry, "user:quiet", "quiet");
        say(&quiet, "mine");
        let loud: Vec<_> = (0..4)
            .map(|n| job(&registry, "user:loud", &format!("loud{n}")))
            .collect();
        for session in loud.iter().cycle().take(300) {
            say(session, &"x".repeat(2_000));
            registry.evict_records();
            assert_eq!(registry.rings.excess(), 0);
        }
        assert_eq!(quiet.read(0).counters.dropped_size, 0);
        assert!(loud.iter().all(|session| session.read(0).counters.dropped_size > 0));
    }

    /// WP-D-22: an owner's ended jobs would else hold as many results as there may be jobs, each of the largest size.
    #[test]
    fn a_retired_job_can_be_waited_for_and_holds_no_result() {
        let registry = Registry::new("instance".into(), &Limits::default());
        let session = job(&registry, "user:admin", "job");
        session.job_ends(Verdict::Completed, None, Bytes::from_static(b"large"), None);
        assert!(session.info().has_result);
        registry.retire(&session);
        assert!(registry.target(session.id()).is_some());
        assert!(!session.info().has_result);
    }
}
