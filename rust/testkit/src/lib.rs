//! Golden vectors and scripted servers for the tests of the other crates.
#![forbid(unsafe_code)]

pub mod http;
pub mod vectors;
