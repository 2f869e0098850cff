//! Build: cargo, then .NET, then the native library beside the module.

use std::path::Path;

use anyhow::Context as _;

use crate::freshness;
use crate::layout::{Layout, Profile};
use crate::process::{command, run};

/// What a user runs, in the order it is built.
const PRODUCTS: [&str; 4] = ["SPE", "SPE.Worker", "SPE.Essentials", "SPE.EngineHost"];

/// Builds everything, the tests too.
pub(crate) fn all(layout: &Layout, profile: Profile) -> anyhow::Result<()> {
    native(layout, profile)?;
    match profile {
        Profile::Debug => dotnet(layout, "build", "dotnet/SPE.slnx", &["-c", "Debug"])?,
        Profile::Release => released(layout)?,
    }
    module(layout, profile)
}

/// Builds what a user runs, and of .NET only when a source is newer than the last build: asking `MSBuild` takes seconds.
pub(crate) fn products(layout: &Layout, profile: Profile) -> anyhow::Result<()> {
    native(layout, profile)?;
    let stamp = layout.output(profile).join("dotnet.stamp");
    let newest = freshness::newest(layout)?;
    if !freshness::is_newer(&stamp, newest) {
        for project in PRODUCTS {
            let project = format!("dotnet/{project}/{project}.csproj");
            dotnet(layout, "build", &project, &["-c", profile.configuration()])?;
        }
        std::fs::write(&stamp, "")?;
    }
    module(layout, profile)
}

fn native(layout: &Layout, profile: Profile) -> anyhow::Result<()> {
    let mut arguments = vec!["build", "--package", "spe-server", "--package", "spe-ffi"];
    if profile == Profile::Release {
        arguments.push("--release");
    }
    run(command(layout.root(), "cargo", &arguments))
}

fn dotnet(layout: &Layout, verb: &str, project: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let mut all = vec![verb, project, "-v", "q", "-nologo"];
    all.extend(arguments);
    run(command(layout.root(), "dotnet", &all))
}

/// Release builds: the module goes below target/, and the bundled engine gets ahead-of-time code, which publishing makes.
fn released(layout: &Layout) -> anyhow::Result<()> {
    let module = format!(
        "-p:OutputPath={}/",
        layout.modules(Profile::Release).join("SPE").display()
    );
    let engine = layout.output(Profile::Release).join("engine").display().to_string();
    for project in PRODUCTS {
        let path = format!("dotnet/{project}/{project}.csproj");
        match project {
            "SPE" => dotnet(layout, "build", &path, &["-c", "Release", &module])?,
            "SPE.EngineHost" => dotnet(layout, "publish", &path, &["-c", "Release", "-o", &engine])?,
            _ => dotnet(layout, "build", &path, &["-c", "Release"])?,
        }
    }
    Ok(())
}

/// Completes the module's folder: the native library, and for release builds what the checkout holds of it.
fn module(layout: &Layout, profile: Profile) -> anyhow::Result<()> {
    let source = layout.root().join("Modules/SPE");
    let target = layout.modules(profile).join("SPE");
    if source != target {
        for entry in std::fs::read_dir(&source)? {
            let path = entry?.path();
            let kept = path
                .extension()
                .is_some_and(|extension| extension == "psd1" || extension == "ps1xml");
            if kept {
                copy(
                    &path,
                    &target.join(path.file_name().context("a directory entry has a name")?),
                )?;
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
