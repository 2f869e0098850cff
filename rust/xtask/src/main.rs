//! The build program: Build, Test, Quickstart, Package, Bench, Clean.
//!
//! build.sh and build.ps1 call it; nothing else of the build is written down anywhere. `SPE_PWSH` names a `pwsh` to run
//! scripts and workers on; without it the bundled engine is used, so that a result does not depend on what a machine has.
#![forbid(unsafe_code)]

mod bench;
mod build;
mod clean;
mod freshness;
mod layout;
mod package;
mod process;
mod quickstart;
mod server;
mod test;
mod tools;

use std::process::ExitCode;

use clap::{Parser, ValueEnum};

use crate::layout::{Layout, Profile};

/// Builds, tests and tries out the SPE module and spe-server.
#[derive(Parser)]
#[command(name = "build", version, disable_version_flag = true)]
struct Arguments {
    /// What to do.
    #[arg(value_enum, ignore_case = true)]
    command: Command,
    /// Build with optimisation (Build only; Package and Bench always do).
    #[arg(long)]
    release: bool,
}

#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "PascalCase")]
enum Command {
    /// Build the server, the worker, the bundled engine and the module.
    Build,
    /// Check the format, lint, build, run every test and the quickstart.
    Test,
    /// Start a server of one's own and run docs/quickstart.ps1 against it.
    Quickstart,
    /// Put what is released into target/package.
    Package,
    /// Measure, print a table and write target/bench.json.
    Bench,
    /// Remove everything that was built.
    Clean,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("build: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let profile = if arguments.release {
        Profile::Release
    } else {
        Profile::Debug
    };
    let layout = Layout::find()?;
    if !matches!(arguments.command, Command::Clean) {
        tools::check(&layout)?;
    }
    match arguments.command {
        Command::Build => build::all(&layout, profile),
        Command::Test => test::all(&layout),
        Command::Quickstart => quickstart::run(&layout),
        Command::Package => package::all(&layout),
        Command::Bench => bench::all(&layout),
        Command::Clean => clean::all(&layout),
    }
}
