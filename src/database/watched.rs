//! A database that counts what passes through it, so that whoever waits sees how far the work is.
//!
//! It stands before the real one and hands everything on unchanged: whoever reads, plans or applies need not know that
//! it is watched.

use std::cell::{Cell, RefCell};

use super::{
    Change, Database, DatabaseError, Effects, Flow, Found, Grouping, Misfit, Select, Transaction, Version,
    WritableDatabase,
};
use crate::{
    progress::{Doing, Progress},
    schema::{Dialect, Schema, TableName},
    value::{Row, Value},
};

/// Rows between two reports.
const STEP: u64 = 1000;

/// What passed through the databases that it watches.
pub struct Meter<'p> {
    tell: RefCell<&'p mut dyn FnMut(Progress)>,
    read: Cell<u64>,
    changed: Cell<u64>,
    /// How many rows are to be changed, where that is known
    expected: Option<u64>,
}

impl<'p> Meter<'p> {
    /// Counts from zero; `tell` hears of it every thousand rows.
    pub fn new(tell: &'p mut dyn FnMut(Progress)) -> Self {
        Self { tell: RefCell::new(tell), read: Cell::new(0), changed: Cell::new(0), expected: None }
    }

    /// The same, where it is known how many rows will change.
    #[must_use]
    pub fn expecting(self, changes: u64) -> Self {
        Self { expected: Some(changes), ..self }
    }

    /// A reader through which rows are counted.
    pub fn reader<'m>(&'m self, inner: &'m mut dyn Database) -> impl Database + 'm {
        Watched { dialect: inner.dialect(), inner: Reader(inner), meter: self }
    }

    /// A writer through which rows are counted, read or changed.
    pub fn writer<'m>(&'m self, inner: &'m mut dyn WritableDatabase) -> impl WritableDatabase + 'm {
        Watched { dialect: inner.dialect(), inner: Writer(inner), meter: self }
    }

    /// Rows read so far.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.read.get()
    }

    /// Rows changed so far, also in transactions that were rolled back.
    #[must_use]
    pub fn changed(&self) -> u64 {
        self.changed.get()
    }

    fn one_read(&self) {
        let read = self.read.get() + 1;
        self.read.set(read);
        if read.is_multiple_of(STEP) {
            self.report(Progress::counted(Doing::Reading, read));
        }
    }

    fn some_changed(&self, rows: u64) {
        let changed = self.changed.get() + rows;
        self.changed.set(changed);
        self.report(Progress { doing: Doing::Changing, done: changed, of: self.expected });
    }

    fn report(&self, progress: Progress) {
        if let Ok(mut tell) = self.tell.try_borrow_mut() {
            tell(progress);
        }
    }
}

/// Where a database is found in what holds it.
trait Holds {
    fn database(&mut self) -> &mut dyn Database;
}

struct Reader<'m>(&'m mut dyn Database);
struct Writer<'m>(&'m mut dyn WritableDatabase);
struct Changing<'m>(Box<dyn Transaction + 'm>);

impl Holds for Reader<'_> {
    fn database(&mut self) -> &mut dyn Database {
        self.0
    }
}

impl Holds for Writer<'_> {
    fn database(&mut self) -> &mut dyn Database {
        self.0
    }
}

impl Holds for Changing<'_> {
    fn database(&mut self) -> &mut dyn Database {
        &mut *self.0
    }
}

struct Watched<'m, 'p, H> {
    dialect: Dialect,
    inner: H,
    meter: &'m Meter<'p>,
}

impl<H: Holds> Database for Watched<'_, '_, H> {
    fn dialect(&self) -> Dialect {
        self.dialect
    }

    fn identity(&mut self) -> Result<String, DatabaseError> {
        self.inner.database().identity()
    }

    fn schema(&mut self) -> Result<Schema, DatabaseError> {
        self.inner.database().schema()
    }

    fn read(&mut self, select: &Select, each: &mut dyn FnMut(Found) -> Flow) -> Result<(), DatabaseError> {
        let meter = self.meter;
        self.inner.database().read(select, &mut |found| {
            meter.one_read();
            each(found)
        })
    }

    fn scan(&mut self, select: &Select, each: &mut dyn FnMut(Row) -> Flow) -> Result<(), DatabaseError> {
        let meter = self.meter;
        self.inner.database().scan(select, &mut |row| {
            meter.one_read();
            each(row)
        })
    }

