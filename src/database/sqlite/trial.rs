//! Tries one row out in an empty table of the same making, in memory: the engine itself says what it has against it,
//! and nothing is written.

use rusqlite::{Connection, OptionalExtension as _, config::DbConfig, ffi};

use super::{DatabaseError, Misfit, statement_failure};
use crate::{database::sql::quoted, schema::TableName, value::Value};

const MADE_BY: &str = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE";

/// What the constraints of `table` have against a row with these cells. A table that cannot be made elsewhere (a check
/// calls a function of the application's) is left to the transaction.
pub(super) fn misfit(
    connection: &Connection,
    table: &TableName,
    row: &[(String, Value)],
) -> Result<Option<Misfit>, DatabaseError> {
    let made_by: Option<String> = connection
        .prepare_cached(MADE_BY)
        .and_then(|mut statement| statement.query_row([&table.name], |row| row.get(0)).optional())
        .map_err(|e| statement_failure(&e))?;
    let Some(made_by) = made_by else { return Ok(None) };
    let scratch = Connection::open_in_memory().map_err(|e| statement_failure(&e))?;
    for (config, on) in [(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true), (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)]
    {
        scratch.set_db_config(config, on).map_err(|e| statement_failure(&e))?;
    }
    scratch.pragma_update(None, "foreign_keys", false).map_err(|e| statement_failure(&e))?;
    let columns: Vec<String> = row.iter().map(|(name, _)| quoted(name)).collect();
    let places: Vec<String> = (1..=row.len()).map(|n| format!("?{n}")).collect();
    let insert = format!("INSERT INTO {} ({}) VALUES ({})", quoted(&table.name), columns.join(", "), places.join(", "));
    let tried = scratch
        .execute(&made_by, [])
        .and_then(|_| scratch.execute(&insert, rusqlite::params_from_iter(row.iter().map(|(_, value)| value))));
    Ok(match tried {
        Err(rusqlite::Error::SqliteFailure(code, _)) => match code.extended_code {
            ffi::SQLITE_CONSTRAINT_NOTNULL => Some(Misfit::NotNull),
            ffi::SQLITE_CONSTRAINT_CHECK => Some(Misfit::Check),
            ffi::SQLITE_CONSTRAINT_DATATYPE => Some(Misfit::Type),
            _ => None,
        },
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_says_what_it_has_against_a_row() {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "CREATE TABLE \"a\"\"b\" (id INTEGER PRIMARY KEY, age INT CHECK (age BETWEEN 0 AND 150), \
                 name TEXT NOT NULL, other TEXT CHECK (other <> name)) STRICT",
            )
            .unwrap();
        let table = TableName::local("a\"b");
        let tried = |age: Value, name: Value, other: Value| {
            let row = [("id", Value::from(1)), ("age", age), ("name", name), ("other", other)];
            misfit(&connection, &table, &row.map(|(name, value)| (name.to_owned(), value))).unwrap()
        };
        assert_eq!(tried(18.into(), "a".into(), "b".into()), None);
        assert_eq!(tried(151.into(), "a".into(), "b".into()), Some(Misfit::Check));
        assert_eq!(tried(18.into(), "a".into(), "a".into()), Some(Misfit::Check));
        assert_eq!(tried(18.into(), Value::Null, "b".into()), Some(Misfit::NotNull));
        assert_eq!(tried("old".into(), "a".into(), "b".into()), Some(Misfit::Type));
        let count: i64 = connection.query_row("SELECT count(*) FROM \"a\"\"b\"", [], |row| row.get(0)).unwrap();
        assert_eq!(count, 0);
    }
}
