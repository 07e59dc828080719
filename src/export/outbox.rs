//! The folder that packages leave from: each is written in a hidden folder beside its place and gets its name at the
//! end, whole and on disk, or never.

use std::{fs::File, io, path::Path, path::PathBuf, sync::Arc};

use cap_std::{
    ambient_authority,
    fs::{Dir, DirBuilder, OpenOptions},
};

use super::{error::ExportError, hashed};

const NAME_LIMIT: usize = 80;
const PARTIAL: &str = ".partial";

/// An open folder for packages; clones share it.
#[derive(Clone, Debug)]
pub struct Outbox {
    dir: Arc<Dir>,
    path: PathBuf,
}

impl Outbox {
    /// Opens a folder that is there.
    pub fn open(path: &Path) -> Result<Self, ExportError> {
        let dir = Dir::open_ambient_dir(path, ambient_authority()).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ExportError::NoOutbox,
            _ => ExportError::of("open the folder for packages")(error),
        })?;
        Ok(Self { dir: Arc::new(dir), path: path.to_owned() })
    }

    /// Removes what exports that were killed have left, and says how many; one that is being written stays. A whole
    /// package of which `recorded` knows the name and the digest of its manifest was killed on the way to its name: it is
    /// given that.
    pub fn sweep(&self, recorded: &mut dyn FnMut(&str, &str) -> bool) -> Result<usize, ExportError> {
        let failed = ExportError::of("look through the folder for packages");
        let mut names = Vec::new();
        for entry in self.dir.entries().map_err(&failed)? {
            let name = entry.map_err(&failed)?.file_name();
            names.extend(name.to_str().filter(|n| n.starts_with('.') && n.ends_with(PARTIAL)).map(str::to_owned));
        }
        let mut swept = 0;
        for name in names {
            if self.name_recorded(&name, recorded)? {
                continue;
            }
            match self.clear(&name, "") {
                Ok(()) => swept += 1,
                Err(ExportError::Busy(_)) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(swept)
    }

    /// Gives the leftover `hidden` its name if it is on record and whole; everything in it was on disk before it was.
    fn name_recorded(&self, hidden: &str, recorded: &mut dyn FnMut(&str, &str) -> bool) -> Result<bool, ExportError> {
        let failed = ExportError::of("look through the folder for packages");
        let target = &hidden[1..hidden.len() - PARTIAL.len()];
        if !self.dir.symlink_metadata(hidden).map_err(&failed)?.is_dir() || self.require_free(target).is_err() {
            return Ok(false);
        }
        let left = self.dir.open_dir(hidden).map_err(&failed)?;
        let Ok(_lock) = lock(&left) else { return Ok(false) };
        let Ok(manifest) = left.open("manifest.json") else { return Ok(false) };
        let digest = hashed::digest_of(&mut manifest.into_std()).map_err(&failed)?;
        if !recorded(target, &digest) {
            return Ok(false);
        }
        self.rename(hidden, target)?;
        self.sync_names()?;
        Ok(true)
    }

    /// Begins a folder, or a file's hidden name, for `name`.
    pub(super) fn reserve(&self, name: &str, suffix: &str) -> Result<Reserved, ExportError> {
        let well_formed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || name.len() > NAME_LIMIT || !name.chars().all(well_formed) {
            return Err(ExportError::Name(NAME_LIMIT));
        }
        let target = format!("{name}{suffix}");
        let hidden = format!(".{target}{PARTIAL}");
        self.require_free(&target)?;
        self.clear(&hidden, &target)?;
        Ok(Reserved { outbox: self.clone(), hidden, target, made: false })
    }

    /// Opens the finished package `name`.
    pub(super) fn finished(&self, name: &str) -> Result<Dir, ExportError> {
        let reading = ExportError::of("open the package");
        if !self.dir.symlink_metadata(name).map_err(&reading)?.is_dir() {
            return Err(ExportError::Foreign);
        }
        self.dir.open_dir(name).map_err(reading)
    }

    fn require_free(&self, target: &str) -> Result<(), ExportError> {
        match self.dir.symlink_metadata(target) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(ExportError::of("look into the folder for packages")(error)),
            Ok(_) => Err(ExportError::Exists(target.to_owned())),
        }
    }

    /// Removes the leftover `hidden` of a killed export, unless somebody holds its lock.
    fn clear(&self, hidden: &str, target: &str) -> Result<(), ExportError> {
        let failed = ExportError::of("remove what a killed export left");
        let found = match self.dir.symlink_metadata(hidden) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed(error)),
            Ok(found) => found,
        };
        if found.is_symlink() {
            return self.dir.remove_file(hidden).map_err(failed); // the link, not what it points to
        }
        let busy = || ExportError::Busy(target.to_owned());
        if found.is_dir() {
            let left = self.dir.open_dir(hidden).map_err(&failed)?;
            let lock = lock(&left).map_err(|_| busy())?;
            drop(lock);
            return self.dir.remove_dir_all(hidden).map_err(failed);
        }
        let lock = self.dir.open(hidden).map_err(&failed)?.into_std();
        lock.try_lock().map_err(|_| busy())?;
        self.dir.remove_file(hidden).map_err(failed)
    }

    /// Flushes the whole file system that the folder is on, once for everything written.
    fn sync(&self) -> Result<(), ExportError> {
        let failed = ExportError::of("bring the package to disk");
        #[cfg(target_os = "linux")]
        handle(&self.dir).and_then(|dir| Ok(rustix::fs::syncfs(dir)?)).map_err(failed)?;
        #[cfg(not(target_os = "linux"))]
        sync_files(&self.dir).map_err(failed)?;
        Ok(())
    }

    fn sync_names(&self) -> Result<(), ExportError> {
        #[cfg(unix)]
        handle(&self.dir)
            .and_then(|dir| dir.sync_all())
            .map_err(ExportError::of("bring the package's name to disk"))?;
        Ok(())
    }

    #[cfg(target_os = "linux")]
    fn rename(&self, from: &str, to: &str) -> Result<(), ExportError> {
        use rustix::{
            fs::{RenameFlags, renameat_with},
            io::Errno,
        };
        match renameat_with(&*self.dir, from, &*self.dir, to, RenameFlags::NOREPLACE) {
            Ok(()) => Ok(()),
            Err(Errno::EXIST) => Err(ExportError::Exists(to.to_owned())),
            Err(Errno::INVAL | Errno::NOSYS) => self.rename_checked(from, to), // a file system without that flag
            Err(error) => Err(ExportError::of("give the package its name")(error.into())),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn rename(&self, from: &str, to: &str) -> Result<(), ExportError> {
        self.rename_checked(from, to)
    }

    fn rename_checked(&self, from: &str, to: &str) -> Result<(), ExportError> {
        self.require_free(to)?;
        self.dir.rename(from, &self.dir, to).map_err(ExportError::of("give the package its name"))
    }
}

/// A folder opened to be locked or flushed: the handle inside a `Dir` can only be looked through.
#[cfg(unix)]
fn handle(dir: &Dir) -> io::Result<File> {
    dir.open(".").map(cap_std::fs::File::into_std)
}

/// Takes the lock of a folder, where folders have locks; held as long as the file is open.
fn lock(dir: &Dir) -> io::Result<Option<File>> {
    #[cfg(unix)]
    {
        let handle = handle(dir)?;
        handle.try_lock()?;
        Ok(Some(handle))
    }
    #[cfg(not(unix))]
    {
        dir.dir_metadata().map(|_| None)
    }
}

/// Where one call flushes no file system, every file under `dir` is flushed by itself.
#[cfg(not(target_os = "linux"))]
fn sync_files(dir: &Dir) -> io::Result<()> {
    for entry in dir.entries()? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_files(&entry.open_dir()?)?;
        } else {
            entry.open()?.sync_all()?;
        }
    }
    Ok(())
}

