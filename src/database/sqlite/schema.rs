//! What SQLite reports about itself.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row};

use super::{DatabaseError, statement_failure};
use crate::schema::{
    Column, ForeignKey, Generated, Index, ReferentialAction, RowKey, Schema, Storage, Table, TableName, Trigger, View,
};

/// Reads the whole schema; our own table and the engine's are left out.
pub(super) fn read(connection: &Connection) -> Result<Schema, DatabaseError> {
    let mut tables = BTreeMap::new();
    let mut views = BTreeMap::new();
    let listed = rows(connection, TABLES, &[], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, bool>(2)?,
            row.get::<_, Option<String>>(3)?,
        ))
    })?;
    let virtuals: Vec<String> =
        listed.iter().filter(|(_, kind, ..)| kind == "virtual").map(|(name, ..)| name.clone()).collect();
    for (name, kind, without_rowid, ddl) in listed {
        let (key, ddl) = (TableName::local(&name), ddl.unwrap_or_default());
        if kind == "view" {
            views.insert(key.clone(), View { name: key, ddl });
            continue;
        }
        let storage = match kind.as_str() {
            "virtual" => Storage::Virtual(module(&ddl)),
            "shadow" => Storage::Shadow(owner(&name, &virtuals)),
            _ if without_rowid => Storage::WithoutRowid,
            _ => Storage::Rowid,
        };
        tables.insert(key, table(connection, &name, storage, ddl)?);
    }
    resolve_parents(&mut tables);
    Ok(Schema { tables, views })
}