    fn misfit(&mut self, table: &TableName, row: &[(String, Value)]) -> Result<Option<Misfit>, DatabaseError> {
        self.inner.database().misfit(table, row)
    }

    fn group(&mut self, grouping: &Grouping, each: &mut dyn FnMut(Row) -> Flow) -> Result<(), DatabaseError> {
        self.inner.database().group(grouping, each)
    }

    fn count(&mut self, table: &TableName) -> Result<u64, DatabaseError> {
        self.inner.database().count(table)
    }

    fn renew(&mut self) -> Result<(), DatabaseError> {
        self.inner.database().renew()
    }

    fn version(&mut self) -> Result<Option<Version>, DatabaseError> {
        self.inner.database().version()
    }

    fn mark(&mut self, workspace: &str) -> Result<Option<u64>, DatabaseError> {
        self.inner.database().mark(workspace)
    }
}

impl WritableDatabase for Watched<'_, '_, Writer<'_>> {
    fn create_mark_table(&mut self) -> Result<(), DatabaseError> {
        self.inner.0.create_mark_table()
    }

    fn begin(&mut self) -> Result<Box<dyn Transaction + '_>, DatabaseError> {
        let (dialect, meter) = (self.dialect, self.meter);
        Ok(Box::new(Watched { dialect, inner: Changing(self.inner.0.begin()?), meter }))
    }
}

impl Transaction for Watched<'_, '_, Changing<'_>> {
    fn execute(&mut self, change: &Change) -> Result<Effects, DatabaseError> {
        let effects = self.inner.0.execute(change)?;
        self.meter.some_changed(change.rows.len() as u64);
        Ok(effects)
    }

    fn defer_foreign_keys(&mut self) -> Result<(), DatabaseError> {
        self.inner.0.defer_foreign_keys()
    }

    fn set_mark(&mut self, workspace: &str, intent: u64) -> Result<(), DatabaseError> {
        self.inner.0.set_mark(workspace, intent)
    }

    fn commit(self: Box<Self>) -> Result<(), DatabaseError> {
        self.inner.0.commit()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        database::{Action, DatabaseUrl, Options, Term, connect, connect_for_writing},
        value::Key,
    };

    fn table() -> TableName {
        TableName::local("t")
    }

    #[test]
    fn every_row_that_is_read_or_changed_is_counted_and_told_of() {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::sqlite(folder.path().join("t.db"));
        let sql = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) INSERT INTO t SELECT i, 'v' FROM n;";
        rusqlite::Connection::open(url.path()).unwrap().execute_batch(sql).unwrap();
        let mut told = Vec::new();
        let mut tell = |progress| told.push(progress);
        let meter = Meter::new(&mut tell).expecting(2);

        let mut inner = connect(&url, &Options::default()).unwrap();
        let mut select = Select::new(table(), vec!["id".into()], vec![]);
        select.term(Term::Column { via: 0, column: "v".into() });
        let mut seen = 0;
        meter
            .reader(&mut *inner)
            .scan(&select, &mut |_| {
                seen += 1;
                Flow::Continue
            })
            .unwrap();
        drop(inner);
        let mut inner = connect_for_writing(&url, &Options::default()).unwrap();
        let rows = [7, 8].map(|id| (Key(vec![Value::Integer(id)]), vec![])).to_vec();
        let change = Change { table: table(), key: vec!["id".into()], action: Action::Delete, rows };
        let mut writer = meter.writer(&mut *inner);
        let mut transaction = writer.begin().unwrap();
        transaction.execute(&change).unwrap();
        transaction.commit().unwrap();
        drop(writer);

        assert_eq!((seen, meter.read(), meter.changed()), (2500, 2500, 2));
        let expected = [
            Progress::counted(Doing::Reading, 1000),
            Progress::counted(Doing::Reading, 2000),
            Progress::part(Doing::Changing, 2, 2),
        ];
        assert_eq!(told, expected);
        let left: i64 = rusqlite::Connection::open(url.path())
            .unwrap()
            .query_row("SELECT count(*) FROM t", [], |row| row.get(0))
            .unwrap();
        assert_eq!(left, 2498, "it is handed on to the real one");
    }
}
