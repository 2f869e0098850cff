//! Wire protocol 12.2, 12.4 and 12.5: what the modules of 8.x and 9.0 send, answered as they expect it (R0).

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::harness::{Beacon, OTHER, Reply, Request, Setup, TestServer};

/// Arguments as both modules send them: a hashtable in CLIXML.
fn arguments(name: &str, value: &str) -> String {
    format!(
        "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj RefId=\"0\"><TN RefId=\"0\">\
         <T>System.Collections.Hashtable</T><T>System.Object</T></TN><DCT><En><S N=\"Key\">{name}</S><S N=\"Value\">{value}</S></En>\
         </DCT></Obj></Objs>"
    )
}

/// The body both modules send: zipped, the arguments behind the delimiter of the session, line ends behind them.
fn body(session: &str, script: &str, arguments: &str) -> Vec<u8> {
    let mut zip = GzEncoder::new(Vec::new(), Compression::fast());
    write!(zip, "{script}<#{session}#>{arguments}\r\n\r\n").unwrap();
    zip.finish().unwrap()
}

/// What a module of 8.x sends.
fn old(server: &TestServer, script: &str, arguments: &str) -> Reply {
    let session = uuid::Uuid::new_v4().to_string();
    let target = format!("/-/script/script/?sessionId={session}&rawOutput=True&persistentSession=False");
    let request = server
        .request("POST", &target)
        .header("Content-Type", "text/plain; charset=utf-8")
        .header("Content-Encoding", "gzip")
        .header("Accept-Encoding", "gzip, deflate");
    server.reply(&request.body(body(&session, script, arguments)))
}

/// What a module of 9.0 sends.
fn stock(server: &TestServer, format: &str, script: &str, arguments: &str) -> Reply {
    let session = uuid::Uuid::new_v4().to_string();
    let raw = if format == "Raw" { "True" } else { "False" };
    let target = format!(
        "/-/script/script/?sessionId={session}&rawOutput={raw}&outputFormat={format}&persistentSession=False&errorFormat=structured"
    );
    let request = server
        .request("POST", &target)
        .header("Content-Type", "text/plain; charset=utf-8")
        .header("Content-Encoding", "gzip");
    server.reply(&request.body(body(&session, script, arguments)))
}

/// 12.2 and 12.4 (1, 2, 3): the 8.x request works unchanged.
#[test]
fn the_body_of_old_modules_is_read() {
    let reply = old(
        &TestServer::shared(),
        "\"hello $($params.who)\"",
        &arguments("who", "you"),
    );
    assert_eq!((reply.status, reply.text().as_str()), (200, "hello you"));
    let nothing = old(&TestServer::shared(), "\"[$params]\"", "");
    assert_eq!((nothing.status, nothing.text().as_str()), (200, "[]"));
}

