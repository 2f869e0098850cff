//! `patch:before`, `after` and `instead`: where an element goes among its siblings (authentication 7.5).

use super::tree::{Attribute, Node, Place};
use crate::config::error::ConfigError;

/// A place beside, or of, a sibling.
#[derive(Debug, Clone)]
pub(super) struct Position {
    side: Side,
    sibling: Sibling,
    /// Where it is written.
    pub(super) place: Place,
}

#[derive(Debug, Clone, Copy)]
enum Side {
    Before,
    After,
    Instead,
}

/// The first sibling that is so.
#[derive(Debug, Clone)]
enum Sibling {
    Named(String),
    With { attribute: String, value: String },
}

impl Position {
    /// The position that an attribute in the namespace of patches stands for.
    pub(super) fn of(attribute: &Attribute) -> Result<Self, ConfigError> {
        let side = match attribute.name.as_str() {
            "before" | "b" => Side::Before,
            "after" | "a" => Side::After,
            "instead" | "i" => Side::Instead,
            other => {
                let problem = format!("patch:{other} is unknown; use patch:before, patch:after or patch:instead");
                return Err(ConfigError::at(&attribute.place, problem));
            }
        };
        let sibling = sibling(attribute.value.trim()).ok_or_else(|| {
            let problem = format!(
                "patch:{} is {:?}; write the name of an element, *[@attribute='value'] or *[local-name()='name']",
                attribute.name, attribute.value
            );
            ConfigError::at(&attribute.place, problem)
        })?;
        Ok(Self {
            side,
            sibling,
            place: attribute.place.clone(),
        })
    }

    /// Moves the child at `from` of `parent` there and returns where it is then; `None` where the sibling is not. An element that is the
    /// sibling itself stays.
    pub(super) fn move_child(&self, parent: &mut Node, from: usize) -> Option<usize> {
        let sibling = parent.children.iter().position(|child| self.sibling.is(child))?;
        if sibling == from {
            return Some(from);
        }
        let child = parent.children.remove(from);
        let sibling = if sibling > from { sibling - 1 } else { sibling };
        let to = match self.side {
            Side::Before => sibling,
            Side::After => sibling + 1,
            Side::Instead => {
                parent.children[sibling] = child;
                return Some(sibling);
            }
        };
        parent.children.insert(to, child);
        Some(to)
    }
}

impl Sibling {
    fn is(&self, node: &Node) -> bool {
        match self {
            Self::Named(name) => node.name == *name,
            Self::With { attribute, value } => node.attribute(attribute).is_some_and(|known| known.value == *value),
        }
    }
}

/// The three shapes that are read (decisions, server settings of our own).
fn sibling(path: &str) -> Option<Sibling> {
    let Some(predicate) = path.strip_prefix("*[").and_then(|rest| rest.strip_suffix(']')) else {
        return is_name(path).then(|| Sibling::Named(path.to_owned()));
    };
    let (subject, value) = predicate.split_once('=')?;
    let value = unquote(value)?.to_owned();
    match subject.strip_prefix('@') {
        Some(attribute) => is_name(attribute).then(|| Sibling::With {
            attribute: attribute.to_owned(),
            value,
        }),
        None => (subject == "local-name()" && is_name(&value)).then_some(Sibling::Named(value)),
    }
}

fn unquote(text: &str) -> Option<&str> {
    let inside = |quote: char| {
        text.strip_prefix(quote)?
            .strip_suffix(quote)
            .filter(|inside| !inside.contains(quote))
    };
    inside('\'').or_else(|| inside('"'))
}

fn is_name(text: &str) -> bool {
    let begins = |letter: char| letter.is_alphabetic() || letter == '_';
    text.starts_with(begins)
        && text
            .chars()
            .all(|letter| letter.is_alphanumeric() || "_-.".contains(letter))
}
