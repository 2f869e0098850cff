//! The signed position of a reader in a session's records (section 6.8).

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::SessionId;

/// Longest cursor text that is looked at, in bytes. A real one of the longest id stays below it.
pub const MAX_LEN: usize = 512;

/// Signs cursors and checks those that come back. The key lives as long as the server process does.
pub struct CursorSigner {
    key: hmac::Key,
}

/// The cursor was not made by this server process for this job, or was changed on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor was not issued for this job by this server process")]
pub struct InvalidCursor;

impl CursorSigner {
    /// A signer over `key`, which should be random and is never sent.
    pub fn new(key: &[u8; 32]) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, key),
        }
    }

    /// The text that stands for "the next record of `job` to read is `offset`".
    pub fn sign(&self, job: &SessionId, offset: u64) -> String {
        let payload = format!("{{\"s\":\"{job}\",\"o\":{offset}}}");
        let first = URL_SAFE_NO_PAD.encode(payload);
        let mac = hmac::sign(&self.key, first.as_bytes());
        format!("{first}.{}", URL_SAFE_NO_PAD.encode(mac))
    }

    /// The offset in `cursor`, when it was signed by this signer for exactly `job`. The signature is checked first and in
    /// constant time.
    pub fn verify(&self, job: &SessionId, cursor: &str) -> Result<u64, InvalidCursor> {
        if cursor.len() > MAX_LEN {
            return Err(InvalidCursor);
        }
        let (first, mac) = cursor.split_once('.').ok_or(InvalidCursor)?;
        let mac = URL_SAFE_NO_PAD.decode(mac).map_err(|_| InvalidCursor)?;
        hmac::verify(&self.key, first.as_bytes(), &mac).map_err(|_| InvalidCursor)?;
        let payload = URL_SAFE_NO_PAD.decode(first).map_err(|_| InvalidCursor)?;
        let payload = std::str::from_utf8(&payload).map_err(|_| InvalidCursor)?;
        let rest = payload.strip_prefix("{\"s\":\"").ok_or(InvalidCursor)?;
        let rest = rest.strip_prefix(job.as_str()).ok_or(InvalidCursor)?;
        let digits = rest
            .strip_prefix("\",\"o\":")
            .and_then(|text| text.strip_suffix('}'))
            .ok_or(InvalidCursor)?;
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidCursor);
        }
        digits.parse().map_err(|_| InvalidCursor)
    }
}

impl std::fmt::Debug for CursorSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CursorSigner(..)")
    }
}
