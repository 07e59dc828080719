//! Retention by statements written for this database, in windows of rowids: a transaction each, files removed after it.

use std::{fs::File, path::Path};

use anyhow::Result;
use rusqlite::Connection;

use super::erase;
use crate::{Job, Report};

const STATEMENTS: &str = include_str!("retention.sql");

/// Rowids of one transaction.
const WINDOW: i64 = 20_000;

/// As it is done beside an application that writes.
pub(super) fn in_windows(job: &Job, report: &mut Report) -> Result<()> {
    run(job, WINDOW, report)
}

/// One statement per table, whoever waits.
pub(super) fn as_a_whole(job: &Job, report: &mut Report) -> Result<()> {
    run(job, i64::MAX / 4, report)
}

fn run(job: &Job, window: i64, report: &mut Report) -> Result<()> {
    let connection = erase::open(&job.database)?;
    let lines = STATEMENTS.lines().filter(|line| !line.starts_with("--"));
    let statements = lines.collect::<Vec<_>>().join("\n");
    for statement in statements.split(";\n").filter(|statement| !statement.trim().is_empty()) {
        let Some(name) = erase::name(statement) else { continue };
        let table = name.split(' ').next().unwrap_or_default();
        let sql = statement.replace("{window}", "rowid > ?1 AND rowid <= ?2");
        let last: Option<i64> =
            connection.query_row(&format!("SELECT max(rowid) FROM {table}"), [], |row| row.get(0))?;
        let (mut from, last) = (-1, last.unwrap_or(0));
        while from < last {
            let changed = one(&connection, &sql, (from, from + window), &job.files)?;
            *report.rows.entry(name.clone()).or_default() += changed;
            from += window;
        }
    }
    Ok(())
}

/// One window of one statement; how many rows it changed.
fn one(connection: &Connection, sql: &str, window: (i64, i64), folder: &Path) -> Result<u64> {
    let transaction = connection.unchecked_transaction()?;
    let mut statement = transaction.prepare_cached(sql)?;
    let mut files: Vec<String> = Vec::new();
    let changed = if statement.column_count() == 0 {
        statement.execute(window)? as u64
    } else {
        let names = statement.query_map(window, |row| row.get::<_, Option<String>>(0))?;
        let names = names.collect::<rusqlite::Result<Vec<_>>>()?;
        let changed = names.len() as u64;
        files.extend(names.into_iter().flatten());
        changed
    };
    drop(statement);
    transaction.commit()?;
    for file in &files {
        erase::remove(&folder.join(file))?;
    }
    if !files.is_empty() {
        rustix::fs::syncfs(File::open(folder)?)?;
    }
    Ok(changed)
}
