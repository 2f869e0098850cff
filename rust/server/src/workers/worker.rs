//! One worker from its `ready` to its end: its channel, what is behind it, and the run that is on.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::net::UnixStream;
use tokio::sync::oneshot::error::RecvError;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::channel::{Begun, Conversation, Ending, HandshakeError, Listener, Ready, Versions};
use super::process::{Activity, Sight};
use super::{Blocked, Excess, LostReason, RunEnd, RunObserver, RunOutcome, RunRequest, Scanned};

/// How long a process may take from its start until it can run a script. A spare takes its time unseen, so this is for
/// processes that hang.
const START_BOUND: Duration = Duration::from_secs(30);
/// How long a scan may take; the worker itself gives one up before, if it can.
const SCAN_BOUND: Duration = Duration::from_secs(10);

/// What is behind a channel: a process, or in tests a task.
pub(super) trait Body: Send + 'static {
    /// Ends it and says how it ended. With `grace` it may first end by itself.
    fn end(&mut self, grace: bool) -> impl Future<Output = String> + Send;

    /// What is seen of it from outside, when there is something to tell.
    fn sight(&mut self) -> impl Future<Output = Sight> + Send;

    /// What it said last, to explain why it did not get ready.
    fn last_words(&self) -> String;

    /// Its number, for the log.
    fn number(&self) -> i32;
}

/// What a worker is held to.
#[derive(Debug, Clone)]
pub(super) struct Bounds {
    /// Where runs are counted.
    pub(super) activity: Activity,
    /// Largest output of a run, in bytes.
    pub(super) output: usize,
    /// How long a run may go on after it was told to stop.
    pub(super) stop_grace: Duration,
    /// How long a process whose heap is nearly full may take to answer.
    pub(super) answer: Duration,
    /// What it is told about the server.
    pub(super) versions: Versions,
}

/// A worker that can run scripts, or could.
pub(super) struct Worker {
    /// The engine it says it hosts.
    pub(super) engine: Ready,
    /// When it got ready.
    pub(super) born: Instant,
    conversation: Conversation,
    bounds: Bounds,
    runs: AtomicU32,
    end_now: CancellationToken,
    /// Its heap was nearly full, or it is ending: no further run should begin.
    is_spent: AtomicBool,
    gone: CancellationToken,
}

