//! Rows into tables, by prepared statements, a transaction every so often.

use super::DemoError;
use rusqlite::{Connection, Params, Statement};
use std::collections::{BTreeMap, HashMap};

/// Rows between two commits and two reports of progress.
const BATCH: u64 = 100_000;

/// Writes rows in the columns' order of `schema.sql`.
pub(super) struct Loader<'c> {
    connection: &'c Connection,
    statements: HashMap<&'static str, Statement<'c>>,
    pub(super) rows: BTreeMap<&'static str, u64>,
    pub(super) total: u64,
    progress: &'c mut dyn FnMut(u64),
}

impl<'c> Loader<'c> {
    pub(super) fn new(connection: &'c Connection, progress: &'c mut dyn FnMut(u64)) -> Result<Self, DemoError> {
        connection.execute_batch("BEGIN")?;
        Ok(Self { connection, statements: HashMap::new(), rows: BTreeMap::new(), total: 0, progress })
    }

    /// Inserts one row and returns its number. The parameters are all columns, the key (NULL: the next one) included.
    pub(super) fn row(&mut self, table: &'static str, values: impl Params) -> Result<i64, DemoError> {
        if !self.statements.contains_key(table) {
            let columns: i64 =
                self.connection.query_row("SELECT count(*) FROM pragma_table_info(?1)", [table], |row| row.get(0))?;
            let marks = vec!["?"; usize::try_from(columns).unwrap_or_default()].join(",");
            let statement = self.connection.prepare(&format!("INSERT INTO {table} VALUES ({marks})"))?;
            self.statements.insert(table, statement);
        }
        if let Some(statement) = self.statements.get_mut(table) {
            statement.execute(values)?;
        }
        *self.rows.entry(table).or_default() += 1;
        self.total += 1;
        if self.total.is_multiple_of(BATCH) {
            self.connection.execute_batch("COMMIT; BEGIN")?;
            (self.progress)(self.total);
        }
        Ok(self.connection.last_insert_rowid())
    }

    /// Commits what is left.
    pub(super) fn finish(mut self) -> Result<BTreeMap<&'static str, u64>, DemoError> {
        self.statements.clear();
        self.connection.execute_batch("COMMIT")?;
        (self.progress)(self.total);
        Ok(self.rows)
    }
}
