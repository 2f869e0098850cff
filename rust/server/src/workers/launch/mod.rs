//! `spe-server launch-worker`: takes the channel, confines itself and becomes the host of the engine. It is a program of its
//! own because what it gives up the server needs.

mod args;
mod calls;
pub(super) mod confine;
mod paths;

use std::convert::Infallible;
use std::fs::OpenOptions;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail, ensure};
use rustix::fs::Mode;
use rustix::io::{FdFlags, fcntl_dupfd_cloexec, fcntl_setfd};
use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal, setsid, umask};
use rustix::stdio::{dup2_stdin, stdin};

pub use args::LaunchArgs;

/// Where the worker looks for its channel.
const CHANNEL: i32 = 3;
/// The exit code of a launcher that could not become the host (`EX_OSERR` of sysexits).
pub const LAUNCH_FAILED: u8 = 71;

/// Becomes the host of a worker, whose channel is this process's standard input. Comes back only with the reason why not.
pub fn launch(args: &LaunchArgs) -> anyhow::Result<Infallible> {
    follow_the_parent(args.parent)?;
    let channel = take_channel()?;
    // A session of its own: neither the terminal nor a signal to the server's group reaches the worker.
    setsid().context("no process group of its own")?;
    umask(Mode::RWXG | Mode::RWXO);
    // When memory runs out, the machine should rather end a script than the server. Not everywhere is there such a file.
    let _ = std::fs::write("/proc/self/oom_score_adj", "500");
    if !args.no_sandbox {
        confine::confine(args)?;
    }
    let error = Command::new(&args.host)
        .args(["-NoLogo", "-NoProfile", "-NonInteractive", "-Command"])
        .arg(script(&args.assembly)?)
        .exec();
    drop(channel);
    Err(error).with_context(|| format!("{} cannot be run", args.host.display()))
}

/// Ends this process with the server, also when the server is killed.
fn follow_the_parent(parent: u32) -> anyhow::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL)).context("the end of the server cannot be followed")?;
    // A server that ended before the line above sends no signal any more.
    let found = getppid().map(Pid::as_raw_nonzero);
    ensure!(
        found.is_some_and(|found| u32::try_from(found.get()) == Ok(parent)),
        "the server that started this worker is gone"
    );
    Ok(())
}

/// Moves the channel from standard input to where the worker looks for it. Nothing can read it by its old name then.
fn take_channel() -> anyhow::Result<impl AsFd> {
    let channel = fcntl_dupfd_cloexec(stdin(), CHANNEL).context("there is no channel on standard input")?;
    ensure!(
        channel.as_raw_fd() == CHANNEL,
        "descriptor {CHANNEL} is in use: the server was started with more than the standard ones open"
    );
    fcntl_setfd(&channel, FdFlags::empty()).context("the channel cannot be handed on")?;
    let null = OpenOptions::new()
        .read(true)
        .open("/dev/null")
        .context("/dev/null cannot be opened")?;
    dup2_stdin(&null).context("standard input cannot be replaced")?;
    Ok(channel)
}

/// The script that makes the engine a worker.
fn script(assembly: &Path) -> anyhow::Result<String> {
    let Some(path) = assembly.to_str() else {
        bail!("the path of the worker is not UTF-8: {}", assembly.display());
    };
    // The typographic single quotes end a literal string as well.
    let quoted: String = path
        .chars()
        .flat_map(|character| match character {
            '\'' | '\u{2018}'..='\u{201b}' => vec![character, character],
            _ => vec![character],
        })
        .collect();
    Ok(format!("Import-Module -Name '{quoted}'; Start-SpeWorker"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_in_a_path_does_not_end_the_string() {
        let text = script(Path::new("/opt/o'x/\u{2019}/SPE.Worker.dll")).unwrap();
        assert_eq!(
            text,
            "Import-Module -Name '/opt/o''x/\u{2019}\u{2019}/SPE.Worker.dll'; Start-SpeWorker"
        );
    }
}
