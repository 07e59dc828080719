//! The folder in which an officer works: `droit.toml datamap.toml datamap.lock casebook.db plans/ packages/`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{failure::Failure, settings::Settings, text::trouble};

/// A workspace that was found, and its settings.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    /// The folder
    pub(crate) folder: PathBuf,
    /// `droit.toml`
    pub(crate) settings: Settings,
}

/// File of the settings; a folder that has one is a workspace.
pub(crate) const SETTINGS: &str = "droit.toml";

impl Workspace {
    /// Opens the workspace in `folder`.
    pub(crate) fn open(folder: &Path) -> Result<Self, Failure> {
        let file = folder.join(SETTINGS);
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(trouble::NO_WORKSPACE.plain()),
            Err(error) => return Err(cannot_read(&file, &error)),
        };
        Ok(Self { folder: folder.to_path_buf(), settings: Settings::parse(&text)? })
    }

    /// Finds the workspace that `start` is in: the nearest folder upwards with a `droit.toml`.
    pub(crate) fn find(start: &Path) -> Result<Self, Failure> {
        let folder = start.ancestors().find(|folder| folder.join(SETTINGS).exists());
        Self::open(folder.ok_or_else(|| trouble::NO_WORKSPACE.plain())?)
    }

    /// A path of the settings, which is meant from the workspace's folder.
    pub(crate) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.folder.join(path)
    }

    /// The data map.
    pub(crate) fn map(&self) -> PathBuf {
        self.path("datamap.toml")
    }

    /// The map's lock.
    pub(crate) fn map_lock(&self) -> PathBuf {
        self.path("datamap.lock")
    }

    /// The casebook.
    pub(crate) fn casebook(&self) -> PathBuf {
        self.path("casebook.db")
    }

    /// Where packages go.
    pub(crate) fn packages(&self) -> PathBuf {
        self.path("packages")
    }

    /// The user database.
    pub(crate) fn database(&self) -> Result<PathBuf, Failure> {
        let database = self.settings.database.as_ref().ok_or_else(|| trouble::NO_DATABASE_NAMED.plain())?;
        Ok(self.path(database))
    }

    /// The folder of the keys: as the settings say, else by the workspace's id in the user's state folder.
    pub(crate) fn keys(&self, state_dir: Option<&Path>) -> Result<PathBuf, Failure> {
        match (&self.settings.keys, state_dir) {
            (Some(keys), _) => Ok(self.path(keys)),
            (None, Some(state)) => Ok(state.join("droit").join(self.settings.workspace.as_str()).join("keys")),
            (None, None) => Err(trouble::NO_STATE_FOLDER.plain()),
        }
    }
}

/// Refuses a link where droit is about to write: it could lead anywhere.
pub(crate) fn require_no_link(path: &Path) -> Result<(), Failure> {
    match path.symlink_metadata() {
        Ok(found) if found.is_symlink() => Err(trouble::SYMLINK.with(&[("file", &path.display().to_string())])),
        _ => Ok(()),
    }
}

/// Makes a folder that only its owner enters, and its parents likewise where they are missing.
pub(crate) fn create_private_folder(folder: &Path) -> Result<(), Failure> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| cannot_write(folder, &error))
}

/// Writes a new file that only its owner reads, whole or not at all; one that exists is left alone.
pub(crate) fn create_private_file(file: &Path, text: &str) -> Result<(), Failure> {
    use io::Write;
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => trouble::FILE_EXISTS.with(&[("file", &file.display().to_string())]),
        _ => cannot_write(file, &error),
    };
    let folder = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut beside = tempfile::Builder::new().prefix(BESIDE).tempfile_in(folder).map_err(failed)?; // 0600 from the start
    beside.write_all(text.as_bytes()).and_then(|()| beside.as_file().sync_all()).map_err(failed)?;
    beside.persist_noclobber(file).map_err(|error| failed(error.error))?;
    #[cfg(unix)]
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    Ok(())
}

/// How the names begin under which files are written before they get their own.
pub(super) const BESIDE: &str = ".droit-partial-";

/// Removes what processes that were killed left of files that they wrote in `folder`. Nobody else may be writing there.
pub(crate) fn sweep_private_folder(folder: &Path) -> Result<(), Failure> {
    let failed = |error: io::Error| cannot_write(folder, &error);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_name().to_str().is_some_and(|name| name.starts_with(BESIDE)) {
            fs::remove_file(entry.path()).map_err(failed)?;
        }
    }
    Ok(())
}

/// Removes a file that may be gone already.
pub(crate) fn remove_if_there(file: &Path) -> Result<(), Failure> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(cannot_write(file, &error)),
        _ => Ok(()),
    }
}

/// Opens a new file that only its owner reads, for writing; one that exists is left alone.
pub(crate) fn new_private_file(file: &Path) -> Result<fs::File, Failure> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map_err(|error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => trouble::FILE_EXISTS.with(&[("file", &file.display().to_string())]),
        _ => cannot_write(file, &error),
    })
}

/// Whether anybody but the owner can read or enter `path`.
#[cfg(unix)]
pub(crate) fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
}

/// Whether anybody but the owner can read or enter `path`; not known on this system.
#[cfg(not(unix))]
pub(crate) fn is_open_to_others(_: &Path) -> bool {
    false
}

pub(crate) fn cannot_read(file: &Path, error: &io::Error) -> Failure {
    trouble::CANNOT_READ.with(&[("file", &file.display().to_string()), ("why", &error.kind().to_string())])
}

pub(crate) fn cannot_write(file: &Path, error: &io::Error) -> Failure {
    trouble::CANNOT_WRITE.with(&[("file", &file.display().to_string()), ("why", &error.kind().to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = "version = 1\nworkspace = \"00112233445566778899aabbccddeeff\"\n";

    #[test]
    fn the_nearest_folder_upwards_is_the_workspace() {
        let outer = tempfile::tempdir().unwrap();
        fs::write(outer.path().join(SETTINGS), LEAST).unwrap();
        let inner = outer.path().join("a/b");
        fs::create_dir_all(&inner).unwrap();
        assert_eq!(Workspace::find(&inner).unwrap().folder, outer.path());
        fs::write(outer.path().join("a").join(SETTINGS), LEAST).unwrap();
        assert_eq!(Workspace::find(&inner).unwrap().folder, outer.path().join("a"));
    }

    #[test]
    fn keys_stand_outside_of_the_workspace_unless_told() {
        let mut workspace = Workspace { folder: "/w".into(), settings: Settings::parse(LEAST).unwrap() };
        let keys = workspace.keys(Some(Path::new("/s"))).unwrap();
        assert_eq!(keys, Path::new("/s/droit/00112233445566778899aabbccddeeff/keys"));
        assert!(workspace.keys(None).is_err());
        workspace.settings.keys = Some("/vault".into());
        assert_eq!(workspace.keys(None).unwrap(), Path::new("/vault"));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_made_is_its_owners_alone() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("x/y");
        create_private_folder(&folder).unwrap();
        create_private_file(&folder.join("f"), "text").unwrap();
        assert!(!is_open_to_others(&folder) && !is_open_to_others(&folder.join("f")));
        assert!(create_private_file(&folder.join("f"), "other").is_err());
        assert_eq!(fs::read_to_string(folder.join("f")).unwrap(), "text");
        fs::write(folder.join(format!("{BESIDE}x")), "half a letter").unwrap();
        sweep_private_folder(&folder).unwrap();
        assert_eq!(
            fs::read_dir(&folder).unwrap().count(),
            1,
            "neither what failed nor what was killed leaves anything"
        );
    }
}
