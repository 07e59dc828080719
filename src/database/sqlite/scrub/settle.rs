//! Empties log and journal into the file, and takes a snapshot in which the file on the disk is the whole truth.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use super::{Journal, Obstacle, Scrubber, file::cannot_read, holder::holders};
use crate::database::{DatabaseError, sqlite::failure};

/// Somebody with a connection of their own who looks at the rows in the state in which the file is looked at.
pub trait Onlooker {
    /// Begins to see the database as it is now, and sees that state until told to look away.
    fn look(&mut self) -> Result<(), DatabaseError>;

    /// Lets go of what was seen, so that the log can be emptied and the file written.
    fn look_away(&mut self) -> Result<(), DatabaseError>;
}

/// Nobody.
impl Onlooker for () {
    fn look(&mut self) -> Result<(), DatabaseError> {
        Ok(())
    }

    fn look_away(&mut self) -> Result<(), DatabaseError> {
        Ok(())
    }
}

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(5);

impl Scrubber {
    /// Empties log and journal and holds a snapshot from then on: as long as it lasts, the file on the disk is what the
    /// database is, because nothing is written into it. The application can write into a log meanwhile; without a log it
    /// waits.
    ///
    /// `onlooker` begins to see the database then, and what it sees is that very state: while the snapshot lasts the log
    /// cannot be emptied into the file, so a log that is still empty says that nobody has written since.
    pub fn settle(&mut self, onlooker: &mut dyn Onlooker) -> Result<(), Obstacle> {
        self.release()?;
        let deadline = self.deadline();
        loop {
            onlooker.look_away()?;
            match self.empty_and_hold(deadline, onlooker) {
                Ok(true) => return Ok(()),
                Ok(false) if Instant::now() < deadline => {}
                Ok(false) => return Err(Obstacle::NeverQuiet),
                Err(DatabaseError::Busy) => return Err(self.who()),
                Err(other) => return Err(other.into()),
            }
            thread::sleep(PAUSE);
        }
    }

    /// Lets go of the snapshot.
    pub fn release(&mut self) -> Result<(), DatabaseError> {
        if self.in_snapshot {
            self.run("COMMIT")?;
            self.in_snapshot = false;
        }
        Ok(())
    }

    fn empty_and_hold(&mut self, deadline: Instant, onlooker: &mut dyn Onlooker) -> Result<bool, DatabaseError> {
        match self.journal {
            Journal::WriteAhead => self.checkpoint(deadline)?,
            Journal::Rollback => self.empty_journal()?,
        }
        self.run("BEGIN")?;
        let begun = super::first_read(&self.connection, &self.path).and_then(|()| onlooker.look());
        let quiet = begun.map(|()| self.is_quiet());
        if quiet.as_ref().is_ok_and(|quiet| *quiet) {
            self.in_snapshot = true;
            self.flush()?;
        } else {
            self.run("ROLLBACK")?;
        }
        quiet
    }

    /// `busy` comes as a column, not as an error; it is a failure all the same.
    fn checkpoint(&self, deadline: Instant) -> Result<(), DatabaseError> {
        loop {
            let busy: i64 = self
                .connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
                .map_err(|error| failure(&error, &self.path))?;
            if busy == 0 {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(DatabaseError::Busy);
            }
            thread::sleep(PAUSE);
        }
    }

    /// A journal that an application keeps (PERSIST) holds the pages as they were before its last changes. A connection
    /// that changes from keeping to deleting deletes it, under the lock that a writer would need.
    fn empty_journal(&self) -> Result<(), DatabaseError> {
        if self.length_beside("-journal") == 0 {
            return Ok(());
        }
        self.run("PRAGMA journal_mode = PERSIST; PRAGMA journal_mode = DELETE")
    }

    /// Whether log and journal are empty. Asked in a snapshot: if they are now, they were when it was taken.
    fn is_quiet(&self) -> bool {
        self.length_beside("-wal") == 0 && self.length_beside("-journal") == 0
    }

    /// A log that was emptied, a journal that was deleted, or pages that an application did not flush must not be what they
    /// were after a power cut.
    fn flush(&self) -> Result<(), DatabaseError> {
        let emptied = ["-wal", "-journal"].into_iter().map(|suffix| self.beside_path(suffix));
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let flushed = self.database.flush().and_then(|()| {
            for path in emptied.chain([folder.unwrap_or(Path::new(".")).to_owned()]) {
                match fs::File::open(&path).and_then(|file| file.sync_all()) {
                    Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
            Ok(())
        });
        flushed.map_err(|error| cannot_read(&self.path, &error))
    }

    pub(super) fn length_beside(&self, suffix: &str) -> u64 {
        fs::metadata(self.beside_path(suffix)).map_or(0, |metadata| metadata.len())
    }

    fn beside_path(&self, suffix: &str) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        path.push(suffix);
        path.into()
    }

    pub(super) fn who(&self) -> Obstacle {
        match self.journal {
            Journal::WriteAhead => Obstacle::SnapshotHeld(holders(&self.path, true)),
            Journal::Rollback => Obstacle::Locked(holders(&self.path, false)),
        }
    }

    /// What a failure means where locks are taken.
    pub(super) fn busy(&self, error: DatabaseError) -> Obstacle {
        match error {
            DatabaseError::Busy => self.who(),
            other => other.into(),
        }
    }

    pub(super) fn run(&self, sql: &str) -> Result<(), DatabaseError> {
        self.connection.execute_batch(sql).map_err(|error| failure(&error, &self.path))
    }
}
