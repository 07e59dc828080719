//! Files go after the rows that named them are gone for good: beneath the folder, regular, with one link, and named by
//! no row that is left.

use std::collections::HashSet;

use cap_std::fs::{Dir, MetadataExt as _};

use super::{Applying, kept_files};
use crate::{
    case::FailurePoint,
    casebook::{Casebook, CasebookError, Vault},
    data_map::{
        classified::{Classified, Table, TableId, shortest_name},
        predicate::{Comparison, Predicate},
    },
    database::{Arm, Database, Flow, Seed, Seeds, Select, Term},
    error::Error,
    plan::{Record, Step, Totals, Work},
    planner::Planner,
    refusal::Refusal,
    value::{Key, Value},
};

/// Files that are looked for in the database at once: their columns need no index, so each look is a scan.
const WINDOW: usize = 512;

/// A column, by place, in which no name has a detour.
type Straight = (TableId, usize);

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
    let (mut window, mut straight) = (Vec::<Named>::new(), HashSet::new());
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
            removed += remove_unnamed(map, reader, book, (applying.files, vault), &window, &mut straight)?;
        }
        Ok(())
    })?;
    removed += remove_unnamed(map, reader, book, (applying.files, vault), &window, &mut straight)?;
    if let Some(folder) = applying.files.filter(|_| listed_any) {
        sync(folder)?;
    }
    Ok(removed)
}

fn remove_unnamed(
    map: &Classified,
    reader: &mut dyn Database,
    book: &Casebook,
    (folder, vault): (Option<&Dir>, Option<&Vault>),
    window: &[Named],
    straight: &mut HashSet<Straight>,
) -> Result<u64, Error> {
    let Some(first) = window.first() else { return Ok(0) };
    let folder = folder.ok_or_else(|| Refusal::FilesFolder(map.tables[first.table].name.to_string()))?;
    let still_named = still_named(map, reader, window, straight)?;
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
    straight: &mut HashSet<Straight>,
) -> Result<HashSet<usize>, Error> {
    let mut named = HashSet::new();
    for (table, held) in map.tables.iter().enumerate() {
        for (place, column) in held.columns.iter().enumerate() {
            let Some(template) = column.file_template() else { continue };
            let (before, after) = template.split_once(&format!("{{{}}}", column.name)).unwrap_or((template, ""));
            let value = |name: &str| Some(Value::from(name.strip_prefix(before)?.strip_suffix(after)?));
            let spelled = |name: &str| [value(name), value(&format!("{name}/"))]; // a slash at the end is a detour too
            let Some(key) = held.key.columns() else { continue };
            let seed = |tag: u32, value: Value| Seed { subject: 0, tag, values: vec![value] };
            let named_by = |(tag, file): (u32, &Named)| spelled(&file.name).map(|v| v.map(|v| seed(tag, v)));
            let seeds: Seeds = (0..).zip(window).flat_map(named_by).flatten().collect();
            let select = Select::new(
                held.name.clone(),
                key,
                vec![Arm { columns: vec![column.name.clone()], seeds, folds: false }],
            );
            reader.read(&select, &mut |found| {
                let file = &window[found.tag as usize];
                if file.table != table || found.row != file.key.0 {
                    named.insert(found.tag as usize);
                }
                Flow::Continue
            })?;
            if !straight.contains(&(table, place))
                && !named_otherwise(held, &column.name, template, reader, window, &mut named)?
            {
                straight.insert((table, place));
            }
        }
    }
    Ok(named)
}

