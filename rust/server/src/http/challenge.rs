//! What a 401 tells about itself in headers (authentication 8.1 and 8.2).

/// The headers of a 401. They say no more than the caller has proven to be entitled to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Challenge {
    /// `WWW-Authenticate`.
    pub authenticate: &'static str,
    /// `X-SPE-AuthFailureReason`.
    pub reason: Option<&'static str>,
    /// `X-SPE-AuthFailureDetail`.
    pub detail: Option<&'static str>,
}
