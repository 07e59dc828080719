//! Files go after the rows that named them are gone for good: beneath the folder, regular, with one link, and named by
//! no row that is left.

use std::collections::HashSet;

use cap_std::fs::Dir;

use super::{Applying, kept_files};
use crate::{
    case::FailurePoint,
    casebook::{Casebook, CasebookError, Vault},
    data_map::classified::{Classified, TableId},
    database::{
        Database,
        named::{Found, Namers, look},
    },
    error::Error,
    plan::{Record, Step, Totals, Work},
    planner::Planner,
    refusal::Refusal,
    value::{Key, Value},
};

/// Files that are looked for in the database at once: their columns need no index, so each look is a scan.
const WINDOW: usize = 512;

/// A file and the row that named it.
struct Named {
    /// Its place in the work list, by which it is kept where the change can be undone
    number: usize,
    table: TableId,
    key: Key,
    name: String,
}

/// Removes the files of an intent's work list, and keeps them in `vault` where the change can be undone; one that is gone
/// already counts as removed before.
pub(super) fn remove(
    map: &Classified,
    reader: &mut dyn Database,
    book: &Casebook,
    intent: i64,
    vault: Option<&Vault>,
    applying: &Applying<'_>,
) -> Result<u64, Error> {
    let listed = book.intent(intent)?.ok_or(CasebookError::WorkList(intent))?;
    let (mut removed, mut listed_any, mut numbers) = (0, false, 0..);
    let (mut window, mut namers) = (Vec::<Named>::new(), Namers::default());
    book.read_work::<Error>(&listed, |record| {
        let Work { table, key, files, .. } = match Record::decode(record).ok_or(CasebookError::WorkList(intent))? {
            Record::Row(work) => work,
            Record::Sums(_) => return Ok(()),
        };
        let named = files.into_iter().zip(&mut numbers);
        window.extend(named.map(|(name, number)| Named { number, table, key: key.clone(), name }));
        listed_any |= !window.is_empty();
        if window.len() >= WINDOW {
            let window = std::mem::take(&mut window);
            removed += remove_unnamed(map, reader, book, (applying.files, vault), &window, &mut namers)?;
        }
        Ok(())
    })?;
    removed += remove_unnamed(map, reader, book, (applying.files, vault), &window, &mut namers)?;
    if let Some(folder) = applying.files.filter(|_| listed_any) {
        sync(folder)?;
    }
    vault.map_or(Ok(()), kept_files::close)?;
    Ok(removed)
}

fn remove_unnamed(
    map: &Classified,
    reader: &mut dyn Database,
    book: &Casebook,
    (folder, vault): (Option<&Dir>, Option<&Vault>),
    window: &[Named],
    namers: &mut Namers,
) -> Result<u64, Error> {
    let Some(first) = window.first() else { return Ok(0) };
    let folder = folder.ok_or_else(|| Refusal::FilesFolder(map.tables[first.table].name.to_string()))?;
    let still_named = still_named(map, reader, window, namers)?;
    let mut removed = 0;
    for (at, file) in window.iter().enumerate() {
        if !still_named.contains(&at) && remove_one(folder, file, vault, &map.tables[file.table].name.to_string())? {
            removed += 1;
            book.pass(FailurePoint::BetweenFiles)?;
        }
    }
    Ok(removed)
}

/// The files (by place) that another row of any file column still names.
fn still_named(
    map: &Classified,
    reader: &mut dyn Database,
    window: &[Named],
    namers: &mut Namers,
) -> Result<HashSet<usize>, Error> {
    let files: Vec<&str> = window.iter().map(|file| &*file.name).collect();
    let mut named = HashSet::new();
    namers.find(map, &files, reader, &mut |at, table, key| {
        if window[at].table != table || window[at].key.0 != key {
            named.insert(at);
        }
    })?;
    Ok(named)
}

/// Refuses, before anything is changed, files that could not be removed afterwards.
pub(super) fn require_removable(
    map: &Classified,
    table: TableId,
    files: &[String],
    folder: Option<&Dir>,
) -> Result<(), Error> {
    let table = || map.tables[table].name.to_string();
    let Some(folder) = folder else {
        return if files.is_empty() { Ok(()) } else { Err(Refusal::FilesFolder(table()).into()) };
    };
    for name in files {
        is_there(folder, name, &table())?;
    }
    Ok(())
}

/// A planner whose plans name only files that can be removed: what an apply would refuse is refused before anybody
/// reads the plan.
pub struct Removable<'a> {
    /// What plans
    pub planner: &'a dyn Planner,
    /// Where the files stand
    pub files: Option<&'a Dir>,
}

impl Planner for Removable<'_> {
    fn map(&self) -> &Classified {
        self.planner.map()
    }

    fn derive(
        &self,
        database: &mut dyn Database,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<Totals, Error> {
        self.planner.derive(database, &mut |step| {
            require_removable(self.map(), step.table, &step.files, self.files)?;
            each(step)
        })
    }

    fn strike(&self, text: &str) -> String {
        self.planner.strike(text)
    }

    fn token(&self) -> Box<dyn Fn(&Value) -> String> {
        self.planner.token()
    }
}

fn remove_one(folder: &Dir, file: &Named, vault: Option<&Vault>, table: &str) -> Result<bool, Error> {
    let name = &file.name;
    let there = is_there(folder, name, table)?;
    if there {
        if let Some(vault) = vault {
            kept_files::keep(vault, file.number, folder, name)?;
        }
        folder.remove_file(name).map_err(|source| Error::Io { what: "a file cannot be removed", source })?;
    }
    Ok(there)
}

fn is_there(folder: &Dir, name: &str, table: &str) -> Result<bool, Error> {
    match look(folder, name) {
        Found::File => Ok(true),
        Found::Nothing => Ok(false),
        Found::Linked | Found::Unclear => Err(Refusal::FileNotBeneath(table.to_owned()).into()),
    }
}

/// The removal must not come back after a power cut. The handle inside a `Dir` can only be looked through, so the folder
/// is opened once more.
pub(super) fn sync(folder: &Dir) -> Result<(), Error> {
    let flushed = folder.open(".").and_then(|handle| Ok(rustix::fs::syncfs(handle)?));
    flushed.map_err(|source| Error::Io { what: "the files folder cannot be flushed", source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_flushed_by_its_handle() {
        let kept = tempfile::tempdir().unwrap();
        let folder = Dir::open_ambient_dir(kept.path(), cap_std::ambient_authority()).unwrap();
        sync(&folder).unwrap();
    }
}
