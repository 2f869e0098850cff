//! What scripts, processes and records cost: a server in this process, its workers, and clients over TCP. Prints a line
//! `figure KEY VALUE` for each figure of docs/benchmarks.md that begins with `script.`, `ring.`, `worker.` or `policy.`.

#[path = "../tests/authentication/config.rs"]
mod config;
mod support;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use spe_server::config::{RingLimits, ServerConfig, WorkerSettings};
use spe_server::identity::{Owner, Policy};
use spe_server::server::Server;
use spe_server::sessions::Processes as _;
use spe_server::workers::{
    Call, CallError, CallReply, LeaseKey, OutputFormat, Patience, RunKind, RunObserver, RunRequest, Scanned, Versions,
    WorkerRecord, Workers, WorkersSetup,
};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

const CALLERS: usize = 16;
const CALLS_EACH: usize = 500;
const IN_A_ROW: usize = 1000;
const RECORDS: usize = 200_000;
const STARTS: usize = 10;
const CHECKOUTS: usize = 100;
const BOUND: Duration = Duration::from_secs(10);
const FORMATTED: usize = 100;
const SCRIPT: &str = "/-/script/script/?outputFormat=raw";

fn main() {
    let runtime = Runtime::new().unwrap();
    processes(&runtime);
    scans(&runtime);
    let house = House::new(&runtime);
    throughput(&house);
    route(&house, &runtime);
    formats(&house);
    records(&house);
    runtime.block_on(async {
        house.server.shut_down().await;
        house.workers.shut_down(BOUND).await;
    });
}

fn figure(key: &str, value: f64) {
    println!("figure {key} {value}");
}

/// The smallest sample, in milliseconds, that `percent` of all do not exceed.
fn percentile(samples: &mut [Duration], percent: usize) -> f64 {
    samples.sort();
    let rank = (samples.len() * percent).div_ceil(100).clamp(1, samples.len());
    samples[rank - 1].as_secs_f64() * 1000.0
}

/// From an order to a worker that is ready, and from a call to its process when one is ready and unassigned.
fn processes(runtime: &Runtime) {
    let settings = |spares| WorkerSettings {
        spares,
        max_per_owner: 1,
        ..config().workers
    };
    runtime.block_on(async {
        let cold = workers(settings(0));
        let mut starts = Vec::new();
        for number in 0..STARTS {
            let begun = Instant::now();
            drop(cold.lease(key(number), Patience::Bounded).await.unwrap());
            starts.push(begun.elapsed());
            // It was not used, so the next owner would get it: a run makes it this one's.
            let mut process = cold.lease(key(number), Patience::Bounded).await.unwrap();
            process.run(empty(), Arc::new(Nobody), CancellationToken::new()).await;
        }
        cold.shut_down(BOUND).await;
        figure("worker.start_ms", percentile(&mut starts, 50));

        let warm = workers(settings(4));
        drop(warm.lease(key(0), Patience::Bounded).await.unwrap());
        let mut checkouts = Vec::new();
        for _ in 0..CHECKOUTS {
            let begun = Instant::now();
            // It comes back unused and so is nobody's again.
            let process = warm.lease(key(0), Patience::Bounded).await.unwrap();
            checkouts.push(begun.elapsed());
            drop(process);
        }
        warm.shut_down(BOUND).await;
        figure("worker.checkout_ms.p99", percentile(&mut checkouts, 99));
    });
}

/// Scripts of so many lines under a policy, looked at by the process that does that: the channel both ways, parsing and the rules.
fn scans(runtime: &Runtime) {
    let commands: Arc<[String]> = ["Get-Date", "Where-Object", "Sort-Object"].map(str::to_owned).into();
    runtime.block_on(async {
        let workers = workers(config().workers);
        let mut process = workers.lease(key(0), Patience::Bounded).await.unwrap();
        for (name, lines) in [("policy.scan_ms.100", 100), ("policy.scan_ms.1000", 1000)] {
            let mut times = Vec::with_capacity(FORMATTED);
            for round in 0..FORMATTED + 20 {
                let line = |line| {
                    format!("$x{line} = Get-Date | Where-Object {{ $_.Year -gt {round} }}; \"found $($x{line}.Year) in {line}\"\n")
                };
                let script: String = (0..lines).map(line).collect();
                let begun = Instant::now();
                let scanned = process.scan(script.into(), commands.clone()).await.unwrap();
                assert_eq!(scanned, Scanned::Allowed);
                if round >= 20 {
                    times.push(begun.elapsed());
                }
            }
            figure(name, percentile(&mut times, 50));
        }
        drop(process);
        workers.shut_down(BOUND).await;
    });
}

