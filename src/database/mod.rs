//! The user database: opened for reading by everybody, for writing by `apply` alone.

mod grouping;
pub mod locate;
pub mod named;
mod sql;
pub mod sqlite;
mod waived;
mod watched;
mod whole;
mod within;

use std::{
    collections::BTreeMap,
    fmt,
    io::Read,
    path::{Path, PathBuf},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

pub use grouping::Grouping;
pub use sql::{Action, Arm, Change, Join, Phrases, Seed, Seeds, Select, Term, Write, WriteTo};
pub use waived::{LeaveOut, leaving_out, leaving_out_for_writing};
pub use watched::Meter;
pub use whole::whole_rows;
pub use within::Within;

use crate::{
    schema::{Dialect, Schema, TableName},
    value::{Row, Value},
};

/// Where a user database is. For SQLite it is a path and nothing else: every flag is set by droit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseUrl(PathBuf);

impl DatabaseUrl {
    /// The SQLite database at `path`.
    #[must_use]
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

/// What a connection is opened with.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long to wait for another writer before giving up as busy
    pub lock_wait: Duration,
    /// Set by a signal: the running statement ends and everything is rolled back
    pub interrupt: Arc<AtomicBool>,
}

impl Default for Options {
    fn default() -> Self {
        Self { lock_wait: Duration::from_secs(10), interrupt: Arc::default() }
    }
}

impl Options {
    fn interrupted(&self) -> bool {
        self.interrupt.load(Ordering::Relaxed)
    }
}

/// Whether a reader wants more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// The next row
    Continue,
    /// No more rows
    Stop,
}

/// What a table's constraints have against a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// A column may not be NULL
    NotNull,
    /// A CHECK is false
    Check,
    /// The value is not of the column's strict type
    Type,
}

/// One row that a [`Select`] found.
#[derive(Debug)]
pub struct Found {
    /// Number of the subject whose seed reached it
    pub subject: u32,
    /// Which arm reached it
    pub arm: usize,
    /// The seed's own tag
    pub tag: u32,
    /// The key's values, then the terms
    pub row: Row,
    /// By their place among the terms: cells that are longer than the select bears. The row has their begin
    pub long: Vec<(usize, Rc<dyn LongCell>)>,
}

/// A cell that is read in pieces. It can be opened while the row's statement runs, and as long as the snapshot lasts.
pub trait LongCell: fmt::Debug {
    /// How long it is.
    fn bytes(&self) -> u64;

    /// Whether the engine calls it text; its bytes may be malformed all the same.
    fn is_text(&self) -> bool;

    /// Reads it from its begin.
    fn open(&self) -> Result<Box<dyn Read + '_>, DatabaseError>;
}

/// A state of the database in the eyes of one connection; those of two connections are never equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    connection: u64,
    changes: i64,
}

/// A user database, opened for reading.
pub trait Database {
    /// The engine.
    fn dialect(&self) -> Dialect;

    /// Tells this database from another one, for as long as it stays the same file (or server and name).
    fn identity(&mut self) -> Result<String, DatabaseError>;

    /// What the database reports about itself.
    fn schema(&mut self) -> Result<Schema, DatabaseError>;

    /// Streams what `select` finds by subject, key and arm, in canonical order; a row that several seeds reach comes
    /// once for each.
    fn read(&mut self, select: &Select, each: &mut dyn FnMut(Found) -> Flow) -> Result<(), DatabaseError>;

    /// Whether the table's own constraints, as far as they concern one row alone (NOT NULL, CHECK, a strict type), refuse
    /// a row with these cells. `None` also where the engine cannot tell before it writes: the change is then tried in
    /// its transaction, and a refusal rolls it back.
    fn misfit(&mut self, _table: &TableName, _row: &[(String, Value)]) -> Result<Option<Misfit>, DatabaseError> {
        Ok(None)
    }

    /// Streams the whole of a table's `terms`, unordered, or one [`Select::page`] of it.
    fn scan(&mut self, select: &Select, each: &mut dyn FnMut(Row) -> Flow) -> Result<(), DatabaseError>;

    /// Streams the classes of `grouping` in the order of their values: those values, the number of rows, the numbers of
    /// different values.
    fn group(&mut self, grouping: &Grouping, each: &mut dyn FnMut(Row) -> Flow) -> Result<(), DatabaseError>;

    /// How many rows a table has.
    fn count(&mut self, table: &TableName) -> Result<u64, DatabaseError>;

    /// Lets go of the snapshot: the next read sees the database as it is then, and no writer is held up meanwhile.
    fn renew(&mut self) -> Result<(), DatabaseError>;

    /// The state of the database as this connection sees it: equal to an earlier one only when nobody else has committed
    /// in between; `None` where the engine cannot say. It begins a snapshot, as every read does.
    fn version(&mut self) -> Result<Option<Version>, DatabaseError>;

    /// The number of this workspace's last mark, `None` when it has none or the table does not exist.
    fn mark(&mut self, workspace: &str) -> Result<Option<u64>, DatabaseError>;
}

/// A user database, opened for writing.
pub trait WritableDatabase: Database {
    /// Makes `droit_mark`, the one table of our own, in a transaction of its own, if it is not there.
    fn create_mark_table(&mut self) -> Result<(), DatabaseError>;

    /// Begins the one write transaction; another writer makes it wait, then [`DatabaseError::Busy`].
    fn begin(&mut self) -> Result<Box<dyn Transaction + '_>, DatabaseError>;
}

