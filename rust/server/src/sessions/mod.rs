//! What outlives a request: sessions, jobs, their records and those who wait for them.
//!
//! [`Sessions`] is the one entry. A request enters a session, gets its turn, and runs; a script inside starts jobs and asks
//! about sessions through the observer of its run. A session owns a ring of records and a `watch` of its phase; waits
//! subscribe to both, nothing polls.

mod bucket;
mod budget;
mod calls;
mod entry;
mod execute;
mod handle;
mod jobs;
mod observer;
mod parked;
mod phase;
mod processes;
mod registry;
mod ring;
mod scan;
mod service;
mod session;
#[cfg(test)]
mod tests;
mod truncate;

pub use budget::{Budget, Charge, Over};
pub use entry::{EnterError, Entry};
pub use execute::ScriptRun;
pub use handle::Handle;
pub use parked::Parked;
pub use phase::{Phase, Verdict};
pub use processes::{Process, Processes};
pub use registry::Registry;
pub use ring::{Batch, Counters};
pub use scan::PolicyError;
pub use service::Sessions;
pub use session::{Delivered, Kind, Origin, Session};
