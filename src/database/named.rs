//! Files that rows name: whether one is there and is nobody else's, and which rows name it. The columns that hold names of files need no index, so that each look is a scan, for as many
//! files at once as the caller has.

use std::collections::HashSet;

use cap_std::fs::{Dir, MetadataExt as _};

use super::{Arm, Database, DatabaseError, Flow, Seed, Seeds, Select, Term};
use crate::{
    data_map::{
        classified::{Classified, Table, TableId, shortest_name},
        predicate::{Comparison, Predicate},
    },
    value::Value,
};

/// Who names files, in whatever table and case.
#[derive(Debug, Default)]
pub struct Namers {
    /// Columns, by place, in which no name has a detour
    straight: HashSet<(TableId, usize)>,
}

impl Namers {
    /// Hands over every row that names one of `files` (by place), with its table and key; some twice.
    pub fn find(
        &mut self,
        map: &Classified,
        files: &[&str],
        database: &mut dyn Database,
        each: &mut dyn FnMut(usize, TableId, &[Value]),
    ) -> Result<(), DatabaseError> {
        for (table, held) in map.tables.iter().enumerate() {
            for (place, column) in held.columns.iter().enumerate() {
                let Some(template) = column.file_template() else { continue };
                let (before, after) = template.split_once(&format!("{{{}}}", column.name)).unwrap_or((template, ""));
                let value = |name: &str| Some(Value::from(name.strip_prefix(before)?.strip_suffix(after)?));
                let spelled = |name: &str| [value(name), value(&format!("{name}/"))]; // a slash at the end is a detour too
                let Some(key) = held.key.columns() else { continue };
                let seed = |tag: u32, value: Value| Seed { subject: 0, tag, values: vec![value] };
                let named_by = |(tag, file): (u32, &&str)| spelled(file).map(|v| v.map(|v| seed(tag, v)));
                let seeds: Seeds = (0..).zip(files).flat_map(named_by).flatten().collect();
                let arm = Arm { columns: vec![column.name.clone()], seeds, folds: false };
                let select = Select::new(held.name.clone(), key, vec![arm]);
                database.read(&select, &mut |found| {
                    each(found.tag as usize, table, &found.row);
                    Flow::Continue
                })?;
                let mut otherwise = |file: usize, key: &[Value]| each(file, table, key);
                if !self.straight.contains(&(table, place))
                    && !named_otherwise(held, &column.name, template, files, database, &mut otherwise)?
                {
                    self.straight.insert((table, place));
                }
            }
        }
        Ok(())
    }
}

/// Other rows may name the same file with a detour (`./a`, `a//b`, from the root on): no order of names finds those, so
/// the few that look like that are all looked at. It is the one part of an erasure that grows with the number of names:
/// the part of an index that holds names is read as a whole. Returns whether there were any.
fn named_otherwise(
    held: &Table,
    column: &str,
    template: &str,
    files: &[&str],
    database: &mut dyn Database,
    each: &mut dyn FnMut(usize, &[Value]),
) -> Result<bool, DatabaseError> {
    let like =
        |pattern: &&str| Predicate::Like { column: column.to_owned(), pattern: (*pattern).to_owned(), negated: false };
    // bytes are greater than any text; whoever stored them may have meant the same file
    let bytes = Comparison::GreaterOrEqual;
    let bytes = Predicate::Compare { column: column.to_owned(), op: bytes, literal: Value::Blob(Vec::new()) };
    let detour = Predicate::Or(DETOURS.iter().map(like).chain([bytes]).collect());
    // rows without a name come first in an index, and are most of them in many tables
    let name = Comparison::Greater;
    let name = Predicate::Compare { column: column.to_owned(), op: name, literal: Value::Text(String::new()) };
    let Some(key) = held.key.columns() else { return Ok(false) };
    let names = key.len();
    let mut select = Select::only(held.name.clone(), key, Predicate::And(vec![name, detour]));
    let at = names + select.term(Term::Column { via: 0, column: column.to_owned() });
    let mut any = false;
    database.scan(&select, &mut |row| {
        let text = match &row[at] {
            Value::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            other => other.to_canonical_text(),
        };
        let name = template.replace(&format!("{{{column}}}"), &text);
        let short = shortest_name(&name);
        for (place, file) in files.iter().enumerate() {
            // where the folder stands is not asked: a name from outside that ends like this one may well be its
            let outside = name.starts_with('/') || short.is_none();
            if outside && ends_with(&name, file) || short.as_deref() == Some(*file) {
                each(place, &row[..names]);
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

/// What stands under a name in the files folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A file
    File,
    /// A file that has another name in a folder, by a hard link
    Linked,
    /// Nothing
    Nothing,
    /// Something else, or a file that another row may name by another way
    Unclear,
}

/// Looks for a regular file beneath the folder. Where the way to it leads through a symbolic link it is
/// not clear whose it is: another row may name it by the other way.
#[must_use]
pub fn look(folder: &Dir, name: &str) -> Found {
    let is_link = |way: &str| folder.symlink_metadata(way).is_ok_and(|metadata| metadata.is_symlink());
    if name.match_indices('/').any(|(at, _)| is_link(&name[..at])) {
        return Found::Unclear;
    }
    match folder.symlink_metadata(name) {
        Ok(metadata) if metadata.is_file() && !has_another_way(folder, name) => {
            if metadata.nlink() == 1 {
                Found::File
            } else {
                Found::Linked
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Found::Nothing,
        Ok(_) | Err(_) => Found::Unclear,
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
