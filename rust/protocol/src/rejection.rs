//! JSON bodies of refused requests (section 4.3).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The body of a reply to a caller who asked for `outputFormat=json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JsonBody {
    /// Objects the script wrote; empty for a refusal.
    #[serde(default)]
    pub output: Vec<Value>,
    /// Errors, as text or as objects.
    #[serde(default)]
    pub errors: Vec<Value>,
}

impl JsonBody {
    /// A refusal with `phrase` as its one error, in the flat form.
    pub fn flat(phrase: &str) -> Self {
        Self {
            output: Vec::new(),
            errors: vec![Value::String(phrase.to_owned())],
        }
    }

    /// A refusal in the structured form (`errorFormat=structured`) without details.
    pub fn structured(status: u16, rid: &str) -> Self {
        let category = if matches!(status, 401 | 403) {
            "SecurityError"
        } else {
            "ConnectionError"
        };
        let error = json!({
            "correlationId": rid,
            "errorCategory": category,
            "fullyQualifiedErrorId": format!("Spe.Remoting.Http{status}"),
            "message": format!("Remoting request rejected with HTTP {status}. See SPE log id={rid}."),
        });
        Self {
            output: Vec::new(),
            errors: vec![error],
        }
    }
}
