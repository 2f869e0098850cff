//! Processes that run scripts: started confined, spoken to over a channel, leased to one owner and policy each.
//!
//! [`Workers`] hands out processes; each is used by one run at a time. The format of the channel is in
//! docs/developers/worker-channel.md. Call [`harden_server`] first thing in the program, and [`launch`] for its hidden
//! sub-command `launch-worker`.

mod channel;
#[cfg(test)]
mod fake;
mod harden;
mod host;
mod launch;
mod model;
mod pool;
mod process;
mod service;
mod worker;

pub(crate) use channel::FrameReader;
pub use channel::Versions;
pub use harden::harden_server;
pub use host::HostError;
pub use launch::{LAUNCH_FAILED, LaunchArgs, launch};
pub use model::*;
pub use service::{StartError, Workers, WorkersSetup};
