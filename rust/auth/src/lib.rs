//! Tokens of the SPE remoting protocol: minting, parsing and validation, without I/O.
//!
//! The clock is an argument, so every rule is a table test. Section numbers in this crate are those of the authentication
//! specification; `AU-D-nn` names one of its numbered defects and `CM-D-nn` one of the client module's.
#![forbid(unsafe_code)]

mod algorithm;
pub mod mint;
pub mod secret;

pub use algorithm::{Algorithm, UnknownAlgorithm};
