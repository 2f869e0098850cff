//! Which secrets may sign (authentication 2.2). Nothing here ever shows one, not even its length.

use aws_lc_rs::hmac;
use secrecy::{ExposeSecret as _, SecretString};

use crate::Algorithm;

/// Why a secret must not sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakSecret {
    /// There is nothing but white space.
    #[error("the shared secret is empty")]
    Empty,
    /// It reads as a number.
    #[error("the shared secret is a number; use a random text")]
    Numeric,
    /// It has fewer bytes than the signature of the algorithm.
    #[error("the shared secret is too short: {0} takes at least {min} bytes", min = .0.tag_bytes())]
    TooShort(Algorithm),
}

/// Whether `secret` may sign with `algorithm`. Its length counts in bytes of UTF-8, as RFC 7518 3.2 has it (AU-D-56).
pub fn check(secret: &SecretString, algorithm: Algorithm) -> Result<(), WeakSecret> {
    let text = secret.expose_secret();
    if text.trim().is_empty() {
        return Err(WeakSecret::Empty);
    }
    if is_number(text) {
        return Err(WeakSecret::Numeric);
    }
    if text.len() < algorithm.tag_bytes() {
        return Err(WeakSecret::TooShort(algorithm));
    }
    Ok(())
}

/// The key of a secret that passed [`check`].
pub(crate) fn key(secret: &SecretString, algorithm: Algorithm) -> Result<hmac::Key, WeakSecret> {
    check(secret, algorithm)?;
    Ok(hmac::Key::new(algorithm.mac(), secret.expose_secret().as_bytes()))
}

/// Sign, digits with at most one point, exponent: the same in every locale (AU-D-56).
fn is_number(text: &str) -> bool {
    let text = text.trim();
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let some = !mantissa.is_empty() && mantissa != "." && !exponent.is_empty();
    some && digits(whole) && digits(fraction) && digits(exponent)
}
