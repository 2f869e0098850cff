//! PowerShell for remote callers over HTTP: routes, sessions, jobs, workers.
//!
//! A request goes through the modules in this order: [`http`] takes it apart, [`identity`] says who calls, [`sessions`]
//! holds what outlives it, [`workers`] runs the script in a process of the caller's own. [`config`] is read once at start.
#![forbid(unsafe_code)]

pub mod cli;
pub mod clock;
pub mod config;
#[doc(hidden)]
pub mod fuzzing;
pub mod http;
pub mod identity;
pub mod log;
pub mod media;
mod network;
mod redact;
mod reload;
pub mod server;
pub mod sessions;
pub mod storage;
mod text;
pub mod throttle;
pub mod workers;
