//! Before and after, cell by cell, by plain SQL.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use rusqlite::Connection;

/// Every difference between two states of a database: per table and key, what happened.
pub(super) type Differences = BTreeMap<(String, String), Happened>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Happened {
    Inserted,
    Deleted,
    /// These columns hold something else
    Changed(BTreeSet<String>),
}

fn strings(db: &Connection, sql: &str) -> Vec<String> {
    let mut statement = db.prepare_cached(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// Compares the database that `db` has open with the one in the file `before`: types, bytes, NULLs.
pub(super) fn differences(db: &Connection, before: &Path) -> Differences {
    db.execute("ATTACH ?1 AS before", [before.to_str().unwrap()]).unwrap();
    let mut found = Differences::new();
    let tables = "SELECT name FROM before.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
                  AND name NOT LIKE 'cs_messages_fts%' AND name <> 'droit_mark' ORDER BY name";
    let old = strings(db, tables);
    assert_eq!(old, strings(db, &tables.replace("before.", "main.")), "tables came or went");
    for table in old {
        let columns = strings(db, &format!("SELECT name FROM pragma_table_info('{table}')"));
        let (on, key) = match table.as_str() {
            "permissions" => ("a.user_id = b.user_id AND a.scope = b.scope", "{}.user_id || ' ' || {}.scope"),
            "price_list" => (
                "a.carrier_code = b.carrier_code AND a.from_province = b.from_province AND a.to_province = b.to_province",
                "{}.rowid",
            ),
            _ => ("a.rowid = b.rowid", "{}.rowid"),
        };
        let (new_key, old_key) = (key.replace("{}", "a"), key.replace("{}", "b"));
        let mut note = |sql: &str, happened: Happened| {
            for key in strings(db, sql) {
                found.insert((table.clone(), key), happened.clone());
            }
        };
        note(
            &format!(
                "SELECT CAST({old_key} AS TEXT) FROM before.{table} b WHERE NOT EXISTS (SELECT 1 FROM main.{table} a WHERE {on})"
            ),
            Happened::Deleted,
        );
        note(
            &format!(
                "SELECT CAST({new_key} AS TEXT) FROM main.{table} a WHERE NOT EXISTS (SELECT 1 FROM before.{table} b WHERE {on})"
            ),
            Happened::Inserted,
        );
        let differs: Vec<String> = columns
            .iter()
            .map(|c| format!("(a.{c} IS NOT b.{c} COLLATE BINARY OR typeof(a.{c}) <> typeof(b.{c}))"))
            .collect();
        let sql = format!(
            "SELECT CAST({old_key} AS TEXT), {} FROM before.{table} b JOIN main.{table} a ON {on} WHERE {}",
            differs.join(", "),
            differs.join(" OR ")
        );
        let mut statement = db.prepare_cached(&sql).unwrap();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let changed = (1..=columns.len()).filter(|at| row.get::<_, bool>(*at).unwrap());
            let changed = changed.map(|at| columns[at - 1].clone()).collect();
            found.insert((table.clone(), row.get(0).unwrap()), Happened::Changed(changed));
        }
    }
    db.execute_batch("DETACH before").unwrap();
    found
}
