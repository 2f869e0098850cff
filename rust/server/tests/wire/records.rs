//! Wire protocol 6.5 to 6.9, decisions isDone and coalescing: records, cursors and what ends a hold.

use serde_json::Value;

use crate::harness::{Beacon, Setup, TestServer};

fn messages(body: &Value) -> Vec<&str> {
    let records = body["streams"].as_array().into_iter().flatten();
    records.filter_map(|record| record["message"].as_str()).collect()
}

fn cursor(body: &Value) -> String {
    format!(
        "&cursor={}",
        body["cursor"].as_str().expect("a cursor comes with streams")
    )
}

/// 6.6 and WP-D-33: each stream with its fields, in order; a progress record has the id of its activity. The object an error is
/// about is never sent.
#[test]
fn records_have_the_fields_of_their_stream() {
    let server = TestServer::shared();
    let job = server.job(
        "Write-Verbose 'loading' -Verbose; Write-Warning 'careful'; Write-Information 'told'
         Write-Progress -Activity 'Import' -Status '10 of 40' -PercentComplete 25 -Id 3 -ParentId 2
         Write-Error 'item locked' -TargetObject @{ secret = 'of the target' }",
    );
    server.raw(&format!("$null = Wait-ScriptSession -Id {job}"));
    let body = server.wait(&job, "").json();
    let streams = body["streams"].as_array().unwrap();
    let kinds: Vec<_> = streams
        .iter()
        .map(|record| record["stream"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["verbose", "warning", "information", "progress", "error"]);
    for (sequence, record) in streams.iter().enumerate() {
        assert_eq!(record["sequence"], sequence);
        assert_eq!(record["timeUtc"].as_str().unwrap().len(), 28);
    }
    assert_eq!(streams[3]["activity"], "Import");
    assert_eq!(streams[3]["percentComplete"], 25);
    assert_eq!(
        (&streams[3]["activityId"], &streams[3]["parentActivityId"]),
        (&3.into(), &2.into())
    );
    assert_eq!(streams[3]["recordType"], "Processing");
    let message = streams[4]["message"].as_str().unwrap();
    assert!(message.starts_with("Script error. See SPE log id="), "{message}");
    assert!(streams[4]["fullyQualifiedErrorId"].is_string());
    assert!(!streams[4].to_string().contains("of the target"));
    assert_eq!((&body["droppedCount"], &body["truncatedCount"]), (&0.into(), &0.into()));
}

/// WP-D-33 and 4.4: without `DetailedErrors` a streamed error is its id, its category and where the log has the rest.
#[test]
fn streamed_errors_tell_what_the_setting_allows() {
    let text = "Write-Error 'item locked' -ErrorId Locked -Category ResourceBusy";
    let errors = |server: &TestServer| {
        let job = server.job(text);
        server.raw(&format!("$null = Wait-ScriptSession -Id {job}"));
        server.wait(&job, "").json()["streams"][0].clone()
    };
    let server = TestServer::shared();
    let error = errors(&server);
    let message = error["message"].as_str().unwrap();
    let rid = message
        .strip_prefix("Script error. See SPE log id=")
        .unwrap()
        .trim_end_matches('.');
    server.log.line(&[
        "action=scriptErrorRecord",
        "reason=item%20locked",
        &format!("rid={rid}"),
    ]);
    assert!(error["fullyQualifiedErrorId"].as_str().unwrap().starts_with("Locked"));
    assert_eq!(
        (&error["categoryInfo"], &error["scriptStackTrace"]),
        (&"ResourceBusy".into(), &"".into())
    );

    let detailed = TestServer::with(&Setup {
        spe: vec![(
            r#"name="Spe.Remoting.DetailedErrors" value="false""#,
            r#"name="Spe.Remoting.DetailedErrors" value="true""#,
        )],
        ..Setup::default()
    });
    let error = errors(&detailed);
    assert_eq!(error["message"], "item locked");
    assert!(error["scriptStackTrace"].as_str().unwrap().contains("line 1"));
}

/// 6.2: a record that is written while the wait is held answers it.
#[test]
fn a_record_answers_a_held_wait() {
    let (server, first, second) = (TestServer::shared(), Beacon::new(), Beacon::new());
    let job = server.job(&first.script(&format!("Write-Verbose 'now' -Verbose; {}", second.script("1"))));
    let running = first.arrival();
    let mut client = server.connect();
    client.send(
        &server
            .request("GET", &format!("/-/script/wait/?jobId={job}&timeoutSeconds=60"))
            .bytes(),
    );
    running.release();
    let body = client.reply().json();
    assert_eq!(messages(&body), ["now"]);
    assert_eq!((&body["isDone"], &body["status"]), (&false.into(), &"Busy".into()));
    second.arrival().release();
}

/// 6.8: with its cursor a reader gets every record once.
#[test]
fn a_cursor_goes_on_behind_what_was_read() {
    let (server, beacon) = (TestServer::shared(), Beacon::new());
    let job = server.job(&format!(
        "Write-Verbose 'one' -Verbose; {}",
        beacon.script("Write-Verbose 'two' -Verbose")
    ));
    let running = beacon.arrival();
    let body = server.wait(&job, "").json();
    assert_eq!(messages(&body), ["one"]);
    running.release();
    let body = server
        .wait(&job, &format!("{}&timeoutSeconds=60", cursor(&body)))
        .json();
    assert_eq!(messages(&body), ["two"]);
    let body = server.wait(&job, &cursor(&body)).json();
    assert_eq!(messages(&body), Vec::<&str>::new());
    assert_eq!(body["isDone"], true);
}

/// Decisions, waits of stock clients: every reply starts from the first record, and only newer ones end a hold.
#[test]
fn a_stock_client_is_not_answered_with_what_it_has() {
    let (server, beacon) = (TestServer::shared(), Beacon::new());
    let job = server.job(&format!(
        "Write-Verbose 'one' -Verbose; {}",
        beacon.script("Write-Verbose 'two' -Verbose")
    ));
    let running = beacon.arrival();
    assert_eq!(messages(&server.wait(&job, "").json()), ["one"]);
    let body = server.wait(&job, "&timeoutSeconds=1").json();
    assert_eq!(
        (messages(&body), &body["elapsedSeconds"]),
        (vec!["one"], &1.into()),
        "the hold lasted"
    );
    running.release();
    let body = server.wait(&job, "&timeoutSeconds=60").json();
    assert_eq!(messages(&body)[..1], ["one"]);
}

/// 6.7 and 6.9: 256 records in a reply. Without a cursor `isDone` tells the end; with one, that nothing is left.
#[test]
fn a_long_backlog_comes_in_parts() {
    let server = TestServer::shared();
    // Three bursts of 90 stay below the rate that the ring takes.
    let job = server.job(
        "foreach ($burst in 1..3) { foreach ($n in 1..90) { Write-Verbose \"$burst-$n\" -Verbose }; Start-Sleep 1 }",
    );
    server.raw(&format!("$null = Wait-ScriptSession -Id {job}"));
    let first = server.wait(&job, "").json();
    assert_eq!(messages(&first).len(), 256);
    assert_eq!((&first["isDone"], &first["hasMore"]), (&true.into(), &true.into()));
    let with_cursor = server.wait(&job, &cursor(&first)).json();
    assert_eq!(messages(&with_cursor).len(), 14);
    assert_eq!(
        (&with_cursor["isDone"], &with_cursor["hasMore"]),
        (&true.into(), &false.into())
    );
    assert_eq!(first["droppedCount"], 0);
}

/// 6.8: a cursor is of one job and one server process.
#[test]
fn a_foreign_cursor_is_refused() {
    let (server, other) = (TestServer::shared(), TestServer::start());
    let written = |server: &TestServer| {
        let job = server.job("Write-Verbose 'x' -Verbose");
        let body = server.wait(&job, "&timeoutSeconds=60").json();
        (job, cursor(&body))
    };
    let (job, own) = written(&server);
    assert_eq!(server.wait(&job, &own).status, 200);
    let (another, of_another) = written(&server);
    let (_, of_other) = written(&other);
    for cursor in [of_another.as_str(), &of_other, &format!("{own}x"), "&cursor=eyJ"] {
        server.wait(&job, cursor).is_refused(400, "invalid_cursor");
    }
    server.wait(&another, &own).is_refused(400, "invalid_cursor");
}

/// Appendix A: 4082 characters and the mark.
#[test]
fn a_long_field_is_cut() {
    let server = TestServer::shared();
    let job = server.job("Write-Verbose ('x' * 5000) -Verbose");
    server.raw(&format!("$null = Wait-ScriptSession -Id {job}"));
    let body = server.wait(&job, "").json();
    let text = messages(&body)[0].to_owned();
    assert_eq!(text, format!("{}[...truncated]", "x".repeat(4082)));
    assert_eq!(body["truncatedCount"], 1);
}

/// 6.7: more than the rate is dropped and counted, and takes no sequence number.
#[test]
fn records_above_the_rate_are_counted() {
    let server = TestServer::shared();
    let job = server.job("foreach ($n in 1..2000) { Write-Verbose $n -Verbose }");
    server.raw(&format!("$null = Wait-ScriptSession -Id {job}"));
    let body = server.wait(&job, "").json();
    let dropped = body["droppedRate"].as_u64().unwrap();
    assert!(dropped > 0 && dropped < 2000, "{dropped}");
    assert_eq!(body["droppedCount"], body["droppedRate"]);
    let sequences = body["streams"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["sequence"].as_u64().unwrap());
    assert!(sequences.enumerate().all(|(place, sequence)| place as u64 == sequence));
}

/// Wire protocol 5.4 step 3 and decisions, jobs: results are handed over once.
#[test]
fn a_result_is_received_once() {
    let server = TestServer::shared();
    let job = server.job("'done'; 42");
    server.raw(&format!("$null = Wait-ScriptSession -Id {job}"));
    let receive = format!("Get-ScriptSession -Id {job} | Receive-ScriptSession");
    assert_eq!(server.raw(&receive), "done 42");
    let again = server.script("outputFormat=raw", &receive).text();
    assert!(!again.starts_with("done"), "{again}");
}
