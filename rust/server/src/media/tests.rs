use std::io::Write as _;
use std::path::Path;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::storage::RelativePath;

const LIMITS: ArchiveLimits = ArchiveLimits {
    entries: 10,
    unpacked: 1_000_000,
    ratio: 200,
};

fn path(text: &str) -> MediaPath {
    MediaPath::new(RelativePath::parse(text).unwrap())
}

fn library() -> (tempfile::TempDir, FolderLibrary) {
    let folder = tempfile::tempdir().unwrap();
    let library = FolderLibrary::open(folder.path()).unwrap();
    (folder, library)
}

fn content(library: &FolderLibrary, text: &[u8]) -> Content {
    let (mut content, mut upload) = library.begin("master").unwrap();
    upload.write(text).unwrap();
    upload.commit().unwrap();
    content.size = text.len() as u64;
    content
}

fn put(library: &FolderLibrary, name: &str, text: &str) -> Stored {
    let content = content(library, text.as_bytes());
    library
        .put("master", vec![(path(name), content)], false)
        .unwrap()
        .remove(0)
}

fn text(file: &StoredFile) -> String {
    let mut buffer = vec![0; 1000];
    let count = file.read_at(&mut buffer, 0).unwrap();
    String::from_utf8(buffer[..count].to_vec()).unwrap()
}

fn get(library: &FolderLibrary, name: &str) -> Option<String> {
    library.find("MASTER", &path(name)).ok().map(|(_, file)| text(&file))
}

fn contents(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("master/contents")).unwrap().count()
}

/// 3.8 and 3.9: by path in any case and with or without ending, by id, and replaced in its place with its ending kept.
#[test]
fn an_item_is_found_and_replaced() {
    let (folder, library) = library();
    let made = put(&library, "Images/v1.2/Cat.JPG", "one");
    assert_eq!((made.outcome, made.item.extension.as_str()), (Outcome::Created, "JPG"));
    let id = made.item.id.braced().to_string();
    for name in [
        "images/v1.2/cat",
        "/sitecore/media library/Images/V1.2/cat.jpg",
        &id,
        &format!("x/{id}.jpg"),
    ] {
        assert_eq!(get(&library, name).as_deref(), Some("one"), "{name}");
    }
    let replaced = put(&library, "images/v1.2/cat.png", "two");
    assert_eq!((replaced.outcome, replaced.item.id), (Outcome::Replaced, made.item.id));
    assert_eq!(replaced.item.file_name(), "Cat.JPG");
    put(&library, &id, "three");
    assert_eq!(
        (get(&library, "images/v1.2/cat").as_deref(), contents(folder.path())),
        (Some("three"), 1)
    );
    assert_eq!(get(&library, "images/v1"), None);
}

/// Who reads has the content of one moment to its end.
#[test]
fn a_reader_keeps_what_it_opened() {
    let (_folder, library) = library();
    put(&library, "a", "old");
    let (_, before) = library.find("master", &path("a")).unwrap();
    put(&library, "a", "new");
    assert_eq!(
        (text(&before), get(&library, "a").as_deref()),
        ("old".into(), Some("new"))
    );
}

#[test]
fn what_is_there_may_be_left_alone() {
    let (folder, library) = library();
    put(&library, "a.txt", "old");
    let new = vec![
        (path("a.txt"), content(&library, b"new")),
        (path("b.txt"), content(&library, b"b")),
    ];
    let stored = library.put("master", new, true).unwrap();
    let outcomes: Vec<_> = stored.iter().map(|stored| stored.outcome).collect();
    assert_eq!(outcomes, [Outcome::Skipped, Outcome::Created]);
    assert_eq!(
        (get(&library, "a").as_deref(), contents(folder.path())),
        (Some("old"), 2)
    );
}

/// An id that nobody has makes no item.
#[test]
fn an_unknown_id_is_missing() {
    let (_folder, library) = library();
    let new = vec![(path("{110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9}"), content(&library, b"x"))];
    assert!(matches!(library.put("master", new, false), Err(MediaError::Missing)));
    assert!(matches!(library.find("web", &path("a")), Err(MediaError::NoDatabase)));
}

/// Everything is there after the next start, and what was left over is not.
#[test]
fn a_library_is_opened_again() {
    let (folder, library) = library();
    let item = put(&library, "a/b.txt", "kept").item;
    content(&library, b"of no item");
    drop(library);
    let library = FolderLibrary::open(folder.path()).unwrap();
    assert_eq!(library.find("master", &path("A/B")).unwrap().0, item);
    assert_eq!(contents(folder.path()), 1);
}

