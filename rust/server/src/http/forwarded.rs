//! What a proxy says of the client it forwards for (wire protocol 2.4 and 2.5). It is believed of proxies that the settings
//! name, and of nobody else: anybody can send such headers.

use std::net::IpAddr;

use http::{HeaderMap, HeaderValue};

use super::pipeline::Peer;
use crate::config::ServerConfig;

const FOR: &str = "x-forwarded-for";
const PROTO: &str = "x-forwarded-proto";

/// The client behind `peer`.
pub(super) fn client(peer: Peer, headers: &HeaderMap, config: &ServerConfig) -> Peer {
    let believed = config.spe.use_forwarded_headers.unwrap_or(true) && config.is_trusted_proxy(peer.ip);
    if !believed {
        return peer;
    }
    Peer {
        ip: address(headers, config).unwrap_or(peer.ip),
        secure: peer.secure || is_https(headers),
    }
}

/// The last address in the list that is no proxy of ours. What stands before it the client may have written itself.
fn address(headers: &HeaderMap, config: &ServerConfig) -> Option<IpAddr> {
    let lines = headers.get_all(FOR).iter().filter_map(|line| line.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    for hop in hops.into_iter().rev() {
        let address: IpAddr = hop.parse().ok()?;
        if !config.is_trusted_proxy(address) {
            return Some(address);
        }
    }
    None
}

fn is_https(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(PROTO).iter().map(HeaderValue::as_bytes);
    match (values.next(), values.next()) {
        (Some(value), None) => value.eq_ignore_ascii_case(b"https"),
        _ => false,
    }
}
