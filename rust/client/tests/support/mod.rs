//! What the tests of the engine share. Each test file uses a part of it.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use secrecy::SecretString;
use spe_client::{
    Client, Clock, Credential, DownloadCall, Event, Events, Pause, RemotePlace, ScriptCall, Target, UploadCall,
    WaitCall,
};
use spe_testkit::http::HttpServer;
use uuid::Uuid;

/// A secret that no message may show.
pub(crate) const SECRET: &str = "a-secret-of-the-tests-0123456789-0123456789-0123456789-0123456789";

/// A clock that stands still but for the pauses it is asked for, which pass at once and are noted.
#[derive(Debug, Default, Clone)]
pub(crate) struct TestClock {
    pauses: Arc<Mutex<Vec<Duration>>>,
}

impl TestClock {
    /// 2026-01-01T00:00:00Z.
    pub(crate) const START: u64 = 1_767_225_600;

    pub(crate) fn pauses(&self) -> Vec<Duration> {
        self.pauses.lock().clone()
    }

    pub(crate) fn client(&self) -> Client {
        Client::with_clock(Arc::new(self.clone()))
    }
}

impl Clock for TestClock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(Self::START) + self.elapsed()
    }

    fn elapsed(&self) -> Duration {
        self.pauses.lock().iter().sum()
    }

    fn pause(&self, duration: Duration) -> Pause {
        self.pauses.lock().push(duration);
        Box::pin(tokio::task::yield_now())
    }
}

pub(crate) fn target(server: &HttpServer) -> Target {
    target_at(&server.uri())
}

pub(crate) fn target_at(uri: &str) -> Target {
    Target {
        base: uri.parse().unwrap(),
        credential: Some(shared_secret()),
        session_id: "id-1".to_owned(),
        cookie_jar: Uuid::new_v4(),
        connect_timeout: Duration::from_secs(30),
        connection: Arc::default(),
        operation_timeout: None,
    }
}

pub(crate) fn shared_secret() -> Credential {
    Credential::SharedSecret {
        secret: SecretString::from(SECRET),
        access_key_id: None,
        algorithm: "HS256".to_owned(),
        username: r"sitecore\admin".to_owned(),
    }
}

/// A call of the script `1` without arguments.
pub(crate) fn script(target: Target) -> ScriptCall {
    ScriptCall {
        target,
        script: "1".to_owned(),
        arguments: None,
        output_format: "CliXml".to_owned(),
        persistent_session: false,
        structured_errors: false,
        capture_streams: false,
        max_retries: 0,
    }
}

/// A wait for job-1 that wants records.
pub(crate) fn wait(target: Target) -> WaitCall {
    WaitCall {
        target,
        job_id: "job-1".to_owned(),
        job_type: "scriptsession".to_owned(),
        hold_seconds: 30,
        max_retries: 2,
        delay: Duration::ZERO,
        cursor: None,
        want_records: true,
    }
}

pub(crate) fn verbose(events: &Events) -> Vec<String> {
    let lines = events.drain().into_iter().filter_map(|event| match event {
        Event::Verbose(line) => Some(line),
        _ => None,
    });
    lines.collect()
}

pub(crate) fn warnings(events: &[Event]) -> Vec<&str> {
    let lines = events.iter().filter_map(|event| match event {
        Event::Warning(line) => Some(line.as_str()),
        _ => None,
    });
    lines.collect()
}

/// A file called `name` in `folder`, to be sent to `App/data.xml`.
pub(crate) fn upload(target: Target, folder: &Path, name: &str, content: &[u8]) -> UploadCall {
    let source = folder.join(name);
    std::fs::write(&source, content).unwrap();
    UploadCall {
        target,
        source,
        place: file("App", "/data.xml"),
        skip_unpack: false,
        skip_existing: false,
    }
}

/// A download of `App/data.xml` to `destination`.
pub(crate) fn download(target: Target, destination: PathBuf) -> DownloadCall {
    DownloadCall {
        target,
        place: file("App", "/data.xml"),
        destination,
        into_directory: false,
        container: false,
        force: false,
    }
}

pub(crate) fn file(root: &str, path: &str) -> RemotePlace {
    RemotePlace::File {
        root: root.to_owned(),
        path: path.to_owned(),
    }
}

pub(crate) fn media(database: &str, path: &str) -> RemotePlace {
    RemotePlace::Media {
        database: database.to_owned(),
        path: path.to_owned(),
    }
}

/// The next event of progress: what is done, and what there is.
pub(crate) async fn progress(events: &Events) -> (u64, Option<u64>) {
    let told = async {
        loop {
            for event in events.next().await {
                if let Event::Progress { done, total } = event {
                    return (done, total);
                }
            }
        }
    };
    tokio::time::timeout(Duration::from_mins(1), told)
        .await
        .expect("progress is told")
}

/// Everything below `folder`, in order.
pub(crate) fn tree(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            found.push(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
            if path.is_dir() {
                open.push(path);
            }
        }
    }
    found.sort();
    found
}
