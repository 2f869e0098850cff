//! Limits of sessions, waits and processes: a refusal, never growth (WP-D-22).

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc;
use std::time::Instant;

use crate::harness::{Beacon, DEADLINE, Setup, TestServer};

const TEST: &str = "/-/script/script/?action=test";

fn with(settings: &str) -> TestServer {
    TestServer::with(&Setup {
        settings: settings.into(),
        ..Setup::default()
    })
}

#[test]
fn sessions_of_an_owner_are_bounded() {
    let server = with("limits.sessionsPerOwner = 2");
    let keep = |id: &str| server.script(&format!("sessionId={id}&persistentSession=true"), "1");
    assert_eq!((keep("a").status, keep("b").status), (200, 200));
    let reply = keep("c");
    reply.is_refused(429, "session-limit");
    assert!(reply.header("retry-after").is_some());
    server.get("/-/script/script/?action=cleanup&sessionId=a");
    assert_eq!(keep("c").status, 200);
}

/// Of two at once one is held and the other is refused, whichever comes first.
#[test]
fn held_waits_of_an_owner_are_bounded() {
    let (server, beacon) = (with("limits.waitsPerOwner = 1"), Beacon::new());
    let job = server.job(&beacon.script("1"));
    let running = beacon.arrival();
    let (sender, replies) = mpsc::channel();
    for _ in 0..2 {
        let mut client = server.connect();
        let target = format!("/-/script/wait/?jobId={job}&timeoutSeconds=60");
        client.send(&server.request("GET", &target).bytes());
        let sender = sender.clone();
        std::thread::spawn(move || sender.send(client.reply()));
    }
    let refused = replies.recv_timeout(DEADLINE).expect("one is refused at once");
    refused.is_refused(429, "wait-limit");
    assert_eq!(refused.header("retry-after"), Some("1"));
    running.release();
    let held = replies
        .recv_timeout(DEADLINE)
        .expect("the other is answered at the end");
    assert_eq!(held.json()["status"], "Idle");
    assert_eq!(
        server.wait(&job, "").json()["status"],
        "Idle",
        "the place is free again"
    );
}

/// Beyond the bound calls queue, for a bounded time.
#[test]
fn calls_wait_their_turn_for_a_process_and_then_are_refused() {
    let (server, beacon) = (
        with("[workers]\nmax = 1\nspares = 0\nqueueTimeout = '1s'"),
        Beacon::new(),
    );
    // The one process may take longer to start than a call waits for it.
    let started = (0..60).any(|_| server.script("", "1").status == 200);
    assert!(started, "{}", server.log.text());
    let mut client = server.connect();
    client.send(
        &server
            .request("POST", "/-/script/script/")
            .body(beacon.script("1"))
            .bytes(),
    );
    let running = beacon.arrival();
    let reply = server.script("", "1");
    reply.is_refused(503, "workers-busy");
    let seconds: u32 = reply.header("retry-after").expect("a time").parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    let mut queued = server.connect();
    queued.send(
        &server
            .request("POST", "/-/script/script/?outputFormat=raw")
            .body("1+1")
            .bytes(),
    );
    running.release();
    assert_eq!(client.reply().status, 200);
    assert_eq!(queued.reply().text(), "2");
}

/// Item 8 of the issue: beyond the bound of the queue the answer comes at once, with a time.
#[test]
fn a_call_beyond_the_queue_is_refused_at_once() {
    let (server, beacon) = (with("[workers]\nmax = 1\nspares = 0\nqueue = 1"), Beacon::new());
    let post = |body: &str| server.request("POST", "/-/script/script/?outputFormat=raw").body(body);
    let mut running_client = server.connect();
    running_client.send(&post(&beacon.script("1")).bytes());
    let running = beacon.arrival();
    // Of two that come then one waits and the other is refused, whichever comes first.
    let (sender, replies) = mpsc::channel();
    for _ in 0..2 {
        let (sender, mut client, bytes) = (sender.clone(), server.connect(), post("2").bytes());
        std::thread::spawn(move || {
            client.send(&bytes);
            sender.send(client.reply())
        });
    }
    let refused = replies.recv_timeout(DEADLINE).expect("one is refused at once");
    refused.is_refused(503, "workers-busy");
    assert!(refused.header("retry-after").is_some());
    running.release();
    assert_eq!(replies.recv_timeout(DEADLINE).unwrap().text(), "2");
    assert_eq!(running_client.reply().status, 200);
}