impl Worker {
    /// Waits until the worker at the other end of `stream` is ready. When it does not get so, `body` is ended and the error
    /// says why.
    pub(super) async fn open(
        stream: UnixStream,
        mut body: impl Body,
        bounds: Bounds,
        stop: &CancellationToken,
    ) -> Result<Arc<Self>, String> {
        let opened = tokio::select! {
            opened = Conversation::open(stream, &bounds.versions, START_BOUND) => opened,
            () = stop.cancelled() => Err(HandshakeError::Closed),
        };
        let (conversation, listener, engine) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                let status = body
                    .end(matches!(error, HandshakeError::Closed) && !stop.is_cancelled())
                    .await;
                let words = body.last_words();
                let words = if words.is_empty() { words } else { format!(": {words}") };
                return Err(format!("{error} ({status}){words}"));
            }
        };
        let worker = Arc::new(Self {
            engine,
            born: Instant::now(),
            conversation,
            bounds,
            runs: AtomicU32::new(0),
            end_now: CancellationToken::new(),
            is_spent: AtomicBool::new(false),
            gone: CancellationToken::new(),
        });
        tokio::spawn(worker.clone().supervise(listener, body));
        Ok(worker)
    }

    /// Listens until the end of the worker, and brings it about when the worker breaks the rules or is told to end.
    async fn supervise(self: Arc<Self>, listener: Listener, mut body: impl Body) {
        let why = self.until_it_has_to_end(listener, &mut body).await;
        self.is_spent.store(true, Ordering::Relaxed);
        let pid = body.number();
        let reason = match why {
            Why::Told => {
                body.end(false).await;
                tracing::debug!(pid, "a worker process was ended");
                exited("ended by the server")
            }
            Why::Excess(excess) => {
                tracing::warn!(pid, %excess, "a worker process took too much and is ended");
                body.end(false).await;
                LostReason::Excess(excess)
            }
            Why::Channel(Ending::Closed) => {
                let status = body.end(true).await;
                tracing::warn!(pid, status, "a worker process ended");
                exited(&status)
            }
            Why::Channel(Ending::Broken(violation)) => {
                tracing::warn!(pid, %violation, "a worker process broke the rules of its channel and is ended");
                body.end(false).await;
                LostReason::Protocol
            }
        };
        self.conversation.close(reason);
        self.gone.cancel();
    }

    async fn until_it_has_to_end(&self, listener: Listener, body: &mut impl Body) -> Why {
        let mut listening = pin!(listener.listen());
        let mut answer_until = None;
        loop {
            tokio::select! {
                biased;
                () = self.end_now.cancelled() => return Why::Told,
                ending = &mut listening => return Why::Channel(ending),
                () = self.conversation.answered(), if answer_until.is_some() => answer_until = None,
                sight = body.sight() => match sight {
                    Sight::Excess(excess) => return Why::Excess(excess),
                    Sight::HeapNearlyFull => {
                        self.is_spent.store(true, Ordering::Relaxed);
                        answer_until = answer_until.or_else(|| {
                            self.conversation.ping();
                            Some(Instant::now() + self.bounds.answer)
                        });
                    }
                },
                () = sleep_until(answer_until) => return Why::Excess(Excess::Heap),
            }
        }
    }

    /// Makes one run. A process makes one at a time.
    pub(super) async fn run(
        &self,
        request: &RunRequest,
        observer: Arc<dyn RunObserver>,
        cancel: &CancellationToken,
    ) -> RunEnd {
        if cancel.is_cancelled() {
            return without_output(RunOutcome::Stopped);
        }
        self.runs.fetch_add(1, Ordering::Relaxed);
        let _active = self.bounds.activity.begin();
        match self.conversation.begin(request, observer, self.bounds.output) {
            Ok(begun) => self.follow(begun, cancel).await,
            Err(outcome) => without_output(*outcome),
        }
    }

    async fn follow(&self, mut begun: Begun, cancel: &CancellationToken) -> RunEnd {
        let order = begun.take_order();
        tokio::select! {
            biased;
            end = &mut begun.end => return self.judge(told(end)),
            () = cancel.cancelled() => {}
            () = begun.over_limit.cancelled() => {}
            never = self.conversation.send(order) => match never {},
        }
        self.conversation.cancel(begun.id);
        let stopped = tokio::time::timeout(self.bounds.stop_grace, &mut begun.end).await;
        if let Ok(end) = stopped {
            return self.judge(told(end));
        }
        tracing::info!("a run does not stop; its worker process is ended");
        self.end();
        let mut end = told(begun.end.await);
        // It was the stop that cost the process, not the script.
        if cancel.is_cancelled() && matches!(end.outcome, RunOutcome::Lost(LostReason::Exited { .. })) {
            end.outcome = RunOutcome::Stopped;
        }
        end
    }

    /// Scans a script that this process will never run. A process that does not answer in time is ended.
    pub(super) async fn scan(&self, script: Bytes, commands: &[String]) -> Result<Scanned, LostReason> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        let _active = self.bounds.activity.begin();
        let (order, mut verdict) = self.conversation.begin_scan(script, commands)?;
        let answered = async {
            tokio::select! {
                biased;
                scanned = &mut verdict => scanned,
                never = self.conversation.send(order) => match never {},
            }
        };
        match tokio::time::timeout(SCAN_BOUND, answered).await {
            Ok(Ok(scanned)) => Ok(scanned),
            Ok(Err(_)) => Err(exited("ended while it scanned a script")),
            Err(_) => {
                // The parser cannot be broken off. Trying again would take as long, so this is the answer.
                tracing::warn!("a scan does not end; its worker process is ended");
                self.end();
                Ok(Scanned::Blocked(Blocked {
                    command: "(size)".to_owned(),
                    reason: format!(
                        "The script could not be checked within {} seconds.",
                        SCAN_BOUND.as_secs()
                    ),
                    line: 1,
                    column: 1,
                }))
            }
        }
    }

    /// A run that failed for want of memory leaves a process that has none for the next.
    fn judge(&self, end: RunEnd) -> RunEnd {
        if let RunOutcome::Failed(error) = &end.outcome
            && error.exception_type.as_deref() == Some("System.OutOfMemoryException")
        {
            self.is_spent.store(true, Ordering::Relaxed);
        }
        end
    }

    /// Asks for the end of the kept runspace, and says whether it was asked.
    pub(super) fn forget(&self) -> bool {
        self.conversation.forget()
    }

    /// Runs made so far.
    pub(super) fn runs(&self) -> u32 {
        self.runs.load(Ordering::Relaxed)
    }

    /// Ends the worker with everything it started. [`Self::gone`] says when it is.
    pub(super) fn end(&self) {
        self.end_now.cancel();
    }

    /// Waits until nothing of the worker is left.
    pub(super) async fn gone(&self) {
        self.gone.cancelled().await;
    }

    /// Whether it should have no further holder: it is ending, or its memory was used up.
    pub(super) fn is_spent(&self) -> bool {
        self.is_spent.load(Ordering::Relaxed)
    }
}

/// Why a worker has to end.
enum Why {
    Told,
    Channel(Ending),
    Excess(Excess),
}

async fn sleep_until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

/// The end of a run. It always comes, unless the observer failed while it was told about a frame.
fn told(end: Result<RunEnd, RecvError>) -> RunEnd {
    end.unwrap_or_else(|_| without_output(RunOutcome::Lost(LostReason::Protocol)))
}

fn exited(status: &str) -> LostReason {
    LostReason::Exited {
        status: status.to_owned(),
    }
}

fn without_output(outcome: RunOutcome) -> RunEnd {
    RunEnd {
        outcome,
        output: Bytes::new(),
        had_errors: false,
        exit_code: None,
    }
}
