//! What a script leaves behind outside of its group. In a program of its own, since a hardened server ends every child that it
//! did not start.

use std::sync::Arc;
use std::time::Duration;

use spe_server::config::WorkerSettings;
use spe_server::identity::{Owner, Policy};
use spe_server::sessions::{Process, Processes};
use spe_server::workers::{
    Call, CallError, CallReply, LeaseKey, OutputFormat, Patience, RunKind, RunObserver, RunRequest, Versions,
    WorkerRecord, Workers, WorkersSetup, harden_server,
};
use tokio_util::sync::CancellationToken;

struct Nobody;

impl RunObserver for Nobody {
    fn record(&self, _record: WorkerRecord) {}

    fn call(&self, _call: Call) -> std::pin::Pin<Box<dyn Future<Output = Result<CallReply, CallError>> + Send>> {
        Box::pin(async { Err(CallError::Stopped) })
    }
}

async fn text_of(process: &mut dyn Process, text: &str) -> String {
    let request = RunRequest {
        kind: RunKind::Script,
        format: OutputFormat::Raw,
        script: text.to_owned().into(),
        arguments: None,
        capture_streams: false,
        keep_runspace: false,
        session_id: None,
        job_name: None,
        user: String::new(),
        policy: Policy::unrestricted(),
        rid: String::new(),
    };
    let end = process.run(request, Arc::new(Nobody), CancellationToken::new()).await;
    String::from_utf8(end.output.to_vec()).unwrap().trim().to_owned()
}

/// The pwsh of `SPE_PWSH`, else the bundled engine.
fn host(server: &std::path::Path) -> std::path::PathBuf {
    match std::env::var_os("SPE_PWSH") {
        Some(pwsh) => pwsh.into(),
        None => server.with_file_name("engine").join("SPE.EngineHost"),
    }
}

/// A dead process counts as gone, whoever has yet to take note of it: a pool that ended does not.
fn is_there(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat
        .rsplit_once(')')
        .and_then(|(_, fields)| fields.split_whitespace().next());
    !pid.is_empty() && state.is_some_and(|state| state != "Z")
}

async fn until_gone(pid: &str) {
    while is_there(pid) {
        tokio::task::yield_now().await;
    }
}

/// Leaves its session and its parent, which is gone before it says its number.
fn leave_behind(by: &str) -> String {
    format!(
        "$start = [Diagnostics.ProcessStartInfo]::new('/bin/sh', '-c \"{by} setsid sleep 1000 >/dev/null & echo $!\"')\n\
         $start.RedirectStandardOutput = $true\n\
         $child = [Diagnostics.Process]::Start($start)\n$child.StandardOutput.ReadToEnd()\n$child.WaitForExit()"
    )
}

#[tokio::test]
async fn what_left_its_worker_ends_with_it_and_nothing_else_does() {
    harden_server().unwrap();
    let program = std::path::PathBuf::from(env!("CARGO_BIN_EXE_spe-server"));
    let workers = Workers::start(WorkersSetup {
        settings: WorkerSettings {
            host: Some(host(&program)),
            ..WorkerSettings::default()
        },
        output_bytes: 1_000_000,
        program,
        keep_out: Vec::new(),
        versions: Versions {
            spe: String::new(),
            sitecore: String::new(),
        },
    })
    .unwrap();
    let everything = async {
        let lease = async |owner: &str| {
            let key = LeaseKey {
                owner: Owner(owner.into()),
                policy: "p".into(),
            };
            workers.lease(key, Patience::Bounded).await.unwrap()
        };
        let (mut first, mut second) = (lease("a").await, lease("b").await);
        let friend = text_of(&mut *first, &leave_behind("")).await;
        let denier = text_of(&mut *first, &leave_behind("exec env -i")).await;
        let other = text_of(&mut *second, &leave_behind("")).await;
        assert!(is_there(&friend) && is_there(&denier) && is_there(&other));

        text_of(&mut *first, "[Environment]::Exit(0)").await;
        until_gone(&friend).await;
        until_gone(&denier).await;
        assert!(is_there(&other));

        workers.shut_down(Duration::from_secs(30)).await;
        until_gone(&other).await;
    };
    tokio::time::timeout(Duration::from_mins(1), everything).await.unwrap();
}
