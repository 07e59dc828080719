//! Foreign keys, REPLACE, triggers, views, expressions: what else a statement does.

use super::{MAP, SQL, map_with, require_erased, require_refused_whole};
use crate::desk::Desk;
use rusqlite::Connection;

const TICKETS: &str = "[tables.tickets]
purpose = \"help\"
clause = \"1\"
basis = \"contract\"
[tables.tickets.columns]
id = \"key\"
about = \"fact, observed\"";

#[test]
fn a_foreign_key_that_the_map_does_not_follow_is_refused_before_or_by_the_engine() {
    for deferred in ["", " DEFERRABLE INITIALLY DEFERRED"] {
        let sql = format!(
            "{SQL} CREATE TABLE tickets (id INTEGER PRIMARY KEY, about INTEGER REFERENCES people(id){deferred});
             INSERT INTO tickets VALUES (1, 1);"
        );
        let desk = Desk::new(&sql, &format!("{MAP}{TICKETS}"));
        match desk.try_map() {
            // A column that is only a fact and yet points at people is a finding already.
            Err(findings) => {
                assert!(findings.iter().any(|f| f.refuses() && f.place.starts_with("tickets")), "{findings:?}");
            }
            Ok(_) => {
                require_refused_whole(&desk, "foreign_key");
            }
        }
    }
}

#[test]
fn a_cascade_that_the_map_does_not_follow_never_takes_a_row_along() {
    let sql = "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, phone TEXT);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES people(id), address TEXT, done_at TEXT);
        CREATE TABLE goods (id INTEGER PRIMARY KEY, sold INTEGER NOT NULL DEFAULT 0,
            order_id INTEGER REFERENCES orders(id) ON DELETE CASCADE);
        INSERT INTO people VALUES (1, 'Zhang-secret 1', NULL);
        INSERT INTO orders VALUES (11, 1, NULL, NULL);
        INSERT INTO goods VALUES (1, 0, 11);";
    let desk = Desk::new(sql, MAP);
    if let Err(findings) = desk.try_map() {
        assert!(findings.iter().any(|f| f.refuses() && f.place.starts_with("goods")), "{findings:?}");
        return;
    }
    let shown = require_refused_whole(&desk, "unplanned_change");
    assert!(shown.contains("goods"), "{shown}");
}

#[test]
fn a_replace_that_would_delete_a_strangers_row_is_refused() {
    // Both columns are overwritten by constants, and a stranger's row has these constants already.
    let sql = "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, phone TEXT NOT NULL,
            UNIQUE (name, phone) ON CONFLICT REPLACE);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER, address TEXT, done_at TEXT);
        CREATE TABLE goods (id INTEGER PRIMARY KEY);
        INSERT INTO people VALUES (1, 'Zhang-secret 1', '1');";
    let map = MAP.replace("[tables.people]\n", "[tables.people]\nerase = \"anonymize\"\n");
    let alone = Desk::new(sql, &map);
    alone.apply(&alone.plan([("account", "1")]).unwrap()).unwrap();
    let (name, phone): (String, String) = (alone.one("SELECT name FROM people"), alone.one("SELECT phone FROM people"));
    let desk = Desk::new(&format!("{sql} INSERT INTO people VALUES (2, '{name}', '{phone}')"), &map);
    require_refused_whole(&desk, "constraint");
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM people"), 2);
}

/// A desk with one trigger, acknowledged by somebody who did not read it.
fn triggered(trigger: &str, more: &str) -> Desk {
    let third = "INSERT INTO people VALUES (3, 'Zhang-secret 3', '13700137000');";
    Desk::new(&format!("{SQL}{third}{trigger}"), &map_with(&["hostile"], more))
}

#[test]
fn a_trigger_that_takes_strangers_rows_is_refused_although_acknowledged() {
    for (trigger, table) in [
        ("CREATE TRIGGER hostile AFTER DELETE ON orders BEGIN DELETE FROM people WHERE id = 3; END;", "people"),
        (
            "CREATE TRIGGER hostile AFTER DELETE ON orders BEGIN UPDATE people SET phone = NULL WHERE id = 2; END;",
            "people",
        ),
        ("CREATE TRIGGER hostile AFTER DELETE ON orders BEGIN DELETE FROM orders WHERE id = 21; END;", "orders"),
        (
            "CREATE TRIGGER hostile AFTER DELETE ON orders BEGIN UPDATE orders SET address = '' WHERE id = 21; END;",
            "orders",
        ),
        (
            "CREATE TRIGGER hostile AFTER DELETE ON people BEGIN \
             INSERT OR REPLACE INTO orders VALUES (21, 2, 'stolen', NULL); END;",
            "orders",
        ),
        (
            "CREATE TRIGGER hostile AFTER DELETE ON people BEGIN \
             UPDATE OR REPLACE orders SET id = 22 WHERE id = 21; END;",
            "orders",
        ),
    ] {
        let shown = require_refused_whole(&triggered(trigger, ""), "unplanned_change");
        assert!(shown.contains(table), "{trigger}: {shown}");
    }
}

