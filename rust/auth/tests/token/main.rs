//! Validation of shared-secret tokens against the negative test matrix (authentication 10): each row that speaks of such a
//! token, or of a structure that every token has, is here under its number. The clock stands at `NOW`.

mod clients;
mod forge;
mod header;
mod mutation;
mod parties;
mod secrecy;
mod signature;
mod structure;
mod time;
