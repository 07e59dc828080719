//! The file lock that every writer of the casebook takes, and who has it.

use std::{
    fmt,
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process, thread,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{error::CasebookError, keys::no_follow};

const PAUSE: Duration = Duration::from_millis(20);

/// Who writes at the moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    /// Its process
    pub pid: u32,
    /// Its command
    pub command: String,
    /// Since when
    pub since: Option<Timestamp>,
}

impl Holder {
    pub(super) fn unknown() -> Self {
        Self { pid: 0, command: String::new(), since: None }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pid == 0 {
            return f.write_str("another process");
        }
        // the command came from a file: nothing of it may steer a terminal
        let command: String = self.command.chars().filter(|c| !c.is_control()).take(80).collect();
        write!(f, "process {} ({command})", self.pid)?;
        self.since.map_or(Ok(()), |since| write!(f, " since {since}"))
    }
}

/// A file beside the casebook, locked while somebody writes.
#[derive(Debug)]
pub(super) struct WriterLock {
    path: PathBuf,
    command: String,
    wait: Duration,
    held: Option<File>,
}

impl WriterLock {
    pub(super) fn beside(casebook: &Path, command: String, wait: Duration) -> Self {
        Self { path: casebook.with_extension("lock"), command, wait, held: None }
    }

    pub(super) fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// How far a clock that was read before waiting for the lock may stand behind it, to the second.
    pub(super) fn patience(&self) -> SignedDuration {
        SignedDuration::try_from(self.wait).unwrap_or(SignedDuration::MAX).saturating_add(SignedDuration::from_secs(1))
    }

    /// Takes the lock, waiting as long as was allowed.
    pub(super) fn take(&mut self, since: Timestamp) -> Result<(), CasebookError> {
        if self.is_held() {
            return Ok(());
        }
        let failed = || CasebookError::file("locked", &self.path);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600).custom_flags(no_follow());
        let mut file = options.open(&self.path).map_err(failed())?;
        let mut waited = Duration::ZERO;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if waited < self.wait => {
                    thread::sleep(PAUSE);
                    waited += PAUSE;
                }
                Err(TryLockError::WouldBlock) => return Err(CasebookError::Busy(holder(&mut file))),
                Err(TryLockError::Error(error)) => return Err(failed()(error)),
            }
        }
        let me = Holder { pid: process::id(), command: self.command.clone(), since: Some(since) };
        let text = serde_json::to_vec(&me).unwrap_or_default();
        file.set_len(0)
            .and_then(|()| file.seek(SeekFrom::Start(0)))
            .and_then(|_| file.write_all(&text))
            .map_err(failed())?;
        self.held = Some(file);
        Ok(())
    }

    /// Lets the next writer in. Closing the file alone would not do it while a process that is just being started still
    /// holds a copy of its handle.
    pub(super) fn release(&mut self) {
        if let Some(file) = self.held.take() {
            drop(file.unlock());
        }
    }
}

impl Drop for WriterLock {
    fn drop(&mut self) {
        self.release();
    }
}

fn holder(file: &mut File) -> Holder {
    let mut text = String::new();
    let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.take(4096).read_to_string(&mut text));
    read.ok().and_then(|_| serde_json::from_str(&text).ok()).unwrap_or_else(Holder::unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(dir: &Path, command: &str) -> WriterLock {
        WriterLock::beside(&dir.join("casebook.db"), command.to_owned(), Duration::ZERO)
    }

    #[test]
    fn the_second_writer_learns_who_the_first_is() {
        let dir = tempfile::tempdir().unwrap();
        let since = "2026-11-23T01:00:00Z".parse().unwrap();
        let (mut first, mut second) = (lock(dir.path(), "apply"), lock(dir.path(), "hold add"));
        first.take(since).unwrap();
        let Err(CasebookError::Busy(holder)) = second.take(since) else { panic!("not busy") };
        assert_eq!(holder, Holder { pid: process::id(), command: "apply".to_owned(), since: Some(since) });
        first.release();
        second.take(since).unwrap();
    }

    #[test]
    fn a_link_in_place_of_the_lock_is_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("precious");
        std::fs::write(&target, "content").unwrap();
        std::os::unix::fs::symlink(&target, dir.path().join("casebook.lock")).unwrap();
        let taken = lock(dir.path(), "x").take("2026-11-23T01:00:00Z".parse().unwrap());
        assert!(matches!(taken, Err(CasebookError::File { .. })));
        assert_eq!(std::fs::read(&target).unwrap(), b"content");
    }

    #[test]
    fn a_holder_cannot_steer_the_terminal() {
        let holder = Holder { pid: 7, command: "a\u{1b}[2Jb\n".to_owned(), since: None };
        assert_eq!(holder.to_string(), "process 7 (a[2Jb)");
    }
}
