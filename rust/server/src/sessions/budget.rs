//! What owners may hold in the server's memory: so much each, and so much together (WP-D-22).

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::identity::Owner;

/// A bound per owner within a bound in total. The unit is the holder's: bytes, or places.
#[derive(Debug)]
pub struct Budget {
    total: usize,
    per_owner: usize,
    used: Mutex<Used>,
}

#[derive(Debug, Default)]
struct Used {
    total: usize,
    owners: HashMap<Owner, usize>,
}

/// A share of a budget. Dropping it gives it back.
#[derive(Debug)]
pub struct Charge {
    budget: Arc<Budget>,
    owner: Owner,
    amount: usize,
}

/// The budget does not allow that much more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Over {
    /// The owner has used up its share.
    #[error("the limit of {0} for one owner is reached")]
    Owner(usize),
    /// All owners together have used up everything.
    #[error("the limit of {0} for all owners together is reached")]
    Total(usize),
}

impl Budget {
    /// A budget of which nothing is used.
    pub fn new(total: usize, per_owner: usize) -> Arc<Self> {
        Arc::new(Self {
            total,
            per_owner,
            used: Mutex::default(),
        })
    }

    /// What all owners together have taken.
    pub fn used(&self) -> usize {
        self.used.lock().total
    }

    /// Takes `amount` for `owner`, when that is still within both bounds.
    pub fn charge(self: &Arc<Self>, owner: &Owner, amount: usize) -> Result<Charge, Over> {
        let mut used = self.used.lock();
        let own = used.owners.get(owner).copied().unwrap_or(0);
        if own.saturating_add(amount) > self.per_owner {
            return Err(Over::Owner(self.per_owner));
        }
        if used.total.saturating_add(amount) > self.total {
            return Err(Over::Total(self.total));
        }
        used.total += amount;
        used.owners.insert(owner.clone(), own + amount);
        Ok(Charge {
            budget: self.clone(),
            owner: owner.clone(),
            amount,
        })
    }
}

impl Charge {
    /// Takes `amount` more, when that is still within both bounds.
    pub fn grow(&mut self, amount: usize) -> Result<(), Over> {
        let mut more = self.budget.charge(&self.owner, amount)?;
        self.amount += std::mem::take(&mut more.amount);
        Ok(())
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        let mut used = self.budget.used.lock();
        used.total -= self.amount;
        if let Some(own) = used.owners.get_mut(&self.owner) {
            *own -= self.amount;
            if *own == 0 {
                used.owners.remove(&self.owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(name: &str) -> Owner {
        Owner(name.into())
    }

    /// WP-D-22: one owner cannot use up what is there for all.
    #[test]
    fn an_owner_has_a_share_and_all_have_the_whole() {
        let budget = Budget::new(10, 6);
        let first = budget.charge(&owner("a"), 6).unwrap();
        assert_eq!(budget.charge(&owner("a"), 1).err(), Some(Over::Owner(6)));
        let _second = budget.charge(&owner("b"), 4).unwrap();
        assert_eq!(budget.charge(&owner("c"), 1).err(), Some(Over::Total(10)));
        drop(first);
        assert!(budget.charge(&owner("c"), 6).is_ok());
    }

    #[test]
    fn what_is_given_back_leaves_nothing_behind() {
        let budget = Budget::new(10, 10);
        drop(budget.charge(&owner("a"), 3).unwrap());
        assert!(budget.used.lock().owners.is_empty());
        assert_eq!(budget.used.lock().total, 0);
    }
}
