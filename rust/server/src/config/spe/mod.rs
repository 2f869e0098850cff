//! The Sitecore-style configuration: `Spe.config` and the patch files beside it, with services, authentication providers and settings
//! (authentication 7, wire protocol 11).
//!
//! A file becomes a [`tree`]; [`rules`] take out what is not for this server; [`merge`] lets each file change what the files before it say;
//! the rest reads the result. Reading is strict: what is not understood stops the start, because a rule that is passed over in silence
//! protects nothing.

mod condition;
mod cors;
mod element;
mod merge;
mod oauth;
mod position;
mod property;
mod provider;
mod providers;
mod rules;
mod services;
mod settings;
mod show;
mod tree;

use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroizing;

use self::element::Element;
use self::rules::Rules;
use self::tree::{Node, Place};
use super::error::ConfigError;
use super::{Note, SpeConfig};

/// Where texts may take values from, and conditions words: `$(env:NAME)`.
pub(super) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A file and its text.
pub(super) struct Source {
    pub(super) file: PathBuf,
    pub(super) text: Zeroizing<String>,
}

/// What all files say together. It holds secrets.
pub(super) struct Merged(Node);

/// Reads `sources`, the base before its patches, and lets each change what is there. What is odd but harmless is told in `warnings`.
pub(super) fn merge(
    sources: &[Source],
    environment: Environment<'_>,
    warnings: &mut Vec<String>,
    notes: &mut Vec<Note>,
) -> Result<Merged, ConfigError> {
    let base = sources.first().map_or(Path::new(""), |base| &base.file);
    let place = Place {
        file: base.into(),
        line: 1,
    };
    let mut sitecore = Node::empty("sitecore".to_owned(), place);
    let mut is_new = true;
    for source in sources {
        for mut block in blocks(source)? {
            let mut rules = Rules {
                environment,
                warnings,
                notes,
            };
            if rules.prune(&mut block)? {
                merge::merge(&mut sitecore, block, is_new, warnings)?;
                is_new = false;
            }
        }
    }
    Ok(Merged(sitecore))
}

/// The `<sitecore>` elements of a file.
fn blocks(source: &Source) -> Result<Vec<Node>, ConfigError> {
    let root = tree::parse(&source.file, &source.text)?;
    if root.name != "configuration" {
        return Err(Element(&root).unknown(&["configuration"]));
    }
    if let Some(attribute) = root.attributes.first() {
        let problem = "<configuration> takes no attributes; conditions stand on <sitecore> and below";
        return Err(ConfigError::at(&attribute.place, problem));
    }
    let blocks = Element(&root).children()?;
    match blocks.iter().find(|block| block.name() != "sitecore") {
        Some(other) => Err(other.unknown(&["sitecore"])),
        None => Ok(root.children),
    }
}

/// Reads a base and a patch that are in no file, where the process has the variable `SECRET` alone: what they come to, as it is shown.
pub(crate) fn read_texts(base: &str, patch: &str, secret: &str) -> Result<Vec<String>, ConfigError> {
    let sources = [("base", base), ("patch", patch)].map(|(file, text)| Source {
        file: file.into(),
        text: Zeroizing::new(text.to_owned()),
    });
    let environment = |name: &str| (name == "SECRET").then(|| secret.to_owned());
    let merged = merge(&sources, &environment, &mut Vec::new(), &mut Vec::new())?;
    merged.read(&environment, &mut Vec::new())?;
    Ok(merged.show(Path::new("")))
}

impl Merged {
    /// What it says. What is odd but harmless is told in `warnings`.
    pub(super) fn read(
        &self,
        environment: Environment<'_>,
        warnings: &mut Vec<String>,
    ) -> Result<SpeConfig, ConfigError> {
        let sitecore = Element(&self.0);
        sitecore.only_attributes(&[])?;
        let mut config = SpeConfig::default();
        for section in sitecore.members(&["settings", "powershell"])? {
            section.only_attributes(&[])?;
            if section.name() == "settings" {
                settings::read(section, &mut config, warnings)?;
                continue;
            }
            for part in section.members(&["services", "authenticationProvider", "authenticationProviders"])? {
                if part.name() == "services" {
                    config.services = services::read(part, warnings)?;
                }
            }
            providers::read(section, &mut config, environment, warnings)?;
        }
        Ok(config)
    }
}

/// A switch that opens something: `true` in any case is on, everything else is off, and what is neither is told.
fn gate(element: Element<'_>, attribute: &str, name: &str, value: &str, warnings: &mut Vec<String>) -> bool {
    let on = value.eq_ignore_ascii_case("true");
    if !on && !value.eq_ignore_ascii_case("false") {
        warnings.push(format!(
            "{}: {name} is {value:?}, neither true nor false, and counts as false",
            element.place_of(attribute)
        ));
    }
    on
}

#[cfg(test)]
mod tests;
