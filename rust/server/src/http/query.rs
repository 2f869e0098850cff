//! The query of a request: the one source of parameters (wire protocol 2.6, WP-D-30). Form fields and cookies are never
//! looked at.

use secrecy::{ExposeSecret as _, SecretString};

use crate::identity::QueryLogin;

/// Parameters that steer the server. Each may stand there once; all others are let pass unread.
const CONTROL: [&str; 16] = [
    "sessionId",
    "persistentSession",
    "outputFormat",
    "rawOutput",
    "errorFormat",
    "jsonDepth",
    "captureStreams",
    "action",
    "jobId",
    "jobType",
    "timeoutSeconds",
    "cursor",
    "path",
    "skipunpack",
    "unpack",
    "skipexisting",
];

/// The decoded parameters of a query.
#[derive(Debug, Clone, Default)]
pub(super) struct Query {
    pairs: Vec<(String, String)>,
    user: Option<String>,
    password: Option<SecretString>,
    problem: Option<QueryProblem>,
}

/// What is wrong with a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QueryProblem {
    /// A percent sign without two hex digits, or bytes that are not UTF-8.
    Encoding,
    /// A control parameter stands there more than once.
    Repeated(&'static str),
}

impl Query {
    /// Decodes `raw`. Problems are kept rather than returned: a caller who is not known yet is told of nothing else.
    pub(super) fn parse(raw: Option<&str>) -> Self {
        let mut query = Self::default();
        for part in raw.unwrap_or_default().split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            match (decode(name), decode(value)) {
                (Some(name), Some(value)) => query.add(&name, value),
                _ => query.problem = query.problem.or(Some(QueryProblem::Encoding)),
            }
        }
        query
    }

    fn add(&mut self, name: &str, value: String) {
        if name.eq_ignore_ascii_case("user") {
            self.user.get_or_insert(value);
            return;
        }
        if name.eq_ignore_ascii_case("password") {
            self.password.get_or_insert_with(|| value.into());
            return;
        }
        let Some(known) = CONTROL.into_iter().find(|known| known.eq_ignore_ascii_case(name)) else {
            return;
        };
        if self.get(known).is_some() {
            self.problem = self.problem.or(Some(QueryProblem::Repeated(known)));
        } else {
            self.pairs.push((known.to_owned(), value));
        }
    }

    /// A name and a password, where both are there (authentication 1.2).
    pub(super) fn login(&self) -> Option<QueryLogin<'_>> {
        let user = self.user.as_deref().filter(|user| !user.is_empty())?;
        let password = self
            .password
            .as_ref()
            .filter(|password| !password.expose_secret().is_empty())?;
        Some(QueryLogin { user, password })
    }

    /// The first thing that is wrong.
    pub(super) fn problem(&self) -> Option<QueryProblem> {
        self.problem
    }

    /// A control parameter. Names have any case, as stock servers read them.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// A control parameter that is not empty.
    pub(super) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Whether a control parameter is `true`, in any case; anything else is false.
    pub(super) fn is_true(&self, name: &str) -> bool {
        self.is(name, "true")
    }

    /// Whether a control parameter has `value`, in any case.
    pub(super) fn is(&self, name: &str, value: &str) -> bool {
        self.get(name).is_some_and(|text| text.eq_ignore_ascii_case(value))
    }
}

/// The control parameters of `raw` in order, for the fuzz targets.
pub(crate) fn pairs(raw: &str) -> Result<Vec<(String, String)>, String> {
    let query = Query::parse(Some(raw));
    match query.problem {
        None => Ok(query.pairs),
        Some(problem) => Err(format!("{problem:?}")),
    }
}

pub(super) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => hex(rest.next()?)? << 4 | hex(rest.next()?)?,
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded_once() {
        let query = Query::parse(Some("jobId=%7BA%7D%3bx&cursor=%2525&sessionId=a+b"));
        assert_eq!(query.get("jobId"), Some("{A};x"));
        assert_eq!(query.get("cursor"), Some("%25"));
        assert_eq!(query.get("sessionId"), Some("a b"));
        assert_eq!(query.problem(), None);
    }

    /// Authentication 1.2: one half is no login, and no `Debug` shows the other.
    #[test]
    fn a_login_is_two_parameters() {
        let query = Query::parse(Some("USER=sitecore%5Cadmin&Password=pa%3Ass&sessionId=a"));
        let login = query.login().unwrap();
        assert_eq!(
            (login.user, login.password.expose_secret()),
            (r"sitecore\admin", "pa:ss")
        );
        assert!(!format!("{query:?}").contains("pa:ss"));
        for raw in ["user=a", "password=b", "user=&password=b", "user=a&password="] {
            assert!(Query::parse(Some(raw)).login().is_none(), "{raw}");
        }
    }

    /// Wire protocol 2.6 and 12.4: booleans have any case; anything but true is false.
    #[test]
    fn booleans_have_any_case() {
        for (text, expected) in [
            ("True", true),
            ("TRUE", true),
            ("true", true),
            ("False", false),
            ("1", false),
        ] {
            let query = Query::parse(Some(&format!("persistentSession={text}")));
            assert_eq!(query.is_true("persistentSession"), expected, "{text}");
        }
    }

    /// WP-D-30: one source and one value for each parameter.
    #[test]
    fn a_repeated_control_parameter_is_a_problem_in_any_case() {
        let query = Query::parse(Some("sessionId=a&SESSIONID=b"));
        assert_eq!(query.problem(), Some(QueryProblem::Repeated("sessionId")));
        assert_eq!(Query::parse(Some("x=1&x=2&&=3")).problem(), None);
    }

    #[test]
    fn broken_encoding_is_a_problem() {
        for raw in ["sessionId=%", "sessionId=%4", "sessionId=%zz", "x=%ff", "%e9=1"] {
            assert_eq!(Query::parse(Some(raw)).problem(), Some(QueryProblem::Encoding), "{raw}");
        }
    }
}
