//! `clients/*.toml`: callers with a key of their own, and clients of identity providers, a file each (authentication 3.1).

use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use spe_auth::registry::{ClientKind, ClientRecord, ClientSecret, Throttle};
use spe_auth::username;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use toml::{Table, Value};

use super::accounts::parse;
use super::error::ConfigError;
use super::file::{Guard, read};
use super::{nearest, records};

/// The folder of the records, below the configuration.
pub const CLIENTS_FOLDER: &str = "clients";
/// Most records.
const MOST: usize = 10_000;
/// A time before all others: a record whose end cannot be read is over (AU-D-37).
const OVER: i64 = 0;
/// Longest window of a limit, in seconds: 30 days.
const LONGEST_WINDOW: i64 = 30 * 24 * 3600;

const KNOWN: [&str; 13] = [
    "id",
    "name",
    "enabled",
    "expires",
    "policy",
    "impersonatedUser",
    "requestLimit",
    "throttleWindowSeconds",
    "throttleAction",
    "accessKeyId",
    "secrets",
    "allowedIssuer",
    "oauthClientIds",
];

/// All records. One that cannot be read disables itself alone, and is told in `warnings`.
pub(crate) fn read_clients(folder: &Path, warnings: &mut Vec<String>) -> Result<Vec<ClientRecord>, ConfigError> {
    let clients = folder.join(CLIENTS_FOLDER);
    read_client_files(&clients, records::files(&clients), warnings)
}

/// The same of files that were found before in the folder of the clients.
pub(crate) fn read_client_files(
    clients: &Path,
    files: std::io::Result<Vec<PathBuf>>,
    warnings: &mut Vec<String>,
) -> Result<Vec<ClientRecord>, ConfigError> {
    records::read(clients, files, MOST, read_client, warnings)
}

fn read_client(file: &Path, warnings: &mut Vec<String>) -> Result<ClientRecord, String> {
    let text = read(file, Guard::Secret).map_err(|error| error.to_string())?;
    let table = parse(file, &text).map_err(|error| error.to_string())?;
    let (record, problem) = record(&table)?;
    warnings.extend(problem.map(|problem| format!("{}: {problem}", file.display())));
    Ok(record)
}

/// The record of a table, as the server takes it.
pub(crate) fn parse_client(table: &Table) -> Result<ClientRecord, String> {
    record(table).map(|(record, _)| record)
}

/// A record, and what is odd about it without costing it.
fn record(table: &Table) -> Result<(ClientRecord, Option<&'static str>), String> {
    if let Some(key) = table.keys().find(|key| !KNOWN.contains(&key.as_str())) {
        return Err(format!("there is no key {key}{}", nearest::hint(key, KNOWN)));
    }
    let optional = |key: &str| match table.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(format!("{key} is no text")),
    };
    let user = optional("impersonatedUser")?.unwrap_or_default().trim();
    let impersonated_user = match user {
        "" => String::new(),
        user => username::normalise(user).ok_or_else(|| format!("{user:?} is not a name of the form domain\\name"))?,
    };
    let enabled = match table.get("enabled") {
        None => true,
        Some(value) => value.as_bool().ok_or("enabled is neither true nor false")?,
    };
    let (expires, problem) = match table.get("expires").map(time_of) {
        None => (None, None),
        Some(Some(expires)) => (Some(expires), None),
        Some(None) => (
            Some(OVER),
            Some("expires is no time with an offset: the client counts as expired"),
        ),
    };
    let record = ClientRecord {
        id: text(table, "id")?.to_owned(),
        name: text(table, "name")?.to_owned(),
        enabled,
        expires,
        policy: optional("policy")?.filter(|text| !text.is_empty()).map(str::to_owned),
        impersonated_user,
        throttle: throttle(table)?,
        kind: kind(table)?,
    };
    Ok((record, problem))
}

