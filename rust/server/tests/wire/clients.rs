//! API keys: `spe-server client`, and the rows of authentication 10.10 on the wire.

use std::path::Path;
use std::process::Output;

use secrecy::SecretString;
use spe_auth::mint::mint;

use crate::harness::{ADMIN, Reply, Request, Setup, TestServer, command};

const TEST: &str = "/-/script/script/?action=test";
const READ: &[&str] = &["the clients were read again"];
const RAW: &str = "/-/script/script/?outputFormat=raw";

/// A server, and the commands on its folder.
pub(crate) struct Keys(pub(crate) TestServer);

/// What `client add` showed.
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
}

fn client(folder: &Path, arguments: &[&str], input: &str) -> Output {
    command("client", folder, arguments, input)
}

fn value<'a>(output: &'a str, name: &str) -> &'a str {
    let line = output.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("{name}: {output}")).trim()
}

impl Keys {
    pub(crate) fn start() -> Self {
        Self(TestServer::with(&Setup::of_two()))
    }

    fn run(&self, arguments: &[&str]) -> String {
        let output = client(&self.0.data(), arguments, "");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn refused(&self, arguments: &[&str], input: &str) -> String {
        let output = client(&self.0.data(), arguments, input);
        assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stderr).unwrap()
    }

    fn add(&self, name: &str) -> Key {
        self.add_with(name, &[])
    }

    /// With more arguments.
    pub(crate) fn add_with(&self, name: &str, more: &[&str]) -> Key {
        let output = self.run(&[&["add", "--name", name, "--user", r"sitecore\other"], more].concat());
        let key = Key {
            id: value(&output, "access key id").into(),
            secret: value(&output, "secret ").into(),
        };
        self.read_again();
        key
    }

    /// Waits until the server has read the records as they are now.
    fn read_again(&self) {
        self.0.read_again(READ);
    }

    pub(crate) fn token(&self, key: &Key, secret: &str) -> String {
        let mut spec = self.0.spec(ADMIN);
        spec.key_id = Some(key.id.clone());
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap();
        let now = now.as_secs().try_into().unwrap();
        mint(&spec, &SecretString::from(secret.to_owned()), now).unwrap()
    }

    fn script(&self, key: &Key) -> Reply {
        let token = self.token(key, &key.secret);
        self.0.reply(&Request::new("POST", RAW).bearer(&token).body("1"))
    }

    fn ask(&self, key: &Key, secret: &str) -> Reply {
        self.0
            .reply(&Request::new("GET", TEST).bearer(&self.token(key, secret)))
    }

    /// Sets a key of the one record by hand.
    fn set(&self, key: &str, value: &str) {
        let folder = self.0.data().join("clients");
        let file = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
        let text = std::fs::read_to_string(&file).unwrap();
        let others = text.lines().filter(|line| !line.starts_with(&format!("{key} = ")));
        let text = [format!("{key} = {value}")]
            .into_iter()
            .chain(others.map(str::to_owned));
        std::fs::write(file, text.collect::<Vec<_>>().join("\n")).unwrap();
        self.read_again();
    }
}

fn failure(reply: &Reply) -> (u16, Option<&str>) {
    (reply.status, reply.header("x-spe-authfailurereason"))
}

/// K0, N287, 2.3 and 3.2: a key acts as the account of its record, whatever name the token says, and owns what it makes itself.
#[test]
fn a_key_acts_as_the_account_of_its_record() {
    let keys = Keys::start();
    let key = keys.add("build agents");
    assert_eq!(keys.ask(&key, &key.secret).status, 200);
    let upper = Key {
        id: key.id.to_uppercase(),
        secret: key.secret.clone(),
    };
    let script = Request::new("POST", &format!("{RAW}&sessionId=mine&persistentSession=true"));
    let reply = keys
        .0
        .reply(&script.bearer(&keys.token(&upper, &key.secret)).body("$me"));
    assert_eq!((reply.status, reply.text().as_str()), (200, r"sitecore\other"));
    let line = keys
        .0
        .log
        .line(&["action=authenticated", "remotingClient=build%20agents"]);
    assert!(
        line.contains("authKind=sharedSecretClient") && line.contains(r"user=sitecore\other"),
        "{line}"
    );
    let same_user = keys
        .0
        .request_as(r"sitecore\other", "POST", &format!("{RAW}&sessionId=mine"));
    keys.0.reply(&same_user.body("1")).is_refused(403, "session-not-owned");
}

