//! Which processes come of which, as the kernel shows it at one moment.

use std::collections::{BTreeMap, BTreeSet};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// A process as it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) pid: Pid,
    pub(super) is_dead: bool,
    parent: i32,
    /// When it started, in ticks since the machine did: with it a number stands for one process.
    started: u64,
    /// Processor time it took so far, in ticks of the kernel (10 ms).
    pub(super) ticks: u64,
}

impl Found {
    /// What tells it from every other process.
    pub(super) fn identity(&self) -> (i32, u64) {
        (number(self.pid), self.started)
    }
}

/// Every process of the machine.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    children: BTreeMap<i32, Vec<Found>>,
    all: BTreeMap<i32, Found>,
}

impl Snapshot {
    /// What is there now.
    pub(super) fn take() -> Self {
        let mut snapshot = Self::default();
        let Ok(entries) = std::fs::read_dir("/proc") else {
            return snapshot;
        };
        let numbers = entries
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        for found in numbers.filter_map(|number| Found::read(Pid::from_raw(number)?)) {
            snapshot.children.entry(found.parent).or_default().push(found);
            snapshot.all.insert(number(found.pid), found);
        }
        snapshot
    }

    /// Every process.
    pub(super) fn all(&self) -> impl Iterator<Item = &Found> {
        self.all.values()
    }

    /// The children of a process.
    pub(super) fn children(&self, parent: Pid) -> &[Found] {
        self.children.get(&number(parent)).map_or(&[], Vec::as_slice)
    }

    /// Those of `roots` that are there, and all that come of them.
    pub(super) fn descendants(&self, roots: impl IntoIterator<Item = Pid>) -> Vec<Found> {
        let mut seen = BTreeSet::new();
        let mut open: Vec<_> = roots.into_iter().map(number).collect();
        let mut found = Vec::new();
        while let Some(pid) = open.pop() {
            if !seen.insert(pid) {
                continue;
            }
            found.extend(self.all.get(&pid).copied());
            let children = self.children.get(&pid).into_iter().flatten();
            open.extend(children.map(|child| number(child.pid)));
        }
        found
    }
}

impl Found {
    /// A process by its number, if there is one.
    pub(super) fn read(pid: Pid) -> Option<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", number(pid))).ok()?;
        // The name of the program stands in brackets and may hold anything.
        let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
        let state = fields.next()?;
        let parent = fields.next()?.parse().ok()?;
        // In user mode and in the kernel.
        let ticks = fields.nth(9)?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
        Some(Self {
            pid,
            is_dead: matches!(state, "Z" | "X"),
            parent,
            started: fields.nth(6)?.parse().ok()?,
            ticks,
        })
    }

    /// Signals this process, and no other that got its number since.
    pub(super) fn signal(&self, signal: Signal) {
        let Ok(process) = pidfd_open(self.pid, PidfdFlags::empty()) else {
            return;
        };
        let now = Self::read(self.pid);
        if now.is_some_and(|now| now.started == self.started) {
            // It may have ended by itself.
            let _ = pidfd_send_signal(&process, signal);
        }
    }
}

fn number(pid: Pid) -> i32 {
    pid.as_raw_nonzero().get()
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use rustix::process::getpid;

    use super::*;

    #[test]
    fn what_comes_of_a_process_is_found_and_killed() {
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", "sleep 1000 & echo ready; wait"])
            .stdout(Stdio::piped());
        let mut shell = shell.spawn().unwrap();
        std::io::Read::read_exact(shell.stdout.as_mut().unwrap(), &mut [0; 6]).unwrap();
        let root = Pid::from_raw(shell.id().try_into().unwrap()).unwrap();
        let snapshot = Snapshot::take();
        assert!(snapshot.children(getpid()).iter().any(|child| child.pid == root));
        let family = snapshot.descendants([root]);
        assert_eq!(family.len(), 2, "{family:?}");
        for found in &family {
            found.signal(Signal::KILL);
        }
        assert!(!shell.wait().unwrap().success());
    }

    #[test]
    fn a_process_that_took_over_a_number_is_left_alone() {
        let mut sleeper = Command::new("/bin/sleep").arg("1000").spawn().unwrap();
        let pid = Pid::from_raw(sleeper.id().try_into().unwrap()).unwrap();
        let before = Found {
            started: 1,
            ..Found::read(pid).unwrap()
        };
        before.signal(Signal::KILL);
        assert_eq!(sleeper.try_wait().unwrap(), None);
        sleeper.kill().unwrap();
        sleeper.wait().unwrap();
    }
}
