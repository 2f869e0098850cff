//! What a server does about one request.

use std::fmt::Write as _;

use tokio::sync::watch;

/// What a server does about one request: some bytes, when a gate opens, and then something about the connection.
#[derive(Debug, Clone)]
pub struct Step {
    pub(super) gate: Option<Gate>,
    pub(super) bytes: Vec<u8>,
    pub(super) end: End,
}

/// What happens to the connection behind the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    KeepOpen,
    Close,
    AwaitClient,
}

impl Step {
    /// A whole reply without headers of its own. The connection stays open.
    pub fn reply(status: u16, phrase: &str, body: impl AsRef<[u8]>) -> Self {
        Self::reply_with(status, phrase, &[], body)
    }

    /// A whole reply. The connection stays open.
    pub fn reply_with(status: u16, phrase: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut head = format!("HTTP/1.1 {status} {phrase}\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        head.push_str("\r\n");
        Self::raw([head.as_bytes(), body].concat())
    }

    /// A reply of 200 that holds JSON.
    pub fn json(body: &str) -> Self {
        Self::reply_with(200, "OK", &[("Content-Type", "application/json")], body)
    }

    /// Bytes as they are, whatever HTTP says of them. The connection stays open.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            gate: None,
            bytes: bytes.into(),
            end: End::KeepOpen,
        }
    }

    /// Nothing at all, until the client closes the connection.
    pub fn stall() -> Self {
        Self::raw([]).until_client_closes()
    }

    /// The server closes the connection behind it.
    #[must_use]
    pub fn close(mut self) -> Self {
        self.end = End::Close;
        self
    }

    /// The server says nothing more and waits for the client to close the connection.
    #[must_use]
    pub fn until_client_closes(mut self) -> Self {
        self.end = End::AwaitClient;
        self
    }

    /// The server does it only when `gate` is opened.
    #[must_use]
    pub fn behind(mut self, gate: &Gate) -> Self {
        self.gate = Some(gate.clone());
        self
    }
}

/// Something a server waits for, until a test opens it; it stays open.
#[derive(Debug, Clone)]
pub struct Gate {
    open: watch::Sender<bool>,
}

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self {
            open: watch::Sender::new(false),
        }
    }

    /// Opens it.
    pub fn open(&self) {
        self.open.send_replace(true);
    }

    pub(super) async fn opened(&self) {
        // The sender is this gate's own, so the wait cannot fail.
        let _ = self.open.subscribe().wait_for(|open| *open).await;
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}
