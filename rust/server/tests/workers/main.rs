//! The pool of workers with real processes, on the engine that a build leaves beside the server
//! (docs/developers/worker-channel.md).

mod calls;
mod ends;
mod excess;
mod harness;
mod pool;
mod runs;
mod sandbox;
mod system_calls;
