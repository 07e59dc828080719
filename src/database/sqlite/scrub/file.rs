//! The bytes of a file as they lie on the disk, beside SQLite.
//!
//! Closing *any* descriptor of a file drops every lock that this process has on it, SQLite's too. So what is opened here
//! stays open as long as the connection does, and nobody else in the process may have the database open meanwhile.

use std::{
    fs::File,
    io,
    os::unix::fs::{FileExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::super::pages::{Damage, PageSource};
use crate::database::DatabaseError;

/// A file that is read and kept open.
#[derive(Debug)]
pub(super) struct Kept {
    path: PathBuf,
    file: File,
}

impl Kept {
    /// Opens a regular file; a link, a pipe or a device is none.
    pub(super) fn open(path: &Path) -> io::Result<Option<Self>> {
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        let flags = i32::try_from(flags.bits()).unwrap_or(0);
        let file = File::options().read(true).custom_flags(flags).open(path)?;
        Ok(file.metadata()?.is_file().then(|| Self { path: path.to_owned(), file }))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn length(&self) -> io::Result<u64> {
        self.file.metadata().map(|metadata| metadata.len())
    }

    /// On the disk when it returns, whoever wrote it.
    pub(super) fn flush(&self) -> io::Result<()> {
        self.file.sync_all()
    }

    pub(super) fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        self.file.read_at(into, at)
    }
}

/// The pages of the file on the disk. What they are worth depends on the snapshot that is held.
pub(super) struct OnDisk<'a> {
    pub(super) file: &'a Kept,
    pub(super) interrupt: &'a Arc<AtomicBool>,
}

impl PageSource for OnDisk<'_> {
    fn read_head(&mut self, head: &mut [u8]) -> Result<(), DatabaseError> {
        self.exact(head, 0)
    }

    fn read(&mut self, number: u32, page: &mut [u8]) -> Result<(), DatabaseError> {
        if self.interrupt.load(Ordering::Relaxed) {
            return Err(DatabaseError::Interrupted);
        }
        let at = u64::from(number.saturating_sub(1)) * page.len() as u64;
        self.exact(page, at)
    }
}

impl OnDisk<'_> {
    fn exact(&self, into: &mut [u8], at: u64) -> Result<(), DatabaseError> {
        self.file.file.read_exact_at(into, at).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => Damage::of_file("it ends before its last page").into(),
            _ => cannot_read(self.file.path(), &error),
        })
    }
}

pub(super) fn cannot_read(path: &Path, error: &io::Error) -> DatabaseError {
    DatabaseError::CannotOpen { path: path.to_owned(), reason: error.to_string() }
}
