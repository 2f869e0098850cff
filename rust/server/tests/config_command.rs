//! `spe-server config check` and `config show`, and patch files as `run` finds them.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_spe-server");

struct Folder(tempfile::TempDir);

/// What a command said, and its exit code.
struct Said {
    code: Option<i32>,
    output: String,
    error: String,
}

impl Folder {
    /// As `init` writes it.
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        let init = said(Command::new(PROGRAM).arg("init").arg("--folder").arg(folder.path()));
        assert_eq!(init.code, Some(0), "{}", init.error);
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a patch file whose `<powershell>` has `inside` on its second line.
    fn patch(&self, name: &str, inside: &str) -> PathBuf {
        let file = self.path().join("App_Config").join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let text = format!(
            "<configuration xmlns:patch='http://www.sitecore.net/xmlconfig/' xmlns:set='http://www.sitecore.net/xmlconfig/set/'>\
             <sitecore><powershell>\n{inside}</powershell></sitecore></configuration>"
        );
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        file
    }

    fn secret(&self) -> String {
        let text = fs::read_to_string(self.path().join("App_Config/Include/Spe/Spe.config")).unwrap();
        let rest = text.split_once("<sharedSecret>").unwrap().1;
        rest.split_once('<').unwrap().0.to_owned()
    }

    fn config(&self, command: &str, variables: &[(&str, &str)]) -> Said {
        let mut program = Command::new(PROGRAM);
        program.args(["config", command, "--folder"]).arg(self.path());
        said(program.envs(variables.iter().copied()))
    }
}

fn said(command: &mut Command) -> Said {
    let Output { status, stdout, stderr } = command.output().unwrap();
    Said {
        code: status.code(),
        output: String::from_utf8(stdout).unwrap(),
        error: String::from_utf8(stderr).unwrap(),
    }
}

#[test]
fn a_good_configuration_is_said_to_be() {
    let said = Folder::new().config("check", &[]);
    assert_eq!(
        (said.code, said.output.as_str()),
        (Some(0), "the configuration is good\n")
    );
    for level in [" WARN ", " ERROR "] {
        assert!(!said.error.contains(level), "{}", said.error);
    }
    for part in [
        "action=blockSkipped",
        "action=providerActive provider=SharedSecretAuthenticationProvider",
    ] {
        assert!(said.error.contains(part), "{part} is not in {}", said.error);
    }
}

/// N363 and authentication 7.6: what a start would warn of, told by name.
#[test]
fn warnings_are_told_beside_it() {
    let folder = Folder::new();
    folder.patch(
        "Include/z.config",
        "<services><remoting set:enabled='maybe'/></services>",
    );
    let said = folder.config("check", &[("SITECORE_SPE_OAUTH", "maybe-hunter2")]);
    assert_eq!(said.code, Some(0), "{}", said.error);
    for part in [
        "z.config:2: enabled is \"maybe\"",
        "action=startupWarning code=envValueUnrecognized name=SITECORE_SPE_OAUTH\n",
    ] {
        assert!(said.error.contains(part), "{part} is not in {}", said.error);
    }
    assert!(!said.error.contains("hunter2"));
    let said = folder.config("check", &[("SITECORE_SPE_OAUTH", "true")]);
    assert!(said.error.contains("code=incompleteProvider"), "{}", said.error);
}

/// Authentication 7.5: what keeps a server from starting is one line with file and line, the same from `run`.
#[test]
fn what_is_wrong_is_told_as_run_tells_it() {
    let folder = Folder::new();
    let file = folder.patch("Environment/a.config", "<services><remotting/></services>");
    let check = folder.config("check", &[]);
    assert_eq!((check.code, check.output.as_str()), (Some(1), ""));
    assert!(
        check.error.contains(&format!("{}:2: <remotting>", file.display())),
        "{}",
        check.error
    );
    let run = said(Command::new(PROGRAM).args(["run", "--folder"]).arg(folder.path()));
    assert_eq!((run.code, run.error), (Some(1), check.error));
}

/// Decisions, records on disk: a patch may hold a secret, and can open what is closed.
#[test]
fn a_patch_that_others_can_read_is_refused() {
    let folder = Folder::new();
    let file = folder.patch("Include/z.config", "");
    fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    let said = folder.config("check", &[]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.error.contains("chmod 600") && said.error.contains("z.config"),
        "{}",
        said.error
    );
}

