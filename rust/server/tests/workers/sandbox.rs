//! What a script can reach of the machine (architecture: workers are confined).

use std::path::Path;
use std::process::{Command, Stdio};

use spe_server::config::WorkerSettings;
use spe_server::workers::{StartError, Workers};

use crate::harness::{Pool, settings, setup};

/// A script that says what it read, or that it could not.
fn read(path: &Path) -> String {
    format!(
        "try {{ [IO.File]::ReadAllText('{}') }} catch {{ $_.Exception.InnerException.GetType().Name }}",
        path.display()
    )
}

fn write(path: &Path) -> String {
    format!(
        "try {{ [IO.File]::WriteAllText('{}', 'x'); 'written' }} catch {{ $_.Exception.InnerException.GetType().Name }}",
        path.display()
    )
}

const DENIED: &str = "UnauthorizedAccessException";

/// A folder as the server's data folder is: for the server's user, who is the workers' user too.
fn data_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret"), "s3cret").unwrap();
    folder
}

#[tokio::test]
async fn the_data_folder_is_out_of_reach() {
    let pool = Pool::new();
    let data = data_folder();
    let secret = data.path().join("secret");
    assert_eq!(pool.text_of("a", &read(&secret)).await, DENIED);
    assert_eq!(pool.text_of("a", &write(&secret)).await, DENIED);
    let list = format!(
        "try {{ [IO.Directory]::GetFiles('{}') }} catch {{ 'denied' }}",
        data.path().display()
    );
    assert_eq!(pool.text_of("a", &list).await, "denied");
    pool.shut_down().await;
}

#[tokio::test]
async fn the_password_file_is_out_of_reach_for_root_too() {
    let pool = Pool::new();
    assert_eq!(pool.text_of("a", &read(Path::new("/etc/shadow"))).await, DENIED);
    pool.shut_down().await;
}

#[tokio::test]
async fn the_temporary_folder_can_be_used_and_holds_no_programs() {
    let pool = Pool::new();
    let text = "$path = [IO.Path]::GetTempFileName()\n[IO.File]::WriteAllText($path, 'x')\n[IO.File]::ReadAllText($path)\n\
                [IO.File]::Copy('/bin/true', \"$env:HOME/own\")\n[IO.File]::SetUnixFileMode(\"$env:HOME/own\", 'UserExecute, UserRead')\n\
                try { [void][Diagnostics.Process]::Start(\"$env:HOME/own\"); 'run' } catch { 'refused' }";
    assert_eq!(pool.text_of("a", text).await, "xrefused");
    pool.shut_down().await;
}

#[tokio::test]
async fn the_temporary_folder_of_another_worker_is_out_of_reach() {
    let pool = Pool::new();
    let other = pool
        .text_of("b", "[IO.File]::WriteAllText(\"$env:TMPDIR/x\", 'x'); $env:TMPDIR")
        .await;
    assert_eq!(pool.text_of("a", &read(&Path::new(&other).join("x"))).await, DENIED);
    pool.shut_down().await;
}

#[tokio::test]
async fn settings_open_paths_for_reading_and_for_writing() {
    let (readable, writable) = (data_folder(), data_folder());
    let pool = Pool::with(setup(WorkerSettings {
        read: vec![readable.path().to_owned()],
        write: vec![writable.path().to_owned()],
        ..settings()
    }));
    let (readable, writable) = (readable.path().join("secret"), writable.path().join("secret"));
    assert_eq!(pool.text_of("a", &read(&readable)).await, "s3cret");
    assert_eq!(pool.text_of("a", &write(&readable)).await, DENIED);
    assert_eq!(pool.text_of("a", &write(&writable)).await, "written");
    pool.shut_down().await;
}

#[tokio::test]
async fn without_the_sandbox_everything_is_in_reach() {
    let pool = Pool::with(setup(WorkerSettings {
        sandbox: false,
        ..settings()
    }));
    let data = data_folder();
    assert_eq!(pool.text_of("a", &read(&data.path().join("secret"))).await, "s3cret");
    pool.shut_down().await;
}

