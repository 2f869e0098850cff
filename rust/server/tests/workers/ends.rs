//! Runs that are stopped, and processes that end under them.

use spe_server::sessions::Process;
use spe_server::workers::{LostReason, RunEnd, RunOutcome};
use tokio_util::sync::CancellationToken;

use crate::harness::{Pool, Watcher, is_alive, run, script, text_of, within};

/// Says the number of its process, then does something.
fn saying_pid(then: &str) -> String {
    format!("$Host.UI.WriteLine(\"$PID\")\n{then}")
}

/// Runs a script and does something once it runs, with the number of its process.
async fn while_running(process: &mut dyn Process, then: &str, act: impl FnOnce(&str, &CancellationToken)) -> RunEnd {
    let (watcher, mut records) = Watcher::new();
    let cancel = CancellationToken::new();
    let running = process.run(script(&saying_pid(then)), watcher, cancel.clone());
    let acting = async {
        let pid = records.next().await;
        act(pid.strip_prefix("information: ").unwrap(), &cancel);
    };
    within(async { tokio::join!(running, acting) }).await.0
}

fn lost(status: &str) -> RunOutcome {
    RunOutcome::Lost(LostReason::Exited {
        status: status.to_owned(),
    })
}

#[tokio::test]
async fn a_cancelled_script_stops_and_its_worker_stays() {
    let pool = Pool::new();
    let mut process = pool.lease("a").await;
    let worker = text_of(&mut *process, script("$PID")).await;
    let end = while_running(&mut *process, "while ($true) { }", |_, cancel| cancel.cancel()).await;
    assert_eq!(end.outcome, RunOutcome::Stopped);
    assert_eq!(text_of(&mut *process, script("$PID")).await, worker);
    drop(process);
    pool.shut_down().await;
}

#[tokio::test]
async fn a_script_that_cannot_be_stopped_is_killed_with_its_process() {
    let pool = Pool::new();
    let mut process = pool.lease("a").await;
    let mut worker = String::new();
    let end = while_running(&mut *process, "[Threading.Thread]::Sleep(-1)", |pid, cancel| {
        pid.clone_into(&mut worker);
        cancel.cancel();
    });
    assert_eq!(end.await.outcome, RunOutcome::Stopped);
    assert!(!is_alive(&worker));
    drop(process);
    assert_eq!(pool.text_of("a", "'next'").await, "next");
    pool.shut_down().await;
}

#[tokio::test]
async fn a_worker_killed_in_the_middle_of_a_script_ends_the_run_by_name() {
    let pool = Pool::new();
    let mut process = pool.lease("a").await;
    let end = while_running(&mut *process, "while ($true) { }", |pid, _| {
        let pid = rustix::process::Pid::from_raw(pid.parse().unwrap()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    });
    assert_eq!(end.await.outcome, lost("killed, signal 9"));
    drop(process);
    assert_eq!(pool.text_of("a", "'next'").await, "next");
    pool.shut_down().await;
}

#[tokio::test]
async fn a_script_that_exits_its_process_ends_the_run_with_the_code() {
    let pool = Pool::new();
    let end = run(&mut *pool.lease("a").await, script("[Environment]::Exit(3)")).await;
    assert_eq!(end.outcome, lost("exit code 3"));
    pool.shut_down().await;
}

#[tokio::test]
async fn a_script_that_writes_into_the_channel_loses_its_process() {
    let pool = Pool::new();
    let text = "$handle = [Net.Sockets.SafeSocketHandle]::new([IntPtr]3, $false)\n\
                [void][Net.Sockets.Socket]::new($handle).Send([byte[]](1..64))\n\
                while ($true) { }";
    let end = run(&mut *pool.lease("a").await, script(text)).await;
    assert_eq!(end.outcome, RunOutcome::Lost(LostReason::Protocol));
    pool.shut_down().await;
}

#[tokio::test]
async fn native_commands_end_with_the_worker_that_started_them() {
    let pool = Pool::new();
    let mut process = pool.lease("a").await;
    let text = "$child = [Diagnostics.Process]::Start('/bin/sleep', '1000')\n\
                $Host.UI.WriteLine(\"$($child.Id)\")\n\
                [Threading.Thread]::Sleep(-1)";
    let (watcher, mut records) = Watcher::new();
    let cancel = CancellationToken::new();
    let running = process.run(script(text), watcher, cancel.clone());
    let acting = async {
        let child = records.next().await;
        cancel.cancel();
        child.strip_prefix("information: ").unwrap().to_owned()
    };
    let (end, child) = within(async { tokio::join!(running, acting) }).await;
    assert_eq!(end.outcome, RunOutcome::Stopped);
    assert!(!is_alive(&child));
    drop(process);
    pool.shut_down().await;
}

#[tokio::test]
async fn what_scripts_write_to_the_standard_streams_is_no_output() {
    let pool = Pool::new();
    let text = "[Console]::WriteLine('to the log'); [Console]::Error.WriteLine('too'); 'to the caller'";
    assert_eq!(pool.text_of("a", text).await, "to the caller");
    pool.shut_down().await;
}
