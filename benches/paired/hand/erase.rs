//! Erasure by statements written for this database: set-based, children first, from tables of keys; the same pragmas, a
//! transaction a batch, files removed after it.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::Path,
};

use anyhow::Result;
use rusqlite::{Connection, OpenFlags};

use super::person::{self, Proven};
use crate::{Job, Report, job::Subject};

const STATEMENTS: &str = include_str!("erase.sql");

const KEYS: &str = "
    CREATE TEMP TABLE who (id INTEGER PRIMARY KEY);
    CREATE TEMP TABLE phones (value TEXT PRIMARY KEY, since TEXT, person INTEGER) WITHOUT ROWID;
    CREATE TEMP TABLE mails (value TEXT PRIMARY KEY, since TEXT) WITHOUT ROWID;
    CREATE TEMP TABLE my_orders (id INTEGER PRIMARY KEY, person INTEGER, fate TEXT);
    CREATE TEMP TABLE my_waybills (id INTEGER PRIMARY KEY, s INTEGER, r INTEGER, person INTEGER, fate TEXT);
    CREATE TEMP TABLE my_tickets (id INTEGER PRIMARY KEY, person INTEGER, fate TEXT);
    CREATE TEMP TABLE waiting (id INTEGER PRIMARY KEY);";

const FILES: &str = "
    SELECT v.audio_file FROM who CROSS JOIN voice_records v ON v.user_id = who.id WHERE v.audio_file IS NOT NULL
    UNION ALL
    SELECT m.image_file FROM who CROSS JOIN media_uploads m ON m.user_id = who.id WHERE m.image_file IS NOT NULL
    UNION ALL
    SELECT p.photo_file FROM who CROSS JOIN real_name_auth a ON a.user_id = who.id JOIN id_photos p ON p.auth_id = a.id
    WHERE p.photo_file IS NOT NULL
    UNION ALL
    SELECT i.image_file FROM who CROSS JOIN waybills w ON w.recipient_user_id = who.id
    JOIN waybill_images i ON i.waybill_id = w.id WHERE i.image_file IS NOT NULL AND i.image_type IN ('signature', 'door')";

pub(super) fn singly(job: &Job, report: &mut Report) -> Result<()> {
    let connection = open(&job.database)?;
    for person in job.people.chunks(1) {
        batch(&connection, person, &job.files, &mut report.rows)?;
    }
    Ok(())
}

pub(super) fn at_once(job: &Job, report: &mut Report) -> Result<()> {
    batch(&open(&job.database)?, &job.people, &job.files, &mut report.rows)
}

pub(super) fn open(database: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    connection.execute_batch(
        "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384;
         PRAGMA temp_store = MEMORY;",
    )?;
    connection.execute_batch(KEYS)?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(connection)
}

/// One transaction for these people.
pub(super) fn batch(
    connection: &Connection,
    people: &[Subject],
    folder: &Path,
    counts: &mut BTreeMap<String, u64>,
) -> Result<()> {
    connection.execute_batch("BEGIN IMMEDIATE; DELETE FROM who; DELETE FROM phones; DELETE FROM mails")?;
    for one in people {
        stage(connection, one.account)?;
    }
    let files = connection
        .prepare_cached(FILES)?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<String>>>()?;
    let lines = STATEMENTS.lines().filter(|line| !line.starts_with("--"));
    let statements = lines.collect::<Vec<_>>().join("\n");
    for statement in statements.split(";\n").filter(|statement| !statement.trim().is_empty()) {
        let changed = connection.prepare_cached(statement)?.execute([])?;
        if let Some(name) = name(statement) {
            *counts.entry(name).or_default() += changed as u64;
        }
    }
    connection.execute_batch("COMMIT")?;
    for file in &files {
        remove(&folder.join(file))?;
    }
    if !files.is_empty() {
        rustix::fs::syncfs(File::open(folder)?)?;
    }
    Ok(())
}

/// A file that is not there was removed before.
pub(super) fn remove(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn stage(connection: &Connection, account: i64) -> Result<()> {
    connection.prepare_cached("INSERT INTO who VALUES (?1)")?.execute([account])?;
    let sql = "SELECT phone, phone_bound_at, email, email_verified_at FROM users WHERE id = ?1";
    let (phone, since, email, verified): Proven = connection
        .prepare_cached(sql)?
        .query_row([account], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    for spelling in phone.as_deref().and_then(person::spellings).into_iter().flatten() {
        let sql = "INSERT OR IGNORE INTO phones VALUES (?1, ?2, ?3)";
        connection.prepare_cached(sql)?.execute((spelling, &since, account))?;
    }
    if let (Some(email), Some(verified)) = (email, verified) {
        connection.prepare_cached("INSERT OR IGNORE INTO mails VALUES (?1, ?2)")?.execute((email, verified))?;
    }
    Ok(())
}

/// The table and what was done to it; nothing for tables of keys.
pub(super) fn name(statement: &str) -> Option<String> {
    let words: Vec<&str> = statement.split_whitespace().take(3).collect();
    let (table, what) = match words.as_slice() {
        ["DELETE", "FROM", table] => (*table, "deleted"),
        ["UPDATE", table, ..] => (*table, "overwritten"),
        _ => return None,
    };
    let own = ["my_orders", "my_waybills", "my_tickets", "waiting"].contains(&table);
    (!own).then(|| format!("{table} {what}"))
}
