//! Requests apart from the buffer they were read into. hyper hands out slices of it, and as long as one of them lives the buffer does,
//! with another one beside it for what comes next: 16 KiB for each wait that is held.

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Uri};

/// The same request with a target and header values of its own.
pub(super) fn detach(request: Request<Body>) -> Request<Body> {
    let (mut parts, body) = request.into_parts();
    parts.uri = own_uri(parts.uri);
    parts.headers = own_headers(&parts.headers);
    Request::from_parts(parts, body)
}

fn own_uri(uri: Uri) -> Uri {
    Uri::from_maybe_shared(Bytes::from(uri.to_string())).unwrap_or(uri)
}

fn own_headers(headers: &HeaderMap) -> HeaderMap {
    let mut own = HeaderMap::with_capacity(headers.keys_len());
    for (name, value) in headers {
        // What was a value once is one again.
        let Ok(mut copy) = HeaderValue::from_bytes(value.as_bytes()) else {
            continue;
        };
        copy.set_sensitive(value.is_sensitive());
        own.append(name.clone(), copy);
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_changes() {
        for target in [
            "/-/script/wait/?a=%20&b=c",
            "*",
            "http://h.test:80/x?y",
            "h.test:443",
            "//x//?",
            "/",
        ] {
            let request = Request::builder()
                .method("POST")
                .uri(target)
                .header("Host", "h.test")
                .header("X-Two", "one")
                .header("X-Two", "two")
                .header("X-Bytes", HeaderValue::from_bytes(b"\xff\x80").unwrap());
            let request = request.body(Body::empty()).unwrap();
            let (uri, headers) = (request.uri().clone(), request.headers().clone());
            let detached = detach(request);
            assert_eq!((detached.uri(), detached.headers()), (&uri, &headers), "{target}");
            assert_eq!(detached.method(), "POST");
        }
    }

    /// The buffer is free for the next read: a slice of it alone would keep it.
    #[test]
    fn the_buffer_is_let_go() {
        let buffer = Bytes::from(b"/-/script/wait/?x secret".to_vec());
        let uri = Uri::from_maybe_shared(buffer.slice(..17)).unwrap();
        let value = HeaderValue::from_maybe_shared(buffer.slice(18..)).unwrap();
        let request = Request::builder().uri(uri).header("Authorization", value);
        let detached = detach(request.body(Body::empty()).unwrap());
        assert!(buffer.is_unique());
        drop(detached);
    }
}
