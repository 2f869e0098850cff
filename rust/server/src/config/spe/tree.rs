//! The elements of a file as a tree of our own, which patches can change. Each element, text and attribute knows its file and line.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use roxmltree::{Document, ParsingOptions};
use secrecy::zeroize::Zeroizing;

use super::position::Position;
use crate::config::error::ConfigError;

/// Most elements, and deepest nesting (authentication 7.5).
const MAX_ELEMENTS: usize = 10_000;
const MAX_DEPTH: usize = 64;
/// What the namespaces of Sitecore's configuration begin with. `patch` has this alone, the others their name and a slash behind it.
const SITECORE: &str = "http://www.sitecore.net/xmlconfig/";

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: Arc<Path>,
    pub(super) line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)
    }
}

/// What a name belongs to. The prefix that a file gives a namespace means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Space {
    /// No namespace: the configuration itself.
    Plain,
    /// Instructions of a patch.
    Patch,
    /// Attributes that a patch assigns.
    Set,
    /// Conditions of the rule of this name.
    Rule(String),
}

/// An attribute.
#[derive(Clone)]
pub(super) struct Attribute {
    pub(super) space: Space,
    pub(super) name: String,
    pub(super) value: String,
    pub(super) place: Place,
}

/// An element. It may hold a secret, so it has no `Debug`.
pub(super) struct Node {
    /// [`Space::Plain`] or [`Space::Patch`].
    pub(super) space: Space,
    pub(super) name: String,
    pub(super) attributes: Vec<Attribute>,
    /// All texts inside, without those of other elements.
    pub(super) text: Zeroizing<String>,
    pub(super) text_place: Place,
    pub(super) children: Vec<Node>,
    pub(super) place: Place,
    /// Where it belongs among its siblings, as long as the sibling meant is not there.
    pub(super) wanted: Option<Position>,
}

impl Node {
    /// An element of the configuration with nothing in it.
    pub(super) fn empty(name: String, place: Place) -> Self {
        Self {
            space: Space::Plain,
            name,
            attributes: Vec::new(),
            text: Zeroizing::default(),
            text_place: place.clone(),
            children: Vec::new(),
            place,
            wanted: None,
        }
    }

    /// An attribute without namespace.
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        let mut attributes = self.attributes.iter();
        attributes.find(|attribute| attribute.space == Space::Plain && attribute.name == name)
    }

    /// Gives it an attribute without namespace, in place of one of the same name.
    pub(super) fn set(&mut self, name: String, value: String, place: Place) {
        let attribute = Attribute {
            space: Space::Plain,
            name,
            value,
            place,
        };
        let known = |other: &&mut Attribute| other.space == Space::Plain && other.name == attribute.name;
        match self.attributes.iter_mut().find(known) {
            Some(other) => *other = attribute,
            None => self.attributes.push(attribute),
        }
    }

    /// A problem with it.
    pub(super) fn error(&self, problem: impl Into<String>) -> ConfigError {
        ConfigError::at(&self.place, problem)
    }
}

/// Parses `text`, the content of `file`. Document types, and with them entities, are refused.
pub(super) fn parse(file: &Path, text: &str) -> Result<Node, ConfigError> {
    let options = ParsingOptions {
        allow_dtd: false,
        // Each element has attributes and texts around it, which count as nodes for the parser.
        nodes_limit: (MAX_ELEMENTS * 8) as u32,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).map_err(|error| {
        let place = format!("{}:{}", file.display(), error.pos().row);
        ConfigError::at(place, "this is not the XML of a configuration without document type")
    })?;
    let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
    let mut builder = Builder {
        file: file.into(),
        breaks: breaks.map(|(at, _)| at).collect(),
        elements: 0,
    };
    builder.element(document.root_element(), 1)
}

struct Builder {
    file: Arc<Path>,
    /// Where lines end.
    breaks: Vec<usize>,
    elements: usize,
}

impl Builder {
    fn element(&mut self, element: roxmltree::Node<'_, '_>, depth: usize) -> Result<Node, ConfigError> {
        let place = self.place(element.range().start);
        self.elements += 1;
        if self.elements > MAX_ELEMENTS || depth > MAX_DEPTH {
            let problem =
                format!("there are more than {MAX_ELEMENTS} elements, or more than {MAX_DEPTH} inside another");
            return Err(ConfigError::at(place, problem));
        }
        let mut node = Node::empty(element.tag_name().name().to_owned(), place);
        node.space = space(element.tag_name().namespace(), &node.place)?;
        if !matches!(node.space, Space::Plain | Space::Patch) {
            let problem = format!(
                "<{}> is in the namespace of attributes, and no element is there",
                node.name
            );
            return Err(node.error(problem));
        }
        if node.space == Space::Patch && depth <= 2 {
            return Err(node.error("instructions of patches stand inside <sitecore>"));
        }
        for attribute in element.attributes() {
            let place = self.place(attribute.range().start);
            node.attributes.push(Attribute {
                space: space(attribute.namespace(), &place)?,
                name: attribute.name().to_owned(),
                value: attribute.value().to_owned(),
                place,
            });
        }
        for child in element.children() {
            if child.is_element() {
                node.children.push(self.element(child, depth + 1)?);
            } else if let Some(text) = child.text().filter(|_| child.is_text()) {
                node.text.push_str(text);
            }
        }
        Ok(node)
    }

    fn place(&self, at: usize) -> Place {
        Place {
            file: self.file.clone(),
            line: self.breaks.partition_point(|end| *end < at) + 1,
        }
    }
}

fn space(namespace: Option<&str>, place: &Place) -> Result<Space, ConfigError> {
    let Some(namespace) = namespace else {
        return Ok(Space::Plain);
    };
    let rule = |rest: &str| {
        let name = rest
            .strip_suffix('/')
            .filter(|name| !name.is_empty() && !name.contains('/'));
        name.map(|name| Space::Rule(name.to_owned()))
    };
    let space = match namespace.strip_prefix(SITECORE) {
        Some("") => Some(Space::Patch),
        Some("set/") => Some(Space::Set),
        Some(rest) => rule(rest),
        None => None,
    };
    space.ok_or_else(|| ConfigError::at(place, format!("the namespace {namespace} is unknown")))
}
