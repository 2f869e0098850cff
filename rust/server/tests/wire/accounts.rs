//! Accounts that change while the server runs, by hand or by `spe-server account` (decisions: accounts, records on disk).

use rustix::process::Signal;

use crate::harness::{ADMIN, OTHER, Request, TestServer, command, init};

/// Decisions, records on disk: a change counts within seconds, and at once after SIGHUP; what cannot be read changes nothing.
#[test]
fn accounts_are_read_again_when_they_change() {
    let server = TestServer::start();
    let file = server.data().join("accounts.toml");
    let before = std::fs::read_to_string(&file).unwrap();
    let test = |user: &str| {
        server
            .reply(&server.request_as(user, "GET", "/-/script/script/?action=test"))
            .status
    };
    assert_eq!(test(OTHER), 401);
    let role = r"roles = ['sitecore\PowerShell Extensions Remoting']";
    std::fs::write(&file, format!("{before}\n[[account]]\nname = '{OTHER}'\n{role}\n")).unwrap();
    server.log.line(&["the accounts were read again", "accounts=2"]);
    assert_eq!(test(OTHER), 200);
    std::fs::write(&file, "[[account").unwrap();
    server.signal(Signal::HUP);
    server.log.line(&["ERROR", "those before stay", "accounts.toml"]);
    assert_eq!(test(OTHER), 200);
    std::fs::write(&file, format!("{before}\n[[account]]\nname = '{OTHER}'\nroles = 5\n")).unwrap();
    server.log.line(&["account 2 is disabled"]);
    server.log.line(&["the accounts were read again", "accounts=1"]);
    assert_eq!((test(OTHER), test(ADMIN)), (401, 200));
}

/// Decisions, accounts: the command keeps what people wrote beside the records, and a password signs in as soon as it is set.
#[test]
fn accounts_are_changed_by_the_command() {
    let server = TestServer::start();
    let folder = &server.data();
    let run = |arguments: &[&str], input: &str| {
        let output = command("account", folder, arguments, input);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{error}");
        String::from_utf8(output.stdout).unwrap()
    };
    let before = std::fs::read_to_string(folder.join("accounts.toml")).unwrap();
    let role = r"sitecore\PowerShell Extensions Remoting";
    run(&["add", "--name", "deploy", "--role", role], "");
    let after = std::fs::read_to_string(folder.join("accounts.toml")).unwrap();
    assert!(after.starts_with(before.trim_end()), "{after}");
    run(&["password", r"Sitecore\DEPLOY"], "correct horse\n");
    let list = run(&["list"], "");
    assert!(
        list.contains(r"sitecore\deploy") && list.contains("yes") && list.contains(role),
        "{list}"
    );
    server.read_again(&["the accounts were read again", "accounts=2"]);
    // deploy:correct horse
    let request = Request::new("GET", "/-/script/script/?action=test");
    let request = request.header("Authorization", "Basic ZGVwbG95OmNvcnJlY3QgaG9yc2U=");
    assert_eq!(server.reply(&request).status, 200);
    run(&["password", "deploy", "--remove"], "");
    run(&["remove", "deploy"], "");
    let all = std::fs::read_to_string(folder.join("accounts.toml")).unwrap();
    assert!(!all.contains("deploy") && !server.log.text().contains("correct"));
}

/// Wrong input is told with its value and the way out, and changes nothing.
#[test]
fn what_is_typed_wrong_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    assert!(init(&data).status.success());
    let before = std::fs::read_to_string(data.join("accounts.toml")).unwrap();
    for (arguments, input, part) in [
        (
            &["add", "--name", "ADMIN"][..],
            "",
            r"there is an account sitecore\ADMIN already",
        ),
        (&["add", "--name", r"a\b\c"], "", "is not a name of the form"),
        (
            &["password", "nobody"],
            "correct horse",
            "spe-server account list shows all",
        ),
        (&["password", "admin"], "short", "less than 8 characters"),
        (&["password", "admin"], "with a \u{2603} in it", "beyond ISO-8859-1"),
        (&["remove", "nobody"], "", r"there is no account sitecore\nobody"),
    ] {
        let output = command("account", &data, arguments, input);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(
            !output.status.success() && error.contains(part),
            "{arguments:?}: {error}"
        );
    }
    assert_eq!(std::fs::read_to_string(data.join("accounts.toml")).unwrap(), before);
    let missing = command("account", folder.path(), &["list"], "");
    assert!(String::from_utf8(missing.stderr).unwrap().contains("spe-server init"));
}
