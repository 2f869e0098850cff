//! A server with the wait route of 9.0 (wire protocol 6.2, 6.9): it looks every 200 ms, and answers at once while there are records
//! behind the cursor it was given.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// How often the server looks.
const TICK: Duration = Duration::from_millis(200);

/// Most records of a reply.
const BATCH: usize = 256;

/// The job a server has. It begins with the first wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Job {
    lasts: Duration,
    records_per_second: usize,
}

impl Job {
    /// A minute with 20 records a second.
    pub(super) fn chatty() -> Self {
        Self {
            lasts: Duration::from_mins(1),
            records_per_second: 20,
        }
    }

    /// A minute without a word.
    pub(super) fn quiet() -> Self {
        Self {
            records_per_second: 0,
            ..Self::chatty()
        }
    }

    /// One that has ended.
    pub(super) fn over() -> Self {
        Self {
            lasts: Duration::ZERO,
            records_per_second: 0,
        }
    }
}

/// Runs until the process ends.
pub(super) struct Server {
    authority: String,
    shared: Arc<Shared>,
}

struct Shared {
    job: Job,
    began: OnceLock<Instant>,
    waits: AtomicUsize,
}

impl Server {
    pub(super) fn start(job: Job) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let authority = listener.local_addr()?.to_string();
        let shared = Arc::new(Shared {
            job,
            began: OnceLock::new(),
            waits: AtomicUsize::new(0),
        });
        let own = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = own.clone();
                // A client that goes away ends its connection and nothing else.
                std::thread::spawn(move || serve(stream, &shared));
            }
        });
        Ok(Self { authority, shared })
    }

    pub(super) fn uri(&self) -> String {
        format!("http://{}", self.authority)
    }

    /// Requests of the wait route so far.
    pub(super) fn waits(&self) -> usize {
        self.shared.waits.load(Ordering::Relaxed)
    }
}

/// Answers the requests of one connection.
fn serve(mut stream: TcpStream, shared: &Shared) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first)? == 0 {
            return Ok(());
        }
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            if line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse()?;
            }
        }
        std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink())?;
        let target = first.split(' ').nth(1).unwrap_or_default();
        let (media, body) = if target.contains("/wait/") {
            ("application/json", shared.wait(target))
        } else {
            ("text/plain", String::new())
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all((head + &body).as_bytes())?;
    }
}

impl Shared {
    /// Holds a wait as long as there is nothing to say.
    fn wait(&self, target: &str) -> String {
        self.waits.fetch_add(1, Ordering::Relaxed);
        let began = *self.began.get_or_init(Instant::now);
        let number = |name: &str| {
            target
                .split(name)
                .nth(1)
                .and_then(|rest| rest.split('&').next()?.parse().ok())
        };
        let hold = Duration::from_secs(number("timeoutSeconds=").unwrap_or(30));
        let from = number("cursor=").unwrap_or(0) as usize;
        let asked = Instant::now();
        loop {
            let age = began.elapsed();
            let done = age >= self.job.lasts;
            let written = (age.min(self.job.lasts).as_millis() as usize * self.job.records_per_second) / 1000;
            if done || written > from || asked.elapsed() >= hold {
                return reply(done, from, written.min(from + BATCH));
            }
            std::thread::sleep(TICK);
        }
    }
}

fn reply(done: bool, from: usize, to: usize) -> String {
    let status = if done { "Idle" } else { "Busy" };
    let mut body = format!("{{\"isDone\":{done},\"status\":\"{status}\",\"name\":\"job\",\"elapsedSeconds\":0");
    if to > 0 {
        let record = |sequence| {
            format!(
                "{{\"stream\":\"verbose\",\"sequence\":{sequence},\"timeUtc\":\"2026-01-01T00:00:00Z\",\"message\":\"m\"}}"
            )
        };
        let records: Vec<_> = (from..to).map(record).collect();
        let _ = write!(
            body,
            ",\"streams\":[{}],\"cursor\":\"{to}\",\"droppedCount\":0,\"droppedRate\":0,\"droppedSize\":0,\"truncatedCount\":0",
            records.join(",")
        );
    }
    body + "}"
}
