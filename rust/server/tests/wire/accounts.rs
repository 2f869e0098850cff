//! Accounts that change while the server runs (decisions: records on disk).

use rustix::process::Signal;

use crate::harness::{ADMIN, OTHER, TestServer};

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
