//! The Sitecore-style `Spe.config`: services, the authentication provider and settings (authentication 7.3, wire protocol
//! 11). Reading is strict: what is not understood stops the start, because a rule that is passed over in silence protects
//! nothing.

mod cors;
mod element;
mod provider;
mod services;
mod settings;

use std::path::Path;

use self::element::Element;
use super::SpeConfig;
use super::error::ConfigError;

/// Where texts may take values from: `$(env:NAME)`.
pub(super) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Reads `text`, the content of `file`. What is odd but harmless is told in `warnings`.
pub(super) fn read(
    file: &Path,
    text: &str,
    environment: Environment<'_>,
    warnings: &mut Vec<String>,
) -> Result<SpeConfig, ConfigError> {
    let document = element::parse(file, text)?;
    let root = element::root(file, &document)?;
    if root.name() != "configuration" {
        return Err(root.unknown(&["configuration"]));
    }
    root.only_attributes(&[])?;
    let mut config = SpeConfig::default();
    for sitecore in root.members(&["sitecore"])? {
        sitecore.only_attributes(&[])?;
        for section in sitecore.members(&["settings", "powershell"])? {
            section.only_attributes(&[])?;
            match section.name() {
                "settings" => settings::read(section, &mut config, warnings)?,
                _ => powershell(section, &mut config, environment, warnings)?,
            }
        }
    }
    Ok(config)
}

fn powershell(
    section: Element<'_>,
    config: &mut SpeConfig,
    environment: Environment<'_>,
    warnings: &mut Vec<String>,
) -> Result<(), ConfigError> {
    for part in section.members(&["services", "authenticationProvider", "authenticationProviders"])? {
        match part.name() {
            "services" => config.services = services::read(part, warnings)?,
            "authenticationProvider" => {
                config.shared_secret = Some(provider::read(part, environment)?);
            }
            _ => {
                if let Some(provider) = part.children()?.first() {
                    return Err(provider.error("providers beside the shared secret are not supported; remove this one"));
                }
            }
        }
    }
    Ok(())
}

/// A switch that opens something: `true` in any case is on, everything else is off, and what is neither is told.
fn gate(element: Element<'_>, name: &str, value: &str, warnings: &mut Vec<String>) -> bool {
    let on = value.eq_ignore_ascii_case("true");
    if !on && !value.eq_ignore_ascii_case("false") {
        warnings.push(format!(
            "{}: {name} is {value:?}, neither true nor false, and counts as false",
            element.place()
        ));
    }
    on
}

#[cfg(test)]
mod tests;
