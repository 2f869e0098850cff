//! Worker processes as the operating system sees them: how they are started, and how they end.

mod child;
mod family;
mod folders;
mod log;
mod pulse;
mod spawner;
mod starter;
pub(super) mod strays;
mod tree;
mod usage;
mod watchdog;

pub(super) use child::ChildProcess;
pub(super) use starter::{Starter, readable};
pub(super) use watchdog::{Activity, Sight};
