//! Names below a folder, as callers write them.

/// Longest name, in bytes.
const LONGEST: usize = 255;
/// Longest path, in bytes, and most names in it.
const LONGEST_PATH: usize = 4000;
const DEEPEST: usize = 64;

/// A path that leads to something below a folder, whatever it is resolved against: plain names, one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct RelativePath(Vec<String>);

/// Why a path is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathProblem {
    /// It would lead elsewhere, or mean something else on another system.
    #[error("the path leads out of its folder")]
    Outside,
    /// A name is too long or has characters that no name has.
    #[error("the path has a name that cannot be used")]
    Invalid,
}

impl RelativePath {
    /// Reads what stands behind `path=`, decoded once. Names are separated by `/` or, as Windows has it, `\`; one at the beginning counts
    /// for nothing, and so do empty names (wire protocol 3.6.1). An empty path is one without names.
    pub fn parse(text: &str) -> Result<Self, PathProblem> {
        let is_separator = |letter: char| letter == '/' || letter == '\\';
        // A share of another machine, and a drive.
        let mut first = text.chars();
        if first.next().is_some_and(is_separator) && first.next().is_some_and(is_separator) || has_drive(text) {
            return Err(PathProblem::Outside);
        }
        if hides_more(text) {
            return Err(PathProblem::Outside);
        }
        if text.len() > LONGEST_PATH {
            return Err(PathProblem::Invalid);
        }
        let mut names = Vec::new();
        for name in text.split(is_separator).filter(|name| !name.is_empty()) {
            names.push(check(name)?.to_owned());
        }
        if names.len() > DEEPEST {
            return Err(PathProblem::Invalid);
        }
        Ok(Self(names))
    }

    /// Of names that stand one by one, such as the segments of a URL.
    pub fn of_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, PathProblem> {
        let names: Vec<_> = names
            .into_iter()
            .map(|name| {
                let is_one = !name.contains(['/', '\\']) && !has_drive(name) && !hides_more(name);
                if is_one {
                    check(name).map(str::to_owned)
                } else {
                    Err(PathProblem::Outside)
                }
            })
            .collect::<Result<_, _>>()?;
        if names.len() > DEEPEST || names.iter().map(String::len).sum::<usize>() > LONGEST_PATH {
            return Err(PathProblem::Invalid);
        }
        Ok(Self(names))
    }

    /// What is left of it below `folder`, when it is below that.
    pub fn below(&self, folder: &Self) -> Option<Self> {
        let rest = self.0.strip_prefix(&folder.0[..])?;
        Some(Self(rest.to_vec()))
    }

    /// The same without the first names.
    #[must_use]
    pub fn skip(&self, count: usize) -> Self {
        Self(self.0.iter().skip(count).cloned().collect())
    }

    /// Its names.
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// The last name, none where the path is empty.
    pub fn name(&self) -> Option<&str> {
        self.0.last().map(String::as_str)
    }

    /// As the system wants it.
    pub(super) fn joined(&self) -> String {
        self.0.join("/")
    }

    /// The folder the last name stands in.
    pub(super) fn folder(&self) -> &[String] {
        self.0.split_last().map_or(&[], |(_, folder)| folder)
    }
}

fn check(name: &str) -> Result<&str, PathProblem> {
    // `.` and `..`, and what Windows makes the same name of.
    if name.ends_with('.') {
        return Err(PathProblem::Outside);
    }
    if name.len() > LONGEST || name.chars().any(char::is_control) {
        return Err(PathProblem::Invalid);
    }
    Ok(name)
}

/// `C:` at the beginning, with or without a path behind it.
fn has_drive(text: &str) -> bool {
    let bytes = text.trim_start_matches(['/', '\\']).as_bytes();
    matches!(bytes, [letter, b':', ..] if letter.is_ascii_alphabetic())
}

/// Whether it would lead elsewhere once somebody decodes it again: `%2e%2e%2f`.
fn hides_more(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["%2f", "%5c", "%2e", "%00", "%25"]
        .iter()
        .any(|hidden| lower.contains(hidden))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_kinds_are_paths() {
        for (text, names) in [
            ("a.txt", &["a.txt"][..]),
            ("/a/b.txt", &["a", "b.txt"]),
            ("a\\b\\c.txt", &["a", "b", "c.txt"]),
            ("a//b/", &["a", "b"]),
            ("", &[]),
            (".hidden/..data/x..y", &[".hidden", "..data", "x..y"]),
            ("a b#c%d+e&f;g\u{e9}\u{4e2d}.txt", &["a b#c%d+e&f;g\u{e9}\u{4e2d}.txt"]),
            ("12:30.log", &["12:30.log"]),
        ] {
            assert_eq!(RelativePath::parse(text).unwrap().names(), names, "{text}");
        }
    }

    /// The issue: whatever leads out of a folder, or would on another system or after another decoding.
    #[test]
    fn what_leads_elsewhere_is_no_path() {
        for text in [
            "..",
            "../x",
            "a/../../x",
            "a/..",
            ".",
            "./x",
            "..\\x",
            "a\\..\\..\\x",
            "\\\\server\\share",
            "//server/share",
            "C:\\x",
            "c:x",
            "/C:/x",
            "%2e%2e/x",
            "..%2fx",
            "%2E%2E%5Cx",
            "%252e%252e%252fx",
            "a.",
            "a...",
            "x%00",
        ] {
            assert_eq!(RelativePath::parse(text), Err(PathProblem::Outside), "{text}");
        }
        for text in [
            "a\0b",
            "a\nb",
            "\u{7f}",
            &"x".repeat(256),
            &"\u{e9}".repeat(128),
            &"x/".repeat(65),
            &"xy/".repeat(2000),
        ] {
            assert_eq!(RelativePath::parse(text), Err(PathProblem::Invalid), "{text}");
        }
    }

    #[test]
    fn names_that_stand_alone_have_no_separators() {
        assert_eq!(RelativePath::of_names(["a", "b c"]).unwrap().names(), ["a", "b c"]);
        for name in ["a/b", "a\\b", "..", "C:", "%2e"] {
            assert_eq!(RelativePath::of_names([name]), Err(PathProblem::Outside), "{name}");
        }
    }

    #[test]
    fn a_path_is_below_a_folder_by_whole_names() {
        let path = |text| RelativePath::parse(text).unwrap();
        assert_eq!(path("/srv/data/x").below(&path("/srv/data")), Some(path("x")));
        assert_eq!(path("/srv/database/x").below(&path("/srv/data")), None);
    }
}
