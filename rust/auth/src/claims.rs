//! How single claims are read. An unusual form is refused, never taken for an absent one (AU-D-23 to AU-D-25).

use serde_json::{Map, Value};

use crate::error::TokenError;

/// The last second of the year 9999.
const LATEST: f64 = 253_402_300_799.0;

/// A time of a token in seconds since 1970. A fraction counts for neither side: each check rounds it against the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) floor: i64,
    pub(crate) ceil: i64,
}

impl Date {
    /// The time that `value` is: a number from 1 to the end of the year 9999 (2.5, 4.3).
    pub(crate) fn read(value: &Value) -> Option<Self> {
        // Every whole number of the range is exact in a double, and what is beyond it stays beyond it.
        let seconds = value.as_f64()?;
        let (floor, ceil) = (seconds.floor(), seconds.ceil());
        (floor >= 1.0 && ceil <= LATEST).then_some(Self {
            floor: floor as i64,
            ceil: ceil as i64,
        })
    }
}

/// The audiences of a token: a text or an array of texts, blank ones left out (4.5, AU-D-13).
pub(crate) fn audiences(claims: &Map<String, Value>) -> Result<Vec<&str>, TokenError> {
    let all = match claims.get("aud") {
        Some(Value::String(text)) => vec![text.as_str()],
        Some(Value::Array(elements)) => {
            let texts = elements.iter().map(Value::as_str).collect::<Option<Vec<_>>>();
            texts.ok_or(TokenError::MalformedAudience)?
        }
        _ => Vec::new(),
    };
    let named = all
        .into_iter()
        .filter(|text| !text.trim().is_empty())
        .collect::<Vec<_>>();
    if named.is_empty() {
        return Err(TokenError::MissingAudience);
    }
    Ok(named)
}

/// A claim that is a text with something in it.
pub(crate) fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    let text = claims.get(name)?.as_str()?;
    (!text.trim().is_empty()).then_some(text)
}
