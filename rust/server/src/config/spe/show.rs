//! What all files say together, for people: a line for each value, with the file and line it came from. Secrets are not shown.

use std::fmt::Write as _;
use std::path::Path;

use super::Merged;
use super::property::REFERENCE;
use super::tree::{Attribute, Node, Place};
use crate::redact;

/// What is shown for what is not.
const MASK: &str = "***";
/// Attributes that say which of several elements of a name this is.
const NAMES: [&str; 2] = ["name", "Identity"];

impl Merged {
    /// Lines such as `powershell/services/remoting/@enabled = true  (App_Config/Include/Spe/Spe.config:14)`, with files relative to `folder`.
    /// Values out of the environment are shown as they are written, not as they are.
    pub(crate) fn show(&self, folder: &Path) -> Vec<String> {
        let mut lines = Vec::new();
        show(&self.0, "", folder, &mut lines);
        lines
    }
}

fn show(node: &Node, path: &str, folder: &Path, lines: &mut Vec<String>) {
    let mut tell = |path: &str, value: &str, Place { file, line }: &Place| {
        let file = file.strip_prefix(folder).unwrap_or(file).display();
        lines.push(format!("{path} = {value}  ({file}:{line})"));
    };
    let in_path = naming(node);
    let told =
        |attribute: &&Attribute| attribute.name != "hint" && in_path.is_none_or(|name| name.name != attribute.name);
    for attribute in node.attributes.iter().filter(told) {
        let path = format!("{path}/@{}", attribute.name);
        tell(&path, &masked(&attribute.value), &attribute.place);
    }
    let text = node.text.trim();
    if node.name.eq_ignore_ascii_case("sharedSecret") {
        tell(path, &references(text), &node.text_place);
    } else if !text.is_empty() {
        tell(path, &masked(text), &node.text_place);
    } else if node.attributes.is_empty() && node.children.is_empty() {
        tell(path, "(empty)", &node.place);
    }
    for (index, child) in node.children.iter().enumerate() {
        let mut step = String::new();
        // Writing to a string does not fail.
        let _ = write!(step, "{path}{}{}", if path.is_empty() { "" } else { "/" }, child.name);
        let is_one_of_several = node.children.iter().filter(|other| other.name == child.name).count() > 1;
        if let Some(name) = naming(child) {
            let _ = write!(step, "[{}]", masked(&name.value));
        } else if is_one_of_several {
            let before = node.children[..index].iter().filter(|other| other.name == child.name);
            let _ = write!(step, "[{}]", before.count() + 1);
        }
        show(child, &step, folder, lines);
    }
}

/// The attribute that is in the path of an element.
fn naming(node: &Node) -> Option<&Attribute> {
    NAMES.iter().find_map(|name| node.attribute(name))
}

/// A secret: that there is one, and which variables it comes from.
fn references(text: &str) -> String {
    let names = text.split(REFERENCE).skip(1).filter_map(|rest| rest.split_once(')'));
    let names: Vec<_> = names.map(|(name, _)| format!("{REFERENCE}{name})")).collect();
    if names.is_empty() {
        MASK.to_owned()
    } else {
        format!("{MASK} from {}", names.join(", "))
    }
}

/// A value on one line, without the credentials of URLs in it.
pub(super) fn masked(value: &str) -> String {
    let words = value.split_whitespace().map(without_credentials);
    words.collect::<Vec<_>>().join(" ")
}

fn without_credentials(word: &str) -> String {
    let Some((scheme, rest)) = word.split_once("://") else {
        return word.to_owned();
    };
    let (before_fragment, fragment) = match rest.split_once('#') {
        Some((before, _)) => (before, format!("#{MASK}")),
        None => (rest, String::new()),
    };
    let (address, query) = match before_fragment.split_once('?') {
        Some((address, query)) => (address, format!("?{}", redact::query(query, MASK))),
        None => (before_fragment, String::new()),
    };
    // User and password end at the last @ before the path; where there is a second one later, more is hidden than need be.
    let address = match address.rsplit_once('@') {
        Some((_, host)) => format!("{MASK}@{host}"),
        None => address.to_owned(),
    };
    format!("{scheme}://{address}{query}{fragment}")
}