/// N281, N288, N289: no secret answers for another, and the answer is that of every bad credential.
#[test]
fn a_key_needs_its_own_secret() {
    let keys = Keys::start();
    let key = keys.add("build");
    let unknown = Key {
        id: "spe_000000000000000000000000".into(),
        secret: key.secret.clone(),
    };
    for (reply, code) in [
        (
            keys.ask(&key, "another secret of at least 32 bytes"),
            "signatureMismatch",
        ),
        (keys.ask(&unknown, &key.secret), "clientNotFound"),
    ] {
        assert_eq!(failure(&reply), (401, Some("invalid")), "{code}");
        let rid = format!("rid={}", reply.header("x-spe-requestid").unwrap());
        keys.0.log.line(&["validationFailed", &format!("reason={code}"), &rid]);
    }
}

/// N282 to N286: what the state of a key is, only who has its secret is told.
#[test]
fn the_state_of_a_key_is_told_to_its_owner() {
    let keys = Keys::start();
    let key = keys.add("build");
    let wrong = "another secret of at least 32 bytes";
    keys.run(&["disable", "build"]);
    keys.read_again();
    let reply = keys.ask(&key, &key.secret);
    assert_eq!(failure(&reply), (401, Some("disabled")));
    assert_eq!(
        reply.header("www-authenticate"),
        Some(r#"Bearer error="invalid_token""#)
    );
    assert_eq!(failure(&keys.ask(&key, wrong)), (401, Some("invalid")));
    for expires in ["'not-a-date'", "2001-01-01T00:00:00Z"] {
        keys.set("expires", expires);
        let reply = keys.ask(&key, &key.secret);
        assert_eq!(failure(&reply), (401, Some("expired")), "{expires}");
        assert_eq!(reply.header("x-spe-authfailuredetail"), Some("client_expired"));
        assert_eq!(failure(&keys.ask(&key, wrong)), (401, Some("invalid")), "{expires}");
    }
    keys.set("expires", "2099-01-01T00:00:00Z");
    keys.run(&["enable", &key.id]);
    keys.read_again();
    assert_eq!(keys.ask(&key, &key.secret).status, 200);
}

/// N291 and 3.2: a record without an account, or without a policy that is known, lets nobody act.
#[test]
fn a_record_says_as_whom_and_under_which_policy() {
    let keys = Keys::start();
    let key = keys.add("build");
    keys.set("impersonatedUser", "''");
    let reply = keys.ask(&key, &key.secret);
    reply.is_refused(403, "client-denied");
    assert_eq!(
        reply.reason,
        "This Remoting Client requires an Impersonated User. Configure the field on the client item."
    );
    keys.0
        .log
        .line(&["clientDenied", "reason=noImpersonateUser", "remotingClient=build"]);
    keys.set("impersonatedUser", r"'sitecore\other'");
    keys.set("policy", "'no-such'");
    keys.script(&key).is_refused(403, "policy-blocked");
    keys.0.log.line(&["unknownPolicy", "source=client", "policy=no-such"]);
    keys.set("policy", "''");
    keys.script(&key).is_refused(403, "no-policy");
    keys.0.log.line(&["clientDenied", "reason=noPolicyAssigned"]);
}

/// The issue: `rotate` keeps the old secret until a stated time.
#[test]
fn a_secret_is_replaced_without_a_gap() {
    let keys = Keys::start();
    let key = keys.add("build");
    let output = keys.run(&["rotate", "build", "--old-until", "2099-01-01T00:00:00Z"]);
    let new = value(&output, "secret ").to_owned();
    keys.read_again();
    assert_ne!(new, key.secret);
    for secret in [&key.secret, &new] {
        assert_eq!(keys.ask(&key, secret).status, 200);
    }
    keys.run(&["rotate", &key.id, "--old-until", "now"]);
    keys.read_again();
    for secret in [&key.secret, &new] {
        assert_eq!(failure(&keys.ask(&key, secret)), (401, Some("invalid")));
    }
}

/// 3.7 and decisions, records on disk: a key that was removed is gone, and a change needs no signal.
#[test]
fn a_removed_key_is_gone() {
    let keys = Keys::start();
    let key = keys.add("build");
    keys.run(&["remove", "build"]);
    keys.0.log.line(&["the clients were read again", "clients=0"]);
    assert_eq!(failure(&keys.ask(&key, &key.secret)), (401, Some("invalid")));
}

/// N299 and N380: keys that clash are unusable and told; one with the secret of the server keeps it from starting.
#[test]
fn keys_that_clash_are_told() {
    let keys = Keys::start();
    let key = keys.add("build");
    let folder = keys.0.data().join("clients");
    let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let copy = folder.join("copy.toml");
    std::fs::copy(&file, &copy).unwrap();
    keys.read_again();
    assert_eq!(failure(&keys.ask(&key, &key.secret)), (401, Some("invalid")));
    keys.0.log.line(&["ERROR", "clientUnusable", "code=duplicateId"]);
    std::fs::remove_file(copy).unwrap();
    keys.read_again();
    assert_eq!(keys.ask(&key, &key.secret).status, 200);

    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    assert!(crate::harness::init(&data).status.success());
    let spe = std::fs::read_to_string(data.join("App_Config/Include/Spe/Spe.config")).unwrap();
    let server = spe.split("<sharedSecret>").nth(1).unwrap().split('<').next().unwrap();
    let arguments = ["add", "--name", "twin", "--user", "admin", "--secret-from-stdin"];
    assert!(client(&data, &arguments, server).status.success());
    let output = crate::harness::run(&data).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("has the sharedSecret of the server") && !text.contains(server),
        "{text}"
    );
}

