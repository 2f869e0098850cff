//! The channel against a peer that a test speaks for (docs/developers/worker-channel.md).

mod calls;
mod handshake;
mod runs;
mod stops;
mod violations;
mod watch;
