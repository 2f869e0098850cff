//! The books of the pool: which processes there are, whose they are, and what to do next. It only decides; the pool does.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::time::Instant;

use super::backoff::Backoff;
use super::drain::Drain;
use super::queue::{Answer, Queue};
use crate::identity::Owner;
use crate::workers::worker::Worker;
use crate::workers::{Census, LeaseError, LeaseKey};

/// How many processes there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sizes {
    /// In total.
    pub(super) max: usize,
    /// Of one owner.
    pub(super) max_per_owner: usize,
    /// Ready and unassigned.
    pub(super) spares: usize,
}

/// A process of the pool.
struct Member {
    worker: Arc<Worker>,
    /// Whom it serves, from its first use on and for good.
    key: Option<LeaseKey>,
    place: Place,
}

/// Where a process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Ready and unassigned, or waiting for its owner's next call since the given turn.
    Idle { since: u64 },
    /// In use.
    Leased,
    /// Told to end, and not gone yet.
    Ending,
}

/// What to do.
#[derive(Default)]
pub(super) struct Plan {
    /// Calls that get a process.
    pub(super) grants: Vec<(Answer, u64, Arc<Worker>)>,
    /// Calls that get none.
    pub(super) refusals: Vec<(Answer, LeaseError)>,
    /// Processes to be started.
    pub(super) starts: usize,
    /// Processes to be ended.
    pub(super) ends: Vec<Arc<Worker>>,
}

/// The books.
pub(super) struct State {
    sizes: Sizes,
    members: BTreeMap<u64, Member>,
    starting: usize,
    turn: u64,
    is_open: bool,
    drain: Drain,
    /// Who waits.
    pub(super) queue: Queue,
    /// Whether starts work.
    pub(super) backoff: Backoff,
}

impl State {
    /// Books without a process.
    pub(super) fn new(sizes: Sizes) -> Self {
        Self {
            sizes,
            members: BTreeMap::new(),
            starting: 0,
            turn: 0,
            is_open: true,
            drain: Drain::default(),
            queue: Queue::default(),
            backoff: Backoff::default(),
        }
    }

    /// Whether calls are served.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// What a call is told that does not get a process now.
    pub(super) fn busy(&self, now: Instant) -> LeaseError {
        let waiting = self.queue.waiting().map(|(_, count)| count).sum();
        LeaseError::Busy {
            retry_after: self.drain.retry_after(waiting, now),
        }
    }

