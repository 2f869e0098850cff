//! The namespace of sessions against a model of it: who owns which id, who is kept, who is busy, who is gone (wire protocol
//! 5.1 to 5.4; WP-D-01, 02, 03, 06, 08, 13, 14).

use std::time::Duration;

use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use spe_protocol::SessionId;
use tokio::runtime::Runtime;

use super::super::jobs::NewJob;
use super::super::observer::Observer;
use super::super::{EnterError, Entry, Kind};
use super::*;
use crate::workers::CallError;

const OWNERS: [&str; 2] = ["a", "b"];
const IDS: [&str; 3] = ["x", "y", "z"];
const MOST: usize = 3;
const IDLE: Duration = Duration::from_mins(10);
/// Longer than any number of [`Act::Idle`] takes.
const GRACE: Duration = Duration::from_hours(1_000);

/// What somebody does.
#[derive(Debug, Clone)]
enum Act {
    /// A request enters a session and stays in it.
    Enter { owner: usize, id: usize, keep: bool },
    /// One that is in a session runs to its end, or loses its process.
    Run { turn: usize, is_lost: bool },
    /// One that is in a session leaves without a run, as when no process could be had.
    Leave { turn: usize },
    /// `action=cleanup`.
    Cleanup { owner: usize, id: usize },
    /// A script starts a job, which ends at once.
    Job { owner: usize, id: usize },
    /// So much time passes that idle sessions go, and ended jobs stay.
    Idle,
    /// So much time passes that ended jobs go, too.
    Grace,
}

/// What became of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Done,
    NotOwned,
    Busy,
    Limit,
    Count(usize),
}

#[derive(Debug, Clone, Copy)]
struct Known {
    /// Its place among all that were ever made.
    number: usize,
    owner: usize,
    id: usize,
    is_job: bool,
    is_kept: bool,
    is_held: bool,
}

/// A request that is in a session.
#[derive(Debug, Clone)]
struct Turn {
    session: usize,
    is_fresh: bool,
}

#[derive(Debug, Clone, Default)]
struct Model {
    /// Live sessions, in order of creation.
    live: Vec<Known>,
    made: usize,
    turns: Vec<Turn>,
    outcome: Option<Outcome>,
}

impl Model {
    fn stands_for(&self, id: usize) -> Option<&Known> {
        self.live.iter().find(|known| known.id == id)
    }

    fn make(&mut self, known: Known) -> Result<usize, Outcome> {
        if self.live.iter().filter(|other| other.owner == known.owner).count() >= MOST {
            return Err(Outcome::Limit);
        }
        self.made += 1;
        let number = self.made;
        self.live.push(Known { number, ..known });
        Ok(number)
    }

    fn enter(&mut self, owner: usize, id: usize, keep: bool) -> Outcome {
        let found = self.stands_for(id).copied();
        match found {
            Some(known) if known.owner != owner => return Outcome::NotOwned,
            Some(known) if known.is_job => return Outcome::Busy,
            Some(known) if keep || known.is_kept => {
                if known.is_held {
                    return Outcome::Busy;
                }
                self.turns.push(Turn {
                    session: known.number,
                    is_fresh: false,
                });
                for live in self.live.iter_mut().filter(|live| live.number == known.number) {
                    (live.is_held, live.is_kept) = (true, keep);
                }
                return Outcome::Done;
            }
            _ => {}
        }
        let made = self.make(Known {
            number: 0,
            owner,
            id,
            is_job: false,
            is_kept: keep,
            is_held: true,
        });
        match made {
            Ok(session) => {
                self.turns.push(Turn {
                    session,
                    is_fresh: true,
                });
                Outcome::Done
            }
            Err(outcome) => outcome,
        }
    }

    /// A turn ends; the session stays when `keep` says so of it.
    fn end(&mut self, turn: usize, keep: impl Fn(&Known, &Turn) -> bool) -> Outcome {
        let turn = self.turns.remove(turn);
        self.live.retain_mut(|known| {
            if known.number != turn.session {
                return true;
            }
            known.is_held = false;
            let stays = keep(known, &turn);
            known.is_kept = true;
            stays
        });
        Outcome::Done
    }

