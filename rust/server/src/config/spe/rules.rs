//! Which conditions hold (authentication 7.4): elements whose do not are taken out before anything else is looked at.

use super::Environment;
use super::condition::{Outcome, evaluate};
use super::tree::{Attribute, Node, Space};
use crate::config::Note;
use crate::config::error::ConfigError;

/// What is defined, and what there is to say about it.
pub(super) struct Rules<'a> {
    pub(super) environment: Environment<'a>,
    pub(super) warnings: &'a mut Vec<String>,
    pub(super) notes: &'a mut Vec<Note>,
}

impl Rules<'_> {
    /// Whether the conditions of `node` hold. They are taken off, and inside it what does not hold is taken out.
    pub(super) fn prune(&mut self, node: &mut Node) -> Result<bool, ConfigError> {
        let mut holds = true;
        for attribute in &node.attributes {
            if let Space::Rule(rule) = &attribute.space {
                holds &= self.condition(rule, attribute)?;
            }
        }
        if !holds {
            return Ok(false);
        }
        node.attributes
            .retain(|attribute| !matches!(attribute.space, Space::Rule(_)));
        let mut kept = Vec::with_capacity(node.children.len());
        for mut child in std::mem::take(&mut node.children) {
            if self.prune(&mut child)? {
                kept.push(child);
            }
        }
        node.children = kept;
        Ok(true)
    }

    fn condition(&mut self, rule: &str, attribute: &Attribute) -> Result<bool, ConfigError> {
        let Attribute { name, value, place, .. } = attribute;
        if !matches!(name.as_str(), "require" | "r") {
            let problem = format!("{rule}:{name} is unknown; write {rule}:require");
            return Err(ConfigError::at(place, problem));
        }
        let words = self.words(rule);
        let mut is_defined = |word: &str| {
            let is_listed = words.iter().any(|defined| defined.eq_ignore_ascii_case(word));
            is_listed || (rule == "env" && self.is_switched_on(word))
        };
        let Outcome { holds, is_mixed } = evaluate(value, &mut is_defined)
            .map_err(|problem| ConfigError::at(place, format!("{rule}:{name} is {value:?}: {problem}")))?;
        if is_mixed {
            self.warnings.push(format!(
                "{place}: {rule}:{name} is {value:?}, which counts from left to right; say with parentheses what is meant"
            ));
        }
        if !holds {
            self.notes.push(Note::BlockSkipped {
                place: place.to_string(),
                condition: format!("{rule}:{name}={value}"),
            });
        }
        Ok(holds)
    }

    /// The words that `<rule>:define` holds. An empty variable counts as not set, as everywhere here.
    fn words(&self, rule: &str) -> Vec<String> {
        let defined = (self.environment)(&format!("SITECORE_APPSETTINGS_{rule}:define"));
        let default = match rule {
            "role" => "Standalone",
            "security" => "Sitecore",
            _ => "",
        };
        let text = defined.filter(|text| !text.trim().is_empty());
        let text = text.unwrap_or_else(|| default.to_owned());
        let words = text.split([',', '|', ';']).map(str::trim);
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    /// Whether the process has a variable `word` that says yes. One that says neither yes nor no is noted once, by its name alone.
    fn is_switched_on(&mut self, word: &str) -> bool {
        let is_name = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let Some(value) = (self.environment)(word).filter(|_| is_name) else {
            return false;
        };
        match value.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" | "enabled" => true,
            "" | "false" | "0" | "no" | "off" | "disabled" => false,
            _ => {
                let note = Note::EnvValueUnrecognized { name: word.to_owned() };
                if !self.notes.contains(&note) {
                    self.notes.push(note);
                }
                false
            }
        }
    }
}
