//! Starts worker processes: the launcher with a channel, a log, an empty environment and a temporary folder.

use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use tokio::net::UnixStream;
use tokio::net::unix::pipe;
use uuid::Uuid;

use super::child::ChildProcess;
use super::folders::Folders;
use super::log::{Tail, relay};
use super::spawner::Spawner;
use super::strays::MARKER;
use super::watchdog::{Activity, Watchdog};
use crate::config::WorkerSettings;
use crate::workers::host::Host;
use crate::workers::launch::LaunchArgs;

/// Where scripts find native commands.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// What of the server's environment scripts have as well: how texts and times read, and where modules are.
const PASSED_ON: &[&str] = &[
    "LANG",
    "LC_ALL",
    "TZ",
    MODULE_PATH,
    "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT",
];
const MODULE_PATH: &str = "PSModulePath";
/// Private memory a process may have beside the heap that scripts fill: code, stacks and what native libraries take.
const BESIDE_HEAP: u64 = 2 * 1024 * 1024 * 1024;

/// The runtime reserves a file of this size in memory for the code it makes, so no file may be bounded below.
const LARGEST_MAPPING: u64 = 2 * 1024 * 1024 * 1024;

/// Starts processes of one host.
#[derive(Debug)]
pub(in crate::workers) struct Starter {
    launcher: PathBuf,
    host: Host,
    settings: WorkerSettings,
    spawner: Spawner,
    folders: Arc<Folders>,
    watchdog: Watchdog,
}

impl Starter {
    /// Starts by means of `launcher`, the server's program.
    pub(in crate::workers) fn new(
        launcher: PathBuf,
        host: Host,
        settings: WorkerSettings,
        activity: Activity,
    ) -> io::Result<Self> {
        let folders = Folders::new(&std::env::temp_dir())?;
        let spawner = Spawner::new()?;
        let watchdog = Watchdog::new(&settings, activity)?;
        Ok(Self {
            launcher,
            host,
            settings,
            spawner,
            folders,
            watchdog,
        })
    }

    /// The program that hosts the engine.
    pub(in crate::workers) fn host(&self) -> &Host {
        &self.host
    }

    /// Starts a process. Its channel is open; whether it becomes a worker shows there.
    pub(in crate::workers) async fn start(&self) -> io::Result<(UnixStream, ChildProcess)> {
        let folder = self.folders.make()?;
        let marker = Uuid::new_v4().simple().to_string();
        let (ours, theirs) = StdUnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let (log, log_end) = std::io::pipe()?;
        let mut command = self.command(folder.path());
        command.env(MARKER, &marker);
        command.stdin(OwnedFd::from(theirs));
        command.stdout(log_end.try_clone()?).stderr(Stdio::from(log_end));
        let pid = self.spawner.spawn(command, marker.clone()).await?;
        let tail = Tail::default();
        let log = pipe::Receiver::from_owned_fd(log.into())?;
        let log = tokio::spawn(relay(log, pid.as_raw_nonzero().get(), tail.clone()));
        let sights = self.watchdog.watch(pid, &marker, folder.path().to_owned());
        let child = ChildProcess::new(pid, marker, folder, (log, tail), sights)?;
        Ok((UnixStream::from_std(ours)?, child))
    }

    fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.launcher);
        command.args(self.arguments(folder).to_arguments());
        command.env_clear().envs(self.environment(folder)).current_dir(folder);
        command
    }

    fn arguments(&self, folder: &Path) -> LaunchArgs {
        let mut write = self.settings.write.clone();
        write.push(folder.to_owned());
        LaunchArgs {
            parent: std::process::id(),
            host: self.host.program.clone(),
            assembly: self.host.assembly.clone(),
            data_bytes: self.settings.heap_bytes.saturating_add(BESIDE_HEAP),
            file_bytes: self.settings.disk_bytes.max(LARGEST_MAPPING),
            open_files: self.settings.open_files,
            no_sandbox: !self.settings.sandbox,
            read: readable(&self.host, &self.settings),
            write,
        }
    }

    fn environment(&self, folder: &Path) -> Vec<(&'static str, OsString)> {
        let own = PASSED_ON
            .iter()
            .filter_map(|name| Some((*name, std::env::var_os(name)?)));
        let mut environment: Vec<_> = own.collect();
        for name in ["HOME", "TMPDIR", "DOTNET_CLI_HOME"] {
            environment.push((name, folder.into()));
        }
        if let Some(root) = &self.host.dotnet_root {
            environment.push(("DOTNET_ROOT", root.into()));
        }
        // The runtime reads this number as hexadecimal.
        let heap = format!("0x{:X}", self.settings.heap_bytes);
        for (name, value) in [
            ("PATH", PATH),
            ("DOTNET_GCHeapHardLimit", &heap),
            // No socket by which others could look into the process, or it into others.
            ("DOTNET_EnableDiagnostics", "0"),
            ("POWERSHELL_DIAGNOSTICS_OPTOUT", "1"),
            ("DOTNET_NOLOGO", "1"),
            ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"),
            ("POWERSHELL_TELEMETRY_OPTOUT", "1"),
            ("POWERSHELL_UPDATECHECK", "Off"),
            // Without a file of its own the first import of a module waits for one in vain.
            ("PSModuleAnalysisCachePath", "/dev/null"),
            // Text goes to callers, not to a terminal.
            ("TERM", "dumb"),
            ("NO_COLOR", "1"),
        ] {
            environment.push((name, value.into()));
        }
        environment
    }
}

/// What a worker may read beside the system's paths: the engine, its runtime, the worker, the modules and what the settings
/// name.
pub(in crate::workers) fn readable(host: &Host, settings: &WorkerSettings) -> Vec<PathBuf> {
    let folders = [
        host.program.parent(),
        host.assembly.parent(),
        host.dotnet_root.as_deref(),
    ];
    let mut paths: Vec<_> = folders.into_iter().flatten().map(Path::to_owned).collect();
    if let Some(modules) = std::env::var_os(MODULE_PATH) {
        paths.extend(std::env::split_paths(&modules).filter(|path| path.is_absolute()));
    }
    paths.extend(settings.read.iter().cloned());
    paths
}
