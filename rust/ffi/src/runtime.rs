//! The one runtime of the process.

use std::sync::LazyLock;

use tokio::runtime::{Builder, Runtime};

/// Most threads a client of one process has work for.
const MAX_THREADS: usize = 4;

/// The runtime, made at its first use and never shut down: no call outlives a step of its caller that could miss it,
/// and a process that ends does not wait for it.
///
/// # Panics
///
/// When the system has no thread or file descriptor left; callers run inside a guard.
pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        Builder::new_multi_thread()
            .worker_threads(threads.min(MAX_THREADS))
            .thread_name("spe")
            .enable_io()
            .enable_time()
            .build()
            .expect("the system provides threads and file descriptors for the engine")
    });
    &RUNTIME
}
