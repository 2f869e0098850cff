//! The matrix of authentication 10: every case by its id, through the HTTP server, with status, headers, body and the line of the log.

mod algorithm;
mod fixture;
mod injection;
mod keys;
mod parties;
mod policy;
mod registry;
mod replay;
mod signature;
mod start;
mod structure;
mod throttle;
mod time;
mod transport;

/// H0.
pub(crate) fn h0_token() -> String {
    fixture::hs(&fixture::h0())
}
