//! The one entry to the workers.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use super::channel::Versions;
use super::harden::is_hardened;
use super::host::{self, HostError, Surroundings};
use super::launch::confine;
use super::pool::{Pool, Source};
use super::process::{Activity, ChildProcess, Sight, Starter, readable, strays};
use super::worker::{Body, Bounds, Worker};
use super::{Census, LeaseError, LeaseKey, Patience};
use crate::config::WorkerSettings;
use crate::sessions::{Process, Processes};

/// How long a process whose heap is nearly full may take to answer before it counts as lost to its own search for memory.
const ANSWER_BOUND: Duration = Duration::from_secs(15);

/// What workers are started with.
#[derive(Debug, Clone)]
pub struct WorkersSetup {
    /// Their settings.
    pub settings: WorkerSettings,
    /// Largest output of one run, in bytes.
    pub output_bytes: usize,
    /// The server's program: it launches workers, and the engine and the worker lie beside it.
    pub program: PathBuf,
    /// What no worker may ever reach: data folder, configuration, keys.
    pub keep_out: Vec<PathBuf>,
    /// What this server calls itself in scripts.
    pub versions: Versions,
}

/// Why scripts cannot be run here at all.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no engine.
    #[error(transparent)]
    Host(#[from] HostError),
    /// The kernel has no Landlock.
    #[error(
        "this kernel cannot confine workers: it has no Landlock (Linux 5.13 and later, enabled at boot); \
         scripts could read everything that the server can. 'workers.sandbox = false' in spe-server.toml runs them so"
    )]
    NoSandbox,
    /// Scripts could read what is not for them.
    #[error(
        "workers could read {}, which is not for scripts, since they need {}; keep it elsewhere, or narrow \
         'workers.read' and 'workers.write' in spe-server.toml",
        .protected.display(), .allowed.display()
    )]
    WithinReach {
        /// What is not for them.
        protected: PathBuf,
        /// The path that leads there.
        allowed: PathBuf,
    },
    /// The operating system refused.
    #[error("workers cannot be started: {0}")]
    Io(#[from] std::io::Error),
}

/// Processes that run scripts.
pub struct Workers {
    pool: Arc<Pool>,
    sweeping: tokio::task::AbortHandle,
}

impl Workers {
    /// Finds the engine, makes sure of the sandbox and starts spares. Needs a runtime. Whether the engine works shows with
    /// the first process: see the log, and [`LeaseError::Start`].
    pub fn start(setup: WorkersSetup) -> Result<Self, StartError> {
        let settings = setup.settings;
        let (path, dotnet_root) = (std::env::var_os("PATH"), std::env::var_os("DOTNET_ROOT"));
        let surroundings = Surroundings {
            beside: setup.program.parent().unwrap_or(&setup.program),
            path: path.as_deref(),
            dotnet_root: dotnet_root.as_deref(),
        };
        let host = host::find(&settings, surroundings)?;
        if settings.sandbox {
            let mut allowed = readable(&host, &settings);
            allowed.extend(settings.write.iter().cloned());
            make_sure_of_sandbox(&setup.keep_out, &allowed)?;
        } else {
            tracing::warn!(
                "THE SANDBOX OF WORKERS IS OFF ('workers.sandbox = false'): scripts can read and change whatever the server \
                 can, its keys too"
            );
        }
        warn_of_inherited_descriptors();
        tracing::info!(program = %host.program.display(), "scripts run on this engine");
        if host.bundled {
            tracing::warn!(
                "the bundled engine is for trying out and for tests: it has only essential commands. A production server \
                 wants pwsh: install it, or name it as 'workers.host' in spe-server.toml"
            );
        }
        let activity = Activity::default();
        let bounds = Bounds {
            activity: activity.clone(),
            output: setup.output_bytes,
            stop_grace: settings.stop_grace,
            answer: ANSWER_BOUND,
            versions: setup.versions,
        };
        let source = ProcessSource {
            starter: Starter::new(setup.program, host, settings.clone(), activity)?,
            bounds,
            is_known: AtomicBool::new(false),
        };
        let sweeping = tokio::spawn(sweep_after_ends()).abort_handle();
        let pool = Pool::new(&settings, Box::new(source));
        Ok(Self { pool, sweeping })
    }

