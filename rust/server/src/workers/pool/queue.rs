//! Who waits for a process. Owners take turns, so one who asks for many does not keep the others waiting; the calls of one
//! owner are served in the order they came.

use std::collections::VecDeque;

use tokio::sync::oneshot;

use super::lease::Lease;
use crate::identity::Owner;
use crate::workers::{LeaseError, LeaseKey, Patience};

/// What a waiting call gets.
pub(super) type Answer = oneshot::Sender<Result<Lease, LeaseError>>;

/// A call that waits.
#[derive(Debug)]
pub(super) struct Waiter {
    /// For whom.
    pub(super) key: LeaseKey,
    /// Whether it counts among those that are bounded.
    pub(super) patience: Patience,
    /// Where it waits.
    pub(super) answer: Answer,
}

/// How many calls may wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct QueueBounds {
    /// Of all owners.
    pub(super) total: usize,
    /// Of one owner.
    pub(super) per_owner: usize,
}

/// The calls of one owner.
#[derive(Debug)]
struct Line {
    owner: Owner,
    waiting: VecDeque<Waiter>,
}

/// Calls by owner; the owner who was served longest ago comes first.
#[derive(Debug, Default)]
pub(super) struct Queue {
    lines: VecDeque<Line>,
}

impl Line {
    fn bounded(&self) -> usize {
        let waiting = self.waiting.iter();
        waiting.filter(|waiter| waiter.patience == Patience::Bounded).count()
    }
}

impl Queue {
    /// Puts a call behind its owner's others.
    pub(super) fn push(&mut self, waiter: Waiter) {
        let owner = &waiter.key.owner;
        if let Some(line) = self.lines.iter_mut().find(|line| line.owner == *owner) {
            line.waiting.push_back(waiter);
            return;
        }
        self.lines.push_back(Line {
            owner: owner.clone(),
            waiting: VecDeque::from([waiter]),
        });
    }

    /// Whether more calls wait than may, of `owner` or of all.
    pub(super) fn is_over(&self, owner: &Owner, bounds: QueueBounds) -> bool {
        let own = self.lines.iter().find(|line| line.owner == *owner);
        own.is_some_and(|line| line.bounded() > bounds.per_owner)
            || self.lines.iter().map(Line::bounded).sum::<usize>() > bounds.total
    }

    /// Forgets calls that nobody waits for any more.
    pub(super) fn purge(&mut self) {
        for line in &mut self.lines {
            line.waiting.retain(|waiter| !waiter.answer.is_closed());
        }
        self.lines.retain(|line| !line.waiting.is_empty());
    }

    /// Owners who wait.
    pub(super) fn owners(&self) -> usize {
        self.lines.len()
    }

    /// The owner whose turn comes after `turn` others.
    pub(super) fn owner(&self, turn: usize) -> Option<&Owner> {
        self.lines.get(turn).map(|line| &line.owner)
    }

    /// Takes that owner's first call that `can_have` something, and moves the owner to the end.
    pub(super) fn take<T>(
        &mut self,
        turn: usize,
        mut can_have: impl FnMut(&LeaseKey) -> Option<T>,
    ) -> Option<(Waiter, T)> {
        let line = self.lines.get_mut(turn)?;
        let mut waiting = line.waiting.iter().enumerate();
        let (place, thing) = waiting.find_map(|(place, waiter)| Some((place, can_have(&waiter.key)?)))?;
        let waiter = line.waiting.remove(place)?;
        let line = self.lines.remove(turn)?;
        if !line.waiting.is_empty() {
            self.lines.push_back(line);
        }
        Some((waiter, thing))
    }

    /// How many calls wait, by owner.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (&Owner, usize)> {
        self.lines.iter().map(|line| (&line.owner, line.waiting.len()))
    }

    /// Everybody, and leaves nobody.
    pub(super) fn take_all(&mut self) -> Vec<Waiter> {
        self.lines.drain(..).flat_map(|line| line.waiting).collect()
    }
}
