//! The rows, as they are in the instant in which the bytes are looked at.

use jiff::Timestamp;

use crate::{
    case::clock::Clock,
    database::{Database, DatabaseError, sqlite::scrub::Onlooker},
};

/// A reader of the rows beside a proof, and when it began to see what it sees.
pub struct Rows<'r> {
    database: &'r mut dyn Database,
    clock: &'r dyn Clock,
    seen_at: Option<Timestamp>,
}

impl<'r> Rows<'r> {
    /// A reader that sees nothing yet.
    pub fn new(database: &'r mut dyn Database, clock: &'r dyn Clock) -> Self {
        Self { database, clock, seen_at: None }
    }

    /// The instant that a proof is about: what the database was then is what was proven and what is seen. None when
    /// nothing could be proven.
    #[must_use]
    pub fn seen_at(&self) -> Option<Timestamp> {
        self.seen_at
    }
}

impl Onlooker for Rows<'_> {
    fn look(&mut self) -> Result<(), DatabaseError> {
        self.database.version()?;
        // before it is asked whether the log is still empty, so that this state was the last one then
        self.seen_at = Some(self.clock.now());
        Ok(())
    }

    fn look_away(&mut self) -> Result<(), DatabaseError> {
        self.seen_at = None;
        self.database.renew()
    }
}