/// Authentication 3.8: clients of identity providers are made without a secret, and not with ids that anybody could have.
#[test]
fn clients_of_a_provider_are_made_by_the_command() {
    let keys = Keys::start();
    let add = |name: &'static str, id: &'static str| {
        [
            "add",
            "--name",
            name,
            "--user",
            "admin",
            "--issuer",
            "https://idp.test",
            "--client-id",
            id,
        ]
    };
    let shown = keys.run(&add("ci", "ci-client-1"));
    assert!(!shown.contains("secret"), "{shown}");
    assert!(keys.run(&["list"]).contains("ci-client-1"));
    let facts = keys.run(&["show", "ci-client-1"]);
    assert!(
        facts.contains("https://idp.test") && facts.contains("oauthClientIds"),
        "{facts}"
    );
    for (arguments, part) in [
        (&add("wild", "ci-*-client")[..], "* or ?"),
        (&add("short", "ci-1"), "8 characters"),
        (&add("word", "administrator"), "word"),
        (&add("twin", "ci-client-1"), "same"),
        (&["rotate", "ci", "--old-until", "now"], "no secret"),
        (
            &["add", "--name", "x", "--user", "a", "--issuer", "https://idp.test"],
            "--client-id",
        ),
        (
            &["add", "--name", "x", "--user", "a", "--client-id", "ci-client-2"],
            "--issuer",
        ),
    ] {
        let error = keys.refused(arguments, "");
        assert!(error.contains(part), "{arguments:?}: {error}");
    }
    keys.run(&["remove", "ci"]);
}

/// Secrets are shown once, and never by list, show, the log or an error.
#[test]
fn a_secret_is_shown_once() {
    let keys = Keys::start();
    let key = keys.add("build");
    keys.ask(&key, &key.secret);
    for text in [keys.run(&["list"]), keys.run(&["show", "build"]), keys.0.log.text()] {
        assert!(!text.contains(&key.secret), "{text}");
    }
    let shown = keys.run(&["show", &key.id]);
    assert!(shown.contains(&key.id) && shown.contains("in use"), "{shown}");
    assert!(keys.run(&["list"]).contains(&key.id));
}

/// Wrong input is told with its value and the way out.
#[test]
fn what_is_typed_wrong_is_told() {
    let keys = Keys::start();
    keys.add("build");
    for (arguments, input, part) in [
        (
            &["show", "nobody"][..],
            "",
            "there is no client \"nobody\"; spe-server client list shows all",
        ),
        (
            &["add", "--name", "Build", "--user", "admin"],
            "",
            "there is a client \"Build\" already",
        ),
        (
            &["add", "--name", "x", "--user", r"a\b\c"],
            "",
            "is not a name of the form",
        ),
        (
            &["add", "--name", "x", "--user", "a", "--expires", "soon"],
            "",
            "2027-01-01T00:00:00Z",
        ),
        (
            &["add", "--name", "x", "--user", "a", "--secret-from-stdin"],
            "short\n",
            "too short",
        ),
        (
            &["add", "--name", "x", "--user", "a", "--secret-from-stdin"],
            " padded with blanks, of more than 32 bytes \n",
            "white space",
        ),
        (&["add", "--name", "x", "--user", "a", "--limit", "5"], "", "--window"),
        (&["add", "--name", "x", "--user", "a", "--window", "5"], "", "--limit"),
        (
            &["add", "--name", "x", "--user", "a", "--limit", "0", "--window", "5"],
            "",
            "0 is not in 1..",
        ),
        (
            &["rotate", "build", "--old-until", "2001-01-01T00:00:00Z"],
            "",
            "has passed",
        ),
    ] {
        let text = keys.refused(arguments, input);
        assert!(text.contains(part), "{arguments:?}: {text}");
    }
    let nowhere = client(Path::new("/nowhere"), &["list"], "");
    assert!(
        String::from_utf8(nowhere.stderr)
            .unwrap()
            .contains("spe-server init --folder '/nowhere'")
    );
}
