//! The thread that starts processes. A parent-death signal follows the thread that started the process, so it is one that
//! lives as long as the pool: when the pool goes away without a word, the kernel ends the workers.

use std::io;
use std::process::Command;
use std::sync::mpsc;

use rustix::process::Pid;
use tokio::sync::oneshot;

use super::strays;

struct Order {
    command: Command,
    marker: String,
    started: oneshot::Sender<io::Result<Pid>>,
}

/// Starts processes from a thread of its own.
#[derive(Debug)]
pub(super) struct Spawner(mpsc::Sender<Order>);

impl Spawner {
    /// Starts the thread.
    pub(super) fn new() -> io::Result<Self> {
        let (sender, orders) = mpsc::channel::<Order>();
        let thread = std::thread::Builder::new().name("worker starter".to_owned());
        thread.spawn(move || {
            for Order {
                mut command,
                marker,
                started,
            } in orders
            {
                let pid = strays::start(&marker, || command.spawn());
                // It holds copies of the descriptors that the process got: the end of the channel shows only without them.
                drop(command);
                // Whoever gave the order waits for it in a task that is not dropped.
                let _ = started.send(pid);
            }
        })?;
        Ok(Self(sender))
    }

    /// Starts `command` and says its process.
    pub(super) async fn spawn(&self, command: Command, marker: String) -> io::Result<Pid> {
        let gone = || io::Error::other("the thread that starts workers is gone");
        let (started, pid) = oneshot::channel();
        let order = Order {
            command,
            marker,
            started,
        };
        self.0.send(order).map_err(|_| gone())?;
        pid.await.map_err(|_| gone())?
    }
}
