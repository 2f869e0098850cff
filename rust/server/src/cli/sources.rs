//! Where the commands that need the configuration of a server take it from.

use std::path::PathBuf;

use anyhow::Context as _;

use crate::config::{Listen, Loaded, Note, Sources};
use crate::workers::harden_server;

/// The sources of the configuration in `folder`. This process is closed to others from here on: secrets are read next. It has one thread.
pub(super) fn sources(folder: PathBuf, listen: Vec<Listen>) -> anyhow::Result<Sources> {
    harden_server().context("this process cannot be closed to others")?;
    Ok(Sources {
        folder,
        listen,
        environment: environment(),
    })
}

/// Says in the log what is odd about the configuration.
pub(super) fn tell(loaded: &Loaded) {
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    loaded.notes.iter().for_each(Note::log);
}

/// The variables that are text; a setting that is none cannot be meant.
fn environment() -> Vec<(String, String)> {
    let variables = std::env::vars_os();
    variables
        .filter_map(|(name, text)| Some((name.into_string().ok()?, text.into_string().ok()?)))
        .collect()
}