#[tokio::test]
async fn the_server_does_not_start_with_its_data_in_reach() {
    let data = data_folder();
    let mut setup = setup(WorkerSettings {
        read: vec![data.path().parent().unwrap().to_owned()],
        ..settings()
    });
    setup.keep_out = vec![data.path().to_owned()];
    let error = Workers::start(setup).unwrap_err();
    assert!(
        matches!(&error, StartError::WithinReach { protected, .. } if protected.ends_with(data.path())),
        "{error}"
    );
}

#[tokio::test]
async fn processes_outside_cannot_be_read_or_signalled() {
    let pool = Pool::new();
    let mut outside = Command::new("sleep")
        .arg("1000")
        .env("KEY", "s3cret")
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let pid = outside.id();
    let environment = format!("/proc/{pid}/environ");
    assert_eq!(pool.text_of("a", &read(Path::new(&environment))).await, DENIED);
    let kill = format!("try {{ [Diagnostics.Process]::GetProcessById({pid}).Kill(); 'killed' }} catch {{ 'refused' }}");
    assert_eq!(pool.text_of("a", &kill).await, "refused");
    assert_eq!(outside.try_wait().unwrap(), None);
    outside.kill().unwrap();
    outside.wait().unwrap();
    pool.shut_down().await;
}

#[tokio::test]
async fn there_are_no_privileges_left() {
    let pool = Pool::new();
    let status = pool.text_of("a", "[IO.File]::ReadAllText('/proc/self/status')").await;
    let field = |name: &str| {
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.unwrap().trim().to_owned()
    };
    assert_eq!(field("NoNewPrivs"), "1");
    for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
        assert_eq!(field(set), "0000000000000000", "{set}");
    }
    pool.shut_down().await;
}

#[tokio::test]
async fn the_environment_has_nothing_of_the_servers() {
    // Cargo sets many for this process, among them this one.
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
    let pool = Pool::new();
    let names = pool
        .text_of(
            "a",
            "[string]::Join(' ', @([Environment]::GetEnvironmentVariables().Keys))",
        )
        .await;
    let mut unknown: Vec<_> = names.split(' ').collect();
    // What the launcher gives, and what the engine sets itself.
    let known = [
        "DOTNET_CLI_HOME",
        "DOTNET_CLI_TELEMETRY_OPTOUT",
        "DOTNET_EnableDiagnostics",
        "DOTNET_GCHeapHardLimit",
        "DOTNET_NOLOGO",
        "DOTNET_ROOT",
        "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT",
        "HOME",
        "LANG",
        "LC_ALL",
        "NO_COLOR",
        "PATH",
        "POWERSHELL_DIAGNOSTICS_OPTOUT",
        "POWERSHELL_TELEMETRY_OPTOUT",
        "POWERSHELL_UPDATECHECK",
        "PSModuleAnalysisCachePath",
        "PSModulePath",
        "SPE_WORKER",
        "TERM",
        "TMPDIR",
        "TZ",
    ];
    unknown.retain(|name| !known.contains(name));
    assert!(unknown.is_empty(), "{unknown:?}");
    pool.shut_down().await;
}

#[tokio::test]
async fn children_get_neither_the_channel_nor_an_input() {
    let pool = Pool::new();
    let text = "$start = [Diagnostics.ProcessStartInfo]::new('/bin/sh', '-c \"ls -l /proc/self/fd; readlink /proc/self/fd/0\"')\n\
                $start.RedirectStandardOutput = $true\n\
                [Diagnostics.Process]::Start($start).StandardOutput.ReadToEnd()";
    let listed = pool.text_of("a", text).await;
    // Were the channel open in the child, the folder that ls reads would have another number.
    assert!(listed.lines().any(|line| line.contains(" 3 -> /proc/")), "{listed}");
    assert!(listed.ends_with("/dev/null"), "{listed}");
    pool.shut_down().await;
}

#[tokio::test]
async fn arguments_of_the_process_tell_the_engine_and_the_worker_only() {
    let pool = Pool::new();
    let line = pool
        .text_of("a", "[string]::Join(' ', [Environment]::GetCommandLineArgs())")
        .await;
    let (_, arguments) = line.split_once(' ').unwrap();
    assert!(
        arguments.starts_with("-NoLogo -NoProfile -NonInteractive -Command Import-Module -Name '"),
        "{line}"
    );
    assert!(arguments.ends_with("SPE.Worker.dll'; Start-SpeWorker"), "{line}");
    pool.shut_down().await;
}
