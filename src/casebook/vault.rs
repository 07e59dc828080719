//! What a change replaces and removes, kept beside the casebook for as long as it can be undone: files of the workspace,
//! sealed in windows under the undo key, which outlives none of them.
//!
//! A window is bound to workspace, change, file and position, and the last one of a file says so; none can be changed,
//! dropped or swapped. A file gets its name when it is whole and durable.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    fs::{self, DirBuilder, File},
    io::{self, BufReader, BufWriter, ErrorKind, Read, Write},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;
use zeroize::{Zeroize, Zeroizing};

use super::{
    Casebook, CasebookError, KeyRow,
    seal::{NONCE, SecretKey},
};
use crate::case::{About, Case, CaseNumber, Event, KeyId, KeyPurpose, Undoable};

/// A window is sealed when it has grown to this many bytes.
const WINDOW: usize = 64 * 1024;

/// The largest window: one record that is longer than the others.
const LARGEST: u32 = 1 << 30;

/// The folder of the workspace in which vaults are.
const FOLDER: &str = "undo";

/// Beginning of names of files that are not whole.
const PARTIAL: &str = ".droit-partial-";

/// What is kept of one change.
pub struct Vault {
    folder: PathBuf,
    workspace: String,
    intent: i64,
    key: KeyId,
    secret: SecretKey,
    /// Drawn anew whenever a vault is opened: nonces follow from it, so that none comes twice under the key
    seed: [u8; 32],
    drawn: Cell<u64>,
}

/// Writes one file of a vault.
pub struct VaultWriter<'v> {
    vault: &'v Vault,
    name: String,
    file: BufWriter<NamedTempFile>,
    window: Zeroizing<Vec<u8>>,
    position: u64,
}

/// Reads one file of a vault, record by record.
pub struct VaultReader<'v> {
    vault: &'v Vault,
    name: String,
    file: BufReader<File>,
    window: Zeroizing<Vec<u8>>,
    at: usize,
    position: u64,
    last: bool,
}

impl Casebook {
    fn vaults(&self) -> PathBuf {
        self.path.with_file_name(FOLDER)
    }

    /// The folder of vaults, which is no link: that could lead anywhere.
    fn own_vaults(&self) -> Result<PathBuf, CasebookError> {
        let folder = self.vaults();
        if folder.is_symlink() {
            let link = io::Error::new(ErrorKind::AlreadyExists, "it is a link");
            return Err(CasebookError::file("used", folder)(link));
        }
        Ok(folder)
    }

    /// Makes a key for what change `intent` replaces and removes, and the folder that keeps it.
    pub fn make_vault(&mut self, intent: i64) -> Result<Vault, CasebookError> {
        let vaults = self.own_vaults()?;
        let folder = vaults.join(intent.to_string());
        remove_folder(&folder)?; // of a change of that number that never took place
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        let durable = made.and_then(|()| File::open(vaults.parent().unwrap_or(&vaults))?.sync_all());
        durable.map_err(CasebookError::file("made", folder.clone()))?;
        let (key, secret) = self.keys.make(&mut *self.random)?;
        Ok(self.vault(intent, key, secret))
    }

    fn vault(&mut self, intent: i64, key: KeyId, secret: SecretKey) -> Vault {
        let mut seed = [0; 32];
        (self.random)(&mut seed);
        let folder = self.vaults().join(intent.to_string());
        Vault { folder, workspace: self.workspace.clone(), intent, key, secret, seed, drawn: Cell::new(0) }
    }

    /// What is kept of change `intent` under `key`.
    pub fn open_vault(&mut self, intent: i64, key: KeyId) -> Result<Vault, CasebookError> {
        self.own_vaults()?;
        let secret = self.keys.load(key)?;
        Ok(self.vault(intent, key, secret))
    }

    /// Gives up a vault of a change that never took place: no event tells of its key.
    pub fn give_up_vault(&mut self, vault: &Vault) -> Result<(), CasebookError> {
        remove_folder(&vault.folder)?;
        self.keys.destroy(vault.key)
    }

    /// Removes what is kept of change `intent`.
    fn remove_vault(&self, intent: i64) -> Result<(), CasebookError> {
        remove_folder(&self.vaults().join(intent.to_string()))
    }

