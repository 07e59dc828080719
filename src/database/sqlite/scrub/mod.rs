//! The connection that zeroes dead bytes while the application goes on, and shows what lies on the disk.
//!
//! It is short-lived and never defensive, because the page virtual table takes writes only then.
//! No other connection of this process may be open on the file (`file.rs`).

mod asked;
mod file;
mod full_text;
mod holder;
mod merge;
mod settle;
mod stale;
#[cfg(test)]
mod tests;
mod write;

use std::{
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

pub use asked::Answers;
pub use holder::Process;
pub use merge::Merged;
pub use settle::Onlooker;
pub use write::Scrubbed;

use super::{defence, failure, first_read, open};
use crate::database::{
    DatabaseError, DatabaseUrl, Options,
    sqlite::pages::{Damage, Layout, PageSource as _, Visitor, Walked, walk},
};
use file::{Kept, OnDisk};

/// Why nothing could be proven, or not yet. The database is as sound as it was.
#[derive(Debug, thiserror::Error)]
pub enum Obstacle {
    /// Somebody reads an old state of the database, so that the log cannot be emptied into the file
    #[error("an old snapshot of the database is being read{}", by(.0))]
    SnapshotHeld(Vec<Process>),
    /// Somebody writes, or reads where reading keeps writers out
    #[error("the database is locked{}", by(.0))]
    Locked(Vec<Process>),
    /// Every look found new writes in the log or journal
    #[error("the application wrote in every instant that was looked at")]
    NeverQuiet,
    /// VACUUM renumbers rows that a full-text table knows by their number
    #[error("VACUUM would renumber the rows that full-text table {0} points at")]
    VacuumBreaks(String),
    /// The segments of a full-text table, in which removed terms stay, could not be merged
    #[error("full-text table {0} could not be merged")]
    NotMerged(String),
    /// Full-text indexes do not say what the texts say that they are of
    #[error("full-text indexes do not agree with their texts: {}", .0.join(", "))]
    IndexDiffers(Vec<String>),
    /// The database failed, or is not one that can be cleaned
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

fn by(processes: &[Process]) -> String {
    let named: Vec<String> = processes.iter().map(|p| format!("{} ({})", p.id, p.name)).collect();
    if named.is_empty() { String::new() } else { format!(" by process {}", named.join(", ")) }
}

/// How the database keeps what it might have to take back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Journal {
    /// A file beside it with the pages as they were
    Rollback,
    /// A log with the pages as they become
    WriteAhead,
}

/// A connection to clean and to look with.
#[derive(Debug)]
pub struct Scrubber {
    // closed first: see `file.rs`
    connection: Connection,
    database: Kept,
    beside: Vec<Kept>,
    path: PathBuf,
    options: Options,
    journal: Journal,
    in_snapshot: bool,
}

impl Scrubber {
    /// Opens `url`; refuses what cannot be written, and a hot journal.
    pub fn open(url: &DatabaseUrl, options: &Options) -> Result<Self, DatabaseError> {
        let path = url.path().to_owned();
        defence::first_read(&open(&path, OpenFlags::SQLITE_OPEN_READ_ONLY, options)?, &path)?;
        let connection = open(&path, OpenFlags::SQLITE_OPEN_READ_WRITE, options)?;
        let failed = |error: rusqlite::Error| failure(&error, &path);
        if connection.is_readonly("main").map_err(failed)? {
            return Err(DatabaseError::ReadOnly(path));
        }
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false).map_err(failed)?;
        connection
            .execute_batch(
                "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON; PRAGMA secure_delete = ON;
                PRAGMA synchronous = EXTRA",
            )
            .map_err(failed)?;
        first_read(&connection, &path)?;
        let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).map_err(failed)?;
        let journal = if mode == "wal" { Journal::WriteAhead } else { Journal::Rollback };
        let database = Kept::open(&path)
            .map_err(|error| file::cannot_read(&path, &error))?
            .ok_or_else(|| DatabaseError::NotADatabase(path.clone()))?;
        Ok(Self {
            connection,
            database,
            beside: Vec::new(),
            path,
            options: options.clone(),
            journal,
            in_snapshot: false,
        })
    }

    /// How the database keeps what it might have to take back.
    #[must_use]
    pub fn journal(&self) -> Journal {
        self.journal
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// SQLite's own check of the whole file, with the order of keys and every index entry. Rows that break a constraint
    /// are the application's affair. A full-text index that does not say what its texts say breaks nothing else: what is
    /// returned names such indexes.
    pub fn require_intact(&self) -> Result<Vec<String>, DatabaseError> {
        let failed = |error: rusqlite::Error| failure(&error, &self.path);
        let mut statement = self.connection.prepare("PRAGMA integrity_check").map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        let mut differing = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            let said: String = row.get(0).map_err(failed)?;
            let of_full_text = said.strip_prefix("malformed inverted index for FTS");
            if let Some((_, table)) = of_full_text.and_then(|said| said.split_once(" table main.")) {
                differing.push(table.to_owned());
                continue;
            }
            let of_rows = ["NULL value in ", "CHECK constraint failed in "].iter().any(|start| said.starts_with(start));
            if said != "ok" && !of_rows {
                return Err(Damage::of_file("SQLite's own integrity check does not pass").into());
            }
        }
        Ok(differing)
    }

    /// What the header of the file on the disk says.
    pub fn layout(&self) -> Result<Layout, DatabaseError> {
        let mut head = [0; 512];
        OnDisk { file: &self.database, interrupt: &self.options.interrupt }.read_head(&mut head)?;
        Ok(Layout::read(&head)?)
    }

    /// Walks the file on the disk as it is in the snapshot of [`Scrubber::settle`].
    pub fn walk(&self, visitor: &mut dyn Visitor) -> Result<Walked, DatabaseError> {
        let mut source = OnDisk { file: &self.database, interrupt: &self.options.interrupt };
        let walked = walk(&mut source, visitor)?;
        let length = self.database.length().map_err(|error| file::cannot_read(&self.path, &error))?;
        if length != u64::from(walked.layout.pages) * walked.layout.page_size as u64 {
            return Err(Damage::of_file("it is longer or shorter than its pages").into());
        }
        Ok(walked)
    }

    /// Hands the bytes of a file that lies beside the database to `each`, piece by piece; `false` when there is none.
    pub fn read_beside(&mut self, path: &Path, each: &mut dyn FnMut(&[u8])) -> Result<bool, DatabaseError> {
        let failed = |error: io::Error| file::cannot_read(path, &error);
        let kept = match Kept::open(path) {
            Ok(Some(kept)) => kept,
            Ok(None) => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(failed(error)),
        };
        let mut buffer = vec![0; 1 << 20];
        let mut at = 0;
        loop {
            if self.options.interrupted() {
                return Err(DatabaseError::Interrupted);
            }
            match kept.read_at(&mut buffer, at).map_err(failed)? {
                0 => break,
                length => {
                    each(&buffer[..length]);
                    at += length as u64;
                }
            }
        }
        self.beside.push(kept);
        Ok(true)
    }

    /// How long locks are waited for, altogether.
    fn deadline(&self) -> Instant {
        Instant::now() + self.options.lock_wait.max(Duration::from_millis(100))
    }
}

/// Whether this build of SQLite shows and takes pages; refuses, naming what is missing, when it does not.
pub fn require_possible() -> Result<(), DatabaseError> {
    let connection = Connection::open_in_memory().map_err(|error| super::statement_failure(&error))?;
    let there = connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM pragma_module_list WHERE name = 'sqlite_dbpage')",
        [],
        |row| row.get(0),
    );
    if there.unwrap_or(false) {
        Ok(())
    } else {
        Err(DatabaseError::Unsupported(
            "the page virtual table (SQLITE_ENABLE_DBPAGE_VTAB): build droit from its own folder",
        ))
    }
}
