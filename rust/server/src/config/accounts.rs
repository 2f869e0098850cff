//! `accounts.toml`: who may be named by a token or sign in with a password, and the roles each has.

use std::collections::BTreeMap;
use std::path::Path;

use spe_auth::username;
use toml::{Table, Value};

use super::error::ConfigError;
use super::{Account, nearest};
use crate::identity::PasswordHash;

const KNOWN: [&str; 4] = ["name", "roles", "administrator", "password"];

/// The accounts by their lower-case name. A record that cannot be read disables itself alone, and is told in `warnings`.
pub(super) fn read(
    file: &Path,
    text: &str,
    warnings: &mut Vec<String>,
) -> Result<BTreeMap<String, Account>, ConfigError> {
    let table = parse(file, text)?;
    if let Some(key) = table.keys().find(|key| *key != "account") {
        let hint = nearest::hint(key, ["account"]);
        return Err(ConfigError::in_file(file, format!("there is no key {key}{hint}")));
    }
    let records = match table.get("account") {
        None => &[][..],
        Some(Value::Array(records)) => records,
        Some(_) => return Err(ConfigError::in_file(file, "accounts are written as [[account]]")),
    };
    let mut accounts = BTreeMap::new();
    let mut doubled = Vec::new();
    for (index, record) in records.iter().enumerate() {
        match account(record) {
            Ok(account) => {
                let key = account.name.to_ascii_lowercase();
                if accounts.insert(key.clone(), account).is_some() {
                    doubled.push(key);
                }
            }
            Err(problem) => {
                warnings.push(format!(
                    "{}: account {} is disabled: {problem}",
                    file.display(),
                    index + 1
                ));
            }
        }
    }
    for key in doubled {
        // Which of the two was meant cannot be known, and one may have more rights than the other.
        accounts.remove(&key);
        warnings.push(format!("{}: {key} is disabled: it stands there twice", file.display()));
    }
    Ok(accounts)
}

/// A TOML file. The parser's own rendering shows lines of the file, which may hold secrets: only its message is used.
pub(super) fn parse(file: &Path, text: &str) -> Result<Table, ConfigError> {
    text.parse::<Table>().map_err(|error| {
        let line = error
            .span()
            .map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        ConfigError::at(format!("{}:{line}", file.display()), error.message())
    })
}

fn account(record: &Value) -> Result<Account, String> {
    let record = record.as_table().ok_or("it is not a table")?;
    if let Some(key) = record.keys().find(|key| !KNOWN.contains(&key.as_str())) {
        return Err(format!("there is no key {key}{}", nearest::hint(key, KNOWN)));
    }
    let name = record.get("name").and_then(Value::as_str).ok_or("it has no name")?;
    let roles = match record.get("roles") {
        None => Some(Vec::new()),
        Some(roles) => roles
            .as_array()
            .and_then(|roles| roles.iter().map(|role| role.as_str().map(str::to_owned)).collect()),
    };
    let administrator = match record.get("administrator") {
        None => false,
        Some(value) => value.as_bool().ok_or("administrator is neither true nor false")?,
    };
    let password = match record.get("password") {
        None => None,
        Some(hash) => Some(PasswordHash::parse(hash.as_str().unwrap_or_default()).map_err(|no| no.to_string())?),
    };
    Ok(Account {
        name: username::normalise(name).ok_or_else(|| format!("{name:?} is not a name of the form domain\\name"))?,
        roles: roles.ok_or("roles is not a list of names")?,
        administrator,
        password,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accounts(text: &str) -> (BTreeMap<String, Account>, Vec<String>) {
        let mut warnings = Vec::new();
        let accounts = read(Path::new("accounts.toml"), text, &mut warnings).unwrap();
        (accounts, warnings)
    }

    #[test]
    fn accounts_are_found_by_their_lower_case_name() {
        let (accounts, warnings) = accounts(
            r"
            [[account]]
            name = 'Sitecore\Admin'
            administrator = true
            [[account]]
            name = 'build'
            roles = ['sitecore\PowerShell Extensions Remoting']
            ",
        );
        assert!(warnings.is_empty(), "{warnings:?}");
        let admin = &accounts[r"sitecore\admin"];
        assert_eq!(admin.name, r"Sitecore\Admin");
        assert!(admin.administrator && admin.roles.is_empty());
        let build = &accounts[r"sitecore\build"];
        assert_eq!(build.roles, [r"sitecore\PowerShell Extensions Remoting"]);
        assert!(!build.administrator);
    }

    /// Decisions, records on disk: a bad record disables that record alone.
    #[test]
    fn a_bad_record_disables_itself_alone() {
        let bad = [
            r"name = 'a\b\c'",
            "name = ' a'",
            "name = \"a\\n\"",
            "name = ''",
            "name = 5",
            "roles = []",
            "name = 'a'\nroles = 'x'",
            "name = 'a'\nadministrator = 'yes'",
            "name = 'a'\nadministrater = true",
        ];
        for record in bad {
            let (accounts, warnings) = accounts(&format!("[[account]]\n{record}\n[[account]]\nname = 'good'"));
            assert_eq!(accounts.len(), 1, "{record}");
            assert_eq!(warnings.len(), 1, "{record}");
            assert!(warnings[0].contains("account 1 is disabled"), "{warnings:?}");
        }
    }

    #[test]
    fn an_account_that_stands_there_twice_is_disabled() {
        let (accounts, warnings) = accounts("[[account]]\nname = 'a'\n[[account]]\nname = 'A'\nadministrator = true");
        assert!(accounts.is_empty());
        assert!(warnings[0].contains(r"sitecore\a is disabled"), "{warnings:?}");
    }

    #[test]
    fn what_is_no_list_of_accounts_is_an_error() {
        for (text, part) in [
            ("acount = []", "did you mean account?"),
            ("account = 5", "[[account]]"),
            ("\n[[account]\n", "accounts.toml:2"),
        ] {
            let error = read(Path::new("accounts.toml"), text, &mut Vec::new())
                .unwrap_err()
                .to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
