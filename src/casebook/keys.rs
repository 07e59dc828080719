//! The key folder: one file per key, outside of the workspace and outside of backups.
//!
//! Names are random and say nothing. Destroying a key overwrites and unlinks its file; on file systems that copy on
//! write, and on SSDs, the overwritten block may live on below (DESIGN §8 lists that as not claimed).

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{ErrorKind, Read, Seek, SeekFrom, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::{chain::Head, error::CasebookError, seal::SecretKey};
use crate::case::KeyId;

/// How the names begin under which files are written before they get their own.
const PARTIAL: &str = ".droit-partial-";

/// Where the keys of one or more workspaces are.
#[derive(Debug, Clone)]
pub struct KeyFolder {
    path: PathBuf,
}

impl KeyFolder {
    /// Makes the folder (0700) if it is not there, and opens it.
    pub fn create(path: &Path) -> Result<Self, CasebookError> {
        match DirBuilder::new().recursive(true).mode(0o700).create(path) {
            Ok(()) => Self::open(path),
            Err(error) => Err(CasebookError::file("made", path)(error)),
        }
    }

    /// Opens a folder that nobody else can read.
    pub fn open(path: &Path) -> Result<Self, CasebookError> {
        let metadata = match fs::symlink_metadata(path) {
            Ok(metadata) if metadata.is_dir() => metadata,
            Ok(_) => return Err(CasebookError::KeyFolderMissing(path.to_owned())),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(CasebookError::KeyFolderMissing(path.to_owned()));
            }
            Err(error) => return Err(CasebookError::file("opened", path)(error)),
        };
        require_private(path, &metadata, 0o700)?;
        Ok(Self { path: path.to_owned() })
    }

    /// The folder's path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Names of all keys in the folder, in order.
    pub fn ids(&self) -> Result<Vec<KeyId>, CasebookError> {
        let mut ids: Vec<KeyId> = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(CasebookError::file("listed", &self.path))? {
            let name = entry.map_err(CasebookError::file("listed", &self.path))?.file_name();
            let id = name.to_str().and_then(|name| name.strip_suffix(".key"));
            ids.extend(id.and_then(|id| id.parse::<KeyId>().ok()));
        }
        ids.sort_unstable();
        Ok(ids)
    }

    /// Whether the key is there.
    #[must_use]
    pub fn has(&self, id: KeyId) -> bool {
        self.key_path(id).is_file()
    }

    /// Whether anything is there under the key's name.
    pub(super) fn is_there(&self, id: KeyId) -> bool {
        fs::symlink_metadata(self.key_path(id)).is_ok()
    }

    /// Overwrites and removes a key. What it sealed can never be opened again.
    pub fn destroy(&self, id: KeyId) -> Result<(), CasebookError> {
        let path = self.key_path(id);
        match self.wipe(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Err(CasebookError::KeyMissing(id)),
            wiped => wiped.map_err(CasebookError::file("destroyed", path)),
        }
    }

    /// Overwrites and removes a file of the folder; a link is removed and not followed.
    pub(super) fn wipe(&self, path: &Path) -> std::io::Result<()> {
        let found = fs::symlink_metadata(path)?;
        if found.is_file() {
            let mut file = OpenOptions::new().write(true).custom_flags(no_follow()).open(path)?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&vec![0; usize::try_from(found.len().clamp(32, 4096)).unwrap_or(32)])?;
            file.sync_all()?;
        }
        fs::remove_file(path)?;
        sync_folder(&self.path)
    }

    /// Makes a new random key and its file, durable before this returns.
    pub(super) fn make(&self, random: &mut dyn FnMut(&mut [u8])) -> Result<(KeyId, SecretKey), CasebookError> {
        let mut name = [0; 16];
        random(&mut name);
        let id = KeyId::new(name);
        let mut bytes = Zeroizing::new([0; 32]);
        random(bytes.as_mut_slice());
        let path = self.key_path(id);
        write_durably(&self.path, &path, bytes.as_slice(), false)?;
        Ok((id, SecretKey::new(bytes)))
    }

    /// Reads a key.
    pub(super) fn load(&self, id: KeyId) -> Result<SecretKey, CasebookError> {
        let path = self.key_path(id);
        let mut file = match OpenOptions::new().read(true).custom_flags(no_follow()).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(CasebookError::KeyMissing(id)),
            Err(error) => return Err(CasebookError::file("read", path)(error)),
        };
        let metadata = file.metadata().map_err(CasebookError::file("read", &path))?;
        require_private(&path, &metadata, 0o600)?;
        if metadata.len() != 32 {
            return Err(CasebookError::KeyDamaged(id));
        }
        let mut bytes = Zeroizing::new([0; 32]);
        file.read_exact(bytes.as_mut_slice()).map_err(|_| CasebookError::KeyDamaged(id))?;
        Ok(SecretKey::new(bytes))
    }

    /// The last event known to exist in the workspace's casebook.
    pub fn known_head(&self, workspace: &str) -> Result<Option<Head>, CasebookError> {
        let path = self.head_path(workspace);
        match fs::read_to_string(&path) {
            Ok(text) => text.trim_end().parse().map(Some).map_err(|_| CasebookError::HeadDamaged),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == ErrorKind::InvalidData => Err(CasebookError::HeadDamaged),
            Err(error) => Err(CasebookError::file("read", path)(error)),
        }
    }

    /// Refuses to go on from `head` if a later or another event is known to exist.
    pub(super) fn require_not_ahead(&self, workspace: &str, head: &Head) -> Result<(), CasebookError> {
        match self.known_head(workspace)? {
            Some(known) if known.number > head.number => {
                Err(CasebookError::Behind { found: head.number, known: known.number })
            }
            Some(known) if known.number == head.number && known.hash != head.hash => {
                Err(CasebookError::Forked(head.number))
            }
            _ => Ok(()),
        }
    }

    /// Remembers the last event of the workspace's casebook.
    pub(super) fn remember_head(&self, workspace: &str, head: &Head) -> Result<(), CasebookError> {
        write_durably(&self.path, &self.head_path(workspace), format!("{head}\n").as_bytes(), true)
    }

    /// Whether keys of another workspace than this one are in the folder, as far as it is known.
    pub(super) fn is_shared(&self, workspace: &str) -> Result<bool, CasebookError> {
        let failed = || CasebookError::file("listed", &self.path);
        for entry in fs::read_dir(&self.path).map_err(failed())? {
            let name = entry.map_err(failed())?.file_name();
            let head = name.to_str().and_then(|name| name.strip_suffix(".head"));
            if head.is_some_and(|head| head != workspace) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What processes that were killed left of files that they wrote here, last written before `before`.
    pub(super) fn partial_files(&self, before: Timestamp) -> Result<Vec<PathBuf>, CasebookError> {
        let failed = || CasebookError::file("listed", &self.path);
        let mut left = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(failed())? {
            let path = entry.map_err(failed())?.path();
            let ours = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(PARTIAL));
            if ours && written(&path)?.is_some_and(|written| written < before) {
                left.push(path);
            }
        }
        left.sort();
        Ok(left)
    }

    /// When the key's file was written; none if it is not there.
    pub(super) fn made(&self, id: KeyId) -> Result<Option<Timestamp>, CasebookError> {
        written(&self.key_path(id))
    }

    /// The key's file.
    pub(super) fn key_path(&self, id: KeyId) -> PathBuf {
        self.path.join(format!("{id}.key"))
    }

    /// Workspace names are hexadecimal (checked where they are read), so this is a plain file name.
    fn head_path(&self, workspace: &str) -> PathBuf {
        self.path.join(format!("{workspace}.head"))
    }
}

