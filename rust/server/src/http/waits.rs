//! The bound on how many waits one owner holds (WP-D-22).

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::identity::Owner;

/// Held waits of each owner.
#[derive(Debug, Clone, Default)]
pub struct WaitCounts(Arc<Mutex<HashMap<Owner, usize>>>);

/// One held wait. Dropping it, also because the client went away, frees its place.
#[derive(Debug)]
pub struct HeldWait {
    counts: WaitCounts,
    owner: Owner,
}

impl WaitCounts {
    /// A place for one more wait of `owner`, when fewer than `most` are held.
    pub fn hold(&self, owner: &Owner, most: usize) -> Option<HeldWait> {
        let mut counts = self.0.lock();
        let held = counts.get(owner).copied().unwrap_or(0);
        if held >= most {
            return None;
        }
        counts.insert(owner.clone(), held + 1);
        Some(HeldWait {
            counts: self.clone(),
            owner: owner.clone(),
        })
    }
}

impl Drop for HeldWait {
    fn drop(&mut self) {
        let mut counts = self.counts.0.lock();
        if let Some(held) = counts.get_mut(&self.owner) {
            *held -= 1;
            if *held == 0 {
                counts.remove(&self.owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bounded_per_owner_and_come_back() {
        let counts = WaitCounts::default();
        let (one, two) = (Owner("user:one".into()), Owner("user:two".into()));
        let first = counts.hold(&one, 1);
        assert!(first.is_some());
        assert!(counts.hold(&one, 1).is_none());
        assert!(counts.hold(&two, 1).is_some());
        drop(first);
        assert!(counts.hold(&one, 1).is_some());
        assert!(counts.0.lock().is_empty());
    }
}
