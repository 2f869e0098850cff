//! Wire protocol 6 and decisions, isDone and waits of stock clients: the wait route.

use std::time::Instant;

use crate::harness::{Beacon, Client, TestServer};

/// Sends a wait and leaves it held.
fn held(server: &TestServer, job: &str, query: &str) -> Client {
    let mut client = server.connect();
    client.send(
        &server
            .request("GET", &format!("/-/script/wait/?jobId={job}{query}"))
            .bytes(),
    );
    client
}

/// 6.2: the end of a job answers a held wait.
#[test]
fn the_end_of_a_job_answers_a_held_wait() {
    let (server, beacon) = (TestServer::shared(), Beacon::new());
    let job = server.job(&beacon.script("'result'"));
    let running = beacon.arrival();
    let started = Instant::now();
    let mut wait = held(&server, &job, "&timeoutSeconds=60");
    running.release();
    let reply = wait.reply();
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (200, Some("application/json"))
    );
    let body = reply.json();
    assert_eq!((&body["isDone"], &body["status"]), (&true.into(), &"Idle".into()));
    assert_eq!(body["name"], job);
    assert!(body.get("streams").is_none(), "there never was a record");
    assert!(body["elapsedSeconds"].as_u64().unwrap() <= started.elapsed().as_secs() + 1);
}

/// 6.1: at the deadline the wait says how it stands.
#[test]
fn a_wait_ends_at_its_deadline() {
    let (server, beacon) = (TestServer::shared(), Beacon::new());
    let job = server.job(&beacon.script("1"));
    let running = beacon.arrival();
    let body = server.wait(&job, "&timeoutSeconds=1").json();
    assert_eq!((&body["isDone"], &body["status"]), (&false.into(), &"Busy".into()));
    assert_eq!(body["elapsedSeconds"], 1);
    running.release();
}

/// 6.2 and 6.5: an unknown id is `NotFound` after the grace, never 404.
#[test]
fn an_unknown_id_is_not_found() {
    let body = TestServer::shared().wait("no-such-job", "&timeoutSeconds=30").json();
    assert_eq!((&body["isDone"], &body["status"]), (&true.into(), &"NotFound".into()));
    assert_eq!(body["name"], "no-such-job");
}

/// 6.2: an id may come into being within the grace. How long a script takes to start a job is not the server's to say, so
/// it has several tries.
#[test]
fn a_job_that_starts_within_the_grace_is_found() {
    let (server, script, job) = (TestServer::shared(), Beacon::new(), Beacon::new());
    let found = (0..10).any(|attempt| {
        let id = format!("grace-{attempt}");
        let start = format!(
            "$null = Start-ScriptSession -Id {id} -ScriptBlock {{ {} }}",
            job.script("1")
        );
        let mut starter = server.connect();
        let target = "/-/script/script/";
        starter.send(&server.request("POST", target).body(script.script(&start)).bytes());
        let running = script.arrival();
        let mut wait = held(&server, &id, "&timeoutSeconds=30");
        running.release();
        job.arrival().release();
        assert_eq!(starter.reply().status, 200);
        wait.reply().json()["status"] == "Idle"
    });
    assert!(found, "a wait never saw a job that came after it");
}

/// Decisions, failed jobs: never Idle for a run that threw (WP-D-16).
#[test]
fn a_job_that_throws_has_failed_and_says_why() {
    let server = TestServer::shared();
    let job = server.job("throw 'the disk is full'");
    let body = server.wait(&job, "").json();
    assert_eq!((&body["isDone"], &body["status"]), (&true.into(), &"Failed".into()));
    assert_eq!(body["error"]["message"], "the disk is full");
    assert!(
        body["error"]["scriptStackTrace"].as_str().unwrap().contains("line 1"),
        "{body}"
    );
}

/// Decisions, failed jobs: stopped by Stop-ScriptSession.
#[test]
fn a_job_that_is_stopped_is_stopped() {
    let (server, beacon) = (TestServer::shared(), Beacon::new());
    let job = server.job(&beacon.script("1"));
    let running = beacon.arrival();
    let mut wait = held(&server, &job, "&timeoutSeconds=60");
    server.raw(&format!("Stop-ScriptSession -Id {job}"));
    running.ended();
    let body = wait.reply().json();
    assert_eq!((&body["isDone"], &body["status"]), (&true.into(), &"Stopped".into()));
}

/// A worker that dies under a job is a failure with a name, never a hang.
#[test]
fn a_job_whose_worker_dies_has_failed() {
    let server = TestServer::shared();
    let job = server.job("[System.Diagnostics.Process]::GetCurrentProcess().Kill()");
    let body = server.wait(&job, "&timeoutSeconds=60").json();
    assert_eq!((&body["isDone"], &body["status"]), (&true.into(), &"Failed".into()));
    assert_eq!(
        body["error"]["fullyQualifiedErrorId"], "Spe.Remoting.WorkerLost",
        "{body}"
    );
}

/// 6.4: a handle of this server, with no records in the reply; an unparsable one is `NotFound`.
#[test]
fn a_sitecore_handle_means_its_job() {
    let (server, beacon) = (TestServer::shared(), Beacon::new());
    let script = format!(
        "$job = Start-ScriptSession -ScriptBlock {{ Write-Verbose 'x' -Verbose; {} }}; $job.Handle",
        beacon.script("1")
    );
    let handle = server.raw(&script);
    let encoded = handle.replace('{', "%7B").replace('}', "%7D").replace(';', "%3B");
    let mut wait = held(&server, &encoded, "&jobType=Sitecore&timeoutSeconds=60");
    beacon.arrival().release();
    let body = wait.reply().json();
    assert_eq!(
        (&body["isDone"], &body["status"]),
        (&true.into(), &"Done".into()),
        "{handle}"
    );
    assert!(body.get("streams").is_none());
    let body = server.wait("no%20handle", "&jobType=sitecore").json();
    assert_eq!(body["status"], "NotFound");
}

/// 6.1 and 6.2: what is wrong is told, in this order.
#[test]
fn parameters_are_checked_in_order() {
    let server = TestServer::shared();
    let wait = |query: &str| server.get(&format!("/-/script/wait/?{query}"));
    wait("").is_refused(400, "job-id-missing");
    wait("cursor=x&jobType=y").is_refused(400, "job-id-missing");
    wait("jobId=a%20b").is_refused(400, "id-invalid");
    wait("jobId=a&cursor=x&jobType=y").is_refused(400, "invalid_cursor");
    wait("jobId=a&jobType=y").is_refused(400, "job-type-unsupported");
    wait("jobId=a&sessionId=a%20b").is_refused(400, "id-invalid");
}

/// Held waits of one connection after the other: keep-alive goes on after a hold.
#[test]
fn a_connection_goes_on_after_a_hold() {
    let (server, beacon) = (TestServer::shared(), Beacon::new());
    let job = server.job(&beacon.script("1"));
    let running = beacon.arrival();
    let mut client = held(&server, &job, "&timeoutSeconds=1");
    assert_eq!(client.reply().json()["status"], "Busy");
    let again = server.request("GET", &format!("/-/script/wait/?jobId={job}&timeoutSeconds=60"));
    client.send(&again.bytes());
    running.release();
    assert_eq!(client.reply().json()["status"], "Idle");
}
