//! Processor time of a server that only holds waits.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail};
use spe_auth::mint::{IssuedAt, TokenSpec, mint};

use crate::server::Server;

/// How long the server is watched.
const WATCHED: Duration = Duration::from_secs(20);

/// Holds `count` waits on a job that does not end and returns the server's processor time meanwhile, in percent of a core.
pub(super) fn idle_cpu_percent(server: &Server, count: usize) -> anyhow::Result<f64> {
    let start = "(Start-ScriptSession -ScriptBlock { Start-Sleep -Seconds 600 }).ID";
    let job = exchange(server, "POST", "/-/script/script/?outputFormat=raw", start)?;
    if job.is_empty() {
        bail!("the server started no job for the held waits");
    }
    let mut held = Vec::with_capacity(count);
    for _ in 0..count {
        let path = format!("/-/script/wait/?jobId={job}&timeoutSeconds=60");
        held.push(send(server, "GET", &path, "")?);
    }
    // The requests are on their way in; the server has them all before the watching begins.
    std::thread::sleep(Duration::from_secs(2));
    let (before, start) = (processor_seconds(server.pid())?, Instant::now());
    std::thread::sleep(WATCHED);
    let used = processor_seconds(server.pid())? - before;
    let percent = 100.0 * used / start.elapsed().as_secs_f64();
    for mut stream in held {
        stream.set_read_timeout(Some(Duration::from_millis(20)))?;
        if !matches!(stream.read(&mut [0; 16]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock) {
            bail!("a wait was answered while it should have been held");
        }
    }
    exchange(
        server,
        "POST",
        "/-/script/script/?outputFormat=raw",
        &format!("Remove-ScriptSession -Id '{job}'"),
    )?;
    Ok(percent)
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
