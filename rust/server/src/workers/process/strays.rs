//! Processes that scripts left behind. They are the server's children once their own parent is gone, since the server is the
//! subreaper, and a process that left its group and its session is reached in no other way.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rustix::process::{Pid, Signal, WaitOptions, getpid, waitpid};

use super::family::{Found, Snapshot};
use crate::workers::harden::is_hardened;

/// The variable that tells whose process this is, as long as it says so.
pub(super) const MARKER: &str = "SPE_WORKER";

/// The processes this one started, with their markers. A sweep and a start exclude each other: a process that was just
/// started is not a stray.
static OWN: Mutex<BTreeMap<i32, String>> = Mutex::new(BTreeMap::new());

/// Starts a process that is not a stray until [`forget`].
pub(super) fn start(marker: &str, spawn: impl FnOnce() -> io::Result<Child>) -> io::Result<Pid> {
    let mut own = OWN.lock();
    let child = spawn()?;
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let pid = pid.ok_or_else(|| io::Error::other("the process has no number"))?;
    own.insert(pid.as_raw_nonzero().get(), marker.to_owned());
    Ok(pid)
}

/// Says that a process is gone and waited for. What it left behind is a stray now.
pub(super) fn forget(pid: Pid) {
    OWN.lock().remove(&pid.as_raw_nonzero().get());
}

/// Ends the children of this process that it did not start, with all that come of them, except those that say they belong to
/// a worker that is alive, and waits for those that are dead. Does nothing unless the server is hardened: elsewhere they may
/// be somebody's.
pub(in crate::workers) fn sweep() {
    if !is_hardened() {
        return;
    }
    let own = OWN.lock();
    let snapshot = Snapshot::take();
    for child in strays(&snapshot, &own) {
        if child.is_dead {
            // What it leaves behind in turn is announced by another signal.
            let _ = waitpid(Some(child.pid), WaitOptions::NOHANG);
        } else if !marker_of(child.pid).is_some_and(|marker| own.values().any(|live| *live == marker)) {
            let family = snapshot.descendants([child.pid]);
            tracing::info!(
                pid = child.pid.as_raw_nonzero(),
                processes = family.len(),
                "ending processes that a script left behind"
            );
            for found in &family {
                found.signal(Signal::KILL);
            }
        }
    }
}

/// A worker and everything that its scripts started, as far as it can be known: what comes of it, and what comes of strays
/// that have its marker.
pub(super) fn family(snapshot: &Snapshot, worker: Pid, marker: &str) -> Vec<Found> {
    let mut roots = vec![worker];
    if is_hardened() {
        let own = OWN.lock();
        let left = strays(snapshot, &own).filter(|child| marker_of(child.pid).as_deref() == Some(marker));
        roots.extend(left.map(|child| child.pid));
    }
    snapshot.descendants(roots)
}

/// Kills everything that a worker's scripts started, also what starts others faster than it can be killed: first all stand
/// still, and so stay known by their parents, then they are killed at once. Takes at most `bound`. The worker must stand still
/// itself.
pub(super) fn end_family(worker: Pid, marker: &str, bound: Duration) {
    let until = Instant::now() + bound;
    let mut still = BTreeMap::new();
    loop {
        let mut family = family(&Snapshot::take(), worker, marker);
        family.retain(|found| !found.is_dead && found.pid != worker && !still.contains_key(&found.identity()));
        if family.is_empty() || Instant::now() > until {
            break;
        }
        for found in family {
            found.signal(Signal::STOP);
            still.insert(found.identity(), found);
        }
    }
    for found in still.values() {
        found.signal(Signal::KILL);
    }
}

/// Kills processes that say they belong to a worker whose temporary folder lay in `folder`, with all that come of them. Their
/// server is gone, and nobody else looks after them.
pub(super) fn end_users_of(folder: &Path) {
    let snapshot = Snapshot::take();
    let is_user = |found: &&Found| {
        let environment = environment_of(found.pid);
        value(&environment, MARKER).is_some()
            && value(&environment, "TMPDIR").is_some_and(|path| Path::new(OsStr::from_bytes(path)).starts_with(folder))
    };
    let users: Vec<_> = snapshot.all().filter(is_user).map(|found| found.pid).collect();
    for found in snapshot.descendants(users) {
        found.signal(Signal::KILL);
    }
}

/// Children of this process that it did not start.
fn strays<'a>(snapshot: &'a Snapshot, own: &'a BTreeMap<i32, String>) -> impl Iterator<Item = &'a Found> {
    let children = snapshot.children(getpid()).iter();
    children.filter(|child| !own.contains_key(&child.pid.as_raw_nonzero().get()))
}

fn marker_of(pid: Pid) -> Option<String> {
    let environment = environment_of(pid);
    String::from_utf8(value(&environment, MARKER)?.to_vec()).ok()
}

/// What a process was started with, entries apart by zeros; nothing for those of others.
fn environment_of(pid: Pid) -> Vec<u8> {
    std::fs::read(format!("/proc/{}/environ", pid.as_raw_nonzero())).unwrap_or_default()
}

fn value<'a>(environment: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let mut entries = environment.split(|byte| *byte == 0);
    entries.find_map(|entry| entry.strip_prefix(name.as_bytes())?.strip_prefix(b"="))
}
