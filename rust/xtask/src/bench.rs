//! Bench: release builds, one run, a table and target/bench.json.

mod holds;
mod series;
mod tokens;
mod transfers;
mod waits;

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Context as _, bail};
use secrecy::ExposeSecret as _;

use crate::layout::{Layout, Profile};
use crate::process::{command, run, run_watched};
use crate::server::Server;
use crate::{build, quickstart};
use series::Series;

/// A figure of the table: its key in bench.json, its aim, and what it means.
struct Figure {
    key: &'static str,
    aim: &'static str,
    meaning: &'static str,
}

const FIGURES: [Figure; 49] = [
    Figure {
        key: "wait.lag_ms.p50",
        aim: "5",
        meaning: "end of a job in its worker to the return of Wait-RemoteScriptSession",
    },
    Figure {
        key: "wait.lag_ms.p99",
        aim: "20",
        meaning: "the same, 99 of 100 jobs",
    },
    Figure {
        key: "script.empty_ms.p50",
        aim: "",
        meaning: "Invoke-RemoteScript of a script that does next to nothing, warm worker",
    },
    Figure {
        key: "wait.idle_cpu_percent.200",
        aim: "0.5",
        meaning: "processor time of the server while 200 waits are held, percent of one core",
    },
    Figure {
        key: "wait.idle_cpu_percent.5000",
        aim: "1",
        meaning: "the same while 5,000 are held",
    },
    Figure {
        key: "wait.bytes_per_hold",
        aim: "12000",
        meaning: "by how much the server's resident memory grows for each of 5,000 held waits",
    },
    Figure {
        key: "wait.lag_ms.p99.100",
        aim: "20",
        meaning: "end of a job in its worker to the reply at a client, while 100 others are held, 99 of 100",
    },
    Figure {
        key: "wait.lag_ms.p99.5000",
        aim: "50",
        meaning: "the same while 5,000 others are held",
    },
    Figure {
        key: "stop.ms.max",
        aim: "100",
        meaning: "PowerShell.Stop() in the middle of a hold to its return, worst of 50",
    },
    Figure {
        key: "jwt.mint_us",
        aim: "",
        meaning: "minting one HS256 token in Rust",
    },
    Figure {
        key: "jwt.new_jwt_us",
        aim: "",
        meaning: "one New-Jwt from a script, warm",
    },
    Figure {
        key: "module.import_ms",
        aim: "50",
        meaning: "first Import-Module SPE in a fresh engine, median of 9 processes",
    },
    Figure {
        key: "module.import_own_ms",
        aim: "",
        meaning: "the same where the module that it requires was imported before",
    },
    Figure {
        key: "wait.requests.60s_chatty",
        aim: "65",
        meaning: "requests of a wait for a job of 60 s that writes 20 records a second, against a server of 9.0",
    },
    Figure {
        key: "wait.requests.60s_quiet",
        aim: "2",
        meaning: "the same for a job that writes nothing",
    },
    Figure {
        key: "invoke.overhead_us",
        aim: "",
        meaning: "Invoke-RemoteScript against a server that answers at once, less a bare request",
    },
    Figure {
        key: "upload.1gib_rss_mib",
        aim: "32",
        meaning: "by how much Send-RemoteItem of 1 GiB makes its process grow",
    },
    Figure {
        key: "upload.rate_ratio",
        aim: "0.8",
        meaning: "rate of that upload beside a plain client's",
    },
    Figure {
        key: "download.1gib_rss_mib",
        aim: "32",
        meaning: "by how much Receive-RemoteItem of 1 GiB makes its process grow",
    },
    Figure {
        key: "download.rate_ratio",
        aim: "0.8",
        meaning: "rate of that download beside a plain client's",
    },
    Figure {
        key: "quickstart.seconds",
        aim: "15",
        meaning: "./build.sh Quickstart when all is built; 5 s of it are its job",
    },
    Figure {
        key: "script.empty_ms.p99",
        aim: "",
        meaning: "as script.empty_ms.p50, 99 of 100 calls",
    },
    Figure {
        key: "script.rps",
        aim: "",
        meaning: "empty scripts a second, 16 callers on warm workers",
    },
    Figure {
        key: "script.p99_ms",
        aim: "",
        meaning: "the same, round trip, 99 of 100 calls",
    },
    Figure {
        key: "script.route_ratio",
        aim: "1.5",
        meaning: "round trip of an empty script beside its run in the worker plus a route that does nothing",
    },
    Figure {
        key: "script.route_ms",
        aim: "",
        meaning: "the first of these, median",
    },
    Figure {
        key: "script.engine_ms",
        aim: "",
        meaning: "the second",
    },
    Figure {
        key: "script.bare_route_ms",
        aim: "",
        meaning: "the third",
    },
    Figure {
        key: "format.clixml_500x10_ms",
        aim: "40",
        meaning: "a whole call that answers 500 objects of 10 properties in CLIXML, median",
    },
    Figure {
        key: "format.json_500x10_ms",
        aim: "20",
        meaning: "the same in JSON",
    },
    Figure {
        key: "format.raw_500x10_ms",
        aim: "15",
        meaning: "the same as text",
    },
    Figure {
        key: "ring.records_per_second",
        aim: "",
        meaning: "records of one job to one waiting client, rate cap lifted",
    },
    Figure {
        key: "verify.hs256_ratio",
        aim: "",
        meaning: "first use of a token of a secret beside its signature alone",
    },
    Figure {
        key: "verify.rs256_ratio",
        aim: "1.2",
        meaning: "the same of an access token with RS256",
    },
    Figure {
        key: "verify.es256_ratio",
        aim: "1.2",
        meaning: "the same with ES256",
    },
    Figure {
        key: "verify.cached_us",
        aim: "5",
        meaning: "second use of an access token",
    },
    Figure {
        key: "reject.worst_ratio",
        aim: "1.5",
        meaning: "the dearest bad access token beside a good one of its size",
    },
    Figure {
        key: "auth.route_cost_percent",
        aim: "20",
        meaning: "throughput that a route which does next to nothing loses with access tokens",
    },
    Figure {
        key: "registry.swap_failed_requests",
        aim: "0",
        meaning: "requests of a key that fail while 500 records are replaced over and over",
    },
    Figure {
        key: "throttle.memory_us",
        aim: "5",
        meaning: "counting one request of a client with a limit, two threads at once",
    },
    Figure {
        key: "file.get_ratio",
        aim: "0.8",
        meaning: "rate of a download of 1 GiB beside nginx",
    },
    Figure {
        key: "file.put_ratio",
        aim: "0.8",
        meaning: "rate of an upload of 1 GiB, flushed to the disk, beside nginx, which flushes nothing",
    },
    Figure {
        key: "file.small_rps_ratio",
        aim: "0.3",
        meaning: "downloads of 4 KiB by 16 callers beside nginx",
    },
    Figure {
        key: "file.server_rss_mib",
        aim: "64",
        meaning: "growth of the server's memory in 16 transfers of 1 GiB at once",
    },
    Figure {
        key: "audit.events_per_second",
        aim: "",
        meaning: "audit lines that two threads write to a file, none lost",
    },
    Figure {
        key: "policy.scan_ms.100",
        aim: "5",
        meaning: "looking at a script of 100 lines under a policy",
    },
    Figure {
        key: "policy.scan_ms.1000",
        aim: "50",
        meaning: "the same of 1,000 lines",
    },
    Figure {
        key: "worker.start_ms",
        aim: "",
        meaning: "from an order to a worker that is ready, median of 10",
    },
    Figure {
        key: "worker.checkout_ms.p99",
        aim: "2",
        meaning: "from a call to its process when one is ready, 99 of 100",
    },
];

