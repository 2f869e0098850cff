//! What authentication costs a server under load: prints `figure auth.route_cost_percent`,
//! `figure throttle.memory_us`, `figure registry.swap_failed_requests` and `figure audit.events_per_second`.

#[path = "../tests/authentication/config.rs"]
mod config;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use spe_server::config::{LogFile, LogFormat, OAuthBearerProvider};
use spe_server::log;
use spe_server::server::Server;
use spe_server::sessions::{Process, Processes};
use spe_server::throttle::{InMemory, Throttle, ThrottleStore as _, Throttled};
use spe_server::workers::{LeaseError, LeaseKey, Patience};
use spe_testkit::forge::{Payload, encode, sign_with};
use spe_testkit::idp::{IdentityProvider, KeyType, SigningKey};
use tokio::runtime::Runtime;
use tracing::level_filters::LevelFilter;

/// That of the program.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const CALLERS: usize = 4;
const TOKENS: usize = 50;
const ROUND: Duration = Duration::from_millis(500);
const ROUNDS: usize = 8;
const SWAPPING: Duration = Duration::from_secs(5);
const RECORDS: usize = 500;
const COUNTED: usize = 1_000_000;
const OWN: &str = "the own secret of a client, of 64 characters in all, no more 012";

/// No request comes as far as a process.
struct NoProcesses;

impl Processes for NoProcesses {
    fn lease(&self, _: LeaseKey, _: Patience) -> BoxFuture<'_, Result<Box<dyn Process>, LeaseError>> {
        std::future::pending().boxed()
    }
}

fn main() {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let key = SigningKey::generate("k-1", KeyType::Rsa2048);
    let idp = runtime.block_on(IdentityProvider::start(&[&key]));
    let mut provider = OAuthBearerProvider::named("bench");
    provider.settings.jwks_uri = idp.jwks_uri();
    provider.settings.allowed_issuers = vec!["https://idp.test".into()];
    provider.settings.allowed_audiences = vec!["spe-remoting".into()];
    provider.allow_loopback_http = true;
    let mut config = config::config();
    assert!(
        config
            .spe
            .shared_secret
            .as_ref()
            .is_some_and(|own| own.secret.is_some()),
        "{}",
        config::SECRET.len()
    );
    config.spe.oauth = vec![provider];
    folder.path().clone_into(&mut config.data_folder);
    records(folder.path(), "");
    let server = runtime.block_on(Server::start(config, Arc::new(NoProcesses))).unwrap();
    let address = server.listening()[0].address;
    route_cost(address, &key);
    throttle();
    swap(&server, address, folder.path());
    runtime.block_on(server.shut_down());
    trail(folder.path());
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    since.as_secs().try_into().unwrap()
}

/// Throughput of a route that does next to nothing, with tokens that were used before, beside one that is sent the same and looks at none:
/// in turn, since other work of the machine falls on both.
fn route_cost(address: SocketAddr, key: &SigningKey) {
    let now = now();
    let token = |number: usize| {
        let payload = Payload::t0()
            .with("sub", r#""sitecore\\admin""#)
            .with("jti", &format!("\"{number}\""));
        let payload = payload.at("iat", now).at("nbf", now).at("exp", now + 3000);
        key.token(r#"{"alg":"RS256","typ":"JWT","kid":"k-1"}"#, &payload.json())
    };
    let tokens: Vec<_> = (0..TOKENS).map(token).collect();
    let request = |path: &str, number: usize| {
        let token = &tokens[number % TOKENS];
        format!("GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n")
    };
    let with = |number| request("/-/script/script/?action=test", number);
    let without = |number| request("/-/health/live?action=test", number);
    let (mut best_with, mut best_without) = (0.0_f64, 0.0_f64);
    for _ in 0..ROUNDS {
        best_without = best_without.max(rate(address, &without));
        best_with = best_with.max(rate(address, &with));
    }
    println!("requests a second: {best_without:.0} without a token, {best_with:.0} with one");
    println!(
        "figure auth.route_cost_percent {}",
        100.0 * (1.0 - best_with / best_without)
    );
}

/// Requests a second of several callers, each on a connection that is kept.
fn rate(address: SocketAddr, request: &(impl Fn(usize) -> String + Sync)) -> f64 {
    let begun = Instant::now();
    let count: usize = std::thread::scope(|scope| {
        let callers = [0; CALLERS].map(|_| {
            scope.spawn(|| {
                let mut client = Client::connect(address);
                let mut count = 0;
                while begun.elapsed() < ROUND {
                    assert_eq!(client.exchange(&request(count)), 200);
                    count += 1;
                }
                count
            })
        });
        callers.into_iter().map(|caller| caller.join().unwrap()).sum()
    });
    count as f64 / begun.elapsed().as_secs_f64()
}

/// One request counted, of clients in turn, by two threads at once.
fn throttle() {
    let store = InMemory::default();
    let clients: Vec<_> = (0..RECORDS)
        .map(|number| Throttled {
            id: number.to_string().into(),
            throttle: Throttle {
                limit: 100,
                window: Duration::from_hours(1),
                bypass: false,
            },
        })
        .collect();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for number in 0..COUNTED {
                    let count = store.count(&clients[number % RECORDS], begun.elapsed());
                    assert!(count.requests > 0);
                }
            });
        }
    });
    let each = begun.elapsed().as_secs_f64() * 1_000_000.0 / COUNTED as f64;
    println!("figure throttle.memory_us {each}");
}