/// WP-D-22: a run-time limit with cancellation. The process goes on with the next call.
#[test]
fn a_script_that_runs_too_long_is_stopped_and_named() {
    let server = with("limits.runTime = '1s'");
    let worker = server.raw("$PID");
    let reply = server.script("", "while ($true) { Start-Sleep -Milliseconds 10 }");
    reply.is_refused(500, "Spe.Remoting.RunTime");
    assert!(reply.text().contains("longer than the limit of 1s"), "{}", reply.text());
    assert_eq!(server.raw("$PID"), worker);
}

/// The same for a job, which has failed then.
#[test]
fn a_job_that_runs_too_long_has_failed_by_name() {
    let server = with("limits.jobRunTime = '1s'");
    let job = server.job("while ($true) { Start-Sleep -Milliseconds 10 }");
    let state = server.wait(&job, "").json();
    assert_eq!((&state["isDone"], &state["status"]), (&true.into(), &"Failed".into()));
    assert_eq!(state["error"]["fullyQualifiedErrorId"], "Spe.Remoting.RunTime");
    assert_eq!(state["error"]["errorCategory"], "OperationTimeout");
}

/// WP-D-22: results that nobody receives are bounded; a job whose result does not fit says so.
#[test]
fn a_result_beyond_the_budget_is_a_failure_with_a_name() {
    let server = with("limits.resultsPerOwner = '10KiB'");
    let job = server.job("'x' * 8000");
    assert_eq!(server.wait(&job, "").json()["status"], "Idle");
    let second = server.job("'x' * 8000");
    let state = server.wait(&second, "").json();
    assert_eq!(state["status"], "Failed");
    assert_eq!(state["error"]["fullyQualifiedErrorId"], "Spe.Remoting.ResultLimit");
    assert_eq!(server.raw(&format!("(Receive-ScriptSession -Id {job}).Length")), "8000");
    let third = server.job("'x' * 8000");
    assert_eq!(
        server.wait(&third, "").json()["status"],
        "Idle",
        "what was received is free again"
    );
}

/// WP-D-08: the queue of a session is a setting; without one the second call is told at once.
#[test]
fn the_queue_of_a_session_is_bounded() {
    let (server, beacon) = (
        with("limits.sessionQueue = 0\nlimits.sessionQueueTimeout = '1h'"),
        Beacon::new(),
    );
    let target = "/-/script/script/?sessionId=one&persistentSession=true";
    let mut client = server.connect();
    client.send(&server.request("POST", target).body(beacon.script("1")).bytes());
    let running = beacon.arrival();
    let reply = server.post(target, "1");
    reply.is_refused(409, "session-busy");
    assert_eq!(reply.header("retry-after"), Some("1"));
    running.release();
    assert_eq!(client.reply().status, 200);
}

/// 6.7: size, number and rate of records are settings.
#[test]
fn the_ring_of_a_session_is_bounded_as_the_settings_say() {
    let server = with("limits.ringRecords = 3\nlimits.recordRate = 1000000");
    let job = server.job("foreach ($n in 1..500) { Write-Verbose $n -Verbose }");
    server.raw(&format!("$null = Wait-ScriptSession -Id {job}"));
    let records = server.wait(&job, "").json();
    assert_eq!(records["droppedRate"], 0);
    assert_eq!(records["droppedSize"], 497);
    let sequences: Vec<_> = records["streams"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["sequence"].clone())
        .collect();
    assert_eq!(sequences, [497, 498, 499]);
}

/// Decisions, session namespace: one run at a time, and a second is told.
#[test]
fn a_busy_session_is_told() {
    let (server, beacon) = (TestServer::shared(), Beacon::new());
    let target = "/-/script/script/?sessionId=busy-1&persistentSession=true";
    let mut client = server.connect();
    client.send(&server.request("POST", target).body(beacon.script("1")).bytes());
    let running = beacon.arrival();
    let reply = server.post(target, "1");
    reply.is_refused(409, "session-busy");
    running.release();
    assert_eq!(client.reply().status, 200);
}

/// Whoever sends requests and reads no reply could else hold connections without being known.
#[test]
fn a_client_that_takes_no_replies_is_cut_off() {
    let server = with("limits.bodyTimeout = '1s'");
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_write_timeout(Some(DEADLINE)).unwrap();
    let requests = "GET / HTTP/1.1\r\nHost: test\r\n\r\n".repeat(1000);
    // Once both ends are full of what the other does not take, only the end of the connection ends a write.
    let error = loop {
        if let Err(error) = stream.write_all(requests.as_bytes()) {
            break error;
        }
    };
    assert!(
        matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe),
        "{error}"
    );
}

