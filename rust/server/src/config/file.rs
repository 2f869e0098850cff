//! Reading a configuration file: bounded, and only when others cannot meddle with it.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use secrecy::zeroize::Zeroizing;

use super::error::ConfigError;

/// Largest file that is read, in bytes (authentication 7.5).
const MAX_BYTES: u64 = 1024 * 1024;

/// What others may not do with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guard {
    /// It holds secrets: neither read nor change it.
    Secret,
    /// It steers the server: not change it.
    Steering,
}

/// The text of `file`. It is checked after it was opened, so that what is checked is what is read.
pub(crate) fn read(file: &Path, guard: Guard) -> Result<Zeroizing<String>, ConfigError> {
    let failed = |cause| ConfigError::Read {
        file: file.to_owned(),
        cause,
    };
    let opened = File::open(file).map_err(failed)?;
    let mode = opened.metadata().map_err(failed)?.permissions().mode() & 0o777;
    let exposed = |what| ConfigError::Exposed {
        file: file.to_owned(),
        what,
        mode,
    };
    if mode & 0o022 != 0 {
        return Err(exposed("change"));
    }
    if guard == Guard::Secret && mode & 0o077 != 0 {
        return Err(exposed("read"));
    }
    let mut bytes = Zeroizing::new(Vec::new());
    opened.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(ConfigError::in_file(
            file,
            format!("the file is larger than {MAX_BYTES} bytes"),
        ));
    }
    decode(&bytes)
        .ok_or_else(|| ConfigError::in_file(file, "the file is neither UTF-8 nor UTF-16 with a byte order mark"))
}

fn decode(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let units = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let pairs = bytes.chunks_exact(2);
        let whole = pairs.remainder().is_empty();
        let units: Vec<u16> = pairs.map(|pair| unit([pair[0], pair[1]])).collect();
        whole.then(|| String::from_utf16(&units).ok()).flatten()
    };
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => units(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => units(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        all => String::from_utf8(all.to_vec()).ok(),
    };
    text.map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::path::PathBuf;

    use super::*;

    fn file_of(bytes: &[u8], mode: u32) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, bytes).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        (folder, path)
    }

    /// Decisions, records on disk: refused when others can read them; the message says the way out.
    #[test]
    fn a_secret_that_others_can_read_is_refused_with_the_way_out() {
        for mode in [0o644, 0o640, 0o604, 0o610] {
            let (_folder, path) = file_of(b"x", mode);
            let error = read(&path, Guard::Secret).unwrap_err().to_string();
            assert!(error.contains("chmod 600"), "{error}");
            assert!(error.contains(&format!("{mode:04o}")), "{error}");
        }
    }

    #[test]
    fn what_steers_the_server_may_be_read_and_not_changed() {
        let (_folder, path) = file_of(b"x", 0o644);
        assert_eq!(*read(&path, Guard::Steering).unwrap(), "x");
        let (_folder, path) = file_of(b"x", 0o666);
        assert!(read(&path, Guard::Steering).unwrap_err().to_string().contains("change"));
    }

    /// Authentication 7.5: UTF-8, or UTF-16 with a byte order mark; at most 1 MiB.
    #[test]
    fn encodings_and_size_are_bounded() {
        for bytes in [
            &b"<a/>"[..],
            b"\xEF\xBB\xBF<a/>",
            b"\xFF\xFE<\0a\0/\0>\0",
            b"\xFE\xFF\0<\0a\0/\0>",
        ] {
            let (_folder, path) = file_of(bytes, 0o600);
            assert_eq!(*read(&path, Guard::Secret).unwrap(), "<a/>");
        }
        for bytes in [&b"\xE9"[..], b"\xFF\xFE<", b"\xFF\xFE\x00\xD8"] {
            let (_folder, path) = file_of(bytes, 0o600);
            assert!(read(&path, Guard::Secret).is_err());
        }
        let (_folder, path) = file_of(&vec![b' '; 1024 * 1024 + 1], 0o600);
        assert!(read(&path, Guard::Secret).unwrap_err().to_string().contains("larger"));
    }
}
