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
        Self::at("Standard", commands)
    }

    /// The same with an audit level.
    fn at(level: &str, commands: &[&str]) -> Self {
        let keys = Keys::start();
        let list: Vec<_> = commands.iter().map(|name| format!("'{name}'")).collect();
        let text = format!(
            "name = 'some'\nauditLevel = '{level}'\nallowedCommands = [{}]\n",
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
        ["123ConstrainedLanguage"]
    );
    assert_eq!(reply.header("x-spe-languagemode"), Some("ConstrainedLanguage"));
    assert_eq!(reply.header("x-spe-restriction"), Some("some"));
    let reply = restricted.run("$RemotingPolicy.Name; $RemotingPolicy.AllowedCommands -join ','");
    assert_eq!(
        reply.text().split_whitespace().collect::<Vec<_>>(),
        ["someGet-Date,Sort-Object"]
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

/// 7.4, 7.6 and the issue, R0: what scripts of the module need is allowed to all, and what the engine calls by other names is the same
/// command (WP-D-40).
#[test]
fn aliases_qualifiers_and_functions_of_the_script_are_allowed() {
    let restricted = Restricted::to(&["Get-Date", "ForEach-Object"]);
    for (script, text) in [
        ("1, 2 | % { $_ * 2 }", "24"),
        ("(Microsoft.PowerShell.Utility\\Get-Date).Year -gt 2000", "True"),
        ("function twice($x) { $x * 2 } twice 4", "8"),
        ("@{ a = 1 } | ConvertTo-Json -Compress", "{\"a\":1}"),
        ("'abc' | select Length | % { $_.Length }", "3"),
        (
            "function Write-Warning([string]$Message) { Microsoft.PowerShell.Utility\\Write-Warning $Message 3>&1 } Write-Warning told",
            "told",
        ),
    ] {
        let reply = restricted.run(script);
        assert_eq!((reply.status, reply.text().trim()), (200, text), "{script}");
    }
}

/// 7.2: a command that the policy does not list is not there, even for a script that came past the scan: `Get-Command` is listed here,
/// and finds none.
#[test]
fn what_is_not_allowed_is_not_there() {
    let restricted = Restricted::to(&["Get-Command"]);
    let reply = restricted.run("\"$(Get-Command *-* | Select-Object -ExpandProperty Name)\"");
    let found = reply.text().split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert!(found.iter().any(|name| name == "Write-Output"), "{found:?}");
    let strange = found.iter().filter(|name| {
        !name.starts_with("Write-")
            && !["Get-Command", "ConvertTo-Json", "Select-Object"].contains(&name.as_str())
            && !name.starts_with("Out-")
    });
    assert_eq!(strange.count(), 0, "{found:?}");
}

/// 7.7 and 10.2: what is written of the callers of a policy.
#[test]
fn the_level_of_a_policy_says_what_is_written() {
    for (level, lines) in [
        ("Standard", &["policyAudit", "scriptStarting", "scriptCompleted"][..]),
        (
            "Full",
            &[
                "policyAudit",
                "scriptDetail",
                "scriptStarting",
                "scriptCompleted",
                "responseDetail",
            ],
        ),
    ] {
        let restricted = Restricted::at(level, &["Get-Date"]);
        let reply = restricted.run("Get-Date");
        let rid = reply.header("x-spe-requestid").unwrap().to_owned();
        for action in lines {
            restricted.keys.0.log.line(&[&format!("action={action} "), &rid]);
        }
        let text = restricted.keys.0.log.text();
        let written = |action: &str| text.contains(&format!("action={action} "));
        assert_eq!(
            written("scriptDetail") && written("responseDetail"),
            level == "Full",
            "{level}"
        );
    }
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
