//! The configuration as the server uses it, with every default in one place.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use spe_auth::registry::ClientRecord;
use spe_auth::{jwks, oauth};

use super::{FileSettings, MediaSettings, Network};
use crate::identity::PasswordHash;
use crate::identity::policy::NamedPolicy;

/// Everything the server was told at start.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Folder of accounts, keys and records.
    pub data_folder: PathBuf,
    /// Where to listen. Port 0 takes a free one.
    pub listen: Vec<Listen>,
    /// What addresses with TLS prove themselves with.
    pub tls: Option<TlsFiles>,
    /// PEM file of authorities that may have signed for the addresses of identity providers' keys, beside those of the system.
    pub key_authorities: Option<PathBuf>,
    /// Where the numbers for Prometheus are. `None`: nowhere.
    pub metrics: Option<SocketAddr>,
    /// Peers whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<Network>,
    /// Origins (`https://host[:port]`) callers reach the server by; tokens name one of them as audience. Empty: the listen
    /// addresses and localhost, which a wildcard address does not allow.
    pub public_origins: Vec<String>,
    /// Bounds on what callers may use.
    pub limits: Limits,
    /// The processes that run scripts.
    pub workers: WorkerSettings,
    /// Files that callers reach.
    pub files: FileSettings,
    /// The media library.
    pub media: MediaSettings,
    /// Services, authentication provider and settings of the Sitecore-style file.
    pub spe: SpeConfig,
    /// Accounts by their lower-case name.
    pub accounts: BTreeMap<String, Account>,
    /// Callers with a key of their own.
    pub clients: Vec<ClientRecord>,
    /// What clients may do, beside the built-in policies.
    pub policies: Vec<NamedPolicy>,
}

impl ServerConfig {
    /// Whether the headers of a peer about whom it forwards for are believed.
    pub fn is_trusted_proxy(&self, peer: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|network| network.contains(peer))
    }
}

/// An address to listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listen {
    /// The address.
    pub address: SocketAddr,
    /// Whether TLS is spoken there.
    pub tls: bool,
}

/// Files in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate of the server, then those between it and an authority that clients know.
    pub certificate: PathBuf,
    /// Its private key, PKCS#8, PKCS#1 or SEC1, not encrypted.
    pub key: PathBuf,
}

/// Bounds on what callers may use. At a bound the answer is 413, 429 or 503, never memory growth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Largest request body, in bytes, both as sent and after gunzip.
    pub body_bytes: usize,
    /// Largest output of one run, in bytes.
    pub output_bytes: usize,
    /// Largest set of request headers, in bytes.
    pub header_bytes: usize,
    /// Most connections in total.
    pub connections: usize,
    /// Most connections from one address, or one network of IPv6 with 64 bits. Trusted proxies have no such bound.
    pub connections_per_address: usize,
    /// Most requests at a time on one connection of HTTP/2.
    pub streams: u32,
    /// How long a client may take to send the headers of a request, from their first byte on.
    pub header_timeout: Duration,
    /// How long a connection without a request is kept.
    pub idle_timeout: Duration,
    /// How long a client may take to send a body, and how long it may keep replies from leaving, beside what `min_rate` adds.
    pub body_timeout: Duration,
    /// Each so many bytes that a client sends of a body, or takes of its replies, give it a second more.
    pub min_rate: u64,
    /// Most bytes of all request bodies in memory together.
    pub bodies_bytes: usize,
    /// Most bytes of one owner's request bodies in memory.
    pub bodies_per_owner_bytes: usize,
    /// How long the script of a request may run, zero for as long as it likes.
    pub run_time: Duration,
    /// How long a job may run, zero for as long as it likes.
    pub job_run_time: Duration,
    /// How long an idle session lives.
    pub session_idle: Duration,
    /// How long state, error and record tail of an ended job stay.
    pub job_grace: Duration,
    /// Most live sessions and jobs of one owner.
    pub sessions_per_owner: usize,
    /// Most requests that wait for their turn on one session.
    pub session_queue: usize,
    /// How long a request waits for its turn on a session.
    pub session_queue_timeout: Duration,
    /// Bounds on the records of one session.
    pub ring: RingLimits,
    /// Most memory of all records together, in bytes.
    pub rings_bytes: usize,
    /// Most bytes of results that one owner's jobs have and nobody received.
    pub results_per_owner_bytes: usize,
    /// Most bytes of results that all jobs have and nobody received.
    pub results_bytes: usize,
    /// Most held waits of all owners together.
    pub waits: usize,
    /// Most held waits of one owner.
    pub waits_per_owner: usize,
    /// Shortest spacing of two record deliveries to one waiter.
    pub record_interval: Duration,
    /// How long shutdown waits for running requests before it stops them.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 32 * 1024 * 1024,
            output_bytes: 64 * 1024 * 1024,
            header_bytes: 32 * 1024,
            connections: 16_384,
            connections_per_address: 2048,
            streams: 100,
            header_timeout: Duration::from_secs(15),
            idle_timeout: Duration::from_secs(75),
            body_timeout: Duration::from_mins(1),
            min_rate: 1024,
            bodies_bytes: 256 * 1024 * 1024,
            bodies_per_owner_bytes: 128 * 1024 * 1024,
            run_time: Duration::from_hours(1),
            job_run_time: Duration::ZERO,
            session_idle: Duration::from_mins(30),
            job_grace: Duration::from_mins(30),
            sessions_per_owner: 100,
            session_queue: 8,
            session_queue_timeout: Duration::from_secs(5),
            ring: RingLimits::default(),
            rings_bytes: 256 * 1024 * 1024,
            results_per_owner_bytes: 128 * 1024 * 1024,
            results_bytes: 512 * 1024 * 1024,
            waits: 20_000,
            waits_per_owner: 1000,
            record_interval: Duration::from_millis(200),
            drain: Duration::from_secs(10),
        }
    }
}

