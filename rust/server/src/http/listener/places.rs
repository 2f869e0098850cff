//! How many connections there may be, in total and from one address (WP-D-22).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::network::household;

/// The places of all connections.
#[derive(Debug, Clone)]
pub(super) struct Places {
    total: usize,
    per_address: usize,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Debug, Default)]
struct Taken {
    total: usize,
    addresses: HashMap<IpAddr, usize>,
}

/// One connection's place. Dropping it frees it.
#[derive(Debug)]
pub(super) struct Place {
    places: Places,
    counted: Option<IpAddr>,
}

impl Places {
    pub(super) fn new(total: usize, per_address: usize) -> Self {
        Self {
            total,
            per_address,
            taken: Arc::default(),
        }
    }

    /// A place for a connection from `address`, when there is one. One that is `shared`, because it is a proxy's, is not
    /// bounded for itself.
    pub(super) fn take(&self, address: IpAddr, shared: bool) -> Option<Place> {
        let counted = (!shared).then(|| household(address));
        let mut taken = self.taken.lock();
        if taken.total >= self.total {
            return None;
        }
        if let Some(address) = counted {
            let own = taken.addresses.entry(address).or_default();
            if *own >= self.per_address {
                return None;
            }
            *own += 1;
        }
        taken.total += 1;
        Some(Place {
            places: self.clone(),
            counted,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock();
        taken.total -= 1;
        if let Some(address) = self.counted
            && let Some(own) = taken.addresses.get_mut(&address)
        {
            *own -= 1;
            if *own == 0 {
                taken.addresses.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn places_are_bounded_and_come_back() {
        let places = Places::new(3, 2);
        let first = places.take(address("192.0.2.1"), false);
        let second = places.take(address("::ffff:192.0.2.1"), false);
        assert!(first.is_some() && second.is_some());
        assert!(places.take(address("192.0.2.1"), false).is_none());
        let other = places.take(address("192.0.2.2"), false);
        assert!(other.is_some());
        assert!(places.take(address("192.0.2.3"), false).is_none(), "three in total");
        drop((first, second, other));
        assert_eq!(places.taken.lock().total, 0);
        assert!(places.taken.lock().addresses.is_empty());
    }

    #[test]
    fn a_network_of_ipv6_is_one_party() {
        let places = Places::new(10, 1);
        let _held = places.take(address("2001:db8::1"), false);
        assert!(places.take(address("2001:db8::ffff:2"), false).is_none());
        assert!(places.take(address("2001:db8:0:1::1"), false).is_some());
    }

    #[test]
    fn a_proxy_carries_many() {
        let places = Places::new(3, 1);
        let held: Vec<_> = (0..3).map(|_| places.take(address("192.0.2.1"), true)).collect();
        assert!(held.iter().all(Option::is_some));
    }
}
