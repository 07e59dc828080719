//! What somebody would write by hand for this one database: rusqlite, SQL, and nothing in between.

mod erase;
mod export;
mod held;
mod minors;
mod person;
mod retention;

use std::{path::Path, time::Instant};

use anyhow::Result;
use rusqlite::{Connection, OpenFlags};

use crate::{Job, Operation, Report, Side};

pub(crate) fn run(job: &Job) -> Result<Report> {
    let mut report = Report::default();
    let start = Instant::now();
    let whole = job.side == Side::Whole;
    match job.operation {
        Operation::Start => introspect(job, &mut report)?,
        Operation::LocateOne => held::count(job, &mut report)?,
        Operation::ExportOne | Operation::ExportThousand => export::run(job, &mut report)?,
        Operation::EraseOne | Operation::EraseThousandSingly => erase::singly(job, &mut report)?,
        Operation::EraseThousandAtOnce => erase::at_once(job, &mut report)?,
        Operation::PurgeMinors if whole => minors::as_a_whole(job, &mut report)?,
        Operation::PurgeMinors => minors::in_windows(job, &mut report)?,
        Operation::PurgeRetention if whole => retention::as_a_whole(job, &mut report)?,
        Operation::PurgeRetention => retention::in_windows(job, &mut report)?,
        Operation::CorrectOne => correct(job)?,
    }
    report.inside = u64::try_from(start.elapsed().as_micros())?;
    Ok(report)
}

fn open(database: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA mmap_size = 2147418112; BEGIN")?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(connection)
}

/// Everything that `pragma` says about every table.
fn introspect(job: &Job, report: &mut Report) -> Result<()> {
    let connection = open(&job.database)?;
    let mut tables = connection.prepare(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')
         AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )?;
    let names = tables.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
    let mut seen: Vec<String> = Vec::new();
    for name in &names {
        for (sql, columns) in [
            ("SELECT name, type, pk, hidden FROM pragma_table_xinfo(?1)", 1),
            ("SELECT \"from\", \"table\", \"to\" FROM pragma_foreign_key_list(?1)", 1),
            ("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1", 2),
            ("SELECT l.name, i.name FROM pragma_index_list(?1) l, pragma_index_xinfo(l.name) i WHERE i.key = 1", 2),
        ] {
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query([name])?;
            while let Some(row) = rows.next()? {
                for at in 0..columns {
                    seen.extend(row.get::<_, Option<String>>(at)?);
                }
            }
        }
    }
    report.rows.insert("tables".to_owned(), names.len() as u64);
    report.rows.insert("names".to_owned(), seen.len() as u64);
    Ok(())
}

/// A nickname put right.
fn correct(job: &Job) -> Result<()> {
    let connection = erase::open(&job.database)?;
    for person in &job.people {
        let sql = "UPDATE users SET nickname = ?1 WHERE id = ?2";
        connection.execute(sql, (crate::NICKNAME, person.account))?;
    }
    Ok(())
}
