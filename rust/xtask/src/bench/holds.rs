//! Held waits: what they cost a server while nothing happens, and how soon one is answered beside them.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail};
use rustix::process::{Resource, getrlimit, setrlimit};
use spe_auth::mint::{IssuedAt, TokenSpec, mint};

use super::series::Series;
use crate::layout::{Layout, Profile};
use crate::server::Server;

/// How long the server is watched.
const WATCHED: Duration = Duration::from_secs(20);
/// How many waits are many.
const MANY: usize = 5000;
/// Jobs whose end is waited for beside the holds.
const JOBS: usize = 100;
/// What lifts the bounds that callers of one address and one account have.
const SETTINGS: [(&str, &str); 2] = [
    ("SPE_SERVER__LIMITS__WAITS_PER_OWNER", "10000"),
    ("SPE_SERVER__LIMITS__CONNECTIONS_PER_ADDRESS", "20000"),
];

/// Waits that are held on a job that does not end.
struct Holds<'a> {
    server: &'a Server,
    job: String,
    held: Vec<TcpStream>,
}

/// What held waits cost.
struct Cost {
    /// Processor time, percent of a core.
    cpu_percent: f64,
    /// Growth of resident memory, for each wait.
    bytes_per_hold: f64,
}

/// `wait.idle_cpu_percent.*`, `wait.bytes_per_hold` and `wait.lag_ms.p99.*`.
pub(super) fn all(layout: &Layout, figures: &mut BTreeMap<&'static str, f64>) -> anyhow::Result<()> {
    allow_many_files();
    let server = Server::start_with(layout, Profile::Release, &SETTINGS)?;
    figures.insert("wait.idle_cpu_percent.200", cost(&server, 200)?.cpu_percent);
    // Memory that other work has freed would hide what holds take, so they are the first that is many.
    let many = cost(&server, MANY)?;
    figures.insert("wait.idle_cpu_percent.5000", many.cpu_percent);
    figures.insert("wait.bytes_per_hold", many.bytes_per_hold);
    figures.insert("wait.lag_ms.p99.100", lag_p99(&server, 100)?);
    figures.insert("wait.lag_ms.p99.5000", lag_p99(&server, MANY)?);
    server.stop()
}

/// Each wait is an open file, here and in the server.
fn allow_many_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Where it cannot be raised the first wait too many says so.
    let _ = setrlimit(Resource::Nofile, limit);
}

fn cost(server: &Server, count: usize) -> anyhow::Result<Cost> {
    // The first worker starts with the first script, and is not part of what holds cost.
    script(server, "1")?;
    let memory = resident_bytes(server.pid())?;
    let holds = Holds::of(server, count)?;
    let (before, start) = (processor_seconds(server.pid())?, Instant::now());
    std::thread::sleep(WATCHED);
    let used = processor_seconds(server.pid())? - before;
    let cpu_percent = 100.0 * used / start.elapsed().as_secs_f64();
    // By now the memory that reading the requests took has been handed back.
    let grown = resident_bytes(server.pid())?.saturating_sub(memory);
    holds.end()?;
    Ok(Cost {
        cpu_percent,
        bytes_per_hold: grown as f64 / count as f64,
    })
}

/// From the end of a job in its worker to its wait's reply at a client, while `count` other waits are held.
fn lag_p99(server: &Server, count: usize) -> anyhow::Result<f64> {
    let holds = Holds::of(server, count)?;
    let mut samples = Vec::with_capacity(JOBS);
    for _ in 0..JOBS {
        let ends = "Start-Sleep -Milliseconds 150; [DateTime]::UtcNow.Ticks";
        let job = script(server, &format!("(Start-ScriptSession -ScriptBlock {{ {ends} }}).ID"))?;
        let reply = exchange(
            server,
            "GET",
            &format!("/-/script/wait/?jobId={job}&timeoutSeconds=60"),
            "",
        )?;
        let answered = SystemTime::now().duration_since(UNIX_EPOCH)?;
        if !reply.contains(r#""isDone":true"#) {
            bail!("a wait for a job of 150 ms was answered before its end: {reply}");
        }
        let ended: u64 = script(server, &format!("Receive-ScriptSession -Id {job}"))?.parse()?;
        samples.push(answered.as_secs_f64() * 1000.0 - unix_milliseconds(ended));
    }
    holds.end()?;
    let name = "lag".to_owned();
    Series { name, samples }.percentile(99.0)
}

