//! What full-text tables mean for a proof, and for VACUUM.

use rusqlite::{Connection, OptionalExtension as _, Row};

use super::{Obstacle, Scrubber, failure};
use crate::{
    database::DatabaseError,
    schema::{Content, FullText, module},
};

const TABLES: &str = "SELECT name, sql FROM sqlite_schema
    WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%' AND sql LIKE '%USING%fts%' ORDER BY name";

/// The modules that keep terms of rows; others of that family only show what these hold (`fts5vocab`, `fts4aux`).
const MODULES: [&str; 3] = ["fts3", "fts4", "fts5"];

/// A full-text table, and how it was made.
pub(super) struct FullTextTable {
    pub(super) name: String,
    pub(super) made: FullText,
    module: String,
}

impl FullTextTable {
    pub(super) fn is_fts5(&self) -> bool {
        self.module == "fts5"
    }

    /// Whether it knows where in a text a word stands, so that it can be asked for several in their order.
    pub(super) fn knows_order(&self) -> bool {
        self.made.words("detail").first().is_none_or(|detail| detail == "full")
    }
}

impl Scrubber {
    /// The full-text tables.
    pub fn full_text(&self) -> Result<Vec<String>, DatabaseError> {
        Ok(self.full_text_tables()?.into_iter().map(|table| table.name).collect())
    }

    pub(super) fn full_text_tables(&self) -> Result<Vec<FullTextTable>, DatabaseError> {
        let failed = |error: rusqlite::Error| failure(&error, &self.path);
        let mut statement = self.connection.prepare(TABLES).map_err(failed)?;
        let read = |row: &Row<'_>| {
            let sql: String = row.get(1)?;
            Ok(FullTextTable { name: row.get(0)?, made: FullText::of(&sql), module: module(&sql) })
        };
        let rows = statement.query_map([], read).map_err(failed)?;
        let mut tables: Vec<_> = rows.collect::<Result<_, _>>().map_err(failed)?;
        tables.retain(|table: &FullTextTable| MODULES.contains(&&*table.module));
        Ok(tables)
    }

    /// Rewrites the whole file. Rows of tables without an INTEGER PRIMARY KEY get new numbers, which full-text tables that
    /// index other tables' rows do not learn of: then it is not done.
    pub fn vacuum(&mut self) -> Result<(), Obstacle> {
        self.release()?;
        for FullTextTable { name, made, .. } in self.full_text_tables()? {
            let Content::Of(content) = made.content() else { continue };
            if !has_lasting_numbers(&self.connection, &content).map_err(|error| failure(&error, &self.path))? {
                return Err(Obstacle::VacuumBreaks(name));
            }
        }
        self.run("VACUUM").map_err(|error| self.busy(error))
    }
}

/// Whether the numbers of a table's rows are its key, so that they stay.
fn has_lasting_numbers(connection: &Connection, table: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT max(pk) = 1 AND max(CASE pk WHEN 1 THEN type END) = 'INTEGER' COLLATE NOCASE FROM pragma_table_info(?1)";
    let lasting: Option<Option<bool>> = connection.query_row(sql, [table], |row| row.get(0)).optional()?;
    Ok(lasting.flatten().unwrap_or(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_integer_key_lasts() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(
            "CREATE TABLE a (id INTEGER PRIMARY KEY, x); CREATE TABLE b (id TEXT PRIMARY KEY, x); CREATE TABLE c (x);
             CREATE TABLE d (a INTEGER, b INTEGER, PRIMARY KEY (a, b));",
        )
        .unwrap();
        let lasting = ["a", "b", "c", "d", "gone"].map(|table| has_lasting_numbers(&db, table).unwrap());
        assert_eq!(lasting, [true, false, false, false, false]);
    }
}
