//! The pool of workers with real processes, on the engine that a build leaves beside the server
//! (docs/developers/worker-channel.md).

mod harness;
mod runs;
