//! Writing to the user database that no intent tells of: making the mark's table before the first of them, cleaning the
//! file for a proof. A file in the workspace says so meanwhile; whoever dies leaves it, and `recover` knows by it whose
//! hot journal it is.

use std::{fs, io::Write as _, path::PathBuf};

use crate::database::{self, DatabaseError, DatabaseUrl, Options, WritableDatabase};

use super::{
    failure::Failure,
    session::Session,
    workspace::{cannot_read, cannot_write, new_private_file, remove_if_there},
};

/// The file; it holds the identity of the database and nothing else.
const NAME: &str = "droit.writing";

/// Says so until it is dropped, and beyond when a full or broken disk kept SQLite from rolling back.
pub(crate) struct Announced {
    file: PathBuf,
    url: DatabaseUrl,
    options: Options,
}

impl Drop for Announced {
    fn drop(&mut self) {
        if !matches!(database::connect(&self.url, &self.options), Err(DatabaseError::HotJournal(_))) {
            // what is left of it allows no more than to roll back a journal that this very database has
            drop(fs::remove_file(&self.file));
        }
    }
}

impl Session<'_> {
    /// Announces that the user database is written to; on disk when it returns. Who left an announcement behind is dead.
    pub(crate) fn announce(&mut self) -> anyhow::Result<Announced> {
        let identity = database::identity(&self.url()?)?;
        let file = self.workspace()?.path(NAME);
        remove_if_there(&file)?;
        let announced = Announced { file: file.clone(), url: self.url()?, options: self.options() };
        // half a file names no database: nothing was written to any by then
        let mut written = new_private_file(&file)?;
        let flushed = written.write_all(identity.as_bytes()).and_then(|()| written.sync_all());
        let folder = self.workspace()?.folder.clone();
        let named = flushed.and_then(|()| fs::File::open(folder)?.sync_all());
        named.map_err(|error| cannot_write(&file, &error))?;
        Ok(announced)
    }

    /// The same before the mark's table is made; where this workspace has a mark, there is a table.
    pub(crate) fn announce_first_mark(
        &mut self,
        writer: &mut dyn WritableDatabase,
    ) -> anyhow::Result<Option<Announced>> {
        if !self.workspace()?.settings.mark {
            return Ok(None);
        }
        let workspace = self.reading()?.workspace().to_owned();
        Ok(if writer.mark(&workspace)?.is_none() { Some(self.announce()?) } else { None })
    }

    /// The database that was being written to when somebody died, as far as an announcement was left.
    pub(super) fn left_writing(&mut self) -> Result<Option<String>, Failure> {
        let file = self.workspace()?.path(NAME);
        match fs::read_to_string(&file) {
            Ok(identity) => Ok(Some(identity)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(cannot_read(&file, &error)),
        }
    }

    /// Takes away what was left: the journal is rolled back, or there is none.
    pub(super) fn no_longer_writing(&mut self) -> Result<(), Failure> {
        remove_if_there(&self.workspace()?.path(NAME))
    }
}
