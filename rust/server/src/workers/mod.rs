//! Processes that run scripts: started confined, spoken to over a channel, leased to one owner and policy each.
//!
//! [`Workers`] hands out [`Lease`]s; a lease is one process, used by one run at a time. The format of the channel is in
//! docs/developers/worker-channel.md.

mod model;

pub use model::*;
