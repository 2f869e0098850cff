//! `spe-server config show`: each value of the Sitecore-style configuration with the file it came from.

use std::io::Write as _;

use anyhow::Context as _;

use crate::config::{Sources, load, show};

/// Writes the lines to standard output, when the configuration can be read: in one that cannot, a secret may stand where none is known.
pub(super) fn run(sources: &Sources) -> anyhow::Result<()> {
    load(sources)?;
    let mut text = show(sources)?.join("\n");
    text.push('\n');
    let mut output = std::io::stdout().lock();
    output
        .write_all(text.as_bytes())
        .context("cannot write to standard output")
}
