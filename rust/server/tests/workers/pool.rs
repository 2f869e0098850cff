//! Processes and whom they serve.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use spe_server::config::WorkerSettings;
use spe_server::sessions::Processes;
use spe_server::workers::{HostError, LeaseError, Patience, StartError, Workers};

use crate::harness::{DEADLINE, Pool, is_alive, key, script, settings, setup, text_of, within};

#[tokio::test]
async fn owners_and_policies_never_share_a_process() {
    let pool = Pool::new();
    let mut seen = Vec::new();
    for (owner, policy) in [("a", "x"), ("b", "x"), ("a", "y")] {
        let mut process = pool.lease_under(owner, policy).await;
        seen.push(text_of(&mut *process, script("$PID")).await);
    }
    let again = text_of(&mut *pool.lease_under("a", "x").await, script("$PID")).await;
    assert_eq!(again, seen[0]);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 3);
    pool.shut_down().await;
}

#[tokio::test]
async fn a_spare_is_used_by_whoever_comes_first() {
    let pool = Pool::with(setup(WorkerSettings {
        spares: 1,
        max: 1,
        ..settings()
    }));
    // Within this bound there is only the spare.
    assert_eq!(pool.text_of("b", "'b'").await, "b");
    pool.shut_down().await;
}

#[tokio::test]
async fn shutting_down_leaves_neither_processes_nor_folders() {
    let pool = Pool::new();
    let mut held = pool.lease("a").await;
    let mut traces = Vec::new();
    for text in ["\"$PID $env:TMPDIR\"", "\"$PID $env:TMPDIR\""] {
        traces.push(text_of(&mut *held, script(text)).await);
    }
    traces.push(
        pool.text_of(
            "b",
            "[IO.Directory]::CreateDirectory(\"$env:TMPDIR/x/y\") | ForEach-Object { \"$PID $env:TMPDIR\" }",
        )
        .await,
    );
    pool.shut_down().await;
    for trace in traces {
        let (pid, folder) = trace.split_once(' ').unwrap();
        assert!(!is_alive(pid));
        assert!(!Path::new(folder).exists());
    }
    drop(held);
}

#[tokio::test]
async fn a_host_that_is_not_there_keeps_the_server_from_starting() {
    let setup = setup(WorkerSettings {
        host: Some("/nowhere/pwsh".into()),
        ..settings()
    });
    let error = Workers::start(setup).unwrap_err();
    assert!(matches!(&error, StartError::Host(HostError::NotAProgram(_))), "{error}");
    assert!(error.to_string().contains("/nowhere/pwsh"), "{error}");
}

#[tokio::test]
async fn a_host_that_ends_at_once_is_told_with_what_it_said() {
    let folder = tempfile::tempdir().unwrap();
    let host = folder.path().join("pwsh");
    std::fs::write(&host, "#!/bin/sh\necho 'no libicu here' >&2\nexit 7\n").unwrap();
    std::fs::set_permissions(&host, PermissionsExt::from_mode(0o755)).unwrap();
    let pool = Pool::with(setup(WorkerSettings {
        host: Some(host),
        ..settings()
    }));
    let lease = within(pool.0.lease(key("a", "p"), Patience::Bounded)).await;
    let Err(LeaseError::Start(cause)) = lease else {
        panic!("there is a worker");
    };
    assert_eq!(
        cause,
        "the process ended before it was ready (exit code 7): no libicu here"
    );
    pool.0.shut_down(DEADLINE).await;
}

#[tokio::test]
async fn a_launcher_without_its_server_as_parent_does_nothing() {
    let output = std::process::Command::new(crate::harness::server())
        .args([
            "launch-worker",
            "--parent=1",
            "--host=/bin/true",
            "--assembly=/x",
            "--data-bytes=1000000000",
            "--file-bytes=1000000000",
            "--open-files=1000",
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(71));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("the server that started this worker is gone"), "{said}");
}
