//! What processes take of the machine, as far as the kernel shows it.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::process::Pid;

/// Bytes of a block as `stat` counts them.
const BLOCK: u64 = 512;
/// What an entry of a folder counts for at least: an empty file takes a place on the disk, too.
const ENTRY: u64 = 4096;
/// Entries of a folder that are looked at; more count as over every limit.
const MAX_ENTRIES: usize = 200_000;

/// Private memory of a process in bytes: its own pages, also those swapped out, and shared ones that no file stands for. Fast,
/// and counts twice what a process and its fork still share.
pub(super) fn private_memory(pid: Pid) -> u64 {
    sum(pid, "status", &["RssAnon:", "RssShmem:", "VmSwap:"])
}

/// The same, each page shared out among those who have it. Takes milliseconds.
pub(super) fn share_of_memory(pid: Pid) -> Option<u64> {
    let sum = sum(pid, "smaps_rollup", &["Pss_Anon:", "Pss_Shmem:", "SwapPss:"]);
    (sum > 0).then_some(sum)
}

fn sum(pid: Pid, file: &str, names: &[&str]) -> u64 {
    let text = fs::read_to_string(format!("/proc/{}/{file}", pid.as_raw_nonzero())).unwrap_or_default();
    let kibibytes = |line: &str| {
        let name = names.iter().find(|name| line.starts_with(**name))?;
        line[name.len()..].split_ascii_whitespace().next()?.parse::<u64>().ok()
    };
    text.lines().filter_map(kibibytes).sum::<u64>() * 1024
}

/// Bytes on disk of everything in `folder`. What cannot be measured because it lies too deep, or is too much, counts as more
/// than any limit.
pub(super) fn folder_bytes(folder: &Path) -> u64 {
    let mut open = vec![folder.to_owned()];
    let (mut bytes, mut entries) = (0_u64, 0);
    while let Some(folder) = open.pop() {
        let listed = match fs::read_dir(&folder) {
            Ok(listed) => listed,
            Err(error) if error.kind() == ErrorKind::InvalidFilename => return u64::MAX,
            // It was removed meanwhile.
            Err(_) => continue,
        };
        for entry in listed.flatten() {
            entries += 1;
            if entries > MAX_ENTRIES {
                return u64::MAX;
            }
            let Ok(found) = entry.metadata() else { continue };
            bytes = bytes.saturating_add((found.blocks() * BLOCK).max(ENTRY));
            if found.is_dir() {
                open.push(entry.path());
            }
        }
    }
    bytes
}

/// Bytes of files that a process has open and nobody can find by a name any more, in memory or on disk.
pub(super) fn nameless_bytes(pid: Pid) -> u64 {
    let Ok(descriptors) = fs::read_dir(format!("/proc/{}/fd", pid.as_raw_nonzero())) else {
        return 0;
    };
    let files = descriptors
        .flatten()
        .filter_map(|entry| fs::metadata(entry.path()).ok());
    let nameless = files.filter(|file| file.is_file() && file.nlink() == 0);
    nameless.map(|file| file.blocks() * BLOCK).sum()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use rustix::process::getpid;

    use super::*;

    #[test]
    fn memory_of_a_process_is_told_both_ways() {
        let before = private_memory(getpid());
        let filled = std::hint::black_box(vec![1_u8; 64 << 20]);
        assert!(private_memory(getpid()) >= before + (32 << 20));
        assert!(share_of_memory(getpid()).unwrap() >= 32 << 20);
        drop(filled);
    }

    #[test]
    fn files_in_all_levels_count_and_empty_ones_too() {
        let temp = tempfile::tempdir().unwrap();
        fs::create_dir_all(temp.path().join("a/b")).unwrap();
        fs::write(temp.path().join("a/b/large"), vec![1; 1 << 20]).unwrap();
        fs::write(temp.path().join("a/empty"), "").unwrap();
        let bytes = folder_bytes(temp.path());
        assert!(bytes >= (1 << 20) + 3 * ENTRY, "{bytes}");
        assert!(bytes < 2 << 20, "{bytes}");
    }

    #[test]
    fn a_link_does_not_lead_out_of_the_folder() {
        let (temp, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(outside.path().join("large"), vec![1; 1 << 20]).unwrap();
        std::os::unix::fs::symlink(outside.path(), temp.path().join("link")).unwrap();
        assert_eq!(folder_bytes(temp.path()), ENTRY);
    }

    /// A script can write into a file without a name, which no walk over folders finds.
    #[test]
    fn open_files_without_a_name_count() {
        let before = nameless_bytes(getpid());
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&vec![1; 1 << 20]).unwrap();
        assert!(nameless_bytes(getpid()) >= before + (1 << 20));
    }
}
