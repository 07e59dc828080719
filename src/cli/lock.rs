//! One writer per workspace. The lock is the operating system's, so it dies with the process that holds it.

use std::{
    fs::{File, TryLockError},
    io::{Read, Seek, Write},
    path::Path,
    time::Duration,
};

use super::{
    failure::Failure,
    text::trouble,
    workspace::{Workspace, cannot_write, require_no_link},
};

/// How long between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// The lock, held until dropped.
#[derive(Debug)]
pub(crate) struct WorkspaceLock {
    file: File,
}

impl WorkspaceLock {
    /// Takes the lock of all writers, waiting at most `wait`. The file says who holds it: process, command, since when.
    pub(crate) fn take(workspace: &Workspace, wait: Duration, holder: &str) -> Result<Self, Failure> {
        Self::take_named("droit.lock", workspace, wait, holder)
    }

    /// Takes the lock of that name in the workspace's folder.
    pub(crate) fn take_named(name: &str, workspace: &Workspace, wait: Duration, holder: &str) -> Result<Self, Failure> {
        let path = workspace.path(name);
        let file = open(&path)?;
        let mut waited = Duration::ZERO;
        loop {
            match file.try_lock() {
                Ok(()) => return Self { file }.signed(holder, &path),
                Err(TryLockError::Error(error)) => return Err(cannot_write(&path, &error)),
                Err(TryLockError::WouldBlock) if waited >= wait => {
                    return Err(trouble::BUSY.with(&[("holder", &who(file))]));
                }
                Err(TryLockError::WouldBlock) => {
                    std::thread::sleep(PAUSE);
                    waited += PAUSE;
                }
            }
        }
    }

    fn signed(mut self, holder: &str, path: &Path) -> Result<Self, Failure> {
        let write = |file: &mut File| -> std::io::Result<()> {
            file.set_len(0)?;
            file.rewind()?;
            file.write_all(holder.as_bytes())
        };
        write(&mut self.file).map_err(|error| cannot_write(path, &error))?;
        Ok(self)
    }
}

impl Drop for WorkspaceLock {
    /// Closing the file alone would not do it while a process that is just being started holds a copy of its handle.
    fn drop(&mut self) {
        drop(self.file.unlock());
    }
}

fn open(path: &Path) -> Result<File, Failure> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // what is at the other end of a link would be overwritten
    require_no_link(path)?;
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, no_follow());
    options.open(path).map_err(|error| cannot_write(path, &error))
}

#[cfg(unix)]
fn no_follow() -> i32 {
    i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0)
}

fn who(mut file: File) -> String {
    let mut text = String::new();
    match file.read_to_string(&mut text) {
        Ok(_) if !text.is_empty() => text,
        _ => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{exit::Exit, settings::Settings};

    #[test]
    fn a_second_writer_is_told_who_is_at_work() {
        let folder = tempfile::tempdir().unwrap();
        let settings = "version = 1\nworkspace = \"00112233445566778899aabbccddeeff\"\n";
        let workspace = Workspace { folder: folder.path().into(), settings: Settings::parse(settings).unwrap() };
        let first = WorkspaceLock::take(&workspace, Duration::ZERO, "process 1, apply").unwrap();
        let refused = WorkspaceLock::take(&workspace, Duration::ZERO, "process 2").unwrap_err();
        assert_eq!(refused.exit(), Exit::Busy);
        assert!(refused.to_string().contains("process 1, apply"), "{refused}");
        drop(first);
        WorkspaceLock::take(&workspace, Duration::ZERO, "process 2").unwrap();
    }
}