/// 12.5: all formats of 9.0, whose raw switch and format are both sent.
#[test]
fn the_formats_of_stock_clients_are_answered() {
    for (format, expected) in [
        ("Raw", "17"),
        ("Json", r#"{"output":[17],"errors":[]}"#),
        ("CliXml", "<I32>17</I32>"),
    ] {
        let reply = stock(
            &TestServer::shared(),
            format,
            "$params.n.Length + 14",
            &arguments("n", "abc"),
        );
        assert_eq!(reply.status, 200, "{format}");
        assert!(reply.text().contains(expected), "{format}: {}", reply.text());
    }
}

/// 12.2, `-Verbose`, and 12.4 (5): a script behind functions that shadow the streams gives their records as output, in order.
#[test]
fn functions_in_front_of_a_script_capture_streams() {
    let capture = "function Write-Verbose { param([string]$Message) $VerbosePreference = 'Continue'; \
                   Microsoft.PowerShell.Utility\\Write-Verbose -Message $Message 4>&1 }; \
                   function Write-Warning { param([string]$Message) $WarningPreference = 'Continue'; \
                   Microsoft.PowerShell.Utility\\Write-Warning -Message $Message 3>&1 }; ";
    let script = format!("{capture}'one'; Write-Verbose 'two'; Write-Warning 'three'; 'four'");
    let reply = stock(&TestServer::shared(), "CliXml", &script, "");
    let text = reply.text();
    assert_eq!(reply.status, 200, "{text}");
    let places: Vec<_> = ["one", "two", "three", "four"]
        .map(|word| text.find(word).expect(word))
        .into();
    assert!(places.is_sorted(), "{text}");
    assert!(text.contains("System.Management.Automation.VerboseRecord") && text.contains("WarningRecord"));
}

/// 12.2, `Test-RemoteConnection` of 8.x.
#[test]
fn the_connection_test_by_script_is_answered() {
    let script = "[PSCustomObject]@{ SPEVersion = $PSVersionTable.SPEVersion; SitecoreVersion = $PSVersionTable.SitecoreVersion; \
                  CurrentTime = [datetime]::UtcNow }";
    let reply = stock(&TestServer::shared(), "CliXml", script, "");
    assert!(reply.text().contains("<S N=\"SPEVersion\">") || reply.text().contains("<Version N=\"SPEVersion\">"));
    assert!(reply.text().contains("<DT N=\"CurrentTime\">"), "{}", reply.text());
}

/// 12.2, `Stop-ScriptSession` of 8.x: a script that waits for the session to be free and removes it.
#[test]
fn the_cleanup_by_script_removes_a_session() {
    let server = TestServer::shared();
    let session = uuid::Uuid::new_v4().to_string();
    let kept = server.script(
        &format!("sessionId={session}&persistentSession=true&outputFormat=raw"),
        "$x = 5; $x",
    );
    assert_eq!(kept.text(), "5");
    let script = "$end = [datetime]::Now.AddSeconds([math]::Max(1, 20)); \
                  $found = Get-ScriptSession | Where-Object { $_.ID -eq $params.id }; \
                  while ($found | Where-Object { $_.State -eq 'Busy' }) { \
                      if ([datetime]::Now -gt $end) { Write-Warning 'busy'; return }; Start-Sleep -Milliseconds 50; \
                      $found = Get-ScriptSession | Where-Object { $_.ID -eq $params.id } }; \
                  $found | Remove-ScriptSession; \"left:$(@(Get-ScriptSession | Where-Object { $_.ID -eq $params.id }).Count)\"";
    let reply = old(&server, script, &arguments("id", &session));
    assert_eq!((reply.status, reply.text().as_str()), (200, "left:0"));
    let fresh = server.script(
        &format!("sessionId={session}&persistentSession=true&outputFormat=raw"),
        "\"[$x]\"",
    );
    assert_eq!(fresh.text(), "[]");
}

/// 12.2, `Wait-RemoteScriptSession` of 8.x, which takes every state but `Busy` for the end.
#[test]
fn the_poll_for_a_script_session_follows_a_job() {
    let (server, beacon) = (TestServer::shared(), Beacon::new());
    let job = server.job(&beacon.script("'result'"));
    let running = beacon.arrival();
    let poll = "$found = Get-ScriptSession -Id $params.id -ErrorAction SilentlyContinue; \
                \"$($found -eq $null -or $found.State -ne 'Busy') $($found.State)\"";
    assert_eq!(old(&server, poll, &arguments("id", &job)).text(), "False Busy");
    running.release();
    server.raw(&format!("$null = Wait-ScriptSession -Id {job}"));
    assert_eq!(old(&server, poll, &arguments("id", &job)).text(), "True Available");
    let receive = "Get-ScriptSession -Id $params.id | Receive-ScriptSession";
    assert_eq!(old(&server, receive, &arguments("id", &job)).text(), "result");
    assert_eq!(old(&server, poll, &arguments("id", &job)).text(), "True ");
}

const SITECORE_POLL: &str = "$job = [Sitecore.Jobs.JobManager]::GetJob([Sitecore.Handle]::Parse($params.id)); \
     if ($job) { \"$([bool]$job.IsDone -or $job.Status.Failed) $($job.Name) $($job.Status.State) and processed $($job.Status.Processed)\" } \
     else { 'True No longer exists' }";

/// 12.2 and 6.4, `Wait-RemoteSitecoreJob` of old modules: a handle is polled through the types that are in Sitecore.
#[test]
fn the_poll_for_a_sitecore_job_follows_a_job() {
    let (server, beacon) = (TestServer::shared(), Beacon::new());
    let start = format!(
        "(Start-ScriptSession -JobName Rebuild -ScriptBlock {{ {} }}) | ForEach-Object {{ \"$($_.ID) $($_.Handle)\" }}",
        beacon.script("'result'")
    );
    let started = server.raw(&start);
    let (id, handle) = started.split_once(' ').unwrap();
    let running = beacon.arrival();
    let poll = || old(&server, SITECORE_POLL, &arguments("id", handle)).text();
    assert_eq!(poll(), "False Rebuild Running and processed 0");
    running.release();
    server.raw(&format!("$null = Wait-ScriptSession -Id {id}"));
    assert_eq!(poll(), "True Rebuild Finished and processed 0");
    server.raw(&format!("Remove-ScriptSession -Id {id}"));
    assert_eq!(poll(), "True No longer exists");
    assert_eq!(
        old(&server, SITECORE_POLL, &arguments("id", "no handle")).text(),
        "True No longer exists"
    );
}

/// WP-D-16: a Sitecore job that failed is told as one, and WP-D-01: to nobody but its owner.
#[test]
fn a_failed_sitecore_job_is_told_to_its_owner_alone() {
    let server = TestServer::with(&Setup::of_two());
    let started = server.raw("Start-ScriptSession { throw 'no' } | Wait-ScriptSession | ForEach-Object Handle");
    let poll = "$job = [Sitecore.Jobs.JobManager]::GetJob([Sitecore.Handle]::Parse($params.id)); \
                if ($job) { \"$($job.IsDone) $($job.Status.Failed) $($job.Status.Messages)\" } else { 'none' }";
    assert_eq!(old(&server, poll, &arguments("id", &started)).text(), "True True no");
    let other = server.request_as(OTHER, "POST", "/-/script/script/?outputFormat=raw");
    let script = poll.replace("$params.id", &format!("'{started}'"));
    assert_eq!(server.reply(&other.body(script)).text(), "none");
}

/// 12.5 and decisions, isDone: a 9.0 client without callbacks, which sends no cursor and asks again at once, comes to the end of a job of
/// 2,000 records in a bounded number of requests.
#[test]
fn a_stock_client_without_callbacks_ends() {
    let server = TestServer::shared();
    let job = server.job("1..2000 | ForEach-Object { Write-Verbose \"record $_\" -Verbose }; 'result'");
    let mut requests = 0;
    loop {
        requests += 1;
        let reply = server.wait(&job, "&jobType=scriptsession&timeoutSeconds=30").json();
        if reply["isDone"] == true {
            break;
        }
        assert!(requests < 60, "{reply}");
    }
    assert_eq!(
        old(
            &server,
            "Get-ScriptSession -Id $params.id | Receive-ScriptSession",
            &arguments("id", &job)
        )
        .text(),
        "result"
    );
}

/// 12.4 (6) and WP-D-52: the empty pair that 9.0 sends for OAuth sessions is no credential.
#[test]
fn an_empty_pair_is_no_credential() {
    let server = TestServer::shared();
    for target in ["/-/script/wait/?jobId=x", "/-/script/script/?action=test"] {
        let method = if target.contains("wait") { "GET" } else { "POST" };
        let with = Request::new(method, target).header("Authorization", "Basic Og==");
        let without = Request::new(method, target);
        let (with, without) = (server.reply(&with), server.reply(&without));
        assert_eq!((with.status, &with.reason), (without.status, &without.reason));
        assert_eq!(with.status, 401);
    }
}