fn rows<T>(
    connection: &Connection,
    sql: &str,
    bound: &[&str],
    each: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, DatabaseError> {
    let mut statement = connection.prepare_cached(sql).map_err(|e| statement_failure(&e))?;
    let found = statement.query_map(rusqlite::params_from_iter(bound), each).map_err(|e| statement_failure(&e))?;
    found.collect::<rusqlite::Result<Vec<T>>>().map_err(|e| statement_failure(&e))
}

fn module(ddl: &str) -> String {
    let mut words = ddl.split(|c: char| c.is_whitespace() || c == '(').filter(|word| !word.is_empty());
    words.find(|word| word.eq_ignore_ascii_case("using"));
    words.next().unwrap_or_default().to_ascii_lowercase()
}

/// A shadow table is named after its virtual table; with several that fit, the longest is meant.
fn owner(shadow: &str, virtuals: &[String]) -> String {
    let fits = |name: &&String| {
        shadow.len() > name.len()
            && shadow.is_char_boundary(name.len())
            && shadow[..name.len()].eq_ignore_ascii_case(name)
    };
    virtuals.iter().filter(fits).max_by_key(|name| name.len()).cloned().unwrap_or_default()
}

fn table(connection: &Connection, name: &str, storage: Storage, ddl: String) -> Result<Table, DatabaseError> {
    let indexes = indexes(connection, name)?;
    let unique = |column: &str| {
        indexes.iter().any(|index| {
            index.unique && !index.partial && index.columns.len() == 1 && index.columns[0].as_deref() == Some(column)
        })
    };
    let mut primary: Vec<(i64, String, bool, String)> = Vec::new();
    let mut columns = rows(connection, COLUMNS, &[name], |row| {
        let (name, declared): (String, String) = (row.get(0)?, row.get(1)?);
        let (not_null, place): (bool, i64) = (row.get(2)?, row.get(3)?);
        if place > 0 {
            primary.push((place, name.clone(), not_null, declared.clone()));
        }
        let generated = match row.get::<_, i64>(4)? {
            0 => Generated::No,
            2 => Generated::Virtual,
            3 => Generated::Stored,
            _ => Generated::Hidden,
        };
        Ok(Column { unique: unique(&name), name, declared, not_null, generated })
    })?;
    primary.sort();
    if let [(_, only, ..)] = primary.as_slice() {
        for column in &mut columns {
            column.unique |= column.name == *only;
        }
    }
    let key = key(&storage, &primary, &columns);
    let triggers = rows(connection, TRIGGERS, &[name], |row| Ok(Trigger { name: row.get(0)?, ddl: row.get(1)? }))?;
    let foreign_keys = foreign_keys(connection, name)?;
    Ok(Table { name: TableName::local(name), storage, columns, key, foreign_keys, indexes, triggers, ddl })
}

/// The primary key names a row when no part of it can be NULL; in rowid tables SQLite lets NULLs in unless it is the
/// rowid itself or NOT NULL is declared.
fn key(storage: &Storage, primary: &[(i64, String, bool, String)], columns: &[Column]) -> RowKey {
    let names = || RowKey::Columns(primary.iter().map(|(_, name, ..)| name.clone()).collect());
    let alias = || {
        ["rowid", "_rowid_", "oid"]
            .into_iter()
            .find(|alias| columns.iter().all(|column| !column.name.eq_ignore_ascii_case(alias)))
            .map_or(RowKey::None, RowKey::Rowid)
    };
    match storage {
        Storage::Virtual(_) | Storage::Shadow(_) => alias(),
        Storage::WithoutRowid => names(),
        Storage::Rowid => match primary {
            [] => alias(),
            [(_, _, _, declared)] if declared.eq_ignore_ascii_case("integer") => names(),
            _ if primary.iter().all(|(_, _, not_null, _)| *not_null) => names(),
            _ => alias(),
        },
    }
}

fn indexes(connection: &Connection, table: &str) -> Result<Vec<Index>, DatabaseError> {
    let listed = rows(connection, INDEXES, &[table], |row| {
        Ok(Index { name: row.get(0)?, unique: row.get(1)?, partial: row.get(2)?, columns: Vec::new() })
    })?;
    listed
        .into_iter()
        .map(|mut index| {
            index.columns = rows(connection, INDEX_COLUMNS, &[&index.name], |row| row.get(0))?;
            Ok(index)
        })
        .collect()
}

fn foreign_keys(connection: &Connection, table: &str) -> Result<Vec<ForeignKey>, DatabaseError> {
    let action = |word: &str| match word {
        "CASCADE" => ReferentialAction::Cascade,
        "SET NULL" => ReferentialAction::SetNull,
        "SET DEFAULT" => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    };
    let mut keys: BTreeMap<i64, ForeignKey> = BTreeMap::new();
    rows(connection, FOREIGN_KEYS, &[table], |row| {
        let (update, delete): (String, String) = (row.get(5)?, row.get(6)?);
        let parent: String = row.get(1)?;
        let key = keys.entry(row.get(0)?).or_insert_with(|| ForeignKey {
            columns: Vec::new(),
            parent: TableName::local(parent),
            parent_columns: Vec::new(),
            on_delete: action(&delete),
            on_update: action(&update),
        });
        key.columns.push(row.get(2)?);
        if let Some(column) = row.get::<_, Option<String>>(3)? {
            key.parent_columns.push(column);
        }
        Ok(())
    })?;
    Ok(keys.into_values().rev().collect())
}

/// A foreign key that names no columns means the parent's primary key; names fold without case in SQLite.
fn resolve_parents(tables: &mut BTreeMap<TableName, Table>) {
    let primary: BTreeMap<String, (TableName, Vec<String>)> = tables
        .values()
        .map(|table| {
            let columns = match &table.key {
                RowKey::Columns(columns) => columns.clone(),
                _ => Vec::new(),
            };
            (table.name.name.to_ascii_lowercase(), (table.name.clone(), columns))
        })
        .collect();
    for table in tables.values_mut() {
        for key in &mut table.foreign_keys {
            if let Some((name, columns)) = primary.get(&key.parent.name.to_ascii_lowercase()) {
                key.parent = name.clone();
                if key.parent_columns.is_empty() {
                    key.parent_columns.clone_from(columns);
                }
            }
        }
    }
}

const TABLES: &str = "SELECT l.name, l.type, l.wr, s.sql FROM pragma_table_list l \
     LEFT JOIN sqlite_schema s ON s.name = l.name AND s.type IN ('table', 'view') \
     WHERE l.schema = 'main' AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND l.name <> 'droit_mark' ORDER BY l.name";
const COLUMNS: &str = "SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(?1, 'main') ORDER BY cid";
const INDEXES: &str = "SELECT name, \"unique\", partial FROM pragma_index_list(?1, 'main') ORDER BY name";
const INDEX_COLUMNS: &str = "SELECT name FROM pragma_index_xinfo(?1, 'main') WHERE key = 1 ORDER BY seqno";
const FOREIGN_KEYS: &str = "SELECT id, \"table\", \"from\", \"to\", seq, on_update, on_delete FROM pragma_foreign_key_list(?1, 'main') ORDER BY id DESC, seq";
const TRIGGERS: &str =
    "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1 COLLATE NOCASE ORDER BY name";