/// Bounds on the records of one session (wire protocol 6.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RingLimits {
    /// Most bytes, as the protocol estimates them.
    pub bytes: usize,
    /// Most records.
    pub records: usize,
    /// Most records a second, and at once.
    pub rate: u32,
}

impl Default for RingLimits {
    fn default() -> Self {
        Self {
            bytes: 1024 * 1024,
            records: 65_536,
            rate: 100,
        }
    }
}

/// How worker processes are started and bounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerSettings {
    /// The host program: a `pwsh`, or SPE.EngineHost. `None`: `pwsh` on the PATH, else the bundled host beside the server.
    pub host: Option<PathBuf>,
    /// SPE.Worker.dll. `None`: beside the server.
    pub assembly: Option<PathBuf>,
    /// Most worker processes in total.
    pub max: usize,
    /// Most worker processes of one owner.
    pub max_per_owner: usize,
    /// Processes kept ready and unassigned.
    pub spares: usize,
    /// Most calls that wait for a process.
    pub queue: usize,
    /// Most calls of one owner that wait for a process.
    pub queue_per_owner: usize,
    /// How long a call waits for a process before it is refused.
    pub queue_timeout: Duration,
    /// How long a run may go on after it was told to stop, before its process is killed.
    pub stop_grace: Duration,
    /// Runs after which a process is replaced.
    pub recycle_runs: u32,
    /// Age after which a process is replaced.
    pub recycle_age: Duration,
    /// `DOTNET_GCHeapHardLimit`, in bytes.
    pub heap_bytes: u64,
    /// Most private memory of a process and everything it started, in bytes.
    pub memory_bytes: u64,
    /// Most processes a worker and its scripts may have at once, the worker itself among them.
    pub processes: usize,
    /// Most open files of each process.
    pub open_files: u64,
    /// Most bytes of files in the temporary folder of a worker.
    pub disk_bytes: u64,
    /// Whether workers are confined (Landlock, no-new-privs, limits). Running without is logged loudly.
    pub sandbox: bool,
    /// Paths workers may read beside those they need.
    pub read: Vec<PathBuf>,
    /// Paths workers may write beside their temporary folder.
    pub write: Vec<PathBuf>,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self {
            host: None,
            assembly: None,
            max: 32,
            max_per_owner: 16,
            spares: 1,
            queue: 512,
            queue_per_owner: 128,
            queue_timeout: Duration::from_secs(30),
            stop_grace: Duration::from_secs(2),
            recycle_runs: 1000,
            recycle_age: Duration::from_hours(1),
            heap_bytes: 512 * 1024 * 1024,
            memory_bytes: 1024 * 1024 * 1024,
            processes: 64,
            open_files: 4096,
            disk_bytes: 1024 * 1024 * 1024,
            sandbox: true,
            read: Vec::new(),
            write: Vec::new(),
        }
    }
}

/// The part of the configuration that is in the Sitecore-style XML (authentication 7.3).
#[derive(Debug, Clone, Default)]
pub struct SpeConfig {
    /// Services by element name. A service that is not there is disabled.
    pub services: BTreeMap<String, Service>,
    /// The shared-secret provider, when there is one.
    pub shared_secret: Option<SharedSecretProvider>,
    /// The identity providers, in document order.
    pub oauth: Vec<OAuthBearerProvider>,
    /// `Spe.Remoting.DetailedErrors`.
    pub detailed_errors: bool,
    /// `Spe.Remoting.AllowQueryStringCredentials`; `None` where nothing is said, which counts as true.
    pub allow_query_credentials: Option<bool>,
    /// `Spe.Remoting.UseForwardedHeaders`; `None` where nothing is said, which counts as true.
    pub use_forwarded_headers: Option<bool>,
    /// `Spe.LogFormat`.
    pub log_format: LogFormat,
    /// `Spe.Remoting.AllowedFileRoots`: folders that callers reach files in by absolute paths.
    pub allowed_file_roots: Vec<PathBuf>,
}

