//! Requests whose end or addressee two readers could see differently (RFC 9112 3.2, 6.1 and 11.2). What cannot be parsed at
//! all, and lengths that contradict each other, the HTTP library turns away before this.

use http::header::{HOST, TRANSFER_ENCODING};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderValue, Version};

use super::refusal::Refusal;

/// Refuses a request that names no one host, or whose body is coded in a way this server does not undo. The connection of
/// such a request is closed after the reply, since what follows on it cannot be trusted to be a request.
pub(super) fn check(request: &Parts) -> Result<(), Refusal> {
    check_host(request)?;
    let mut codings = request.headers.get_all(TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => Ok(()),
        (Some(coding), None) if coding.as_bytes().eq_ignore_ascii_case(b"chunked") => Ok(()),
        _ => Err(Refusal::TransferCodingInvalid),
    }
}

fn check_host(request: &Parts) -> Result<(), Refusal> {
    let mut hosts = request.headers.get_all(HOST).iter();
    let (first, second) = (hosts.next(), hosts.next());
    let is_named = match (first, request.version) {
        (Some(host), _) => second.is_none() && is_host(host),
        // HTTP/1.0 has no such header, and in HTTP/2 the target carries the host.
        (None, Version::HTTP_09 | Version::HTTP_10) => true,
        (None, Version::HTTP_11) => false,
        (None, _) => request.uri.authority().is_some(),
    };
    let agrees = match (first, request.uri.authority()) {
        (Some(host), Some(target)) => target.as_str().as_bytes().eq_ignore_ascii_case(host.as_bytes()),
        _ => true,
    };
    if is_named && agrees {
        Ok(())
    } else {
        Err(Refusal::HostInvalid)
    }
}

/// A host, maybe with a port, and nothing else.
fn is_host(value: &HeaderValue) -> bool {
    let authority = Authority::try_from(value.as_bytes());
    authority.is_ok_and(|authority| !authority.host().is_empty() && !authority.as_str().contains('@'))
}
