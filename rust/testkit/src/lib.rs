//! Golden vectors, scripted servers and an identity provider for the tests of the other crates.
#![forbid(unsafe_code)]

pub mod forge;
pub mod http;
pub mod idp;
pub mod vectors;
