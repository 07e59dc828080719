//! The casebook: what was asked, decided and done, chained so that nothing can be changed unnoticed, and sealed so that
//! what is personal in it can be destroyed (DESIGN §7).
//!
//! One SQLite file. The **events** are what is true; all other tables are projections that follow from them
//! (`projection.rs`) and are compared with them (`verify.rs`). The work lists of changes are sealed beside the events
//! and covered by them. Keys live outside, in a [`KeyFolder`].

mod again;
mod anchors;
mod batch;
mod chain;
mod connection;
mod destruction;
mod error;
mod events;
mod export;
mod header;
mod key_search;
mod keys;
mod lock;
mod persons;
mod projection;
mod registers;
mod rotation;
mod runs;
mod seal;
mod tagging;
#[cfg(test)]
mod tests;
mod vault;
mod verify;
mod work_list;

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

pub use anchors::{Anchor, AnchorError, Anchors, Standing};
pub use batch::{Arrival, Goal};
pub use chain::{Head, NotAHead};
pub use destruction::Strays;
pub use error::CasebookError;
pub use export::{verify_export, workspace_of_export};
pub use key_search::{KeySearch, Searched};
pub use keys::KeyFolder;
pub use lock::Holder;
pub use registers::{Hold, Intent, KeyRow, Waiting};
pub use rotation::Replaced;
pub use runs::Run;
pub use tagging::Tagger;
pub use vault::{Vault, VaultReader, VaultWriter};
pub use verify::{Finding, Verified};
pub use work_list::{Change, WorkWriter};

use crate::{
    case::{About, Event, FailurePoint, Fingerprint, KeyId},
    value::hex,
};
use header::Header;
use lock::WriterLock;

/// Fills bytes with what nobody can predict. Tests pass something they can.
pub type Randomness = Box<dyn FnMut(&mut [u8])>;

/// Who opens the casebook, and how.
pub struct Opening {
    /// The casebook's file
    pub path: PathBuf,
    /// Where its keys are
    pub keys: KeyFolder,
    /// Where random bytes come from
    pub random: Randomness,
    /// The command, as others see it when they have to wait
    pub command: String,
    /// How long to wait for another writer
    pub wait: Duration,
}

/// An open casebook.
pub struct Casebook {
    connection: Connection,
    path: PathBuf,
    workspace: String,
    tag_key: KeyId,
    keys: KeyFolder,
    random: Randomness,
    lock: WriterLock,
    /// Whether a contradiction with the known end is just being accepted
    adopting: bool,
    fail_at: Option<FailurePoint>,
}

impl fmt::Debug for Casebook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Casebook").field("path", &self.path).field("workspace", &self.workspace).finish_non_exhaustive()
    }
}

impl Casebook {
    /// Makes a casebook that does not exist yet; its first event is `workspace_created`. A crash before that event is on
    /// record leaves a file that [`Casebook::open`] calls unfinished.
    pub fn create(opening: Opening, now: Timestamp, actor: &str) -> Result<Self, CasebookError> {
        let path = opening.path.clone();
        let connection = connection::create(&path, opening.wait)?;
        let made = Self::first_event(connection, opening, now, actor);
        if made.is_err() {
            fs::remove_file(&path).map_err(CasebookError::file("removed", path))?;
        }
        made
    }

    fn first_event(
        connection: Connection,
        mut opening: Opening,
        now: Timestamp,
        actor: &str,
    ) -> Result<Self, CasebookError> {
        let mut id = [0; 16];
        (opening.random)(&mut id);
        let (tag_key, _) = opening.keys.make(&mut *opening.random)?;
        let mut book = Self::assemble(connection, opening, hex(&id), tag_key);
        book.append(now, actor, About::Workspace, Event::WorkspaceCreated { tag_key }, None)?;
        Ok(book)
    }

    /// Opens the casebook for writing; refuses older copies and forks.
    pub fn open(opening: Opening) -> Result<Self, CasebookError> {
        let connection = connection::open(&opening.path, opening.wait)?;
        let book = Self::begin(connection, opening)?;
        book.require_known_head()?;
        Ok(book)
    }

    /// Opens the casebook for reading; refuses older copies and forks.
    pub fn open_read_only(opening: Opening) -> Result<Self, CasebookError> {
        let book = Self::open_for_audit(opening)?;
        book.require_known_head()?;
        Ok(book)
    }

    /// Opens the casebook for reading, whichever copy it is: to verify and export it.
    pub fn open_for_audit(opening: Opening) -> Result<Self, CasebookError> {
        let connection = connection::open_read_only(&opening.path, opening.wait)?;
        Self::begin(connection, opening)
    }

    /// Undoes what a process that was killed while it wrote has left half written, as SQLite does for whoever opens the
    /// file for writing: until then nobody can read it. A process that still writes is waited for, then it is busy.
    pub fn undo_half_written(opening: &Opening) -> Result<(), CasebookError> {
        match connection::open(&opening.path, opening.wait) {
            Err(CasebookError::ReadOnly) => Err(CasebookError::HotJournal),
            opened => opened.map(drop),
        }
    }

