//! Drift: how the live schema and the map differ from what the lock says was trusted (W4).

use std::collections::BTreeSet;

use super::{
    classified::Classified,
    finding::{Code, Finding},
    fingerprint::{self, SchemaDigests, TableDigests},
    lock::{Lock, LockedTable},
    name::quoted_table,
};
use crate::schema::{Schema, Table};

/// Compares the lock with the map's fingerprint and the live schema. Nothing found: nothing changed.
#[must_use]
pub fn drift(lock: &Lock, map_fingerprint: &str, schema: &Schema) -> Vec<Finding> {
    drift_by(lock, map_fingerprint, schema, &SchemaDigests::of(schema))
}

/// The same by digests of `schema` that are there already.
#[must_use]
pub fn drift_by(lock: &Lock, map_fingerprint: &str, schema: &Schema, digests: &SchemaDigests) -> Vec<Finding> {
    let mut findings = Vec::new();
    if lock.map != map_fingerprint {
        findings.push(finding(Code::Untrusted, "datamap.toml", "the map has changed since it was trusted"));
    }
    for table in schema.tables.values() {
        let locked = lock.tables.get(&quoted_table(&table.name));
        if let (Some(locked), Some(digests)) = (locked, digests.tables.get(&table.name)) {
            changes(&mut findings, locked, table, digests);
        } else {
            let message = "the table came after the map was trusted";
            findings.push(finding(Code::NewTable, table.name.to_string(), message));
        }
    }
    let live: Vec<String> = schema.tables.keys().map(quoted_table).collect();
    for name in lock.tables.keys().filter(|name| !live.contains(name)) {
        findings.push(finding(Code::RemovedTable, name.as_str(), "the table is gone"));
    }
    views(&mut findings, lock, schema, digests);
    if findings.is_empty() && lock.schema != digests.whole() {
        // every part agrees and the whole does not: the lock was edited
        findings.push(finding(Code::Untrusted, "datamap.lock", "the lock's digests do not agree with each other"));
    }
    findings.sort();
    findings
}

/// Names the tables and views that came, went or changed since `map` was classified, indexes aside.
#[must_use]
pub fn drifted_parts(map: &Classified, schema: &Schema) -> Vec<String> {
    let live = fingerprint::of_parts(schema);
    let names: BTreeSet<&String> = map.parts.keys().chain(live.keys()).collect();
    names.into_iter().filter(|name| map.parts.get(*name) != live.get(*name)).cloned().collect()
}

fn finding(code: Code, place: impl Into<String>, message: impl Into<String>) -> Finding {
    let hint = Some("look at it, bring the map up to date, and run `droit map trust`".to_owned());
    Finding { code, place: place.into(), line: None, message: message.into(), hint }
}

fn changes(findings: &mut Vec<Finding>, locked: &LockedTable, table: &Table, digests: &TableDigests) {
    let name = table.name.to_string();
    let before = findings.len();
    for column in &table.columns {
        let place = || format!("{name}.{}", column.name);
        match locked.columns.get(&column.name) {
            None => findings.push(finding(Code::NewColumn, place(), "the column came after the map was trusted")),
            Some(was) if was.is != fingerprint::declared(column) => {
                let message = format!("it was `{}` and is `{}`", was.is, fingerprint::declared(column));
                findings.push(finding(Code::ChangedColumn, place(), message));
            }
            Some(_) => {}
        }
    }
    for gone in locked.columns.keys().filter(|was| !table.columns.iter().any(|column| column.name == **was)) {
        findings.push(finding(Code::RemovedColumn, format!("{name}.{gone}"), "the column is gone"));
    }
    if locked.keys != digests.keys {
        findings.push(finding(Code::ChangedKey, name.as_str(), "its primary key or foreign keys have changed"));
    }
    if locked.triggers != digests.triggers {
        findings.push(finding(Code::ChangedTrigger, name.as_str(), "its triggers have changed"));
    }
    if findings.len() == before && locked.definition != digests.definition {
        let message = "the statement that makes it has changed (a check, a default, the storage)";
        findings.push(finding(Code::ChangedDefinition, name.as_str(), message));
    }
    if locked.indexes != digests.indexes {
        findings.push(finding(Code::ChangedIndex, name.as_str(), "its indexes have changed"));
    }
}

fn views(findings: &mut Vec<Finding>, lock: &Lock, schema: &Schema, digests: &SchemaDigests) {
    for view in schema.views.values() {
        let name = quoted_table(&view.name);
        let message = match lock.views.get(&name) {
            None => "the view came after the map was trusted",
            Some(digest) if digests.view(&view.name) != Some(digest) => "the view's statement has changed",
            Some(_) => continue,
        };
        findings.push(finding(Code::ChangedView, name, message));
    }
    let live: Vec<String> = schema.views.keys().map(quoted_table).collect();
    for name in lock.views.keys().filter(|name| !live.contains(name)) {
        findings.push(finding(Code::ChangedView, name.as_str(), "the view is gone"));
    }
}
