//! Scripts and callers that mean harm: what they do has a named end, memory stays bounded, and a second caller's calls go on
//! meanwhile (the issue, "Must hold"; WP-D-22).

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, spawn};

use rustix::process::Signal;

use crate::harness::{Beacon, Client, OTHER, Reply, Setup, TestServer};

const SCRIPT: &str = "/-/script/script/?outputFormat=raw";
const MIB: u64 = 1024 * 1024;

/// A server with a second account.
fn server(settings: &str) -> TestServer {
    TestServer::with(&Setup {
        settings: settings.into(),
        ..Setup::of_two()
    })
}

/// What the other caller's script writes.
fn others(server: &TestServer, script: &str) -> String {
    let reply = server.reply(&server.request_as(OTHER, "POST", SCRIPT).body(script));
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.text()
}

/// The reply to a hostile script, while the other caller's calls go on from before it until after it.
fn beside_another(server: &TestServer, script: &str) -> Reply {
    // Calls take turns over the processes of their owner, of which there are two at most here.
    let workers: Vec<_> = (0..4).map(|_| others(server, "$PID")).collect();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let calls = scope.spawn(|| {
            let mut calls = 0;
            while !is_over.load(Ordering::Relaxed) || calls == 0 {
                assert!(workers.contains(&others(server, "$PID")), "nothing of it was touched");
                calls += 1;
            }
        });
        let reply = server.post(SCRIPT, script);
        is_over.store(true, Ordering::Relaxed);
        calls.join().unwrap();
        reply
    })
}

/// Private memory of the server, in bytes.
fn memory(server: &TestServer) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process_id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("RssAnon:")).unwrap();
    line.split_ascii_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

/// Sends a request and leaves its reply to come.
fn sent(server: &TestServer, user: &str, method: &str, target: &str, body: &str) -> Client {
    let mut client = server.connect();
    client.send(&server.request_as(user, method, target).body(body).bytes());
    client
}

/// Waits for a reply elsewhere.
fn later(mut client: Client) -> JoinHandle<Option<Reply>> {
    spawn(move || client.try_reply())
}

#[test]
fn a_script_that_loops_is_stopped_at_its_limit() {
    let reply = beside_another(&server("limits.runTime = '2s'"), "while ($true) { }");
    reply.is_refused(500, "Spe.Remoting.RunTime");
}

#[test]
fn a_script_that_allocates_without_end_is_named() {
    let server = server("workers.memory = '300MiB'\nworkers.heap = '4GiB'");
    let reply = beside_another(
        &server,
        "$all = [Collections.Generic.List[object]]::new(); while ($true) { $all.Add([string]::new('x', 1000000)) }",
    );
    reply.is_refused(500, "Spe.Remoting.WorkerMemory");
    server.log.line(&["a worker process took too much", "excess="]);
}

#[test]
fn a_script_that_starts_processes_without_end_is_named_and_leaves_none() {
    let server = server("workers.processes = 20");
    let reply = beside_another(
        &server,
        "while ($true) { $null = [Diagnostics.Process]::Start('/usr/bin/setsid', '/bin/sleep 1098.7654') }",
    );
    reply.is_refused(500, "Spe.Remoting.WorkerProcesses");
    assert_eq!(processes_with("1098.7654"), 0);
}

/// Living processes with an argument that nobody else's have.
fn processes_with(argument: &str) -> usize {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = entries.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    lines
        .filter(|line| String::from_utf8_lossy(line).contains(argument))
        .count()
}

#[test]
fn a_script_that_writes_without_end_costs_no_more_than_the_limit() {
    let server = server("limits.output = '16MiB'");
    let before = memory(&server);
    for _ in 0..3 {
        let reply = beside_another(&server, "$text = 'x' * 1000000; while ($true) { $text }");
        reply.is_refused(500, "Spe.Remoting.OutputLimit");
    }
    let grown = memory(&server).saturating_sub(before);
    assert!(grown < 100 * MIB, "{} MiB", grown / MIB);
}

/// The log is bounded, too: what comes too fast is counted.
#[test]
fn a_script_that_floods_its_standard_streams_is_left_alone() {
    let server = server("");
    let flood = "$line = 'x' * 1000; foreach ($n in 1..100000) { [Console]::Out.WriteLine($line) }; 'done'";
    let reply = beside_another(&server, flood);
    assert_eq!((reply.status, reply.text().as_str()), (200, "done"));
    server.log.line(&["lines were left out"]);
    let logged = server.log.text();
    let lines = logged.lines().filter(|line| line.contains("xxxxxxxxxx")).count();
    assert!(lines < 20_000, "{lines}");
}

