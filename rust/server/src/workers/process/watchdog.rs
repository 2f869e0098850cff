//! Looks at what workers and everything their scripts started take of the machine, and tells who takes too much. The limits
//! that the kernel keeps are per process, or per user; these are per worker.

use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use rustix::process::Pid;
use tokio::sync::mpsc;

use super::family::{Found, Snapshot};
use super::pulse::{Pulse, last_number};
use super::{strays, usage};
use crate::config::WorkerSettings;
use crate::workers::Excess;

/// How often is looked while scripts run.
const WHILE_RUNNING: Duration = Duration::from_millis(200);
/// How often is looked while none does, or while one takes no processor time: what one left behind goes on.
const WHILE_IDLE: Duration = Duration::from_secs(2);
/// A look at files may take this part of the time.
const PART_FOR_FILES: u32 = 10;
/// Looks in a row that must find too much memory: a child that is just being started seems to have its parent's as well.
const LOOKS_AT_MEMORY: u32 = 2;

/// What was seen of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::workers) enum Sight {
    /// It took too much and has to go.
    Excess(Excess),
    /// Its heap is nearly full: it may come to do nothing but look for free memory.
    HeapNearlyFull,
}

/// How many runs there are, so that nothing is looked at often without need.
#[derive(Debug, Clone, Default)]
pub(in crate::workers) struct Activity(Arc<Runs>);

#[derive(Debug, Default)]
struct Runs {
    running: Mutex<usize>,
    begun: Condvar,
}

/// A run. Dropping it ends it.
pub(in crate::workers) struct Active(Activity);

impl Activity {
    /// A run begins.
    pub(in crate::workers) fn begin(&self) -> Active {
        let mut running = self.0.running.lock();
        *running += 1;
        if *running == 1 {
            self.0.begun.notify_all();
        }
        Active(self.clone())
    }

    fn pause(&self) {
        let mut running = self.0.running.lock();
        let pause = if *running > 0 { WHILE_RUNNING } else { WHILE_IDLE };
        self.0.begun.wait_for(&mut running, pause);
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        *self.0.0.running.lock() -= 1;
    }
}

/// Watches workers from a thread of its own, which ends with it.
#[derive(Debug)]
pub(super) struct Watchdog(Arc<Mutex<Vec<Watched>>>);

#[derive(Debug)]
struct Watched {
    pid: Pid,
    marker: String,
    folder: PathBuf,
    sights: mpsc::Sender<Sight>,
    looks_at_memory: u32,
    files_from: Instant,
    last: Option<Look>,
}

/// A look that found nothing, and whether another one can find more.
#[derive(Debug)]
struct Look {
    at: Instant,
    family: Vec<Pid>,
    pulse: Option<Pulse>,
}

impl Look {
    /// Whether all is as it was: nothing was started and nothing ran since.
    fn still_holds(&self, last_number: Option<u64>) -> bool {
        self.at.elapsed() < WHILE_IDLE && self.pulse.is_some() && Pulse::now(&self.family, last_number) == self.pulse
    }
}

impl Watchdog {
    pub(super) fn new(settings: &WorkerSettings, activity: Activity) -> std::io::Result<Self> {
        let watched = Arc::new(Mutex::new(Vec::new()));
        let (of, limits) = (Arc::downgrade(&watched), Limits::from(settings));
        let thread = std::thread::Builder::new().name("worker watchdog".to_owned());
        thread.spawn(move || watch(&of, limits, &activity))?;
        Ok(Self(watched))
    }

    /// Watches a worker until its receiver is dropped.
    pub(super) fn watch(&self, pid: Pid, marker: &str, folder: PathBuf) -> mpsc::Receiver<Sight> {
        let (sights, receiver) = mpsc::channel(1);
        self.0.lock().push(Watched {
            pid,
            marker: marker.to_owned(),
            folder,
            sights,
            looks_at_memory: 0,
            files_from: Instant::now(),
            last: None,
        });
        receiver
    }
}

fn watch(watched: &Weak<Mutex<Vec<Watched>>>, limits: Limits, activity: &Activity) {
    loop {
        activity.pause();
        let Some(watched) = watched.upgrade() else { return };
        let mut watched = watched.lock();
        watched.retain(|worker| !worker.sights.is_closed());
        if watched.is_empty() {
            continue;
        }
        let last_number = last_number();
        let mut due: Vec<_> = watched
            .iter_mut()
            .filter(|worker| !worker.is_at_peace(last_number))
            .collect();
        if due.is_empty() {
            continue;
        }
        let snapshot = Snapshot::take();
        for worker in &mut due {
            if let Some(sight) = worker.look(&snapshot, last_number, limits) {
                // One that was not taken yet tells enough.
                let _ = worker.sights.try_send(sight);
            }
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Limits {
    heap: u64,
    memory: u64,
    processes: usize,
    disk: u64,
}

impl From<&WorkerSettings> for Limits {
    fn from(settings: &WorkerSettings) -> Self {
        Self {
            heap: settings.heap_bytes,
            memory: settings.memory_bytes,
            processes: settings.processes,
            disk: settings.disk_bytes,
        }
    }
}

impl Watched {
    fn is_at_peace(&self, last_number: Option<u64>) -> bool {
        self.last.as_ref().is_some_and(|last| last.still_holds(last_number))
    }

    /// Looks at what it takes. `last_number` is of before the snapshot, so that a process which came since is seen by the next look.
    fn look(&mut self, snapshot: &Snapshot, last_number: Option<u64>, limits: Limits) -> Option<Sight> {
        let family = strays::family(snapshot, self.pid, &self.marker);
        let sight = self.judge(&family, limits);
        let is_quiet = sight.is_none() && self.looks_at_memory == 0;
        self.last = is_quiet.then(|| Look {
            at: Instant::now(),
            family: family.iter().map(|found| found.pid).collect(),
            pulse: Pulse::seen(&family, last_number),
        });
        sight
    }

    fn judge(&mut self, family: &[Found], limits: Limits) -> Option<Sight> {
        if family.len() > limits.processes {
            return Some(Sight::Excess(Excess::Processes(limits.processes)));
        }
        if self.has_too_much_memory(family, limits.memory) {
            return Some(Sight::Excess(Excess::Memory(limits.memory)));
        }
        if self.has_too_many_files(family, limits.disk) {
            return Some(Sight::Excess(Excess::Disk(limits.disk)));
        }
        let is_nearly_full = usage::private_memory(self.pid) > limits.heap / 10 * 8;
        is_nearly_full.then_some(Sight::HeapNearlyFull)
    }

    fn has_too_much_memory(&mut self, family: &[Found], limit: u64) -> bool {
        let quick = |found: &Found| usage::private_memory(found.pid);
        let exact = |found: &Found| usage::share_of_memory(found.pid).unwrap_or_else(|| quick(found));
        let is_over = family.iter().map(quick).sum::<u64>() > limit && family.iter().map(exact).sum::<u64>() > limit;
        self.looks_at_memory = if is_over { self.looks_at_memory + 1 } else { 0 };
        self.looks_at_memory >= LOOKS_AT_MEMORY
    }

    fn has_too_many_files(&mut self, family: &[Found], limit: u64) -> bool {
        let begun = Instant::now();
        if begun < self.files_from {
            return false;
        }
        let nameless = family.iter().map(|found| usage::nameless_bytes(found.pid)).sum::<u64>();
        let is_over = usage::folder_bytes(&self.folder).saturating_add(nameless) > limit;
        self.files_from = Instant::now() + begun.elapsed() * PART_FOR_FILES;
        is_over
    }
}
