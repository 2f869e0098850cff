//! `spe-server config check`: whether `run` would start, and what it would warn of.

use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::Context as _;
use spe_auth::registry::{Problem, Registry};

use crate::config::{Loaded, ServerConfig, Sources, load};
use crate::http::Tls;
use crate::identity::IdentityError;

/// Reads everything. What keeps a server from starting is the error; the rest is told on standard output.
pub(super) fn run(sources: &Sources) -> anyhow::Result<()> {
    let Loaded {
        config,
        mut warnings,
        notes,
        ..
    } = load(sources)?;
    if let Some(files) = config.tls.clone() {
        Tls::load(files)?;
    }
    check_clients(&config, &mut warnings)?;
    let mut report = String::new();
    for warning in warnings {
        // Writing to a string does not fail.
        let _ = writeln!(report, "warning: {warning}");
    }
    for note in notes {
        let _ = writeln!(report, "note: {note}");
    }
    report.push_str("the configuration is good\n");
    let mut output = std::io::stdout().lock();
    output
        .write_all(report.as_bytes())
        .context("cannot write to standard output")
}

/// Clients that cannot be used are warned of; one with the secret of the server keeps it from starting (N380).
fn check_clients(config: &ServerConfig, warnings: &mut Vec<String>) -> Result<(), IdentityError> {
    let provider = config.spe.shared_secret.as_ref();
    let secret = provider.and_then(|provider| provider.secret.as_ref());
    let (_, findings) = Registry::new(&config.clients, secret);
    for finding in findings {
        if finding.problem == Problem::ServerSecret {
            return Err(IdentityError::ClientHasServerSecret(finding.record));
        }
        warnings.push(format!(
            "the client {} cannot be used: {}",
            finding.record, finding.problem
        ));
    }
    Ok(())
}
