//! Tokens of the SPE remoting protocol: minting, parsing and validation, without I/O.
//!
//! The clock is an argument, so every rule is a table test. Section numbers in this crate are those of the authentication
//! specification; `AU-D-nn` names one of its numbered defects and `CM-D-nn` one of the client module's.
#![forbid(unsafe_code)]

mod algorithm;
pub mod authorization;
mod claims;
mod error;
mod issuer;
mod json;
pub mod jwks;
pub mod mint;
pub mod oauth;
pub mod registry;
mod replay;
pub mod secret;
pub mod shared_secret;
mod signature;
pub mod token;
pub mod username;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use error::{Refused, TokenError, TokenFacts};
pub use issuer::{Comparison, Issuer};
pub use replay::{ReplayCache, ReplayError};
pub use signature::PublicAlgorithm;
pub use token::{Family, Token};
