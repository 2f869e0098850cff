//! Both directions of one worker's channel, from its `ready` to its end.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use parking_lot::Mutex;
use tokio::io::AsyncRead;
use tokio::net::UnixStream;
use tokio::net::unix::OwnedReadHalf;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::active_run::ActiveRun;
use super::frame::{Frame, FrameReader, ReadError};
use super::incoming::{self, Ready};
use super::outbox::{self, OutFrame, Outbox};
use super::outgoing::{self, Versions};
use super::{HandshakeError, Violation};
use crate::workers::{LostReason, RunEnd, RunObserver, RunOutcome, RunRequest, Scanned};

/// The server's end of a channel.
pub(in crate::workers) struct Conversation {
    outbox: Outbox,
    state: Arc<Mutex<State>>,
    pings: Arc<Pings>,
    runs: AtomicU64,
    writer: JoinHandle<()>,
}

enum State {
    Idle,
    Running(ActiveRun),
    Scanning(u64, oneshot::Sender<Scanned>),
    Over(LostReason),
}

/// The half that listens; [`Listener::listen`] runs until the channel ends.
pub(in crate::workers) struct Listener {
    frames: FrameReader<OwnedReadHalf>,
    outbox: Outbox,
    state: Arc<Mutex<State>>,
    pings: Arc<Pings>,
}

/// Questions whether the worker still hears, and answers.
#[derive(Debug, Default)]
struct Pings {
    asked: AtomicU64,
    answered: watch::Sender<u64>,
}

/// Why listening ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::workers) enum Ending {
    /// The worker's end is closed: the process is gone or going.
    Closed,
    /// What came is not the protocol.
    Broken(Violation),
}

/// A run that has begun.
pub(in crate::workers) struct Begun {
    /// Its number in the process.
    pub(in crate::workers) id: u64,
    /// Comes when it ends, however it ends.
    pub(in crate::workers) end: oneshot::Receiver<RunEnd>,
    /// Cancelled when its output grows over the limit.
    pub(in crate::workers) over_limit: CancellationToken,
    order: Vec<OutFrame>,
}

impl Begun {
    /// What to [`Conversation::send`] for it to happen.
    pub(in crate::workers) fn take_order(&mut self) -> Vec<OutFrame> {
        std::mem::take(&mut self.order)
    }
}

impl Conversation {
    /// Greets the worker at the other end and waits until it is ready, for at most `bound`.
    pub(in crate::workers) async fn open(
        stream: UnixStream,
        versions: &Versions,
        bound: Duration,
    ) -> Result<(Self, Listener, Ready), HandshakeError> {
        let (read, write) = stream.into_split();
        let (outbox, queue) = Outbox::new();
        let writer = tokio::spawn(outbox::write(queue, write));
        let state = Arc::new(Mutex::new(State::Idle));
        let pings = Arc::<Pings>::default();
        // From here on the writer ends with this value, whichever way this goes.
        let conversation = Self {
            outbox: outbox.clone(),
            state: state.clone(),
            pings: pings.clone(),
            runs: AtomicU64::new(0),
            writer,
        };
        let hello = outgoing::hello(versions).map_err(|_| HandshakeError::Closed)?;
        outbox.try_send(hello).map_err(|_| HandshakeError::Closed)?;
        let mut frames = FrameReader::new(read);
        let ready = tokio::time::timeout(bound, first(&mut frames)).await;
        let ready = ready.map_err(|_| HandshakeError::Slow(bound))??;
        let listener = Listener {
            frames,
            outbox,
            state,
            pings,
        };
        Ok((conversation, listener, ready))
    }

    /// Announces a run to the listener. Its order is on the way only with [`Self::send`].
    pub(in crate::workers) fn begin(
        &self,
        request: &RunRequest,
        observer: Arc<dyn RunObserver>,
        limit: usize,
    ) -> Result<Begun, Box<RunOutcome>> {
        let id = self.runs.fetch_add(1, Ordering::Relaxed) + 1;
        let order = outgoing::run(id, request).map_err(|error| Box::new(super::refused(&error.to_string())))?;
        let over_limit = CancellationToken::new();
        let (run, end) = ActiveRun::new(id, observer, limit, over_limit.clone());
        let mut state = self.state.lock();
        match &*state {
            State::Over(reason) => return Err(Box::new(RunOutcome::Lost(reason.clone()))),
            State::Running(_) | State::Scanning(..) => {
                return Err(Box::new(super::refused("the worker runs another script")));
            }
            State::Idle => *state = State::Running(run),
        }
        Ok(Begun {
            id,
            end,
            over_limit,
            order,
        })
    }

