//! The numbers for Prometheus (the issue, item 10).

use std::collections::HashMap;
use std::time::Instant;

use crate::harness::{ADMIN, Beacon, Client, DEADLINE, Request, Setup, TestServer};

const TEST: &str = "/-/script/script/?action=test";

fn start() -> TestServer {
    TestServer::with(&Setup {
        settings: "metrics.listen = '127.0.0.1:0'".into(),
        ..Setup::default()
    })
}

/// The samples by name and labels, as they stand there.
struct Samples(HashMap<String, String>);

impl Samples {
    fn text(&self, name: &str) -> &str {
        &self.0[name]
    }

    fn number(&self, name: &str) -> f64 {
        self.text(name).parse().unwrap()
    }
}

fn scrape(server: &TestServer) -> Samples {
    let reply = Client::connect(server.metrics_address()).exchange(&Request::new("GET", "/metrics"));
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.header("content-type"),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
    let text = reply.text();
    let samples = text.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let (name, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("no sample: {line}"));
        (
            name.to_owned(),
            value.parse().unwrap_or_else(|_| panic!("no number: {line}")),
        )
    });
    let mut seen = HashMap::new();
    for (name, value) in samples {
        let family = name.split('{').next().unwrap();
        let family = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|end| family.strip_suffix(end))
            .filter(|family| text.contains(&format!("# TYPE {family} histogram\n")))
            .unwrap_or(family);
        assert!(text.contains(&format!("# TYPE {family} ")), "{family} has no type");
        assert!(seen.insert(name.clone(), value).is_none(), "{name} stands there twice");
    }
    Samples(seen)
}

#[test]
fn requests_are_counted_by_route_and_status() {
    let server = start();
    server.raw("1");
    server.get(TEST);
    server.reply(&Request::new("GET", TEST));
    server.reply(&Request::new("GET", "/nothing"));
    server.get("/-/script/wait/");
    let seen = scrape(&server);
    let count = |labels: &str| seen.text(&format!("spe_requests_total{{{labels}}}"));
    assert_eq!(count(r#"route="script",status="2xx""#), "2");
    assert_eq!(count(r#"route="script",status="4xx""#), "1");
    assert_eq!(count(r#"route="unknown",status="4xx""#), "1");
    assert_eq!(count(r#"route="wait",status="4xx""#), "1");
    for code in ["unauthorized", "route-unknown", "job-id-missing"] {
        assert_eq!(
            seen.text(&format!("spe_refusals_total{{code=\"{code}\"}}")),
            "1",
            "{code}"
        );
    }
    assert_eq!(seen.text(r#"spe_request_duration_seconds_count{route="script"}"#), "3");
    assert_eq!(
        seen.text(r#"spe_request_duration_seconds_bucket{route="script",le="+Inf"}"#),
        "3"
    );
    assert!(seen.number(r#"spe_request_duration_seconds_sum{route="script"}"#) > 0.0);
    assert!(seen.number("spe_received_bytes_total") > 500.0 && seen.number("spe_sent_bytes_total") > 500.0);
}

#[test]
fn what_is_held_is_seen_and_comes_back() {
    let (server, beacon) = (start(), Beacon::new());
    let job = server.job(&beacon.script("1"));
    let running = beacon.arrival();
    let mut client = server.connect();
    let wait = format!("/-/script/wait/?jobId={job}&timeoutSeconds=60");
    client.send(&server.request("GET", &wait).bytes());
    server.log.line(&["waitRequestReceived"]);
    // The wait is held right after its line.
    let until = Instant::now() + DEADLINE;
    let seen = loop {
        let seen = scrape(&server);
        assert!(Instant::now() < until, "the wait is not held");
        if seen.number("spe_waits_held") > 0.0 {
            break seen;
        }
    };
    assert_eq!(seen.text("spe_waits_held"), "1");
    assert_eq!(seen.text("spe_sessions"), "1");
    assert_eq!(seen.text(r#"spe_requests_running{route="wait"}"#), "1");
    assert_eq!(seen.text(r#"spe_workers{state="busy"}"#), "1");
    assert_eq!(seen.text("spe_ready"), "1");
    running.release();
    client.reply();
    let seen = scrape(&server);
    assert_eq!(seen.text("spe_waits_held"), "0");
    assert_eq!(seen.text(r#"spe_requests_running{route="wait"}"#), "0");
}

/// A request whose client left has an end as well.
#[test]
fn who_leaves_is_counted() {
    let (server, beacon) = (start(), Beacon::new());
    let mut client = server.connect();
    let script = server.request("POST", "/-/script/script/").body(beacon.script("1"));
    client.send(&script.bytes());
    let running = beacon.arrival();
    drop(client);
    running.ended();
    let seen = scrape(&server);
    assert_eq!(seen.text(r#"spe_requests_total{route="script",status="gone"}"#), "1");
    assert_eq!(seen.text(r#"spe_requests_running{route="script"}"#), "0");
}

/// No identity in labels, whatever was asked.
#[test]
fn the_numbers_name_nobody() {
    let server = start();
    server.script("sessionId=secret-session-1&persistentSession=true", "1");
    server.reply(&Request::new("GET", "/somebodys-path"));
    let reply = Client::connect(server.metrics_address()).exchange(&Request::new("GET", "/metrics"));
    let text = reply.text();
    for part in [ADMIN, "admin", "127.0.0.1", "secret-session-1", "somebodys", "sitecore"] {
        assert!(!text.contains(part), "{part} in {text}");
    }
}

/// Off by default, and apart from the listener of callers.
#[test]
fn callers_do_not_find_them() {
    let server = TestServer::shared();
    server
        .reply(&Request::new("GET", "/metrics"))
        .is_refused(404, "route-unknown");
    let metered = start();
    metered
        .reply(&Request::new("GET", "/metrics"))
        .is_refused(404, "route-unknown");
    let ask = |method, path| Client::connect(metered.metrics_address()).exchange(&Request::new(method, path));
    assert_eq!(ask("GET", TEST).status, 404);
    assert_eq!(ask("POST", "/metrics").status, 405);
}
