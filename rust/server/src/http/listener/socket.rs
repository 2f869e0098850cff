//! A client's socket. It keeps the books of its clock, counts bytes, and tells that the client is gone whatever was read.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::clock::Clock;
use crate::http::state::State;

/// Reads and writes.
#[derive(Debug)]
pub(super) struct Socket {
    stream: Arc<TcpStream>,
    clock: Arc<Clock>,
    state: Arc<State>,
}

/// Notices that the client closed its end, also while bytes that nobody reads yet stand before that.
#[derive(Debug)]
pub(super) struct Watch(Arc<TcpStream>);

impl Socket {
    pub(super) fn new(stream: TcpStream, clock: Arc<Clock>, state: Arc<State>) -> (Self, Watch) {
        let stream = Arc::new(stream);
        let watch = Watch(stream.clone());
        (Self { stream, clock, state }, watch)
    }

    fn wrote(&self, result: &io::Result<usize>) {
        if let Ok(count) = result {
            self.clock.wrote(*count, Instant::now());
            self.state.metrics.sent(*count);
        }
    }

    /// Writes once the socket takes something.
    fn poll_write_with(
        &self,
        context: &mut Context<'_>,
        write: impl Fn(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            match self.stream.poll_write_ready(context) {
                Poll::Ready(ready) => ready?,
                Poll::Pending => {
                    self.clock.blocked(Instant::now());
                    return Poll::Pending;
                }
            }
            match write(&self.stream) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => {
                    self.wrote(&result);
                    return Poll::Ready(result);
                }
            }
        }
    }
}

impl Watch {
    /// Returns once the client has closed its end, and not before.
    pub(super) async fn gone(self) {
        // The end of what can be read counts for every interest that includes it; this one includes nothing else that a
        // connection without urgent data ever has.
        while let Ok(ready) = self.0.ready(Interest::PRIORITY).await {
            if ready.is_read_closed() {
                return;
            }
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            ready!(self.stream.poll_read_ready(context))?;
            // Into memory that is not cleared before: of the buffers of thousands of connections only what is used is touched.
            match self.stream.try_read_buf(buffer) {
                Ok(count) => {
                    if count > 0 {
                        self.clock.read(Instant::now());
                        self.state.metrics.received(count);
                    }
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_with(context, |stream| stream.try_write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_with(context, |stream| stream.try_write_vectored(slices))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(rustix::net::shutdown(&*self.stream, rustix::net::Shutdown::Write).map_err(Into::into))
    }
}
