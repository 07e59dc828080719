//! Files beside the database that may hold what it holds: shared memory, super-journals, copies.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    hunt::{Hunt, Person},
    proof::Beside,
    search::Stream,
};
use crate::{
    database::{DatabaseError, sqlite::scrub::Scrubber},
    error::Error,
};

/// Journals of the database itself; they are empty in the instant of the proof, and what comes later is not claimed.
const EMPTIED: [&str; 2] = ["-wal", "-journal"];

/// Regular files in the database's folder whose name begins as the database's does: `shop.db-shm`, `shop.db.bak`,
/// `shop-2025.db`, by name.
fn siblings(database: &Path) -> io::Result<Vec<PathBuf>> {
    let (Some(name), Some(stem)) = (text(database.file_name()), text(database.file_stem())) else {
        return Ok(Vec::new());
    };
    let folder = match database.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let other = entry.file_name();
        let Some(other) = text(Some(&other)) else { continue };
        let goes_on = |rest: &str| rest.starts_with(|c: char| !c.is_alphanumeric());
        let related = other.strip_prefix(&*stem).is_some_and(goes_on);
        let own = other == name || EMPTIED.iter().any(|suffix| other.strip_prefix(&*name) == Some(*suffix));
        if related && !own && entry.file_type()?.is_file() {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

fn text(name: Option<&std::ffi::OsStr>) -> Option<String> {
    name.map(|name| name.to_string_lossy().into_owned())
}

/// A file that was searched.
pub(super) struct SearchedFile {
    name: String,
    /// `None` when it could not be read
    bytes: Option<u64>,
    /// By value: how often the whole of it was found, how often a half
    hits: BTreeMap<u32, (u64, u64)>,
}

impl SearchedFile {
    /// What it holds of a person.
    pub(super) fn of(&self, person: &Person) -> Beside {
        let own = self.hits.iter().filter(|(value, _)| person.has(**value));
        let (hits, halves) = own.fold((0, 0), |(hits, halves), (_, (whole, half))| (hits + whole, halves + half));
        Beside { name: self.name.clone(), bytes: self.bytes, hits, halves }
    }
}

/// Searches the siblings and `named` files byte by byte.
pub(super) fn search(scrubber: &mut Scrubber, hunt: &Hunt, named: &[PathBuf]) -> Result<Vec<SearchedFile>, Error> {
    let failed = |source| Error::Io { what: "the folder of the database cannot be read", source };
    let mut files = siblings(scrubber.path()).map_err(failed)?;
    files.extend(named.iter().filter(|file| !files.contains(file)).cloned().collect::<Vec<_>>());
    files.iter().map(|file| search_one(scrubber, hunt, file)).collect()
}

fn search_one(scrubber: &mut Scrubber, hunt: &Hunt, file: &Path) -> Result<SearchedFile, Error> {
    let name = text(file.file_name()).unwrap_or_default();
    let mut searched = SearchedFile { name, bytes: None, hits: BTreeMap::new() };
    let (mut stream, mut bytes) = (Stream::default(), 0);
    let read = scrubber.read_beside(file, &mut |piece| {
        bytes += piece.len() as u64;
        stream.feed(hunt.raw(), piece, &mut |pattern| {
            for found in hunt.found_raw(pattern) {
                let (whole, half) = searched.hits.entry(found.value).or_default();
                *(if found.half { half } else { whole }) += 1;
            }
        });
    });
    match read {
        Ok(true) => searched.bytes = Some(bytes),
        // gone since the folder was read, or nothing with bytes: there is nothing to say of it
        Ok(false) => searched.bytes = Some(0),
        Err(DatabaseError::Interrupted) => return Err(DatabaseError::Interrupted.into()),
        Err(_) => {}
    }
    Ok(searched)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn siblings_are_known_by_their_names() {
        let dir = tempfile::tempdir().unwrap();
        for name in [
            "shop.db",
            "shop.db-wal",
            "shop.db-journal",
            "shop.db-shm",
            "shop.db-mj01",
            "shop.db.bak",
            "shop-2025.db",
            "shopping.db",
            "other.db",
        ] {
            fs::write(dir.path().join(name), "x").unwrap();
        }
        fs::create_dir(dir.path().join("shop.d")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", dir.path().join("shop.link")).unwrap();
        let found = siblings(&dir.path().join("shop.db")).unwrap();
        let names: Vec<_> = found.iter().map(|file| file.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["shop-2025.db", "shop.db-mj01", "shop.db-shm", "shop.db.bak"]);
    }
}
