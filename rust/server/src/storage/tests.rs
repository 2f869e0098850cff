use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{CWD, FileType, Mode, RenameFlags, mknodat, renameat_with};

use super::*;

fn path(text: &str) -> RelativePath {
    RelativePath::parse(text).unwrap()
}

fn root() -> (tempfile::TempDir, Root) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("root")).unwrap();
    std::fs::write(folder.path().join("secret"), "secret").unwrap();
    let root = Root::open(&folder.path().join("root")).unwrap();
    (folder, root)
}

fn text(file: &StoredFile) -> String {
    let mut buffer = vec![0; 1000];
    let count = file.read_at(&mut buffer, 0).unwrap();
    String::from_utf8(buffer[..count].to_vec()).unwrap()
}

fn put(root: &Root, name: &str, content: &str) -> Result<(), StorageError> {
    let mut upload = root.write(&path(name))?;
    upload.write(content.as_bytes())?;
    upload.commit().map(drop)
}

fn entries(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

/// WP-D-04: a shorter file leaves nothing of the one before, and folders are made.
#[test]
fn a_file_takes_the_place_of_the_one_before() {
    let (_folder, root) = root();
    put(&root, "a/b/c.txt", "longer").unwrap();
    let before = root.read(&path("a/b/c.txt")).unwrap();
    put(&root, "a/b/c.txt", "new").unwrap();
    let after = root.read(&path("a/b/c.txt")).unwrap();
    assert_eq!(
        (text(&before), text(&after), after.length),
        ("longer".into(), "new".into(), 3)
    );
    assert_ne!(before.etag, after.etag);
}

#[test]
fn an_upload_that_ends_early_leaves_what_was_there() {
    let (folder, root) = root();
    put(&root, "x", "old").unwrap();
    let mut upload = root.write(&path("x")).unwrap();
    upload.write(b"half of").unwrap();
    assert_eq!(text(&root.read(&path("x")).unwrap()), "old");
    drop(upload);
    assert_eq!(
        (
            text(&root.read(&path("x")).unwrap()),
            entries(&folder.path().join("root"))
        ),
        ("old".into(), 1)
    );
}

/// The issue: links, pipes, devices and second names are not followed, opened, read or written.
#[test]
fn what_is_no_plain_file_is_not_reached() {
    let (folder, root) = root();
    let inside = folder.path().join("root");
    let secret = folder.path().join("secret");
    symlink(&secret, inside.join("link")).unwrap();
    symlink(folder.path(), inside.join("folder-link")).unwrap();
    symlink("real", inside.join("link-within")).unwrap();
    std::fs::write(inside.join("real"), "x").unwrap();
    std::fs::hard_link(&secret, inside.join("hard")).unwrap();
    mknodat(CWD, inside.join("pipe"), FileType::Fifo, Mode::from_raw_mode(0o666), 0).unwrap();
    std::os::unix::net::UnixListener::bind(inside.join("socket")).unwrap();
    for name in ["link", "folder-link/secret", "link-within", "hard", "pipe", "socket"] {
        assert!(
            matches!(root.read(&path(name)), Err(StorageError::NotAllowed)),
            "read {name}"
        );
        assert!(
            matches!(put(&root, name, "x"), Err(StorageError::NotAllowed)),
            "write {name}"
        );
    }
    assert_eq!(std::fs::read_to_string(&secret).unwrap(), "secret");
    assert_eq!(entries(folder.path()), 2);
}

#[test]
fn folders_and_nothing_are_missing() {
    let (folder, root) = root();
    std::fs::create_dir(folder.path().join("root/sub")).unwrap();
    std::fs::write(folder.path().join("root/file"), "x").unwrap();
    for name in ["", "sub", "none", "none/x", "file/x"] {
        assert!(matches!(root.read(&path(name)), Err(StorageError::Missing)), "{name}");
    }
    for name in ["", "sub"] {
        assert!(matches!(put(&root, name, "x"), Err(StorageError::Denied)), "{name}");
    }
    assert!(matches!(put(&root, "file/x", "x"), Err(StorageError::NotAllowed)));
}

/// The issue: a link that takes the place of a folder and back, over and over, between a look and what is done.
#[test]
fn a_link_that_is_swapped_in_leads_nowhere() {
    let (folder, root) = root();
    let inside = folder.path().join("root");
    std::fs::create_dir(folder.path().join("outside")).unwrap();
    std::fs::write(folder.path().join("outside/x"), "secret").unwrap();
    std::fs::create_dir(inside.join("swapped")).unwrap();
    std::fs::write(inside.join("swapped/x"), "mine").unwrap();
    symlink(folder.path().join("outside"), inside.join("evil")).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let (one, other) = (inside.join("swapped"), inside.join("evil"));
            while !done.load(Ordering::Relaxed) {
                renameat_with(CWD, &one, CWD, &other, RenameFlags::EXCHANGE).unwrap();
            }
        });
        for _ in 0..3000 {
            if let Ok(file) = root.read(&path("swapped/x")) {
                assert_eq!(text(&file), "mine");
            }
            let _ = put(&root, "swapped/y", "written");
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(entries(&folder.path().join("outside")), 1);
}

/// The issue: two writers of one path, and a reader meanwhile: one of them whole, never a mix.
#[test]
fn writers_and_readers_see_whole_files() {
    let (folder, root) = root();
    let contents = ["a".repeat(300_000), "b".repeat(200_000)];
    put(&root, "x", &contents[0]).unwrap();
    std::thread::scope(|scope| {
        for content in &contents {
            scope.spawn(|| (0..50).for_each(|_| put(&root, "x", content).unwrap()));
        }
        for _ in 0..200 {
            let file = root.read(&path("x")).unwrap();
            let mut buffer = vec![0; 400_000];
            let count = file.read_at(&mut buffer, 0).unwrap();
            assert!(contents.iter().any(|content| content.as_bytes() == &buffer[..count]));
        }
    });
    assert_eq!(entries(&folder.path().join("root")), 1);
}

/// The issue: what a killed server left is gone after the next start; what another one writes is not.
#[test]
fn what_was_left_over_is_swept() {
    let (folder, root) = root();
    let inside = folder.path().join("root");
    std::fs::create_dir_all(inside.join("a/b")).unwrap();
    for name in [".spe-partial-1", "a/b/.spe-partial-2", "a/kept"] {
        std::fs::write(inside.join(name), "x").unwrap();
    }
    let upload = root.write(&path("a/now")).unwrap();
    assert_eq!(root.sweep().unwrap(), 2);
    upload.commit().unwrap();
    assert_eq!(entries(&inside.join("a")), 3);
    assert!(matches!(
        put(&root, ".spe-partial-3", "x"),
        Err(StorageError::NotAllowed)
    ));
}

/// The issue: a full disk is told as one, and is no fault of the path.
#[test]
fn a_full_disk_is_told() {
    let mut full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let error = std::io::Write::write_all(&mut full, b"x").unwrap_err();
    assert!(matches!(StorageError::from(error), StorageError::Full));
}

/// The issue: a folder that may not be written. Who is root may everywhere.
#[test]
fn a_folder_that_may_not_be_written_is_told() {
    let (folder, root) = root();
    let inside = folder.path().join("root");
    std::fs::set_permissions(&inside, std::fs::Permissions::from_mode(0o500)).unwrap();
    let written = put(&root, "x", "x");
    std::fs::set_permissions(&inside, std::fs::Permissions::from_mode(0o700)).unwrap();
    if !rustix::process::geteuid().is_root() {
        assert!(matches!(written, Err(StorageError::Denied)));
    }
}
