//! Risk: the figures are those of an independent count, a release below them is refused, and no small cell is told.

use std::collections::{BTreeMap, BTreeSet};

use droit::{
    data_map::{DataMap, classify},
    database::{Database, DatabaseUrl, Flow, Options, connect},
    duties::risk::{Cell, Withheld, measure, statistics},
    value::Value,
};
use proptest::prelude::*;
use rusqlite::Connection;

use crate::office::Office;

const COURIER_TABLES: [&str; 2] = ["deid_records", "waybills"];

/// A cell as it stands in the database, and nothing about how it is compared there.
type Raw = rusqlite::types::Value;

fn told(value: &Raw) -> String {
    format!("{value:?}")
}

/// The rows of `table` as they are, by plain SQL.
fn read(db: &Connection, columns: &[&str], table: &str, condition: &str) -> Vec<Vec<String>> {
    let mut statement = db.prepare(&format!("SELECT {} FROM {table} WHERE {condition}", columns.join(", "))).unwrap();
    let row = |row: &rusqlite::Row<'_>| (0..columns.len()).map(|at| Ok(told(&row.get::<_, Raw>(at)?))).collect();
    statement.query_map([], row).unwrap().map(Result::unwrap).collect()
}

/// k-anonymity and its company, counted row by row.
struct Counted {
    classes: BTreeMap<Vec<String>, Vec<Vec<String>>>,
}

impl Counted {
    fn of(rows: Vec<Vec<String>>, quasi: usize) -> Self {
        let mut classes: BTreeMap<Vec<String>, Vec<Vec<String>>> = BTreeMap::new();
        for row in rows {
            classes.entry(row[..quasi].to_vec()).or_default().push(row[quasi..].to_vec());
        }
        Self { classes }
    }

    fn sizes(&self) -> impl Iterator<Item = u64> {
        self.classes.values().map(|rows| rows.len() as u64)
    }

    fn diversity(&self, at: usize) -> u64 {
        let different = |rows: &Vec<Vec<String>>| rows.iter().map(|row| &row[at]).collect::<BTreeSet<_>>().len() as u64;
        self.classes.values().map(different).min().unwrap_or(0)
    }
}

#[test]
fn the_sample_company_is_measured_as_somebody_else_would() {
    let mut office = Office::courier_of(400);
    let measured = office.run("risk --json").looks().json();
    assert_eq!(measured["schema"], "droit.risk/1");
    let tables: Vec<&str> = measured["data"].as_array().unwrap().iter().map(|t| t["table"].as_str().unwrap()).collect();
    assert_eq!(tables, COURIER_TABLES);
    let db = Connection::open(office.path("zkjia.db")).unwrap();
    for (table, quasi, sensitive, condition) in [
        ("deid_records", &["birth_year", "city"][..], &["spent_cents", "orders_count"][..], "1"),
        (
            "waybills",
            &["carrier_code", "created_at", "sender_address", "recipient_address"][..],
            &["goods"][..],
            "sender_name IS NULL AND recipient_name IS NULL",
        ),
    ] {
        let columns: Vec<&str> = quasi.iter().chain(sensitive).copied().collect();
        let counted = Counted::of(read(&db, &columns, table, condition), quasi.len());
        let found = measured["data"].as_array().unwrap().iter().find(|one| one["table"] == table).unwrap();
        let k = found["k"].as_u64().unwrap();
        assert_eq!(k, 5);
        assert_eq!(found["rows"], counted.sizes().sum::<u64>(), "{table}");
        assert_eq!(found["classes"], counted.classes.len() as u64, "{table}");
        assert_eq!(found["smallest"].as_u64(), counted.sizes().min(), "{table}");
        assert_eq!(found["unique"], counted.sizes().filter(|size| *size == 1).count() as u64, "{table}");
        assert_eq!(found["rows_below_k"], counted.sizes().filter(|size| *size < k).sum::<u64>(), "{table}");
        for (at, column) in sensitive.iter().enumerate() {
            assert_eq!(found["diversity"][at]["column"], *column);
            assert_eq!(found["diversity"][at]["fewest"], counted.diversity(at), "{table}.{column}");
        }
    }
}

