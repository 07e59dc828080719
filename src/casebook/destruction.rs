//! The end of keys, in an order that a crash cannot break: first the record, with it whatever only the key could read;
//! then the file is scrubbed and searched; the key's own file goes last. As long as it is there the next run knows what
//! to look for, and finishes.

use std::{collections::BTreeSet, path::PathBuf};

use jiff::Timestamp;
use rusqlite::limits::Limit;

use super::{Casebook, CasebookError, KeyRow, KeySearch};
use crate::case::{About, CaseNumber, Event, KeyId, KeyPurpose};

/// Keys destroyed in one transaction: as many as are recorded in a moment.
const AT_ONCE: usize = 64;

/// What killed processes left in the key folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strays {
    /// Keys that no event tells of: their making was not finished, so they sealed nothing that there is
    pub keys: Vec<KeyId>,
    /// Files that never got their name
    pub files: Vec<PathBuf>,
    /// Keys that no event tells of, which may be another workspace's
    pub foreign: usize,
}

impl Casebook {
    /// Destroys a key and records it. What it sealed can never be read again; the chain still verifies.
    ///
    /// The record comes first: after a crash between, the key is there but recorded as destroyed, and destroying it
    /// again finishes.
    pub fn destroy_key(&mut self, now: Timestamp, actor: &str, key: KeyId) -> Result<(), CasebookError> {
        let recorded = self.key_rows()?.iter().any(|row| row.id == key && row.destroyed.is_some());
        if !recorded {
            self.record_destruction(now, actor, &[key])?;
        }
        self.keys.destroy(key)
    }

    /// Records that keys are destroyed and, in the same transaction, removes the work lists that only they could read.
    /// The keys themselves go with [`Casebook::remove_keys`].
    pub fn record_destruction(&mut self, now: Timestamp, actor: &str, keys: &[KeyId]) -> Result<(), CasebookError> {
        keys.chunks(AT_ONCE).try_for_each(|keys| self.record_some(now, actor, keys))
    }

    fn record_some(&mut self, now: Timestamp, actor: &str, keys: &[KeyId]) -> Result<(), CasebookError> {
        let events = keys.iter().map(|&key| Event::KeyDestroyed { key }).collect();
        self.append_each(now, actor, About::Workspace, events, |transaction, recorded| {
            if let Event::KeyDestroyed { key } = recorded.event {
                let work = "DELETE FROM intent_windows WHERE intent IN (SELECT intents.number FROM intents
                    JOIN keys ON keys.id = intents.key WHERE keys.id = ?1 OR keys.replaced = ?1)";
                transaction.prepare_cached(work)?.execute([key.to_string()])?;
            }
            Ok(())
        })
    }

    /// The cases whose keys are destroyed: nobody knows any more whom they were about.
    pub fn forgotten_cases(&self) -> Result<BTreeSet<CaseNumber>, CasebookError> {
        let gone = |row: &KeyRow| row.destroyed.is_some() && row.purpose == KeyPurpose::Case.word();
        Ok(self.key_rows()?.iter().filter(|row| gone(row)).filter_map(|row| row.about.case()).collect())
    }

    /// Keys that are recorded as destroyed or replaced and whose files are still there: what an interruption left to be
    /// done.
    pub fn half_destroyed(&self) -> Result<Vec<KeyId>, CasebookError> {
        let recorded = self.key_rows()?.into_iter().filter(|row| !row.is_living());
        Ok(recorded.map(|row| row.id).filter(|id| self.keys.is_there(*id)).collect())
    }

    /// What killed processes left in the key folder before `before`. Nobody else may be writing there: only with the
    /// lock is what this says true for longer than the call.
    pub fn strays(&self, before: Timestamp) -> Result<Strays, CasebookError> {
        let known: BTreeSet<KeyId> = self.key_rows()?.into_iter().map(|row| row.id).collect();
        // of a copy that was taken up instead of a later one, events are missing, and their keys are not ours to destroy
        let adopted = self.last_adoption()?;
        let mut keys = Vec::new();
        for id in self.keys.ids()?.into_iter().filter(|id| !known.contains(id)) {
            let made = self.keys.made(id)?;
            if made.is_some_and(|made| made < before && adopted.is_none_or(|adopted| made > adopted)) {
                keys.push(id);
            }
        }
        let files = self.keys.partial_files(before)?;
        if self.keys.is_shared(&self.workspace)? {
            return Ok(Strays { foreign: keys.len(), keys: Vec::new(), files });
        }
        Ok(Strays { keys, files, foreign: 0 })
    }

    fn last_adoption(&self) -> Result<Option<Timestamp>, CasebookError> {
        let mut adopted = None;
        self.events_about(About::Workspace, |recorded| {
            if matches!(recorded.event, Event::HeadAdopted { .. }) {
                adopted = Some(recorded.at);
            }
            Ok(())
        })?;
        Ok(adopted)
    }

    /// Rewrites the casebook's file without anything that was deleted from it.
    pub fn scrub(&mut self, now: Timestamp) -> Result<(), CasebookError> {
        self.with_lock(now, |book| {
            book.connection.flush_prepared_statement_cache();
            // while it rewrites the file the engine attaches the new one to itself
            book.connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 1)?;
            let rewritten = book.connection.execute_batch("VACUUM");
            book.connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
            rewritten?;
            let free: i64 = book.connection.pragma_query_value(None, "freelist_count", |row| row.get(0))?;
            if free == 0 { Ok(()) } else { Err(CasebookError::Unsafe("the scrubbing of free pages")) }
        })
    }

    /// Adds a key to what `search` looks for. One that is overwritten with zeros already adds nothing.
    pub fn look_for(&self, id: KeyId, search: &mut KeySearch) -> Result<(), CasebookError> {
        let secret = self.keys.load(id)?;
        search.add(id, self.keys.key_path(id), secret.bytes());
        Ok(())
    }

    /// Overwrites and removes the files of keys; none of them may be needed any more.
    pub fn remove_keys(&mut self, keys: &[KeyId]) -> Result<(), CasebookError> {
        for &key in keys {
            match self.keys.destroy(key) {
                Ok(()) | Err(CasebookError::KeyMissing(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Overwrites and removes what killed processes left of files in the key folder.
    pub fn remove_strays(&mut self, files: &[PathBuf]) -> Result<(), CasebookError> {
        for path in files {
            match self.keys.wipe(path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(CasebookError::file("removed", path)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}