/// Measures everything.
pub(crate) fn all(layout: &Layout) -> anyhow::Result<()> {
    build::products(layout, Profile::Debug)?;
    build::all(layout, Profile::Release)?;
    let mut figures = BTreeMap::new();
    tokens::all(layout, &mut figures)?;
    printed(layout, "scripts", &mut figures)?;
    printed(layout, "authentication", &mut figures)?;
    printed(layout, "files", &mut figures)?;
    import(layout, &mut figures)?;
    let server = Server::start(layout, Profile::Release)?;
    module(layout, &server, &mut figures)?;
    server.stop()?;
    holds::all(layout, &mut figures)?;
    waits::all(layout, &mut figures)?;
    transfers::all(layout, &mut figures)?;
    let start = Instant::now();
    run(command(layout.root(), "./build.sh", &["Quickstart"]))?;
    figures.insert("quickstart.seconds", start.elapsed().as_secs_f64());
    report(layout, &figures)
}

/// What a bench of rust/server/benches measures: it prints a line `figure KEY VALUE` for each.
fn printed(layout: &Layout, name: &str, figures: &mut BTreeMap<&'static str, f64>) -> anyhow::Result<()> {
    let arguments = ["bench", "--quiet", "--package", "spe-server", "--bench", name];
    let succeeded = run_watched(command(layout.root(), "cargo", &arguments), |line| {
        let mut words = line.strip_prefix("figure ").unwrap_or_default().split_whitespace();
        let known = words
            .next()
            .and_then(|key| FIGURES.iter().find(|figure| figure.key == key));
        if let (Some(figure), Some(Ok(value))) = (known, words.next().map(str::parse)) {
            figures.insert(figure.key, value);
        }
    })?;
    if !succeeded {
        bail!("the bench {name} failed");
    }
    Ok(())
}

