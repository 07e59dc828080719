//! Who holds a database: read from the kernel's list of locks, where there is one.

use std::{fs, os::unix::fs::MetadataExt as _, path::Path};

/// Bytes of the shared-memory file that readers of a write-ahead log lock, each with its snapshot.
const SNAPSHOTS: [u64; 2] = [123, 127];

/// Bytes of the database that readers and writers lock when there is no log.
const FILE: [u64; 2] = [0x4000_0000, 0x4000_0000 + 511];

/// A process that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its number
    pub id: u32,
    /// What the system calls it, without what a terminal would obey
    pub name: String,
}

/// The processes, other than this one, that hold a snapshot or lock of the database at `path`. Empty where the system does
/// not tell, and when this very process holds it.
pub(super) fn holders(path: &Path, wal: bool) -> Vec<Process> {
    let mut locked = path.as_os_str().to_owned();
    if wal {
        locked.push("-shm");
    }
    let Ok(metadata) = fs::metadata(&locked) else { return Vec::new() };
    let Ok(locks) = fs::read_to_string("/proc/locks") else { return Vec::new() };
    let mut ids = lockers(&locks, metadata.ino(), if wal { SNAPSHOTS } else { FILE });
    ids.retain(|id| *id != std::process::id());
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().map(|id| Process { id, name: name(id) }).collect()
}

/// Processes with a lock in `range` of the file `inode`. The device is not compared: on layered file systems the kernel
/// names another one than `stat` does.
fn lockers(locks: &str, inode: u64, [first, last]: [u64; 2]) -> Vec<u32> {
    let locker = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        // 1: POSIX ADVISORY READ 4711 fe:00:1234 123 127
        let [_, "POSIX" | "OFDLCK", _, _, id, file, start, end] = words[..] else { return None };
        let start: u64 = start.parse().ok()?;
        let end = end.parse().unwrap_or(u64::MAX);
        let there = file.rsplit(':').next()?.parse() == Ok(inode) && start <= last && first <= end;
        if there { id.parse().ok() } else { None }
    };
    locks.lines().filter_map(locker).collect()
}

fn name(id: u32) -> String {
    let name = fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
    name.trim_end().chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_locks_of_the_file_and_range_count() {
        let locks = "1: POSIX  ADVISORY  READ 10 fe:00:77 123 123\n\
                     2: POSIX  ADVISORY  READ 11 fe:00:77 128 128\n\
                     3: POSIX  ADVISORY  READ 12 fe:00:78 124 124\n\
                     4: POSIX  ADVISORY  WRITE 13 fe:00:77 120 EOF\n\
                     4: -> POSIX  ADVISORY  WRITE 14 fe:00:77 123 123\n\
                     5: FLOCK  ADVISORY  WRITE 15 fe:00:77 0 EOF\n\
                     6: OFDLCK ADVISORY  READ -1 fe:00:77 124 124\n";
        assert_eq!(lockers(locks, 77, SNAPSHOTS), [10, 13]);
        assert_eq!(lockers("nonsense", 77, SNAPSHOTS), Vec::<u32>::new());
    }
}
