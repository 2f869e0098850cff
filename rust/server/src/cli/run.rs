//! `spe-server run`: from the configuration to an orderly end.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use rustix::process::{Resource, getrlimit, setrlimit};

use super::signals::Signals;
use super::sources::{sources, tell};
use crate::config::{Listen, Loaded, LogFile, ServerConfig, load};
use crate::http::{PLATFORM_VERSION, PRODUCT_VERSION};
use crate::log::{self, Log};
use crate::server::Server;
use crate::workers::{Versions, Workers, WorkersSetup};

/// How long, beyond the grace of a stopping run, worker processes may take to be gone.
const WORKERS_END: Duration = Duration::from_secs(5);

/// Runs the server until a signal ends it.
pub(super) fn run(folder: PathBuf, listen: Vec<Listen>) -> anyhow::Result<()> {
    let loaded = load(&sources(folder, listen)?)?;
    let log = start_log(&loaded)?;
    raise_file_limit();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(serve(loaded, &log));
    // What is still at work on a thread of its own is not waited for: at once is at once.
    runtime.shutdown_background();
    ended
}

/// Lets this process have as many descriptors as the system allows: each held wait has one, and what a process gets without
/// asking is often no more than 1,024. Workers set limits of their own.
fn raise_file_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "the limit on open files cannot be raised");
    }
}

/// Starts the log. Where it goes to a file, standard error says so once.
fn start_log(loaded: &Loaded) -> anyhow::Result<Log> {
    let file = loaded.log_file.clone();
    let path = file.as_ref().map(|file| file.path.display().to_string());
    let log = log::start(loaded.log_level, loaded.log_format, file);
    let Some(path) = path else {
        return log.context("cannot log");
    };
    let log = log.with_context(|| format!("cannot write the log {path} (logs.file)"))?;
    eprintln!("spe-server: the log is in {path}");
    Ok(log)
}

async fn serve(loaded: Loaded, log: &Log) -> anyhow::Result<()> {
    let mut signals = Signals::new().context("cannot listen for signals")?;
    tell(&loaded);
    let config = loaded.config;
    let workers = Arc::new(Workers::start(workers_setup(&config, loaded.log_file)?)?);
    let bound = config.workers.stop_grace + WORKERS_END;
    let server = match Server::start(config, workers.clone()).await {
        Ok(server) => server,
        Err(error) => {
            workers.shut_down(bound).await;
            return Err(error.into());
        }
    };
    if let Some(address) = server.metrics() {
        tracing::info!("the numbers are at http://{address}/metrics");
    }
    announce(server.listening())?;
    let name = signals
        .next(|| {
            log.reopen();
            server.reload();
        })
        .await;
    tracing::info!(
        signal = name,
        "stopping: running requests may end, a second signal ends at once"
    );
    let end = async {
        server.shut_down().await;
        workers.shut_down(bound).await;
    };
    tokio::select! {
        () = end => {
            tracing::info!("stopped");
            Ok(())
        }
        // What still runs ends with this process: the system tells workers that their parent is gone.
        name = signals.next(|| {}) => anyhow::bail!("ended at once by a second signal ({name})"),
    }
}

/// The processes that run scripts, as the configuration has them. They reach neither the data nor the log.
pub(super) fn workers_setup(config: &ServerConfig, log: Option<LogFile>) -> anyhow::Result<WorkersSetup> {
    let log = log.map(|log| log.path);
    Ok(WorkersSetup {
        settings: config.workers.clone(),
        output_bytes: config.limits.output_bytes,
        program: std::env::current_exe().context("this program cannot be found")?,
        keep_out: std::iter::once(config.data_folder.clone()).chain(log).collect(),
        versions: Versions {
            spe: PRODUCT_VERSION.to_owned(),
            sitecore: PLATFORM_VERSION.to_owned(),
        },
    })
}

/// The one thing on standard output: who starts the server waits for it.
fn announce(listening: &[Listen]) -> anyhow::Result<()> {
    let mut output = std::io::stdout().lock();
    for listen in listening {
        writeln!(output, "spe-server listening on {}", listen.url()).context("cannot write to standard output")?;
    }
    output.flush().context("cannot write to standard output")
}