    /// Whether no process is left or on its way.
    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty() && self.starting == 0
    }

    /// A start came to its end. A process that came of it is unassigned.
    pub(super) fn started(&mut self, worker: Option<Arc<Worker>>) -> Option<u64> {
        self.starting -= 1;
        let worker = worker?;
        let id = self.next_turn();
        let place = if self.is_open {
            Place::Idle { since: id }
        } else {
            worker.end();
            Place::Ending
        };
        self.members.insert(
            id,
            Member {
                worker,
                key: None,
                place,
            },
        );
        Some(id)
    }

    /// A process is gone.
    pub(super) fn gone(&mut self, id: u64) {
        self.members.remove(&id);
    }

    /// A process is not in use any more. One that is not `fit` for another use is ended.
    pub(super) fn returned(&mut self, id: u64, fit: bool) {
        let (since, is_open) = (self.next_turn(), self.is_open);
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        if member.place != Place::Leased {
            return;
        }
        if fit && is_open {
            member.place = Place::Idle { since };
            // It was held and not used, so it has seen nothing of its holder.
            member.key = member.key.take().filter(|_| member.worker.runs() > 0);
        } else {
            member.end();
        }
    }

    /// A process is too old. One that is in use is ended when it comes back.
    pub(super) fn expired(&mut self, id: u64) {
        let member = self.members.get_mut(&id);
        if let Some(member) = member.filter(|member| matches!(member.place, Place::Idle { .. })) {
            member.end();
        }
    }

    /// Ends everything and serves nobody any more.
    pub(super) fn close(&mut self) -> Plan {
        self.is_open = false;
        for member in self.members.values_mut() {
            member.end();
        }
        let waiters = self.queue.take_all().into_iter();
        Plan {
            refusals: waiters
                .map(|waiter| (waiter.answer, LeaseError::ShuttingDown))
                .collect(),
            ..Plan::default()
        }
    }

    /// What to do now. Its starts are taken as begun.
    pub(super) fn plan(&mut self, now: Instant) -> Plan {
        let mut plan = Plan::default();
        if !self.is_open {
            return plan;
        }
        self.queue.purge();
        for member in self.members.values_mut() {
            if member.is_idle() && member.worker.is_spent() {
                member.place = Place::Ending;
                plan.ends.push(member.worker.clone());
            }
        }
        let pause = self.backoff.pausing(now).map(str::to_owned);
        while self.grant(&mut plan, pause.is_none()) {
            self.drain.note(now);
        }
        if let Some(cause) = pause {
            if self.starting == 0 {
                self.refuse(&mut plan, &cause);
            }
            return plan;
        }
        self.end_other_policies(&mut plan);
        let demand = self.demand();
        let unassigned = self.count(|member| member.key.is_none() && member.is_idle());
        let wanted = (demand + self.sizes.spares).saturating_sub(unassigned + self.starting);
        plan.starts = wanted.min(self.room());
        self.starting += plan.starts;
        let coming = unassigned + self.starting + self.ending();
        self.end_idle(demand.saturating_sub(coming), |_| true, &mut plan);
        plan
    }

    /// Gives a process to the first in turn who can have one, and says whether there was one.
    ///
    /// Who is passed over waits for a process to be started. When there is no room for it, an idle one has to go, although
    /// somebody behind could use it: otherwise owners with processes and many calls would keep all others waiting for ever.
    fn grant(&mut self, plan: &mut Plan, may_start: bool) -> bool {
        let mut coming = self.starting + self.ending() + self.room();
        for turn in 0..self.queue.owners() {
            let max = self.sizes.max_per_owner;
            if let Some((waiter, id)) = self.queue.take(turn, |key| pick(&self.members, key, max)) {
                if let Some(member) = self.members.get_mut(&id) {
                    member.place = Place::Leased;
                    member.key = Some(waiter.key);
                    plan.grants.push((waiter.answer, id, member.worker.clone()));
                }
                return true;
            }
            let owner = self.queue.owner(turn);
            if !may_start || owner.is_none_or(|owner| room_of(&self.members, owner, max) == 0) {
                continue;
            }
            match coming.checked_sub(1) {
                Some(left) => coming = left,
                None => self.end_idle(1, |_| true, plan),
            }
        }
        false
    }

    /// An owner at the bound whose idle processes serve other policies than the ones asked for gives some of them up.
    fn end_other_policies(&mut self, plan: &mut Plan) {
        let waiting: Vec<_> = self
            .queue
            .waiting()
            .map(|(owner, count)| (owner.clone(), count))
            .collect();
        for (owner, count) in waiting {
            if room_of(&self.members, &owner, self.sizes.max_per_owner) == 0 {
                let ending = self.count(|member| member.serves(&owner) && member.place == Place::Ending);
                self.end_idle(count.saturating_sub(ending), |member| member.serves(&owner), plan);
            }
        }
    }

    /// Ends up to `count` idle processes, the longest idle first.
    fn end_idle(&mut self, count: usize, may: impl Fn(&Member) -> bool, plan: &mut Plan) {
        let mut idle: Vec<_> = self
            .members
            .values_mut()
            .filter(|member| member.is_idle() && may(member))
            .collect();
        idle.sort_by_key(|member| member.since());
        for member in idle.into_iter().take(count) {
            member.place = Place::Ending;
            plan.ends.push(member.worker.clone());
        }
    }

    /// Calls for which a process could be started: those their owner's bound allows.
    fn demand(&self) -> usize {
        let owners = self.queue.waiting();
        owners
            .map(|(owner, count)| count.min(room_of(&self.members, owner, self.sizes.max_per_owner)))
            .sum()
    }

    /// While nothing can be started, calls that need a start are told why. Those whose owner is at the bound wait for what
    /// the owner has.
    fn refuse(&mut self, plan: &mut Plan, cause: &str) {
        let max = self.sizes.max_per_owner;
        let mut turn = 0;
        while let Some(owner) = self.queue.owner(turn) {
            let needs_start = room_of(&self.members, owner, max) > 0;
            match self.queue.take(turn, |_| needs_start.then_some(())) {
                Some((waiter, ())) => plan.refusals.push((waiter.answer, LeaseError::Start(cause.to_owned()))),
                None => turn += 1,
            }
        }
    }

    /// How many processes there are, by what they are at, and whether calls can be served. Before the first start has ended it
    /// shows nothing; unless spares are wanted, none is begun before the first call.
    pub(super) fn census(&self) -> Census {
        let idle = |member: &Member| member.is_idle();
        let alive = self.count(|member| member.place != Place::Ending);
        let can_start = self.backoff.works().unwrap_or(self.sizes.spares == 0);
        Census {
            starting: self.starting,
            spare: self.count(|member| idle(member) && member.key.is_none()),
            idle: self.count(|member| idle(member) && member.key.is_some()),
            busy: self.count(|member| member.place == Place::Leased),
            ending: self.ending(),
            queued: self.queue.waiting().map(|(_, count)| count).sum(),
            is_ready: self.is_open && (alive > 0 || can_start),
        }
    }

    /// Processes that may be started without going over the bound.
    fn room(&self) -> usize {
        self.sizes.max.saturating_sub(self.members.len() + self.starting)
    }

    fn ending(&self) -> usize {
        self.count(|member| member.place == Place::Ending)
    }

    fn count(&self, which: impl Fn(&Member) -> bool) -> usize {
        self.members.values().filter(|member| which(member)).count()
    }

    fn next_turn(&mut self) -> u64 {
        self.turn += 1;
        self.turn
    }
}

impl Member {
    fn is_idle(&self) -> bool {
        matches!(self.place, Place::Idle { .. })
    }

    fn since(&self) -> u64 {
        match self.place {
            Place::Idle { since } => since,
            Place::Leased | Place::Ending => u64::MAX,
        }
    }

    fn serves(&self, owner: &Owner) -> bool {
        self.key.as_ref().is_some_and(|key| key.owner == *owner)
    }

    fn end(&mut self) {
        self.place = Place::Ending;
        self.worker.end();
    }
}

/// A process for `key`: its own that has rested longest and so has the runspace of its next run ready, else an unassigned one
/// when the owner may have another.
fn pick(members: &BTreeMap<u64, Member>, key: &LeaseKey, max_per_owner: usize) -> Option<u64> {
    let idle = || members.iter().filter(|(_, member)| member.is_idle());
    let own = idle().filter(|(_, member)| member.key.as_ref() == Some(key));
    let own = own.min_by_key(|(_, member)| member.since());
    let (id, _) = own.or_else(|| {
        let may = room_of(members, &key.owner, max_per_owner) > 0;
        idle().find(|(_, member)| may && member.key.is_none())
    })?;
    Some(*id)
}

/// How many more processes an owner may have.
fn room_of(members: &BTreeMap<u64, Member>, owner: &Owner, max_per_owner: usize) -> usize {
    let has = members.values().filter(|member| member.serves(owner)).count();
    max_per_owner.saturating_sub(has)
}
