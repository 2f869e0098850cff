//! A worker's end of a channel in the hands of a test.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::channel::Versions;
use super::process::{Activity, Sight};
use super::worker::{Body, Bounds, Worker};
use super::{
    Call, CallError, CallReply, LostReason, OutputFormat, RunEnd, RunKind, RunObserver, RunOutcome, RunRequest,
    WorkerRecord,
};
use crate::identity::{LanguageMode, Policy};

/// How long anything may take.
pub(super) const DEADLINE: Duration = Duration::from_secs(30);

/// Waits, but not for ever.
pub(super) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future).await.expect("it takes too long")
}

/// The worker's end.
pub(super) struct Peer(UnixStream);

impl Peer {
    pub(super) async fn send(&mut self, header: Value, payload: &[u8]) {
        let header = header.to_string();
        let mut frame = Vec::new();
        frame.extend((header.len() as u32).to_le_bytes());
        frame.extend((payload.len() as u32).to_le_bytes());
        frame.extend(header.as_bytes());
        frame.extend(payload);
        self.send_raw(&frame).await;
    }

    pub(super) async fn send_raw(&mut self, bytes: &[u8]) {
        // The server hangs up as soon as it has seen enough.
        let _ = self.0.write_all(bytes).await;
    }

    pub(super) async fn ready(&mut self) {
        let header = json!({ "type": "ready", "protocol": 1, "engine": "pwsh", "engineVersion": "7.6.0" });
        self.send(header, b"").await;
    }

    /// The next frame, which must come.
    pub(super) async fn next(&mut self) -> (Value, Vec<u8>) {
        within(self.try_next()).await.expect("the server hung up")
    }

    /// The next frame, `None` when the server hung up.
    pub(super) async fn try_next(&mut self) -> Option<(Value, Vec<u8>)> {
        let mut prefix = [0; 8];
        self.0.read_exact(&mut prefix).await.ok()?;
        let size = |at: usize| u32::from_le_bytes(prefix[at..at + 4].try_into().unwrap()) as usize;
        let (mut header, mut payload) = (vec![0; size(0)], vec![0; size(4)]);
        self.0.read_exact(&mut header).await.ok()?;
        self.0.read_exact(&mut payload).await.ok()?;
        Some((serde_json::from_slice(&header).unwrap(), payload))
    }

    /// Takes the order of a run and says its number.
    pub(super) async fn take_run(&mut self) -> u64 {
        let (header, _) = self.next().await;
        assert_eq!(header["type"], "run");
        header["run"].as_u64().unwrap()
    }

    pub(super) async fn done(&mut self, run: u64) {
        let header = json!({ "type": "done", "run": run, "outcome": "completed", "hadErrors": false });
        self.send(header, b"").await;
    }
}

/// What is behind a [`Peer`]: nothing.
#[derive(Clone, Default)]
pub(super) struct FakeBody(Arc<Faked>);

#[derive(Default)]
struct Faked {
    was_ended: AtomicBool,
    sights: Mutex<Vec<Sight>>,
    seen: Notify,
}

impl FakeBody {
    pub(super) fn was_ended(&self) -> bool {
        self.0.was_ended.load(Ordering::Relaxed)
    }

    /// Lets the watchdog see something.
    pub(super) fn show(&self, sight: Sight) {
        self.0.sights.lock().push(sight);
        self.0.seen.notify_one();
    }
}

impl Body for FakeBody {
    async fn end(&mut self, _grace: bool) -> String {
        self.0.was_ended.store(true, Ordering::Relaxed);
        "exit code 5".to_owned()
    }

    async fn sight(&mut self) -> Sight {
        loop {
            let sight = self.0.sights.lock().pop();
            match sight {
                Some(sight) => return sight,
                None => self.0.seen.notified().await,
            }
        }
    }

    fn last_words(&self) -> String {
        "no libc".to_owned()
    }

    fn number(&self) -> i32 {
        0
    }
}

pub(super) fn bounds() -> Bounds {
    Bounds {
        activity: Activity::default(),
        output: 1000,
        stop_grace: DEADLINE,
        answer: DEADLINE,
        versions: Versions {
            spe: "10.0.0".to_owned(),
            sitecore: "10.4.0".to_owned(),
        },
    }
}

/// Both ends of a channel before anything was said.
pub(super) fn pair() -> (UnixStream, Peer) {
    let (server, worker) = UnixStream::pair().unwrap();
    (server, Peer(worker))
}

/// A worker that is ready.
pub(super) async fn worker(bounds: Bounds) -> (Arc<Worker>, Peer, FakeBody) {
    let (stream, mut peer) = pair();
    peer.ready().await;
    let body = FakeBody::default();
    let worker = Worker::open(stream, body.clone(), bounds, &CancellationToken::new()).await;
    assert_eq!(peer.next().await.0["type"], "hello");
    (worker.unwrap(), peer, body)
}

pub(super) fn script(text: impl Into<Bytes>) -> RunRequest {
    RunRequest {
        kind: RunKind::Script,
        format: OutputFormat::CliXml,
        script: text.into(),
        arguments: None,
        capture_streams: false,
        keep_runspace: false,
        session_id: Some("s1".to_owned()),
        job_name: None,
        user: r"sitecore\admin".to_owned(),
        policy: Arc::new(Policy {
            language_mode: LanguageMode::Constrained,
            ..Policy::clone(&Policy::unrestricted())
        }),
        rid: "rid".to_owned(),
    }
}

/// Runs a script in a task of its own.
pub(super) fn run_on(
    worker: &Arc<Worker>,
    observer: &Arc<Observer>,
    cancel: &CancellationToken,
) -> tokio::task::JoinHandle<RunEnd> {
    let (worker, observer, cancel) = (worker.clone(), observer.clone(), cancel.clone());
    tokio::spawn(async move { worker.run(&script("1"), observer, &cancel).await })
}

pub(super) fn lost_by_protocol() -> RunOutcome {
    RunOutcome::Lost(LostReason::Protocol)
}

type Answer = futures_util::future::BoxFuture<'static, Result<CallReply, CallError>>;

/// Keeps what it is told, and serves calls as a test says.
pub(super) struct Observer {
    pub(super) records: Mutex<Vec<WorkerRecord>>,
    pub(super) calls: Mutex<Vec<Call>>,
    answer: Box<dyn Fn(Call) -> Answer + Send + Sync>,
}

impl Observer {
    pub(super) fn new() -> Arc<Self> {
        Self::answering(|_| async { Ok(CallReply::Removed(true)) }.boxed())
    }

    pub(super) fn answering(answer: impl Fn(Call) -> Answer + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            records: Mutex::default(),
            calls: Mutex::default(),
            answer: Box::new(answer),
        })
    }
}

impl RunObserver for Observer {
    fn record(&self, record: WorkerRecord) {
        self.records.lock().push(record);
    }

    fn call(&self, call: Call) -> Answer {
        self.calls.lock().push(call.clone());
        (self.answer)(call)
    }
}