#[test]
fn a_release_below_k_or_l_is_refused_and_one_above_is_not() {
    let mut office = Office::courier();
    let refused = office.run("risk deid_records --release").refused("below_k");
    assert!(refused.stderr().contains("deid_records"), "{}", refused.stderr());
    office.run("risk deid_records").looks();
    let db = Connection::open(office.path("zkjia.db")).unwrap();
    db.execute_batch("UPDATE deid_records SET birth_year = '1990', city = '杭州市', spent_cents = 500").unwrap();
    office.run("risk deid_records --release").refused("below_l");
    db.execute_batch("UPDATE deid_records SET spent_cents = id").unwrap();
    let fine = office.run("risk deid_records --release --json").done().json();
    assert_eq!((&fine["data"][0]["unique"], &fine["data"][0]["refused"]), (&0.into(), &serde_json::Value::Null));
    office.run("risk orders").refused("risk_undeclared");
}

#[test]
fn statistics_show_no_small_cell_and_add_up() {
    let mut office = Office::courier_of(400);
    let nothing = office.run("risk --statistics deid_records --json").done().json();
    assert_eq!(nothing["schema"], "droit.risk.statistics/1");
    let none = serde_json::json!([{"values": null, "cells": null, "rows": null}]);
    assert_eq!(nothing["data"], none, "nobody shares town and year with enough others");
    let db = Connection::open(office.path("zkjia.db")).unwrap();
    db.execute_batch("UPDATE deid_records SET birth_year = '1990'").unwrap();
    let shown = office.run("risk --statistics deid_records --json").done().json();
    let all: i64 = db.query_row("SELECT count(*) FROM deid_records", [], |row| row.get(0)).unwrap();
    let cells = shown["data"].as_array().unwrap();
    assert!(!cells.is_empty());
    let rows = |cell: &serde_json::Value| cell["rows"].as_i64();
    let (hidden, open): (Vec<_>, Vec<_>) = cells.iter().partition(|cell| cell["values"].is_null());
    assert!(open.iter().all(|cell| rows(cell) >= Some(5)), "{shown}");
    assert_eq!(hidden.len(), 1, "small cells come as one");
    assert_eq!(cells.iter().filter_map(rows).sum::<i64>(), all);
    for cell in open {
        let sql = "SELECT count(*) FROM deid_records WHERE birth_year IS ?1 AND city IS ?2";
        let values = &cell["values"];
        let counted: i64 =
            db.query_row(sql, (values["birth_year"].as_str(), values["city"].as_str()), |row| row.get(0)).unwrap();
        assert_eq!(Some(counted), rows(cell));
    }
}

#[test]
fn a_sheet_of_statistics_holds_nothing_that_acts() {
    let mut office = Office::courier();
    let db = Connection::open(office.path("zkjia.db")).unwrap();
    db.execute("UPDATE deid_records SET birth_year = '1990', city = ?1", ["杭\u{1b}]0;x\u{7}州\u{202e}市"]).unwrap();
    let sheet = office.run("risk --statistics deid_records --format csv").done();
    assert!(sheet.stdout().contains("city=杭␛]0;x␇州\u{fffd}市"), "{sheet}");
    assert!(!sheet.stdout().contains(['\u{1b}', '\u{7}', '\u{202e}']), "{sheet}");
}

const LIKE: &str = "version = 1\ncontroller = \"C\"\ntime_zone = \"UTC\"\n[person.account]\nis = \"p.id\"\n[tables.p]\npurpose = \"p\"\n\
    clause = \"1\"\nbasis = \"contract\"\nrisk = { RISK }\n[tables.p.columns]\nid = \"key\"\ncity = \"region, provided\"\n\
    secret = \"health, provided\"\n";

