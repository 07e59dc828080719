//! What happens to the database while a purge goes from step to step.

use std::{cell::Cell, fs, path::Path, time::Duration};

use rusqlite::Connection;

use crate::office::Office;

/// Four tables with a rule each, so that there are four steps.
const SQL: &str = "
    CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE visits (id INTEGER PRIMARY KEY, at TEXT);
    CREATE TABLE calls (id INTEGER PRIMARY KEY, at TEXT);
    CREATE TABLE mails (id INTEGER PRIMARY KEY, at TEXT);
    CREATE TABLE chats (id INTEGER PRIMARY KEY, at TEXT);
    INSERT INTO visits VALUES (1, '2020-01-01'), (2, '2020-01-01');
    INSERT INTO calls VALUES (1, '2020-01-01'), (2, '2020-01-01');
    INSERT INTO mails VALUES (1, '2020-01-01'), (2, '2020-01-01');
    INSERT INTO chats VALUES (1, '2020-01-01'), (2, '2020-01-01');";

const TABLES: [&str; 4] = ["visits", "calls", "mails", "chats"];

const PURGE: &str = "purge retention --confirm --quiet";

fn office(sql: &str) -> Office {
    let mut map = r#"version = 1
controller = "C"
time_zone = "Asia/Shanghai"
[person.account]
is = "users.id"
[rules]
"*.id" = "key"
"*.at" = "time, observed"
[tables.users]
purpose = "p"
clause = "1"
basis = "contract"
[tables.users.columns]
name = "name, provided"
"#
    .to_owned();
    map.extend(TABLES.map(|table| {
        format!(
            r#"[tables.{table}]
purpose = "p"
clause = "1"
basis = "contract"
limit = {{ for = "1 year", after = "at", then = "delete", because = "b" }}
[tables.{table}.columns]
id = "key, of anyone"
"#
        )
    }));
    Office::empty().with_shop(sql, &map)
}

fn count(db: &Connection, from: &str) -> i64 {
    db.query_row(&format!("SELECT count(*) FROM {from}"), [], |row| row.get(0)).unwrap()
}

#[test]
fn a_row_that_the_application_renews_at_any_time_stays() {
    let mut stale = 0;
    for n in 1.. {
        let mut office = office(&format!("PRAGMA journal_mode = WAL; {SQL}"));
        let asked = Cell::new(false);
        let renewed = Cell::new([false; 4]);
        let shop = office.path("shop.db");
        let renew = || {
            asked.set(true);
            let db = Connection::open(&shop).unwrap();
            db.busy_timeout(Duration::ZERO).unwrap();
            renewed.set(TABLES.map(|table| {
                let sql = format!("UPDATE {table} SET at = '2026-11-20' WHERE id = 1");
                db.execute(&sql, []).is_ok_and(|rows| rows == 1) // it is locked while a step changes it
            }));
        };
        drop(office.run_while(PURGE, n, &renew));
        stale += u32::from(office.run("audit show --json").stdout().contains("stale_plan"));
        for (table, renewed) in TABLES.into_iter().zip(renewed.get()) {
            let left = count(&office.shop(), &format!("{table} WHERE at = '2026-11-20'"));
            assert_eq!(left, i64::from(renewed), "{n}: {table}");
        }
        office.run(PURGE).done();
        for (table, renewed) in TABLES.into_iter().zip(renewed.get()) {
            assert_eq!(count(&office.shop(), table), i64::from(renewed), "{n}: {table}, in the end");
        }
        if !asked.get() {
            break;
        }
    }
    assert!(stale >= 4, "{stale}: it came between a plan and its transaction");
}

fn mark(path: &Path) -> i64 {
    let db = Connection::open(path).unwrap();
    db.query_row("SELECT max(intent) FROM droit_mark", [], |row| row.get(0)).unwrap_or(0)
}

#[test]
fn a_database_that_is_exchanged_between_two_steps_is_not_changed_any_more() {
    let mut told = 0;
    for n in 1.. {
        let mut office = office(SQL);
        let (shop, old) = (office.path("shop.db"), office.path("old.db"));
        let asked = Cell::new(false);
        let before = Cell::new(None);
        let exchange = || {
            asked.set(true);
            if !shop.with_extension("db-journal").exists() {
                before.set(Some(mark(&shop)));
                fs::rename(&shop, &old).unwrap();
                fs::copy(&old, &shop).unwrap();
            }
        };
        let said = office.run_while(PURGE, n, &exchange);
        if let Some(before) = before.get().filter(|before| *before > 0) {
            assert_eq!(mark(&shop), before, "{n}: the new file");
            assert!(mark(&old) <= before + 1, "{n}: at most the step that was under way went on in the old one");
            told += u32::from(said.stderr().contains("foreign_plan"));
        }
        if !asked.get() {
            break;
        }
    }
    assert!(told >= 3, "{told}: it is said that it is another database");
}
