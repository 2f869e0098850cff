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

/// Jars that are kept; the one that was not used for longest goes first. A call without a session object leaves a jar behind
/// that nobody asks for again.
const MOST_JARS: usize = 1000;

type Jar = Arc<Mutex<CookieStore>>;

/// The jars of all session objects. The nil id names none: its cookies are not kept.
#[derive(Default)]
pub(crate) struct Jars {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    jars: HashMap<Uuid, (Jar, u64)>,
    uses: u64,
}

impl Kept {
    fn find(&mut self, id: Uuid) -> Option<Jar> {
        self.uses += 1;
        let (jar, used) = self.jars.get_mut(&id)?;
        *used = self.uses;
        Some(jar.clone())
    }

    fn find_or_add(&mut self, id: Uuid) -> Jar {
        if let Some(jar) = self.find(id) {
            return jar;
        }
        if self.jars.len() == MOST_JARS {
            let oldest = self.jars.iter().min_by_key(|(_, (_, used))| *used).map(|(id, _)| *id);
            oldest.map(|oldest| self.jars.remove(&oldest));
        }
        let jar = Jar::default();
        self.jars.insert(id, (jar.clone(), self.uses));
        jar
    }
}

impl Jars {
    /// The `Cookie` header for a request to `url`, marked so that it is never printed.
    pub(crate) fn header(&self, jar: Uuid, url: &Url) -> Option<HeaderValue> {
        let jar = self.kept.lock().find(jar)?;
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
        let jar = self.kept.lock().find_or_add(jar);
        let mut jar = jar.lock();
        for cookie in headers.get_all(SET_COOKIE) {
            if let Ok(cookie) = cookie.to_str() {
                let _ = jar.parse(cookie, url);
            }
        }
    }

    /// Throws a jar away.
    pub(crate) fn forget(&self, jar: Uuid) {
        self.kept.lock().jars.remove(&jar);
    }
}

impl fmt::Debug for Jars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Jars(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jar_that_was_not_used_for_longest_goes_first() {
        let jars = Jars::default();
        let url = Url::parse("http://host.test/").unwrap();
        let cookie = HeaderMap::from_iter([(SET_COOKIE, HeaderValue::from_static("a=1"))]);
        let ids: Vec<_> = (1..=MOST_JARS as u128).map(Uuid::from_u128).collect();
        for id in &ids {
            jars.keep(*id, &url, &cookie);
        }
        assert!(jars.header(ids[0], &url).is_some());
        jars.keep(Uuid::max(), &url, &cookie);
        let kept = [ids[0], ids[1], ids[2], Uuid::max()].map(|id| jars.header(id, &url).is_some());
        assert_eq!(kept, [true, false, true, true]);
    }
}
