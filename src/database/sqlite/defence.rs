//! The first read of a connection, and whether it stays defensive.
//!
//! A defensive connection writes to no table that a virtual table keeps for itself, and takes a trigger on one for
//! damage. SQLite goes by the name: beside an index `posts` of another table's texts, a table `posts_content` counts as
//! the index's, though it has none. It is the application's, so where there is one the connection is not defensive.

use std::path::Path;

use rusqlite::{Connection, config::DbConfig};

use super::{DatabaseError, failure};
use crate::schema::VirtualTable;

const READ: &str = "SELECT count(*) FROM sqlite_schema";
const VIRTUAL: &str = "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%'";
const ORDINARY: &str = "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage <> 0";

/// Reads the schema; a connection that stood in the way of a table of the application's is not defensive any more.
pub(super) fn first_read(connection: &Connection, path: &Path) -> Result<(), DatabaseError> {
    let failed = |error: rusqlite::Error| failure(&error, path);
    match read(connection).map_err(failed) {
        Ok(()) if has_credited(connection).map_err(failed)? => defend(connection, false).map_err(failed),
        Err(DatabaseError::NotADatabase(_)) => {
            defend(connection, false).map_err(failed)?;
            if let Ok(true) = read(connection).and_then(|()| has_credited(connection)) {
                return Ok(());
            }
            defend(connection, true).map_err(failed)?;
            Err(DatabaseError::NotADatabase(path.to_owned()))
        }
        outcome => outcome,
    }
}

fn read(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row(READ, [], |_| Ok(()))
}

fn defend(connection: &Connection, on: bool) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, on).map(drop)
}

/// Whether SQLite takes a table for a virtual table's that has none of that name.
fn has_credited(connection: &Connection) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare(VIRTUAL)?;
    let made = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let made = made.map(|found| found.map(|(name, ddl)| VirtualTable::of(&name, &ddl)));
    let made = made.collect::<rusqlite::Result<Vec<_>>>()?;
    if made.is_empty() {
        return Ok(false);
    }
    let mut statement = connection.prepare(ORDINARY)?;
    let mut tables = statement.query([])?;
    while let Some(row) = tables.next()? {
        let name: String = row.get(0)?;
        if made.iter().any(|table| table.is_credited_with(&name)) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = "CREATE VIRTUAL TABLE posts USING fts5(body, content='posts_content', content_rowid='id');";

    /// A file made by `sql`, read by a defensive connection: whether it could be, and is defensive still.
    fn reading(sql: &str) -> (bool, bool) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.db");
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let connection = Connection::open(&path).unwrap();
        defend(&connection, true).unwrap();
        let done = first_read(&connection, &path).is_ok();
        (done, connection.db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE).unwrap())
    }

    #[test]
    fn a_connection_is_defensive_unless_a_table_only_looks_like_an_indexs() {
        let content = "CREATE TABLE posts_content(id INTEGER PRIMARY KEY, body TEXT);";
        let trigger = "CREATE TRIGGER a AFTER DELETE ON posts_content BEGIN SELECT 1; END;";
        assert_eq!(reading("CREATE TABLE a (b);"), (true, true));
        assert_eq!(reading("CREATE VIRTUAL TABLE posts USING fts5(body);"), (true, true));
        assert_eq!(reading(&format!("{content}{trigger}")), (true, true));
        assert_eq!(reading(&format!("{content}{INDEX}")), (true, false));
        assert_eq!(reading(&format!("{content}{INDEX}{trigger}")), (true, false));
    }

    #[test]
    fn a_trigger_on_what_an_index_keeps_is_damage() {
        let trigger = "CREATE TRIGGER a AFTER DELETE ON posts_content BEGIN SELECT 1; END;";
        assert_eq!(reading(&format!("CREATE VIRTUAL TABLE posts USING fts5(body);{trigger}")), (false, true));
    }
}