    /// Destroys the undo keys of which no case says that its change can be undone, and removes all that no such change
    /// keeps. Finishes what an interruption left.
    pub fn end_vaults(&mut self, now: Timestamp, actor: &str) -> Result<(), CasebookError> {
        let needed = self.undoable()?;
        let undo = |row: &KeyRow| row.purpose == KeyPurpose::Undo.word();
        for row in self.key_rows()?.into_iter().filter(undo) {
            if !needed.values().any(|(_, kept)| kept.key == row.id)
                && (row.destroyed.is_none() || self.keys.has(row.id))
            {
                match self.destroy_key(now, actor, row.id) {
                    Ok(()) | Err(CasebookError::KeyMissing(_)) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        self.remove_vaults()
    }

    /// Removes what is kept of changes that cannot be undone any more, nor are under way.
    pub fn remove_vaults(&self) -> Result<(), CasebookError> {
        let numbers = self.vault_numbers()?;
        if numbers.is_empty() {
            return Ok(());
        }
        let mut needed: BTreeSet<i64> = self.undoable()?.into_keys().collect();
        needed.extend(self.unsettled_intents()?.iter().map(|intent| intent.number));
        numbers.into_iter().filter(|number| !needed.contains(number)).try_for_each(|number| self.remove_vault(number))
    }

    /// Whether what can be undone of the case is kept as long as a hold stands, and may be put back as long.
    pub fn keeps_for_a_hold(&self, case: CaseNumber) -> Result<bool, CasebookError> {
        self.listed_case(case)?.map_or(Ok(false), |case| self.is_about_a_hold(&case))
    }

    /// Whether something is over at `now` that could be undone, or was left of it by an interruption.
    pub fn has_ended_windows(&self, now: Timestamp) -> Result<bool, CasebookError> {
        let needed = self.undoable()?;
        let mut over = false;
        for (case, kept) in needed.values() {
            over = over || kept.until <= now && !self.keeps_for_a_hold(*case)?;
        }
        let left = |row: &KeyRow| {
            row.purpose == KeyPurpose::Undo.word()
                && !needed.values().any(|(_, kept)| kept.key == row.id)
                && (row.destroyed.is_none() || self.keys.has(row.id))
        };
        Ok(over || self.key_rows()?.iter().any(left))
    }

    /// The changes that can be undone, each with its case.
    pub fn undoable(&self) -> Result<BTreeMap<i64, (CaseNumber, Undoable)>, CasebookError> {
        let mut undoable = BTreeMap::new();
        let sql = r#"SELECT record FROM cases WHERE instr(record, '"undoable":') > 0"#;
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let record: String = row.get(0)?;
            let case: Case = serde_json::from_str(&record).map_err(|_| CasebookError::Row("cases"))?;
            undoable.extend(case.undoable.into_iter().map(|kept| (kept.intent, (case.number, kept))));
        }
        Ok(undoable)
    }

    /// Ends what could be undone until `now`, on record, but for a change of a case that is neither done nor given up.
    pub fn end_windows(&mut self, now: Timestamp, actor: &str) -> Result<(), CasebookError> {
        let unsettled: BTreeSet<About> = self.unsettled_intents()?.into_iter().map(|intent| intent.about).collect();
        for (intent, (case, kept)) in self.undoable()? {
            if kept.until <= now && !unsettled.contains(&About::Case(case)) && !self.keeps_for_a_hold(case)? {
                self.append(now, actor, case, Event::UndoEnded { intent }, None)?;
            }
        }
        self.end_vaults(now, actor)
    }

    /// The changes of which something is kept in the workspace.
    fn vault_numbers(&self) -> Result<Vec<i64>, CasebookError> {
        let folder = self.own_vaults()?;
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(CasebookError::file("listed", folder.clone()))?,
        };
        let mut numbers = Vec::new();
        for entry in entries {
            let name = entry.map_err(CasebookError::file("listed", folder.clone()))?.file_name();
            numbers.extend(name.to_str().and_then(|name| name.parse::<i64>().ok()));
        }
        numbers.sort_unstable();
        Ok(numbers)
    }
}

fn remove_folder(folder: &Path) -> Result<(), CasebookError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(CasebookError::file("removed", folder)(error)),
        _ => Ok(()),
    }
}

impl Vault {
    /// The change.
    #[must_use]
    pub fn intent(&self) -> i64 {
        self.intent
    }

    /// The undo key.
    #[must_use]
    pub fn key(&self) -> KeyId {
        self.key
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Whether it has the whole file of that name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.path(name).is_file()
    }