/// Ticks of .NET, of 100 ns each since the year 1, as milliseconds since 1970.
fn unix_milliseconds(ticks: u64) -> f64 {
    const UNIX_EPOCH_TICKS: u64 = 621_355_968_000_000_000;
    (ticks - UNIX_EPOCH_TICKS) as f64 / 10_000.0
}

impl<'a> Holds<'a> {
    fn of(server: &'a Server, count: usize) -> anyhow::Result<Self> {
        let job = script(
            server,
            "(Start-ScriptSession -ScriptBlock { Start-Sleep -Seconds 600 }).ID",
        )?;
        if job.is_empty() {
            bail!("the server started no job for the held waits");
        }
        let path = format!("/-/script/wait/?jobId={job}&timeoutSeconds=60");
        let held = (0..count).map(|_| send(server, "GET", &path, ""));
        let held = held.collect::<Result<Vec<_>, _>>()?;
        // The requests are on their way in; the server has them all before anything is measured.
        std::thread::sleep(Duration::from_secs(2));
        Ok(Self { server, job, held })
    }

    /// Makes sure that all are held still, and lets them go.
    fn end(self) -> anyhow::Result<()> {
        for mut stream in self.held {
            stream.set_nonblocking(true)?;
            if !matches!(stream.read(&mut [0; 16]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock) {
                bail!("a wait was answered while it should have been held");
            }
        }
        script(self.server, &format!("Remove-ScriptSession -Id '{}'", self.job))?;
        Ok(())
    }
}

fn script(server: &Server, script: &str) -> anyhow::Result<String> {
    exchange(server, "POST", "/-/script/script/?outputFormat=raw", script)
}

/// Memory of a process that is resident.
fn resident_bytes(pid: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).context("this figure needs /proc")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next());
    Ok(1024 * kibibytes.context("a process has resident memory")?.parse::<u64>()?)
}

/// User and system time of a process so far.
fn processor_seconds(pid: u32) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).context("this figure needs /proc")?;
    let fields: Vec<_> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
    Ok(ticks as f64 / rustix::param::clock_ticks_per_second() as f64)
}

fn exchange(server: &Server, method: &str, path: &str, body: &str) -> anyhow::Result<String> {
    let mut reply = String::new();
    send(server, method, path, body)?.read_to_string(&mut reply)?;
    let (head, body) = reply
        .split_once("\r\n\r\n")
        .context("the reply has no end of headers")?;
    if !head.starts_with("HTTP/1.1 200") {
        bail!("{method} {path}: {}", head.lines().next().unwrap_or_default());
    }
    Ok(body.trim().to_owned())
}

fn send(server: &Server, method: &str, path: &str, body: &str) -> anyhow::Result<TcpStream> {
    let authority = server
        .uri
        .strip_prefix("http://")
        .context("the server listens on plain HTTP")?;
    let token = token(server)?;
    let mut stream = TcpStream::connect(authority)?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {authority}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\
         Content-Type: text/plain\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    Ok(stream)
}

fn token(server: &Server) -> anyhow::Result<String> {
    let spec = TokenSpec {
        algorithm: spe_auth::Algorithm::HS256,
        token_type: "JWT".into(),
        key_id: None,
        issuer: "SPE Remoting".into(),
        audience: server.uri.clone(),
        name: Some(r"sitecore\admin".into()),
        client_session: None,
        valid_for_seconds: 30,
        issued_at: IssuedAt::Now,
        not_before: None,
        scope: None,
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    Ok(mint(&spec, &server.secret, now.try_into()?)?)
}
