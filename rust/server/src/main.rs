//! The server program.
#![forbid(unsafe_code)]

/// Of the buffers of a connection most is never used. This allocator gives them pages of their own, so that what is not used costs nothing
/// (`wait.bytes_per_hold` in docs/benchmarks.md), and it hands memory back after a burst of callers.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    spe_server::cli::main()
}
