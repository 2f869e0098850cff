//! Elements of the merged configuration, read so that nothing in it goes unnoticed.

use super::tree::{Node, Place};
use crate::config::error::ConfigError;
use crate::config::nearest;

/// How a patch file changes an attribute, for those who meant to.
const HOW_TO_PATCH: &str = "; to change an attribute of that, write set:NAME or patch:attribute here";

/// An element after all patches.
#[derive(Clone, Copy)]
pub(super) struct Element<'a>(pub(super) &'a Node);

impl<'a> Element<'a> {
    /// Its name.
    pub(super) fn name(self) -> &'a str {
        &self.0.name
    }

    /// File and line.
    pub(super) fn place(self) -> &'a Place {
        &self.0.place
    }

    /// File and line of an attribute, or of the element when it is not there.
    pub(super) fn place_of(self, attribute: &str) -> &'a Place {
        let found = self.0.attribute(attribute);
        found.map_or(self.place(), |attribute| &attribute.place)
    }

    /// A problem with this element.
    pub(super) fn error(self, problem: impl Into<String>) -> ConfigError {
        self.0.error(problem)
    }

    /// A problem with the text inside.
    pub(super) fn text_error(self, problem: impl Into<String>) -> ConfigError {
        ConfigError::at(&self.0.text_place, problem)
    }

    /// A problem with an attribute.
    pub(super) fn attribute_error(self, name: &str, problem: impl Into<String>) -> ConfigError {
        ConfigError::at(self.place_of(name), problem)
    }

    /// The problem that its name is none of `known`.
    pub(super) fn unknown(self, known: &[&str]) -> ConfigError {
        let hint = nearest::hint(self.name(), known.iter().copied());
        self.error(format!("<{}> is unknown here{hint}", self.name()))
    }

    /// The problem that `earlier` is `what` already. From another file it was meant to be changed.
    pub(super) fn twice(self, earlier: Self, what: &str) -> ConfigError {
        let hint = if self.place().file == earlier.place().file {
            ""
        } else {
            HOW_TO_PATCH
        };
        self.error(format!("{what} stands here twice, first at {}{hint}", earlier.place()))
    }

    /// An attribute.
    pub(super) fn attribute(self, name: &str) -> Option<&'a str> {
        self.0.attribute(name).map(|attribute| attribute.value.as_str())
    }

    /// An attribute that must be there.
    pub(super) fn required(self, name: &str) -> Result<&'a str, ConfigError> {
        let value = self.attribute(name).map(str::trim).filter(|value| !value.is_empty());
        value.ok_or_else(|| self.error(format!("<{}> needs the attribute {name}", self.name())))
    }

    /// Refuses attributes that are none of `known`.
    pub(super) fn only_attributes(self, known: &[&str]) -> Result<(), ConfigError> {
        let mut attributes = self.0.attributes.iter();
        match attributes.find(|attribute| !known.contains(&attribute.name.as_str())) {
            None => Ok(()),
            Some(attribute) => {
                let hint = nearest::hint(&attribute.name, known.iter().copied());
                let problem = format!("the attribute {} of <{}> is unknown{hint}", attribute.name, self.name());
                Err(ConfigError::at(&attribute.place, problem))
            }
        }
    }

    /// The elements inside. There must be no text beside them.
    pub(super) fn children(self) -> Result<Vec<Self>, ConfigError> {
        if !self.0.text.trim().is_empty() {
            return Err(self.text_error(format!("<{}> takes elements and no text", self.name())));
        }
        Ok(self.0.children.iter().map(Element).collect())
    }

    /// The elements inside, each of which has one of the names `known` and stands there once.
    pub(super) fn members(self, known: &[&str]) -> Result<Vec<Self>, ConfigError> {
        let children = self.children()?;
        for (index, child) in children.iter().enumerate() {
            if !known.contains(&child.name()) {
                return Err(child.unknown(known));
            }
            if let Some(earlier) = children[..index].iter().find(|earlier| earlier.name() == child.name()) {
                return Err(child.twice(*earlier, &format!("<{}>", child.name())));
            }
        }
        Ok(children)
    }

    /// The text inside, without blanks around it. There must be no elements.
    pub(super) fn text(self) -> Result<&'a str, ConfigError> {
        match self.0.children.first() {
            Some(child) => Err(child.error(format!("<{}> takes text and no elements", self.name()))),
            None => Ok(self.0.text.trim()),
        }
    }
}
