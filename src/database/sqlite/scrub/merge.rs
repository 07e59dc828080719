//! Merges full-text indexes, so that terms of rows that are gone leave their segments.
//!
//! Deleting a row from a full-text table adds a note that it is gone; the terms stay in the segments of before until all
//! segments are merged into one. That reads and writes the whole index, so it is done once for a proof and not with each
//! removal.

use std::time::{Duration, Instant};

use super::{Obstacle, Scrubber, failure, full_text::FullTextTable};
use crate::database::{DatabaseError, sql::quoted};

/// What was merged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Full-text tables
    pub tables: u64,
    /// The longest that the write lock was held
    pub longest: Duration,
}

impl Scrubber {
    /// Refuses when there is a full-text table that cannot be opened; SQLite's own check could not be made either.
    pub fn require_mergeable(&self) -> Result<(), Obstacle> {
        for FullTextTable { name, .. } in self.full_text_tables()? {
            let prepared = self.connection.prepare(&merging(&name)).map(drop);
            prepared.map_err(|error| self.not_merged(&name, failure(&error, &self.path)))?;
        }
        Ok(())
    }

    /// Merges every full-text table of the file, each in a write transaction of its own; only tables that such a table
    /// keeps for itself change. Tables of unknown modules are left alone. The snapshot is let go of.
    pub fn merge(&mut self) -> Result<Merged, Obstacle> {
        self.release()?;
        let mut merged = Merged::default();
        for FullTextTable { name, .. } in self.full_text_tables()? {
            if self.options.interrupted() {
                return Err(DatabaseError::Interrupted.into());
            }
            self.run("BEGIN IMMEDIATE").map_err(|error| self.busy(error))?;
            let locked = Instant::now();
            let done = self
                .run(&merging(&name))
                .map_err(|error| self.not_merged(&name, error))
                .and_then(|()| self.run("COMMIT").map_err(|error| self.busy(error)));
            if done.is_err() {
                // A rollback that fails leaves it to the connection's end, which rolls back as well.
                drop(self.run("ROLLBACK"));
            }
            done?;
            merged.tables += 1;
            merged.longest = merged.longest.max(locked.elapsed());
        }
        Ok(merged)
    }

    /// The engine's own complaint is about the table: a tokenizer that is not there, an option that this build lacks.
    fn not_merged(&self, table: &str, error: DatabaseError) -> Obstacle {
        match error {
            DatabaseError::Engine(_) => Obstacle::NotMerged(table.to_owned()),
            other => self.busy(other),
        }
    }
}

/// The statement that merges all segments of a full-text table into one.
fn merging(table: &str) -> String {
    let table = quoted(table);
    format!("INSERT INTO main.{table} ({table}) VALUES ('optimize')")
}
