//! An identity provider: keys, tokens they sign, and the documents it publishes, right or wrong.

mod key;
mod provider;

pub use key::{KeyType, SigningKey};
pub use provider::IdentityProvider;
