//! Configuration: `spe-server.toml`, the Sitecore-style `Spe.config` and `accounts.toml`, read once at start.
//!
//! docs/configuration.md describes every setting; a test compares it with the table in `settings`.

mod accounts;
mod error;
mod field;
mod file;
mod load;
mod model;
mod nearest;
mod origin;
mod settings;
mod spe;
mod units;

pub use error::ConfigError;
pub use load::{ACCOUNTS_FILE, LOG_VARIABLE, Loaded, SETTINGS_FILE, SPE_FILE, Sources, load};
pub use model::*;
pub(crate) use origin::of_address as origins_of_address;
pub use settings::{SettingReference, settings_reference};
pub(crate) use units::show_time;
