//! Elements of the file, read so that nothing in it goes unnoticed.

use std::path::Path;

use roxmltree::{Document, Node, ParsingOptions};

use crate::config::error::ConfigError;
use crate::config::nearest;

/// Most elements, and deepest nesting (authentication 7.5).
const MAX_ELEMENTS: usize = 10_000;
const MAX_DEPTH: usize = 64;
/// Namespaces of Sitecore's configuration rules; `patch` has the first alone.
const SITECORE_RULES: &str = "http://www.sitecore.net/xmlconfig/";

/// An element and the file it stands in.
#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    node: Node<'a, 'a>,
    file: &'a Path,
}

/// Parses `text`. Document types, and with them entities, are refused.
pub(super) fn parse<'a>(file: &Path, text: &'a str) -> Result<Document<'a>, ConfigError> {
    // Each element has attributes and texts around it, which count as nodes for the parser.
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: (MAX_ELEMENTS * 8) as u32,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(|error| {
        let place = format!("{}:{}", file.display(), error.pos().row);
        ConfigError::at(place, "this is not the XML of a configuration without document type")
    })
}

/// The root of `document`, when the whole of it is in the bounds and free of what is not read.
pub(super) fn root<'a>(file: &'a Path, document: &'a Document<'a>) -> Result<Element<'a>, ConfigError> {
    let mut elements = 0;
    for node in document.descendants().filter(Node::is_element) {
        let element = Element { node, file };
        elements += 1;
        if elements > MAX_ELEMENTS || node.ancestors().take(MAX_DEPTH + 2).count() > MAX_DEPTH + 1 {
            let problem =
                format!("there are more than {MAX_ELEMENTS} elements, or more than {MAX_DEPTH} inside another");
            return Err(element.error(problem));
        }
        let namespaces = node.attributes().filter_map(|attribute| attribute.namespace());
        if let Some(namespace) = node.tag_name().namespace().or(namespaces.into_iter().next()) {
            return Err(element.error(foreign(namespace)));
        }
    }
    Ok(Element {
        node: document.root_element(),
        file,
    })
}

fn foreign(namespace: &str) -> String {
    match namespace.strip_prefix(SITECORE_RULES) {
        Some("") => "patch elements and attributes are not read; write the patched value into this file".to_owned(),
        Some(rule) => format!(
            "conditions and rules ({}) are not read; leave in this file what shall hold",
            rule.trim_end_matches('/')
        ),
        None => format!("the namespace {namespace} is unknown"),
    }
}

impl<'a> Element<'a> {
    /// Its name.
    pub(super) fn name(self) -> &'a str {
        self.node.tag_name().name()
    }

    /// File and line.
    pub(super) fn place(self) -> String {
        let position = self.node.document().text_pos_at(self.node.range().start);
        format!("{}:{}", self.file.display(), position.row)
    }

    /// A problem with this element.
    pub(super) fn error(self, problem: impl Into<String>) -> ConfigError {
        ConfigError::at(self.place(), problem)
    }

    /// The problem that its name is none of `known`.
    pub(super) fn unknown(self, known: &[&str]) -> ConfigError {
        let hint = nearest::hint(self.name(), known.iter().copied());
        self.error(format!("<{}> is unknown here{hint}", self.name()))
    }

    /// An attribute.
    pub(super) fn attribute(self, name: &str) -> Option<&'a str> {
        self.node.attribute(name)
    }

    /// An attribute that must be there.
    pub(super) fn required(self, name: &str) -> Result<&'a str, ConfigError> {
        let value = self.attribute(name).map(str::trim).filter(|value| !value.is_empty());
        value.ok_or_else(|| self.error(format!("<{}> needs the attribute {name}", self.name())))
    }

    /// Refuses attributes that are none of `known`.
    pub(super) fn only_attributes(self, known: &[&str]) -> Result<(), ConfigError> {
        let mut names = self.node.attributes().map(|attribute| attribute.name());
        match names.find(|name| !known.contains(name)) {
            None => Ok(()),
            Some(name) => {
                let hint = nearest::hint(name, known.iter().copied());
                Err(self.error(format!("the attribute {name} of <{}> is unknown{hint}", self.name())))
            }
        }
    }

    /// The elements inside. There must be no text beside them.
    pub(super) fn children(self) -> Result<Vec<Self>, ConfigError> {
        let stray = self.node.children().filter(Node::is_text);
        if stray.filter_map(|text| text.text()).any(|text| !text.trim().is_empty()) {
            return Err(self.error(format!("<{}> takes elements and no text", self.name())));
        }
        let elements = self.node.children().filter(Node::is_element);
        Ok(elements.map(|node| Self { node, ..self }).collect())
    }

    /// The elements inside, each of which has one of the names `known` and stands there once.
    pub(super) fn members(self, known: &[&str]) -> Result<Vec<Self>, ConfigError> {
        let children = self.children()?;
        for (index, child) in children.iter().enumerate() {
            if !known.contains(&child.name()) {
                return Err(child.unknown(known));
            }
            if children[..index].iter().any(|earlier| earlier.name() == child.name()) {
                return Err(child.error(format!("<{}> stands here twice", child.name())));
            }
        }
        Ok(children)
    }

    /// The text inside, without blanks around it. There must be no elements.
    pub(super) fn text(self) -> Result<String, ConfigError> {
        if self.node.children().any(|child| child.is_element()) {
            return Err(self.error(format!("<{}> takes text and no elements", self.name())));
        }
        let pieces = self
            .node
            .children()
            .filter(Node::is_text)
            .filter_map(|text| text.text());
        Ok(pieces.collect::<String>().trim().to_owned())
    }
}
