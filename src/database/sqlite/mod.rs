//! SQLite, embedded.
//!
//! Traps: `foreign_keys` and `secure_delete` are settings of the connection, not of the file, so both are set and read
//! back; opening for writing rolls a hot journal back, so a read-only probe comes first; a read-only connection holds
//! one snapshot from its first read on, so that several statements see one database.

mod defence;
mod hook;
mod long;
pub mod pages;
mod schema;
pub mod scrub;
mod trial;

use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::Path,
    rc::Rc,
    sync::atomic::{AtomicU64, Ordering},
};

use rusqlite::{
    Connection, ErrorCode, OpenFlags,
    config::DbConfig,
    ffi,
    types::{ToSqlOutput, ValueRef},
};

use super::{
    Change, Database, DatabaseError, DatabaseUrl, Effects, Flow, Found, Grouping, Misfit, Options, Select, Transaction,
    Version, WritableDatabase,
    sql::{Statement, print_count},
};
use crate::{
    schema::{Dialect, Schema, TableName},
    value::{Row, Value},
};

/// How much of the file a reader maps: as much as SQLite allows.
const MAPPED: u32 = 0x7fff_0000;

/// The oldest SQLite whose behaviour was measured.
const OLDEST: i32 = 3_054_000;
const MARK_TABLE: &str =
    "CREATE TABLE IF NOT EXISTS droit_mark (workspace TEXT NOT NULL PRIMARY KEY, intent INTEGER NOT NULL)";

/// The statement that makes `droit_mark`, for an administrator to run where droit may not.
pub const MARK_SQL: &str = MARK_TABLE;

/// A connection and what tells its database from another.
#[derive(Debug)]
struct Session {
    connection: Rc<Connection>,
    identity: String,
    /// Tells it from the other connections of this process
    number: u64,
}

impl Session {
    fn new(connection: Connection, path: &Path) -> Result<Self, DatabaseError> {
        static OPENED: AtomicU64 = AtomicU64::new(0);
        let connection = Rc::new(connection);
        Ok(Self { connection, identity: identity(path)?, number: OPENED.fetch_add(1, Ordering::Relaxed) })
    }
}

/// A database opened for reading.
#[derive(Debug)]
pub struct Reader(Session);

/// A database opened for `apply`.
#[derive(Debug)]
pub struct Writer {
    // first, so that the hook is taken off before the connection closes
    accounting: hook::Accounting,
    session: Session,
}

/// The write transaction. Dropped without `commit` it is rolled back.
struct Open<'a> {
    writer: &'a mut Writer,
    done: bool,
}

impl Reader {
    /// Opens `url` read-only with a snapshot of its own.
    pub fn open(url: &DatabaseUrl, options: &Options) -> Result<Self, DatabaseError> {
        let connection = open(url.path(), OpenFlags::SQLITE_OPEN_READ_ONLY, options)?;
        // Scattered rows are read from the mapped file; while the snapshot lasts, nobody may shorten it.
        let settings = format!("PRAGMA query_only = ON; PRAGMA mmap_size = {MAPPED}; BEGIN");
        connection.execute_batch(&settings).map_err(|e| failure(&e, url.path()))?;
        defence::first_read(&connection, url.path())?;
        Ok(Self(Session::new(connection, url.path())?))
    }
}

