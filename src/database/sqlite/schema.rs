//! What SQLite reports about itself.

use std::collections::{BTreeMap, HashMap, HashSet};

use rusqlite::{Connection, Row};

use super::{DatabaseError, statement_failure};
use crate::database::sql::quoted;
use crate::schema::{
    Column, ForeignKey, Generated, Index, ReferentialAction, RowKey, Schema, Storage, Table, TableName, Trigger, View,
    VirtualTable, module,
};

/// What `sqlite_schema` itself says, read once: it tells which tables need no further question.
#[derive(Default)]
struct Catalogue {
    /// Statements of tables and views, by name
    ddl: HashMap<String, String>,
    /// Triggers by their table's folded name
    triggers: HashMap<String, Vec<Trigger>>,
    /// Folded names of tables that have indexes
    indexed: HashSet<String>,
}

impl Catalogue {
    fn read(connection: &Connection) -> Result<Self, DatabaseError> {
        let mut catalogue = Self::default();
        rows(connection, CATALOGUE, |row| {
            let (kind, name, of): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let ddl: Option<String> = row.get(3)?;
            match kind.as_str() {
                "table" | "view" => drop(catalogue.ddl.insert(name, ddl.unwrap_or_default())),
                "trigger" => {
                    let trigger = Trigger { name, ddl: ddl.unwrap_or_default() };
                    catalogue.triggers.entry(of.to_ascii_lowercase()).or_default().push(trigger);
                }
                "index" => drop(catalogue.indexed.insert(of.to_ascii_lowercase())),
                _ => {}
            }
            Ok(())
        })?;
        for triggers in catalogue.triggers.values_mut() {
            triggers.sort_by(|a, b| a.name.cmp(&b.name));
        }
        Ok(catalogue)
    }
}

/// Reads the whole schema; our own table and the engine's are left out.
pub(super) fn read(connection: &Connection) -> Result<Schema, DatabaseError> {
    let mut catalogue = Catalogue::read(connection)?;
    let mut tables = BTreeMap::new();
    let mut primary = BTreeMap::new();
    let mut views = BTreeMap::new();
    let listed = rows(connection, TABLES, |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, bool>(2)?))
    })?;
    let virtuals: Vec<VirtualTable> = listed
        .iter()
        .filter(|(_, kind, ..)| kind == "virtual")
        .map(|(name, ..)| VirtualTable::of(name, catalogue.ddl.get(name).map_or("", String::as_str)))
        .collect();
    for (name, kind, without_rowid) in listed {
        let ddl = catalogue.ddl.remove(&name).unwrap_or_default();
        let key = TableName::local(&name);
        if kind == "view" {
            views.insert(key.clone(), View { name: key, ddl });
            continue;
        }
        // "shadow" says of a table what it is called, and not that the virtual table has it
        let keeper = || virtuals.iter().find(|table| table.keeps(&name)).filter(|_| kind == "shadow");
        let storage = match (kind.as_str(), keeper()) {
            ("virtual", _) => Storage::Virtual(module(&ddl)),
            (_, Some(keeper)) => Storage::Shadow(keeper.name.clone()),
            _ if without_rowid => Storage::WithoutRowid,
            _ => Storage::Rowid,
        };
        let (table, columns) = table(connection, &name, storage, ddl, &mut catalogue)?;
        primary.insert(name.to_ascii_lowercase(), (key.clone(), columns));
        tables.insert(key, table);
    }
    resolve_parents(&mut tables, &primary);
    Ok(Schema { tables, views })
}

