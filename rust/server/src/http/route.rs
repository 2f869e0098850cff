//! From a path to a route, without putting any text together again (wire protocol 1.3, WP-D-35).

use http::Method;

use super::query::decode;

/// A route of the protocol that this server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// Inline scripts and the built-in actions.
    Script,
    /// Long polling for a job's state and records.
    Wait,
    /// Files below folders of the configuration.
    File,
    /// The media library.
    Media,
    /// What scripts left to be fetched.
    Handle,
}

impl Route {
    /// The route a path means. The prefix has any case, empty segments count for nothing, and the origin segment behind the
    /// route is accepted: stock clients name a database there, which this server has none of. The path is compared as it was
    /// sent: nothing is decoded, and `.` and `..` lead nowhere, so that a proxy that does either sees no other route.
    pub(super) fn of(path: &str) -> Option<Self> {
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());
        if segments.next()? != "-" || !segments.next()?.eq_ignore_ascii_case("script") {
            return None;
        }
        let route = segments.next()?;
        if route.eq_ignore_ascii_case("file") {
            // Which folder the next segment names is found out behind the credentials.
            return segments.nth(1).is_none().then_some(Self::File);
        }
        if route.eq_ignore_ascii_case("media") {
            return Some(Self::Media);
        }
        if route.eq_ignore_ascii_case("handle") {
            return segments.nth(1).is_none().then_some(Self::Handle);
        }
        let origin = segments.next();
        if segments.next().is_some() || !origin.is_none_or(is_origin) {
            return None;
        }
        // Stock servers compare the one exactly and the other in any case (1.2).
        if route == "script" {
            Some(Self::Script)
        } else if route.eq_ignore_ascii_case("wait") {
            Some(Self::Wait)
        } else {
            None
        }
    }

    /// The service that is switched on and authorised as a whole.
    pub(super) fn service(self, method: &Method) -> &'static str {
        match self {
            Self::Script | Self::Wait => "remoting",
            Self::File if reads(method) => "fileDownload",
            Self::File => "fileUpload",
            Self::Media if reads(method) => "mediaDownload",
            Self::Media => "mediaUpload",
            Self::Handle => "handleDownload",
        }
    }

    /// Methods the route takes, as in `Allow`.
    pub(super) fn allow(self) -> &'static str {
        match self {
            Self::Script => "GET, POST, OPTIONS",
            Self::Wait | Self::Handle => "GET, OPTIONS",
            Self::File | Self::Media => "GET, HEAD, POST, PUT, OPTIONS",
        }
    }

    /// Whether it takes `method`. Methods have one spelling. OPTIONS is answered without the route (2.2).
    pub(super) fn takes(self, method: &Method) -> bool {
        match self {
            Self::Script => method == Method::GET || method == Method::POST,
            Self::Wait | Self::Handle => method == Method::GET,
            Self::File | Self::Media => reads(method) || method == Method::POST || method == Method::PUT,
        }
    }
}

/// The method alone says whether something is read or written (WP-D-05).
pub(super) fn reads(method: &Method) -> bool {
    method == Method::GET || method == Method::HEAD
}

/// The folder that a path of the file route names, or the handle of the other one, as it stands there.
pub(super) fn file_root(path: &str) -> Option<&str> {
    path.split('/').filter(|segment| !segment.is_empty()).nth(3)
}

/// The database that a path of the media route names, and the names behind it, each decoded once. A name that cannot be decoded is one
/// that nothing has.
pub(super) fn media_target(path: &str) -> (String, Vec<String>) {
    let segments = path.split('/').filter(|segment| !segment.is_empty()).skip(3);
    // In a path a plus sign is one.
    let mut decoded = segments.map(|segment| decode(&segment.replace('+', "%2B")).unwrap_or_else(|| "\0".to_owned()));
    (decoded.next().unwrap_or_default(), decoded.collect())
}

/// Whether a path is a route, for the fuzz targets.
pub(crate) fn is_route(path: &str) -> bool {
    Route::of(path).is_some()
}

/// The name of a database.
fn is_origin(segment: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    segment.bytes().all(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wire protocol 1.2 and 1.3: prefix in any case, empty segments ignored, origin accepted.
    #[test]
    fn paths_mean_routes() {
        for path in [
            "/-/script/script/",
            "/-/script/script",
            "/-/SCRIPT/script/",
            "//-//script//script//",
            "/-/script/script/master/",
        ] {
            assert_eq!(Route::of(path), Some(Route::Script), "{path}");
        }
        for path in ["/-/script/wait/", "/-/script/WAIT", "/-/script/wait/master"] {
            assert_eq!(Route::of(path), Some(Route::Wait), "{path}");
        }
        for path in ["/-/script/file/Temp/", "/-/script/File/custom", "/-/script/file/"] {
            assert_eq!(Route::of(path), Some(Route::File), "{path}");
        }
        assert_eq!(file_root("/-/script/file/Temp/"), Some("Temp"));
        assert_eq!(file_root("/-/script/file/"), None);
        for path in ["/-/script/media/master/a/b.jpg", "/-/script/media/"] {
            assert_eq!(Route::of(path), Some(Route::Media), "{path}");
        }
        let (database, names) = media_target("/-/script/media/master//a%20b/c+d%2Fe/%zz");
        assert_eq!(
            (database.as_str(), names),
            ("master", vec!["a b".into(), "c+d/e".into(), "\0".into()])
        );
    }

    /// Wire protocol 1.2, and WP-D-35: a path that reads differently once it is decoded or shortened is no route.
    #[test]
    fn anything_else_is_unknown() {
        for path in [
            "/",
            "/-/script/",
            "/-/script/Script/",
            "/-/script/scripts/",
            "/-/script/script/master/more",
            "/-/script/v2/master/x",
            "/-/script/file/Temp/more",
            "/x/-/script/script/",
            "/script/script/",
            "/-/script/script%2F",
            "/-/script%2Fscript/",
            "/-/script/%73cript/",
            "/-/script/script/..",
            "/-/script/script/.",
            "/-/script/x/../script/",
            "/-/script/./script/",
            "/-/script/script/%2e%2e",
            "/-/script/script/%00",
            "/-/script/script/a%2Fb",
            "/-/script/script/a%26action=test",
            "/-/script/script/;a",
            "/-/script/script\\",
        ] {
            assert_eq!(Route::of(path), None, "{path}");
        }
    }
}
