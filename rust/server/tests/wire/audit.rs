//! The audit trail: its file, the lines in it, and the table that shows them (wire protocol 10, docs/audit.md).

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::clients::Keys;
use crate::harness::{Reply, Request, Setup, TestServer};

const PROGRAM: &str = env!("CARGO_BIN_EXE_spe-server");
const GENEROUS: Duration = Duration::from_secs(30);
const TEST: &str = "/-/script/script/?action=test";

struct Logged {
    server: TestServer,
    folder: tempfile::TempDir,
}

impl Logged {
    fn start(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("spe.log");
        let server = TestServer::with(&Setup {
            settings: format!("logs.file = '{}'\n{settings}", file.display()),
            ..Setup::default()
        });
        Self { server, folder }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("spe.log")
    }

    fn tail(&self, arguments: &[&str]) -> String {
        tail(&["--folder", self.server.data().to_str().unwrap()], arguments)
    }
}

fn tail(place: &[&str], arguments: &[&str]) -> String {
    let mut command = Command::new(PROGRAM);
    let output = command
        .args(["audit", "tail"])
        .args(place)
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn rid(reply: &Reply) -> String {
    reply.header("x-spe-requestid").unwrap().to_owned()
}

/// The issue: a file instead of standard error, closed to others, that another program may move away.
#[test]
fn the_log_goes_to_a_file() {
    let logged = Logged::start("");
    let first = rid(&logged.server.get(TEST));
    let file = logged.file();
    assert!(std::fs::read_to_string(&file).unwrap().contains(&first));
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(logged.server.log.text().contains("the log is in"));
    assert!(!logged.server.log.text().contains(&first));
    let moved = logged.folder.path().join("moved");
    std::fs::rename(&file, &moved).unwrap();
    logged.server.signal(Signal::HUP);
    let deadline = Instant::now() + GENEROUS;
    while !file.exists() {
        assert!(Instant::now() < deadline, "the file is not made anew");
        logged.server.get(TEST);
    }
    let second = rid(&logged.server.get(TEST));
    assert!(std::fs::read_to_string(&file).unwrap().contains(&second));
    assert!(!std::fs::read_to_string(&moved).unwrap().contains(&second));
}

/// The issue: turned over by size, nothing lost, and the table goes across the files.
#[test]
fn the_file_is_turned_over() {
    let logged = Logged::start("logs.fileSize = '64KiB'\nlogs.kept = 3\n");
    let rids: Vec<_> = (0..200).map(|_| rid(&logged.server.get(TEST))).collect();
    let files = std::fs::read_dir(logged.folder.path()).unwrap();
    let sizes: Vec<_> = files.map(|file| file.unwrap().metadata().unwrap().len()).collect();
    assert!(
        sizes.len() > 1 && sizes.iter().all(|size| *size <= 64 * 1024),
        "{sizes:?}"
    );
    let table = logged.tail(&["--action", "connectionTest", "--lines", "150"]);
    let lines: Vec<_> = table.lines().skip(1).collect();
    assert_eq!(lines.len(), 150);
    for (line, rid) in lines.iter().zip(&rids[50..]) {
        assert!(line.contains(rid.as_str()), "{line}");
    }
}

/// `spe-server audit tail`: a table, found by request, client, account and action, in both forms of the log.
#[test]
fn the_trail_is_shown_as_a_table() {
    for form in ["keyvalue", "json"] {
        let logged = Logged::start(&format!("logs.format = '{form}'\n"));
        let reply = logged.server.script("sessionId=audit-1", "Get-Date");
        logged.server.get(TEST);
        let table = logged.tail(&["--rid", &rid(&reply)]);
        let mut lines = table.lines();
        let head: Vec<_> = lines.next().unwrap().split_whitespace().collect();
        assert_eq!(
            head,
            [
                "TIME", "LEVEL", "CATEGORY", "ACTION", "RID", "CLIENT", "USER", "IP", "DETAILS"
            ]
        );
        let rows: Vec<Vec<_>> = lines.map(|line| line.split_whitespace().collect()).collect();
        let actions: Vec<_> = rows
            .iter()
            .map(|row| row[3])
            .filter(|action| *action != "requestUrl")
            .collect();
        let expected = [
            "requestReceived",
            "bearerAuthSuccess",
            "authenticated",
            "scriptStarting",
            "scriptCompleted",
        ];
        assert_eq!(actions, expected, "{table}");
        let completed = rows.last().unwrap();
        assert_eq!(completed[1..3], ["audit", "Remoting"]);
        assert_eq!(completed[5..8], ["none", r"sitecore\admin", "127.0.0.1"]);
        assert!(completed.contains(&"hasErrors=False") && completed.contains(&"session=audit-1"));
        assert_eq!(logged.tail(&["--user", r"sitecore\nobody"]).lines().count(), 1);
        assert_eq!(
            logged.tail(&["--action", "connectiontest", "-n", "5"]).lines().count(),
            2
        );
        assert!(logged.tail(&["--raw", "-n", "1"]).contains("connectionTest"));
    }
}

/// WP-D-41: what a caller sends steers no terminal, and a line that is none is not hidden.
#[test]
fn nothing_steers_the_terminal_or_hides() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let json = r#"{"time":"2026-01-01T00:00:00Z","type":"Remoting","level":"audit","action":"x","user":"a\u001b[2Jb"}"#;
    std::fs::write(&file, format!("{json}\n\u{1b}[31mno line\n")).unwrap();
    let text = tail(&["--file", file.to_str().unwrap()], &[]);
    assert!(!text.contains('\u{1b}'), "{text}");
    assert!(text.contains("a%1B[2Jb") && text.contains("%1B[31mno line"), "{text}");
}