#[test]
fn what_a_map_says_of_risk_is_checked_against_its_own_rules_and_the_schema() {
    for (risk, wrong) in [
        ("sensitive = \"secret\"", "a risk does not say `quasi`"),
        ("quasi = \"city\", k = 1", "`k` must be a number, 2 or more"),
        ("quasi = \"city\", l = 0", "`l` must be a number, 1 or more"),
        ("quasi = \"city\", k = \"five\"", "`k` must be a number, 2 or more"),
        ("quasi = [\"city\", \"secret\"], sensitive = \"secret\"", "`secret` stands in a risk twice"),
        ("quasi = \"city\", when = \"city = \"", ""),
        ("quasi = \"city\", quasy = 5", "unknown key `quasy` in a risk"),
    ] {
        let refused = LIKE.replace("RISK", risk).parse::<DataMap>().unwrap_err();
        assert!(refused.message.contains(wrong), "{risk}: {refused:?}");
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.db");
    let db = Connection::open(&path).unwrap();
    db.execute_batch("CREATE TABLE p (id INTEGER PRIMARY KEY, city TEXT, secret TEXT)").unwrap();
    let schema = connect(&DatabaseUrl::sqlite(&path), &Options::default()).unwrap().schema().unwrap();
    let read = |risk: &str| classify(&LIKE.replace("RISK", risk).parse::<DataMap>().unwrap(), &schema);
    for risk in
        ["quasi = \"citty\"", "quasi = \"city\", sensitive = \"citty\"", "quasi = \"city\", when = \"citty = 1\""]
    {
        let findings = read(risk).unwrap_err();
        let found: Vec<String> = findings.iter().filter(|f| f.refuses()).map(ToString::to_string).collect();
        assert_eq!(found, ["missing_place p: there is no column `citty` in this table"], "{risk}");
        assert_eq!(findings.iter().find(|f| f.refuses()).unwrap().hint.as_deref(), Some("did you mean `city`?"));
    }
    let risk = read("quasi = \"CITY\"").unwrap().tables[0].risk.clone().unwrap();
    assert_eq!((risk.quasi, risk.k, risk.l), (vec!["city".to_owned()], 5, 1), "five alike where nothing is said");
}

/// What is published of cells of these sizes: those that are shown, by place. How many are hidden, and how many rows, is
/// known to whoever knows the whole.
fn published(sizes: &[u64], k: u64) -> Vec<Option<u64>> {
    let mut withheld = Withheld::below(k);
    for rows in sizes {
        withheld.push(*rows);
    }
    withheld.settle();
    sizes.iter().enumerate().map(|(place, rows)| (!withheld.hides(place)).then_some(*rows)).collect()
}

/// All ways in which the hidden cells may share out the hidden rows, none of them empty.
fn shared_out(cells: &[Option<u64>], hidden_rows: u64) -> Vec<Vec<u64>> {
    fn fill(cells: &[Option<u64>], left: u64, so_far: &mut Vec<u64>, all: &mut Vec<Vec<u64>>) {
        let Some((first, rest)) = cells.split_first() else {
            if left == 0 {
                all.push(so_far.clone());
            }
            return;
        };
        let range = first.map_or(1..=left, |shown| shown..=shown);
        for rows in range {
            so_far.push(rows);
            fill(rest, if first.is_some() { left } else { left - rows }, so_far, all);
            so_far.pop();
        }
    }
    let mut all = Vec::new();
    fill(cells, hidden_rows, &mut Vec::new(), &mut all);
    all
}

/// What each hidden cell may be among `tables`: the fewest and the most rows.
fn intervals(cells: &[Option<u64>], tables: &[&Vec<u64>]) -> Vec<(u64, u64)> {
    let places = (0..cells.len()).filter(|place| cells[*place].is_none());
    let interval = |place: usize| {
        let values = || tables.iter().map(|table| table[place]);
        (values().min().unwrap(), values().max().unwrap())
    };
    places.map(interval).collect()
}

/// Whether what it may be spans k rows, or whatever is below k, which is all that being hidden says.
fn wide_enough((fewest, most): (u64, u64), k: u64) -> bool {
    most - fewest >= k || k > 2 && fewest == 1 && most >= k - 1
}

/// What `droit risk TABLE` tells beside: rows, classes, the smallest class, unique rows, rows below k.
fn figures_of(sizes: &[u64], k: u64) -> [u64; 5] {
    let sum = |keep: &dyn Fn(u64) -> bool| sizes.iter().copied().filter(|size| keep(*size)).sum();
    let smallest = sizes.iter().copied().min().unwrap_or(0);
    [sum(&|_| true), sizes.len() as u64, smallest, sum(&|size| size == 1), sum(&|size| size < k)]
}

#[test]
fn as_many_hidden_rows_as_cells_are_not_told() {
    for (sizes, k) in [(&[1, 1, 1, 9, 9, 9][..], 5), (&[1, 1, 8, 8], 5), (&[4, 5, 5, 5], 5), (&[1, 20, 20, 20], 3)] {
        let cells = published(sizes, k);
        let hidden = cells.iter().zip(sizes).filter(|(cell, _)| cell.is_none());
        let rows = hidden.map(|(_, rows)| rows).sum();
        let tables = shared_out(&cells, rows);
        let all_hidden = cells.iter().all(Option::is_none);
        let spans = intervals(&cells, &tables.iter().collect::<Vec<_>>());
        assert!(all_hidden || spans.iter().all(|(fewest, most)| most - fewest >= k), "{sizes:?}: {spans:?}");
    }
}

/// A table of cells of every type under a collation that would make different values one.
fn cells() -> impl Strategy<Value = Vec<(u8, Option<i64>, u8)>> {
    prop::collection::vec((0_u8..6, prop::option::of(0_i64..3), 0_u8..4), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, max_global_rejects: 100_000, ..ProptestConfig::default() })]

    /// Against somebody who tries out every table: with the whole and the number of hidden cells; who knows besides what
    /// `droit risk TABLE` says; who knows besides the whole how it is decided what to hide.
    #[test]
    fn no_hidden_cell_can_be_computed_to_within_k(sizes in prop::collection::vec(1_u64..13, 1..8), k in 2_u64..6) {
        let cells = published(&sizes, k);
        prop_assert!(cells.iter().flatten().all(|rows| *rows >= k));
        let hidden_rows = cells.iter().zip(&sizes).filter(|(cell, _)| cell.is_none()).map(|(_, rows)| rows).sum();
        prop_assume!(hidden_rows <= 26 && cells.iter().any(Option::is_some) && cells.iter().any(Option::is_none));
        let tables = shared_out(&cells, hidden_rows);
        prop_assert!(tables.contains(&sizes));
        let spans = |keep: &dyn Fn(&Vec<u64>) -> bool| {
            intervals(&cells, &tables.iter().filter(|table| keep(table)).collect::<Vec<_>>())
        };
        prop_assert!(spans(&|_| true).iter().all(|(fewest, most)| most - fewest >= k), "{:?}", cells);
        let figures = figures_of(&sizes, k);
        let by_figures = spans(&|table| figures_of(table, k) == figures);
        prop_assert!(by_figures.iter().all(|span| wide_enough(*span, k)), "{:?}: {:?} by the figures", cells, by_figures);
        let by_rule = spans(&|table| published(table, k) == cells);
        let by_both = spans(&|table| published(table, k) == cells && figures_of(table, k) == figures);
        prop_assert!(by_both.iter().all(|span| wide_enough(*span, k)), "{:?}: {:?} by both", cells, by_both);
        prop_assert!(by_rule.iter().all(|span| wide_enough(*span, k)), "{:?}: {:?} by the rule", cells, by_rule);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_table_is_measured_as_somebody_else_would(rows in cells(), k in 2_u64..7) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.db");
        let db = Connection::open(&path).unwrap();
        db.execute_batch(
            "PRAGMA synchronous = OFF;
             CREATE TABLE p (id INTEGER PRIMARY KEY, city TEXT COLLATE NOCASE, age, secret TEXT COLLATE NOCASE, released INTEGER)",
        ).unwrap();
        for (city, age, secret) in &rows {
            let city = ["a", "A", "b", "", "a ", "\u{e9}"][usize::from(*city)];
            let secret = [Some("x"), Some("X"), None, Some("y")][usize::from(*secret)];
            let sql = "INSERT INTO p (city, age, secret, released) VALUES (?1, ?2, ?3, ?2 IS NOT 2)";
            db.execute(sql, (city, age, secret)).unwrap();
        }
        let map = format!(
            "version = 1\ncontroller = \"C\"\ntime_zone = \"UTC\"\n[person.account]\nis = \"p.id\"\n[tables.p]\npurpose = \"p\"\n\
             clause = \"1\"\nbasis = \"contract\"\nrisk = {{ quasi = [\"city\", \"age\"], sensitive = \"secret\", k = {k}, \
             when = \"released = 1\" }}\n[tables.p.columns]\nid = \"key\"\ncity = \"region, provided\"\nage = \"fact, derived\"\n\
             secret = \"health, provided\"\nreleased = \"fact, derived\"\n"
        );
        let map: DataMap = map.parse().unwrap();
        let mut reader = connect(&DatabaseUrl::sqlite(&path), &Options::default()).unwrap();
        let map = classify(&map, &reader.schema().unwrap()).unwrap();
        let figures = measure(&map, 0, &mut *reader).unwrap();
        let counted = Counted::of(read(&db, &["city", "age", "secret"], "p", "released = 1"), 2);
        prop_assert_eq!(figures.rows, counted.sizes().sum::<u64>());
        prop_assert_eq!(figures.classes, counted.classes.len() as u64);
        prop_assert_eq!(figures.smallest, counted.sizes().min());
        prop_assert_eq!(figures.unique, counted.sizes().filter(|size| *size == 1).count() as u64);
        prop_assert_eq!(figures.small_rows, counted.sizes().filter(|size| *size < k).sum::<u64>());
        prop_assert_eq!(figures.diversity[0].1, counted.diversity(0));
        let risk = map.tables[0].risk.as_ref().unwrap();
        prop_assert_eq!(figures.require_releasable("p", risk).is_err(), figures.small_rows > 0);

        // what is shown is true, what is small is not shown, and what is hidden is told as one
        let (mut shown, mut hidden) = (Vec::new(), None);
        statistics(&map, 0, &mut *reader as &mut dyn Database, &mut |cell| {
            match cell {
                Cell::Shown(values, rows) => shown.push((values, rows)),
                Cell::Suppressed { sum } => hidden = Some(sum),
            }
            Flow::Continue
        }).unwrap();
        prop_assert!(shown.iter().all(|(_, rows)| *rows >= k));
        let small = counted.sizes().filter(|size| *size < k).count() as u64;
        let told: u64 = shown.iter().map(|(_, rows)| rows).sum();
        match hidden {
            None => prop_assert_eq!(small, 0),
            Some(None) => prop_assert!(small > 0 && shown.is_empty()),
            Some(Some((cells, rows))) => {
                prop_assert!(small > 0 && cells >= small && !shown.is_empty());
                prop_assert_eq!(cells + shown.len() as u64, counted.classes.len() as u64);
                prop_assert_eq!(rows + told, figures.rows);
            }
        }
        prop_assert!(shown.iter().all(|(values, _)| values.iter().all(|value| !matches!(value, Value::Blob(_)))));
    }
}
