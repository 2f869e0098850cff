//! How an address to listen on is written: `127.0.0.1:8180`, or `https://0.0.0.0:8443` for TLS.

use std::fmt;
use std::str::FromStr;

use super::Listen;

const TLS: &str = "https://";
const PLAIN: &str = "http://";

/// The text is no address to listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an address with a port, such as 127.0.0.1:8180 or, for TLS, https://0.0.0.0:8443")]
pub struct ListenError;

impl FromStr for Listen {
    type Err = ListenError;

    fn from_str(text: &str) -> Result<Self, ListenError> {
        let (address, tls) = match text.strip_prefix(TLS) {
            Some(address) => (address, true),
            None => (text.strip_prefix(PLAIN).unwrap_or(text), false),
        };
        let address = address.parse().map_err(|_| ListenError)?;
        Ok(Self { address, tls })
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { TLS } else { "" };
        write!(f, "{scheme}{}", self.address)
    }
}

impl Listen {
    /// The address as callers write it.
    pub fn url(self) -> String {
        let scheme = if self.tls { TLS } else { PLAIN };
        format!("{scheme}{}", self.address)
    }
}
