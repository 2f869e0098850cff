//! The server program over HTTP, with real tokens and real workers: wire-protocol.md and decisions.md for the script and the
//! wait route.
#![forbid(unsafe_code)]

mod harness;

mod accounts;
mod actions;
mod audit;
mod bodies;
mod clients;
mod connections;
mod cors;
mod files;
mod handles;
mod health;
mod hostile;
mod http2;
mod json;
mod lifecycle;
mod limits;
mod logs;
mod media;
mod metrics;
mod old_clients;
mod ownership;
mod policies;
mod providers;
mod proxies;
mod records;
mod refused;
mod scripts;
mod sessions;
mod start;
mod strangers;
mod throttle;
mod tls;
mod waits;