/// Empty scripts of several callers at once, after each has had one.
fn throughput(house: &House) {
    let callers: Vec<_> = (0..CALLERS).map(|_| house.connect()).collect();
    let run = |mut client: Client, calls: usize| {
        let mut times = Vec::with_capacity(calls);
        for _ in 0..calls {
            let begun = Instant::now();
            client.exchange("POST", SCRIPT, "1");
            times.push(begun.elapsed());
        }
        (client, times)
    };
    let all_at_once = |callers: Vec<Client>, calls| {
        std::thread::scope(|scope| {
            let threads: Vec<_> = callers
                .into_iter()
                .map(|client| scope.spawn(move || run(client, calls)))
                .collect();
            let joined = threads.into_iter().map(|thread| thread.join().unwrap());
            joined.unzip::<Client, Vec<Duration>, Vec<_>, Vec<_>>()
        })
    };
    let (callers, _) = all_at_once(callers, 20);
    let begun = Instant::now();
    let (_, times) = all_at_once(callers, CALLS_EACH);
    let seconds = begun.elapsed().as_secs_f64();
    figure("script.rps", (CALLERS * CALLS_EACH) as f64 / seconds);
    figure("script.p99_ms", percentile(&mut times.concat(), 99));
}

/// One empty script after the other: over the route, in its process alone, and a route of the framework that does nothing.
fn route(house: &House, runtime: &Runtime) {
    let mut client = house.connect();
    let whole = in_a_row(|| client.exchange("POST", SCRIPT, "1").len());
    let alone = in_a_row(|| {
        runtime.block_on(async {
            // Of the processes that serve the callers of the route, in the same order.
            let mut process = house.workers.lease(callers(), Patience::Bounded).await.unwrap();
            let run = process.run(empty(), Arc::new(Nobody), CancellationToken::new());
            run.await.output.len()
        })
    });
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let mut bare = Client::new(listener.local_addr().unwrap(), String::new());
    let app = axum::Router::new().route("/", axum::routing::post(|body: String| async move { body }));
    runtime.spawn(async move { axum::serve(listener, app).await });
    let nothing = in_a_row(|| bare.exchange("POST", "/", "1").len());
    figure("script.route_ms", whole);
    figure("script.engine_ms", alone);
    figure("script.bare_route_ms", nothing);
    figure("script.route_ratio", whole / (alone + nothing));
}

/// Median, in milliseconds.
fn in_a_row(mut call: impl FnMut() -> usize) -> f64 {
    let mut times = Vec::with_capacity(IN_A_ROW);
    for round in 0..IN_A_ROW + 50 {
        let begun = Instant::now();
        assert_eq!(call(), 1);
        if round >= 50 {
            times.push(begun.elapsed());
        }
    }
    percentile(&mut times, 50)
}

/// 500 objects of ten properties in each format: whole calls, the making of the objects included.
fn formats(house: &House) {
    let mut client = house.connect();
    let script = "foreach ($n in 1..500) { [pscustomobject]@{ Id = $n; Name = \"item $n\"; Path = \"/content/home/item-$n\"; Depth = 3; \
                  IsLocked = $false; Size = 1.5; Owner = 'sitecore\\admin'; Updated = [datetime]::UnixEpoch; Language = 'en'; Version = 1 } }";
    for (key, format) in [
        ("format.clixml_500x10_ms", "CliXml"),
        ("format.json_500x10_ms", "Json"),
        ("format.raw_500x10_ms", "Raw"),
    ] {
        let target = format!("/-/script/script/?outputFormat={format}");
        let mut times = Vec::with_capacity(FORMATTED);
        for round in 0..FORMATTED + 20 {
            let begun = Instant::now();
            assert!(client.exchange("POST", &target, script).contains("item 500"));
            if round >= 20 {
                times.push(begun.elapsed());
            }
        }
        figure(key, percentile(&mut times, 50));
    }
}

