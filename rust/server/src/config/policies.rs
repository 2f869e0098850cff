//! `policies/*.toml`: what clients may do, a file each (wire protocol 7).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::{Table, Value};

use super::accounts::parse;
use super::error::ConfigError;
use super::file::{Guard, read};
use super::{nearest, records};
use crate::identity::policy::NamedPolicy;
use crate::identity::{AuditLevel, LanguageMode, Policy};

/// The folder of the policies, below the configuration.
pub const POLICIES_FOLDER: &str = "policies";
/// Most policies.
const MOST: usize = 1000;
/// Most commands of one, and most characters of a command.
const MOST_COMMANDS: usize = 1000;
const LONGEST_COMMAND: usize = 60;
/// Most characters of all of them: they travel in one header of the worker channel.
const LONGEST_LIST: usize = 48_000;
/// Longest name, in characters.
const LONGEST_NAME: usize = 64;

const KNOWN: [&str; 6] = [
    "id",
    "name",
    "fullLanguage",
    "allowedCommands",
    "auditLevel",
    "services",
];

/// Names that headers already use for something else (authentication 8.4).
const CODES: [&str; 9] = [
    "session-not-owned",
    "policy-blocked",
    "command-blocked",
    "script-not-approved",
    "no-policy",
    "client-denied",
    "path-not-allowed",
    "service-denied",
    "service-disabled",
];

/// Commands that would let a script do anything: with one of them a list of commands is no bound (wire protocol 7.5).
const BOUNDLESS: [&str; 26] = [
    "Invoke-Expression",
    "Invoke-Command",
    "Import-Module",
    "New-Module",
    "Start-Process",
    "Set-Alias",
    "New-Alias",
    "Add-Type",
    "Update-TypeData",
    "Update-FormatData",
    "Trace-Command",
    "Start-Job",
    "Start-ThreadJob",
    "Enter-PSHostProcess",
    "Enter-PSSession",
    "New-PSSession",
    "Import-PSSession",
    "Get-Runspace",
    "Debug-Runspace",
    "Debug-Job",
    "Invoke-Item",
    "Invoke-History",
    "Import-Alias",
    "Remove-TypeData",
    "Switch-Process",
    "Register-ArgumentCompleter",
];

/// All policies below `folder`. One that cannot be read disables itself alone, and is told in `warnings`.
pub(crate) fn read_policies(folder: &Path, warnings: &mut Vec<String>) -> Result<Vec<NamedPolicy>, ConfigError> {
    let policies = folder.join(POLICIES_FOLDER);
    read_policy_files(&policies, records::files(&policies), warnings)
}

/// The same of files that were found before in the folder of the policies.
pub(crate) fn read_policy_files(
    policies: &Path,
    files: std::io::Result<Vec<PathBuf>>,
    warnings: &mut Vec<String>,
) -> Result<Vec<NamedPolicy>, ConfigError> {
    records::read(policies, files, MOST, |file, _| read_policy(file), warnings)
}

fn read_policy(file: &Path) -> Result<NamedPolicy, String> {
    let text = read(file, Guard::Steering).map_err(|error| error.to_string())?;
    let table = parse(file, &text).map_err(|error| error.to_string())?;
    policy(&table)
}

/// The policy of a table.
fn policy(table: &Table) -> Result<NamedPolicy, String> {
    if let Some(key) = table.keys().find(|key| !KNOWN.contains(&key.as_str())) {
        return Err(format!("there is no key {key}{}", nearest::hint(key, KNOWN)));
    }
    let text = |key: &str| match table.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(format!("{key} is no text")),
    };
    let name = text("name")?.ok_or("it has no name")?;
    if !is_name(name) {
        return Err(format!("{name:?} is no name: 1 to {LONGEST_NAME} of A-Z a-z 0-9 _ . -"));
    }
    if CODES.iter().any(|code| code.eq_ignore_ascii_case(name)) {
        return Err(format!("{name} is what headers call a refusal; give it another name"));
    }
    let full = match table.get("fullLanguage") {
        None => false,
        Some(value) => value.as_bool().ok_or("fullLanguage is neither true nor false")?,
    };
    let commands = list(table, "allowedCommands")?;
    if full && commands.is_some() {
        return Err(
            "fullLanguage with allowedCommands bounds nothing: FullLanguage reaches everything without a command"
                .into(),
        );
    }
    for command in commands.iter().flatten() {
        check_command(command)?;
    }
    if commands.iter().flatten().map(String::len).sum::<usize>() > LONGEST_LIST {
        return Err(format!("allowedCommands has more than {LONGEST_LIST} characters"));
    }
    let audit = match text("auditLevel")? {
        None => AuditLevel::Violations,
        Some(level) => audit_level(level)?,
    };
    let policy = Policy {
        name: name.to_owned(),
        language_mode: if full {
            LanguageMode::Full
        } else {
            LanguageMode::Constrained
        },
        // Without FullLanguage there is always a list; none that is written is one without entries.
        commands: (!full).then(|| Arc::from(commands.unwrap_or_default())),
        audit,
        services: list(table, "services")?.map(Arc::from),
        denial: None,
    };
    Ok(NamedPolicy {
        id: text("id")?.filter(|id| !id.is_empty()).unwrap_or(name).to_owned(),
        policy: Arc::new(policy),
    })
}

