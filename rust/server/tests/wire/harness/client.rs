//! HTTP/1.1 byte for byte.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

use super::{DEADLINE, Trust};

/// A connection.
pub(crate) struct Client(BufReader<Box<dyn Stream>>);

/// Bytes both ways, encrypted or not.
trait Stream: Read + Write + Send {}

impl<T: Read + Write + Send> Stream for T {}

/// A reply.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) reason: String,
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

/// A request in the making.
#[derive(Clone)]
pub(crate) struct Request {
    head: String,
    body: Vec<u8>,
}

impl Request {
    pub(crate) fn new(method: &str, target: &str) -> Self {
        Self {
            head: format!("{method} {target} HTTP/1.1\r\nHost: test\r\n"),
            body: Vec::new(),
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.head = format!("{}{name}: {value}\r\n", self.head);
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    /// The body, with its length.
    pub(crate) fn body(self, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let mut request = self.header("Content-Length", &body.len().to_string());
        request.body = body;
        request
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{}\r\n", self.head).into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(BufReader::new(Box::new(stream)))
    }

    /// Over TLS, once the handshake is done.
    pub(crate) fn connect_tls(address: SocketAddr, trust: &Trust) -> std::io::Result<Self> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(DEADLINE))?;
        let name = "localhost".try_into().unwrap();
        let mut session = rustls::ClientConnection::new(trust.config(&[b"http/1.1"]), name).unwrap();
        session.complete_io(&mut stream)?;
        Ok(Self(BufReader::new(Box::new(rustls::StreamOwned::new(
            session, stream,
        )))))
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).unwrap();
    }

    /// Sends and reads the reply.
    pub(crate) fn exchange(&mut self, request: &Request) -> Reply {
        self.send(&request.bytes());
        self.reply()
    }

    /// The next reply.
    pub(crate) fn reply(&mut self) -> Reply {
        self.try_reply().expect("the connection was closed before a reply came")
    }

    /// The reply to a HEAD: what it says of a body's length is said of one that does not come.
    pub(crate) fn head_reply(&mut self) -> Reply {
        self.read_reply(false)
            .expect("the connection was closed before a reply came")
    }

    /// The next reply, or nothing when the server has closed the connection.
    pub(crate) fn try_reply(&mut self) -> Option<Reply> {
        self.read_reply(true)
    }

    fn read_reply(&mut self, with_body: bool) -> Option<Reply> {
        let status_line = self.line()?;
        let mut words = status_line.splitn(3, ' ');
        assert_eq!(words.next(), Some("HTTP/1.1"), "{status_line}");
        let status = words.next().unwrap().parse().unwrap();
        let reason = words.next().unwrap_or_default().to_owned();
        let mut headers = HashMap::new();
        while let Some(line) = self.line().filter(|line| !line.is_empty()) {
            let (name, value) = line.split_once(':').unwrap();
            let doubled = headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
            assert_eq!(doubled, None, "{name} stands in the reply twice");
        }
        let length = headers
            .get("content-length")
            .map_or(0, |length: &String| length.parse().unwrap());
        assert!(!headers.contains_key("transfer-encoding"), "replies go out whole");
        let mut body = vec![0; if with_body { length } else { 0 }];
        self.0.read_exact(&mut body).unwrap();
        Some(Reply {
            status,
            reason,
            headers,
            body,
        })
    }

    /// Whether the server has closed the connection, once it has nothing more to say.
    pub(crate) fn is_closed(&mut self) -> bool {
        let mut byte = [0];
        match self.0.read(&mut byte) {
            Ok(read) => read == 0,
            Err(error) => ends(&error),
        }
    }

    /// Whether all the server says, before it closes the connection, is at most an alert of TLS.
    pub(crate) fn says_only_an_alert(&mut self) -> bool {
        let mut said = Vec::new();
        let ended = self.0.read_to_end(&mut said);
        let is_alert = said.is_empty() || said.first() == Some(&0x15);
        is_alert && ended.err().is_none_or(|error| ends(&error))
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.0.read_line(&mut line) {
            Ok(0) => None,
            Ok(_) => Some(line.trim_end_matches(['\r', '\n']).to_owned()),
            Err(error) if ends(&error) => None,
            Err(error) => panic!("no reply came: {error}"),
        }
    }
}

/// Whether the other side has ended the connection, without the farewell of TLS too.
fn ends(error: &std::io::Error) -> bool {
    use std::io::ErrorKind as Kind;
    matches!(
        error.kind(),
        Kind::ConnectionReset | Kind::UnexpectedEof | Kind::BrokenPipe
    )
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// Checks status and code of a refusal, and that its body and headers tell the same request.
    pub(crate) fn is_refused(&self, status: u16, code: &str) {
        let text = self.text();
        assert_eq!(self.status, status, "{text}");
        let rid = self.header("x-spe-requestid").expect("every reply names its request");
        assert!(
            text.ends_with(&format!("Code: {code}. Request: {rid}.\n")),
            "{code} in {text}"
        );
    }
}
