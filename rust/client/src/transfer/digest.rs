//! Digests of whole files (RFC 9530): what a server says it sent or stored is compared with what came or went.

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName};

const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");

/// The SHA-256 of bytes so far.
pub(super) struct Sum(Context);

impl Sum {
    pub(super) fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(super) fn end(self) -> Vec<u8> {
        self.0.finish().as_ref().to_vec()
    }
}

/// The SHA-256 that a reply says. One that cannot be read is as good as none: other algorithms are allowed.
pub(super) fn said(headers: &HeaderMap) -> Option<Vec<u8>> {
    let values = headers.get_all(REPR_DIGEST).iter();
    let mut members = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    members.find_map(|member| {
        let (name, digest) = member.trim().split_once('=')?;
        let text = digest.strip_prefix(':')?.strip_suffix(':')?;
        let bytes = STANDARD.decode(text).ok()?;
        (name.trim() == "sha-256" && bytes.len() == 32).then_some(bytes)
    })
}
