//! What callers name items by.

use uuid::Uuid;

use crate::storage::{PathProblem, RelativePath};

/// What paths of the library begin with; callers may leave it out.
const LIBRARY: [&str; 2] = ["sitecore", "media library"];

/// A path of the library, or an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaPath {
    path: RelativePath,
    id: Option<Uuid>,
}

impl MediaPath {
    /// Of names that stand one by one.
    pub fn new(path: RelativePath) -> Self {
        let id = path.names().iter().find_map(|name| braced_id(name));
        let names = path.names();
        let is_long = names.len() > LIBRARY.len()
            && LIBRARY
                .iter()
                .zip(names)
                .all(|(known, name)| known.eq_ignore_ascii_case(name));
        let path = if is_long { path.skip(LIBRARY.len()) } else { path };
        Self { path, id }
    }

    /// From the decoded segments of a URL.
    pub fn of_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, PathProblem> {
        // A segment may have come with separators of Windows (3.8).
        RelativePath::of_names(names).map(Self::new)
    }

    /// The id in braces that stands in it (3.8, step 5).
    pub fn id(&self) -> Option<Uuid> {
        self.id
    }

    /// Its names.
    pub fn names(&self) -> &[String] {
        self.path.names()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.path.names().is_empty()
    }

    /// The last name, in two: WP-D-25 takes the ending of the last name alone.
    pub fn name_and_extension(&self) -> (&str, &str) {
        let name = self.path.name().unwrap_or_default();
        match name.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() && !extension.is_empty() => (stem, extension),
            _ => (name, ""),
        }
    }

    /// Under which an item is found, whatever the case of its names.
    pub(super) fn key(&self) -> String {
        let (name, _) = self.name_and_extension();
        key(self.folder(), name)
    }

    /// The same for an item that has the ending in its name.
    pub(super) fn whole_key(&self) -> String {
        key(self.folder(), self.path.name().unwrap_or_default())
    }

    pub(super) fn folder(&self) -> &[String] {
        self.names().split_last().map_or(&[], |(_, folder)| folder)
    }

    /// A path beside this one, as an archive has it.
    pub fn beside(&self, entry: &RelativePath) -> Result<Self, PathProblem> {
        let names = self.folder().iter().chain(entry.names());
        Self::of_names(names.map(String::as_str))
    }

    /// As callers read it.
    pub fn shown(&self) -> String {
        self.names().join("/")
    }
}

pub(super) fn key(folder: &[String], name: &str) -> String {
    let names = folder.iter().map(String::as_str).chain([name]);
    names.map(str::to_lowercase).collect::<Vec<_>>().join("/")
}

/// `{8-4-4-4-12}`, wherever it stands.
fn braced_id(name: &str) -> Option<Uuid> {
    let begin = name.find('{')?;
    let text = name.get(begin + 1..begin + 37)?;
    let is_closed = name.as_bytes().get(begin + 37) == Some(&b'}');
    is_closed.then(|| Uuid::try_parse(text).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> MediaPath {
        MediaPath::new(RelativePath::parse(text).unwrap())
    }

    /// WP-D-25: dots of folders stay, and only the last name loses its ending.
    #[test]
    fn only_the_last_name_has_an_ending() {
        assert_eq!(path("v1.2/photo.old.jpg").name_and_extension(), ("photo.old", "jpg"));
        assert_eq!(path("v1.2/photo.old.jpg").key(), "v1.2/photo.old");
        for name in ["photo", ".hidden"] {
            assert_eq!(path(name).name_and_extension(), (name, ""));
        }
    }

    /// 3.8: the beginning may be left out, and case does not matter.
    #[test]
    fn the_beginning_may_be_left_out() {
        for text in [
            "/sitecore/media library/Images/Cat.JPG",
            "Sitecore/Media Library/images/cat",
            "images/cat.png",
        ] {
            assert_eq!(path(text).key(), "images/cat", "{text}");
        }
        assert_eq!(path("sitecore/media library").key(), "sitecore/media library");
    }

    #[test]
    fn an_id_in_braces_is_found() {
        let id = "110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9";
        assert_eq!(path(&format!("{{{id}}}")).id(), Uuid::try_parse(id).ok());
        assert_eq!(path(&format!("a/{{{id}}}.jpg")).id(), Uuid::try_parse(id).ok());
        for text in [id.to_owned(), format!("{{{id}"), "{x}".into(), "{\u{e9}".into()] {
            assert_eq!(path(&text).id(), None, "{text}");
        }
    }
}