/// N380: a client with the secret of the server keeps it from starting.
#[test]
fn a_client_with_the_secret_of_the_server_is_told() {
    let folder = Folder::new();
    let clients = folder.path().join("clients");
    fs::create_dir_all(&clients).unwrap();
    let record = format!(
        "id = \"4b0f5f0e-8c4b-4f7e-9d51-0f5a0b1c2d3e\"\nname = \"a\"\naccessKeyId = \"spe_0123456789abcdef01234567\"\n\
         secrets = [{{ value = \"{}\" }}]\n",
        folder.secret()
    );
    fs::write(clients.join("a.toml"), record).unwrap();
    fs::set_permissions(clients.join("a.toml"), Permissions::from_mode(0o600)).unwrap();
    let said = folder.config("check", &[]);
    assert_eq!(said.code, Some(1), "{}", said.output);
    assert!(
        said.error.contains("sharedSecret of the server") && !said.error.contains(&folder.secret()),
        "{}",
        said.error
    );
}

/// Authentication 7.4: the lines of the log, which never hold the value of a variable.
#[test]
fn what_conditions_come_to_is_in_the_log() {
    let folder = Folder::new();
    // The log begins before a host that is not there ends the start.
    let run = said(
        Command::new(PROGRAM)
            .args(["run", "--folder"])
            .arg(folder.path())
            .env("SPE_SERVER__WORKERS__HOST", "/nowhere/pwsh")
            .env("SPE_SERVER_LOG", "debug")
            .env("SITECORE_SPE_OAUTH", "maybe-hunter2"),
    );
    assert_eq!(run.code, Some(1), "{}", run.error);
    for part in [
        " WARN [AuthConfig] action=startupWarning code=envValueUnrecognized name=SITECORE_SPE_OAUTH\n",
        " DEBUG [AuthConfig] action=blockSkipped file=",
        "Spe.OAuthBearer.config:12 condition=env:require%3DSITECORE_SPE_OAUTH\n",
    ] {
        assert!(run.error.contains(part), "{part} is not in {}", run.error);
    }
    assert!(!run.error.contains("hunter2"), "{}", run.error);
}

#[test]
fn values_are_shown_with_their_files_and_secrets_are_not() {
    let folder = Folder::new();
    folder.patch(
        "Include/z/a.config",
        "<services><remoting set:requireSecureConnection='true'/></services>",
    );
    let said = folder.config("show", &[("SITECORE_SPE_OAUTH", "on")]);
    assert_eq!(said.code, Some(0), "{}", said.error);
    for part in [
        "powershell/services/remoting/@requireSecureConnection = true  (App_Config/Include/z/a.config:2)\n",
        "powershell/authenticationProvider/sharedSecret = ***  (App_Config/Include/Spe/Spe.config:",
        "powershell/authenticationProviders/oauthBearer/usernameClaim = sub  (App_Config/Include/Spe/Spe.OAuthBearer.config:",
    ] {
        assert!(said.output.contains(part), "{part} is not in {}", said.output);
    }
    assert!(!said.output.contains(&folder.secret()));
}

#[test]
fn a_configuration_that_cannot_be_read_is_not_shown() {
    let folder = Folder::new();
    folder.patch(
        "Include/z.config",
        "<authenticationProvider><sharedSecrt>hunter2</sharedSecrt></authenticationProvider>",
    );
    let said = folder.config("show", &[]);
    assert_eq!((said.code, said.output.as_str()), (Some(1), ""));
    assert!(
        said.error.contains("did you mean sharedSecret?") && !said.error.contains("hunter2"),
        "{}",
        said.error
    );
}

/// docs/configuration.md: the patch file on the page works as it is.
#[test]
fn the_patch_of_the_page_works() {
    let page = include_str!("../../../docs/configuration.md");
    let example = page.split_once("```xml\n").unwrap().1.split_once("```").unwrap().0;
    let folder = Folder::new();
    fs::write(folder.patch("Include/z.config", ""), example).unwrap();
    let said = folder.config("show", &[]);
    assert_eq!(said.code, Some(0), "{}", said.error);
    for part in [
        "remoting/@requireSecureConnection = true  (App",
        "clockSkewSeconds = 60  (App_Config/Include/z.config:",
    ] {
        assert!(said.output.contains(part), "{part} is not in {}", said.output);
    }
}

#[test]
fn wrong_arguments_are_code_two() {
    for arguments in [
        &["config"][..],
        &["config", "check", "--listen", "x"],
        &["config", "chek"],
    ] {
        assert_eq!(
            said(Command::new(PROGRAM).args(arguments)).code,
            Some(2),
            "{arguments:?}"
        );
    }
}
