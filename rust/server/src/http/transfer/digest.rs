//! Digests of whole files (RFC 9530): checked where one comes with an upload, said where one is wanted.

use std::collections::HashMap;

use aws_lc_rs::digest::{Context, Digest, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName};
use parking_lot::Mutex;

use super::PIECE;
use crate::storage::StoredFile;

pub(super) const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");
const WANT_REPR_DIGEST: HeaderName = HeaderName::from_static("want-repr-digest");

/// How many digests are remembered.
const MOST: usize = 4096;

/// Digests of files by their entity tag, so that a file is not read twice for each download.
#[derive(Debug, Default)]
pub(in crate::http) struct Digests(Mutex<HashMap<String, [u8; 32]>>);

impl Digests {
    /// Remembers one.
    pub(super) fn keep(&self, etag: String, digest: [u8; 32]) {
        let mut known = self.0.lock();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(etag, digest);
    }

    pub(super) fn of(&self, etag: &str) -> Option<[u8; 32]> {
        self.0.lock().get(etag).copied()
    }
}

/// The value of `Repr-Digest`.
pub(super) fn field(digest: &[u8; 32]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(digest))
}

/// The SHA-256 that a request says its file has. Nothing where it says none; an error where it says one that is none.
pub(super) fn announced(headers: &HeaderMap) -> Result<Option<[u8; 32]>, ()> {
    for value in headers.get_all(REPR_DIGEST) {
        for member in value.to_str().map_err(|_| ())?.split(',') {
            let Some((name, digest)) = member.trim().split_once('=') else {
                return Err(());
            };
            if name.trim() != "sha-256" {
                continue;
            }
            let text = digest
                .strip_prefix(':')
                .and_then(|text| text.strip_suffix(':'))
                .ok_or(())?;
            let bytes = STANDARD.decode(text).map_err(|_| ())?;
            return Ok(Some(bytes.try_into().map_err(|_| ())?));
        }
    }
    Ok(None)
}

/// Whether the reply is to say the SHA-256 (RFC 9530 4): a preference of 1 to 10.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    let values = headers.get_all(WANT_REPR_DIGEST).iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|member| {
            let Some((name, preference)) = member.trim().split_once('=') else {
                return false;
            };
            name.trim() == "sha-256" && preference.trim().parse::<u8>().is_ok_and(|preference| preference > 0)
        })
}

/// Reads the whole file. Blocks.
pub(super) fn compute(file: &StoredFile) -> std::io::Result<[u8; 32]> {
    let mut context = Context::new(&SHA256);
    let (mut buffer, mut place) = (vec![0; PIECE], 0);
    loop {
        let count = file.read_at(&mut buffer, place)?;
        if count == 0 {
            return Ok(bytes(&context.finish()));
        }
        context.update(&buffer[..count]);
        place += count as u64;
    }
}

/// SHA-256 has 32 bytes.
pub(super) fn bytes(digest: &Digest) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest.as_ref());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    /// RFC 9530 3: other algorithms are passed over, and what is no digest is an error.
    #[test]
    fn digests_are_read() {
        let own = field(&[7; 32]);
        assert_eq!(announced(&headers(REPR_DIGEST, &own)), Ok(Some([7; 32])));
        assert_eq!(
            announced(&headers(REPR_DIGEST, &format!("sha-512=:AA==:, {own}"))),
            Ok(Some([7; 32]))
        );
        assert_eq!(announced(&HeaderMap::new()), Ok(None));
        for bad in ["sha-256", "sha-256=AA==", "sha-256=:AA==:", "sha-256=:?:"] {
            assert_eq!(announced(&headers(REPR_DIGEST, bad)), Err(()), "{bad}");
        }
    }

    #[test]
    fn wishes_are_read() {
        for (value, expected) in [
            ("sha-256=10", true),
            ("sha-512=3, sha-256=1", true),
            ("sha-256=0", false),
            ("sha-256", false),
        ] {
            assert_eq!(is_wanted(&headers(WANT_REPR_DIGEST, value)), expected, "{value}");
        }
    }
}
