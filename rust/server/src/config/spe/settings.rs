//! `<settings>` (wire protocol 11.1).

use std::path::PathBuf;

use super::element::Element;
use super::gate;
use crate::config::error::ConfigError;
use crate::config::{LogFormat, SpeConfig, nearest};

const DETAILED_ERRORS: &str = "Spe.Remoting.DetailedErrors";
const LOG_FORMAT: &str = "Spe.LogFormat";
const QUERY: &str = "Spe.Remoting.AllowQueryStringCredentials";
const FILE_ROOTS: &str = "Spe.Remoting.AllowedFileRoots";
const FORWARDED: &str = "Spe.Remoting.UseForwardedHeaders";

/// Settings of stock servers that mean nothing here: what they steer does not exist, or is a setting of spe-server.toml.
const WITHOUT_EFFECT: [&str; 12] = [
    "Spe.PersistentSessionExpirationMinutes",
    "Spe.PreventPersistentSessionCleanup",
    "Spe.AuthorizationCacheExpirationSecs",
    "Spe.WebApiCacheExpirationSecs",
    "Spe.OutputLoggingEnabled",
    "Spe.SerializationSizeBuffer",
    "Spe.CommandWaitMillis",
    "Spe.InitialPollMillis",
    "Spe.MaxmimumPollMillis",
    "Spe.HttpCacheExpirationMinutes",
    "Spe.VariableDetails.MaxArrayParseSize",
    "Spe.DelegatedAccessCacheTtlSeconds",
];

/// Takes the settings over.
pub(super) fn read(
    section: Element<'_>,
    config: &mut SpeConfig,
    warnings: &mut Vec<String>,
) -> Result<(), ConfigError> {
    let mut seen = Vec::new();
    let mut idle = Vec::new();
    for setting in section.children()? {
        if setting.name() != "setting" {
            return Err(setting.unknown(&["setting"]));
        }
        setting.only_attributes(&["name", "value"])?;
        let name = setting.required("name")?;
        if let Some((_, earlier)) = seen.iter().find(|(known, _)| *known == name) {
            return Err(setting.twice(*earlier, &format!("the setting {name}")));
        }
        seen.push((name, setting));
        let value = setting.attribute("value");
        let value = value.ok_or_else(|| setting.error(format!("the setting {name} has no value")))?;
        if name == DETAILED_ERRORS {
            config.detailed_errors = gate(setting, "value", name, value.trim(), warnings);
        } else if name == LOG_FORMAT {
            config.log_format = LogFormat::named(value.trim()).unwrap_or_else(|| {
                warnings.push(format!(
                    "{}: {name} is {value:?}, neither keyvalue nor json, and counts as keyvalue",
                    setting.place_of("value")
                ));
                LogFormat::KeyValue
            });
        } else if name == FORWARDED {
            config.use_forwarded_headers = Some(gate(setting, "value", name, value.trim(), warnings));
        } else if name == QUERY {
            config.allow_query_credentials = Some(gate(setting, "value", name, value.trim(), warnings));
        } else if name == FILE_ROOTS {
            config.allowed_file_roots = file_roots(setting, value, warnings);
        } else if WITHOUT_EFFECT.contains(&name) {
            idle.push(name);
        } else {
            let known = WITHOUT_EFFECT
                .into_iter()
                .chain([DETAILED_ERRORS, FILE_ROOTS, FORWARDED, LOG_FORMAT, QUERY]);
            let hint = nearest::hint(name, known);
            return Err(setting.error(format!("there is no setting {name}{hint}")));
        }
    }
    if !idle.is_empty() {
        warnings.push(format!(
            "{}: without effect on this server: {}",
            section.place(),
            idle.join(", ")
        ));
    }
    Ok(())
}

/// Folders, separated by `|`. One that is not absolute is left out and told (wire protocol 3.6.1).
fn file_roots(setting: Element<'_>, value: &str, warnings: &mut Vec<String>) -> Vec<PathBuf> {
    let mut roots: Vec<PathBuf> = Vec::new();
    for entry in value.split('|').map(str::trim).filter(|entry| !entry.is_empty()) {
        let root = PathBuf::from(entry);
        if !root.is_absolute() {
            warnings.push(format!(
                "{}: {FILE_ROOTS}: {entry:?} is no absolute path and opens nothing",
                setting.place_of("value")
            ));
        } else if !roots.contains(&root) {
            roots.push(root);
        }
    }
    roots
}
