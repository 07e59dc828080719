//! Two databases: the product works on one, the law is done by hand on the other. The application writes into both.

use jiff::civil::Date;
use rusqlite::Connection;

use crate::office::Office;

/// What is written by hand over a cell that may not be empty.
const BLANK: &str = "anon-by-hand";

pub(super) struct Both {
    pub(super) office: Office,
    pub(super) by_hand: Connection,
    _room: tempfile::TempDir,
}

impl Both {
    /// The company of 23 November 2026, in an office that opens on `day`.
    pub(super) fn open(day: Date, users: u64) -> Self {
        let office = Office::in_memory().on(&day.to_string()).with_courier_of(users);
        let room = tempfile::tempdir().unwrap();
        let copy = room.path().join("by-hand.db");
        std::fs::copy(office.path("zkjia.db"), &copy).unwrap();
        let by_hand = Connection::open(copy).unwrap();
        by_hand
            .execute_batch("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; PRAGMA foreign_keys = ON")
            .unwrap();
        by_hand.set_prepared_statement_cache_capacity(400);
        Self { office, by_hand, _room: room }
    }

    /// The application writes.
    pub(super) fn write(&self, sql: &str) {
        let product = Connection::open(self.office.path("zkjia.db")).unwrap();
        product.execute_batch("PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON").unwrap();
        for db in [&product, &self.by_hand] {
            db.execute_batch(&format!("BEGIN;\n{sql}\nCOMMIT;")).unwrap_or_else(|error| panic!("{error}\n{sql}"));
        }
    }

    /// What stands in one database and not in the other.
    pub(super) fn differences(&self) -> Vec<String> {
        let db = &self.by_hand;
        db.execute("ATTACH ?1 AS product", [self.office.path("zkjia.db").to_str().unwrap()]).unwrap();
        let tables = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
                      AND name NOT LIKE 'cs_messages_fts%' AND name NOT IN ('users_audit', 'price_list') ORDER BY name";
        let mut found = Vec::new();
        for table in strings(db, tables) {
            differ(db, &table, &mut found);
        }
        // the history is written by triggers, which know the machine's clock and draw their own numbers
        let told = "user_id, action, old_phone, old_email, old_nickname, old_status";
        for (which, [one, other]) in [
            ("there although it should be gone", ["product", "main"]),
            ("gone although it should be there", ["main", "product"]),
        ] {
            let all = |of: &str| format!("SELECT {told}, count(*) FROM {of}.users_audit GROUP BY {told}");
            let sql = format!("SELECT quote(user_id) || ' ' || action FROM ({} EXCEPT {})", all(one), all(other));
            found.extend(strings(db, &sql).into_iter().map(|row| format!("users_audit of {row}: {which}")));
        }
        db.execute_batch("DETACH product").unwrap();
        found
    }
}

fn differ(db: &Connection, table: &str, found: &mut Vec<String>) {
    let on = match table {
        "permissions" => "a.user_id = b.user_id AND a.scope = b.scope",
        _ => "a.rowid = b.rowid",
    };
    let key = |of: &str| {
        if table == "permissions" { format!("{of}.user_id || ' ' || {of}.scope") } else { format!("{of}.rowid") }
    };
    for (which, one, other) in [
        ("there although it should be gone", "product", "main"),
        ("gone although it should be there", "main", "product"),
    ] {
        let sql = format!(
            "SELECT CAST({} AS TEXT) FROM {one}.{table} a WHERE NOT EXISTS (SELECT 1 FROM {other}.{table} b WHERE {on})",
            key("a")
        );
        found.extend(strings(db, &sql).into_iter().map(|row| format!("{table} {row}: {which}")));
    }
    for column in strings(db, &format!("SELECT name FROM main.pragma_table_info('{table}')")) {
        // a is by hand, b is the product's
        let blank = format!("a.{column} LIKE '{BLANK}%' AND (b.{column} IN ('', '***') OR b.{column} LIKE 'anon-%')");
        let sql = format!(
            "SELECT CAST({} AS TEXT) || ': ' || quote(b.{column}) || ', by hand ' || quote(a.{column})
             FROM main.{table} a JOIN product.{table} b ON {on}
             WHERE (a.{column} IS NOT b.{column} COLLATE BINARY OR typeof(a.{column}) <> typeof(b.{column}))
             AND NOT coalesce({blank}, 0)",
            key("a")
        );
        found.extend(strings(db, &sql).into_iter().map(|row| format!("{table}.{column} {row}")));
    }
}

/// Writes over a cell by hand.
pub(super) fn blank(db: &Connection, table: &str, column: &str, condition: &str, key: &str) {
    let sql = format!("SELECT \"notnull\" FROM pragma_table_info('{table}') WHERE name = '{column}'");
    let not_null: bool = db.prepare_cached(&sql).unwrap().query_row([], |row| row.get(0)).unwrap();
    // the map asks for a token there
    let token = not_null || (table, column) == ("users", "analytics_token");
    let value = if token { format!("'{BLANK}-{table}-{column}-' || rowid") } else { "NULL".to_owned() };
    let sql = format!("UPDATE {table} SET {column} = {value} WHERE {condition}");
    db.prepare_cached(&sql).unwrap().execute([key]).unwrap();
}

pub(super) fn strings(db: &Connection, sql: &str) -> Vec<String> {
    let mut statement = db.prepare(sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}
