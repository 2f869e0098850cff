//! A pool of real workers, and somebody who watches a run.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use spe_protocol::RecordKind;
use spe_server::config::WorkerSettings;
use spe_server::identity::{Owner, Policy};
use spe_server::sessions::{Process, Processes};
use spe_server::workers::{
    Call, CallError, CallReply, LeaseKey, OutputFormat, Patience, RunEnd, RunKind, RunObserver, RunRequest, Versions,
    WorkerRecord, Workers, WorkersSetup,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// How long anything may take on a machine that does many things at once.
pub(crate) const DEADLINE: Duration = Duration::from_mins(1);

/// Settings with which a test meets no limit but those it sets.
pub(crate) fn settings() -> WorkerSettings {
    WorkerSettings {
        host: Some(host()),
        spares: 0,
        queue_timeout: DEADLINE,
        ..WorkerSettings::default()
    }
}

/// The server's program.
pub(crate) fn server() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_spe-server"))
}

/// The pwsh of `SPE_PWSH`, else the bundled engine.
fn host() -> PathBuf {
    match std::env::var_os("SPE_PWSH") {
        Some(pwsh) => pwsh.into(),
        None => server().with_file_name("engine").join("SPE.EngineHost"),
    }
}

pub(crate) fn setup(settings: WorkerSettings) -> WorkersSetup {
    WorkersSetup {
        settings,
        output_bytes: 64 * 1024 * 1024,
        program: server(),
        keep_out: Vec::new(),
        versions: Versions {
            spe: "10.0.0".into(),
            sitecore: "10.4.0".into(),
        },
    }
}

/// A pool that ends with the test.
pub(crate) struct Pool(pub(crate) Workers);

impl Pool {
    pub(crate) fn new() -> Self {
        Self::with(setup(settings()))
    }

    pub(crate) fn with(setup: WorkersSetup) -> Self {
        Self(Workers::start(setup).expect("the engine and the worker are built: see docs/developers"))
    }

    /// A process for one owner.
    pub(crate) async fn lease(&self, owner: &str) -> Box<dyn Process> {
        self.lease_under(owner, "unrestricted").await
    }

    pub(crate) async fn lease_under(&self, owner: &str, policy: &str) -> Box<dyn Process> {
        let lease = within(self.0.lease(key(owner, policy), Patience::Bounded)).await;
        lease.unwrap()
    }

    /// Runs a script on a process of its own lease, and gives what it wrote as text.
    pub(crate) async fn text_of(&self, owner: &str, text: &str) -> String {
        let mut process = self.lease(owner).await;
        text_of(&mut *process, script(text)).await
    }

    pub(crate) async fn shut_down(self) {
        within(self.0.shut_down(DEADLINE)).await;
    }
}

pub(crate) fn key(owner: &str, policy: &str) -> LeaseKey {
    LeaseKey {
        owner: Owner(owner.into()),
        policy: policy.into(),
    }
}

/// A script whose output comes as text.
pub(crate) fn script(text: &str) -> RunRequest {
    RunRequest {
        kind: RunKind::Script,
        format: OutputFormat::Raw,
        script: text.to_owned().into(),
        arguments: None,
        capture_streams: false,
        keep_runspace: false,
        session_id: Some("session".into()),
        job_name: None,
        user: r"sitecore\admin".into(),
        policy: Policy::unrestricted(),
        rid: "rid".into(),
    }
}

/// Makes one run that nobody watches or stops.
pub(crate) async fn run(process: &mut dyn Process, request: RunRequest) -> RunEnd {
    within(process.run(request, Watcher::new().0, CancellationToken::new())).await
}

pub(crate) async fn text_of(process: &mut dyn Process, request: RunRequest) -> String {
    let end = run(process, request).await;
    text(&end)
}

pub(crate) fn text(end: &RunEnd) -> String {
    String::from_utf8(end.output.to_vec()).unwrap().trim().to_owned()
}

/// Waits, but not for ever.
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future).await.expect("it takes too long")
}

/// What serves calls.
pub(crate) type Answers =
    dyn Fn(Call) -> Pin<Box<dyn Future<Output = Result<CallReply, CallError>> + Send>> + Send + Sync;

/// Passes records on as they come.
pub(crate) struct Watcher {
    records: Mutex<mpsc::UnboundedSender<WorkerRecord>>,
    answers: Box<Answers>,
}

impl Watcher {
    pub(crate) fn new() -> (Arc<Self>, Records) {
        Self::answering(Box::new(|call| panic!("nobody expects {call:?}")))
    }

    pub(crate) fn answering(answers: Box<Answers>) -> (Arc<Self>, Records) {
        let (records, receiver) = mpsc::unbounded_channel();
        let watcher = Self {
            records: Mutex::new(records),
            answers,
        };
        (Arc::new(watcher), Records(receiver))
    }
}

impl RunObserver for Watcher {
    fn record(&self, record: WorkerRecord) {
        let _ = self.records.lock().send(record);
    }

    fn call(&self, call: Call) -> Pin<Box<dyn Future<Output = Result<CallReply, CallError>> + Send>> {
        (self.answers)(call)
    }
}

/// The records of a run.
pub(crate) struct Records(mpsc::UnboundedReceiver<WorkerRecord>);

impl Records {
    /// The text of the next one.
    pub(crate) async fn next(&mut self) -> String {
        text_of_record(within(self.0.recv()).await.expect("the run has ended"))
    }

    /// The texts of those that came.
    pub(crate) fn rest(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.0.try_recv().ok())
            .map(text_of_record)
            .collect()
    }
}

fn text_of_record(record: WorkerRecord) -> String {
    let stream = record.kind.stream();
    let text = match record.kind {
        RecordKind::Verbose(text) | RecordKind::Information(text) | RecordKind::Warning(text) => text.message,
        RecordKind::Progress(progress) => progress.activity,
        RecordKind::Error(error) => error.message,
    };
    format!("{stream}: {text}")
}

/// Writes a record of the information stream, without a command of the Utility module.
pub(crate) fn say(text: &str) -> String {
    format!("$Host.UI.WriteLine('{text}')\n")
}

/// Whether a process is there and not a zombie.
pub(crate) fn is_alive(pid: &str) -> bool {
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid).join("stat"));
    stat.is_ok_and(|stat| !stat.contains(") Z"))
}
