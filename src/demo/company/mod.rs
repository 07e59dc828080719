//! ZKJIA, an invented courier and commerce site with everything its privacy policy names.
//!
//! The schema is `fixtures/courier/schema.sql`; `fixtures/courier/README.md` lists the cast: the first sixty accounts,
//! each with a story that some rule turns on. The other accounts are drawn from the seed.

mod cast;
mod commerce;
mod crowd;
mod hostile;
mod loader;
mod media;
mod moment;
mod names;
mod numbers;
mod person;
mod places;
mod random;
mod reference;
mod traffic;
mod world;

use self::{loader::Loader, media::Media, moment::Moment, world::World};
use rusqlite::Connection;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// The whole schema, as fixtures show it.
const SCHEMA: &str = include_str!("../../../fixtures/courier/schema.sql");

/// The line of the schema after which come indexes, full text, triggers and views, which are made on loaded tables.
const AFTER_LOADING: &str = "-- ═══ After loading";

/// How many accounts have a fixed story.
pub const CAST: u64 = 60;

/// A company to be made. The same company gives the same rows on every machine.
#[derive(Clone, Copy, Debug)]
pub struct Company {
    /// Accounts, the cast included; at least 100
    pub users: u64,
    /// What the crowd is drawn from
    pub seed: u64,
    /// The day on which the stories of the cast hold
    pub today: jiff::civil::Date,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Rows per table
    pub tables: BTreeMap<&'static str, u64>,
    /// Rows in all
    pub rows: u64,
    /// Files in the folder
    pub files: u64,
}

/// Why the company could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The cast and some crowd have to fit, and telephone numbers have to last
    #[error("a sample company has from 100 to 30,000,000 accounts, not {0}")]
    Users(u64),
    /// Nothing is ever overwritten
    #[error("the sample company's database or files exist already")]
    Exists,
    /// The schema file lacks the line that parts tables from indexes
    #[error("the sample company's schema has no part to run after loading")]
    Schema,
    /// The database could not be written
    #[error("cannot write the sample company's database")]
    Database(#[from] rusqlite::Error),
    /// A file or folder could not be written
    #[error("cannot write the sample company's files")]
    Files(#[source] io::Error),
}

impl Company {
    /// Makes `database` and, below `files`, recordings and images. `progress` hears the number of rows so far.
    ///
    /// The database appears under its name only when it is complete.
    pub fn build(&self, database: &Path, files: &Path, progress: &mut dyn FnMut(u64)) -> Result<Summary, DemoError> {
        if !(100..=30_000_000).contains(&self.users) {
            return Err(DemoError::Users(self.users));
        }
        if database.exists() || holds_something(files) {
            return Err(DemoError::Exists);
        }
        let partial = partial_name(database);
        let made = self.write(&partial, files, progress);
        match made {
            Ok(summary) => {
                fs::rename(&partial, database).map_err(DemoError::Files)?;
                Ok(summary)
            }
            Err(error) => {
                // both are ours alone, and the first error is the one to tell
                let _removed = (fs::remove_file(&partial), fs::remove_dir_all(files));
                Err(error)
            }
        }
    }

    fn write(&self, partial: &Path, files: &Path, progress: &mut dyn FnMut(u64)) -> Result<Summary, DemoError> {
        if partial.exists() {
            fs::remove_file(partial).map_err(DemoError::Files)?;
        }
        let (tables, rest) = SCHEMA.split_once(AFTER_LOADING).ok_or(DemoError::Schema)?;
        let (_, indexes) = rest.split_once('\n').ok_or(DemoError::Schema)?;
        let connection = Connection::open(partial)?;
        // A new file that is thrown away after a crash needs no journal. The cache bounds the memory.
        connection.execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
             PRAGMA foreign_keys = OFF; PRAGMA temp_store = FILE; PRAGMA cache_size = -40000;",
        )?;
        connection.execute_batch(tables)?;
        let world = World::new(self.seed, self.users, Moment::at(self.today));
        let mut media = Media::create(files)?;
        let mut loader = Loader::new(&connection, progress)?;
        reference::write(&world, &mut loader)?;
        cast::write(&world, self.today, &mut loader, &mut media)?;
        crowd::write(&world, &mut loader)?;
        commerce::write(&world, &mut loader, &mut media)?;
        traffic::write(&world, &mut loader, &mut media)?;
        let mut rows = loader.finish()?;
        connection.execute_batch(indexes)?;
        let history = cast::history(&world, &connection)?;
        rows.insert("users_audit", history);
        connection.close().map_err(|(_, error)| error)?;
        fs::File::open(partial).and_then(|file| file.sync_all()).map_err(DemoError::Files)?;
        Ok(Summary { rows: rows.values().sum(), tables: rows, files: media.written })
    }
}

/// Whether there is anything in the way of a new folder.
fn holds_something(folder: &Path) -> bool {
    match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

fn partial_name(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".partial");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn too_few_accounts_are_refused_and_nothing_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("company.db");
        let company = Company { users: 99, seed: 1, today: date(2026, 11, 24) };
        let made = company.build(&database, &folder.path().join("files"), &mut |_| {});
        assert!(matches!(made, Err(DemoError::Users(99))));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn an_existing_database_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("company.db");
        fs::write(&database, "mine").unwrap();
        let company = Company { users: 100, seed: 1, today: date(2026, 11, 24) };
        let made = company.build(&database, &folder.path().join("files"), &mut |_| {});
        assert!(matches!(made, Err(DemoError::Exists)));
        assert_eq!(fs::read_to_string(&database).unwrap(), "mine");
    }

    #[test]
    fn a_folder_that_holds_something_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("files")).unwrap();
        fs::write(folder.path().join("files/mine"), "mine").unwrap();
        let company = Company { users: 100, seed: 1, today: date(2026, 11, 24) };
        let made = company.build(&folder.path().join("company.db"), &folder.path().join("files"), &mut |_| {});
        assert!(matches!(made, Err(DemoError::Exists)));
        assert!(folder.path().join("files/mine").exists() && !folder.path().join("company.db").exists());
    }

    #[test]
    fn a_failure_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let company = Company { users: 100, seed: 1, today: date(2026, 11, 24) };
        let made = company.build(&folder.path().join("no/company.db"), &folder.path().join("files"), &mut |_| {});
        assert!(matches!(made, Err(DemoError::Database(_))));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