/// `module.import_ms` and `module.import_own_ms`.
fn import(layout: &Layout, figures: &mut BTreeMap<&'static str, f64>) -> anyhow::Result<()> {
    figures.insert("module.import_ms", import_after(layout, "")?);
    let required = "Import-Module Microsoft.PowerShell.Utility; ";
    figures.insert("module.import_own_ms", import_after(layout, required)?);
    Ok(())
}

/// Median of imports in a process each, since an assembly is loaded once per process; `before` is not counted.
fn import_after(layout: &Layout, before: &str) -> anyhow::Result<f64> {
    let script = format!(
        "{before}$watch = [Diagnostics.Stopwatch]::StartNew(); Import-Module SPE; \
         Write-Host \"series import $($watch.Elapsed.TotalMilliseconds)\""
    );
    let mut samples = Vec::new();
    for _ in 0..10 {
        let mut host = quickstart::script_host(layout, Profile::Release);
        host.args(["-Command", &script]);
        if !run_watched(host, |line| samples.extend(Series::parse(line)))? {
            bail!("the import of the module failed");
        }
    }
    // The first process pays for reading the files from the disk.
    let samples = samples
        .iter()
        .skip(1)
        .flat_map(|series| series.samples.clone())
        .collect();
    Series {
        name: "import".into(),
        samples,
    }
    .percentile(50.0)
}

/// What the bench script measures from within PowerShell.
fn module(layout: &Layout, server: &Server, figures: &mut BTreeMap<&'static str, f64>) -> anyhow::Result<()> {
    let mut host = quickstart::script_host(layout, Profile::Release);
    host.arg("-File")
        .arg(layout.root().join("rust/xtask/scripts/bench.ps1"));
    host.arg("-ConnectionUri")
        .arg(&server.uri)
        .env("SPE_SHARED_SECRET", server.secret.expose_secret());
    let mut all = BTreeMap::new();
    let succeeded = run_watched(host, |line| {
        all.extend(Series::parse(line).map(|series| (series.name.clone(), series)));
    })?;
    if !succeeded {
        bail!("the bench script failed; log of the server:\n{}", server.log());
    }
    let series = |name: &str| {
        all.get(name)
            .with_context(|| format!("the bench script printed no series {name}"))
    };
    figures.insert("wait.lag_ms.p50", series("wait_lag_ms")?.percentile(50.0)?);
    figures.insert("wait.lag_ms.p99", series("wait_lag_ms")?.percentile(99.0)?);
    figures.insert("script.empty_ms.p50", series("script_empty_ms")?.percentile(50.0)?);
    figures.insert("script.empty_ms.p99", series("script_empty_ms")?.percentile(99.0)?);
    figures.insert("jwt.new_jwt_us", series("new_jwt_us")?.percentile(50.0)?);
    figures.insert("stop.ms.max", series("stop_ms")?.percentile(100.0)?);
    Ok(())
}

fn report(layout: &Layout, figures: &BTreeMap<&'static str, f64>) -> anyhow::Result<()> {
    println!("\n{:<28} {:>10} {:>6}  what it means", "figure", "value", "aim");
    for figure in &FIGURES {
        let value = figures
            .get(figure.key)
            .with_context(|| format!("{} was not measured", figure.key))?;
        println!("{:<28} {value:>10.3} {:>6}  {}", figure.key, figure.aim, figure.meaning);
    }
    let path = layout.target().join("bench.json");
    std::fs::write(&path, serde_json::to_string_pretty(figures)? + "\n")?;
    println!("\n{} holds these figures.", path.display());
    Ok(())
}
