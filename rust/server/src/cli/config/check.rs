//! `spe-server config check`: whether `run` would start, and what it would say about the configuration.

use std::io::Write as _;
use std::sync::Arc;

use anyhow::Context as _;
use tracing::level_filters::LevelFilter;

use crate::cli::sources::tell;
use crate::clock::SystemClock;
use crate::config::{Sources, load};
use crate::http::Tls;
use crate::identity::Identity;
use crate::log;
use crate::server::audiences;

/// Reads everything. What keeps a server from starting is the error; what it would log is on standard error, with what is left out on
/// conditions.
pub(super) fn run(sources: &Sources) -> anyhow::Result<()> {
    let loaded = load(sources)?;
    log::start(loaded.log_level.max(LevelFilter::DEBUG), loaded.log_format, None)?;
    tell(&loaded);
    let config = loaded.config;
    if let Some(files) = config.tls.clone() {
        Tls::load(files)?;
    }
    Identity::new(
        &config,
        audiences(&config, &config.listen),
        Arc::new(SystemClock::start()),
    )?;
    let mut output = std::io::stdout().lock();
    writeln!(output, "the configuration is good").context("cannot write to standard output")
}
