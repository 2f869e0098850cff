//! The native library of the SPE module: interoptopus services over spe-client, nothing else.
//!
//! dotnet/SPE/Native is the other side; its Bindings.g.cs is generated from [`inventory`] by the example `bindings`.
// A failure is made once in a call and moved a few times; a box around it would be in the way of every reader.
#![allow(clippy::result_large_err)]

mod convert;
mod guard;
mod inventory;
mod model;
mod operation;
mod operations;
mod runtime;
#[allow(
    clippy::ptr_cast_constness,
    reason = "in what the attribute of the service generates"
)]
mod service;

pub use inventory::inventory;
pub use model::*;
pub use service::Client;
