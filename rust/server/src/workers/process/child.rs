//! A worker's process: known by descriptor, ended with its group, waited for last.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::retry_on_intr;
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, WaitIdStatus, WaitOptions, kill_process, kill_process_group,
    pidfd_open, waitid, waitpid,
};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};

use super::folders::Folder;
use super::log::Tail;
use super::strays;
use super::watchdog::Sight;

/// How long a process whose channel has ended may take to end itself, which tells how it ended.
const EXIT_GRACE: Duration = Duration::from_millis(500);
/// How long a killed process may take to be gone. Only one that waits inside the kernel takes longer than milliseconds.
const KILL_BOUND: Duration = Duration::from_secs(5);
/// How it ended when nobody can say.
const UNKNOWN: &str = "how it ended is not known";

/// A process that was started. Dropping it kills it.
#[derive(Debug)]
pub(in crate::workers) struct ChildProcess {
    number: i32,
    process: Option<Process>,
    log: JoinHandle<()>,
    tail: Tail,
    sights: mpsc::Receiver<Sight>,
}

impl ChildProcess {
    /// Takes over a process that [`strays::start`] started with `marker` and nobody has waited for.
    pub(super) fn new(
        pid: Pid,
        marker: String,
        folder: Folder,
        log: (JoinHandle<()>, Tail),
        sights: mpsc::Receiver<Sight>,
    ) -> io::Result<Self> {
        let exit = pidfd_open(pid, PidfdFlags::empty()).inspect_err(|_| {
            kill(pid);
            let _ = waitpid(Some(pid), WaitOptions::empty());
            strays::forget(pid);
        })?;
        Ok(Self {
            number: pid.as_raw_nonzero().get(),
            process: Some(Process {
                pid,
                marker,
                exit,
                folder,
            }),
            log: log.0,
            tail: log.1,
            sights,
        })
    }

    /// The number of the process.
    pub(in crate::workers) fn number(&self) -> i32 {
        self.number
    }

    /// The last lines it wrote to its standard streams.
    pub(in crate::workers) fn last_words(&self) -> String {
        self.tail.text()
    }

    /// What the watchdog sees of it.
    pub(in crate::workers) async fn sight(&mut self) -> Sight {
        match self.sights.recv().await {
            Some(sight) => sight,
            // The pool is gone, and ends its workers.
            None => std::future::pending().await,
        }
    }

    /// Ends the process with its group, what its scripts left behind and its temporary folder, and says how it ended. With
    /// `grace` it may first end by itself.
    pub(in crate::workers) async fn end(&mut self, grace: bool) -> String {
        let Some(process) = self.process.take() else {
            return UNKNOWN.to_owned();
        };
        let status = spawn_blocking(move || process.end(grace)).await;
        self.log.abort();
        status.unwrap_or_else(|_| UNKNOWN.to_owned())
    }
}

impl Drop for ChildProcess {
    fn drop(&mut self) {
        self.log.abort();
        if let Some(process) = &self.process {
            kill(process.pid);
        }
    }
}

#[derive(Debug)]
struct Process {
    pid: Pid,
    marker: String,
    exit: OwnedFd,
    folder: Folder,
}

impl Process {
    fn end(self, grace: bool) -> String {
        if grace {
            self.wait(EXIT_GRACE);
        }
        // Before it is waited for: until then nobody else can have its number. While it stands still it starts nothing, and what
        // it started is still known by its parents.
        let _ = kill_process_group(self.pid, Signal::STOP);
        strays::end_family(self.pid, &self.marker, KILL_BOUND);
        kill(self.pid);
        let is_gone = self.wait(KILL_BOUND);
        let status = self.status();
        if is_gone {
            let _ = waitpid(Some(self.pid), WaitOptions::NOHANG);
            strays::forget(self.pid);
        } else {
            let pid = self.pid.as_raw_nonzero();
            tracing::error!(pid, "a worker process does not end although it was killed");
        }
        strays::sweep();
        if let Err(error) = self.folder.remove() {
            tracing::warn!(%error, "the temporary folder of a worker could not be removed");
        }
        status
    }

    /// Waits until the process has ended and says whether it has.
    fn wait(&self, bound: Duration) -> bool {
        let bound = Timespec::try_from(bound).ok();
        let mut exit = [PollFd::new(&self.exit, PollFlags::IN)];
        retry_on_intr(|| poll(&mut exit, bound.as_ref())).is_ok_and(|ready| ready > 0)
    }

    fn status(&self) -> String {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        match waitid(WaitId::Pid(self.pid), options) {
            Ok(Some(status)) => describe(&status),
            _ => UNKNOWN.to_owned(),
        }
    }
}

fn kill(pid: Pid) {
    // Until the launcher has a group of its own there is only the process, afterwards the process is in the group. Either may
    // be gone already.
    let _ = kill_process_group(pid, Signal::KILL);
    let _ = kill_process(pid, Signal::KILL);
}

fn describe(status: &WaitIdStatus) -> String {
    match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (_, Some(9)) => "killed, signal 9".to_owned(),
        (_, Some(signal)) => format!("signal {signal}"),
        _ => UNKNOWN.to_owned(),
    }
}
