//! Who calls: what the identity module makes of a token, and what callers get for it over real connections.

mod config;
mod docs;
mod identity;
mod log;
mod server;
mod wire;
