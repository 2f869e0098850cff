//! Cookies per session object: a load balancer finds a script session's node by them (client module 4.1).

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use cookie_store::CookieStore;
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};
use parking_lot::Mutex;
use url::Url;
use uuid::Uuid;

type Jar = Arc<Mutex<CookieStore>>;

/// The jars of all session objects. The nil id names none: its cookies are not kept.
#[derive(Default)]
pub(crate) struct Jars {
    jars: Mutex<HashMap<Uuid, Jar>>,
}

impl Jars {
    /// The `Cookie` header for a request to `url`, marked so that it is never printed.
    pub(crate) fn header(&self, jar: Uuid, url: &Url) -> Option<HeaderValue> {
        let jar = self.jars.lock().get(&jar)?.clone();
        let jar = jar.lock();
        let pairs: Vec<_> = jar
            .get_request_values(url)
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if pairs.is_empty() {
            return None;
        }
        let mut header = HeaderValue::from_str(&pairs.join("; ")).ok()?;
        header.set_sensitive(true);
        Some(header)
    }

    /// Keeps what a reply from `url` sets. A cookie that breaks the rules is left out, as browsers do.
    pub(crate) fn keep(&self, jar: Uuid, url: &Url, headers: &HeaderMap) {
        if jar.is_nil() || !headers.contains_key(SET_COOKIE) {
            return;
        }
        let jar = self.jars.lock().entry(jar).or_default().clone();
        let mut jar = jar.lock();
        for cookie in headers.get_all(SET_COOKIE) {
            if let Ok(cookie) = cookie.to_str() {
                let _ = jar.parse(cookie, url);
            }
        }
    }

    /// Throws a jar away.
    pub(crate) fn forget(&self, jar: Uuid) {
        self.jars.lock().remove(&jar);
    }
}

impl fmt::Debug for Jars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Jars(..)")
    }
}