fn is_name(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

fn audit_level(text: &str) -> Result<AuditLevel, String> {
    let mut names = AuditLevel::NAMES.into_iter();
    let found = names.find_map(|(name, level)| name.eq_ignore_ascii_case(text).then_some(level));
    found.ok_or_else(|| format!("auditLevel is {text:?}, none of None, Violations, Standard, Full"))
}

/// A list of texts, each once.
fn list(table: &Table, key: &str) -> Result<Option<Vec<String>>, String> {
    let Some(value) = table.get(key) else {
        return Ok(None);
    };
    let wrong = || format!("{key} is no list of names");
    let mut names: Vec<String> = Vec::new();
    for name in value.as_array().ok_or_else(wrong)? {
        let name = name
            .as_str()
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .ok_or_else(wrong)?;
        if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name.to_owned());
        }
    }
    if names.len() > MOST_COMMANDS {
        return Err(format!("{key} has more than {MOST_COMMANDS} entries"));
    }
    Ok(Some(names))
}

/// A name such as `Get-Item`, or with its module in front; nothing that a script could mean something else by.
fn check_command(command: &str) -> Result<(), String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.\\".contains(&byte);
    if command.len() > LONGEST_COMMAND || !command.bytes().all(plain) || command.starts_with(['.', '\\']) {
        return Err(format!("{command:?} is no name of a command, such as Get-Item"));
    }
    let short = command.rsplit('\\').next().unwrap_or(command);
    if BOUNDLESS.iter().any(|boundless| boundless.eq_ignore_ascii_case(short)) {
        return Err(format!("{command} lets a script do anything; leave it out"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<NamedPolicy, String> {
        policy(&text.parse().unwrap())
    }

    #[test]
    fn a_policy_is_read() {
        let read = read_text(
            "id = 'p-1'\nname = 'three-commands'\nallowedCommands = ['Get-Item', ' get-item ', 'Get-Date']\n\
             auditLevel = 'full'\nservices = ['remoting']",
        )
        .unwrap();
        assert_eq!((read.id.as_str(), read.policy.name.as_str()), ("p-1", "three-commands"));
        assert_eq!(
            read.policy.commands.as_deref(),
            Some(&["Get-Item".to_owned(), "Get-Date".to_owned()][..])
        );
        assert_eq!(read.policy.language_mode, LanguageMode::Constrained);
        assert_eq!(read.policy.audit, AuditLevel::Full);
        assert!(read.policy.allows_service("remoting") && !read.policy.allows_service("fileUpload"));
    }

    /// Wire protocol 7.1 and 7.2: without `FullLanguage` no list is an empty one, and the id is the name unless it says otherwise.
    #[test]
    fn a_policy_without_a_list_allows_no_command() {
        let read = read_text("name = 'nothing'").unwrap();
        assert_eq!(
            (read.id.as_str(), read.policy.commands.as_deref()),
            ("nothing", Some(&[][..]))
        );
        assert_eq!(read.policy.audit, AuditLevel::Violations);
        let full = read_text("name = 'all'\nfullLanguage = true").unwrap();
        assert_eq!(
            (full.policy.commands.as_deref(), full.policy.language_mode),
            (None, LanguageMode::Full)
        );
    }

    /// The issue: what would bound nothing is an error, and so is all else that is not understood.
    #[test]
    fn what_bounds_nothing_is_refused() {
        for (text, part) in [
            (
                "name = 'a'\nfullLanguage = true\nallowedCommands = []",
                "bounds nothing",
            ),
            ("name = 'a'\nallowedCommands = ['Invoke-Expression']", "do anything"),
            (
                "name = 'a'\nallowedCommands = ['Microsoft.PowerShell.Utility\\Invoke-Expression']",
                "do anything",
            ),
            ("name = 'a'\nallowedCommands = ['*']", "no name of a command"),
            ("name = 'a'\nallowedCommands = ['/bin/sh']", "no name of a command"),
            ("name = 'a'\nallowedCommands = 'Get-Item'", "no list"),
            ("name = 'a'\nallowedCommand = []", "allowedCommands"),
            ("name = 'a b'", "is no name"),
            ("name = 'policy-blocked'", "another name"),
            ("name = 'a'\nauditLevel = 'all'", "none of"),
            ("id = 'x'", "no name"),
        ] {
            let error = read_text(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
