//! Clean: everything that was built.

use std::path::Path;

use crate::layout::Layout;

/// Removes target/ and the build output beside the module's files.
pub(crate) fn all(layout: &Layout) -> anyhow::Result<()> {
    let module = layout.root().join("Modules/SPE");
    for name in ["SPE.dll", "SPE.pdb"] {
        remove(&module.join(name))?;
    }
    remove(&module.join("runtimes"))?;
    remove(&layout.target())
}

fn remove(path: &Path) -> anyhow::Result<()> {
    let result = if path.is_dir() {
        std::fs::remove_dir_all(path)
    } else {
        std::fs::remove_file(path)
    };
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
