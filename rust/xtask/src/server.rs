//! A server of one's own in a temporary folder, for the quickstart and the benches.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal, kill_process};
use secrecy::SecretString;

use crate::layout::{Layout, Profile};

/// A running `spe-server` and its folder. Dropping it ends both.
pub(crate) struct Server {
    child: Child,
    folder: tempfile::TempDir,
    /// Where it listens.
    pub(crate) uri: String,
    /// The secret its configuration was made with.
    pub(crate) secret: SecretString,
}

impl Server {
    /// `init` and `run`, until the server says that it listens.
    pub(crate) fn start(layout: &Layout, profile: Profile) -> anyhow::Result<Self> {
        Self::start_with(layout, profile, &[])
    }

    /// The same with settings as their variables of the environment.
    pub(crate) fn start_with(layout: &Layout, profile: Profile, settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("spe-").tempdir()?;
        let data = folder.path().join("data");
        let program = layout.server(profile);
        let init = Command::new(&program).arg("init").arg("--folder").arg(&data).output()?;
        if !init.status.success() {
            bail!(
                "spe-server init failed: {}",
                String::from_utf8_lossy(&init.stderr).trim()
            );
        }
        let mut command = Command::new(&program);
        command
            .arg("run")
            .arg("--folder")
            .arg(&data)
            .args(["--listen", "127.0.0.1:0"]);
        let log = std::fs::File::create(folder.path().join("server.log"))?;
        command.stdout(Stdio::piped()).stderr(log).env("SPE_SERVER_LOG", "info");
        command.env("SPE_SERVER__WORKERS__HOST", worker_host(layout, profile));
        command.envs(settings.iter().copied());
        let mut child = command.spawn().context("could not start spe-server")?;
        let output = child.stdout.take().context("standard output was piped")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let Some((_, uri)) = line.trim().rsplit_once(' ') else {
            let _ = child.wait();
            let log = std::fs::read_to_string(folder.path().join("server.log")).unwrap_or_default();
            bail!("spe-server did not start: {}", log.trim());
        };
        let secret = read_secret(&data.join("App_Config/Include/Spe/Spe.config"))?;
        Ok(Self {
            uri: uri.to_owned(),
            child,
            folder,
            secret,
        })
    }

    /// Id of the server process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The log so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("server.log")).unwrap_or_default()
    }

    /// Asks it to end and waits until it has.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        self.signal()?;
        let status = self.child.wait()?;
        if !status.success() {
            bail!("spe-server ended with {status}: {}", self.log());
        }
        Ok(())
    }

    fn signal(&self) -> anyhow::Result<()> {
        let pid = Pid::from_raw(self.child.id().try_into()?).context("a process id is not zero")?;
        Ok(kill_process(pid, Signal::TERM)?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// The host of workers: the `pwsh` that `SPE_PWSH` names, else the bundled engine.
pub(crate) fn worker_host(layout: &Layout, profile: Profile) -> PathBuf {
    std::env::var_os("SPE_PWSH").map_or_else(|| layout.engine(profile), PathBuf::from)
}

fn read_secret(path: &Path) -> anyhow::Result<SecretString> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let document = roxmltree::Document::parse(&text)?;
    let secret = document.descendants().find(|node| node.has_tag_name("sharedSecret"));
    let secret = secret
        .and_then(|node| node.text())
        .context("the configuration of init has no shared secret")?;
    Ok(SecretString::from(secret.to_owned()))
}
