//! Zeroes dead bytes in slices: between two of them, other writers have their turn.

use std::{
    thread,
    time::{Duration, Instant},
};

use rusqlite::Connection;

use super::{Obstacle, Scrubber, failure};
use crate::database::{
    DatabaseError,
    sqlite::pages::{Cleaning, Layout, Page, PageSource, Site, Visitor, walk},
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

/// Every dirty place.
struct Dirty(Vec<Site>);

impl Visitor for Dirty {
    fn page(&mut self, page: &Page<'_>) -> Result<(), DatabaseError> {
        if page.dead.dirt(page.bytes) > 0 {
            self.0.push(Site::of(page));
        }
        Ok(())
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
            let (taken, slice) = self.slice(layout, sites).map_err(|error| self.busy(error))?;
            done.add(slice);
            sites = &sites[taken..];
            if !sites.is_empty() {
                thread::sleep(PAUSE);
            }
        }
        Ok(done)
    }

    /// Walks and zeroes in one write transaction: nobody writes meanwhile, so that nothing new is left behind.
    pub fn scrub_exclusively(&mut self) -> Result<Scrubbed, Obstacle> {
        self.release()?;
        let all = |scrubber: &Self| -> Result<Scrubbed, DatabaseError> {
            let mut dirty = Dirty(Vec::new());
            let walked = walk(&mut Shown(&scrubber.connection), &mut dirty)?;
            Ok(scrubber.write(&walked.layout, &dirty.0, None)?.1)
        };
        self.in_transaction(all).map_err(|error| self.busy(error))
    }

    fn in_transaction(
        &self,
        write: impl FnOnce(&Self) -> Result<Scrubbed, DatabaseError>,
    ) -> Result<Scrubbed, DatabaseError> {
        self.run("BEGIN IMMEDIATE")?;
        let locked = Instant::now();
        let written = write(self).and_then(|done| self.run("COMMIT").map(|()| done));
        if written.is_err() {
            // A rollback that fails leaves it to the connection's end, which rolls back as well.
            drop(self.run("ROLLBACK"));
        }
        written.map(|done| Scrubbed { slices: 1, longest: locked.elapsed(), ..done })
    }

    fn slice(&self, layout: &Layout, sites: &[Site]) -> Result<(usize, Scrubbed), DatabaseError> {
        let mut taken = 0;
        let done = self.in_transaction(|scrubber| {
            let (count, done) = scrubber.write(layout, sites, Some(Instant::now() + SLICE))?;
            taken = count;
            Ok(done)
        })?;
        Ok((taken, done))
    }

    /// Zeroes at `sites` until the slice is over; returns how many of them were dealt with.
    fn write(
        &self,
        layout: &Layout,
        sites: &[Site],
        until: Option<Instant>,
    ) -> Result<(usize, Scrubbed), DatabaseError> {
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
            let over = |until| at == PAGES || at > 0 && Instant::now() > until;
            if until.is_some_and(over) {
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
