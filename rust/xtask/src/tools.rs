//! The floors of the tools a build needs. One line says what to install.

use std::process::Command;

use anyhow::{Context as _, bail};

use crate::layout::Layout;

/// Checks that the .NET SDK of global.json is there. cargo was checked by build.sh or build.ps1 before this ran.
pub(crate) fn check(layout: &Layout) -> anyhow::Result<()> {
    let path = layout.root().join("global.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let json: serde_json::Value = serde_json::from_str(&text)?;
    let floor = json["sdk"]["version"]
        .as_str()
        .context("global.json has no sdk.version")?;
    let advice = format!("install the .NET SDK {floor} or later of its line from https://dot.net/download");
    let Ok(output) = Command::new("dotnet")
        .arg("--version")
        .current_dir(layout.root())
        .output()
    else {
        bail!("dotnet was not found; {advice}");
    };
    if !output.status.success() {
        bail!("the .NET SDK here is too old or of another line; {advice}");
    }
    Ok(())
}
