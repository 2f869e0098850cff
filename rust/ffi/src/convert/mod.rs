//! Between the types of the boundary and those of the engine.

mod calls;
mod events;
mod results;

pub(crate) use calls::Call;