/// `--follow` goes on with new lines, also in the next file.
#[test]
fn the_trail_is_followed() {
    let logged = Logged::start("");
    let mut child = Command::new(PROGRAM)
        .args(["audit", "tail", "--follow", "--action", "connectionTest", "--folder"])
        .arg(logged.server.data())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = || {
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        line
    };
    assert!(line().starts_with("TIME"));
    let first = rid(&logged.server.get(TEST));
    assert!(line().contains(&first));
    std::fs::rename(logged.file(), logged.folder.path().join("moved")).unwrap();
    logged.server.signal(Signal::HUP);
    let second = rid(&logged.server.get(TEST));
    assert!(line().contains(&second));
    child.kill().unwrap();
    child.wait().unwrap();
}

/// What cannot be read is told with the way out.
#[test]
fn a_log_that_is_not_there_is_told() {
    let server = TestServer::shared();
    let run = |arguments: &[&str]| {
        let output = Command::new(PROGRAM)
            .args(["audit", "tail"])
            .args(arguments)
            .output()
            .unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let data = server.data();
    assert!(run(&["--folder", data.to_str().unwrap()]).contains("logs.file in spe-server.toml"));
    assert!(run(&["--file", "/nowhere/spe.log"]).contains("there is no log in /nowhere/spe.log"));
    assert!(run(&[]).contains("--folder"));
}

/// The issue: once the caller is known, each line says request, client, identity and run-as.
#[test]
fn lines_of_a_known_caller_say_who() {
    let keys = Keys::start();
    let policy = "name = 'some'\nauditLevel = 'Full'\nallowedCommands = ['Get-Date']\n";
    std::fs::write(keys.0.data().join("policies/some.toml"), policy).unwrap();
    let key = keys.add_with("auditor", &["--policy", "some", "--limit", "6", "--window", "3600"]);
    let send = |method: &str, target: &str, body: &str| {
        let token = keys.token(&key, &key.secret);
        keys.0.reply(&Request::new(method, target).bearer(&token).body(body))
    };
    let script = "/-/script/script/?sessionId=who-1&persistentSession=true";
    let mut replies = vec![
        send("POST", script, "Get-Date"),
        send("POST", script, "throw 'x'"),
        send("POST", script, "Get-Process"),
        send("GET", TEST, ""),
        send("GET", "/-/script/wait/?sessionId=who-1&jobId=who-1", ""),
        send("POST", "/-/script/script/?action=cleanup&sessionId=who-1", ""),
        send("GET", "/-/script/nowhere/", ""),
        send("GET", TEST, ""),
    ];
    replies.retain(|reply| reply.header("x-spe-requestid").is_some());
    let last = rid(replies.last().unwrap());
    keys.0.log.line(&["action=requestRejected", "status=429", &last]);
    let text = keys.0.log.text();
    let mut seen = BTreeMap::new();
    for reply in &replies {
        let rid = format!(" rid={}", rid(reply));
        for line in text
            .lines()
            .filter(|line| line.contains(&rid) && line.contains(" AUDIT "))
        {
            let action = line.split("action=").nth(1).unwrap().split(' ').next().unwrap();
            let early = ["requestReceived", "waitRequestReceived"].contains(&action);
            if early {
                continue;
            }
            *seen.entry(action.to_owned()).or_insert(0) += 1;
            // A route that is not there is refused before anybody is asked who it is.
            if line.contains("reason=route-unknown") {
                continue;
            }
            for field in [" remotingClient=auditor", r" user=sitecore\other", " identity="] {
                assert!(line.contains(field), "{field}: {line}");
            }
        }
    }
    for action in [
        "authenticated",
        "policyAudit",
        "scriptDetail",
        "scriptStarting",
        "scriptCompleted",
        "scriptFailed",
        "responseDetail",
        "scriptRejectedByPolicy",
        "connectionTest",
        "sessionCleanup",
        "throttled",
        "requestRejected",
    ] {
        assert!(seen.contains_key(action), "{action} is not in\n{text}");
    }
}

/// 10.2: docs/audit.md lists every audit line of the source, and no other.
#[test]
fn the_page_lists_every_line() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let source = std::fs::read_to_string(root.join("rust/server/src/http/audit.rs")).unwrap();
    let words: Vec<_> = source.split_whitespace().collect();
    let mut written: Vec<_> = words
        .windows(2)
        .filter(|pair| pair[0].ends_with("info,"))
        .filter_map(|pair| pair[1].strip_prefix('"')?.strip_suffix("\","))
        .collect();
    written.sort_unstable();
    written.dedup();
    let page = std::fs::read_to_string(root.join("docs/audit.md")).unwrap();
    let table = page.split_once("| action | fields | level |").unwrap().1;
    let mut listed: Vec<_> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    listed.sort_unstable();
    assert_eq!(listed, written);
}
