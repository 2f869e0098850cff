//! The HTTP engine of the SPE module: connections, credentials, retry, waits.
#![forbid(unsafe_code)]

mod client;
mod events;
mod jwt;
mod model;

pub use client::Client;
pub use events::{Event, Events};
pub use jwt::new_jwt;
pub use model::*;
/// What events and results are made of.
pub use spe_protocol::{Record, RecordKind, wait::JobError};
