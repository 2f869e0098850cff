//! Processes that scripts left behind. They are the server's children once their own parent is gone, since the server is the
//! subreaper, and a process that left its group and its session is reached in no other way.

use std::collections::BTreeMap;
use std::io;
use std::process::Child;

use parking_lot::Mutex;
use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_process, waitpid};

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

/// Ends the children of this process that it did not start, except those that say they belong to a worker that is alive, and
/// waits for those that are dead. Does nothing unless the server is hardened: elsewhere they may be somebody's.
pub(in crate::workers) fn sweep() {
    if !is_hardened() {
        return;
    }
    let own = OWN.lock();
    for child in children() {
        if own.contains_key(&child.pid.as_raw_nonzero().get()) {
            continue;
        }
        if child.is_dead {
            // What it leaves behind in turn is announced by another signal.
            let _ = waitpid(Some(child.pid), WaitOptions::NOHANG);
        } else if !marker_of(child.pid).is_some_and(|marker| own.values().any(|live| *live == marker)) {
            tracing::info!(
                pid = child.pid.as_raw_nonzero(),
                "ending a process that a script left behind"
            );
            let _ = kill_process(child.pid, Signal::KILL);
        }
    }
}

struct Found {
    pid: Pid,
    is_dead: bool,
}

fn children() -> Vec<Found> {
    let parent = getpid().as_raw_nonzero().get();
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let numbers = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.filter_map(|pid| child_of(parent, pid)).collect()
}

fn child_of(parent: i32, pid: i32) -> Option<Found> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program stands in brackets and may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let state = fields.next()?;
    let is_child = fields.next()?.parse() == Ok(parent);
    let pid = Pid::from_raw(pid)?;
    is_child.then_some(Found {
        pid,
        is_dead: matches!(state, "Z" | "X"),
    })
}

fn marker_of(pid: Pid) -> Option<String> {
    let environment = std::fs::read(format!("/proc/{}/environ", pid.as_raw_nonzero())).ok()?;
    let mut entries = environment.split(|byte| *byte == 0);
    let value = entries.find_map(|entry| entry.strip_prefix(MARKER.as_bytes())?.strip_prefix(b"="))?;
    String::from_utf8(value.to_vec()).ok()
}
