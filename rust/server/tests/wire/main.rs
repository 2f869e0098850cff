//! The server program over HTTP, with real tokens and real workers: wire-protocol.md and decisions.md for the script and the
//! wait route.
#![forbid(unsafe_code)]

mod harness;

mod actions;
mod bodies;
mod connections;
mod cors;
mod hostile;
mod lifecycle;
mod limits;
mod ownership;
mod records;
mod refused;
mod scripts;
mod sessions;
mod start;
mod strangers;
mod waits;