/// A service: a unit that is switched on and authorised as a whole (wire protocol 11.2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Service {
    /// Whether it answers at all.
    pub enabled: bool,
    /// Whether it answers only over TLS.
    pub require_secure_connection: bool,
    /// Who may use it, in document order (authentication 1.11).
    pub authorization: Vec<Permission>,
    /// Which pages of other origins may call it from a browser. `None`: none.
    pub cors: Option<Cors>,
}

/// What browsers are told about calls from pages of other origins (wire protocol 2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cors {
    /// Whose pages may call.
    pub origins: Origins,
    /// Whether calls may carry what the browser keeps for this server. Never for any origin.
    pub allow_credentials: bool,
    /// How long a browser may go by a preflight, in seconds.
    pub max_age: u32,
}

/// Origins of pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origins {
    /// `*`.
    Any,
    /// These, ASCII case apart.
    Listed(Vec<String>),
}

/// One entry of a service's authorisation list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// Allow, or deny.
    pub allow: bool,
    /// A role or a user.
    pub identity_type: IdentityType,
    /// Its name; users may hold `*` and `?`.
    pub identity: String,
}

/// What an authorisation entry names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityType {
    /// A role of the account.
    Role,
    /// The account itself.
    User,
}

/// The shared-secret provider (authentication 2.1).
#[derive(Debug, Clone)]
pub struct SharedSecretProvider {
    /// The secret of tokens without `kid`. `None` refuses all of them.
    pub secret: Option<SecretString>,
    /// Issuers whose tokens are taken.
    pub allowed_issuers: Vec<String>,
    /// Audiences beside the public origins.
    pub allowed_audiences: Vec<String>,
    /// Most seconds between `iat` and `exp`; 0 for no bound.
    pub max_token_lifetime_seconds: i64,
    /// Leeway for `nbf` and `iat`, in seconds. `exp` has none.
    pub clock_skew_seconds: i64,
    /// Whether `iat` must be there.
    pub require_iat: bool,
    /// Adds `detail=` to the log line of a refused token; replies never change.
    pub detailed_errors: bool,
    /// Leaves out the `validationFailed` lines of refused tokens.
    pub suppress_warnings: bool,
}

/// An identity provider whose access tokens are taken (authentication 4.1).
#[derive(Debug, Clone)]
pub struct OAuthBearerProvider {
    /// The name of its element.
    pub name: String,
    /// What its tokens must say, and where its keys are.
    pub settings: oauth::Settings,
    /// How long its keys count.
    pub keys: jwks::Settings,
    /// Whether `jwksUri` may be plain HTTP on this machine.
    pub allow_loopback_http: bool,
    /// How many tokens at a time the replay cache is meant for.
    pub replay_entries: usize,
    /// Adds `detail=` to the log line of a refused token; replies never change.
    pub detailed_errors: bool,
    /// Leaves out the `validationFailed` lines of refused tokens.
    pub suppress_warnings: bool,
}

impl OAuthBearerProvider {
    /// A provider of this name with every default.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            settings: oauth::Settings::default(),
            keys: jwks::Settings::default(),
            allow_loopback_http: false,
            replay_entries: 10_000,
            detailed_errors: false,
            suppress_warnings: false,
        }
    }
}

/// An account a token or password can resolve to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// `domain\name` as written in the file.
    pub name: String,
    /// Roles, `domain\role`.
    pub roles: Vec<String>,
    /// Whether the pseudo role `sitecore\IsAdministrator` matches.
    pub administrator: bool,
    /// The hash of its password. Without one nobody signs in with a password.
    pub password: Option<PasswordHash>,
}

/// How the log is written (wire protocol 10.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// `[Category] action=... key=value`.
    #[default]
    KeyValue,
    /// An object for each line.
    Json,
}

impl LogFormat {
    /// Each with its name.
    pub(super) const NAMES: [(&str, Self); 2] = [("keyvalue", Self::KeyValue), ("json", Self::Json)];

    /// The one of a name, in any case.
    pub(super) fn named(text: &str) -> Option<Self> {
        let mut names = Self::NAMES.into_iter();
        names.find_map(|(name, format)| name.eq_ignore_ascii_case(text).then_some(format))
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::KeyValue => "keyvalue",
            Self::Json => "json",
        }
    }
}
