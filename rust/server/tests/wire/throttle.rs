//! Limits of keys on the wire (wire protocol 8; decisions, coalescing; R0). The numbers themselves: authentication/matrix/throttle.rs.

use std::time::Instant;

use crate::clients::{Key, Keys};
use crate::harness::{Beacon, Reply, Request};

const RAW: &str = "/-/script/script/?outputFormat=raw";

struct Limited {
    keys: Keys,
    key: Key,
}

impl Limited {
    fn start() -> Self {
        let keys = Keys::start();
        let key = keys.add_with("agents", &["--limit", "10000", "--window", "3600"]);
        Self { keys, key }
    }

    fn send(&self, method: &str, target: &str, body: &str) -> Reply {
        let token = self.keys.token(&self.key, &self.key.secret);
        let reply = self
            .keys
            .0
            .reply(&Request::new(method, target).bearer(&token).body(body));
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply
    }

    fn job(&self, script: &str) -> String {
        let script = format!("(Start-ScriptSession -ScriptBlock {{ {script} }}).ID");
        self.send("POST", RAW, &script).text().trim().to_owned()
    }

    /// Waits for the end of a job as the module does, and says how many units that took.
    fn wait(&self, job: &str, hold: u32) -> u64 {
        let (mut cursor, mut units) = (String::new(), 0);
        loop {
            let target = format!("/-/script/wait/?jobId={job}&timeoutSeconds={hold}{cursor}");
            let body = self.send("GET", &target, "").json();
            units += 1;
            if body["isDone"] == true && body["streams"].as_array().is_none_or(Vec::is_empty) {
                return units;
            }
            if let Some(text) = body["cursor"].as_str() {
                cursor = format!("&cursor={text}");
            }
        }
    }
}

fn left(reply: &Reply) -> u64 {
    reply.header("x-ratelimit-remaining").unwrap().parse().unwrap()
}

/// R0: a hold costs one unit, however long it is; a job that writes without end costs about one a second, not one for each record.
#[test]
fn waits_are_cheap() {
    let limited = Limited::start();
    let before = left(&limited.send("GET", "/-/script/script/?action=test", ""));
    let beacon = Beacon::new();
    let quiet = limited.job(&beacon.script("1"));
    let running = beacon.arrival();
    assert_eq!(
        limited
            .send("GET", &format!("/-/script/wait/?jobId={quiet}&timeoutSeconds=2"), "")
            .json()["isDone"],
        false
    );
    running.release();
    let units = limited.wait(&quiet, 30);
    assert!(units <= 2, "{units}");

    let started = Instant::now();
    let chatty =
        limited.job("1..150 | ForEach-Object { Write-Verbose \"record $_\" -Verbose; Start-Sleep -Milliseconds 20 }");
    let chatty_units = limited.wait(&chatty, 30);
    // One for each second, one for the end, and one for what was left to read.
    let most = started.elapsed().as_secs() + 3;
    assert!(chatty_units <= most, "{chatty_units} in {most} s");
    let after = left(&limited.send("GET", "/-/script/script/?action=test", ""));
    // Two jobs were started, one wait did not end, and one test came behind.
    assert_eq!(before - after, units + chatty_units + 4);
}

/// Authentication 3.1: a limit that is changed in the file counts within seconds; half of one disables the key.
#[test]
fn a_limit_is_read_again() {
    let limited = Limited::start();
    let file = std::fs::read_dir(limited.keys.0.data().join("clients"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(
        text.contains("requestLimit = 10000") && text.contains("throttleAction = \"Block\""),
        "{text}"
    );
    std::fs::write(&file, text.replace("requestLimit = 10000", "requestLimit = 5")).unwrap();
    limited.keys.0.read_again(&["the clients were read again"]);
    let reply = limited.send("GET", "/-/script/script/?action=test", "");
    assert_eq!(reply.header("x-ratelimit-limit"), Some("5"));
    std::fs::write(&file, text.replace("throttleWindowSeconds = 3600", "")).unwrap();
    limited.keys.0.read_again(&["the clients were read again"]);
    limited.keys.0.log.line(&["the record is disabled", "belong together"]);
    let token = limited.keys.token(&limited.key, &limited.key.secret);
    let reply = limited
        .keys
        .0
        .reply(&Request::new("GET", "/-/script/script/?action=test").bearer(&token));
    assert_eq!(reply.status, 401);
}
