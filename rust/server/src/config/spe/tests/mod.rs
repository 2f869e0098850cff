mod conditions;
mod mutation;
mod oauth;
mod patches;
mod positions;
mod provider;
mod providers;
mod services;
mod show;
mod xml;

use std::path::PathBuf;

use super::*;
use crate::config::OAuthBearerProvider;

const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const PROVIDER: &str = super::provider::TYPE;
const OAUTH_TYPE: &str = super::oauth::TYPE;
/// Prefixes as shipped files declare them.
const NAMESPACES: &str = "xmlns:patch='http://www.sitecore.net/xmlconfig/' xmlns:set='http://www.sitecore.net/xmlconfig/set/' \
                          xmlns:role='http://www.sitecore.net/xmlconfig/role/' xmlns:env='http://www.sitecore.net/xmlconfig/env/'";

/// What reading several files comes to.
struct Reading {
    config: SpeConfig,
    warnings: Vec<String>,
    notes: Vec<Note>,
}

/// Merges files of these names and texts, where the process has these variables.
fn merge_files(
    files: &[(&str, &str)],
    variables: &[(&str, &str)],
    warnings: &mut Vec<String>,
    notes: &mut Vec<Note>,
) -> Result<Merged, ConfigError> {
    let sources: Vec<_> = files
        .iter()
        .map(|(file, text)| Source {
            file: PathBuf::from(file),
            text: Zeroizing::new((*text).to_owned()),
        })
        .collect();
    merge(&sources, &|name| variable(variables, name), warnings, notes)
}

fn read_files(files: &[(&str, &str)], variables: &[(&str, &str)]) -> Result<Reading, String> {
    let (mut warnings, mut notes) = (Vec::new(), Vec::new());
    let config = merge_files(files, variables, &mut warnings, &mut notes)
        .and_then(|merged| merged.read(&|name| variable(variables, name), &mut warnings))
        .map_err(|error| error.to_string())?;
    Ok(Reading {
        config,
        warnings,
        notes,
    })
}

fn variable(variables: &[(&str, &str)], name: &str) -> Option<String> {
    let found = variables.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| (*value).to_owned())
}

/// `inside` as the `<sitecore>` of a file, with prefixes declared, on the second line.
fn sitecore(inside: &str) -> String {
    format!("<configuration {NAMESPACES}><sitecore>\n{inside}</sitecore></configuration>")
}

fn read_text(text: &str) -> Result<(SpeConfig, Vec<String>), String> {
    let reading = read_files(&[("Spe.config", text)], &[("SECRET", SECRET)])?;
    Ok((reading.config, reading.warnings))
}

fn powershell(inside: &str) -> Result<(SpeConfig, Vec<String>), String> {
    read_text(&format!(
        "<configuration><sitecore><powershell>\n{inside}</powershell></sitecore></configuration>"
    ))
}

/// The providers of access tokens in a list, and warnings.
fn providers(inside: &str) -> Result<(Vec<OAuthBearerProvider>, Vec<String>), String> {
    let read = powershell(&format!(
        "<authenticationProviders hint='list'>{inside}</authenticationProviders>"
    ));
    read.map(|(config, warnings)| (config.oauth, warnings))
}

fn refused(result: Result<impl Sized, String>, part: &str) {
    match result {
        Ok(_) => panic!("taken, and should say {part}"),
        Err(error) => {
            assert!(error.contains(part), "{error}: does not say {part}");
            assert!(error.starts_with("Spe.config:"), "{error}: does not say where");
        }
    }
}