#[test]
fn a_trigger_that_spares_a_row_and_takes_a_strangers_instead_is_refused() {
    // As many rows as planned, but others.
    let trigger = "CREATE TRIGGER hostile BEFORE DELETE ON people WHEN old.id = 1 BEGIN \
        DELETE FROM people WHERE id = 3; SELECT RAISE(IGNORE); END;";
    require_refused_whole(&triggered(trigger, ""), "still_found");
}

#[test]
fn a_trigger_that_keeps_a_copy_is_refused_unless_the_copy_goes_as_well() {
    let copies = "CREATE TABLE copies (id INTEGER PRIMARY KEY, person_id INTEGER, address TEXT);
        CREATE TRIGGER hostile AFTER DELETE ON orders BEGIN \
        INSERT INTO copies VALUES (NULL, old.person_id, old.address); END;";
    let tied = "[tables.copies.columns]\nid = \"key\"\nperson_id = \"of people.id\"\naddress = \"address, observed\"";
    let desk = triggered(copies, tied);
    let job = desk.plan([("account", "1")]).unwrap();
    assert_eq!(desk.apply(&job).unwrap().refilled, 2);
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM copies"), 0);
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM orders"), 1);
}

#[test]
fn a_trigger_may_count_where_no_personal_data_is() {
    let trigger = "CREATE TRIGGER hostile AFTER DELETE ON orders BEGIN UPDATE goods SET sold = sold - 1; END;";
    let desk = triggered(trigger, "");
    desk.apply(&desk.plan([("account", "1")]).unwrap()).unwrap();
    assert_eq!(desk.one::<i64>("SELECT sold FROM goods"), 3);
}

#[test]
fn a_trigger_may_touch_again_the_row_that_is_changed() {
    let sql = "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, changed TEXT);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER, address TEXT, done_at TEXT);
        CREATE TABLE goods (id INTEGER PRIMARY KEY);
        INSERT INTO people VALUES (1, 'Zhang-secret 1', NULL, 'then'), (2, 'Zhang-secret 2', NULL, 'then');
        CREATE TRIGGER touch AFTER UPDATE ON people BEGIN UPDATE people SET changed = 'now' WHERE id = ID; END;";
    let map = map_with(&["touch"], "")
        .replace("[tables.people]\n", "[tables.people]\nerase = \"anonymize\"\n")
        .replace("name = \"name, provided\"\n", "name = \"name, provided\"\nchanged = \"time, observed\"\n");
    let theirs = Desk::new(&sql.replace("= ID", "= new.id"), &map);
    theirs.apply(&theirs.plan([("account", "1")]).unwrap()).unwrap();
    assert_eq!(theirs.one::<String>("SELECT group_concat(changed) FROM people"), "now,then");
    let strangers = Desk::new(&sql.replace("= ID", "> 0"), &map);
    require_refused_whole(&strangers, "unplanned_change");
}

#[test]
fn what_a_trigger_or_function_says_is_never_repeated() {
    for trigger in [
        "CREATE TRIGGER hostile BEFORE DELETE ON orders BEGIN SELECT RAISE(ABORT, 'Zhang-secret is not deleted'); END;",
        "CREATE TRIGGER hostile BEFORE DELETE ON orders BEGIN SELECT RAISE(FAIL, 'Zhang-secret'); END;",
        "CREATE TRIGGER hostile BEFORE DELETE ON orders BEGIN SELECT RAISE(ROLLBACK, 'Zhang-secret'); END;",
    ] {
        require_refused_whole(&triggered(trigger, ""), "constraint");
    }
    // A JSON path that is none is quoted by the engine.
    let trigger = "CREATE TRIGGER hostile BEFORE DELETE ON orders BEGIN SELECT json_extract('{}', old.address); END;";
    require_refused_whole(&triggered(trigger, ""), "database_failed");
}

#[test]
fn a_view_is_never_read_whatever_it_does() {
    let views = "CREATE VIEW hostile AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n;
        CREATE VIEW broken AS SELECT missing FROM nowhere;";
    let desk = Desk::new(&format!("{SQL}{views}"), &map_with(&["hostile", "broken"], ""));
    require_erased(&desk);
}

#[test]
fn expressions_of_the_schema_cannot_do_anything() {
    // Functions that reach out are refused by the engine, as the schema is not trusted; those that do not just compute.
    let sql = SQL.replace(
        "done_at TEXT);",
        "done_at TEXT, size INTEGER GENERATED ALWAYS AS (length(address)) VIRTUAL CHECK (size IS NULL OR size < 1e6),
         made TEXT DEFAULT (hex(zeroblob(4))));",
    );
    let sql = sql.replace("INSERT INTO orders VALUES", "INSERT INTO orders (id, person_id, address, done_at) VALUES");
    let map = format!("{MAP}size = \"fact, observed\"\nmade = \"fact, observed\"\n");
    require_erased(&Desk::new(&sql, &map));
    let hostile = SQL.replace("done_at TEXT);", "done_at TEXT, x TEXT GENERATED ALWAYS AS (load_extension(address)));");
    let made = Connection::open_in_memory().unwrap().execute_batch(&hostile);
    assert!(made.is_err(), "SQLite does not even take it");
    let trigger = "CREATE TRIGGER hostile BEFORE DELETE ON orders BEGIN SELECT load_extension('/tmp/x.so'); END;";
    require_refused_whole(&triggered(trigger, ""), "database_failed");
}
