//! Quickstart: a server of one's own, and docs/quickstart.ps1 against it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context as _;
use secrecy::ExposeSecret as _;

use crate::layout::{Layout, Profile};
use crate::server::Server;
use crate::{build, process};

/// Builds if needed, then shows the product at work.
pub(crate) fn run(layout: &Layout) -> anyhow::Result<()> {
    build::products(layout, Profile::Debug)?;
    show(layout, Profile::Debug)
}

/// The quickstart of a finished build.
pub(crate) fn show(layout: &Layout, profile: Profile) -> anyhow::Result<()> {
    let server = Server::start(layout, profile)?;
    println!("spe-server listens on {}\n", server.uri);
    let mut command = script_host(layout, profile);
    command.arg("-File").arg(layout.root().join("docs/quickstart.ps1"));
    command.arg("-ConnectionUri").arg(&server.uri);
    // The environment, not an argument: arguments of a process can be read by everybody on the machine.
    command.env("SPE_SHARED_SECRET", server.secret.expose_secret());
    let result = process::run(command);
    if result.is_err() {
        eprintln!("{}", server.log());
    }
    result.context("the quickstart failed")?;
    server.stop()?;
    println!("\nThe server has stopped. docs/quickstart.ps1 is yours to copy.");
    Ok(())
}

/// The engine that runs scripts of this checkout, with the built module on its module path.
pub(crate) fn script_host(layout: &Layout, profile: Profile) -> Command {
    let host = std::env::var_os("SPE_PWSH").map(PathBuf::from).or_else(find_pwsh);
    let mut command = Command::new(host.unwrap_or_else(|| layout.engine(profile)));
    command
        .current_dir(layout.root())
        .args(["-NoProfile", "-NonInteractive"]);
    let mut folders = vec![layout.modules(profile)];
    folders.extend(std::env::var_os("PSModulePath").iter().flat_map(std::env::split_paths));
    if let Ok(path) = std::env::join_paths(folders) {
        command.env("PSModulePath", path);
    }
    command
}

fn find_pwsh() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let name = format!("pwsh{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&path)
        .map(|folder| folder.join(&name))
        .find(|candidate| candidate.is_file())
}
