//! Patches: how the elements of one file change those of the files before it (authentication 7.5).

use super::position::Position;
use super::tree::{Attribute, Node, Space};
use crate::config::error::ConfigError;

/// Merges the children of the `<sitecore>` of a patch into `sitecore`. All conditions have been evaluated. `is_new` says that there was no
/// `<sitecore>` before: nothing in it is a patch of anything then.
pub(super) fn merge(
    sitecore: &mut Node,
    patch: Node,
    is_new: bool,
    warnings: &mut Vec<String>,
) -> Result<(), ConfigError> {
    if let Some(attribute) = patch.attributes.first() {
        let problem = format!("the attribute {} of <sitecore> is unknown", attribute.name);
        return Err(ConfigError::at(&attribute.place, problem));
    }
    let place = patch.place.clone();
    if children(sitecore, patch, is_new, warnings)? == Fate::Deleted {
        return Err(ConfigError::at(
            place,
            "patch:delete stands in the element it deletes, which is not <sitecore>",
        ));
    }
    Ok(())
}

/// What becomes of an element that was patched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stays,
    Deleted,
}

/// Rules 1, 2 and 8: what is inside `patch` changes `target`. In an element that was just made nothing is searched.
fn children(target: &mut Node, patch: Node, is_new: bool, warnings: &mut Vec<String>) -> Result<Fate, ConfigError> {
    let mut fate = Fate::Stays;
    if !patch.text.trim().is_empty() {
        target.text = patch.text;
        target.text_place = patch.text_place;
    }
    for child in patch.children {
        if child.space != Space::Patch {
            element(target, child, is_new, warnings)?;
            continue;
        }
        if let Some(inside) = child.children.first() {
            return Err(inside.error(format!("patch:{} takes no elements", child.name)));
        }
        match child.name.as_str() {
            "delete" => {
                if let Some(attribute) = child.attributes.first() {
                    return Err(unknown(attribute, "patch:delete"));
                }
                fate = Fate::Deleted;
            }
            "attribute" => set_attribute(target, &child)?,
            other => {
                let problem = format!("patch:{other} is unknown; use patch:delete or patch:attribute");
                return Err(child.error(problem));
            }
        }
    }
    // Rule 5: the sibling that was not there may be there by now.
    while let Some(at) = target.children.iter().position(|child| child.wanted.is_some()) {
        let wanted = target.children[at].wanted.take();
        if let Some(position) = wanted
            && position.move_child(target, at).is_none()
        {
            let name = &target.children[at].name;
            warnings.push(format!(
                "{}: there is nothing where <{name}> is to go; it stays last",
                position.place
            ));
        }
    }
    Ok(fate)
}

/// `<patch:attribute name="..." value="..."/>`, or with the value as its text.
fn set_attribute(target: &mut Node, instruction: &Node) -> Result<(), ConfigError> {
    let known =
        |attribute: &&Attribute| attribute.space == Space::Plain && matches!(attribute.name.as_str(), "name" | "value");
    if let Some(other) = instruction.attributes.iter().find(|attribute| !known(attribute)) {
        return Err(unknown(other, "patch:attribute"));
    }
    let name = instruction.attribute("name").map(|name| name.value.trim());
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return Err(instruction.error("patch:attribute needs the attribute name"));
    };
    let value = instruction.attribute("value").map(|value| value.value.as_str());
    let value = value.unwrap_or_else(|| instruction.text.trim());
    target.set(name.to_owned(), value.to_owned(), instruction.place.clone());
    Ok(())
}

/// Rules 3 to 7: finds or makes the element that `patch` is about, and goes on inside it.
fn element(parent: &mut Node, mut patch: Node, is_new: bool, warnings: &mut Vec<String>) -> Result<(), ConfigError> {
    let mut identity = Vec::new();
    let mut assigned = Vec::new();
    let mut position = None;
    for attribute in std::mem::take(&mut patch.attributes) {
        match attribute.space {
            Space::Set => assigned.push(attribute),
            Space::Patch if position.is_none() => position = Some(Position::of(&attribute)?),
            Space::Patch => {
                let problem = format!("<{}> can go to one place only", patch.name);
                return Err(ConfigError::at(&attribute.place, problem));
            }
            Space::Plain | Space::Rule(_) => identity.push(attribute),
        }
    }
    let is_meant = |node: &Node| {
        let same = |wanted: &Attribute| {
            node.attribute(&wanted.name)
                .is_some_and(|known| known.value == wanted.value)
        };
        node.name == patch.name && identity.iter().all(same)
    };
    let found = parent.children.iter().position(is_meant).filter(|_| !is_new);
    let mut at = found.unwrap_or(parent.children.len());
    if found.is_none() {
        let mut node = Node::empty(patch.name.clone(), patch.place.clone());
        node.attributes = identity;
        parent.children.push(node);
    }
    if let Some(position) = position {
        match position.move_child(parent, at) {
            Some(moved) => at = moved,
            None => parent.children[at].wanted = Some(position),
        }
    }
    let target = &mut parent.children[at];
    for Attribute { name, value, place, .. } in assigned {
        target.set(name, value, place);
    }
    if children(target, patch, found.is_none(), warnings)? == Fate::Deleted {
        parent.children.remove(at);
    }
    Ok(())
}

fn unknown(attribute: &Attribute, of: &str) -> ConfigError {
    ConfigError::at(
        &attribute.place,
        format!("the attribute {} of {of} is unknown", attribute.name),
    )
}