/// 6.7: records are bounded for each session and for all.
#[test]
fn jobs_that_write_records_without_end_cost_no_more_than_the_limit() {
    let server = server("limits.recordRate = 10000000\nlimits.rings = '8MiB'\nlimits.runTime = '1m'");
    let quiet = others(
        &server,
        "Write-Warning 'mine'; (Start-ScriptSession -ScriptBlock { Write-Warning 'mine' }).ID",
    );
    assert_eq!(
        others(&server, &format!("(Wait-ScriptSession -Id {quiet}).State")),
        "Available"
    );
    let before = memory(&server);
    let flood = "Start-ScriptSession -ScriptBlock { $text = 'x' * 4000; foreach ($n in 1..20000) { Write-Verbose $text -Verbose } }";
    let reply = beside_another(
        &server,
        &format!("$null = (1..2 | % {{ {flood} }}) | Wait-ScriptSession"),
    );
    assert_eq!(reply.status, 200, "{}", reply.text());
    let grown = memory(&server).saturating_sub(before);
    assert!(grown < 100 * MIB, "{} MiB", grown / MIB);
    let target = format!("/-/script/wait/?jobId={quiet}");
    let kept = server.reply(&server.request_as(OTHER, "GET", &target)).json();
    assert_eq!(
        kept["streams"][0]["message"], "mine",
        "the one who wrote little lost nothing"
    );
}

#[test]
fn daemons_of_a_script_end_with_its_worker() {
    let server = server("");
    let text = "$info = [Diagnostics.ProcessStartInfo]::new('/bin/sh')
                '-c', 'setsid sleep 1187.6543 & echo' | % { $info.ArgumentList.Add($_) }
                $info.RedirectStandardOutput = $true
                $null = [Diagnostics.Process]::Start($info).StandardOutput.ReadLine()";
    server.raw(text);
    assert!(processes_with("1187.6543") > 0);
    let reply = beside_another(&server, "[Environment]::Exit(3)");
    reply.is_refused(502, "Spe.Remoting.WorkerLost");
    assert_eq!(processes_with("1187.6543"), 0);
}

/// Held waits are bounded per owner, so one who holds all he can keeps nobody else from holding one.
#[test]
fn an_owner_who_holds_all_the_waits_he_can_keeps_no_other_from_waiting() {
    let (server, beacon) = (server("limits.waitsPerOwner = 5"), Beacon::new());
    let job = server.job(&beacon.script("1"));
    let running = beacon.arrival();
    let target = format!("/-/script/wait/?jobId={job}&timeoutSeconds=60");
    let held: Vec<_> = (0..8)
        .map(|_| later(sent(&server, crate::harness::ADMIN, "GET", &target, "")))
        .collect();
    let theirs = others(&server, "(Start-ScriptSession -ScriptBlock { 7 }).ID");
    let wait = format!("/-/script/wait/?jobId={theirs}&timeoutSeconds=60");
    assert_eq!(
        server.reply(&server.request_as(OTHER, "GET", &wait)).json()["status"],
        "Idle"
    );
    running.release();
    let statuses: Vec<_> = held
        .into_iter()
        .map(|reply| reply.join().unwrap().unwrap().status)
        .collect();
    assert_eq!(
        statuses.iter().filter(|status| **status == 200).count(),
        5,
        "{statuses:?}"
    );
    assert_eq!(
        statuses.iter().filter(|status| **status == 429).count(),
        3,
        "{statuses:?}"
    );
}

/// The place of a client that went away in the middle of a hold is free again.
#[test]
fn a_client_that_goes_away_in_a_hold_frees_its_place() {
    let (server, beacon) = (server("limits.waitsPerOwner = 1"), Beacon::new());
    let job = server.job(&beacon.script("1"));
    let running = beacon.arrival();
    let target = format!("/-/script/wait/?jobId={job}&timeoutSeconds=60");
    let first = sent(&server, crate::harness::ADMIN, "GET", &target, "");
    server.log.line(&["action=waitRequestReceived"]);
    drop(first);
    let second = loop {
        // Until the server has noticed, the place is taken.
        let probe = server.wait(&job, "&timeoutSeconds=1");
        if probe.status == 200 {
            break probe;
        }
        probe.is_refused(429, "wait-limit");
    };
    assert_eq!(second.json()["status"], "Busy");
    running.release();
}

/// An id that somebody has taken before its owner came is refused to the owner, and tells nothing of what is in it.
#[test]
fn an_id_that_was_squatted_is_refused_and_another_one_works() {
    let server = server("");
    server.script(
        "sessionId=nightly&persistentSession=true",
        "$secret = 'of the squatter'",
    );
    for target in [
        "/-/script/script/?sessionId=nightly&persistentSession=true",
        "/-/script/wait/?jobId=nightly",
    ] {
        let method = if target.contains("wait") { "GET" } else { "POST" };
        let reply = server.reply(&server.request_as(OTHER, method, target).body("$secret"));
        reply.is_refused(403, "session-not-owned");
        assert!(!reply.text().contains("squatter"));
    }
    let start = "Start-ScriptSession -Id nightly -ScriptBlock { 1 } -ErrorAction SilentlyContinue; $Error[0].FullyQualifiedErrorId";
    assert!(others(&server, start).starts_with("SessionBusy"));
    assert_eq!(
        others(&server, "(Start-ScriptSession -Id nightly-2 -ScriptBlock { 1 }).ID"),
        "nightly-2"
    );
}

/// A server that is killed in the middle of a job takes the worker with it; what the script had started goes with the next
/// start, see `folders.rs`.
#[test]
fn a_server_that_is_killed_in_the_middle_of_a_job_leaves_no_worker() {
    let (server, beacon) = (server(""), Beacon::new());
    server.job(&beacon.script("1"));
    let running = beacon.arrival();
    server.signal(Signal::KILL);
    running.ended();
}
