//! Reading a script body: bounded in size before and after gunzip, and in time (wire protocol 3.2.2, WP-D-22).

use std::io::Read as _;
use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use flate2::read::MultiGzDecoder;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http_body_util::BodyExt as _;
use tokio::time::Instant;

use super::refusal::Refusal;
use crate::config::Limits;
use crate::sessions::{Charge, Over};

/// Compressed bodies above this size are unpacked on a thread of their own, in bytes.
const UNPACK_APART: usize = 16 * 1024;
/// Bytes that are unpacked between two looks at the bounds.
const UNPACKED_PIECE: u64 = 64 * 1024;
/// Most bytes of a refused request's body that are read and thrown away.
const DISCARD_BYTES: u64 = 64 * 1024 * 1024;
/// How long a refused request's body is read and thrown away.
const DISCARD_TIME: Duration = Duration::from_secs(10);

/// How the body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Identity,
    Gzip,
}

impl Coding {
    fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        let mut values = headers.get_all(CONTENT_ENCODING).iter();
        let Some(value) = values.next() else {
            return Ok(Self::Identity);
        };
        let value = value.to_str().unwrap_or("?").trim();
        let coding = if value.is_empty() || value.eq_ignore_ascii_case("identity") {
            Self::Identity
        } else if value.eq_ignore_ascii_case("gzip") {
            Self::Gzip
        } else {
            return Err(Refusal::CodingUnsupported);
        };
        if values.next().is_some() {
            return Err(Refusal::CodingUnsupported);
        }
        Ok(coding)
    }
}

/// The text of a body, and the memory it is charged for.
pub(super) struct BodyText {
    /// The text.
    pub(super) text: String,
    /// To be kept until nothing of the text is left.
    pub(super) charge: Charge,
}

/// The text of a request body, which `charge` grows by. Always UTF-8, whatever the content type says; a byte order mark is taken off.
pub(super) async fn read_text(
    headers: &HeaderMap,
    body: &mut Body,
    mut charge: Charge,
    limits: &Limits,
) -> Result<BodyText, Refusal> {
    let coding = Coding::of(headers)?;
    let bytes = read_bytes(headers, body, &mut charge, limits).await?;
    let (bytes, charge) = match coding {
        Coding::Gzip if !bytes.is_empty() => unpack(bytes, limits.body_bytes, charge).await?,
        Coding::Gzip | Coding::Identity => (bytes, charge),
    };
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(BodyText {
            text: text.to_owned(),
            charge,
        }),
        Err(_) => Err(Refusal::BodyNotUtf8),
    }
}

async fn read_bytes(
    headers: &HeaderMap,
    body: &mut Body,
    charge: &mut Charge,
    limits: &Limits,
) -> Result<Bytes, Refusal> {
    let limit = limits.body_bytes;
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(Refusal::BodyTooLarge { limit });
    }
    let start = Instant::now();
    let mut bytes = BytesMut::new();
    loop {
        // Who sends is given more time with each byte, so that a large body over a slow line arrives.
        let earned = Duration::from_secs(bytes.len() as u64 / limits.min_rate.max(1));
        let frame = tokio::time::timeout_at(start + limits.body_timeout + earned, body.frame()).await;
        let Some(frame) = frame.map_err(|_| Refusal::BodyTimeout)? else {
            return Ok(bytes.freeze());
        };
        let Ok(data) = frame.map_err(|_| Refusal::BodyBroken)?.into_data() else {
            continue;
        };
        if bytes.len() + data.len() > limit {
            return Err(Refusal::BodyTooLarge { limit });
        }
        charge.grow(data.len())?;
        bytes.extend_from_slice(&data);
    }
}

async fn unpack(packed: Bytes, limit: usize, mut charge: Charge) -> Result<(Bytes, Charge), Refusal> {
    if packed.len() <= UNPACK_APART && limit <= UNPACK_APART * 1024 {
        return Ok((gunzip(&packed, limit, &mut charge)?, charge));
    }
    let unpacking = tokio::task::spawn_blocking(move || Ok((gunzip(&packed, limit, &mut charge)?, charge)));
    unpacking.await.unwrap_or(Err(Refusal::Internal))
}

fn gunzip(packed: &[u8], limit: usize, charge: &mut Charge) -> Result<Bytes, Refusal> {
    let mut decoder = MultiGzDecoder::new(packed);
    let mut text = Vec::new();
    loop {
        let read = decoder.by_ref().take(UNPACKED_PIECE).read_to_end(&mut text);
        let count = read.map_err(|_| Refusal::GzipBroken)?;
        if count == 0 {
            return Ok(text.into());
        }
        if text.len() > limit {
            return Err(Refusal::BodyTooLarge { limit });
        }
        charge.grow(count)?;
    }
}

impl From<Over> for Refusal {
    fn from(over: Over) -> Self {
        match over {
            Over::Owner(limit) => Self::OwnerBodiesFull { limit },
            Over::Total(limit) => Self::BodiesFull { limit },
        }
    }
}

