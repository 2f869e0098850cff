//! Scripts that take too much of the machine: ended with everything they started, by name, and nobody else is touched
//! (WP-D-22 and item 8 of the issue).

use spe_server::config::WorkerSettings;
use spe_server::workers::{Excess, LostReason, RunEnd, RunOutcome};
use tokio_util::sync::CancellationToken;

use crate::harness::{Pool, Watcher, is_alive, run, script, settings, setup, text, text_of, within};

const MIB: u64 = 1024 * 1024;

fn excess(excess: Excess) -> RunOutcome {
    RunOutcome::Lost(LostReason::Excess(excess))
}

/// A pool where somebody else has a process already; what that says must be the same afterwards.
async fn end_beside_another(settings: WorkerSettings, text: &str) -> RunEnd {
    let pool = Pool::with(setup(settings));
    let mut neighbour = pool.lease("neighbour").await;
    let worker = text_of(&mut *neighbour, script("$PID")).await;
    let end = run(&mut *pool.lease("a").await, script(text)).await;
    assert_eq!(text_of(&mut *neighbour, script("$PID")).await, worker);
    drop(neighbour);
    assert_eq!(pool.text_of("a", "'next'").await, "next");
    pool.shut_down().await;
    end
}

async fn outcome_beside_another(settings: WorkerSettings, text: &str) -> RunOutcome {
    end_beside_another(settings, text).await.outcome
}

/// Memory beside the managed heap, which the runtime's own limit does not see.
#[tokio::test]
async fn private_memory_is_bounded() {
    let limit = 200 * MIB;
    let settings = WorkerSettings {
        memory_bytes: limit,
        ..settings()
    };
    let text = "while ($true) {
                    $block = [Runtime.InteropServices.Marshal]::AllocHGlobal(10MB)
                    [Runtime.InteropServices.Marshal]::Copy([byte[]]::new(10MB), 0, $block, 10MB)
                }";
    assert_eq!(
        outcome_beside_another(settings, text).await,
        excess(Excess::Memory(limit))
    );
}

/// The managed heap ends at its own limit. Whether the script sees an error, the runtime gives up or it only looks for memory
/// from then on is the runtime's to say; the run ends in each case, with a name.
#[tokio::test]
async fn a_heap_without_end_ends_the_run() {
    let settings = WorkerSettings {
        heap_bytes: 64 * MIB,
        ..settings()
    };
    let text = "$all = [Collections.Generic.List[object]]::new(); while ($true) { $all.Add([byte[]]::new(100)) }";
    let end = end_beside_another(settings, text).await;
    match end.outcome {
        RunOutcome::Completed => assert!(end.had_errors),
        RunOutcome::Failed(error) => assert!(!error.fully_qualified_error_id.is_empty()),
        RunOutcome::Lost(reason) => assert!(
            matches!(reason, LostReason::Exited { .. } | LostReason::Excess(Excess::Heap)),
            "{reason:?}"
        ),
        RunOutcome::Stopped => panic!("nobody stops it"),
    }
}

#[tokio::test]
async fn processes_are_bounded() {
    let settings = WorkerSettings {
        processes: 10,
        ..settings()
    };
    let text = "while ($true) { $null = [Diagnostics.Process]::Start('/bin/sleep', '1000') }";
    assert_eq!(
        outcome_beside_another(settings, text).await,
        excess(Excess::Processes(10))
    );
}

/// Each of its processes starts others, in sessions of their own.
#[tokio::test]
async fn a_bomb_of_processes_is_ended_with_all_of_them() {
    let pool = Pool::with(setup(WorkerSettings {
        processes: 30,
        ..settings()
    }));
    let mut process = pool.lease("a").await;
    let mark = text_of(&mut *process, script("$env:TMPDIR")).await;
    // It ends by itself at some depth, so that a test that fails does not take the machine along.
    let text = "$env:body = 'if [ $depth -lt 9 ]; then depth=$((depth + 1)); export depth
                    setsid sh -c \"$body\" & setsid sh -c \"$body\" & sleep 60; fi'
                $env:depth = '0'
                $start = [Diagnostics.ProcessStartInfo]::new('/bin/sh')
                $start.ArgumentList.Add('-c')
                $start.ArgumentList.Add($env:body)
                [Diagnostics.Process]::Start($start).WaitForExit()";
    let outcome = run(&mut *process, script(text)).await.outcome;
    assert_eq!(outcome, excess(Excess::Processes(30)));
    assert_eq!(processes_with(&mark), 0, "none is left when the run has ended");
    drop(process);
    assert_eq!(pool.text_of("a", "'next'").await, "next");
    pool.shut_down().await;
}

/// Living processes whose environment names the folder.
fn processes_with(folder: &str) -> usize {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let has_it = |number: &String| {
        let environment = std::fs::read(format!("/proc/{number}/environ")).unwrap_or_default();
        String::from_utf8_lossy(&environment).contains(folder) && is_alive(number)
    };
    numbers.filter(has_it).count()
}

#[tokio::test]
async fn the_temporary_folder_is_bounded() {
    let limit = 20 * MIB;
    let settings = WorkerSettings {
        disk_bytes: limit,
        ..settings()
    };
    let text = "$n = 0; while ($true) { $n++; [IO.File]::WriteAllBytes(\"$env:TMPDIR/$n\", [byte[]]::new(1MB)) }";
    assert_eq!(
        outcome_beside_another(settings, text).await,
        excess(Excess::Disk(limit))
    );
}

/// A file that was removed while it is open takes its place all the same.
#[tokio::test]
async fn files_without_a_name_are_bounded_too() {
    let limit = 20 * MIB;
    let settings = WorkerSettings {
        disk_bytes: limit,
        ..settings()
    };
    let text = "$file = [IO.File]::Create(\"$env:TMPDIR/x\"); [IO.File]::Delete(\"$env:TMPDIR/x\")
                $block = [byte[]]::new(1MB); while ($true) { $file.Write($block, 0, $block.Length) }";
    assert_eq!(
        outcome_beside_another(settings, text).await,
        excess(Excess::Disk(limit))
    );
}

/// What a script left running is looked at as well when no script runs any more.
#[tokio::test]
async fn an_idle_worker_is_bounded_too() {
    let pool = Pool::with(setup(WorkerSettings {
        processes: 5,
        ..settings()
    }));
    let mut process = pool.lease("a").await;
    let worker = text_of(&mut *process, script("$PID")).await;
    let text = "foreach ($n in 1..10) { $null = [Diagnostics.Process]::Start('/bin/sleep', '1000') }; $PID";
    let (watcher, _records) = Watcher::new();
    let end = within(process.run(script(text), watcher, CancellationToken::new())).await;
    // Whether the run has ended before it is seen or not, its worker goes.
    assert!(end.outcome == excess(Excess::Processes(5)) || self::text(&end) == worker);
    within(async {
        while is_alive(&worker) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    drop(process);
    assert_eq!(pool.text_of("a", "'next'").await, "next");
    pool.shut_down().await;
}

#[tokio::test]
async fn open_files_and_their_size_are_limits_of_the_process() {
    let pool = Pool::with(setup(WorkerSettings {
        open_files: 300,
        disk_bytes: 5 * 1024 * MIB,
        ..settings()
    }));
    let limits = pool.text_of("a", "[IO.File]::ReadAllText('/proc/self/limits')").await;
    let hard = |name: &str| {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        line[name.len()..].split_ascii_whitespace().nth(1).unwrap().to_owned()
    };
    assert_eq!(hard("Max open files"), "300");
    assert_eq!(hard("Max file size"), (5 * 1024 * MIB).to_string());
    pool.shut_down().await;
}
