//! How the casebook's file is opened: settings that must hold, places where it must not lie, and formats that are known.

use std::{
    fs,
    io::{ErrorKind, Read},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, TransactionBehavior, config::DbConfig, limits::Limit};

use super::{error::CasebookError, keys::no_follow};

/// The format's migrations in order; the file's `user_version` says how many were done.
const MIGRATIONS: [&str; 1] = [include_str!("0001_casebook.sql")];

/// `DROI` in ASCII: marks the file as ours.
const APPLICATION_ID: i64 = 0x4452_4F49;

/// The least time a writer waits for a reader to finish: between two events that belong together, giving up is worse.
const PATIENCE: Duration = Duration::from_secs(5);

/// File systems on which locks and durability cannot be relied on, by the magic number of `statfs`.
const NETWORK: [(u32, &str); 11] = [
    (0x6969, "nfs"),
    (0x517B, "smb"),
    (0xFF53_4D42, "cifs"),
    (0xFE53_4D42, "smb2"),
    (0x0102_1997, "9p"),
    (0x5346_414F, "afs"),
    (0x00C3_6400, "ceph"),
    (0x7375_7245, "coda"),
    (0x564C, "ncp"),
    (0x0BD0_0BD0, "lustre"),
    (0x6573_5546, "fuse, which may be one"),
];

/// Makes a new, empty casebook file (0600) of the newest format.
pub(super) fn create(path: &Path, wait: Duration) -> Result<Connection, CasebookError> {
    let path = &in_real_folder(path)?;
    require_local(path.parent().unwrap_or(path))?;
    let made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(CasebookError::Exists(path.to_owned())),
        Err(error) => return Err(CasebookError::file("made", path)(error)),
    }
    let mut connection = Connection::open_with_flags(path, flags(OpenFlags::SQLITE_OPEN_READ_WRITE))?;
    settle(&connection, wait)?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// Opens an existing casebook for writing, and brings it to the newest format.
pub(super) fn open(path: &Path, wait: Duration) -> Result<Connection, CasebookError> {
    let path = &in_real_folder(path)?;
    require_casebook(path)?;
    require_local(path)?;
    let mut connection = Connection::open_with_flags(path, flags(OpenFlags::SQLITE_OPEN_READ_WRITE))?;
    settle(&connection, wait).and_then(|()| require_known(&connection, path)).map_err(|error| not_ours(error, path))?;
    if connection.is_readonly("main")? {
        return Err(CasebookError::ReadOnly);
    }
    migrate(&mut connection)?;
    Ok(connection)
}

/// Opens an existing casebook of the newest format for reading.
pub(super) fn open_read_only(path: &Path, wait: Duration) -> Result<Connection, CasebookError> {
    let path = &in_real_folder(path)?;
    require_casebook(path)?;
    let journal = path.with_file_name(format!("{}-journal", path.file_name().unwrap_or_default().to_string_lossy()));
    let connection = Connection::open_with_flags(path, flags(OpenFlags::SQLITE_OPEN_READ_ONLY))?;
    let ready = harden(&connection, wait).and_then(|()| require_known(&connection, path));
    match ready.map_err(|error| not_ours(error, path)) {
        Ok(version) if usize::try_from(version) == Ok(MIGRATIONS.len()) => Ok(connection),
        Ok(_) => Err(CasebookError::ReadOnly), // an older format has to be migrated by a writer first
        Err(CasebookError::ReadOnly | CasebookError::Sqlite(_)) if journal.exists() => Err(CasebookError::HotJournal),
        Err(error) => Err(error),
    }
}

/// An empty casebook that nobody else sees, to compute projections in. SQLite keeps it in memory while it is small and
/// in an unlinked file when it is not.
pub(super) fn scratch() -> Result<Connection, CasebookError> {
    let mut connection = Connection::open("")?;
    harden(&connection, Duration::ZERO)?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// The path with its folder resolved: folders may be links, but the casebook itself may not (`NOFOLLOW` sees no
/// difference).
fn in_real_folder(path: &Path) -> Result<PathBuf, CasebookError> {
    let name = path.file_name().ok_or_else(|| CasebookError::NotACasebook(path.to_owned()))?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match parent.canonicalize() {
        Ok(folder) => Ok(folder.join(name)),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(CasebookError::Missing(path.to_owned())),
        Err(error) => Err(CasebookError::file("opened", parent)(error)),
    }
}

fn flags(mode: OpenFlags) -> OpenFlags {
    mode | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW
}

/// Settings of every connection: nothing in the file can make the engine run or trust anything.
fn harden(connection: &Connection, wait: Duration) -> Result<(), CasebookError> {
    connection.busy_timeout(wait)?;
    for (config, value) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
        (DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA, false),
    ] {
        if connection.set_db_config(config, value)? != value {
            return Err(CasebookError::Unsafe("a protection against hostile files"));
        }
    }
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    Ok(())
}

/// Settings of a writing connection: durable before it returns, and nothing of what is deleted stays in the file.
fn settle(connection: &Connection, wait: Duration) -> Result<(), CasebookError> {
    harden(connection, wait.max(PATIENCE))?;
    connection.pragma_update(None, "synchronous", "EXTRA")?;
    connection.pragma_update(None, "secure_delete", true)?;
    let journal: String = connection.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get(0))?;
    let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    if journal != "delete" {
        return Err(CasebookError::Unsafe("the rollback journal"));
    }
    if number("synchronous")? != 3 {
        return Err(CasebookError::Unsafe("synchronous=EXTRA"));
    }
    if number("secure_delete")? != 1 {
        return Err(CasebookError::Unsafe("secure_delete"));
    }
    Ok(())
}