/// A hidden name that becomes `target` when published; dropped before, what was written under it is removed.
#[derive(Debug)]
pub(super) struct Reserved {
    outbox: Outbox,
    hidden: String,
    target: String,
    /// Whether something is there that dropping has to remove
    made: bool,
}

impl Reserved {
    /// Makes the hidden folder, for us alone, and holds its lock as long as the returned `Dir` lives.
    pub(super) fn create_folder(&mut self) -> Result<Folder, ExportError> {
        let failed = ExportError::of("make the package's folder");
        make_dir(&self.outbox.dir, &self.hidden).map_err(&failed)?;
        self.made = true;
        let dir = self.outbox.dir.open_dir(&self.hidden).map_err(&failed)?;
        let lock = lock(&dir).map_err(|_| ExportError::Busy(self.target.clone()))?;
        Ok(Folder { dir, _lock: lock })
    }

    /// Makes the hidden file, for us alone, and holds its lock as long as it is open.
    pub(super) fn create_file(&mut self) -> Result<File, ExportError> {
        let failed = ExportError::of("make the archive's file");
        let file = make_file(&self.outbox.dir, &self.hidden).map_err(failed)?;
        self.made = true;
        file.try_lock().map_err(|_| ExportError::Busy(self.target.clone()))?;
        Ok(file)
    }

