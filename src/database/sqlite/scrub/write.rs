//! Zeroes dead bytes in slices: between two of them, other writers have their turn.

use std::{
    thread,
    time::{Duration, Instant},
};

use rusqlite::Connection;

use super::{Obstacle, Scrubber, failure};
use crate::database::{
    DatabaseError,
    sqlite::pages::{Cleaning, Layout, PageSource, Site},
};

/// So long a slice takes pages in; the commit comes on top.
const SLICE: Duration = Duration::from_millis(50);

/// And so many.
const PAGES: usize = 2048;

/// Others' turn.
const PAUSE: Duration = Duration::from_millis(2);

/// What was zeroed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scrubbed {
    /// Pages written
    pub pages: u64,
    /// Bytes that were not zero
    pub bytes: u64,
    /// Write transactions
    pub slices: u64,
    /// The longest that the write lock was held
    pub longest: Duration,
    /// Places that were something else by then
    pub moved: u64,
}

impl Scrubbed {
    /// Adds what another round did.
    pub fn add(&mut self, other: Self) {
        self.pages += other.pages;
        self.bytes += other.bytes;
        self.slices += other.slices;
        self.longest = self.longest.max(other.longest);
        self.moved += other.moved;
    }
}

/// Pages as the connection sees them.
struct Shown<'c>(&'c Connection);

impl PageSource for Shown<'_> {
    fn read_head(&mut self, head: &mut [u8]) -> Result<(), DatabaseError> {
        self.copy(1, head)
    }

    fn read(&mut self, number: u32, page: &mut [u8]) -> Result<(), DatabaseError> {
        self.copy(number, page)
    }
}

impl Shown<'_> {
    fn copy(&self, number: u32, into: &mut [u8]) -> Result<(), DatabaseError> {
        let failed = |error: rusqlite::Error| super::super::statement_failure(&error);
        let mut statement = self.0.prepare_cached("SELECT data FROM sqlite_dbpage WHERE pgno = ?1").map_err(failed)?;
        let copied = statement.query_row([number], |row| {
            let bytes = row.get_ref(0)?.as_blob().unwrap_or_default();
            let fits = bytes.len() >= into.len();
            if fits {
                into.copy_from_slice(&bytes[..into.len()]);
            }
            Ok(fits)
        });
        match copied {
            Ok(true) => Ok(()),
            Ok(false) | Err(rusqlite::Error::QueryReturnedNoRows) => {
                Err(DatabaseError::Engine("a page has another size than the file says".to_owned()))
            }
            Err(error) => Err(failed(error)),
        }
    }
}

impl Scrubber {
    /// Zeroes the dead bytes at `sites`, which a walk found in a file of `layout`. The snapshot is let go of. What is
    /// something else by now is left for the next walk.
    pub fn scrub(&mut self, layout: &Layout, mut sites: &[Site]) -> Result<Scrubbed, Obstacle> {
        self.release()?;
        let mut done = Scrubbed::default();
        while !sites.is_empty() {
            if self.options.interrupted() {
                return Err(DatabaseError::Interrupted.into());
            }
            let (taken, slice) = self.slice(layout, sites).map_err(|error| match error {
                DatabaseError::Busy => self.who(),
                other => other.into(),
            })?;
            done.add(slice);
            sites = &sites[taken..];
            if !sites.is_empty() {
                thread::sleep(PAUSE);
            }
        }
        Ok(done)
    }

    fn slice(&self, layout: &Layout, sites: &[Site]) -> Result<(usize, Scrubbed), DatabaseError> {
        self.run("BEGIN IMMEDIATE")?;
        let locked = Instant::now();
        let written = self.write(layout, sites, locked).and_then(|done| self.run("COMMIT").map(|()| done));
        if written.is_err() {
            // A rollback that fails leaves it to the connection's end, which rolls back as well.
            drop(self.run("ROLLBACK"));
        }
        written.map(|(taken, scrubbed)| (taken, Scrubbed { slices: 1, longest: locked.elapsed(), ..scrubbed }))
    }

    fn write(&self, layout: &Layout, sites: &[Site], locked: Instant) -> Result<(usize, Scrubbed), DatabaseError> {
        let mut source = Shown(&self.connection);
        let mut done = Scrubbed::default();
        let Some(mut cleaning) = Cleaning::begin(&mut source, layout)? else {
            return Ok((sites.len(), Scrubbed { moved: sites.len() as u64, ..done }));
        };
        let mut statement = self
            .connection
            .prepare_cached("UPDATE sqlite_dbpage SET data = ?2 WHERE pgno = ?1")
            .map_err(|error| failure(&error, &self.path))?;
        for (at, site) in sites.iter().enumerate() {
            if at == PAGES || at > 0 && locked.elapsed() > SLICE {
                return Ok((at, done));
            }
            let Some((image, dirt)) = cleaning.cleaned(site)? else {
                done.moved += 1;
                continue;
            };
            statement.execute((site.page(), image)).map_err(|error| failure(&error, &self.path))?;
            done.pages += 1;
            done.bytes += dirt as u64;
        }
        Ok((sites.len(), done))
    }
}