    fn cleanup(&mut self, owner: usize, id: usize) -> Outcome {
        let before = self.live.len();
        self.live
            .retain(|known| known.owner != owner || known.id != id || known.is_job);
        Outcome::Count(before - self.live.len())
    }

    fn job(&mut self, owner: usize, id: usize) -> Outcome {
        match self.stands_for(id) {
            Some(known) if known.owner == owner && known.is_job => {
                let number = known.number;
                self.live.retain(|known| known.number != number);
            }
            Some(_) => return Outcome::Busy,
            None => {}
        }
        let made = self.make(Known {
            number: 0,
            owner,
            id,
            is_job: true,
            is_kept: true,
            is_held: false,
        });
        made.map_or_else(|outcome| outcome, |_| Outcome::Done)
    }
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Act;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::default()).boxed()
    }

    fn transitions(state: &Self) -> BoxedStrategy<Act> {
        let (owner, id) = (0..OWNERS.len(), 0..IDS.len());
        let elsewhere = prop_oneof![
            6 => (owner.clone(), id.clone(), any::<bool>()).prop_map(|(owner, id, keep)| Act::Enter { owner, id, keep }),
            2 => (owner.clone(), id.clone()).prop_map(|(owner, id)| Act::Cleanup { owner, id }),
            2 => (owner, id).prop_map(|(owner, id)| Act::Job { owner, id }),
            1 => Just(Act::Idle),
            1 => Just(Act::Grace),
        ];
        if state.turns.is_empty() {
            return elsewhere.boxed();
        }
        let turn = 0..state.turns.len();
        prop_oneof![
            2 => elsewhere,
            2 => (turn.clone(), prop::bool::weighted(0.2)).prop_map(|(turn, is_lost)| Act::Run { turn, is_lost }),
            1 => turn.prop_map(|turn| Act::Leave { turn }),
        ]
        .boxed()
    }

    fn preconditions(state: &Self, act: &Act) -> bool {
        match act {
            Act::Run { turn, .. } | Act::Leave { turn } => *turn < state.turns.len(),
            _ => true,
        }
    }

    fn apply(mut state: Self, act: &Act) -> Self {
        let outcome = match *act {
            Act::Enter { owner, id, keep } => state.enter(owner, id, keep),
            Act::Run { turn, is_lost } => state.end(turn, |known, _| known.is_kept && !is_lost),
            Act::Leave { turn } => state.end(turn, |_, turn| !turn.is_fresh),
            Act::Cleanup { owner, id } => state.cleanup(owner, id),
            Act::Job { owner, id } => state.job(owner, id),
            Act::Idle => {
                // WP-D-14: a busy one is never expired.
                state.live.retain(|known| known.is_held || known.is_job);
                Outcome::Done
            }
            Act::Grace => {
                state.live.retain(|known| known.is_held);
                Outcome::Done
            }
        };
        state.outcome = Some(outcome);
        state
    }
}

/// The real thing.
struct House {
    runtime: Runtime,
    sessions: Arc<Sessions>,
    turns: Vec<(usize, Entry)>,
}

impl House {
    fn enter(&mut self, owner: usize, id: usize, keep: bool) -> Outcome {
        let id = SessionId::parse(IDS[id]).unwrap();
        let caller = caller(OWNERS[owner]);
        match self.runtime.block_on(self.sessions.enter(&caller, Some(id), keep)) {
            Ok(entry) => {
                self.turns.push((owner, entry));
                Outcome::Done
            }
            Err(EnterError::NotOwned { .. }) => Outcome::NotOwned,
            Err(EnterError::Busy) => Outcome::Busy,
            Err(EnterError::Limit(limit)) => {
                assert_eq!(limit, MOST);
                Outcome::Limit
            }
            Err(EnterError::ShuttingDown) => panic!("nobody shuts it down"),
        }
    }

