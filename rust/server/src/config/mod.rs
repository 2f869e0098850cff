//! Configuration: `spe-server.toml`, the Sitecore-style `Spe.config` and `accounts.toml`, read once at start.

mod model;

pub use model::*;
