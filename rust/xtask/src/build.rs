//! Build: cargo, then .NET, then the native library beside the module.

use std::path::Path;

use anyhow::Context as _;

use crate::layout::{Layout, Profile};
use crate::process::{command, run};

/// Builds everything a user runs.
pub(crate) fn all(layout: &Layout, profile: Profile) -> anyhow::Result<()> {
    native(layout, profile)?;
    dotnet(layout, profile)?;
    module(layout, profile)
}

fn native(layout: &Layout, profile: Profile) -> anyhow::Result<()> {
    let mut arguments = vec!["build", "--package", "spe-server", "--package", "spe-ffi"];
    if profile == Profile::Release {
        arguments.push("--release");
    }
    run(command(layout.root(), "cargo", &arguments))
}

fn dotnet(layout: &Layout, profile: Profile) -> anyhow::Result<()> {
    let solution = layout.solution().to_string_lossy().into_owned();
    let configuration = profile.configuration();
    match profile {
        // The tests are projects of the solution too.
        Profile::Debug => {
            run(command(layout.root(), "dotnet", &["build", &solution, "-c", configuration, "-v", "q", "-nologo"]))
        }
        Profile::Release => {
            let engine = layout.output(profile).join("engine").to_string_lossy().into_owned();
            let modules = layout.modules(profile).join("SPE").to_string_lossy().into_owned();
            for (project, extra) in [
                ("SPE.Worker", None),
                ("SPE.Essentials", None),
                ("SPE", Some(format!("-p:OutputPath={modules}/"))),
            ] {
                let project = format!("dotnet/{project}/{project}.csproj");
                let mut arguments = vec!["build", &project, "-c", configuration, "-v", "q", "-nologo"];
                arguments.extend(extra.as_deref());
                run(command(layout.root(), "dotnet", &arguments))?;
            }
            // Ahead-of-time code is made only when publishing.
            let project = "dotnet/SPE.EngineHost/SPE.EngineHost.csproj";
            let arguments = ["publish", project, "-c", configuration, "-v", "q", "-nologo", "-o", &engine];
            run(command(layout.root(), "dotnet", &arguments))
        }
    }
}

/// Completes the module's folder: the native library, and for release builds what the checkout holds of it.
fn module(layout: &Layout, profile: Profile) -> anyhow::Result<()> {
    let source = layout.root().join("Modules/SPE");
    let target = layout.modules(profile).join("SPE");
    if source != target {
        for entry in std::fs::read_dir(&source)? {
            let path = entry?.path();
            let kept = path.extension().is_some_and(|extension| extension == "psd1" || extension == "ps1xml");
            if kept {
                copy(&path, &target.join(path.file_name().context("a directory entry has a name")?))?;
            }
        }
    }
    let name = format!("{}spe{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let folder = target.join("runtimes").join(runtime_identifier()).join("native");
    copy(&layout.output(profile).join(&name), &folder.join(&name))
}

/// Copies by way of a rename, so that a process that has the old file mapped keeps it whole.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let folder = to.parent().context("a target file has a folder")?;
    std::fs::create_dir_all(folder)?;
    let partial = to.with_extension("partial");
    std::fs::copy(from, &partial).with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    std::fs::rename(&partial, to)?;
    Ok(())
}

/// The .NET name of this platform.
fn runtime_identifier() -> String {
    let system = match std::env::consts::OS {
        "macos" => "osx",
        "windows" => "win",
        other => other,
    };
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{system}-{architecture}")
}
