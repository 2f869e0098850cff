//! The bound on how many waits are held (WP-D-22).

use std::sync::Arc;

use crate::identity::Owner;
use crate::sessions::{Budget, Charge, Over};

use super::refusal::Refusal;

/// Held waits, of each owner and in total.
#[derive(Debug, Clone)]
pub struct WaitCounts(Arc<Budget>);

/// One held wait. Dropping it, also because the client went away, frees its place.
#[derive(Debug)]
pub struct HeldWait {
    _place: Charge,
}

impl WaitCounts {
    /// Places for `total` waits, of which one owner has at most `per_owner`.
    pub fn new(total: usize, per_owner: usize) -> Self {
        Self(Budget::new(total, per_owner))
    }

    /// A place for one more wait of `owner`.
    pub fn hold(&self, owner: &Owner) -> Result<HeldWait, Refusal> {
        match self.0.charge(owner, 1) {
            Ok(place) => Ok(HeldWait { _place: place }),
            Err(Over::Owner(limit)) => Err(Refusal::TooManyWaits { limit }),
            Err(Over::Total(limit)) => Err(Refusal::WaitsFull { limit }),
        }
    }

    /// How many are held.
    pub fn held(&self) -> usize {
        self.0.used()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bounded_per_owner_and_in_total_and_come_back() {
        let counts = WaitCounts::new(2, 1);
        let owner = |name: &str| Owner(name.into());
        let first = counts.hold(&owner("user:one"));
        assert!(first.is_ok());
        assert_eq!(
            counts.hold(&owner("user:one")).unwrap_err(),
            Refusal::TooManyWaits { limit: 1 }
        );
        let _second = counts.hold(&owner("user:two")).unwrap();
        let refused = counts.hold(&owner("user:three")).unwrap_err();
        assert_eq!(refused, Refusal::WaitsFull { limit: 2 });
        drop(first);
        assert_eq!(counts.held(), 1);
        assert!(counts.hold(&owner("user:one")).is_ok());
    }
}
