//! Tokens on request.

use spe_auth::mint::{IssuedAt, TokenSpec, mint};

use crate::text::sentence;
use crate::{Failure, FailureKind, JwtCall};

/// Mints the token of `New-Jwt` (client module 18). `now_unix` is the clock, in seconds since 1970.
///
/// The failure, always [`FailureKind::InvalidInput`], says which value cannot be used.
pub fn new_jwt(call: &JwtCall, now_unix: i64) -> Result<String, Failure> {
    let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let spec = TokenSpec {
        algorithm: call.algorithm.parse().map_err(|error| refused(&error))?,
        token_type: call.token_type.clone(),
        key_id: given(&call.key_id),
        issuer: call.issuer.clone(),
        audience: call.audience.clone(),
        name: given(&call.name),
        client_session: given(&call.client_session_id),
        valid_for_seconds: call.valid_for_seconds.into(),
        issued_at: match (call.issued_at, call.no_issued_at) {
            (0, true) => IssuedAt::Absent,
            (0, false) => IssuedAt::Now,
            (seconds, _) => IssuedAt::At(seconds),
        },
        not_before: Some(call.not_before).filter(|seconds| *seconds != 0),
        scope: given(&call.scope),
    };
    mint(&spec, &call.secret_key, now_unix).map_err(|error| refused(&error))
}

fn refused(error: &dyn std::error::Error) -> Failure {
    Failure::new(FailureKind::InvalidInput, sentence(&error.to_string()))
}
