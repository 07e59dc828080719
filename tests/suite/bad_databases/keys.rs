//! Whatever names rows and tables.

use droit::data_map::finding::Code;

use super::{MAP, SQL, require_refused_whole};
use crate::desk::{Desk, require_refused};

/// A desk with one table of notes, keyed as `columns` say.
fn notes(table: &str, rows: &str, words: &str) -> Desk {
    let sql = format!("{SQL} DELETE FROM orders; {table}; {rows};");
    Desk::new(&sql, &format!("{MAP}{words}"))
}

const NOTES: &str = "[tables.notes.columns]\nperson_id = \"of people.id\"\nnote = \"free_text, provided\"\n";

#[test]
fn rows_are_named_by_whatever_names_them() {
    for (table, rows, key) in [
        ("notes (person_id INTEGER, note TEXT)", "(1, 'a'), (1, 'a'), (2, 'a')", ""),
        (
            "notes (k TEXT PRIMARY KEY NOT NULL, person_id INTEGER, note TEXT)",
            "('a', 1, 'a'), ('''b\"', 1, ''), ('c', 2, 'a')",
            "k = \"key\"\n",
        ),
        (
            "notes (k TEXT PRIMARY KEY, person_id INTEGER, note TEXT)",
            "(NULL, 1, 'a'), (NULL, 1, ''), (NULL, 2, 'a')",
            "k = \"key\"\n",
        ),
        (
            "notes (k TEXT, l REAL, person_id INTEGER, note TEXT, PRIMARY KEY (k, l)) WITHOUT ROWID",
            "('a', 0.1, 1, 'a'), ('a', 1e300, 1, ''), ('a', 0.2, 2, 'a')",
            "k = \"key\"\nl = \"key\"\n",
        ),
        (
            "notes (k INTEGER PRIMARY KEY, person_id INTEGER, note TEXT)",
            "(9223372036854775807, 1, 'a'), (-9223372036854775808, 1, ''), (9007199254740993, 2, 'a')",
            "k = \"key\"\n",
        ),
        (
            "notes (rowid TEXT, person_id INTEGER, note TEXT)",
            "('x', 1, 'a'), ('x', 1, ''), ('x', 2, 'a')",
            "rowid = \"fact, observed\"\n",
        ),
        (
            "notes (rowid TEXT, _rowid_ TEXT, person_id INTEGER, note TEXT)",
            "('x', 'y', 1, 'a'), ('x', 'y', 1, ''), ('x', 'y', 2, 'a')",
            "rowid = \"fact, observed\"\n_rowid_ = \"fact, observed\"\n",
        ),
        (
            "notes (k TEXT COLLATE NOCASE PRIMARY KEY NOT NULL, person_id INTEGER, note TEXT)",
            "('A', 1, 'a'), ('B', 1, ''), ('c', 2, 'a')",
            "k = \"key\"\n",
        ),
    ] {
        let desk = notes(
            &format!("CREATE TABLE {table}"),
            &format!("INSERT INTO notes VALUES {rows}"),
            &format!("{NOTES}{key}"),
        );
        desk.apply(&desk.plan([("account", "1")]).unwrap()).unwrap();
        assert_eq!(desk.one::<i64>("SELECT count(*) FROM notes"), 1, "{table}");
        assert_eq!(desk.one::<i64>("SELECT person_id FROM notes"), 2, "{table}");
    }
}

#[test]
fn keys_that_differ_only_where_the_collation_does_not_look_never_take_a_strangers_row() {
    let table = "CREATE TABLE notes (k TEXT COLLATE NOCASE NOT NULL, person_id INTEGER, note TEXT, PRIMARY KEY (k COLLATE BINARY))";
    let desk = notes(table, "INSERT INTO notes VALUES ('a', 1, 'x'), ('A', 2, 'y')", &format!("{NOTES}k = \"key\"\n"));
    let before = desk.dump();
    let outcome = desk.apply(&desk.plan([("account", "1")]).unwrap());
    if outcome.is_ok() {
        assert_eq!(desk.one::<String>("SELECT group_concat(k) FROM notes"), "A", "served exactly");
    } else {
        require_refused(outcome, "unplanned_change");
        assert_eq!(desk.dump(), before);
    }
}

#[test]
fn a_table_whose_rows_nothing_names_is_refused() {
    let table = "CREATE TABLE notes (rowid TEXT, _rowid_ TEXT, oid TEXT, person_id INTEGER, note TEXT)";
    let words = format!("{NOTES}rowid = \"fact, observed\"\n_rowid_ = \"fact, observed\"\noid = \"fact, observed\"\n");
    let desk = notes(table, "INSERT INTO notes VALUES ('x', 'x', 'x', 1, 'a')", &words);
    match desk.try_map() {
        Err(findings) => assert!(findings.iter().any(|f| f.refuses() && f.place.starts_with("notes")), "{findings:?}"),
        Ok(_) => {
            require_refused_whole(&desk, "no_key");
        }
    }
}