impl Writer {
    /// Opens `url` for writing, unless a journal would have to be rolled back first.
    pub fn open(url: &DatabaseUrl, options: &Options) -> Result<Self, DatabaseError> {
        let path = url.path();
        defence::first_read(&open(path, OpenFlags::SQLITE_OPEN_READ_ONLY, options)?, path)?;
        let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE, options)?;
        if connection.is_readonly("main").map_err(|e| failure(&e, path))? {
            return Err(DatabaseError::ReadOnly(path.to_owned()));
        }
        defence::first_read(&connection, path)?;
        connection
            .execute_batch(
                "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA synchronous = EXTRA; PRAGMA cache_size = -16384",
            )
            .map_err(|e| failure(&e, path))?;
        for (pragma, name) in [("foreign_keys", "foreign keys"), ("secure_delete", "secure deletion")] {
            let on: i64 =
                connection.pragma_query_value(None, pragma, |row| row.get(0)).map_err(|e| failure(&e, path))?;
            if on != 1 {
                return Err(DatabaseError::Unsupported(name));
            }
        }
        let accounting = hook::Accounting::attach(&connection)?;
        Ok(Self { accounting, session: Session::new(connection, path)? })
    }
}

/// Lets SQLite roll a hot journal back: only for `recover`, when an open intent of this workspace names this database.
pub(super) fn roll_back(url: &DatabaseUrl, options: &Options) -> Result<(), DatabaseError> {
    let connection = open(url.path(), OpenFlags::SQLITE_OPEN_READ_WRITE, options)?;
    if connection.is_readonly("main").map_err(|e| failure(&e, url.path()))? {
        return Err(DatabaseError::ReadOnly(url.path().to_owned()));
    }
    defence::first_read(&connection, url.path())
}

fn open(path: &Path, access: OpenFlags, options: &Options) -> Result<Connection, DatabaseError> {
    if rusqlite::version_number() < OLDEST {
        return Err(DatabaseError::Unsupported("what SQLite 3.54 brought"));
    }
    check_file(path)?;
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let mut connection = Connection::open_with_flags(path, flags).map_err(|e| failure(&e, path))?;
    let set = |config, on| connection.set_db_config(config, on).map(drop).map_err(|e| failure(&e, path));
    set(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    set(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.busy_timeout(options.lock_wait).map_err(|e| failure(&e, path))?;
    connection.set_prepared_statement_cache_capacity(256);
    let watched = options.clone();
    connection.progress_handler(10_000, Some(move || watched.interrupted())).map_err(|e| failure(&e, path))?;
    Ok(connection)
}

/// Tells a missing file from something that is not a database before SQLite could create or misread it. The file is not
/// opened here: closing it would take the locks off it that other connections of this process hold.
fn check_file(path: &Path) -> Result<(), DatabaseError> {
    let metadata = metadata(path)?;
    // an empty file would be read as a database without tables
    if metadata.is_file() && metadata.len() > 0 { Ok(()) } else { Err(DatabaseError::NotADatabase(path.to_owned())) }
}

fn metadata(path: &Path) -> Result<fs::Metadata, DatabaseError> {
    fs::metadata(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => DatabaseError::Missing(path.to_owned()),
        _ => DatabaseError::CannotOpen { path: path.to_owned(), reason: e.to_string() },
    })
}

/// Reads the schema of a connection that was looked at before.
fn first_read(connection: &Connection, path: &Path) -> Result<(), DatabaseError> {
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).map_err(|e| failure(&e, path))
}

/// Device and inode tell a file from its copies; the path is for people, the plan's header carries only this digest.
pub(super) fn identity(path: &Path) -> Result<String, DatabaseError> {
    let metadata = metadata(path)?;
    Ok(format!("sqlite:{:x}:{:x}", metadata.dev(), metadata.ino()))
}