    /// Goes on with a copy that is older than, or forked from, the casebook last seen here, or that was never seen here,
    /// and records that. This is the officer's decision, for restored backups and new machines.
    ///
    /// `mark` tells the last change that the database carries for a workspace; changes that it has made and this record
    /// does not know are told as such, and their numbers are not given again.
    pub fn adopt<E: From<CasebookError>>(
        opening: Opening,
        now: Timestamp,
        actor: &str,
        mark: impl FnOnce(&str) -> Result<Option<i64>, E>,
    ) -> Result<Self, E> {
        let connection = connection::open(&opening.path, opening.wait)?;
        let mut book = Self::begin(connection, opening)?;
        let last = book.last_committed()?;
        let mark = mark(&book.workspace)?.filter(|mark| *mark > last);
        let known = book.keys.known_head(&book.workspace)?.unwrap_or_else(Head::genesis);
        let event = Event::HeadAdopted { known_number: known.number, known_hash: known.hash, mark };
        book.adopting = true;
        book.append(now, actor, About::Workspace, event, None)?;
        book.adopting = false;
        Ok(book)
    }

    fn begin(connection: Connection, opening: Opening) -> Result<Self, CasebookError> {
        let first: Option<Vec<u8>> = connection
            .prepare("SELECT header FROM events WHERE number = 1")?
            .query_row([], |row| row.get(0))
            .optional()?;
        let Some(first) = first else { return Err(CasebookError::Unfinished(opening.path)) };
        let header = Header::decode(&first).ok_or(CasebookError::Event(1))?;
        let hexadecimal = |text: &str| text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
        match header.event {
            Event::WorkspaceCreated { tag_key } if hexadecimal(&header.workspace) => {
                Ok(Self::assemble(connection, opening, header.workspace, tag_key))
            }
            _ => Err(CasebookError::Event(1)),
        }
    }

    fn assemble(connection: Connection, opening: Opening, workspace: String, tag_key: KeyId) -> Self {
        let Opening { path, keys, random, command, wait } = opening;
        let lock = WriterLock::beside(&path, command, wait);
        Self { connection, path, workspace, tag_key, keys, random, lock, adopting: false, fail_at: None }
    }

    fn require_known_head(&self) -> Result<(), CasebookError> {
        // the known end is read first: another writer may go on in between, and commits before it remembers the end
        let known = self.keys.known_head(&self.workspace)?.ok_or(CasebookError::HeadUnknown)?;
        match self.hash_of(known.number)? {
            Some(hash) if hash == known.hash => Ok(()),
            Some(_) => Err(CasebookError::Forked(known.number)),
            None => Err(CasebookError::Behind { found: self.head()?.number, known: known.number }),
        }
    }

    /// The casebook's file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The workspace's random name: stands in every header and in plans.
    #[must_use]
    pub fn workspace(&self) -> &str {
        &self.workspace
    }

    /// The key folder.
    #[must_use]
    pub fn keys(&self) -> &KeyFolder {
        &self.keys
    }

    /// Takes the lock of all writers until [`Casebook::unlock`], so that nothing is recorded between two events of ours:
    /// the gate of a change.
    pub fn lock(&mut self, now: Timestamp) -> Result<(), CasebookError> {
        self.lock.take(now)
    }

    /// Lets other writers in again.
    pub fn unlock(&mut self) {
        self.lock.release();
    }

    fn with_lock<T, E: From<CasebookError>>(
        &mut self,
        now: Timestamp,
        write: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let held = self.lock.is_held();
        self.lock.take(now)?;
        let done = write(self);
        if !held {
            self.lock.release();
        }
        done
    }

    /// Keeps writers out while the whole book is read: a long read would otherwise make a writer fail between two events
    /// that belong together. Whoever cannot write beside the casebook reads without.
    fn quiet<T, E: From<CasebookError>>(
        &mut self,
        now: Timestamp,
        read: impl FnOnce(&Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let held = self.lock.is_held();
        match self.lock.take(now) {
            Ok(()) | Err(CasebookError::File { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let done = read(self);
        if !held {
            self.lock.release();
        }
        done
    }

    /// Makes [`Casebook::pass`] fail at `point`; for tests.
    pub fn fail_at(&mut self, point: Option<FailurePoint>) {
        self.fail_at = point;
    }

    /// Marks an instant at which the machine may die; fails there if a test asked for it.
    pub fn pass(&self, point: FailurePoint) -> Result<(), CasebookError> {
        if self.fail_at == Some(point) { Err(CasebookError::Interrupted(point)) } else { Ok(()) }
    }

    /// The SHA-256 that names an event in a letter or certificate; `None` if there is no such event.
    pub fn hash_of(&self, number: i64) -> Result<Option<Fingerprint>, CasebookError> {
        let hash: Option<Vec<u8>> = self
            .connection
            .prepare_cached("SELECT hash FROM events WHERE number = ?1")?
            .query_row([number], |row| row.get(0))
            .optional()?;
        let read = |hash: Vec<u8>| hash.try_into().map(Fingerprint::new).map_err(|_| CasebookError::Event(number));
        hash.map(read).transpose()
    }
}
