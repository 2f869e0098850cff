//! Secrets and ids nobody can guess.

use anyhow::Context as _;
use secrecy::zeroize::Zeroizing;

/// Random bytes of a secret; written in hex it has twice as many characters, enough for every algorithm.
pub(super) const SECRET_BYTES: usize = 32;

/// Random bytes in hex.
pub(super) fn hex(count: usize) -> anyhow::Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(vec![0; count]);
    aws_lc_rs::rand::fill(&mut bytes)
        .ok()
        .context("the system has no random numbers")?;
    let mut text = Zeroizing::new(String::with_capacity(2 * count));
    for byte in &*bytes {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(digit.into(), 16).unwrap_or_default());
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_another() {
        let (one, other) = (hex(SECRET_BYTES).unwrap(), hex(SECRET_BYTES).unwrap());
        assert_ne!(*one, *other);
        assert_eq!(one.len(), 64);
    }
}
