//! The server program in a folder of its own.

use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::process::{Pid, Signal, kill_process};
use secrecy::SecretString;
use spe_auth::Algorithm;
use spe_auth::mint::{IssuedAt, TokenSpec, mint};

use super::{ADMIN, Certificate, Client, DEADLINE, Log, OTHER, Reply, Request, Trust};

const PROGRAM: &str = env!("CARGO_BIN_EXE_spe-server");

/// How a server differs from what `init` writes.
#[derive(Default)]
pub(crate) struct Setup {
    /// In place of spe-server.toml.
    pub(crate) settings: String,
    /// Behind accounts.toml.
    pub(crate) accounts: String,
    /// Texts of Spe.config and what stands there instead.
    pub(crate) spe: Vec<(&'static str, &'static str)>,
    /// Texts of Spe.OAuthBearer.config and what stands there instead.
    pub(crate) oauth: Vec<(&'static str, String)>,
    /// What a patch file beside Spe.config says, below `<sitecore>`.
    pub(crate) patch: String,
    /// Variables of its environment.
    pub(crate) environment: Vec<(&'static str, &'static str)>,
    /// Whether it listens with TLS as well.
    pub(crate) tls: bool,
}

impl Setup {
    /// With a second account, [`OTHER`], that may use scripts as well.
    pub(crate) fn of_two() -> Self {
        Self {
            accounts: format!("[[account]]\nname = '{OTHER}'\nroles = ['sitecore\\PowerShell Extensions Remoting']\n"),
            ..Self::default()
        }
    }
}

/// A server that runs.
pub(crate) struct TestServer {
    child: Mutex<Child>,
    /// Removed with the server.
    folder: tempfile::TempDir,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    tls: Option<(SocketAddr, Trust)>,
    /// Standard error.
    pub(crate) log: Log,
    /// Standard output.
    pub(crate) output: Log,
    secret: SecretString,
}

/// Runs `init` in `folder`.
pub(crate) fn init(folder: &Path) -> Output {
    Command::new(PROGRAM)
        .arg("init")
        .arg("--folder")
        .arg(folder)
        .output()
        .unwrap()
}

/// A command that reads `input`, on `folder`.
pub(crate) fn command(name: &str, folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(PROGRAM);
    command.arg(name).args(arguments).arg("--folder").arg(folder);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that reads none has closed its end already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// `run` on `folder`, with its streams piped.
pub(crate) fn run(folder: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .arg("run")
        .arg("--folder")
        .arg(folder)
        .args(["--listen", "127.0.0.1:0"]);
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .stdin(Stdio::null());
    command
        .env_remove("SPE_SERVER_LOG")
        .env("SPE_SERVER__WORKERS__HOST", worker_host());
    command
}

/// The host of workers: the `pwsh` that `SPE_PWSH` names, else the bundled engine. What is not built is said.
fn worker_host() -> PathBuf {
    let beside = Path::new(PROGRAM).parent().unwrap();
    let built = |file: &str, project: &str| {
        let path = beside.join(file);
        assert!(
            path.exists(),
            "{} is missing; run: dotnet build dotnet/{project}/{project}.csproj",
            path.display()
        );
        path
    };
    built("worker/SPE.Worker.dll", "SPE.Worker");
    if let Some(pwsh) = std::env::var_os("SPE_PWSH").filter(|path| !path.is_empty()) {
        return pwsh.into();
    }
    built("engine/Modules", "SPE.Essentials");
    built("engine/SPE.EngineHost", "SPE.EngineHost")
}

impl TestServer {
    /// A server as `init` makes it, which tests that do it no harm use together.
    pub(crate) fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<TestServer>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Self::start());
            *shared = Arc::downgrade(&server);
            server
        })
    }

    /// A server as `init` makes it.
    pub(crate) fn start() -> Self {
        Self::with(&Setup::default())
    }

    /// A server whose services of files are on, with files below `allowed` by absolute paths.
    pub(crate) fn with_files(settings: &str, allowed: &str) -> Self {
        let on = |service| format!("<{service}><patch:attribute name=\"enabled\">true</patch:attribute></{service}>");
        let services: String = ["fileDownload", "fileUpload"].map(on).concat();
        Self::with(&Setup {
            settings: settings.to_owned(),
            patch: format!(
                "<settings><setting name=\"Spe.Remoting.AllowedFileRoots\" value=\"{allowed}\" /></settings>\
                 <powershell><services>{services}</services></powershell>"
            ),
            ..Setup::of_two()
        })
    }

    /// A server with `setup`.
    pub(crate) fn with(setup: &Setup) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let done = init(&data);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        std::fs::write(data.join("spe-server.toml"), &setup.settings).unwrap();
        let change = |file: &Path, change: &dyn Fn(String) -> String| {
            let text = std::fs::read_to_string(file).unwrap();
            std::fs::write(file, change(text)).unwrap();
        };
        change(&data.join("accounts.toml"), &|text| text + &setup.accounts);
        let exchange = |file: &Path, from: &str, to: &str| {
            change(file, &|text| {
                assert!(text.contains(from), "{} does not hold {from}", file.display());
                text.replace(from, to)
            });
        };
        let include = data.join("App_Config/Include/Spe");
        let spe = include.join("Spe.config");
        for (from, to) in &setup.spe {
            exchange(&spe, from, to);
        }
        for (from, to) in &setup.oauth {
            exchange(&include.join("Spe.OAuthBearer.config"), from, to);
        }
        if !setup.patch.is_empty() {
            let patch = format!(
                "<configuration xmlns:patch=\"http://www.sitecore.net/xmlconfig/\"><sitecore>{}</sitecore></configuration>",
                setup.patch
            );
            let file = include.join("Test.config");
            std::fs::write(&file, patch).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        let text = std::fs::read_to_string(&spe).unwrap();
        let secret = text.split_once("<sharedSecret>").unwrap().1.split_once('<').unwrap().0;
        let mut command = run(&data);
        let certificate = Certificate::in_folder(folder.path());
        let trust = setup.tls.then(|| {
            command.args(["--listen", "https://127.0.0.1:0"]);
            command.env("SPE_SERVER__TLS__CERTIFICATE", certificate.certificate());
            command.env("SPE_SERVER__TLS__KEY", certificate.key());
            certificate.renew()
        });
        command
            .env("SPE_SERVER_LOG", "debug")
            .envs(setup.environment.iter().copied());
        let mut child = command.spawn().unwrap();
        let log = Log::of(child.stderr.take().unwrap());
        let output = Log::of(child.stdout.take().unwrap());
        let line = std::panic::catch_unwind(|| output.line(&["spe-server listening on http://"]));
        let Ok(line) = line else {
            panic!("the server did not start: {}", log.text())
        };
        let address = |line: &str| line.rsplit_once('/').unwrap().1.parse().unwrap();
        Self {
            address: address(&line),
            tls: trust.map(|trust| (address(&output.line(&["listening on https://"])), trust)),
            secret: SecretString::from(secret.to_owned()),
            child: Mutex::new(child),
            folder,
            log,
            output,
        }
    }

    /// What a good token of `user` says.
    pub(crate) fn spec(&self, user: &str) -> TokenSpec {
        TokenSpec {
            algorithm: Algorithm::HS256,
            token_type: "JWT".into(),
            key_id: None,
            issuer: "SPE Remoting".into(),
            audience: format!("http://{}", self.address),
            name: Some(user.to_owned()),
            client_session: None,
            valid_for_seconds: 300,
            issued_at: IssuedAt::Now,
            not_before: None,
            scope: None,
        }
    }

    /// A token.
    pub(crate) fn sign(&self, spec: &TokenSpec) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        mint(spec, &self.secret, now.try_into().unwrap()).unwrap()
    }

    /// A request of `user`.
    pub(crate) fn request_as(&self, user: &str, method: &str, target: &str) -> Request {
        Request::new(method, target).bearer(&self.sign(&self.spec(user)))
    }

    /// A request of the administrator.
    pub(crate) fn request(&self, method: &str, target: &str) -> Request {
        self.request_as(ADMIN, method, target)
    }

    /// A connection.
    pub(crate) fn connect(&self) -> Client {
        Client::connect(self.address)
    }

    /// Where it listens with TLS.
    pub(crate) fn tls_address(&self) -> SocketAddr {
        self.tls.as_ref().expect("a setup with TLS").0
    }

    /// Who trusts the certificate it started with.
    pub(crate) fn trust(&self) -> &Trust {
        &self.tls.as_ref().expect("a setup with TLS").1
    }

    /// Where its numbers are.
    pub(crate) fn metrics_address(&self) -> SocketAddr {
        let line = self.log.line(&["the numbers are at http://"]);
        let address = line.rsplit_once("http://").unwrap().1;
        address.strip_suffix("/metrics").unwrap().parse().unwrap()
    }

    /// Its certificate on disk.
    pub(crate) fn certificate(&self) -> Certificate {
        Certificate::in_folder(self.folder.path())
    }

    /// Its data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A connection with TLS.
    pub(crate) fn connect_tls(&self) -> Client {
        Client::connect_tls(self.tls_address(), self.trust()).unwrap()
    }

    /// The reply to one request on a connection of its own.
    pub(crate) fn reply(&self, request: &Request) -> Reply {
        self.connect().exchange(request)
    }

    /// A GET of the administrator.
    pub(crate) fn get(&self, target: &str) -> Reply {
        self.reply(&self.request("GET", target))
    }

    /// A POST of the administrator.
    pub(crate) fn post(&self, target: &str, body: impl Into<Vec<u8>>) -> Reply {
        self.reply(&self.request("POST", target).body(body))
    }

    /// The reply to a script, `query` behind the format.
    pub(crate) fn script(&self, query: &str, script: &str) -> Reply {
        self.post(&format!("/-/script/script/?{query}"), script)
    }

    /// What a script writes as text.
    pub(crate) fn raw(&self, script: &str) -> String {
        let reply = self.script("outputFormat=raw", script);
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.text().trim().to_owned()
    }

    /// Starts a job and gives its id.
    pub(crate) fn job(&self, script: &str) -> String {
        self.raw(&format!("(Start-ScriptSession -ScriptBlock {{ {script} }}).ID"))
    }

    /// One wait of the administrator.
    pub(crate) fn wait(&self, job: &str, query: &str) -> Reply {
        self.get(&format!("/-/script/wait/?jobId={job}{query}"))
    }

    /// Id of the process.
    pub(crate) fn process_id(&self) -> u32 {
        self.child.lock().unwrap().id()
    }

    /// Sends a signal.
    /// Has the files read again, until `told` says that it read them as they are now. The first reading may have begun before.
    pub(crate) fn read_again(&self, told: &[&str]) {
        for _ in 0..2 {
            let before = self.log.count(told);
            self.signal(Signal::HUP);
            self.log.line_after(before, told);
        }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        // Once it has ended and was waited for, its id may be somebody else's.
        if let Ok(None) = child.try_wait() {
            kill_process(Pid::from_raw(child.id().try_into().unwrap()).unwrap(), signal).unwrap();
        }
    }

    /// Waits until the process has ended.
    pub(crate) fn ended(&self) -> ExitStatus {
        // Its streams end with it, and that can be waited for.
        self.log.whole();
        let until = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = self.child.lock().unwrap().try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "the server has closed its log and did not end");
            std::thread::yield_now();
        }
    }

    /// Asks it to end and checks how it does.
    pub(crate) fn stop(&self) {
        self.signal(Signal::TERM);
        let status = self.ended();
        assert!(status.success(), "{status}\n{}", self.log.text());
    }
}

impl Drop for TestServer {
    /// An orderly end removes what the workers have on disk; a server that does not take one is killed.
    fn drop(&mut self) {
        self.signal(Signal::TERM);
        self.log.has_ended_within(Duration::from_secs(20));
        let child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = child.kill();
        let _ = child.wait();
    }
}
