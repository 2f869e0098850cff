//! Configuration: `spe-server.toml`, the Sitecore-style `Spe.config` with its patches, and `accounts.toml`, read once at start. What
//! changes while the server runs, the reloads of `server` read again.
//!
//! docs/configuration.md describes every setting; a test compares it with the table in `settings`.

mod accounts;
mod clients;
mod error;
mod field;
mod file;
mod files;
mod layers;
mod listen;
mod load;
mod log_file;
mod media;
mod model;
mod nearest;
mod network;
mod note;
mod origin;
mod policies;
mod records;
mod settings;
mod spe;
mod units;

pub use clients::CLIENTS_FOLDER;
pub(crate) use clients::{parse_client, read_client_files, read_clients};
pub use error::ConfigError;
pub(crate) use file::{Guard, read as read_file};
pub use files::{FILE_ROOTS, FileSettings};
pub(crate) use load::read_accounts;
pub use load::{ACCOUNTS_FILE, LOG_VARIABLE, Loaded, SETTINGS_FILE, SPE_FILE, Sources, load, show};
pub use log_file::LogFile;
pub use media::MediaSettings;
pub use model::*;
pub use network::Network;
pub use note::Note;
pub(crate) use origin::of_address as origins_of_address;
pub use policies::POLICIES_FOLDER;
pub(crate) use policies::{read_policies, read_policy_files};
pub(crate) use records::{files as record_files, files_beside as record_files_beside};
pub use settings::{SettingReference, settings_reference};
pub(crate) use spe::read_texts as read_spe_texts;
pub(crate) use units::show_time;