/// The flag that makes opening a symbolic link fail.
pub(super) fn no_follow() -> i32 {
    i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0)
}

/// When a file was last written; none if it is not there. What cannot be told counts as now.
fn written(path: &Path) -> Result<Option<Timestamp>, CasebookError> {
    match fs::symlink_metadata(path) {
        Ok(found) => {
            let at = found.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
            Ok(Some(at.unwrap_or(Timestamp::MAX)))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(CasebookError::file("looked at", path)(error)),
    }
}

fn require_private(path: &Path, metadata: &fs::Metadata, mode: u32) -> Result<(), CasebookError> {
    let others = metadata.permissions().mode() & 0o077;
    if others == 0 { Ok(()) } else { Err(CasebookError::KeysExposed(path.to_owned(), mode)) }
}

/// Writes a file (0600) so that after a crash it is there as a whole or not at all.
fn write_durably(folder: &Path, path: &Path, bytes: &[u8], replace: bool) -> Result<(), CasebookError> {
    let failed = || CasebookError::file("written", path);
    let mut file = tempfile::Builder::new().prefix(PARTIAL).tempfile_in(folder).map_err(failed())?; // mode 0600
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed())?;
    let done = if replace { file.persist(path) } else { file.persist_noclobber(path) };
    done.map_err(|error| failed()(error.error))?;
    sync_folder(folder).map_err(failed())
}

fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn counting() -> impl FnMut(&mut [u8]) {
        let mut next = 0_u8;
        move |bytes| {
            for byte in bytes {
                *byte = next;
                next = next.wrapping_add(1);
            }
        }
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn folder_and_files_are_private_and_names_say_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let keys = KeyFolder::create(&dir.path().join("state/keys")).unwrap();
        let (id, key) = keys.make(&mut counting()).unwrap();
        assert_eq!(id.to_string(), "000102030405060708090a0b0c0d0e0f");
        assert_eq!((mode(keys.path()), mode(&keys.key_path(id))), (0o700, 0o600));
        assert_eq!(fs::read(keys.key_path(id)).unwrap(), (16..48).collect::<Vec<u8>>());
        assert_eq!(keys.load(id).unwrap().bytes(), key.bytes());
        assert_eq!(keys.ids().unwrap(), [id]);
    }

    #[test]
    fn a_destroyed_key_is_missing() {
        let dir = tempfile::tempdir().unwrap();
        let keys = KeyFolder::create(&dir.path().join("keys")).unwrap();
        let (id, _) = keys.make(&mut counting()).unwrap();
        keys.destroy(id).unwrap();
        assert!(matches!(keys.load(id), Err(CasebookError::KeyMissing(missing)) if missing == id));
        assert!(matches!(keys.destroy(id), Err(CasebookError::KeyMissing(_))));
        assert!(keys.ids().unwrap().is_empty());
    }

    #[test]
    fn keys_that_others_can_read_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let keys = KeyFolder::create(&dir.path().join("keys")).unwrap();
        let (id, _) = keys.make(&mut counting()).unwrap();
        fs::set_permissions(keys.key_path(id), fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(keys.load(id), Err(CasebookError::KeysExposed(_, 0o600))));
        fs::set_permissions(keys.path(), fs::Permissions::from_mode(0o750)).unwrap();
        assert!(matches!(KeyFolder::open(keys.path()), Err(CasebookError::KeysExposed(_, 0o700))));
    }

    #[test]
    fn short_keys_links_and_missing_folders_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let keys = KeyFolder::create(&dir.path().join("keys")).unwrap();
        let (id, _) = keys.make(&mut counting()).unwrap();
        OpenOptions::new().write(true).open(keys.key_path(id)).unwrap().set_len(31).unwrap();
        assert!(matches!(keys.load(id), Err(CasebookError::KeyDamaged(_))));
        let other = KeyId::new([9; 16]);
        symlink("/dev/zero", keys.key_path(other)).unwrap();
        assert!(matches!(keys.load(other), Err(CasebookError::File { .. })));
        assert!(matches!(KeyFolder::open(&dir.path().join("no")), Err(CasebookError::KeyFolderMissing(_))));
    }

    #[test]
    fn a_key_never_shows_itself() {
        let key = SecretKey::new(Zeroizing::new([7; 32]));
        assert_eq!(format!("{key:?}"), "SecretKey(…)");
    }
}
