//! Whether processes did anything since they were looked at last, told by a few numbers of the kernel: a look at all of /proc
//! takes milliseconds, and scripts that wait do nothing for hours.

use std::fs;

use rustix::process::Pid;

use super::family::Found;

/// What is the same as long as nothing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pulse {
    last_number: u64,
    ticks: u64,
}

impl Pulse {
    /// Of processes as they were found, with the number of [`last_number`]. Nothing where the kernel does not tell that.
    pub(super) fn seen(family: &[Found], last_number: Option<u64>) -> Option<Self> {
        Some(Self {
            last_number: last_number?,
            ticks: family.iter().map(|found| found.ticks).sum(),
        })
    }

    /// Of processes as they are now. Nothing when one of them is gone.
    pub(super) fn now(family: &[Pid], last_number: Option<u64>) -> Option<Self> {
        let family: Option<Vec<_>> = family.iter().copied().map(Found::read).collect();
        Self::seen(&family?, last_number)
    }
}

/// The number that the kernel gave to a process or thread last: while it stays there are no new ones.
pub(super) fn last_number() -> Option<u64> {
    fs::read_to_string("/proc/loadavg")
        .ok()?
        .split_ascii_whitespace()
        .last()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use rustix::process::getpid;

    use super::*;

    /// Tests that run beside this one start processes too, so only the time is compared.
    #[test]
    fn one_that_sleeps_keeps_its_pulse_and_one_that_works_does_not() {
        let mut sleeper = Command::new("/bin/sleep").arg("1000").spawn().unwrap();
        let mut worker = Command::new("/bin/sh");
        let mut worker = worker
            .args(["-c", "while :; do :; done"])
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let pid = |id: u32| Pid::from_raw(id.try_into().unwrap()).unwrap();
        let (quiet, busy) = (pid(sleeper.id()), pid(worker.id()));
        let wait = |changes: &dyn Fn() -> bool| {
            while !changes() {
                std::thread::yield_now();
            }
        };
        let first = Pulse::now(&[busy], Some(1));
        wait(&|| Pulse::now(&[busy], Some(1)) != first);
        let still = Pulse::now(&[quiet], Some(1));
        let second = Pulse::now(&[busy], Some(1));
        wait(&|| Pulse::now(&[busy], Some(1)) != second);
        assert_eq!(Pulse::now(&[quiet], Some(1)), still);
        assert!(still.is_some());
        for child in [&mut sleeper, &mut worker] {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        assert_eq!(Pulse::now(&[busy], Some(1)), None);
    }

    #[test]
    fn a_new_process_changes_the_pulse() {
        let before = Pulse::now(&[getpid()], last_number());
        Command::new("/bin/true").status().unwrap();
        assert!(before.is_some());
        assert_ne!(Pulse::now(&[getpid()], last_number()), before);
    }
}
