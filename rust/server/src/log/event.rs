//! An event, taken apart: its category, its message and its fields in order.

use std::fmt;

use tracing::field::{Field, Visit};
use tracing::{Event, Level};

/// The category whose events of level info are audit lines.
const AUDITED: &str = "Remoting";

/// What an event says.
#[derive(Debug)]
pub(super) struct Parts {
    /// One word, where the event has a category. Without, it is about the server itself.
    pub(super) category: Option<&'static str>,
    pub(super) level: Level,
    pub(super) message: String,
    /// As they were given: whoever writes them escapes them.
    pub(super) fields: Vec<(&'static str, String)>,
}

impl Parts {
    pub(super) fn of(event: &Event<'_>) -> Self {
        let metadata = event.metadata();
        let target = metadata.target();
        // Categories are one word; everything else is the path of a module.
        let is_category = !target.contains("::") && !target.starts_with("spe_");
        let mut parts = Self {
            category: is_category.then_some(target),
            level: *metadata.level(),
            message: String::new(),
            fields: Vec::new(),
        };
        event.record(&mut parts);
        parts
    }

    /// Whether it is an audit line (wire protocol 10.1).
    pub(super) fn is_audit(&self) -> bool {
        self.level == Level::INFO && self.category == Some(AUDITED)
    }

    /// The user it is about.
    pub(super) fn user(&self) -> Option<&str> {
        let user = self.fields.iter().find(|(name, _)| *name == "user");
        user.map(|(_, value)| value.as_str())
    }
}

impl Visit for Parts {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => value.clone_into(&mut self.message),
            name => self.fields.push((name, value.to_owned())),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}
