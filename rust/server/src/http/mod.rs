//! Listener, routes, refusals and replies.
//!
//! A request passes the stages of the pipeline, each of which takes it on or refuses it; then the handler of its route
//! answers. docs/refusals.md lists every refusal.

mod actions;
mod audit;
mod body;
mod challenge;
mod cors;
mod files;
mod forwarded;
mod framing;
mod handle;
mod health;
mod hold;
mod listener;
mod media;
mod metrics;
mod pipeline;
mod query;
mod refusal;
mod repeats;
mod reply;
mod request;
mod route;
mod script;
mod stages;
mod state;
mod transfer;
mod wait;
mod waits;

pub(crate) use query::pairs as query_pairs;
pub(crate) use route::is_route;

pub use actions::{PLATFORM_VERSION, PRODUCT_VERSION};
pub use challenge::Challenge;
pub use files::{Files, Places, PlacesError};
pub use listener::{Connections, Site, Tls, TlsError};
pub use metrics::Metrics;
pub use refusal::{Facts, Refusal};
pub use repeats::Repeats;
pub use state::State;
pub use waits::{HeldWait, WaitCounts};