/// Asked directly and not by its table-valued function, which would have the engine read two statements for one answer.
fn pragma<T>(
    connection: &Connection,
    name: &str,
    about: &str,
    each: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, DatabaseError> {
    rows(connection, &format!("PRAGMA main.{name}({})", quoted(about)), each)
}

fn rows<T>(
    connection: &Connection,
    sql: &str,
    each: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, DatabaseError> {
    let mut statement = connection.prepare(sql).map_err(|e| statement_failure(&e))?;
    let found = statement.query_map([], each).map_err(|e| statement_failure(&e))?;
    found.collect::<rusqlite::Result<Vec<T>>>().map_err(|e| statement_failure(&e))
}

/// A table, and the columns of its primary key, which may be NULL.
fn table(
    connection: &Connection,
    name: &str,
    storage: Storage,
    ddl: String,
    catalogue: &mut Catalogue,
) -> Result<(Table, Vec<String>), DatabaseError> {
    let folded = name.to_ascii_lowercase();
    // the rows of a table without rowids are the index of its key, which `sqlite_schema` does not list
    let has_indexes = storage == Storage::WithoutRowid || catalogue.indexed.contains(&folded);
    let indexes = if has_indexes { indexes(connection, name)? } else { Vec::new() };
    let unique = |column: &str| {
        indexes.iter().any(|index| {
            index.unique && !index.partial && index.columns.len() == 1 && index.columns[0].as_deref() == Some(column)
        })
    };
    let collates = ddl.to_ascii_lowercase().contains("collate");
    let mut primary: Vec<(i64, String, bool, String)> = Vec::new();
    // cid, name, type, notnull, dflt_value, pk, hidden
    let mut columns = pragma(connection, "table_xinfo", name, |row| {
        let (name, declared): (String, String) = (row.get(1)?, row.get(2)?);
        let (not_null, place): (bool, i64) = (row.get(3)?, row.get(5)?);
        if place > 0 {
            primary.push((place, name.clone(), not_null, declared.clone()));
        }
        let generated = match row.get::<_, i64>(6)? {
            0 => Generated::No,
            2 => Generated::Virtual,
            3 => Generated::Stored,
            _ => Generated::Hidden,
        };
        let collation = if collates { collation(connection, folded.as_str(), &name) } else { None };
        Ok((row.get::<_, i64>(0)?, Column { unique: unique(&name), name, declared, not_null, collation, generated }))
    })?;
    columns.sort_by_key(|(place, _)| *place);
    let mut columns: Vec<Column> = columns.into_iter().map(|(_, column)| column).collect();
    primary.sort();
    if let [(_, only, ..)] = primary.as_slice() {
        for column in &mut columns {
            column.unique |= column.name == *only;
        }
    }
    let key = key(&storage, &primary, &columns);
    let triggers = catalogue.triggers.remove(&folded).unwrap_or_default();
    // no foreign key is declared without the word
    let refers = ddl.to_ascii_lowercase().contains("references");
    let foreign_keys = if refers { foreign_keys(connection, name)? } else { Vec::new() };
    let primary = primary.into_iter().map(|(_, name, ..)| name).collect();
    Ok((Table { name: TableName::local(name), storage, columns, key, foreign_keys, indexes, triggers, ddl }, primary))
}

/// The primary key names a row when no part of it can be NULL; in rowid tables SQLite lets NULLs in unless it is the
/// rowid itself or NOT NULL is declared.
/// How the column's texts are compared; `None` byte by byte.
fn collation(connection: &Connection, table: &str, column: &str) -> Option<String> {
    let (_, collation, ..) = connection.column_metadata(Some("main"), table, column).ok()?;
    let name = collation?.to_str().ok()?.to_ascii_uppercase();
    (name != "BINARY").then_some(name)
}

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
    // seq, name, unique, origin, partial
    let mut indexes = pragma(connection, "index_list", table, |row| {
        let (columns, folds) = (Vec::new(), false);
        Ok(Index { name: row.get(1)?, unique: row.get(2)?, partial: row.get(4)?, columns, folds })
    })?;
    indexes.sort_by(|a, b| a.name.cmp(&b.name));
    for index in &mut indexes {
        // seqno, cid, name, desc, coll, key
        let mut columns: Vec<(i64, Option<String>, Option<String>, bool)> =
            pragma(connection, "index_xinfo", &index.name, |row| {
                Ok((row.get(0)?, row.get(2)?, row.get(4)?, row.get(5)?))
            })?;
        columns.retain(|(_, _, _, key)| *key);
        columns.sort_by_key(|(place, ..)| *place);
        let collation = columns.first().and_then(|(_, _, collation, _)| collation.as_deref());
        index.folds = collation.is_some_and(|collation| collation.eq_ignore_ascii_case("nocase"));
        index.columns = columns.into_iter().map(|(_, name, ..)| name).collect();
    }
    Ok(indexes)
}

fn foreign_keys(connection: &Connection, table: &str) -> Result<Vec<ForeignKey>, DatabaseError> {
    let action = |word: &str| match word {
        "CASCADE" => ReferentialAction::Cascade,
        "SET NULL" => ReferentialAction::SetNull,
        "SET DEFAULT" => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    };
    // id, seq, table, from, to, on_update, on_delete, match
    let mut parts = pragma(connection, "foreign_key_list", table, |row| {
        let place: (i64, i64) = (row.get(0)?, row.get(1)?);
        let columns: (String, Option<String>) = (row.get(3)?, row.get(4)?);
        let (parent, update, delete): (String, String, String) = (row.get(2)?, row.get(5)?, row.get(6)?);
        Ok((place, columns, parent, action(&update), action(&delete)))
    })?;
    parts.sort_by_key(|(place, ..)| *place);
    let mut keys: BTreeMap<i64, ForeignKey> = BTreeMap::new();
    for ((id, _), (own, theirs), parent, on_update, on_delete) in parts {
        let key = keys.entry(id).or_insert_with(|| ForeignKey {
            columns: Vec::new(),
            parent: TableName::local(parent),
            parent_columns: Vec::new(),
            on_delete,
            on_update,
        });
        key.columns.push(own);
        key.parent_columns.extend(theirs);
    }
    Ok(keys.into_values().rev().collect())
}

/// A foreign key that names no columns means the parent's primary key; names fold without case in SQLite.
fn resolve_parents(tables: &mut BTreeMap<TableName, Table>, primary: &BTreeMap<String, (TableName, Vec<String>)>) {
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

const CATALOGUE: &str = "SELECT type, name, tbl_name, sql FROM sqlite_schema";
const TABLES: &str = "SELECT name, type, wr FROM pragma_table_list \
     WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'droit_mark'";

#[cfg(test)]
mod tests {
    use super::*;

    const DDL: &str = "
        CREATE TABLE Plain (a TEXT, b TEXT);
        CREATE TABLE keyed (x TEXT, y TEXT NOT NULL, PRIMARY KEY (y, x)) WITHOUT ROWID;
        CREATE TABLE child (id INTEGER PRIMARY KEY, x TEXT UNIQUE, p REFERENCES plain, q INT,
            FOREIGN KEY (x, q) REFERENCES keyed (y, x) ON DELETE CASCADE);
        CREATE INDEX later ON PLAIN (b, lower(a)) WHERE a IS NOT NULL;
        CREATE VIEW seen AS SELECT a FROM plain;
        CREATE TRIGGER zz AFTER DELETE ON pLaIn BEGIN SELECT 1; END;
        CREATE TRIGGER aa AFTER INSERT ON plain BEGIN SELECT 2; END;
        CREATE TABLE droit_mark (workspace TEXT PRIMARY KEY, intent INTEGER);";

    fn schema() -> Schema {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(DDL).unwrap();
        read(&connection).unwrap()
    }

    fn table_of<'s>(schema: &'s Schema, name: &str) -> &'s Table {
        &schema.tables[&TableName::local(name)]
    }

    #[test]
    fn indexes_are_found_whatever_case_their_table_is_written_in() {
        let schema = schema();
        let plain = table_of(&schema, "Plain");
        let columns = vec![Some("b".to_owned()), None];
        assert_eq!(
            plain.indexes,
            [Index { name: "later".into(), columns, unique: false, partial: true, folds: false }]
        );
        let keyed = table_of(&schema, "keyed");
        let columns: Vec<_> = keyed.indexes.iter().map(|index| (index.unique, index.columns.clone())).collect();
        assert_eq!(columns, [(true, vec![Some("y".to_owned()), Some("x".to_owned())])]);
        let child = table_of(&schema, "child");
        assert_eq!(child.indexes[0].columns, [Some("x".to_owned())]);
        assert!(child.column("x").unwrap().unique && child.column("id").unwrap().unique);
    }

    #[test]
    fn triggers_come_by_name_and_foreign_keys_as_declared() {
        let schema = schema();
        let names: Vec<&str> = table_of(&schema, "Plain").triggers.iter().map(|t| t.name.as_str()).collect();
        assert_eq!(names, ["aa", "zz"]);
        let keys = &table_of(&schema, "child").foreign_keys;
        assert_eq!(keys.len(), 2);
        assert_eq!((keys[0].columns.as_slice(), keys[0].parent.name.as_str()), (&["p".to_owned()][..], "Plain"));
        assert_eq!(keys[1].columns, ["x", "q"]);
        assert_eq!(keys[1].parent_columns, ["y", "x"]);
        assert_eq!(keys[1].on_delete, ReferentialAction::Cascade);
    }

    #[test]
    fn a_foreign_key_that_names_no_columns_means_the_primary_key_also_where_that_may_be_null() {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch("CREATE TABLE users (id TEXT PRIMARY KEY); CREATE TABLE notes (u TEXT REFERENCES Users);")
            .unwrap();
        let schema = read(&connection).unwrap();
        let key = &table_of(&schema, "notes").foreign_keys[0];
        assert_eq!((key.parent.name.as_str(), key.parent_columns.as_slice()), ("users", &["id".to_owned()][..]));
    }

    #[test]
    fn a_table_is_an_indexs_own_where_the_index_has_it() {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "CREATE TABLE posts_content (id INTEGER PRIMARY KEY, of INTEGER REFERENCES posts_content, body TEXT);
                 CREATE VIRTUAL TABLE posts USING fts5(body, content='posts_content');
                 CREATE VIRTUAL TABLE a USING fts5(body); CREATE VIRTUAL TABLE a_c USING fts5vocab(a, row);",
            )
            .unwrap();
        let schema = read(&connection).unwrap();
        let storage = |name: &str| table_of(&schema, name).storage.clone();
        assert_eq!(storage("posts_content"), Storage::Rowid);
        let content = table_of(&schema, "posts_content");
        assert_eq!((&content.key, content.foreign_keys.len()), (&RowKey::Columns(vec!["id".into()]), 1));
        assert_eq!(storage("posts_docsize"), Storage::Shadow("posts".into()));
        assert_eq!(storage("a_content"), Storage::Shadow("a".into()));
    }

    #[test]
    fn views_stand_apart_and_our_own_table_is_left_out() {
        let schema = schema();
        let tables: Vec<&str> = schema.tables.keys().map(|name| name.name.as_str()).collect();
        assert_eq!(tables, ["Plain", "child", "keyed"]);
        assert!(schema.views[&TableName::local("seen")].ddl.starts_with("CREATE VIEW seen"));
        assert_eq!(table_of(&schema, "keyed").key, RowKey::Columns(vec!["y".into(), "x".into()]));
    }
}
