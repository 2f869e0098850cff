//! The HTTP engine of the SPE module: connections, credentials, retry, waits.
#![forbid(unsafe_code)]

mod events;
mod model;

pub use events::{Event, Events};
pub use model::*;