/// Turns SQLite's error into ours. Trigger messages (`RAISE`) may quote values, so they are never repeated.
fn failure(error: &rusqlite::Error, path: &Path) -> DatabaseError {
    let rusqlite::Error::SqliteFailure(code, message) = error else {
        return DatabaseError::Engine(match error {
            rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
            _ => "the driver could not read what the engine returned".to_owned(),
        });
    };
    let message = message.clone().unwrap_or_default();
    match (code.code, code.extended_code) {
        (_, ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => DatabaseError::ForeignKey,
        (_, ffi::SQLITE_CONSTRAINT_TRIGGER) => {
            DatabaseError::Constraint("a trigger of the database raised an error".to_owned())
        }
        (_, ffi::SQLITE_READONLY_ROLLBACK | ffi::SQLITE_READONLY_RECOVERY) => {
            DatabaseError::HotJournal(path.to_owned())
        }
        (ErrorCode::ConstraintViolation, _) => DatabaseError::Constraint(message),
        (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => DatabaseError::Busy,
        (ErrorCode::OperationInterrupted, _) => DatabaseError::Interrupted,
        (ErrorCode::DiskFull, _) => DatabaseError::DiskFull,
        (ErrorCode::ReadOnly, _) => DatabaseError::ReadOnly(path.to_owned()),
        (ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt, _) => DatabaseError::NotADatabase(path.to_owned()),
        (ErrorCode::CannotOpen | ErrorCode::PermissionDenied, _) => {
            DatabaseError::CannotOpen { path: path.to_owned(), reason: message }
        }
        _ => DatabaseError::Engine(message),
    }
}

fn statement_failure(error: &rusqlite::Error) -> DatabaseError {
    failure(error, Path::new("the database"))
}

/// Once a statement runs, what a function of the database (in a check, a computed column, a trigger) complains about may
/// quote a value, so the engine's words are not repeated.
fn row_failure(error: &rusqlite::Error) -> DatabaseError {
    match statement_failure(error) {
        DatabaseError::Engine(_) => {
            DatabaseError::Engine("a function, check or trigger of the database failed on a row".to_owned())
        }
        other => other,
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Integer(number) => ValueRef::Integer(*number),
            Value::Real(number) => ValueRef::Real(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Malformed(bytes) => ValueRef::Text(bytes),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn value(cell: ValueRef<'_>) -> Value {
    match cell {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(_) => Value::Malformed(bytes.to_owned()),
        },
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_owned()),
    }
}

fn run(connection: &Connection, statement: &Statement, each: &mut dyn FnMut(Row) -> Flow) -> Result<(), DatabaseError> {
    query(connection, statement, 0, &mut |_, row| Ok(each(row)))
}

/// Why a statement gave no more rows.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Done,
    /// A value, or the text of the seeds, is longer than the connection's limit
    TooBig,
}

fn is_too_big(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::TooBig)
}

/// Runs a statement; each row comes as the engine has it, and the cells behind the first `skip` as values.
fn query_until(
    connection: &Connection,
    statement: &Statement,
    skip: usize,
    each: &mut dyn FnMut(&rusqlite::Row<'_>, Row) -> rusqlite::Result<Flow>,
) -> Result<End, DatabaseError> {
    let mut prepared = connection.prepare_cached(&statement.sql).map_err(|e| statement_failure(&e))?;
    let columns = prepared.column_count();
    let mut rows = match prepared.query(rusqlite::params_from_iter(&statement.bound)) {
        Err(error) if is_too_big(&error) => return Ok(End::TooBig),
        rows => rows.map_err(|e| statement_failure(&e))?,
    };
    loop {
        let row = match rows.next() {
            Err(error) if is_too_big(&error) => return Ok(End::TooBig),
            row => row.map_err(|e| row_failure(&e))?,
        };
        let Some(row) = row else { return Ok(End::Done) };
        let mut cells = Row::with_capacity(columns.saturating_sub(skip));
        for at in skip..columns {
            cells.push(value(row.get_ref(at).map_err(|e| statement_failure(&e))?));
        }
        if each(row, cells).map_err(|e| statement_failure(&e))? == Flow::Stop {
            return Ok(End::Done);
        }
    }
}

fn query(
    connection: &Connection,
    statement: &Statement,
    skip: usize,
    each: &mut dyn FnMut(&rusqlite::Row<'_>, Row) -> rusqlite::Result<Flow>,
) -> Result<(), DatabaseError> {
    match query_until(connection, statement, skip, each)? {
        End::Done => Ok(()),
        End::TooBig => Err(DatabaseError::Engine("a value is longer than the engine reads".to_owned())),
    }
}

fn read(
    connection: &Rc<Connection>,
    select: &Select,
    each: &mut dyn FnMut(Found) -> Flow,
) -> Result<(), DatabaseError> {
    if select.is_idle() {
        return Ok(());
    }
    match select.bears {
        Some(bears) => long::read(connection, select, bears, each),
        None => read_whole(connection, select, each),
    }
}

fn read_whole(
    connection: &Connection,
    select: &Select,
    each: &mut dyn FnMut(Found) -> Flow,
) -> Result<(), DatabaseError> {
    match read_until(connection, select, each)? {
        End::Done => Ok(()),
        End::TooBig => Err(DatabaseError::Engine("a value is longer than the engine reads".to_owned())),
    }
}

fn read_until(
    connection: &Connection,
    select: &Select,
    each: &mut dyn FnMut(Found) -> Flow,
) -> Result<End, DatabaseError> {
    let statement = select.print().ok_or_else(|| DatabaseError::Unbindable(select.unbindable()))?;
    let keyed = select.is_keyed();
    query_until(connection, &statement, 3, &mut |row, cells| {
        let (first, arm): (u32, u32) = (row.get(0)?, row.get(1)?);
        Ok(each(found(select, keyed, (first, arm as usize), row, cells)?))
    })
}

/// A row whose first cells, subject or seed and the arm, are read already.
fn found(
    select: &Select,
    keyed: bool,
    (first, arm): (u32, usize),
    row: &rusqlite::Row<'_>,
    cells: Row,
) -> rusqlite::Result<Found> {
    let (subject, tag) = if keyed {
        let seed = &select.arms[arm].seeds.list()[first as usize];
        (seed.subject, seed.tag)
    } else {
        (first, row.get(2)?)
    };
    Ok(Found { subject, arm, tag, row: cells, long: Vec::new() })
}

fn mark(connection: &Connection, workspace: &str) -> Result<Option<u64>, DatabaseError> {
    let there: bool = connection
        .query_row(
            "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'droit_mark')",
            [],
            |row| row.get(0),
        )
        .map_err(|e| statement_failure(&e))?;
    if !there {
        return Ok(None);
    }
    let mut statement = connection
        .prepare_cached("SELECT intent FROM droit_mark WHERE workspace = ?1")
        .map_err(|e| statement_failure(&e))?;
    let mut rows = statement.query([workspace]).map_err(|e| statement_failure(&e))?;
    match rows.next().map_err(|e| statement_failure(&e))? {
        Some(row) => {
            let intent: i64 = row.get(0).map_err(|e| statement_failure(&e))?;
            u64::try_from(intent)
                .map(Some)
                .map_err(|_| DatabaseError::Engine("droit_mark holds no intent number".to_owned()))
        }
        None => Ok(None),
    }
}

/// Whatever holds a connection reads the same way.
trait Connected {
    fn session(&self) -> &Session;

    /// A writer's view is the transaction's own.
    fn renew(&self) -> Result<(), DatabaseError> {
        Ok(())
    }
}

impl Connected for Reader {
    fn session(&self) -> &Session {
        &self.0
    }

    fn renew(&self) -> Result<(), DatabaseError> {
        self.0.connection.execute_batch("COMMIT; BEGIN").map_err(|e| statement_failure(&e))
    }
}

impl Connected for Writer {
    fn session(&self) -> &Session {
        &self.session
    }
}

impl Connected for Open<'_> {
    fn session(&self) -> &Session {
        &self.writer.session
    }
}

impl<T: Connected> Database for T {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn identity(&mut self) -> Result<String, DatabaseError> {
        Ok(self.session().identity.clone())
    }

    fn schema(&mut self) -> Result<Schema, DatabaseError> {
        schema::read(&self.session().connection)
    }

    fn read(&mut self, select: &Select, each: &mut dyn FnMut(Found) -> Flow) -> Result<(), DatabaseError> {
        read(&self.session().connection, select, each)
    }

    fn misfit(&mut self, table: &TableName, row: &[(String, Value)]) -> Result<Option<Misfit>, DatabaseError> {
        trial::misfit(&self.session().connection, table, row)
    }

    fn scan(&mut self, select: &Select, each: &mut dyn FnMut(Row) -> Flow) -> Result<(), DatabaseError> {
        run(&self.session().connection, &select.print_scan(), each)
    }

    fn group(&mut self, grouping: &Grouping, each: &mut dyn FnMut(Row) -> Flow) -> Result<(), DatabaseError> {
        run(&self.session().connection, &grouping.print(), each)
    }

    fn count(&mut self, table: &TableName) -> Result<u64, DatabaseError> {
        let mut rows = 0;
        run(&self.session().connection, &print_count(table), &mut |row| {
            rows = row.first().and_then(Value::as_integer).unwrap_or(0);
            Flow::Stop
        })?;
        Ok(u64::try_from(rows).unwrap_or(0))
    }

    fn renew(&mut self) -> Result<(), DatabaseError> {
        Connected::renew(self)
    }

    fn version(&mut self) -> Result<Option<Version>, DatabaseError> {
        let Session { connection, number, .. } = self.session();
        let changes = connection.pragma_query_value(None, "data_version", |row| row.get(0));
        changes.map(|changes| Some(Version { connection: *number, changes })).map_err(|e| statement_failure(&e))
    }

    fn mark(&mut self, workspace: &str) -> Result<Option<u64>, DatabaseError> {
        mark(&self.session().connection, workspace)
    }
}

impl WritableDatabase for Writer {
    fn create_mark_table(&mut self) -> Result<(), DatabaseError> {
        self.session.connection.execute_batch(MARK_TABLE).map_err(|e| statement_failure(&e))
    }

    fn begin(&mut self) -> Result<Box<dyn Transaction + '_>, DatabaseError> {
        self.session.connection.execute_batch("BEGIN IMMEDIATE").map_err(|e| statement_failure(&e))?;
        self.accounting.take();
        Ok(Box::new(Open { writer: self, done: false }))
    }
}

impl Transaction for Open<'_> {
    fn execute(&mut self, change: &Change) -> Result<Effects, DatabaseError> {
        let statement = change.print().ok_or_else(|| DatabaseError::Unbindable(change.unbindable()))?;
        run(&self.writer.session.connection, &statement, &mut |_| Flow::Continue)?;
        Ok(self.writer.accounting.take())
    }

    fn defer_foreign_keys(&mut self) -> Result<(), DatabaseError> {
        // of this transaction alone
        self.writer
            .session
            .connection
            .execute_batch("PRAGMA defer_foreign_keys = ON")
            .map_err(|e| statement_failure(&e))
    }

    fn set_mark(&mut self, workspace: &str, intent: u64) -> Result<(), DatabaseError> {
        let intent =
            i64::try_from(intent).map_err(|_| DatabaseError::Engine("the intent's number is too large".into()))?;
        self.writer
            .session
            .connection
            .execute(
                "INSERT INTO droit_mark (workspace, intent) VALUES (?1, ?2) \
                 ON CONFLICT (workspace) DO UPDATE SET intent = excluded.intent",
                rusqlite::params![workspace, intent],
            )
            .map_err(|e| statement_failure(&e))?;
        self.writer.accounting.take();
        Ok(())
    }

    fn commit(mut self: Box<Self>) -> Result<(), DatabaseError> {
        self.writer.session.connection.execute_batch("COMMIT").map_err(|e| statement_failure(&e))?;
        self.done = true;
        Ok(())
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.done {
            // A failed rollback leaves the transaction to the connection's end, which rolls back as well.
            drop(self.writer.session.connection.execute_batch("ROLLBACK"));
        }
    }
}