    /// The names of its whole files that begin so, in order.
    pub fn names(&self, prefix: &str) -> Result<Vec<String>, CasebookError> {
        let failed = || CasebookError::file("listed", self.folder.clone());
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(failed())? {
            let name = entry.map_err(failed())?.file_name();
            names.extend(name.into_string().ok().filter(|name| name.starts_with(prefix)));
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Begins a file; it takes the place of one of the same name when it is whole.
    pub fn write(&self, name: &str) -> Result<VaultWriter<'_>, CasebookError> {
        let made = tempfile::Builder::new().prefix(PARTIAL).tempfile_in(&self.folder); // mode 0600
        let file = BufWriter::new(made.map_err(CasebookError::file("written", self.path(name)))?);
        let window = Zeroizing::new(Vec::with_capacity(WINDOW + 1024));
        Ok(VaultWriter { vault: self, name: name.to_owned(), file, window, position: 0 })
    }

    /// Opens a file.
    pub fn read(&self, name: &str) -> Result<VaultReader<'_>, CasebookError> {
        let opened = File::open(self.path(name)).map_err(|_| CasebookError::Vault(self.intent))?;
        let (file, window) = (BufReader::new(opened), Zeroizing::new(Vec::new()));
        Ok(VaultReader { vault: self, name: name.to_owned(), file, window, at: 0, position: 0, last: false })
    }

    /// Removes a file.
    pub fn remove(&self, name: &str) -> Result<(), CasebookError> {
        fs::remove_file(self.path(name)).map_err(CasebookError::file("removed", self.path(name)))
    }

    fn nonce(&self) -> [u8; NONCE] {
        self.drawn.set(self.drawn.get() + 1);
        let drawn = Sha256::new().chain_update(self.seed).chain_update(self.drawn.get().to_be_bytes()).finalize();
        let mut nonce = [0; NONCE];
        nonce.copy_from_slice(&drawn[..NONCE]);
        nonce
    }

    fn context(&self, name: &str, position: u64, last: bool) -> Vec<u8> {
        let mut context = b"droit.undo/1".to_vec();
        for part in [self.workspace.as_bytes(), name.as_bytes()] {
            context.extend_from_slice(&(part.len() as u64).to_be_bytes());
            context.extend_from_slice(part);
        }
        context.extend_from_slice(&self.intent.to_be_bytes());
        context.extend_from_slice(&position.to_be_bytes());
        context.push(u8::from(last));
        context
    }
}

impl VaultWriter<'_> {
    /// Adds a record.
    pub fn push(&mut self, record: &[u8]) -> Result<(), CasebookError> {
        let length = u32::try_from(record.len()).ok().filter(|length| *length < LARGEST);
        let length = length.ok_or(CasebookError::TooLarge)?;
        if !self.window.is_empty() && self.window.len() + record.len() > WINDOW {
            self.seal(false)?;
        }
        self.window.extend_from_slice(&length.to_be_bytes());
        self.window.extend_from_slice(record);
        Ok(())
    }

    /// Ends the file, durably.
    pub fn finish(mut self) -> Result<(), CasebookError> {
        self.seal(true)?;
        let path = self.vault.path(&self.name);
        let failed = || CasebookError::file("written", path.clone());
        let file = self.file.into_inner().map_err(|error| failed()(error.into_error()))?;
        file.as_file().sync_all().map_err(failed())?;
        file.persist(&path).map_err(|error| failed()(error.error))?;
        let folders = [Some(self.vault.folder.as_path()), self.vault.folder.parent()];
        for folder in folders.into_iter().flatten() {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed())?;
        }
        Ok(())
    }

    fn seal(&mut self, last: bool) -> Result<(), CasebookError> {
        let nonce = self.vault.nonce();
        self.position += 1;
        let context = self.vault.context(&self.name, self.position, last);
        let sealed = self.vault.secret.seal(&nonce, &context, &self.window).ok_or(CasebookError::TooLarge)?;
        let length = u32::try_from(sealed.len()).map_err(|_| CasebookError::TooLarge)?;
        let head = [&[u8::from(last)][..], &length.to_be_bytes(), &nonce];
        for part in head.into_iter().chain([sealed.as_slice()]) {
            self.file.write_all(part).map_err(CasebookError::file("written", self.vault.path(&self.name)))?;
        }
        self.window.zeroize();
        Ok(())
    }
}