fn require_casebook(path: &Path) -> Result<(), CasebookError> {
    let mut file = match fs::OpenOptions::new().read(true).custom_flags(no_follow()).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(CasebookError::Missing(path.to_owned())),
        Err(error) => return Err(CasebookError::file("opened", path)(error)),
    };
    let mut magic = [0; 16];
    match file.read_exact(&mut magic) {
        Ok(()) if magic == *b"SQLite format 3\0" => Ok(()),
        _ => Err(CasebookError::NotACasebook(path.to_owned())),
    }
}

/// The file's format, if it is ours and known.
fn require_known(connection: &Connection, path: &Path) -> Result<i64, CasebookError> {
    let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    if number("application_id")? != APPLICATION_ID {
        return Err(CasebookError::NotACasebook(path.to_owned()));
    }
    let (found, known) = (number("user_version")?, known());
    match found {
        ..1 => Err(CasebookError::NotACasebook(path.to_owned())),
        _ if found > known => Err(CasebookError::Newer { found, known }),
        _ => Ok(found),
    }
}

fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

fn not_ours(error: CasebookError, path: &Path) -> CasebookError {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    match &error {
        CasebookError::Sqlite(inner) if matches!(inner.sqlite_error_code(), Some(NotADatabase | DatabaseCorrupt)) => {
            CasebookError::NotACasebook(path.to_owned())
        }
        _ => error,
    }
}

fn migrate(connection: &mut Connection) -> Result<(), CasebookError> {
    let version = |c: &Connection| c.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
    if version(connection)? == known() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    let done = usize::try_from(version(&transaction)?).unwrap_or(usize::MAX);
    for migration in MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", known())?;
    transaction.commit()?;
    Ok(())
}

fn require_local(path: &Path) -> Result<(), CasebookError> {
    let stat = rustix::fs::statfs(path).map_err(|error| CasebookError::file("looked at", path)(error.into()))?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "magic numbers have 32 bits, in a field whose width and sign depend on the machine"
    )]
    let magic = stat.f_type as u32;
    refuse_network(magic)
}

fn refuse_network(magic: u32) -> Result<(), CasebookError> {
    match NETWORK.iter().find(|(network, _)| *network == magic) {
        Some((_, name)) => Err(CasebookError::NetworkFileSystem(name)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nfs_and_smb_are_refused_and_ext4_is_not() {
        assert!(matches!(refuse_network(0x6969), Err(CasebookError::NetworkFileSystem("nfs"))));
        assert!(matches!(refuse_network(0xFF53_4D42), Err(CasebookError::NetworkFileSystem("cifs"))));
        assert!(refuse_network(0xEF53).is_ok());
    }

    #[test]
    fn a_new_casebook_has_all_its_settings() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("casebook.db");
        let connection = create(&path, Duration::ZERO).unwrap();
        let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(number("application_id"), 0x4452_4F49);
        assert_eq!((number("user_version"), number("synchronous"), number("secure_delete")), (1, 3, 1));
        assert_eq!(number("trusted_schema"), 0);
        let journal: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!(journal, "delete");
        assert!(matches!(create(&path, Duration::ZERO), Err(CasebookError::Exists(_))));
    }

    #[test]
    fn a_folder_may_be_a_link_and_the_casebook_may_not() {
        let dir = tempfile::tempdir().unwrap();
        let (real, link) = (dir.path().join("real"), dir.path().join("link"));
        fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        drop(create(&link.join("casebook.db"), Duration::ZERO).unwrap());
        open(&link.join("casebook.db"), Duration::ZERO).unwrap();
        std::os::unix::fs::symlink(real.join("casebook.db"), real.join("other.db")).unwrap();
        assert!(matches!(open(&real.join("other.db"), Duration::ZERO), Err(CasebookError::File { .. })));
    }

    #[test]
    fn garbage_other_databases_and_newer_formats_are_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("casebook.db");
        assert!(matches!(open(&path, Duration::ZERO), Err(CasebookError::Missing(_))));
        for garbage in [&b""[..], b"hello", b"SQLite format 3\0 and then nothing that is a database, for a long while"]
        {
            fs::write(&path, garbage).unwrap();
            assert!(matches!(open(&path, Duration::ZERO), Err(CasebookError::NotACasebook(_))), "{}", garbage.len());
            assert!(matches!(open_read_only(&path, Duration::ZERO), Err(CasebookError::NotACasebook(_))));
        }
        fs::remove_file(&path).unwrap();
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE users (id); PRAGMA user_version = 1").unwrap();
        assert!(matches!(open(&path, Duration::ZERO), Err(CasebookError::NotACasebook(_))));
        fs::remove_file(&path).unwrap();
        create(&path, Duration::ZERO).unwrap().pragma_update(None, "user_version", 2).unwrap();
        assert!(matches!(open(&path, Duration::ZERO), Err(CasebookError::Newer { found: 2, known: 1 })));
        assert!(matches!(open_read_only(&path, Duration::ZERO), Err(CasebookError::Newer { found: 2, known: 1 })));
    }
}
