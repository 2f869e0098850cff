//! `spe-server config`: what the files of a configuration come to, without running a server.

mod check;
mod show;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};

use super::sources::sources;

#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    /// The folder that init wrote.
    #[arg(long, value_name = "DIR", global = true)]
    folder: Option<PathBuf>,
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Read everything that run would read, and say what is wrong with it.
    Check,
    /// Show what Spe.config and its patch files come to, each value with the file it is from. Secrets are masked.
    Show,
}

/// Carries a command out.
pub(super) fn run(args: ConfigArgs) -> anyhow::Result<()> {
    let folder = args.folder.context("name the folder that init wrote: --folder DIR")?;
    let sources = sources(folder, Vec::new())?;
    match args.command {
        ConfigCommand::Check => check::run(&sources),
        ConfigCommand::Show => show::run(&sources),
    }
}
