//! The body of a script request: script, delimiter, arguments (section 3.2.2, WP-D-23).

/// A request body taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScriptBody<'a> {
    /// The script text. Without trailing blanks when arguments follow it.
    pub script: &'a str,
    /// The arguments as CLIXML, when there are any.
    pub arguments: Option<&'a str>,
}

impl<'a> ScriptBody<'a> {
    /// Splits `body` at the **last** occurrence of the delimiter `<#session_id#>`, compared case-sensitively.
    ///
    /// Without a session id nothing is split, since the delimiter `<##>` is a legal comment. What stands behind the
    /// delimiter is never the script, also when nothing stands before it (WP-D-23).
    pub fn split(body: &'a str, session_id: &str) -> Self {
        let whole = Self {
            script: body,
            arguments: None,
        };
        if session_id.is_empty() {
            return whole;
        }
        let delimiter = delimiter(session_id);
        let Some(at) = body.rfind(&delimiter) else { return whole };
        let arguments = body[at + delimiter.len()..].trim();
        if arguments.is_empty() {
            return Self {
                script: &body[..at],
                arguments: None,
            };
        }
        Self {
            script: body[..at].trim_end_matches([' ', '\t', '\r', '\n']),
            arguments: Some(arguments),
        }
    }

    /// The inverse: the text a client sends. The delimiter stands there without arguments too (client module 8.3).
    pub fn join(script: &str, session_id: &str, arguments: Option<&str>) -> String {
        let delimiter = delimiter(session_id);
        let arguments = arguments.unwrap_or_default();
        let mut text = String::with_capacity(script.len() + delimiter.len() + arguments.len());
        text.push_str(script);
        text.push_str(&delimiter);
        text.push_str(arguments);
        text
    }

    /// Whether there is nothing to run (WP-D-24: a blank script is refused, not silently accepted).
    pub fn is_blank(&self) -> bool {
        self.script.trim().is_empty()
    }
}

fn delimiter(session_id: &str) -> String {
    format!("<#{session_id}#>")
}
