//! A request as it came.

use std::io::Read as _;

use flate2::read::GzDecoder;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _};

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// How many requests the server had before it.
    pub index: usize,
    /// Which connection it came by, from 0.
    pub connection: usize,
    /// The method.
    pub method: String,
    /// Path and query as they were sent.
    pub target: String,
    headers: Vec<(String, String)>,
    /// The body as it was sent.
    pub body: Vec<u8>,
}

impl Request {
    /// The value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as text, unpacked when it says gzip.
    ///
    /// # Panics
    /// When it is not what it says.
    pub fn text(&self) -> String {
        if self.header("content-encoding") != Some("gzip") {
            return String::from_utf8(self.body.clone()).expect("the body is UTF-8");
        }
        let mut text = String::new();
        GzDecoder::new(self.body.as_slice())
            .read_to_string(&mut text)
            .expect("the body is gzip of UTF-8");
        text
    }

    /// Reads the next request of a connection; none when the client closed it or broke off.
    pub(super) async fn read(reader: &mut (impl AsyncBufRead + Unpin)) -> Option<Self> {
        let first = line(reader).await?;
        let mut words = first.split(' ').map(str::to_owned);
        let mut request = Self {
            index: 0,
            connection: 0,
            method: words.next()?,
            target: words.next()?,
            headers: Vec::new(),
            body: Vec::new(),
        };
        loop {
            let line = line(reader).await?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':')?;
            request.headers.push((name.to_owned(), value.trim().to_owned()));
        }
        let length = request
            .header("content-length")
            .map_or(Some(0), |text| text.parse().ok())?;
        request.body.resize(length, 0);
        reader.read_exact(&mut request.body).await.ok()?;
        Some(request)
    }
}

async fn line(reader: &mut (impl AsyncBufRead + Unpin)) -> Option<String> {
    let mut line = String::new();
    let read = reader.read_line(&mut line).await.ok()?;
    (read > 0).then(|| line.trim_end().to_owned())
}
