//! Files that go with rows: kept sealed in the vault while the change can be undone, and put back by the undo.
//!
//! A kept file is one record about it, then its bytes. It is whole and durable before the file itself goes; a file that
//! comes back gets its name when it is whole and durable, and never the name of another.

use std::io::{self, Read, Write as _};

use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt as _, Permissions, PermissionsExt as _};

use crate::{
    case::FailurePoint,
    casebook::{Casebook, CasebookError, Vault, VaultReader},
    error::Error,
    plan::Hindrance,
    refusal::Refusal,
    value::{Key, Value},
};

/// Bytes of a file in one record.
const PIECE: usize = 48 * 1024;

/// How the names of kept files begin.
const FILE: &str = "file-";

/// The file of a vault that says how many there are.
const COUNT: &str = "count";

/// A kept file: its name, and its mode.
struct Kept<'v> {
    name: String,
    mode: u32,
    reader: VaultReader<'v>,
}

fn failed(what: &'static str) -> impl Fn(io::Error) -> Error {
    move |source| Error::Io { what, source }
}

/// Keeps a file that is about to go; one that was kept already is kept as it is now.
pub(super) fn keep(vault: &Vault, number: usize, folder: &Dir, name: &str) -> Result<(), Error> {
    let failed = failed("a file cannot be kept");
    let mut file = folder.open(name).map_err(&failed)?;
    let mode = file.metadata().map_err(&failed)?.permissions().mode() & 0o7777;
    let mut kept = vault.write(&format!("{FILE}{number:08}"))?;
    let mut about = Vec::new();
    Key(vec![Value::from(name), Value::from(i64::from(mode))]).encode(&mut about);
    kept.push(&about)?;
    let mut piece = vec![0; PIECE];
    loop {
        let read = file.read(&mut piece).map_err(&failed)?;
        if read == 0 {
            return Ok(kept.finish()?);
        }
        kept.push(&piece[..read])?;
    }
}

/// Writes down how many files are kept, when all are.
pub(super) fn close(vault: &Vault) -> Result<(), Error> {
    let mut counted = vault.write(COUNT)?;
    counted.push(&(vault.names(FILE)?.len() as u64).to_be_bytes())?;
    Ok(counted.finish()?)
}

/// The names of the kept files; all of them have to be there.
fn names(vault: &Vault) -> Result<Vec<String>, Error> {
    let names = vault.names(FILE)?;
    let damaged = || CasebookError::Vault(vault.intent());
    let mut counted = vault.read(COUNT)?;
    let count = counted.read()?.and_then(|record| record.try_into().ok()).ok_or_else(damaged)?;
    if u64::from_be_bytes(count) == names.len() as u64 { Ok(names) } else { Err(damaged().into()) }
}

fn open<'v>(vault: &'v Vault, kept: &str) -> Result<Kept<'v>, Error> {
    let damaged = || CasebookError::Vault(vault.intent());
    let mut reader = vault.read(kept)?;
    let about = reader.read()?.and_then(|mut record| Key::decode(&mut record)).ok_or_else(damaged)?;
    let [Value::Text(name), Value::Integer(mode)] = about.0.as_slice() else { return Err(damaged().into()) };
    let mode = u32::try_from(*mode).map_err(|_| damaged())?;
    Ok(Kept { name: name.clone(), mode, reader })
}

/// Whether a symbolic link stands on the way to a file: another row may name it by the other way.
pub(super) fn leads_elsewhere(folder: &Dir, name: &str) -> bool {
    name.match_indices('/').any(|(at, _)| folder.symlink_metadata(&name[..at]).is_ok_and(|found| found.is_symlink()))
}

/// Refuses kept files whose place something else has taken, and any where there is no folder to put them into.
pub fn require_room(vault: &Vault, folder: Option<&Dir>) -> Result<(), Error> {
    let mut taken = 0;
    for kept in names(vault)? {
        let folder = folder.ok_or_else(|| Refusal::FilesFolder("files".to_owned()))?;
        let kept = open(vault, &kept)?;
        taken += u64::from(leads_elsewhere(folder, &kept.name) || stands(folder, kept)? == Some(false));
    }
    if taken == 0 { Ok(()) } else { Err(no_room(taken)) }
}

fn no_room(files: u64) -> Error {
    Refusal::CannotUndo { because: Hindrance::FileTaken, places: files.to_string() }.into()
}

/// Whether what stands in the place of a kept file is that file; none when nothing does.
fn stands(folder: &Dir, mut kept: Kept<'_>) -> Result<Option<bool>, Error> {
    let found = match folder.symlink_metadata(&kept.name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        found => found.map_err(failed("a file cannot be looked at"))?,
    };
    if !found.is_file() {
        return Ok(Some(false));
    }
    let failed = failed("a file cannot be read");
    let mut file = folder.open(&kept.name).map_err(&failed)?;
    let mut there = Vec::new();
    while let Some(piece) = kept.reader.read()? {
        there.clear();
        (&mut file as &mut dyn Read).take(piece.len() as u64).read_to_end(&mut there).map_err(&failed)?;
        if there != piece {
            return Ok(Some(false));
        }
    }
    Ok(Some(file.read(&mut [0]).map_err(&failed)? == 0))
}

/// Puts the kept files back. One that is there already was put back before.
pub(super) fn put_back(vault: &Vault, folder: Option<&Dir>, book: &Casebook) -> Result<u64, Error> {
    let mut came = 0;
    let names = names(vault)?;
    let Some(folder) = folder.filter(|_| !names.is_empty()) else {
        return if names.is_empty() { Ok(0) } else { Err(Refusal::FilesFolder("files".to_owned()).into()) };
    };
    for name in names {
        let mut kept = open(vault, &name)?;
        let way = kept.name.rsplit_once('/').map_or("", |(way, _)| way);
        let beside = format!("{way}{}.droit-partial-{}-{name}", if way.is_empty() { "" } else { "/" }, vault.intent());
        let failed = failed("a file cannot be put back");
        match stands(folder, open(vault, &name)?)? {
            Some(false) => return Err(no_room(1)),
            Some(true) => {}
            None if leads_elsewhere(folder, &kept.name) => return Err(no_room(1)),
            None => {
                if !way.is_empty() {
                    folder.create_dir_all(way).map_err(&failed)?;
                }
                write(folder, &beside, &mut kept)?;
                folder.hard_link(&beside, folder, &kept.name).map_err(|error| match error.kind() {
                    io::ErrorKind::AlreadyExists => no_room(1),
                    _ => failed(error),
                })?;
                came += 1;
            }
        }
        match folder.remove_file(&beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        book.pass(FailurePoint::BetweenFiles)?;
    }
    super::remove_files::sync(folder)?;
    Ok(came)
}

fn write(folder: &Dir, beside: &str, kept: &mut Kept<'_>) -> Result<(), Error> {
    let failed = failed("a file cannot be put back");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = folder.open_with(beside, &options).map_err(&failed)?;
    while let Some(piece) = kept.reader.read()? {
        file.write_all(piece).map_err(&failed)?;
    }
    file.set_permissions(Permissions::from_mode(kept.mode)).map_err(&failed)?;
    file.sync_all().map_err(&failed)
}