#[test]
fn keys_that_cannot_be_bound_are_refused() {
    for key in ["x'0102'", "CAST(x'410042' AS TEXT)", "CAST(x'ff' AS TEXT)"] {
        let desk = notes(
            "CREATE TABLE notes (k PRIMARY KEY NOT NULL, person_id INTEGER, note TEXT)",
            &format!("INSERT INTO notes VALUES ({key}, 1, 'a'), ('z', 2, 'b')"),
            &format!("{NOTES}k = \"key\"\n"),
        );
        let shown = require_refused_whole(&desk, "unbindable_key");
        assert!(shown.contains("notes.k"), "{key}: {shown}");
    }
}

#[test]
fn keys_that_are_declared_to_be_bytes_are_found_before_anything_is_read() {
    for declared in ["BLOB", "BINARY(16)", "varbinary(16)"] {
        let table = format!("CREATE TABLE notes (k {declared} PRIMARY KEY NOT NULL, person_id INTEGER, note TEXT)");
        let desk = notes(&table, "", &format!("{NOTES}k = \"key\"\n"));
        let findings = desk.try_map().unwrap_err();
        let found: Vec<_> = findings.iter().filter(|f| f.refuses()).collect();
        assert_eq!(found.len(), 1, "{findings:?}");
        assert_eq!((found[0].code, found[0].place.as_str()), (Code::KeyOfBytes, "notes.k"));
        assert!(found[0].message.contains(declared) && found[0].hint.is_some());
    }
    // a photo is no key
    let table = "CREATE TABLE notes (k INTEGER PRIMARY KEY, person_id INTEGER, note BLOB)";
    assert!(notes(table, "", &format!("{NOTES}k = \"key\"\n")).try_map().is_ok());
}

/// What a column holds that is declared otherwise is told where it is looked for, by the column that would be searched.
#[test]
fn a_person_keyed_by_bytes_is_refused_where_their_rows_are_looked_for() {
    let desk = Desk::new(
        "CREATE TABLE people (id UUID PRIMARY KEY NOT NULL, mail TEXT);
         CREATE TABLE notes (id INTEGER PRIMARY KEY, person_id UUID, note TEXT);
         INSERT INTO people VALUES (x'0102', 'zhang@example.com');",
        "version = 1\ncontroller = \"T\"\ntime_zone = \"UTC\"\n[person.account]\nis = \"people.id\"\n\
         [tables.people]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n\
         [tables.people.columns]\nid = \"key\"\nmail = \"email, proves, provided\"\n\
         [tables.notes.columns]\nid = \"key\"\nperson_id = \"of people.id\"\nnote = \"free_text, provided\"\n",
    );
    let refused = desk.plan([("email", "zhang@example.com")]).map(|_| ()).unwrap_err().to_string();
    assert!(refused.contains("people.id") && refused.contains("by text"), "{refused}");
}

#[test]
fn names_that_need_quoting_are_quoted() {
    for name in ["order", "a b", "a\"b", "a'b", "订单", "a;b--", "select", "a]b", "a`b", "a.b", "%_", "-- x"] {
        let quoted = format!("\"{}\"", name.replace('"', "\"\""));
        let key = serde_json::to_string(&quoted).unwrap();
        let plain =
            if name.chars().all(|c| c.is_ascii_alphabetic()) && name != "select" { name.to_owned() } else { key };
        let (table, column) = (&quoted, &quoted);
        let sql = format!(
            "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);
             CREATE TABLE {table} (id INTEGER PRIMARY KEY, {column} INTEGER REFERENCES people(id), note TEXT);
             INSERT INTO people VALUES (1, 'Zhang-secret 1'), (2, 'Zhang-secret 2');
             INSERT INTO {table} VALUES (11, 1, 'Zhang-secret'), (21, 2, 'Zhang-secret');"
        );
        let toml = serde_json::to_string(name).unwrap();
        let map = format!(
            "version = 1\ncontroller = \"T\"\ntime_zone = \"UTC\"\n[person.account]\nis = \"people.id\"\n\
             [tables.people]\npurpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n\
             [tables.people.columns]\nid = \"key\"\nname = \"name, provided\"\n\
             [tables.{plain}.columns]\nid = \"key\"\n{toml} = \"of people.id\"\nnote = \"free_text, provided\"\n"
        );
        let desk = Desk::new(&sql, &map);
        if let Err(findings) = desk.try_map() {
            panic!("{name}: {findings:?}\n{map}");
        }
        desk.apply(&desk.plan([("account", "1")]).unwrap()).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(desk.one::<i64>(&format!("SELECT {column} FROM {table}")), 2, "{name}");
    }
}