    fn run(&mut self, turn: usize, is_lost: bool) -> Outcome {
        let (owner, entry) = self.turns.remove(turn);
        let text = if is_lost { "lost" } else { "1" };
        let caller = caller(OWNERS[owner]);
        let run = self.sessions.run(entry, &caller, script(text));
        self.runtime.block_on(run).unwrap();
        Outcome::Done
    }

    fn job(&mut self, owner: usize, id: usize) -> Outcome {
        let (sessions, owner) = (self.sessions.clone(), caller(OWNERS[owner]));
        let new = NewJob {
            id: Some(IDS[id].to_owned()),
            name: None,
            auto_dispose: false,
            script: "1".into(),
            arguments: None,
        };
        self.runtime.block_on(async {
            // Some session it is started from; only its owner counts.
            let starter = sessions.enter(&caller("starter"), None, false).await.unwrap();
            match Observer::new(&sessions, &starter.session, &owner, "rid").start_job(new) {
                Ok(job) => {
                    job.ended().await;
                    Outcome::Done
                }
                Err(CallError::Busy(_)) => Outcome::Busy,
                Err(CallError::Limit(_)) => Outcome::Limit,
                Err(error) => panic!("{error}"),
            }
        })
    }

    fn pass(&mut self, time: Duration) -> Outcome {
        let time = time + Duration::from_millis(1);
        self.runtime.block_on(async { tokio::time::sleep(time).await });
        Outcome::Done
    }
}

impl Drop for House {
    fn drop(&mut self) {
        // A turn that ends starts the clock of its session.
        let _inside = self.runtime.enter();
        self.turns.clear();
    }
}

impl StateMachineTest for House {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(_: &Model) -> Self {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build().unwrap();
        let sessions = sessions(Limits {
            sessions_per_owner: MOST,
            session_queue: 0,
            session_idle: IDLE,
            job_grace: GRACE,
            ..Limits::default()
        });
        Self {
            runtime,
            sessions,
            turns: Vec::new(),
        }
    }

    fn apply(mut house: Self, model: &Model, act: Act) -> Self {
        let outcome = match act {
            Act::Enter { owner, id, keep } => house.enter(owner, id, keep),
            Act::Run { turn, is_lost } => house.run(turn, is_lost),
            Act::Leave { turn } => {
                let _inside = house.runtime.enter();
                drop(house.turns.remove(turn));
                Outcome::Done
            }
            Act::Cleanup { owner, id } => {
                let id = SessionId::parse(IDS[id]).unwrap();
                Outcome::Count(house.sessions.cleanup(&caller(OWNERS[owner]), &id))
            }
            Act::Job { owner, id } => house.job(owner, id),
            Act::Idle => house.pass(IDLE),
            Act::Grace => house.pass(GRACE),
        };
        assert_eq!(Some(outcome), model.outcome);
        house
    }

    fn check_invariants(house: &Self, model: &Model) {
        let live: Vec<_> = house.sessions.registry.all();
        let seen: Vec<_> = live
            .iter()
            .map(|session| {
                let origin = &session.origin;
                (
                    origin.owner.0.to_string(),
                    origin.id.to_string(),
                    origin.kind == Kind::BackgroundJob,
                )
            })
            .collect();
        let expected: Vec<_> = model
            .live
            .iter()
            .map(|known| {
                (
                    format!("user:{}", OWNERS[known.owner]),
                    IDS[known.id].to_owned(),
                    known.is_job,
                )
            })
            .collect();
        assert_eq!(seen, expected);
        for (number, id) in IDS.iter().enumerate() {
            let id = SessionId::parse(id).unwrap();
            let owner = house
                .sessions
                .registry
                .live(&id)
                .map(|session| session.origin.owner.0.to_string());
            let known = model
                .stands_for(number)
                .map(|known| format!("user:{}", OWNERS[known.owner]));
            assert_eq!(owner, known, "the oldest of an id is the one it stands for");
        }
    }
}

prop_state_machine! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Every act has the outcome the model says, and the same sessions are there after it.
    #[test]
    fn sessions_are_what_the_model_says(sequential 1..60 => House);
}
