//! What is read again while the server runs: accounts, clients, policies, and the certificate with its key (decisions: records on disk).

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::config::{
    ACCOUNTS_FILE, CLIENTS_FOLDER, POLICIES_FOLDER, read_accounts, read_client_files, read_policy_files, record_files,
    record_files_beside,
};
use crate::http::{State, Tls};

/// How often the files are looked at.
const EVERY: Duration = Duration::from_secs(5);
/// How long clients are taken by records that cannot be read any more (authentication 3.7).
const CLIENTS_STAY: Duration = Duration::from_secs(50);

/// Reads files again when they have changed, and all of them when it is told to.
#[derive(Debug)]
pub(crate) struct Reload {
    state: Arc<State>,
    accounts: Watched,
    clients: Watched,
    policies: Watched,
    /// Since when the records of clients cannot be read.
    clients_failing: Option<Duration>,
    tls: Option<(Arc<Tls>, Watched)>,
}

/// Files, and how they looked when they were read last.
#[derive(Debug)]
struct Watched {
    files: Vec<PathBuf>,
    seen: Vec<Option<Look>>,
}

/// What changes with every way to change a file: written, replaced, or with other rights.
type Look = (u64, u64, i64, i64, i64, i64);

impl Reload {
    pub(crate) fn new(state: Arc<State>, tls: Option<Arc<Tls>>) -> Self {
        let accounts = Watched::new(vec![state.config.data_folder.join(ACCOUNTS_FILE)]);
        let tls = tls.map(|tls| {
            let files = tls.files();
            let watched = Watched::new(vec![files.certificate.clone(), files.key.clone()]);
            (tls, watched)
        });
        let watch = |folder: &str| {
            let found = record_files(&state.config.data_folder.join(folder)).unwrap_or_default();
            Watched::new(watched(&state, folder, &found))
        };
        let (clients, policies) = (watch(CLIENTS_FOLDER), watch(POLICIES_FOLDER));
        Self {
            state,
            accounts,
            clients,
            policies,
            clients_failing: None,
            tls,
        }
    }

    /// Goes on until `stopping`. Each call of `now` reads everything.
    pub(crate) async fn run(mut self, now: Arc<Notify>, stopping: CancellationToken) {
        loop {
            let everything = tokio::select! {
                () = stopping.cancelled() => return,
                () = now.notified() => true,
                () = tokio::time::sleep(EVERY) => false,
            };
            // Files may be on a disk that takes its time.
            let looking = tokio::task::spawn_blocking(move || {
                self.look(everything);
                self
            });
            match looking.await {
                Ok(reload) => self = reload,
                Err(_) => return,
            }
        }
    }

    fn look(&mut self, everything: bool) {
        if self.accounts.have_changed() || everything {
            self.read_accounts();
        }
        let found = self.found(CLIENTS_FOLDER, &self.clients.files);
        if let Ok(found) = &found {
            self.clients.files = watched(&self.state, CLIENTS_FOLDER, found);
        }
        if self.clients.have_changed() || self.clients_failing.is_some() || everything {
            self.read_clients(found);
        }
        let found = self.found(POLICIES_FOLDER, &self.policies.files);
        if let Ok(found) = &found {
            self.policies.files = watched(&self.state, POLICIES_FOLDER, found);
        }
        if self.policies.have_changed() || everything {
            self.read_policies(found);
        }
        if let Some((tls, files)) = &mut self.tls
            && (files.have_changed() || everything)
        {
            match tls.reload() {
                Ok(()) => tracing::info!("the certificate was read again"),
                Err(error) => {
                    tracing::error!("the certificate was changed and cannot be used; the one before it stays: {error}");
                }
            }
        }
    }

    /// The files of records that are in a folder now.
    fn found(&self, folder: &str, known: &[PathBuf]) -> std::io::Result<Vec<PathBuf>> {
        record_files_beside(&self.state.config.data_folder.join(folder), known)
    }

    fn read_policies(&self, found: std::io::Result<Vec<PathBuf>>) {
        let mut warnings = Vec::new();
        let folder = self.state.config.data_folder.join(POLICIES_FOLDER);
        match read_policy_files(&folder, found, &mut warnings) {
            Ok(policies) => {
                for warning in warnings {
                    tracing::warn!("{warning}");
                }
                self.state.identity.replace_policies(&policies);
                tracing::info!(policies = policies.len(), "the policies were read again");
            }
            Err(error) => tracing::error!("the policies were changed and cannot be read; those before stay: {error}"),
        }
    }

    fn read_accounts(&self) {
        let mut warnings = Vec::new();
        match read_accounts(&self.state.config.data_folder, &mut warnings) {
            Ok(accounts) => {
                for warning in warnings {
                    tracing::warn!("{warning}");
                }
                let count = accounts.len();
                self.state.identity.replace_accounts(accounts);
                tracing::info!(accounts = count, "the accounts were read again");
            }
            Err(error) => tracing::error!("the accounts were changed and cannot be read; those before stay: {error}"),
        }
    }

    fn read_clients(&mut self, found: std::io::Result<Vec<PathBuf>>) {
        let mut warnings = Vec::new();
        let folder = self.state.config.data_folder.join(CLIENTS_FOLDER);
        match read_client_files(&folder, found, &mut warnings) {
            Ok(clients) => {
                for warning in warnings {
                    tracing::warn!("{warning}");
                }
                let count = clients.len();
                self.clients_failing = None;
                self.state.identity.replace_clients(&clients);
                tracing::info!(clients = count, "the clients were read again");
            }
            Err(error) => {
                let now = self.state.clock.running();
                let since = *self.clients_failing.get_or_insert(now);
                if now < since + CLIENTS_STAY {
                    tracing::error!("the clients were changed and cannot be read; those before stay for 50 s: {error}");
                } else {
                    tracing::error!("the clients cannot be read; none is taken until they can: {error}");
                    self.state.identity.forget_clients();
                }
            }
        }
    }
}

/// The records there are now, and their folder: one that went leaves a shorter list.
fn watched(state: &State, folder: &str, files: &[PathBuf]) -> Vec<PathBuf> {
    let folder = state.config.data_folder.join(folder);
    [folder].into_iter().chain(files.iter().cloned()).collect()
}

impl Watched {
    fn new(files: Vec<PathBuf>) -> Self {
        let seen = files.iter().map(look).collect();
        Self { files, seen }
    }

    fn have_changed(&mut self) -> bool {
        let now: Vec<_> = self.files.iter().map(look).collect();
        let before = std::mem::replace(&mut self.seen, now);
        before != self.seen
    }
}

fn look(file: &PathBuf) -> Option<Look> {
    let look = |data: Metadata| {
        (
            data.ino(),
            data.size(),
            data.mtime(),
            data.mtime_nsec(),
            data.ctime(),
            data.ctime_nsec(),
        )
    };
    std::fs::metadata(file).ok().map(look)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_change_a_file_is_seen() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        let mut watched = Watched::new(vec![file.clone()]);
        let mut changed = |change: &dyn Fn()| {
            change();
            (watched.have_changed(), watched.have_changed())
        };
        assert_eq!(changed(&|| std::fs::write(&file, "a").unwrap()), (true, false));
        assert_eq!(changed(&|| std::fs::write(&file, "ab").unwrap()), (true, false));
        let close = || std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(changed(&close), (true, false));
        let replace = || {
            let other = folder.path().join("other");
            std::fs::write(&other, "cd").unwrap();
            std::fs::rename(&other, &file).unwrap();
        };
        assert_eq!(changed(&replace), (true, false));
        assert_eq!(changed(&|| std::fs::remove_file(&file).unwrap()), (true, false));
    }
}
