//! Tokens of identity providers, their keys, and when those are fetched. The matrix of section 10 runs through the server:
//! rust/server/tests/authentication/matrix.

mod cache;
mod keys;
mod memory;
mod replay;
mod vectors;
