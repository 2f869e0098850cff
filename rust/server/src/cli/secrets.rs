//! What commands do with files and texts that nobody else may see.

use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use secrecy::zeroize::Zeroizing;

use crate::config::SPE_FILE;

/// Longest secret that is read, in bytes.
const LONGEST: u64 = 4096;

/// That `folder` is a configuration.
pub(super) fn configuration(folder: &Path) -> anyhow::Result<()> {
    if !folder.join(SPE_FILE).exists() {
        bail!(
            "there is no configuration in {0}; write one with: spe-server init --folder '{0}'",
            folder.display()
        );
    }
    Ok(())
}

/// A secret from standard input: without showing it where somebody types, else everything up to the end. Never from an argument, which
/// other users of the machine can read.
pub(super) fn read_secret(what: &str) -> anyhow::Result<Zeroizing<String>> {
    if std::io::stdin().is_terminal() {
        return Ok(Zeroizing::new(rpassword::prompt_password(format!("{what}: "))?));
    }
    let mut text = Zeroizing::new(String::new());
    std::io::stdin().take(LONGEST).read_to_string(&mut text)?;
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Writes a file in place of what was there, readable by its owner alone: whoever reads it meanwhile has all of the old or all of the new.
pub(super) fn replace(target: &Path, text: &str) -> anyhow::Result<()> {
    let failed = || format!("cannot write {}", target.display());
    let folder = target.parent().with_context(failed)?;
    // No name that is read as a record.
    let mut file = tempfile::Builder::new()
        .suffix(".new")
        .tempfile_in(folder)
        .with_context(failed)?;
    file.write_all(text.as_bytes()).with_context(failed)?;
    file.as_file().sync_all().with_context(failed)?;
    file.persist(target).with_context(failed)?;
    Ok(())
}
