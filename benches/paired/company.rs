//! The sample company, made once and kept, and the people who ask.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use droit::{
    case::Identity,
    demo::company::{CAST, Company},
};
use jiff::civil::date;

use crate::{droit_side, job::Subject};

/// What the crowd is drawn from.
const SEED: u64 = 42;

/// How many people ask at most.
const ASKING: usize = 1000;

/// A company on disk.
pub(crate) struct Ready {
    pub(crate) users: u64,
    pub(crate) folder: PathBuf,
    pub(crate) database: PathBuf,
    pub(crate) files: PathBuf,
    pub(crate) people: Vec<Subject>,
}

/// The day on which everything happens.
pub(crate) fn today() -> jiff::civil::Date {
    date(2026, 11, 23)
}

pub(crate) fn ready(users: u64) -> Result<Ready> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name("bench-data");
    fs::create_dir_all(&folder)?;
    let name = |end: &str| folder.join(format!("{users}-{SEED}{end}"));
    let (database, files, asking) = (name(".db"), name("-files"), name("-people.json"));
    if !database.exists() {
        println!("making a company of {users} accounts in {}", folder.display());
        Company { users, seed: SEED, today: today() }.build(&database, &files, &mut |_| {})?;
    }
    let people = if asking.exists() {
        serde_json::from_slice(&fs::read(&asking)?).context("the list of people is damaged: delete it")?
    } else {
        let people = choose(&database, users)?;
        fs::write(&asking, serde_json::to_vec(&people)?)?;
        people
    };
    Ok(Ready { users, folder, database, files, people })
}

/// People from all over the company about whom there is no doubt who they are.
fn choose(database: &Path, users: u64) -> Result<Vec<Subject>> {
    let mut opened = droit_side::open(database)?;
    let plain = rusqlite::Connection::open(database)?;
    let mut phone = plain.prepare("SELECT phone FROM users WHERE id = ?1")?;
    let stride = ((users - CAST) / (ASKING as u64 + ASKING as u64 / 4)).max(1);
    let mut people = Vec::new();
    for account in (CAST + 1..=users).step_by(usize::try_from(stride)?) {
        let account = i64::try_from(account)?;
        let Some(phone) = phone.query_row([account], |row| row.get::<_, Option<String>>(0))? else { continue };
        let identity = Identity::of([("phone", phone.as_str())]);
        let closed = droit_side::close(&mut opened, &identity)?;
        if closed.ambiguities.is_empty() && closed.malformed.is_empty() && !closed.set.persons.is_empty() {
            people.push(Subject { account, phone });
        }
        if people.len() == ASKING {
            break;
        }
    }
    Ok(people)
}

/// Copies the database for a run that changes it; on disk before it returns, so that the run's own flush is its own.
pub(crate) fn copy(company: &Ready, folder: &Path) -> Result<(PathBuf, PathBuf)> {
    let (database, files) = (folder.join("company.db"), folder.join("files"));
    fs::copy(&company.database, &database)?;
    File::open(&database)?.sync_all()?;
    copy_folder(&company.files, &files)?;
    rustix::fs::syncfs(File::open(folder)?)?;
    Ok((database, files))
}

/// How many rows every table has, and how many values every column: what two databases must have in common after the same
/// work.
pub(crate) fn census(database: &Path) -> Result<BTreeMap<String, u64>> {
    let plain = rusqlite::Connection::open(database)?;
    let tables = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'droit_mark'";
    let tables: Vec<String> =
        plain.prepare(tables)?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut census = BTreeMap::new();
    for table in tables {
        let columns: Vec<String> = plain
            .prepare("SELECT name FROM pragma_table_info(?1)")?
            .query_map([&table], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let counts: Vec<String> = columns.iter().map(|column| format!("count(nullif({column}, ''))")).collect();
        let sql = format!("SELECT count(*), {} FROM {table}", counts.join(", "));
        plain.query_row(&sql, [], |row| {
            census.insert(table.clone(), row.get::<_, i64>(0)?.unsigned_abs());
            for (at, column) in columns.iter().enumerate() {
                census.insert(format!("{table}.{column}"), row.get::<_, i64>(at + 1)?.unsigned_abs());
            }
            Ok(())
        })?;
    }
    Ok(census)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