/// Changes that take effect together at `commit`, or not at all when dropped. It reads, too: a plan is derived again
/// inside it.
pub trait Transaction: Database {
    /// Carries out one window of changes and tells everything that happened because of it.
    fn execute(&mut self, change: &Change) -> Result<Effects, DatabaseError>;

    /// Leaves foreign keys to the commit: rows that name each other come back in any order.
    fn defer_foreign_keys(&mut self) -> Result<(), DatabaseError>;

    /// Writes the intent's number into `droit_mark`.
    fn set_mark(&mut self, workspace: &str, intent: u64) -> Result<(), DatabaseError>;

    /// Makes it durable.
    fn commit(self: Box<Self>) -> Result<(), DatabaseError>;
}

/// What a statement did to which table, cascades, triggers and REPLACE included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects(pub BTreeMap<TableName, RowCounts>);

/// Rows touched in one table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowCounts {
    /// Rows that came
    pub inserted: u64,
    /// Rows that changed
    pub updated: u64,
    /// Rows that went
    pub deleted: u64,
    /// Different rows among those that changed or went, as far as the engine tells them apart: a row that a statement
    /// changes and a trigger changes again is one. Means nothing for tables without a rowid
    pub touched: u64,
}

/// What a user database could not do. No message holds a value of a row.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// There is no file
    #[error("there is no database at {}", .0.display())]
    Missing(PathBuf),
    /// The file is something else
    #[error("{} is not a SQLite database, or it is encrypted or damaged", .0.display())]
    NotADatabase(PathBuf),
    /// A writer died and left its journal; only SQLite may roll it back
    #[error("{} has a hot journal: a writer died in the middle of a transaction", .0.display())]
    HotJournal(PathBuf),
    /// The file or its folder cannot be written
    #[error("{} cannot be written", .0.display())]
    ReadOnly(PathBuf),
    /// The file cannot be opened
    #[error("{} cannot be opened: {reason}", path.display())]
    CannotOpen {
        /// The file
        path: PathBuf,
        /// What the system says
        reason: String,
    },
    /// Another connection holds the lock
    #[error("the database is locked by another writer")]
    Busy,
    /// A signal arrived
    #[error("interrupted")]
    Interrupted,
    /// A statement broke a constraint of the database
    #[error("the database refused a change: {0}")]
    Constraint(String),
    /// A row would lose the row that it points at
    #[error("a foreign key would be violated: rows of other tables still point at rows that would go")]
    ForeignKey,
    /// A row of this table would
    #[error("a foreign key would be violated: rows of {0} still point at rows that would go")]
    PointedAt(TableName),
    /// No space
    #[error("the disk is full")]
    DiskFull,
    /// A key that cannot be bound
    #[error(
        "{0} would be compared with a key that cannot be searched for: bytes, or text with a NUL; key and tie rows by \
         numbers or by text"
    )]
    Unbindable(String),
    /// The file contradicts itself
    #[error("the database is damaged: {0}")]
    Damaged(#[from] sqlite::pages::Damage),
    /// Bytes that SQLite leaves to extensions are in use: by a checksum or an encryption between SQLite and the file
    #[error("reserved bytes of page {0} are in use: the file is checksummed or encrypted")]
    ReservedBytes(u32),
    /// The linked SQLite lacks what droit depends on
    #[error("this build of SQLite lacks {0}")]
    Unsupported(&'static str),
    /// Anything else that the engine says
    #[error("the database failed: {0}")]
    Engine(String),
}

impl DatabaseError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "database_missing",
            Self::NotADatabase(_) => "not_a_database",
            Self::HotJournal(_) => "hot_journal",
            Self::ReadOnly(_) => "database_read_only",
            Self::CannotOpen { .. } => "cannot_open",
            Self::Busy => "database_busy",
            Self::Interrupted => "interrupted",
            Self::Constraint(_) => "constraint",
            Self::ForeignKey | Self::PointedAt(_) => "foreign_key",
            Self::DiskFull => "disk_full",
            Self::Unbindable(_) => "unbindable_key",
            Self::Damaged(_) => "database_damaged",
            Self::ReservedBytes(_) => "reserved_bytes",
            Self::Unsupported(_) => "unsupported_sqlite",
            Self::Engine(_) => "database_failed",
        }
    }
}

/// Opens a user database read-only, by type and by the engine.
pub fn connect(url: &DatabaseUrl, options: &Options) -> Result<Box<dyn Database>, DatabaseError> {
    Ok(Box::new(sqlite::Reader::open(url, options)?))
}

/// Opens a user database for `apply`.
pub fn connect_for_writing(url: &DatabaseUrl, options: &Options) -> Result<Box<dyn WritableDatabase>, DatabaseError> {
    Ok(Box::new(sqlite::Writer::open(url, options)?))
}

/// What tells the database at `url` from another, without opening it: a hot journal stays as it is.
pub fn identity(url: &DatabaseUrl) -> Result<String, DatabaseError> {
    sqlite::identity(url.path())
}

/// Undoes the transaction of a writer that died, as SQLite itself does it. Only `recover` may ask for this, and only
/// when an open intent of this workspace names the [`identity`] of this database.
pub fn roll_back(url: &DatabaseUrl, options: &Options) -> Result<(), DatabaseError> {
    sqlite::roll_back(url, options)
}
