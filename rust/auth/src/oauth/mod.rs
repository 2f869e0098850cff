//! Access tokens of identity providers (4). Each step is a type, and there is no way around one: a token is [`Routed`] to the provider of
//! its issuer, its claims are [`Checked`], a key makes it [`Proven`], and the registry gives it a [`Subject`]. Fetching keys is the caller's.

mod checked;
mod memory;
mod proven;
mod provider;

pub use checked::{Checked, KeyWanted};
pub use memory::ProvenTokens;
pub use proven::{Identified, NotConsumed, Proven, Subject};
pub use provider::{OAuthProvider, Routed, Settings, route};