/// Reads what is left of a refused request's body in the background, so that a client that is still sending gets to read
/// the refusal: closing on it would reset the connection first. `asks_first` says that it waits to be told to send (`Expect`).
pub(super) fn discard(asks_first: bool, mut body: Body) {
    // Who asks before it sends is answered by the refusal, and sends nothing.
    if asks_first || http_body::Body::is_end_stream(&body) {
        return;
    }
    tokio::spawn(async move {
        let reading = async {
            let mut read = 0;
            while let Some(Ok(frame)) = body.frame().await {
                read += frame.data_ref().map_or(0, |data| data.len() as u64);
                if read > DISCARD_BYTES {
                    break;
                }
            }
        };
        // Whoever sends for longer finds the connection closed.
        let _ = tokio::time::timeout(DISCARD_TIME, reading).await;
    });
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::identity::Owner;
    use crate::sessions::Budget;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn limits(body_bytes: usize) -> Limits {
        Limits {
            body_bytes,
            ..Limits::default()
        }
    }

    fn charge(total: usize) -> Charge {
        Budget::new(total, usize::MAX)
            .charge(&Owner("user:a".into()), 0)
            .unwrap()
    }

    async fn read(coding: &str, body: impl Into<Body>, limit: usize) -> Result<String, Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, coding.parse().unwrap());
        let charge = charge(usize::MAX);
        let read = read_text(&headers, &mut body.into(), charge, &limits(limit)).await;
        read.map(|body| body.text)
    }

    /// Wire protocol 3.2.2: gzip in any case, identity, and nothing else.
    #[tokio::test]
    async fn codings_have_any_case() {
        assert_eq!(read("GZip", gzip(b"1+1"), 100).await.unwrap(), "1+1");
        assert_eq!(read("identity", "1+1", 100).await.unwrap(), "1+1");
        assert_eq!(read("", "1+1", 100).await.unwrap(), "1+1");
        for coding in ["br", "gzip, gzip", "deflate"] {
            assert!(matches!(
                read(coding, "1+1", 100).await,
                Err(Refusal::CodingUnsupported)
            ));
        }
    }

    /// Wire protocol 3.2.2: corrupt gzip was a 500 there.
    #[tokio::test]
    async fn broken_gzip_is_told() {
        let whole = gzip(b"a script that is long enough to be cut");
        let cut = whole[..whole.len() - 6].to_vec();
        for body in [b"no gzip at all".to_vec(), cut] {
            assert!(matches!(read("gzip", body, 1000).await, Err(Refusal::GzipBroken)));
        }
    }

    /// WP-D-22: the bound holds before and after gunzip.
    #[tokio::test]
    async fn both_sizes_are_bounded() {
        assert_eq!(read("identity", "x".repeat(100), 100).await.unwrap().len(), 100);
        assert!(matches!(
            read("identity", "x".repeat(101), 100).await,
            Err(Refusal::BodyTooLarge { .. })
        ));
        let bomb = gzip(&vec![b'x'; 1_000_000]);
        assert!(bomb.len() < 10_000);
        assert!(matches!(
            read("gzip", bomb, 10_000).await,
            Err(Refusal::BodyTooLarge { .. })
        ));
    }

    /// WP-D-22: what bodies take together is bounded as they arrive and as they are unpacked, not when they are whole.
    #[tokio::test]
    async fn the_memory_of_bodies_is_bounded_while_they_grow() {
        let packed = gzip(&vec![b'x'; 500_000]);
        for (coding, body) in [("identity", vec![b'x'; 300_000]), ("gzip", packed)] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_ENCODING, coding.parse().unwrap());
            let (mut body, limits) = (Body::from(body), limits(1_000_000));
            let read = read_text(&headers, &mut body, charge(200_000), &limits).await;
            assert_eq!(read.err(), Some(Refusal::BodiesFull { limit: 200_000 }), "{coding}");
        }
    }

    /// WP-D-22: a body that comes fast enough is not cut off by the clock.
    #[tokio::test(start_paused = true)]
    async fn who_sends_at_the_least_rate_is_waited_for() {
        let sending = |pause: u64| {
            let pieces = futures_util::stream::unfold(0, move |sent| async move {
                tokio::time::sleep(Duration::from_secs(pause)).await;
                (sent < 100).then(|| (Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 1024])), sent + 1))
            });
            Body::from_stream(pieces)
        };
        assert_eq!(read("identity", sending(1), 1_000_000).await.unwrap().len(), 102_400);
        assert_eq!(read("identity", sending(3), 1_000_000).await, Err(Refusal::BodyTimeout));
    }

    #[tokio::test]
    async fn text_is_utf8_and_loses_its_mark() {
        assert_eq!(read("identity", b"\xEF\xBB\xBF1".to_vec(), 10).await.unwrap(), "1");
        assert!(matches!(
            read("identity", b"\xff1".to_vec(), 10).await,
            Err(Refusal::BodyNotUtf8)
        ));
    }

    /// WP-D-22: who sends nothing is not waited for without end.
    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_a_timeout() {
        let never = Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
        assert!(matches!(read("identity", never, 10).await, Err(Refusal::BodyTimeout)));
    }
}
