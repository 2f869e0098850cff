//! The command line of the launcher. It holds paths and numbers and nothing secret: anybody may read it.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

/// Name of the hidden sub-command.
pub(in crate::workers) const COMMAND: &str = "launch-worker";

/// What a launcher confines itself to, and what it becomes then.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct LaunchArgs {
    /// The server's process: without it as parent there is nobody to work for.
    #[arg(long)]
    pub(in crate::workers) parent: u32,
    /// The program that hosts the engine.
    #[arg(long)]
    pub(in crate::workers) host: PathBuf,
    /// The worker's assembly.
    #[arg(long)]
    pub(in crate::workers) assembly: PathBuf,
    /// Most bytes of private memory.
    #[arg(long)]
    pub(in crate::workers) data_bytes: u64,
    /// Most bytes of one file.
    #[arg(long)]
    pub(in crate::workers) file_bytes: u64,
    /// Most open files.
    #[arg(long)]
    pub(in crate::workers) open_files: u64,
    /// Runs unconfined.
    #[arg(long)]
    pub(in crate::workers) no_sandbox: bool,
    /// Paths that may be read and executed, beside the system's.
    #[arg(long)]
    pub(in crate::workers) read: Vec<PathBuf>,
    /// Paths that may be read and written.
    #[arg(long)]
    pub(in crate::workers) write: Vec<PathBuf>,
}

impl LaunchArgs {
    /// The arguments that parse to these, the sub-command first.
    pub(in crate::workers) fn to_arguments(&self) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = vec![COMMAND.into()];
        let mut option = |name: &str, value: OsString| {
            let mut argument = OsString::from(name);
            argument.push("=");
            argument.push(value);
            arguments.push(argument);
        };
        option("--parent", self.parent.to_string().into());
        option("--host", self.host.clone().into());
        option("--assembly", self.assembly.clone().into());
        option("--data-bytes", self.data_bytes.to_string().into());
        option("--file-bytes", self.file_bytes.to_string().into());
        option("--open-files", self.open_files.to_string().into());
        for path in &self.read {
            option("--read", path.clone().into());
        }
        for path in &self.write {
            option("--write", path.clone().into());
        }
        if self.no_sandbox {
            arguments.push("--no-sandbox".into());
        }
        arguments
    }
}

#[cfg(test)]
mod tests {
    use clap::{Command, FromArgMatches};

    use super::*;

    #[test]
    fn arguments_come_back_as_they_were() {
        let args = LaunchArgs {
            parent: 7,
            host: "/opt/a b/pwsh".into(),
            assembly: "/opt/x/SPE.Worker.dll".into(),
            data_bytes: 1 << 40,
            file_bytes: 1 << 31,
            open_files: 4096,
            no_sandbox: true,
            read: vec!["/srv/modules".into(), "--parent".into()],
            write: vec!["/tmp/x".into()],
        };
        let command = LaunchArgs::augment_args(Command::new("spe-server").no_binary_name(true));
        let matches = command.get_matches_from(&args.to_arguments()[1..]);
        assert_eq!(LaunchArgs::from_arg_matches(&matches).unwrap(), args);
    }
}