/// By what its tokens are known. A record is of one kind: what belongs to the other would be passed over in silence.
fn kind(table: &Table) -> Result<ClientKind, String> {
    let own = |keys: [&'static str; 2]| keys.into_iter().find(|key| table.contains_key(*key));
    match (
        own(["accessKeyId", "secrets"]),
        own(["allowedIssuer", "oauthClientIds"]),
    ) {
        (Some(key), Some(other)) => Err(format!(
            "{key} is of a key and {other} of a client of an identity provider; make two clients"
        )),
        (_, None) => Ok(ClientKind::SharedSecret {
            access_key_id: text(table, "accessKeyId")?.to_owned(),
            secrets: secrets(table.get("secrets"))?,
        }),
        (None, Some(_)) => Ok(ClientKind::OAuth {
            issuer: text(table, "allowedIssuer")?.trim().to_owned(),
            client_ids: client_ids(table.get("oauthClientIds"))?,
        }),
    }
}

/// How many requests it may make. Half of a limit is none that was meant: it disables the record (authentication 3.1).
fn throttle(table: &Table) -> Result<Option<Throttle>, String> {
    let number = |key: &str, most: i64| match table.get(key) {
        None => Ok(0),
        Some(value) => {
            let number = value.as_integer().filter(|number| (0..=most).contains(number));
            number.ok_or_else(|| format!("{key} is {value}, not a number from 0 to {most}"))
        }
    };
    let limit = number("requestLimit", i64::from(u32::MAX))?;
    let window = number("throttleWindowSeconds", LONGEST_WINDOW)?;
    let action = match table.get("throttleAction") {
        None => "",
        Some(action) => action.as_str().ok_or("throttleAction is no text")?,
    };
    if (limit == 0) != (window == 0) {
        return Err("requestLimit and throttleWindowSeconds belong together: set both or none".to_owned());
    }
    Ok((limit > 0).then(|| Throttle {
        limit: u32::try_from(limit).unwrap_or(u32::MAX),
        window: Duration::from_secs(window.unsigned_abs()),
        // Whatever else stands there blocks.
        bypass: action.trim().eq_ignore_ascii_case("bypass"),
    }))
}

/// A text that must be there.
fn text<'a>(table: &'a Table, key: &str) -> Result<&'a str, String> {
    match table.get(key) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        None | Some(Value::String(_)) => Err(format!("it has no {key}")),
        Some(_) => Err(format!("{key} is no text")),
    }
}