/// One job writes as fast as it can, one client takes what it gets.
fn records(house: &House) {
    let mut client = house.connect();
    let write = format!("foreach ($n in 1..{RECORDS}) {{ Write-Verbose 'a record as jobs write them' -Verbose }}");
    let start = format!("(Start-ScriptSession -ScriptBlock {{ {write} }}).ID");
    let job = client.exchange("POST", SCRIPT, &start);
    let begun = Instant::now();
    let (mut cursor, mut taken) = (String::new(), 0);
    loop {
        let target = format!("/-/script/wait/?jobId={}&timeoutSeconds=60&cursor={cursor}", job.trim());
        let reply: serde_json::Value = serde_json::from_str(&client.exchange("GET", &target, "")).unwrap();
        taken += reply["streams"].as_array().map_or(0, Vec::len);
        reply["cursor"].as_str().unwrap_or_default().clone_into(&mut cursor);
        if reply["isDone"] == true {
            break;
        }
    }
    assert_eq!(taken, RECORDS, "none is lost");
    figure(
        "ring.records_per_second",
        RECORDS as f64 / begun.elapsed().as_secs_f64(),
    );
}

/// A server and the processes behind it.
struct House {
    server: Server,
    workers: Arc<Workers>,
}

impl House {
    fn new(runtime: &Runtime) -> Self {
        let mut config = config();
        config.limits.record_interval = Duration::ZERO;
        config.limits.rings_bytes = 4 << 30;
        config.limits.ring = RingLimits {
            bytes: 1 << 30,
            records: RECORDS,
            rate: 10_000_000,
        };
        runtime.block_on(async {
            let workers = Arc::new(workers(config.workers.clone()));
            let server = Server::start(config, workers.clone()).await.unwrap();
            Self { server, workers }
        })
    }

    fn connect(&self) -> Client {
        let address = self.server.listening()[0].address;
        Client::new(address, support::token(&address.to_string(), config::SECRET))
    }
}

fn config() -> ServerConfig {
    let mut config = config::config();
    config.workers.host = std::env::var_os("SPE_PWSH").map(PathBuf::from);
    config
        .workers
        .host
        .get_or_insert_with(|| program().with_file_name("engine").join("SPE.EngineHost"));
    config.workers.recycle_runs = 1_000_000;
    config
}

fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_spe-server"))
}

fn workers(settings: WorkerSettings) -> Workers {
    let setup = WorkersSetup {
        settings,
        output_bytes: 1 << 20,
        program: program(),
        keep_out: Vec::new(),
        versions: Versions {
            spe: "10.0.0".into(),
            sitecore: "10.4.0".into(),
        },
    };
    Workers::start(setup).expect("the engine and the worker are built: ./build.sh Build --release")
}

fn key(number: usize) -> LeaseKey {
    LeaseKey {
        owner: Owner(format!("user:bench-{number}").into()),
        policy: "unrestricted".into(),
    }
}

/// Whom the processes of the server serve here.
fn callers() -> LeaseKey {
    LeaseKey {
        owner: Owner(r"user:sitecore\admin".into()),
        ..key(0)
    }
}

fn empty() -> RunRequest {
    RunRequest {
        kind: RunKind::Script,
        format: OutputFormat::Raw,
        script: "1".into(),
        arguments: None,
        capture_streams: false,
        keep_runspace: false,
        session_id: None,
        job_name: None,
        user: r"sitecore\admin".into(),
        policy: Policy::unrestricted(),
        rid: "bench".into(),
    }
}

struct Nobody;

impl RunObserver for Nobody {
    fn record(&self, _: WorkerRecord) {}

    fn call(
        &self,
        _: Call,
    ) -> std::pin::Pin<Box<dyn std::future::Future<Output = Result<CallReply, CallError>> + Send>> {
        Box::pin(async { Err(CallError::Stopped) })
    }
}

/// A connection that is kept.
struct Client {
    stream: BufReader<TcpStream>,
    token: String,
}

impl Client {
    fn new(address: SocketAddr, token: String) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream: BufReader::new(stream),
            token,
        }
    }

    /// The body of the reply, which must be a success.
    fn exchange(&mut self, method: &str, target: &str, body: &str) -> String {
        let request = format!(
            "{method} {target} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        let (mut line, mut length) = (String::new(), 0);
        self.stream.read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 200"), "{line}");
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        String::from_utf8(body).unwrap()
    }
}
