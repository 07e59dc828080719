//! Files go after the rows that named them are gone for good: beneath the folder, regular, with one link, and named by
//! no row that is left.

use cap_std::fs::{Dir, MetadataExt as _};

use super::Applying;
use crate::{
    case::FailurePoint,
    casebook::{Casebook, CasebookError},
    data_map::classified::Classified,
    database::{Arm, Database, Flow, Seed, Select},
    error::Error,
    plan::Work,
    refusal::Refusal,
    schema::RowKey,
    value::Value,
};

/// Removes the files of an intent's work list; one that is gone already counts as removed before.
pub(super) fn remove(
    map: &Classified,
    reader: &mut dyn Database,
    book: &Casebook,
    intent: i64,
    applying: &Applying<'_>,
) -> Result<u64, Error> {
    let listed = book.intent(intent)?.ok_or(CasebookError::WorkList(intent))?;
    let (mut removed, mut listed_any) = (0, false);
    book.read_work::<Error>(&listed, |record| {
        let work = Work::decode(record).ok_or(CasebookError::WorkList(intent))?;
        for name in &work.files {
            listed_any = true;
            let Some(folder) = applying.files else {
                return Err(Refusal::FilesFolder(map.tables[work.table].name.to_string()).into());
            };
            if !still_named(map, reader, &work, name)?
                && remove_one(folder, name, &map.tables[work.table].name.to_string())?
            {
                removed += 1;
                book.pass(FailurePoint::BetweenFiles)?;
            }
        }
        Ok(())
    })?;
    if let Some(folder) = applying.files.filter(|_| listed_any) {
        sync(folder)?;
    }
    Ok(removed)
}

/// Whether another row of any file column still names it.
fn still_named(map: &Classified, reader: &mut dyn Database, work: &Work, name: &str) -> Result<bool, Error> {
    for held in &map.tables {
        for column in &held.columns {
            let Some(template) = &column.meaning.file else { continue };
            let (before, after) = template.split_once(&format!("{{{}}}", column.name)).unwrap_or((template, ""));
            let Some(value) = name.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)) else { continue };
            let key = match &held.key {
                RowKey::Columns(columns) => columns.clone(),
                RowKey::Rowid(alias) => vec![(*alias).to_owned()],
                RowKey::None => continue,
            };
            let seeds = [Seed { subject: 0, tag: 0, values: vec![Value::from(value)] }].into();
            let select = Select::new(held.name.clone(), key, vec![Arm { columns: vec![column.name.clone()], seeds }]);
            let mut named = false;
            reader.read(&select, &mut |found| {
                let this_row = held.name == map.tables[work.table].name && found.row == work.key.0;
                named |= !this_row;
                if named { Flow::Stop } else { Flow::Continue }
            })?;
            if named {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Refuses, before anything is changed, what could not be removed afterwards.
pub(super) fn require_removable(map: &Classified, work: &Work, folder: Option<&Dir>) -> Result<(), Error> {
    let table = || map.tables[work.table].name.to_string();
    let Some(folder) = folder else {
        return if work.files.is_empty() { Ok(()) } else { Err(Refusal::FilesFolder(table()).into()) };
    };
    for name in &work.files {
        is_there(folder, name, &table())?;
    }
    Ok(())
}

fn remove_one(folder: &Dir, name: &str, table: &str) -> Result<bool, Error> {
    let there = is_there(folder, name, table)?;
    if there {
        folder.remove_file(name).map_err(|source| Error::Io { what: "a file cannot be removed", source })?;
    }
    Ok(there)
}

/// Whether the file is there; refuses anything but a regular file with one link beneath the folder.
fn is_there(folder: &Dir, name: &str, table: &str) -> Result<bool, Error> {
    match folder.symlink_metadata(name) {
        Ok(metadata) if metadata.is_file() && metadata.nlink() == 1 => Ok(true),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Ok(_) | Err(_) => Err(Refusal::FileNotBeneath(table.to_owned()).into()),
    }
}

/// The removal must not come back after a power cut. The handle inside a `Dir` can only be looked through, so the folder
/// is opened once more.
fn sync(folder: &Dir) -> Result<(), Error> {
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
