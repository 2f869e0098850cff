//! Whether the .NET sources changed since they were built.

use std::path::Path;
use std::time::SystemTime;

use crate::layout::Layout;

/// When a source of the .NET projects was last changed.
pub(crate) fn newest(layout: &Layout) -> anyhow::Result<SystemTime> {
    let mut newest = SystemTime::UNIX_EPOCH;
    for path in ["dotnet", "Directory.Build.props", "global.json", ".editorconfig"] {
        visit(&layout.root().join(path), &mut newest)?;
    }
    Ok(newest)
}

/// Whether `stamp` was written after `moment`.
pub(crate) fn is_newer(stamp: &Path, moment: SystemTime) -> bool {
    std::fs::metadata(stamp)
        .and_then(|data| data.modified())
        .is_ok_and(|written| written > moment)
}

fn visit(path: &Path, newest: &mut SystemTime) -> anyhow::Result<()> {
    // The time of a folder counts too: it changes when a file is removed from it.
    let data = std::fs::metadata(path)?;
    *newest = (*newest).max(data.modified()?);
    if data.is_dir() {
        for entry in std::fs::read_dir(path)? {
            visit(&entry?.path(), newest)?;
        }
    }
    Ok(())
}
