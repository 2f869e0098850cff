//! The numbers as Prometheus reads them (text format 0.0.4).

use std::fmt::{Display, Write as _};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::{BOUNDS, ENDS, Metrics, Requests, Subject};
use crate::http::PRODUCT_VERSION;
use crate::http::state::State;

/// A page in the making.
#[derive(Default)]
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string does not fail.
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    /// Labels are words of the code: nothing in them is to be escaped.
    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<_> = labels
            .iter()
            .map(|(name, value)| format!("{name}=\"{value}\""))
            .collect();
        let _ = if labels.is_empty() {
            writeln!(self.0, "{name} {value}")
        } else {
            writeln!(self.0, "{name}{{{}}} {value}", labels.join(","))
        };
    }

    fn single(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }

    fn labelled<'a>(&mut self, name: &str, label: &str, samples: impl IntoIterator<Item = (&'a str, u64)>) {
        for (value, count) in samples {
            self.sample(name, &[(label, value)], count);
        }
    }
}

/// Everything, as it is now.
pub(super) fn page(state: &State) -> String {
    let mut page = Page::default();
    page.family("spe_build_info", "gauge", "The version of the server.");
    page.sample("spe_build_info", &[("version", PRODUCT_VERSION)], 1);
    requests(&mut page, &state.metrics);
    connections(&mut page, &state.metrics);
    held(&mut page, state);
    workers(&mut page, state);
    page.0
}

fn requests(page: &mut Page, metrics: &Metrics) {
    let all = || Subject::ALL.into_iter().zip(&metrics.requests);
    page.family(
        "spe_requests_total",
        "counter",
        "Requests that ended, by route and class of status; gone: the client left.",
    );
    for (subject, requests) in all() {
        for (end, count) in ENDS.into_iter().zip(&requests.ends) {
            page.sample(
                "spe_requests_total",
                &[("route", subject.label()), ("status", end)],
                read(count),
            );
        }
    }
    page.family("spe_requests_running", "gauge", "Requests that are not answered yet.");
    for (subject, requests) in all() {
        let running = requests.running.load(Ordering::Relaxed);
        page.sample("spe_requests_running", &[("route", subject.label())], running);
    }
    page.family(
        "spe_request_duration_seconds",
        "histogram",
        "From the headers of a request to its reply, holds included.",
    );
    for (subject, requests) in all() {
        durations(page, subject.label(), requests);
    }
    page.family("spe_refusals_total", "counter", "Requests that were refused, by code.");
    let refusals = metrics.refusals.lock().clone();
    page.labelled("spe_refusals_total", "code", refusals);
}

fn durations(page: &mut Page, route: &str, requests: &Requests) {
    let name = "spe_request_duration_seconds";
    let mut count = 0;
    for (class, number) in requests.durations.iter().enumerate() {
        count += read(number);
        let bound = BOUNDS
            .get(class)
            .map_or_else(|| "+Inf".to_owned(), |millis| (*millis as f64 / 1000.0).to_string());
        page.sample(&format!("{name}_bucket"), &[("route", route), ("le", &bound)], count);
    }
    let seconds = read(&requests.total) as f64 / 1e6;
    page.sample(&format!("{name}_sum"), &[("route", route)], seconds);
    page.sample(&format!("{name}_count"), &[("route", route)], count);
}

fn connections(page: &mut Page, metrics: &Metrics) {
    let open = |gauge: &AtomicUsize| gauge.load(Ordering::Relaxed);
    page.single(
        "spe_connections",
        "gauge",
        "Open connections.",
        open(&metrics.connections),
    );
    let name = "spe_connections_closed_total";
    page.family(
        name,
        "counter",
        "Connections that were closed before they were done, by reason.",
    );
    let closed = metrics.closed.lock().clone();
    page.labelled(name, "reason", closed);
    let received = read(&metrics.received);
    page.single(
        "spe_received_bytes_total",
        "counter",
        "Bytes that came, with TLS and headers.",
        received,
    );
    let sent = read(&metrics.sent);
    page.single(
        "spe_sent_bytes_total",
        "counter",
        "Bytes that were sent, with TLS and headers.",
        sent,
    );
}

fn held(page: &mut Page, state: &State) {
    page.single("spe_waits_held", "gauge", "Waits that are held.", state.waits.held());
    let sessions = state.sessions.registry.count();
    page.single("spe_sessions", "gauge", "Sessions and jobs that are alive.", sessions);
    page.single(
        "spe_body_bytes",
        "gauge",
        "Memory of request bodies.",
        state.bodies.used(),
    );
}

fn workers(page: &mut Page, state: &State) {
    let census = state.sessions.census();
    page.family(
        "spe_workers",
        "gauge",
        "Worker processes by state; idle ones belong to an owner, spare ones to nobody yet.",
    );
    let states = [
        ("starting", census.starting),
        ("spare", census.spare),
        ("idle", census.idle),
        ("busy", census.busy),
        ("ending", census.ending),
    ];
    page.labelled(
        "spe_workers",
        "state",
        states.map(|(state, count)| (state, count as u64)),
    );
    page.single(
        "spe_calls_queued",
        "gauge",
        "Calls that wait for a worker process.",
        census.queued,
    );
    page.single(
        "spe_ready",
        "gauge",
        "1 while scripts can be run.",
        u8::from(state.is_ready()),
    );
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
