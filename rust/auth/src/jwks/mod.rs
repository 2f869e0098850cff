//! Key sets of identity providers (5), without I/O: reading a document, choosing a key, and deciding when to fetch.

mod cache;
mod document;
mod key;

pub use cache::{KeyCache, Lookup, Settings};
pub use document::{DocumentError, KeySet, Note};
pub use key::ResolvedKey;
