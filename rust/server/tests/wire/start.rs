//! What keeps the server from starting is one clear line and code 1; wrong arguments are code 2.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use crate::harness::{Log, init, run};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        assert!(init(folder.path()).status.success());
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn spe(&self) -> std::path::PathBuf {
        self.path().join("App_Config/Include/Spe/Spe.config")
    }
}

/// Runs a server that does not come up, and gives its one line.
fn refusal(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(1), "{text}");
    assert_eq!(String::from_utf8(stdout).unwrap(), "", "nothing says that it is ready");
    let line = text.lines().last().unwrap_or_default();
    assert!(line.starts_with("spe-server: "), "{text}");
    assert!(!text.contains("panicked") && !text.contains("backtrace"), "{text}");
    line.to_owned()
}

#[test]
fn a_folder_without_configuration_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let line = refusal(&mut run(folder.path()));
    assert!(line.contains("spe-server init --folder"), "{line}");
    let nowhere = folder.path().join("nowhere");
    let line = refusal(&mut run(&nowhere));
    let way_out = format!("spe-server init --folder '{}'", nowhere.display());
    assert!(line.contains(&way_out), "{line}");
}

#[test]
fn a_secret_that_others_can_read_is_told_with_the_way_out() {
    let folder = Folder::new();
    std::fs::set_permissions(folder.spe(), PermissionsExt::from_mode(0o644)).unwrap();
    let line = refusal(&mut run(folder.path()));
    assert!(line.contains("chmod 600") && line.contains("Spe.config"), "{line}");
}

/// Authentication 2.2: a short secret is told and never shown.
#[test]
fn a_short_secret_is_told_and_not_shown() {
    let folder = Folder::new();
    let text = std::fs::read_to_string(folder.spe()).unwrap();
    let (before, rest) = text.split_once("<sharedSecret>").unwrap();
    let after = rest.split_once('<').unwrap().1;
    std::fs::write(folder.spe(), format!("{before}<sharedSecret>hunter2-hunter2<{after}")).unwrap();
    let line = refusal(&mut run(folder.path()));
    assert!(line.contains("too short") && !line.contains("hunter2"), "{line}");
}

/// Decisions, audience.
#[test]
fn a_wildcard_address_needs_public_origins() {
    let folder = Folder::new();
    for address in ["0.0.0.0:0", "[::]:0"] {
        let line = refusal(run(folder.path()).args(["--listen", address]));
        assert!(line.contains("publicOrigins") && line.contains(address), "{line}");
    }
}

#[test]
fn settings_of_the_environment_are_checked_too() {
    let folder = Folder::new();
    let line = refusal(run(folder.path()).env("SPE_SERVER__WORKERS__MAX", "none"));
    assert!(
        line.contains("SPE_SERVER__WORKERS__MAX") && line.contains("1 to 4096"),
        "{line}"
    );
    let line = refusal(run(folder.path()).env("SPE_SERVER__WORKER__MAX", "5"));
    assert!(line.contains("SPE_SERVER__WORKERS__MAX?"), "{line}");
    let line = refusal(run(folder.path()).env("SPE_SERVER_LOG", "loud"));
    assert!(line.contains("SPE_SERVER_LOG") && line.contains("debug"), "{line}");
}

#[test]
fn an_address_that_is_taken_is_told() {
    let folder = Folder::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let line = refusal(run(folder.path()).args(["--listen", &address]));
    assert!(line.contains(&address) && line.contains("in use"), "{line}");
}

#[test]
fn a_missing_host_is_told() {
    let folder = Folder::new();
    let line = refusal(run(folder.path()).env("SPE_SERVER__WORKERS__HOST", "/nowhere/pwsh"));
    assert!(
        line.contains("/nowhere/pwsh") && line.contains("workers.host"),
        "{line}"
    );
}

#[test]
fn wrong_arguments_are_code_two() {
    for arguments in [
        &["run"][..],
        &["init"],
        &["run", "--folder", "x", "--listen", "here"],
        &["go"],
        &[],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_spe-server"))
            .args(arguments)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}

/// Who starts the server on several addresses reads a line for each.
#[test]
fn every_address_has_a_line() {
    let folder = Folder::new();
    let mut child = run(folder.path()).args(["--listen", "[::1]:0"]).spawn().unwrap();
    let output = Log::of(child.stdout.take().unwrap());
    output.line(&["spe-server listening on http://127.0.0.1:"]);
    output.line(&["spe-server listening on http://[::1]:"]);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The issue: init writes a secret of 64 characters with mode 0600, says what to do next, and overwrites nothing.
#[test]
fn init_writes_once_and_says_what_to_do_next() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let first = init(&data);
    assert!(first.status.success());
    let said = String::from_utf8(first.stdout).unwrap();
    assert!(
        said.contains(&format!("run --folder {}", data.display())) && said.contains("New-ScriptSession"),
        "{said}"
    );
    let file = data.join("App_Config/Include/Spe/Spe.config");
    let text = std::fs::read_to_string(&file).unwrap();
    let secret = text.split_once("<sharedSecret>").unwrap().1.split_once('<').unwrap().0;
    assert!(secret.len() == 64 && !said.contains(secret));
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let second = init(&data);
    assert_eq!(second.status.code(), Some(1));
    assert!(String::from_utf8(second.stderr).unwrap().contains("not overwritten"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
}

/// packaging/spe-server.service starts the server with arguments that it takes.
#[test]
fn the_unit_of_systemd_starts_the_server() {
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/spe-server.service");
    let unit = std::fs::read_to_string(unit).unwrap();
    let start = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    let (program, arguments) = start.split_once(' ').unwrap();
    assert!(program.ends_with("/spe-server"), "{program}");
    let line = refusal(Command::new(env!("CARGO_BIN_EXE_spe-server")).args(arguments.split(' ')));
    assert!(
        line.contains("there is no configuration in /var/lib/spe-server"),
        "{line}"
    );
}