impl VaultReader<'_> {
    /// The next record; none at the end.
    pub fn read(&mut self) -> Result<Option<&[u8]>, CasebookError> {
        let damaged = CasebookError::Vault(self.vault.intent);
        while self.at >= self.window.len() {
            if self.last {
                return Ok(None);
            }
            self.open_window()?;
        }
        let rest = &self.window[self.at..];
        let Some((length, tail)) = rest.split_first_chunk::<4>() else { return Err(damaged) };
        let Ok(length) = usize::try_from(u32::from_be_bytes(*length)) else { return Err(damaged) };
        let Some(record) = tail.get(..length) else { return Err(damaged) };
        self.at += 4 + length;
        Ok(Some(record))
    }

    fn open_window(&mut self) -> Result<(), CasebookError> {
        let damaged = || CasebookError::Vault(self.vault.intent);
        let mut head = [0; 5 + NONCE];
        self.file.read_exact(&mut head).map_err(|_| damaged())?;
        let last = head[0] == 1;
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
        if length > LARGEST + 64 {
            return Err(damaged());
        }
        let mut nonce = [0; NONCE];
        nonce.copy_from_slice(&head[5..]);
        let mut sealed = Vec::new();
        self.file.by_ref().take(length.into()).read_to_end(&mut sealed).map_err(|_| damaged())?;
        self.position += 1;
        let context = self.vault.context(&self.name, self.position, last);
        self.window = self.vault.secret.open(&nonce, &context, &sealed).ok_or_else(damaged)?;
        (self.at, self.last) = (0, last);
        Ok(())
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("intent", &self.intent).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(folder: &Path) -> Vault {
        let secret = SecretKey::new(Zeroizing::new([7; 32]));
        let (folder, workspace, key) = (folder.to_owned(), "ab".to_owned(), KeyId::new([1; 16]));
        Vault { folder, workspace, intent: 3, key, secret, seed: [9; 32], drawn: Cell::new(0) }
    }

    fn all(vault: &Vault, name: &str) -> Result<Vec<Vec<u8>>, CasebookError> {
        let mut reader = vault.read(name)?;
        let mut records = Vec::new();
        while let Some(record) = reader.read()? {
            records.push(record.to_vec());
        }
        Ok(records)
    }

    #[test]
    fn what_is_kept_reads_back_and_is_nowhere_in_clear() {
        let dir = tempfile::tempdir().unwrap();
        let vault = vault(dir.path());
        let records = [b"Zhang-secret".repeat(9_000), b"b".to_vec(), Vec::new(), b"Zhang-secret".repeat(4_000)];
        let mut writer = vault.write("rows").unwrap();
        assert!(!vault.has("rows"), "it has no name before it is whole");
        for record in &records {
            writer.push(record).unwrap();
        }
        writer.finish().unwrap();
        assert_eq!(all(&vault, "rows").unwrap(), records);
        let bytes = fs::read(vault.path("rows")).unwrap();
        assert!(!bytes.windows(12).any(|window| window == b"Zhang-secret"));
        vault.write("none").unwrap().finish().unwrap();
        assert_eq!(all(&vault, "none").unwrap(), Vec::<Vec<u8>>::new());
    }

    #[test]
    fn what_was_cut_off_renamed_or_changed_is_not_read() {
        let dir = tempfile::tempdir().unwrap();
        let vault = vault(dir.path());
        let mut writer = vault.write("rows").unwrap();
        for n in 0..40_u32 {
            writer.push(&n.to_be_bytes().repeat(1_000)).unwrap();
        }
        writer.finish().unwrap();
        let whole = fs::read(vault.path("rows")).unwrap();
        let first = 5 + NONCE + usize::try_from(u32::from_be_bytes([whole[1], whole[2], whole[3], whole[4]])).unwrap();
        assert!(first < whole.len(), "there are several windows");
        let mut said_last = whole[..first].to_vec();
        said_last[0] = 1;
        let mut changed = whole.clone();
        *changed.last_mut().unwrap() ^= 1;
        for bytes in [&whole[..first], &said_last, &whole[first..], &changed, &[]] {
            fs::write(vault.path("rows"), bytes).unwrap();
            assert!(matches!(all(&vault, "rows"), Err(CasebookError::Vault(3))));
        }
        fs::write(vault.path("other"), &whole).unwrap();
        assert!(matches!(all(&vault, "other"), Err(CasebookError::Vault(3))));
        assert!(matches!(vault.read("nowhere"), Err(CasebookError::Vault(3))));
    }
}