/// The issue: a server that is killed in the middle of an upload of several leaves all of them or none.
#[test]
fn what_was_pending_is_done_at_the_next_start() {
    let (folder, library) = library();
    let old = put(&library, "a", "old").item;
    let new = content(&library, b"new");
    let pending = vec![MediaItem { content: new, ..old }];
    std::fs::write(
        folder.path().join("master/pending.json"),
        serde_json::to_vec(&pending).unwrap(),
    )
    .unwrap();
    drop(library);
    let library = FolderLibrary::open(folder.path()).unwrap();
    assert_eq!(get(&library, "a").as_deref(), Some("new"));
    assert!(!folder.path().join("master/pending.json").exists());
    assert_eq!(contents(folder.path()), 1);
}

/// A zip file of these entries.
fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn unpack_all(library: &FolderLibrary, archive: &[u8]) -> Result<Vec<(String, u64)>, MediaError> {
    let stored = content(library, archive);
    let file = library.content("master", &stored).unwrap();
    let unpacked = unpack(library, "master", &file, &path("photos/all.zip"), LIMITS);
    library.discard("master", &stored);
    Ok(unpacked?
        .into_iter()
        .map(|(path, content)| (path.shown(), content.size))
        .collect())
}

#[test]
fn an_archive_is_unpacked_beside_its_name() {
    let (_folder, library) = library();
    let archive = zip(&[("a.txt", b"one"), ("sub/b.c.txt", b""), ("sub\\d.txt", b"four")]);
    let unpacked = unpack_all(&library, &archive).unwrap();
    let expected = [("photos/a.txt", 3), ("photos/sub/b.c.txt", 0), ("photos/sub/d.txt", 4)];
    assert_eq!(unpacked, expected.map(|(name, size)| (name.to_owned(), size)));
}

/// WP-D-27: everything is looked at first. What would lead elsewhere, twice to one place, or to too much is refused, and nothing of it is left.
#[test]
fn a_bad_archive_is_refused_whole() {
    let (folder, library) = library();
    let entry = |name: &str| ArchiveProblem::Entry(name.to_owned());
    let many: Vec<_> = (0..11).map(|number| format!("{number}.txt")).collect();
    let many: Vec<_> = many.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    let (large, dense) = (vec![7; 600_000], vec![0; 900_000]);
    let long = "x".repeat(256);
    for (entries, expected) in [
        (vec![("ok.txt", &b"x"[..]), ("../x.txt", b"x")], entry("../x.txt")),
        (vec![("/x.txt", b"x")], entry("/x.txt")),
        (vec![("a/../../x.txt", b"x")], entry("a/../../x.txt")),
        (vec![("..\\x.txt", b"x")], entry("..\\x.txt")),
        (vec![("C:\\x.txt", b"x")], entry("C:\\x.txt")),
        (vec![("a\0.txt", b"x")], entry("a\0.txt")),
        (vec![(long.as_str(), b"x")], entry(&long)),
        (
            vec![("a.txt", b"x"), ("A.TXT", b"y")],
            ArchiveProblem::Twice("photos/A.TXT".into()),
        ),
        (
            vec![("a.txt", b"x"), ("a.png", b"y")],
            ArchiveProblem::Twice("photos/a.png".into()),
        ),
        (many, ArchiveProblem::Entries(10)),
        (
            vec![("a", &large[..]), ("b", &large[..])],
            ArchiveProblem::Unpacked(1_000_000),
        ),
        (vec![("a", &dense[..])], ArchiveProblem::Ratio(200)),
    ] {
        match unpack_all(&library, &zip(&entries)) {
            Err(MediaError::Archive(problem)) => assert_eq!(problem, expected),
            other => panic!("{expected:?}: {other:?}"),
        }
    }
    let whole = zip(&[("a.txt", b"a text that is stored"), ("b.txt", b"another")]);
    let mut damaged = whole.clone();
    damaged[45] ^= 0xff;
    for archive in [&whole[..whole.len() - 10], b"PK\x03\x04 and nothing", b"", &damaged] {
        assert!(
            matches!(
                unpack_all(&library, archive),
                Err(MediaError::Archive(ArchiveProblem::Broken))
            ),
            "{} bytes",
            archive.len()
        );
    }
    assert_eq!(contents(folder.path()), 0);
}

/// A header that says less than there is: as many bytes as it says are taken, and then it is known to lie.
#[test]
fn a_size_that_lies_is_found_out() {
    let (folder, library) = library();
    let mut archive = zip(&[("a.txt", &[b'x'; 5000])]);
    for place in 0..archive.len() - 4 {
        if archive[place..place + 4] == 5000_u32.to_le_bytes() {
            archive[place..place + 4].copy_from_slice(&10_u32.to_le_bytes());
        }
    }
    assert!(matches!(
        unpack_all(&library, &archive),
        Err(MediaError::Archive(ArchiveProblem::Broken))
    ));
    assert_eq!(contents(folder.path()), 0);
}
