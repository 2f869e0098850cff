//! Package: what is released, in target/package.

use std::path::Path;

use anyhow::Context as _;

use crate::build;
use crate::layout::{Layout, Profile};

/// Builds with optimisation and lays out the module and the server as a user unpacks them.
pub(crate) fn all(layout: &Layout) -> anyhow::Result<()> {
    build::all(layout, Profile::Release)?;
    let package = layout.target().join("package");
    if package.exists() {
        std::fs::remove_dir_all(&package)?;
    }
    let output = layout.output(Profile::Release);
    copy_folder(&layout.modules(Profile::Release).join("SPE"), &package.join("SPE"))?;
    let server = package.join("spe-server");
    copy_folder(&output.join("worker"), &server.join("worker"))?;
    copy_folder(&output.join("engine"), &server.join("engine"))?;
    let program = layout.server(Profile::Release);
    std::fs::copy(
        &program,
        server.join(program.file_name().context("the server program has a name")?),
    )?;
    let unit = "spe-server.service";
    std::fs::copy(layout.root().join("packaging").join(unit), server.join(unit))?;
    for name in ["LICENSE", "CHANGELOG.md", "SECURITY.md"] {
        for product in ["SPE", "spe-server"] {
            std::fs::copy(layout.root().join(name), package.join(product).join(name))?;
        }
    }
    println!("{} holds the module SPE and spe-server", package.display());
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from).with_context(|| format!("{} was not built", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else if entry.path().extension().is_none_or(|extension| extension != "pdb") {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