    /// Ends every worker and everything scripts left behind, removes the temporary folders and refuses further calls. Takes
    /// at most `bound`; a process that is not gone by then was killed and waits inside the kernel.
    pub async fn shut_down(&self, bound: Duration) {
        if !self.pool.shut_down(bound).await {
            tracing::error!("not all worker processes have ended");
        }
        self.sweeping.abort();
    }
}

impl Processes for Workers {
    fn lease(&self, key: LeaseKey, patience: Patience) -> BoxFuture<'_, Result<Box<dyn Process>, LeaseError>> {
        self.pool.lease(key, patience).boxed()
    }

    fn census(&self) -> Census {
        self.pool.census()
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.sweeping.abort();
    }
}

impl std::fmt::Debug for Workers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workers").finish_non_exhaustive()
    }
}

fn make_sure_of_sandbox(keep_out: &[PathBuf], allowed: &[PathBuf]) -> Result<(), StartError> {
    if !confine::is_possible() {
        return Err(StartError::NoSandbox);
    }
    if !confine::is_complete() {
        tracing::warn!(
            "this kernel confines workers only in part: scripts can send signals to other processes of the server's user, \
             the server too. Linux 6.12 and later keeps them from it"
        );
    }
    match confine::leak(keep_out, allowed) {
        Some((protected, allowed)) => Err(StartError::WithinReach { protected, allowed }),
        None => Ok(()),
    }
}

/// What this process was started with open, workers have open as well: only what it opens itself closes with a launch.
fn warn_of_inherited_descriptors() {
    let Ok(open) = std::fs::read_dir("/proc/self/fdinfo") else {
        return;
    };
    let numbers = open
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let inherited: Vec<_> = numbers.filter(|number| *number > 2 && outlives_exec(*number)).collect();
    if !inherited.is_empty() {
        tracing::warn!(
            ?inherited,
            "the server was started with more than the standard descriptors open: scripts reach them too"
        );
    }
}

fn outlives_exec(descriptor: u32) -> bool {
    const CLOSE_ON_EXEC: u32 = 0o2_000_000;
    let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{descriptor}")).unwrap_or_default();
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
    flags.is_some_and(|flags| flags & CLOSE_ON_EXEC == 0)
}

/// The end of any child tells that there may be something to sweep.
async fn sweep_after_ends() {
    use tokio::signal::unix::{SignalKind, signal};

    if !is_hardened() {
        return;
    }
    let mut ends = match signal(SignalKind::child()) {
        Ok(ends) => ends,
        Err(error) => {
            tracing::warn!(%error, "processes that scripts leave behind are ended only together with their worker");
            return;
        }
    };
    while ends.recv().await.is_some() {
        // A sweep that fails has nobody to tell; the next end starts another.
        let _ = tokio::task::spawn_blocking(strays::sweep).await;
    }
}

struct ProcessSource {
    starter: Starter,
    bounds: Bounds,
    is_known: AtomicBool,
}

impl Source for ProcessSource {
    fn start(&self, stop: CancellationToken) -> BoxFuture<'_, Result<Arc<Worker>, String>> {
        async move {
            let (stream, child) = self.starter.start().await.map_err(|error| error.to_string())?;
            let pid = child.number();
            let worker = Worker::open(stream, child, self.bounds.clone(), &stop).await?;
            let (engine, version) = (&worker.engine.engine, &worker.engine.engine_version);
            if self.is_known.swap(true, Ordering::Relaxed) {
                tracing::debug!(pid, "a worker process is ready");
            } else {
                let program = self.starter.host().program.display();
                tracing::info!(pid, engine, version, %program, "the first worker process is ready");
            }
            Ok(worker)
        }
        .boxed()
    }
}

impl Body for ChildProcess {
    async fn end(&mut self, grace: bool) -> String {
        Self::end(self, grace).await
    }

    async fn sight(&mut self) -> Sight {
        Self::sight(self).await
    }

    fn last_words(&self) -> String {
        Self::last_words(self)
    }

    fn number(&self) -> i32 {
        Self::number(self)
    }
}