    /// Opens the hidden file for reading.
    pub(super) fn open_file(&self) -> Result<File, ExportError> {
        let file = self.outbox.dir.open(&self.hidden).map_err(ExportError::of("read the archive again"))?;
        Ok(file.into_std())
    }

    /// Flushes everything written under any of `reserved`, each outbox once.
    pub(super) fn flush<'r>(reserved: impl Iterator<Item = &'r Self>) -> Result<(), ExportError> {
        Self::outboxes(reserved).iter().try_for_each(Outbox::sync)
    }

    /// Gives it its name, which is on disk when this returns. What was written is flushed already, and on record: if it
    /// cannot have its name now, it waits for [`Outbox::sweep`].
    pub(super) fn publish_recorded(mut self) -> Result<PathBuf, ExportError> {
        self.made = false;
        let path = self.name()?;
        self.outbox.sync_names()?;
        Ok(path)
    }

    /// Gives everything in `reserved` its name, after one flush of each outbox; what has its name keeps it when a later one fails.
    pub(super) fn publish(mut reserved: Vec<Self>) -> Result<Vec<PathBuf>, ExportError> {
        let outboxes = Self::outboxes(reserved.iter());
        outboxes.iter().try_for_each(Outbox::sync)?;
        let paths = reserved.iter_mut().map(Self::name).collect::<Result<Vec<_>, _>>()?;
        outboxes.iter().try_for_each(Outbox::sync_names)?;
        Ok(paths)
    }

    fn name(&mut self) -> Result<PathBuf, ExportError> {
        self.outbox.rename(&self.hidden, &self.target)?;
        self.made = false;
        Ok(self.outbox.path.join(&self.target))
    }

    fn outboxes<'r>(reserved: impl Iterator<Item = &'r Self>) -> Vec<Outbox> {
        let mut outboxes: Vec<Outbox> = Vec::new();
        for one in reserved {
            if !outboxes.iter().any(|o| Arc::ptr_eq(&o.dir, &one.outbox.dir)) {
                outboxes.push(one.outbox.clone());
            }
        }
        outboxes
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        if !self.made {
            return;
        }
        // Nobody is left to tell; a leftover is removed by the next export of this name and by `sweep`.
        let removed = match self.outbox.dir.symlink_metadata(&self.hidden) {
            Ok(found) if found.is_dir() => self.outbox.dir.remove_dir_all(&self.hidden),
            Ok(_) => self.outbox.dir.remove_file(&self.hidden),
            Err(error) => Err(error),
        };
        drop(removed);
    }
}

/// The hidden folder of a package that is being written.
#[derive(Debug)]
pub(super) struct Folder {
    dir: Dir,
    _lock: Option<File>,
}

impl Folder {
    pub(super) fn make_dir(&self, name: &str) -> Result<(), ExportError> {
        make_dir(&self.dir, name).map_err(ExportError::of("make a folder in the package"))
    }

    pub(super) fn create(&self, name: &str) -> Result<File, ExportError> {
        make_file(&self.dir, name).map_err(ExportError::of("make a file in the package"))
    }

    pub(super) fn open(&self, name: &str) -> Result<File, ExportError> {
        let file = self.dir.open(name).map_err(ExportError::of("read a part of the package again"))?;
        Ok(file.into_std())
    }

    pub(super) fn remove(&self, name: &str) -> Result<(), ExportError> {
        self.dir.remove_file(name).map_err(ExportError::of("remove a part of the package"))
    }
}

fn make_dir(dir: &Dir, name: &str) -> io::Result<()> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has a mode to set"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    {
        use cap_std::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    dir.create_dir_with(name, &builder)
}

fn make_file(dir: &Dir, name: &str) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use cap_std::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    dir.open_with(name, &options).map(cap_std::fs::File::into_std)
}
