//! The native library of the SPE module: interoptopus services over spe-client, nothing else.
//!
//! dotnet/SPE/Native is the other side; its Bindings.g.cs is generated from [`inventory`] by the example `bindings`.

mod convert;
mod guard;
mod inventory;
mod model;
mod operation;
mod operations;
mod runtime;
mod service;

pub use inventory::inventory;
pub use model::*;
pub use service::Client;
