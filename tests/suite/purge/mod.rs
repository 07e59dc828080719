//! Purges against answer keys of hand-written SQL: what a plan lists, and what the company's tables say.

mod earlier;
mod held;
mod meanwhile;
pub(crate) mod minors;
mod parts;
mod reissued;
mod retention;
mod scheduled;
mod waiting;

use std::collections::BTreeSet;

use rusqlite::Connection;

use crate::office::Office;

pub(crate) fn open(office: &Office) -> Connection {
    Connection::open(office.path("zkjia.db")).unwrap()
}

pub(crate) fn ids(db: &Connection, sql: &str) -> BTreeSet<i64> {
    let mut statement = db.prepare(sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// The steps of a plan file.
fn plan(office: &Office, name: &str) -> Vec<serde_json::Value> {
    let text = office.read(name);
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines[1..lines.len() - 1].to_vec()
}

/// Numeric keys of the rows of `table` to which `act` happens.
fn planned(steps: &[serde_json::Value], table: &str, act: &str) -> BTreeSet<i64> {
    let of = steps.iter().filter(|step| step["table"] == table && step["do"] == act);
    of.map(|step| step["key"][0].as_i64().unwrap()).collect()
}

/// As a list in SQL.
pub(crate) fn list(ids: &BTreeSet<i64>) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}
