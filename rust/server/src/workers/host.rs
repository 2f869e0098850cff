//! Which program runs scripts, and where it is.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::config::WorkerSettings;

/// The bundled engine, beside the server's program.
const BUNDLED: &str = "engine/SPE.EngineHost";
/// The worker's assembly, beside the server's program.
const ASSEMBLY: &str = "worker/SPE.Worker.dll";

/// The program that hosts the engine and the assembly that makes it a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Host {
    /// A `pwsh`, or SPE.EngineHost: both have one command line.
    pub(super) program: PathBuf,
    /// SPE.Worker.dll.
    pub(super) assembly: PathBuf,
    /// Where the .NET runtime of a program without one of its own is, when it is not where such programs look first.
    pub(super) dotnet_root: Option<PathBuf>,
    /// Whether it is the bundled engine.
    pub(super) bundled: bool,
}

/// Why there is no host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// The program that the settings name is not there.
    #[error("'workers.host' names {}, which is not a program that can be run", .0.display())]
    NotAProgram(PathBuf),
    /// Neither a `pwsh` nor the bundled engine was found.
    #[error(
        "there is no PowerShell to run scripts with: no 'pwsh' on the PATH and no bundled engine at {}; \
         install pwsh, or name it as 'workers.host' in spe-server.toml",
        .0.display()
    )]
    NoHost(PathBuf),
    /// The worker's assembly is not there.
    #[error("the worker is missing: there is no file {} ('workers.assembly' in spe-server.toml)", .0.display())]
    NoAssembly(PathBuf),
}

/// What the search looks at beside the settings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surroundings<'a> {
    /// Folder of the server's program.
    pub(super) beside: &'a Path,
    /// `PATH`.
    pub(super) path: Option<&'a OsStr>,
    /// `DOTNET_ROOT`.
    pub(super) dotnet_root: Option<&'a OsStr>,
}

/// The host of the settings, else a `pwsh` on the PATH, else the bundled one.
pub(super) fn find(settings: &WorkerSettings, around: Surroundings<'_>) -> Result<Host, HostError> {
    let bundled = around.beside.join(BUNDLED);
    let program = match &settings.host {
        Some(program) if is_program(program) => program.clone(),
        Some(program) => return Err(HostError::NotAProgram(program.clone())),
        None => match on_path("pwsh", around.path) {
            Some(pwsh) => pwsh,
            None if is_program(&bundled) => bundled,
            None => return Err(HostError::NoHost(bundled)),
        },
    };
    // The sandbox names folders as they are, and a pwsh on the PATH is often a link into the folder it needs.
    let program = program.canonicalize().unwrap_or(program);
    let assembly = settings
        .assembly
        .clone()
        .unwrap_or_else(|| around.beside.join(ASSEMBLY));
    let assembly = assembly.canonicalize().map_err(|_| HostError::NoAssembly(assembly))?;
    Ok(Host {
        bundled: program.file_name() == Some(OsStr::new("SPE.EngineHost")),
        dotnet_root: dotnet_root(around),
        program,
        assembly,
    })
}

fn dotnet_root(around: Surroundings<'_>) -> Option<PathBuf> {
    if let Some(root) = around.dotnet_root.filter(|root| !root.is_empty()) {
        return Some(PathBuf::from(root));
    }
    let dotnet = on_path("dotnet", around.path)?.canonicalize().ok()?;
    let root = dotnet.parent()?;
    root.join("host/fxr").is_dir().then(|| root.to_owned())
}

fn on_path(name: &str, path: Option<&OsStr>) -> Option<PathBuf> {
    let folders = std::env::split_paths(path?);
    let absolute = folders.filter(|folder| folder.is_absolute());
    absolute
        .map(|folder| folder.join(name))
        .find(|program| is_program(program))
}

fn is_program(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(path: &Path) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "").unwrap();
        std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
    }

    struct Machine(tempfile::TempDir);

    impl Machine {
        fn new() -> Self {
            let machine = Self(tempfile::tempdir().unwrap());
            program(&machine.at("server/worker/SPE.Worker.dll"));
            machine
        }

        fn at(&self, path: &str) -> PathBuf {
            self.0.path().canonicalize().unwrap().join(path)
        }

        fn find(&self, settings: &WorkerSettings) -> Result<Host, HostError> {
            let path = self.at("bin").into_os_string();
            find(
                settings,
                Surroundings {
                    beside: &self.at("server"),
                    path: Some(&path),
                    dotnet_root: None,
                },
            )
        }
    }

    #[test]
    fn a_pwsh_on_the_path_comes_before_the_bundled_engine() {
        let machine = Machine::new();
        program(&machine.at("server/engine/SPE.EngineHost"));
        assert!(machine.find(&WorkerSettings::default()).unwrap().bundled);
        program(&machine.at("bin/pwsh"));
        let host = machine.find(&WorkerSettings::default()).unwrap();
        assert_eq!(host.program, machine.at("bin/pwsh"));
        assert!(!host.bundled);
    }

    #[test]
    fn a_link_is_followed_to_the_folder_it_needs() {
        let machine = Machine::new();
        program(&machine.at("opt/powershell/pwsh"));
        std::fs::create_dir_all(machine.at("bin")).unwrap();
        std::os::unix::fs::symlink(machine.at("opt/powershell/pwsh"), machine.at("bin/pwsh")).unwrap();
        let host = machine.find(&WorkerSettings::default()).unwrap();
        assert_eq!(host.program, machine.at("opt/powershell/pwsh"));
    }

    #[test]
    fn a_program_of_the_settings_must_be_there() {
        let machine = Machine::new();
        program(&machine.at("bin/pwsh"));
        let settings = WorkerSettings {
            host: Some(machine.at("nowhere/pwsh")),
            ..WorkerSettings::default()
        };
        let expected = HostError::NotAProgram(machine.at("nowhere/pwsh"));
        assert_eq!(machine.find(&settings), Err(expected));
    }

    #[test]
    fn without_any_host_the_error_names_what_was_tried() {
        let machine = Machine::new();
        let error = machine.find(&WorkerSettings::default()).unwrap_err().to_string();
        assert!(error.contains("'pwsh' on the PATH"), "{error}");
        assert!(error.contains("server/engine/SPE.EngineHost"), "{error}");
    }

    #[test]
    fn without_the_worker_the_error_names_its_file() {
        let machine = Machine::new();
        program(&machine.at("bin/pwsh"));
        std::fs::remove_file(machine.at("server/worker/SPE.Worker.dll")).unwrap();
        let missing = machine.at("server/worker/SPE.Worker.dll");
        assert_eq!(
            machine.find(&WorkerSettings::default()),
            Err(HostError::NoAssembly(missing))
        );
    }

    #[test]
    fn a_runtime_on_the_path_is_named_to_programs_without_one() {
        let machine = Machine::new();
        program(&machine.at("bin/pwsh"));
        program(&machine.at("dotnet/dotnet"));
        std::fs::create_dir_all(machine.at("dotnet/host/fxr")).unwrap();
        std::os::unix::fs::symlink(machine.at("dotnet/dotnet"), machine.at("bin/dotnet")).unwrap();
        let host = machine.find(&WorkerSettings::default()).unwrap();
        assert_eq!(host.dotnet_root, Some(machine.at("dotnet")));
    }
}
