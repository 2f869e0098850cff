//! Tokens on request.

use crate::{Failure, FailureKind, JwtCall};

/// Mints the token of `New-Jwt` (client module 18). `now_unix` is the clock in Unix seconds.
pub fn new_jwt(_call: &JwtCall, _now_unix: i64) -> Result<String, Failure> {
    Err(Failure::new(FailureKind::Internal, "no minting yet"))
}