    /// Announces a scan to the listener, and gives its order and where its verdict comes; none comes when the worker goes away.
    pub(in crate::workers) fn begin_scan(
        &self,
        script: Bytes,
        commands: &[String],
    ) -> Result<(Vec<OutFrame>, oneshot::Receiver<Scanned>), LostReason> {
        let id = self.runs.fetch_add(1, Ordering::Relaxed) + 1;
        let order = outgoing::scan(id, script, commands).map_err(|_| LostReason::Protocol)?;
        let (found, verdict) = oneshot::channel();
        let mut state = self.state.lock();
        match &*state {
            State::Over(reason) => return Err(reason.clone()),
            State::Running(_) | State::Scanning(..) => return Err(LostReason::Protocol),
            State::Idle => *state = State::Scanning(id, found),
        }
        Ok((order, verdict))
    }

    /// Sends the order of a run and does not come back: the end of the run tells more than an error could.
    pub(in crate::workers) async fn send(&self, order: Vec<OutFrame>) -> Infallible {
        // A channel that takes nothing more is ended by its listener.
        let _ = self.outbox.send(order).await;
        std::future::pending().await
    }

    /// Asks for the stop of a run.
    pub(in crate::workers) fn cancel(&self, run: u64) {
        // A worker that takes no frames does not stop either, and is ended after the grace.
        let _ = self.outbox.try_send(outgoing::cancel(run));
    }

    /// Asks whether the worker still hears.
    pub(in crate::workers) fn ping(&self) {
        self.pings.asked.fetch_add(1, Ordering::Relaxed);
        // A worker that takes no frames does not answer either.
        let _ = self.outbox.try_send(outgoing::ping());
    }

    /// Waits until it has answered every [`Self::ping`].
    pub(in crate::workers) async fn answered(&self) {
        let asked = self.pings.asked.load(Ordering::Relaxed);
        // The sender is a field of this conversation, so the channel cannot close while it is waited on.
        let _ = self
            .pings
            .answered
            .subscribe()
            .wait_for(|answered| *answered >= asked)
            .await;
    }

    /// Asks for the end of the kept runspace, and says whether it was asked.
    pub(in crate::workers) fn forget(&self) -> bool {
        self.outbox.try_send(outgoing::forget()).is_ok()
    }

    /// Ends the channel: the run that is on is lost for `reason`, and none begins any more.
    pub(in crate::workers) fn close(&self, reason: LostReason) {
        let before = std::mem::replace(&mut *self.state.lock(), State::Over(reason.clone()));
        if let State::Running(run) = before {
            run.lose(reason);
        }
    }
}

impl Pings {
    fn answer(&self) -> Result<(), Violation> {
        if *self.answered.borrow() >= self.asked.load(Ordering::Relaxed) {
            return Err(Violation("an answer comes to what was not asked"));
        }
        self.answered.send_modify(|answered| *answered += 1);
        Ok(())
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        self.writer.abort();
    }
}

impl Listener {
    /// Takes frames until the channel ends or breaks. The run that was on then still waits for its end: the process behind the
    /// channel knows how it went away.
    pub(in crate::workers) async fn listen(mut self) -> Ending {
        let ending = AssertUnwindSafe(self.take_all()).catch_unwind().await;
        ending.unwrap_or(Ending::Broken(Violation("taking a frame failed")))
    }

    async fn take_all(&mut self) -> Ending {
        loop {
            match self.frames.next().await {
                Ok(Some(frame)) => {
                    if let Err(violation) = self.take(&frame) {
                        return Ending::Broken(violation);
                    }
                }
                Ok(None) | Err(ReadError::Io(_)) => return Ending::Closed,
                Err(ReadError::Violation(violation)) => return Ending::Broken(violation),
            }
        }
    }

    fn take(&self, frame: &Frame) -> Result<(), Violation> {
        let head = frame.head()?;
        if head.kind == "pong" {
            return self.pings.answer();
        }
        let mut state = self.state.lock();
        let done = match &mut *state {
            State::Running(run) => run.take(&head, frame, &self.outbox)?,
            State::Scanning(id, _) => {
                if head.kind != "scanned" {
                    return Err(Violation("a frame comes that is no verdict of the scan"));
                }
                let scanned = incoming::scanned(frame, *id)?;
                if let State::Scanning(_, found) = std::mem::replace(&mut *state, State::Idle) {
                    // Nobody waits any more when the request was taken back.
                    let _ = found.send(scanned);
                }
                return Ok(());
            }
            State::Idle => return Err(Violation("a frame comes while nothing runs")),
            State::Over(_) => None,
        };
        if let Some(done) = done
            && let State::Running(run) = std::mem::replace(&mut *state, State::Idle)
        {
            run.finish(done);
        }
        Ok(())
    }
}

async fn first<R: AsyncRead + Unpin>(frames: &mut FrameReader<R>) -> Result<Ready, HandshakeError> {
    match frames.next().await {
        Ok(Some(frame)) => incoming::ready(&frame).map_err(HandshakeError::Violation),
        Ok(None) | Err(ReadError::Io(_)) => Err(HandshakeError::Closed),
        Err(ReadError::Violation(violation)) => Err(HandshakeError::Violation(violation)),
    }
}