/// WP-D-22: a client that takes a reply a byte at a time is not better off.
#[test]
fn a_client_that_takes_a_reply_byte_by_byte_is_cut_off() {
    let server = with("limits.bodyTimeout = '1s'\nlimits.minRate = '1GiB'");
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let large = server.request("POST", "/-/script/script/?outputFormat=raw");
    stream.write_all(&large.body("'x' * 30000000").bytes()).unwrap();
    let until = Instant::now() + DEADLINE;
    let mut taken = 0;
    while !server.log.text().contains("took%20too%20long") {
        assert!(Instant::now() < until, "the server goes on sending");
        // What came before the cut may be read, and then the connection is reset.
        taken += stream.read(&mut [0]).unwrap_or(0);
    }
    assert!(taken < 30_000_000);
}

/// WP-D-22: connections are bounded for each address; the next one is closed, and a place that is free again is given.
#[test]
fn connections_from_an_address_are_bounded() {
    let server = with("limits.connectionsPerAddress = 2");
    let mut held: Vec<_> = (0..2).map(|_| server.connect()).collect();
    for client in &mut held {
        assert_eq!(client.exchange(&server.request("GET", TEST)).status, 200);
    }
    assert!(server.connect().is_closed());
    held.pop();
    let until = Instant::now() + DEADLINE;
    while try_test(&server) != Some(200) {
        assert!(Instant::now() < until, "the place does not come back");
    }
    assert_eq!(held[0].exchange(&server.request("GET", TEST)).status, 200);
}

#[test]
fn connections_are_bounded_in_total_and_not_for_a_proxy() {
    let server = with("trustedProxies = ['127.0.0.1']\n[limits]\nconnections = 3\nconnectionsPerAddress = 1");
    let mut held: Vec<_> = (0..3).map(|_| server.connect()).collect();
    for client in &mut held {
        assert_eq!(client.exchange(&server.request("GET", TEST)).status, 200);
    }
    assert!(server.connect().is_closed());
}

fn try_test(server: &TestServer) -> Option<u16> {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let request = server.request("GET", TEST).header("Connection", "close");
    stream.write_all(&request.bytes()).ok()?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply).ok()?;
    reply.split(' ').nth(1)?.parse().ok()
}

/// WP-D-22: held waits in total, whoever holds them.
#[test]
fn held_waits_of_all_owners_are_bounded() {
    let (server, beacon) = (with("limits.waits = 1"), Beacon::new());
    let job = server.job(&beacon.script("1"));
    let running = beacon.arrival();
    let wait = format!("/-/script/wait/?jobId={job}&timeoutSeconds=60");
    let (sender, replies) = mpsc::channel();
    for _ in 0..2 {
        let (sender, mut client) = (sender.clone(), server.connect());
        client.send(&server.request("GET", &wait).bytes());
        std::thread::spawn(move || sender.send(client.reply()));
    }
    let refused = replies.recv_timeout(DEADLINE).expect("one is refused at once");
    refused.is_refused(503, "waits-full");
    assert!(refused.header("retry-after").is_some());
    running.release();
    assert_eq!(replies.recv_timeout(DEADLINE).unwrap().status, 200);
}

/// WP-D-22: the bodies of requests that arrive or run are bounded together, and given back with their end.
#[test]
fn the_memory_of_bodies_is_bounded() {
    let (server, beacon) = (
        with("[limits]\nbody = '4KiB'\nbodies = '6KiB'\nbodiesPerOwner = '6KiB'"),
        Beacon::new(),
    );
    let script = |then: &str| format!("<#{}#>\n{then}", " ".repeat(3500));
    let mut client = server.connect();
    client.send(
        &server
            .request("POST", "/-/script/script/")
            .body(script(&beacon.script("1")))
            .bytes(),
    );
    let running = beacon.arrival();
    let refused = server.script("", &script("1"));
    refused.is_refused(429, "owner-body-memory");
    assert!(refused.header("retry-after").is_some());
    assert_eq!(server.script("", "1").status, 200, "a small one fits");
    running.release();
    assert_eq!(client.reply().status, 200);
    assert_eq!(server.script("", &script("1")).status, 200);
}