/// Each once, blanks around them and blank ones left out (authentication 3.8).
fn client_ids(value: Option<&Value>) -> Result<Vec<String>, String> {
    let wrong = "oauthClientIds is a list of texts";
    let list = value.and_then(Value::as_array).ok_or(wrong)?;
    let mut ids = Vec::new();
    for id in list {
        let id = id.as_str().ok_or(wrong)?.trim();
        if !id.is_empty() && !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    Ok(ids)
}

fn secrets(value: Option<&Value>) -> Result<Vec<ClientSecret>, String> {
    let wrong = "secrets is a list of tables with value and, while it is replaced, until";
    let list = value.and_then(Value::as_array).ok_or(wrong)?;
    let secret = |value: &Value| {
        let table = value.as_table()?;
        let until = match table.get("until") {
            None => None,
            Some(until) => Some(time_of(until)?),
        };
        let is_known = table.keys().all(|key| ["value", "until"].contains(&key.as_str()));
        let secret = table.get("value")?.as_str()?;
        is_known.then(|| ClientSecret {
            secret: SecretString::from(secret),
            until,
        })
    };
    list.iter()
        .map(secret)
        .collect::<Option<_>>()
        .ok_or_else(|| wrong.to_owned())
}

/// A time with an offset, as TOML has it or as a text of RFC 3339, in seconds since 1970.
fn time_of(value: &Value) -> Option<i64> {
    let text = match value {
        Value::Datetime(time) => time.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    let time = OffsetDateTime::parse(&text.replacen(' ', "T", 1), &Rfc3339).ok()?;
    Some(time.unix_timestamp())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const GOOD: &str = "id = 'c-1'\nname = 'build'\npolicy = 'unrestricted'\nimpersonatedUser = 'svc'\naccessKeyId = 'spe_1'\n\
                        secrets = [{ value = '0123456789abcdef0123456789abcdef' }]\n";

    fn clients(files: &[(&str, &str)]) -> (Vec<ClientRecord>, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(CLIENTS_FOLDER)).unwrap();
        for (name, text) in files {
            let file = folder.path().join(CLIENTS_FOLDER).join(name);
            fs::write(&file, text).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        }
        let mut warnings = Vec::new();
        let records = read_clients(folder.path(), &mut warnings).unwrap();
        (records, warnings)
    }

    #[test]
    fn a_record_is_read() {
        let (records, warnings) = clients(&[("a.toml", GOOD), ("b.txt", "no record")]);
        assert_eq!(warnings, Vec::<String>::new());
        let [record] = &records[..] else { panic!("{records:?}") };
        assert_eq!((record.id.as_str(), record.name.as_str()), ("c-1", "build"));
        assert_eq!((record.enabled, record.expires), (true, None));
        assert_eq!(record.impersonated_user, r"sitecore\svc");
        assert_eq!(record.policy.as_deref(), Some("unrestricted"));
    }

    const OF_PROVIDER: &str = "id = 'c-2'\nname = 'ci'\npolicy = 'unrestricted'\nimpersonatedUser = 'svc'\n\
                               allowedIssuer = ' https://idp.test/ '\noauthClientIds = [' ci-client-1', 'ci-client-1', '', 'Ci-Client-1']\n";

    /// Authentication 3.1 and 3.8: ids are told apart by case.
    #[test]
    fn a_client_of_a_provider_is_read() {
        let (records, warnings) = clients(&[("a.toml", OF_PROVIDER)]);
        assert_eq!(warnings, Vec::<String>::new());
        let [record] = &records[..] else { panic!("{records:?}") };
        let ClientKind::OAuth { issuer, client_ids } = &record.kind else {
            panic!("{record:?}")
        };
        assert_eq!(issuer, "https://idp.test/");
        assert_eq!(client_ids, &["ci-client-1", "Ci-Client-1"]);
    }

    /// A record is a key or a client of a provider, never half of each.
    #[test]
    fn a_record_is_of_one_kind() {
        for (text, part) in [
            (format!("{OF_PROVIDER}accessKeyId = 'spe_2'\n"), "make two clients"),
            (OF_PROVIDER.replace("allowedIssuer", "#"), "allowedIssuer"),
            (
                OF_PROVIDER.replace("oauthClientIds = [", "oauthClientIds = [5, "),
                "list of texts",
            ),
        ] {
            let (records, warnings) = clients(&[("a.toml", &text)]);
            assert!(records.is_empty() && warnings[0].contains(part), "{warnings:?}");
        }
    }

    #[test]
    fn without_the_folder_there_are_none() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read_clients(folder.path(), &mut Vec::new()).unwrap().is_empty());
    }

    /// Decisions, records on disk: a bad record disables that record alone.
    #[test]
    fn a_bad_record_disables_itself_alone() {
        for (from, to) in [
            ("id = 'c-1'\n", ""),
            ("name = 'build'", "name = 5"),
            ("name = 'build'", "nam = 'build'"),
            ("impersonatedUser = 'svc'", r"impersonatedUser = 'a\b\c'"),
            ("policy", "enabled = 'yes'\npolicy"),
            ("policy", "requestLimit = 5\npolicy"),
            ("value = ", "valu = "),
            ("' }", "', until = 'soon' }"),
            ("secrets = [", "secrets = ["),
        ] {
            let bad = GOOD.replacen(from, to, 1);
            let bad = if bad == GOOD { GOOD.replace(']', "") } else { bad };
            let (records, warnings) = clients(&[("a.toml", &bad), ("b.toml", GOOD)]);
            assert_eq!(records.len(), 1, "{bad}");
            assert!(warnings[0].contains("a.toml: the record is disabled"), "{warnings:?}");
            assert!(!warnings[0].contains("0123456789abcdef"), "{warnings:?}");
        }
    }

    /// AU-D-37 and N286: an end that cannot be read has come.
    #[test]
    fn times_have_an_offset() {
        for (text, expected) in [
            ("2026-11-25T00:00:00Z", 1_795_564_800),
            ("2026-11-25 02:00:00+02:00", 1_795_564_800),
            ("'2026-11-25T00:00:00Z'", 1_795_564_800),
            ("'not-a-date'", OVER),
            ("2026-11-25", OVER),
            ("5", OVER),
        ] {
            let (records, warnings) = clients(&[("a.toml", &format!("expires = {text}\n{GOOD}"))]);
            assert_eq!(records[0].expires, Some(expected), "{text}");
            assert_eq!(warnings.is_empty(), expected != OVER, "{text}");
        }
    }

    #[test]
    fn a_record_that_others_can_read_is_disabled() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(CLIENTS_FOLDER)).unwrap();
        let file = folder.path().join(CLIENTS_FOLDER).join("a.toml");
        fs::write(&file, GOOD).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let mut warnings = Vec::new();
        assert!(read_clients(folder.path(), &mut warnings).unwrap().is_empty());
        assert!(warnings[0].contains("chmod 600"), "{warnings:?}");
    }
}
