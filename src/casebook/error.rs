//! Why the casebook could not do what it was asked.

use std::{io, path::PathBuf};

use jiff::Timestamp;
use rusqlite::ErrorCode;

use super::lock::Holder;
use crate::case::{FailurePoint, HoldNumber, IllegalMove, IntentMove, KeyId, NumberError};

/// A failure of the casebook or of its keys. Numbers, names of files and codes only, never what an event says.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CasebookError {
    /// There is none
    #[error("there is no casebook at {}", .0.display())]
    Missing(PathBuf),
    /// There is one already
    #[error("there is already a file at {}", .0.display())]
    Exists(PathBuf),
    /// Some other file
    #[error("{} is not a casebook", .0.display())]
    NotACasebook(PathBuf),
    /// Its making was interrupted
    #[error("the casebook at {} was never finished; remove the file and make it again", .0.display())]
    Unfinished(PathBuf),
    /// Made by a later droit
    #[error("the casebook has format {found}, and this droit knows formats up to {known}")]
    Newer {
        /// Its format
        found: i64,
        /// The newest known here
        known: i64,
    },
    /// An engine setting that the casebook rests on is not in force
    #[error("the casebook cannot be kept safely: {0} is not in force")]
    Unsafe(&'static str),
    /// Locks and durability mean nothing there
    #[error("the casebook cannot lie on a network file system ({0})")]
    NetworkFileSystem(&'static str),
    /// Somebody else is writing
    #[error("the casebook is being written by {0}")]
    Busy(Holder),
    /// Opened for reading, or on a read-only disk
    #[error("the casebook cannot be written here")]
    ReadOnly,
    /// No space for the record
    #[error("the disk with the casebook is full")]
    DiskFull,
    /// Words that stay readable would hold somebody's number, address or document
    #[error("a word that stands in the record in the clear looks like somebody's identifier")]
    PersonalInClear,
    /// What happens now would be dated before what happened last
    #[error("the clock stands before the last event on record, which was at {0}")]
    ClockBehind(Timestamp),
    /// An interrupted write has to be undone by a writer first
    #[error("the casebook was interrupted while being written; open it for writing once, which undoes that")]
    HotJournal,
    /// `casebook_behind`: an older copy
    #[error("the casebook ends at event {found}, but event {known} is known to exist: this is an older copy")]
    Behind {
        /// Its last event
        found: i64,
        /// The last event known to exist
        known: i64,
    },
    /// `casebook_forked`: a copy that went on by itself
    #[error("event {0} of the casebook is not the one that is known: copies of it went different ways")]
    Forked(i64),
    /// Nothing outside the casebook knows where it ends
    #[error("the key folder does not know this casebook: it is new here, or its known end was removed")]
    HeadUnknown,
    /// A step of a case that the law does not have
    #[error(transparent)]
    IllegalMove(#[from] IllegalMove),
    /// A step of a change that cannot follow
    #[error(transparent)]
    IntentMove(#[from] IntentMove),
    /// All numbers of a day are given
    #[error(transparent)]
    Number(#[from] NumberError),
    /// No such case
    #[error("there is no such case")]
    NoSuchCase,
    /// No such run
    #[error("there is no such run, or it has ended")]
    NoSuchRun,
    /// No such hold, or it is released
    #[error("{0} is not a hold in force")]
    NoSuchHold(HoldNumber),
    /// No such intent
    #[error("there is no intent {0}")]
    NoSuchIntent(i64),
    /// The database has a change that is neither done nor given up
    #[error("intent {0} on this database is not settled yet")]
    IntentOpen(i64),
    /// An event that belongs to something else
    #[error("the event cannot be about {0}")]
    WrongSubject(&'static str),
    /// The key folder is not there
    #[error("there is no key folder at {}", .0.display())]
    KeyFolderMissing(PathBuf),
    /// Others may read the keys
    #[error("{} can be read by others: it must have mode {:o}", .0.display(), .1)]
    KeysExposed(PathBuf, u32),
    /// A key file is not there
    #[error("key {0} is not in the key folder")]
    KeyMissing(KeyId),
    /// A key file is not one
    #[error("key {0} is damaged")]
    KeyDamaged(KeyId),
    /// A known-end file is not one
    #[error("what the key folder knows of this casebook is damaged")]
    HeadDamaged,
    /// Sealed under another key, or altered
    #[error("what is sealed under key {0} cannot be opened: it was altered, or the key is another")]
    Sealed(KeyId),
    /// An event that cannot be read
    #[error("event {0} cannot be read: its bytes are not those of an event")]
    Event(i64),
    /// A row of a table beside the events that cannot be read
    #[error("a row of table {0} of the casebook cannot be read")]
    Row(&'static str),
    /// A table beside the events that somebody changed by hand
    #[error("table {0} of the casebook is not what its events say")]
    NotItsEvents(&'static str),
    /// A work list that is not what its intent says
    #[error("the work list of intent {0} is not what was recorded")]
    WorkList(i64),
    /// What is kept of a change that can be undone is not what was written
    #[error("what is kept of change {0} cannot be read: it was altered or a part of it is missing")]
    Vault(i64),
    /// A record larger than a window can ever be
    #[error("a record of a work list is larger than {0} bytes")]
    RecordTooLarge(usize),
    /// A line of an export that is not one
    #[error("line {0} of the export is not an event")]
    ExportLine(u64),
    /// Stopped on purpose, by a test
    #[error("interrupted at {0:?}")]
    Interrupted(FailurePoint),
    /// A header that is too long for its length field
    #[error("the event is too large")]
    TooLarge,
    /// The file system said no
    #[error("{} could not be {what}", path.display())]
    File {
        /// What was tried
        what: &'static str,
        /// With which file
        path: PathBuf,
        /// What the system said
        source: io::Error,
    },
    /// SQLite said no
    #[error("the casebook could not be read or written")]
    Sqlite(#[source] rusqlite::Error),
}

impl CasebookError {
    /// The stable word for scripts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "casebook_missing",
            Self::Exists(_) => "casebook_exists",
            Self::NotACasebook(_) => "not_a_casebook",
            Self::Unfinished(_) => "casebook_unfinished",
            Self::Newer { .. } => "casebook_newer",
            Self::Unsafe(_) => "casebook_unsafe",
            Self::NetworkFileSystem(_) => "network_file_system",
            Self::Busy(_) => "busy",
            Self::ReadOnly => "casebook_read_only",
            Self::DiskFull => "disk_full",
            Self::HotJournal => "casebook_hot_journal",
            Self::PersonalInClear => "personal_in_clear",
            Self::ClockBehind(_) => "clock_jump",
            Self::Behind { .. } => "casebook_behind",
            Self::Forked(_) => "casebook_forked",
            Self::HeadUnknown | Self::HeadDamaged => "casebook_head_unknown",
            Self::IllegalMove(_) | Self::IntentMove(_) | Self::WrongSubject(_) => "illegal_move",
            Self::Number(_) => "number",
            Self::NoSuchCase => "no_such_case",
            Self::NoSuchRun => "no_such_run",
            Self::NoSuchHold(_) => "no_such_hold",
            Self::NoSuchIntent(_) => "no_such_intent",
            Self::IntentOpen(_) => "intent_open",
            Self::KeyFolderMissing(_) => "key_folder_missing",
            Self::KeysExposed(..) => "keys_exposed",
            Self::KeyMissing(_) => "key_missing",
            Self::KeyDamaged(_) => "key_damaged",
            Self::Sealed(_) => "sealed",
            Self::Event(_) | Self::Row(_) | Self::NotItsEvents(_) | Self::WorkList(_) => "casebook_damaged",
            Self::Vault(_) => "undo_damaged",
            Self::RecordTooLarge(_) | Self::TooLarge => "too_large",
            Self::ExportLine(_) => "export_line",
            Self::Interrupted(_) => "interrupted",
            Self::File { .. } => "file",
            Self::Sqlite(_) => "casebook_io",
        }
    }

    pub(super) fn file(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { what, path, source }
    }
}

impl From<rusqlite::Error> for CasebookError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy(Holder::unknown()),
            _ => Self::Sqlite(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_called_that_and_not_damage() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE t (x); PRAGMA max_page_count = 2").unwrap();
        let full = connection.execute("INSERT INTO t VALUES (zeroblob(100000))", []).unwrap_err();
        assert_eq!(CasebookError::from(full).code(), "disk_full");
    }
}