/// Other rows may name the same file with a detour (`./a`, `a//b`, from the root on): no order of names finds those, so
/// the few that look like that are all looked at. It is the one part of an erasure that grows with the number of names:
/// the part of an index that holds names is read as a whole. Returns whether there were any.
fn named_otherwise(
    held: &Table,
    column: &str,
    template: &str,
    reader: &mut dyn Database,
    window: &[Named],
    named: &mut HashSet<usize>,
) -> Result<bool, Error> {
    let like =
        |pattern: &&str| Predicate::Like { column: column.to_owned(), pattern: (*pattern).to_owned(), negated: false };
    // bytes are greater than any text; whoever stored them may have meant the same file
    let bytes = Comparison::GreaterOrEqual;
    let bytes = Predicate::Compare { column: column.to_owned(), op: bytes, literal: Value::Blob(Vec::new()) };
    let detour = Predicate::Or(DETOURS.iter().map(like).chain([bytes]).collect());
    // rows without a name come first in an index, and are most of them in many tables
    let name = Comparison::Greater;
    let name = Predicate::Compare { column: column.to_owned(), op: name, literal: Value::Text(String::new()) };
    let mut select = Select::only(held.name.clone(), Vec::new(), Predicate::And(vec![name, detour]));
    select.term(Term::Column { via: 0, column: column.to_owned() });
    let mut any = false;
    reader.scan(&select, &mut |row| {
        let text = match &row[0] {
            Value::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            other => other.to_canonical_text(),
        };
        let name = template.replace(&format!("{{{column}}}"), &text);
        let short = shortest_name(&name);
        for (at, file) in window.iter().enumerate() {
            // where the folder stands is not asked: a name from outside that ends like this one may well be its
            let outside = name.starts_with('/') || short.is_none();
            if outside && ends_with(&name, &file.name) || short.as_deref() == Some(file.name.as_str()) {
                named.insert(at);
            }
        }
        any = true;
        Flow::Continue
    })?;
    Ok(any)
}

/// Whether a name from outside of the folder may lead to `file`: its end does, without detours.
fn ends_with(name: &str, file: &str) -> bool {
    let mut parts: Vec<&str> = Vec::new();
    for part in name.split('/').filter(|part| !["", "."].contains(part)) {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/").strip_suffix(file).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

/// What a name with a detour looks like, and some without.
const DETOURS: [&str; 4] = ["/%", ".%", "%//%", "%/.%"];

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

/// Whether the file is there; refuses anything but a regular file with one link beneath the folder, also when the way to
/// it leads through a symbolic link: another row may name it by the other way.
fn is_there(folder: &Dir, name: &str, table: &str) -> Result<bool, Error> {
    if kept_files::leads_elsewhere(folder, name) {
        return Err(Refusal::FileNotBeneath(table.to_owned()).into());
    }
    match folder.symlink_metadata(name) {
        Ok(metadata) if metadata.is_file() && metadata.nlink() == 1 && !has_another_way(folder, name) => Ok(true),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Ok(_) | Err(_) => Err(Refusal::FileNotBeneath(table.to_owned()).into()),
    }
}

/// Whether a symbolic link in one of the folders on the way leads to one of them, so that another row may name the file
/// by it. Links elsewhere in the folder are not looked for.
fn has_another_way(folder: &Dir, name: &str) -> bool {
    let way: Vec<&str> = name.match_indices('/').map(|(at, _)| &name[..at]).collect();
    let identity = |path: &str| folder.metadata(path).ok().map(|found| (found.dev(), found.ino()));
    let own: HashSet<_> = way.iter().filter_map(|path| identity(path)).collect();
    let above = way.len().saturating_sub(1); // the folder of the file itself may hold very many
    let looked_at = std::iter::once(".").chain(way.iter().take(above).copied());
    let entries = looked_at.filter(|_| !way.is_empty()).filter_map(|path| Some((path, folder.read_dir(path).ok()?)));
    entries.flat_map(|(path, entries)| entries.filter_map(move |entry| Some((path, entry.ok()?)))).any(
        |(path, entry)| {
            let link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            let target = entry.file_name().to_str().and_then(|name| identity(&format!("{path}/{name}")));
            link && target.is_some_and(|target| own.contains(&target))
        },
    )
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
