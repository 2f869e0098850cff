//! Who calls: what the identity module makes of a token, and what callers get for it over real connections.

mod clock;
mod config;
mod docs;
mod identity;
mod log;
mod matrix;
mod passwords;
mod server;
mod wire;
