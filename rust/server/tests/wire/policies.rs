//! Policies on the wire (wire protocol 7): what is refused before it runs, and what runs.

use crate::clients::{Key, Keys};
use crate::harness::{Reply, Request, command};

const RAW: &str = "/-/script/script/?outputFormat=raw";

struct Restricted {
    keys: Keys,
    key: Key,
}

impl Restricted {
    /// A key under a policy of these commands.
    fn to(commands: &[&str]) -> Self {
        let keys = Keys::start();
        let list: Vec<_> = commands.iter().map(|name| format!("'{name}'")).collect();
        let text = format!(
            "name = 'some'\nauditLevel = 'Standard'\nallowedCommands = [{}]\n",
            list.join(", ")
        );
        std::fs::write(keys.0.data().join("policies/some.toml"), text).unwrap();
        keys.0.read_again(&["the policies were read again", "policies=3"]);
        let key = keys.add_with("caller", &["--policy", "some"]);
        Self { keys, key }
    }

    fn send(&self, method: &str, target: &str, body: &str) -> Reply {
        let token = self.keys.token(&self.key, &self.key.secret);
        self.keys
            .0
            .reply(&Request::new(method, target).bearer(&token).body(body))
    }

    fn run(&self, script: &str) -> Reply {
        self.send("POST", RAW, script)
    }

    fn blocked(&self, script: &str, command: &str) {
        let reply = self.run(script);
        reply.is_refused(403, "policy-blocked");
        assert_eq!(reply.reason, "Script blocked by remoting policy.", "{script}");
        let named = reply.header("x-spe-blockedcommand").unwrap_or_default();
        assert!(named.contains(command), "{script}: {named}");
        assert_eq!(reply.header("x-spe-policy"), Some("some"), "{script}");
        assert_eq!(reply.header("x-spe-profile"), Some("some"), "{script}");
    }
}

/// 7.2 and 7.3: what is allowed runs, in `ConstrainedLanguage`; what is not is refused, with the place where it stands.
#[test]
fn a_script_may_use_what_is_allowed() {
    let restricted = Restricted::to(&["Get-Date", "Sort-Object"]);
    let reply = restricted.run("3, 1, 2 | Sort-Object | ForEach { }");
    reply.is_refused(403, "policy-blocked");
    let reply = restricted.run("3, 1, 2 | Sort-Object; $ExecutionContext.SessionState.LanguageMode");
    assert_eq!(
        reply.text().split_whitespace().collect::<Vec<_>>(),
        ["1", "2", "3", "ConstrainedLanguage"]
    );
    assert_eq!(reply.header("x-spe-languagemode"), Some("ConstrainedLanguage"));
    assert_eq!(reply.header("x-spe-restriction"), Some("some"));
    let reply = restricted.run("$RemotingPolicy.Name; $RemotingPolicy.AllowedCommands -join ','");
    assert_eq!(
        reply.text().split_whitespace().collect::<Vec<_>>(),
        ["some", "Get-Date,Sort-Object"]
    );
    restricted.blocked("Get-Date\nGet-Process", "Get-Process");
    let text = restricted.run("Get-Date\nGet-Process").text();
    assert!(text.contains("line 2, column 1"), "{text}");
    restricted.blocked("& ('Get-' + 'Process')", "dynamic");
    restricted
        .keys
        .0
        .log
        .line(&["scriptRejectedByPolicy", "policy=some", "blockedCommand=Get-Process"]);
}

/// WP-D-03: a script that is refused leaves no session, and takes none that is there.
#[test]
fn a_refused_script_leaves_nothing() {
    let restricted = Restricted::to(&["Get-Date"]);
    let target = "/-/script/script/?outputFormat=raw&sessionId=s-1&persistentSession=true";
    restricted
        .send("POST", target, "Get-Process")
        .is_refused(403, "policy-blocked");
    let reply = restricted.send("POST", "/-/script/script/?action=cleanup&sessionId=s-1", "");
    assert!(reply.text().contains("Disposed 0"), "{}", reply.text());
}

/// WP-D-09 and WP-D-40: the script of a job may do no more than the one that starts it.
#[test]
fn a_job_may_do_no_more() {
    let restricted = Restricted::to(&["Start-ScriptSession", "Wait-ScriptSession", "Receive-ScriptSession"]);
    let reply = restricted.run("Start-ScriptSession { 'done' } | Wait-ScriptSession | Receive-ScriptSession");
    assert_eq!(reply.text().trim(), "done");
    restricted.blocked("Start-ScriptSession { Get-Process }", "Get-Process");
}

/// `spe-server policy`: all policies, one of them, and what a script would be refused for.
#[test]
fn policies_are_shown_and_tried_by_the_command() {
    let restricted = Restricted::to(&["Get-Date"]);
    let folder = restricted.keys.0.data();
    let run = |arguments: &[&str]| command("policy", &folder, arguments, "");
    let list = String::from_utf8(run(&["list"]).stdout).unwrap();
    for name in ["unrestricted", "deny-all", "read-only", "jobs-only", "some"] {
        assert!(list.contains(name), "{list}");
    }
    let shown = String::from_utf8(run(&["show", "SOME"]).stdout).unwrap();
    assert!(shown.contains("Get-Date") && shown.contains("Standard"), "{shown}");
    let script = folder.join("script.ps1");
    let file = script.display().to_string();
    for (text, part) in [
        ("Get-Date", "allows it"),
        (
            "1\n  Get-Process",
            ":2:3: the policy 'some' does not allow 'Get-Process'",
        ),
    ] {
        std::fs::write(&script, text).unwrap();
        let output = run(&["test", &file, "--policy", "some"]);
        let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(told.contains(part), "{told}");
        assert_eq!(output.status.success(), text == "Get-Date");
    }
    let output = run(&["test", &file, "--policy", "none"]);
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("spe-server policy list shows all")
    );
}
