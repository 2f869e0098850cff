//! The commands of the `spe-server` program.

mod account;
mod audit;
mod client;
mod config;
mod init;
mod policy;
mod random;
mod run;
mod secrets;
mod signals;
mod sources;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Listen;
use crate::workers::{LAUNCH_FAILED, LaunchArgs, launch};

/// PowerShell for remote callers: runs scripts and jobs over HTTP, each caller in processes of its own.
#[derive(Debug, Parser)]
#[command(name = "spe-server", version, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a configuration with a secret of its own.
    Init {
        /// The folder to write it into. It is made when it is not there.
        #[arg(long, value_name = "DIR")]
        folder: PathBuf,
    },
    /// Run the server until SIGINT or SIGTERM.
    Run {
        /// The folder that init wrote.
        #[arg(long, value_name = "DIR")]
        folder: PathBuf,
        /// Listen here instead of where the settings say. Port 0 takes a free one. May be given more than once.
        #[arg(long, value_name = "[https://]ADDR:PORT")]
        listen: Vec<Listen>,
    },
    /// Manage callers with a key of their own, and clients of identity providers.
    Client(client::ClientArgs),
    /// Manage accounts: as whom calls act.
    Account(account::AccountArgs),
    /// Look at policies: what clients may do.
    Policy(policy::PolicyArgs),
    /// Look at the audit lines of the log.
    Audit(audit::AuditArgs),
    /// Check the configuration, or show what its files come to.
    Config(config::ConfigArgs),
    /// Become a worker. For the server alone.
    #[command(hide = true)]
    LaunchWorker(LaunchArgs),
}

/// Runs the command of the command line. Wrong arguments end the process with code 2, anything else that fails is told in
/// a line and gives code 1.
pub fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Init { folder } => init::run(&folder),
        Command::Run { folder, listen } => run::run(folder, listen),
        Command::Client(args) => client::run(args),
        Command::Account(args) => account::run(args),
        Command::Policy(args) => policy::run(args),
        Command::Audit(args) => audit::run(args),
        Command::Config(args) => config::run(args),
        Command::LaunchWorker(args) => match launch(&args) {
            Ok(never) => match never {},
            Err(error) => {
                eprintln!("spe-server launch-worker: {error:#}");
                return ExitCode::from(LAUNCH_FAILED);
            }
        },
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("spe-server: {error:#}");
            ExitCode::FAILURE
        }
    }
}