/// Audit lines that two threads write to a file that is turned over; each has to be there.
fn trail(folder: &Path) {
    let file = LogFile {
        path: folder.join("spe.log"),
        bytes: 64 << 20,
        kept: 100,
    };
    log::start(LevelFilter::INFO, LogFormat::KeyValue, Some(file.clone())).unwrap();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for thread in 0..2 {
            scope.spawn(move || {
                for number in 0..COUNTED / 2 {
                    tracing::info!(
                        target: "Remoting", action = "scriptCompleted", user = "sitecore\\admin", ip = "203.0.113.7",
                        session = "7d1e0c09-0000-4000-8000-000000000000", scriptHash = "c1d9af5ecced5022", hasErrors = "False",
                        clientSession = "none", rid = "5be1c09f", remotingClient = "bench", identity = "client:bench",
                        thread, number
                    );
                }
            });
        }
    });
    let seconds = begun.elapsed().as_secs_f64();
    let text = file.all().filter_map(|path| std::fs::read_to_string(path).ok());
    let lines: usize = text
        .map(|text| text.lines().filter(|line| line.contains("scriptCompleted")).count())
        .sum();
    assert_eq!(lines, COUNTED, "none is lost");
    println!("figure audit.events_per_second {}", COUNTED as f64 / seconds);
}

/// Requests of a key that fail while all records are written anew and read again, over and over.
fn swap(server: &Server, address: SocketAddr, folder: &Path) {
    let now = now();
    let payload = Payload::h0().without("name").at("iat", now).at("exp", now + 3000);
    let signed = format!(
        "{}.{}",
        encode(r#"{"alg":"HS256","typ":"JWT","kid":"spe_0"}"#),
        encode(payload.json())
    );
    let token = sign_with(OWN.as_bytes(), &signed);
    let request =
        format!("GET /-/script/script/?action=test HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n");
    // The server was made with no clients, and reads those of the folder now.
    server.reload();
    let mut first = Client::connect(address);
    while first.exchange(&request) != 200 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let (stop, failed, done) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let swaps = std::thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                let mut client = Client::connect(address);
                while !stop.load(Ordering::Relaxed) {
                    let good = client.exchange(&request) == 200;
                    failed.fetch_add(u64::from(!good), Ordering::Relaxed);
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let begun = Instant::now();
        let mut swaps = 0;
        while begun.elapsed() < SWAPPING {
            records(folder, &format!("# {swaps}\n"));
            server.reload();
            std::thread::sleep(Duration::from_millis(20));
            swaps += 1;
        }
        stop.store(true, Ordering::Relaxed);
        swaps
    });
    println!(
        "{} requests during {swaps} changes of {RECORDS} records",
        done.load(Ordering::Relaxed)
    );
    println!(
        "figure registry.swap_failed_requests {}",
        failed.load(Ordering::Relaxed)
    );
}

/// Writes all records, each whole or not at all, as `spe-server client` does.
fn records(folder: &Path, comment: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let clients = folder.join("clients");
    std::fs::create_dir_all(&clients).unwrap();
    for number in 0..RECORDS {
        let secret = if number == 0 {
            OWN.to_owned()
        } else {
            format!("{OWN}{number}")
        };
        let text = format!(
            "{comment}id = 'c-{number}'\nname = 'client {number}'\npolicy = 'unrestricted'\nimpersonatedUser = 'admin'\n\
             accessKeyId = 'spe_{number}'\nsecrets = [{{ value = '{secret}' }}]\n"
        );
        let file = clients.join(format!("{number}.new"));
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::rename(&file, clients.join(format!("{number}.toml"))).unwrap();
    }
}

struct Client(BufReader<TcpStream>);

impl Client {
    fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(BufReader::new(stream))
    }

    /// The status of the reply.
    fn exchange(&mut self, request: &str) -> u16 {
        self.0.get_mut().write_all(request.as_bytes()).unwrap();
        let (mut status, mut length, mut line) = (0, 0, String::new());
        loop {
            line.clear();
            self.0.read_line(&mut line).unwrap();
            let text = line.trim_end().to_ascii_lowercase();
            if text.is_empty() {
                break;
            }
            if let Some(rest) = text.strip_prefix("http/1.1 ") {
                status = rest.split(' ').next().unwrap().parse().unwrap();
            }
            if let Some(rest) = text.strip_prefix("content-length: ") {
                length = rest.parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        status
    }
}
