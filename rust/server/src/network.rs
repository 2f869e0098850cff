//! Who counts as one party by address.

use std::net::{IpAddr, Ipv6Addr};

/// What one party has: of IPv6 a network of 64 bits, in which it can use any address.
pub(crate) fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}
