//! Files and folders that may only be read, or not at all: as somebody who is not root.

use super::SQL;
use super::journals::killed_writer;
use crate::desk::{Desk, process, sha, told};
use droit::{database::DatabaseUrl, database::connect, database::connect_for_writing};
use rusqlite::Connection;
use std::{
    fs, os::unix::fs::PermissionsExt, os::unix::fs::chown, os::unix::process::CommandExt, path::Path, path::PathBuf,
};

const NOBODY: u32 = 65534;

/// Opens the database at `path` as a user without rights of their own, and tells the code of reader and writer.
fn as_nobody(dir: &Path, path: &Path) -> String {
    let binary: PathBuf = dir.join("suite-of-nobody");
    let root = rustix_uid() == 0;
    let mut command = if root {
        fs::copy(std::env::current_exe().unwrap(), &binary).unwrap();
        fs::set_permissions(&binary, fs::Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(dir, fs::Permissions::from_mode(0o755)).unwrap();
        let told = [("DB", path.display().to_string())];
        let test = process("bad_databases::permissions::somebody_who_opens_it", &told);
        let mut command = std::process::Command::new(&binary);
        command.args(test.get_args()).env("DROIT_TEST_DB", path).uid(NOBODY).gid(NOBODY).current_dir("/");
        command
    } else {
        process("bad_databases::permissions::somebody_who_opens_it", &[("DB", path.display().to_string())])
    };
    let output = loop {
        match command.output() {
            // a process that another test starts just now may still hold the copy open for writing
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => std::thread::yield_now(),
            other => break other.unwrap(),
        }
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find_map(|line| line.split_once("codes: ")).map(|(_, codes)| codes.to_owned());
    line.unwrap_or_else(|| panic!("{text} {}", String::from_utf8_lossy(&output.stderr)))
}

fn rustix_uid() -> u32 {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").unwrap().uid()
}

#[test]
#[ignore = "a child process of the tests below"]
fn somebody_who_opens_it() {
    let Some(path) = told("DB") else { return };
    let url = DatabaseUrl::sqlite(path);
    let code = |outcome: Result<(), droit::database::DatabaseError>| outcome.map_or_else(|e| e.code(), |()| "ok");
    let reader = code(connect(&url, &Desk::options()).and_then(|mut database| database.schema().map(drop)));
    let writer = code(connect_for_writing(&url, &Desk::options()).and_then(|mut database| {
        database.create_mark_table()?;
        database.begin().map(drop)
    }));
    println!("codes: {reader} {writer}");
}

/// A database of its own in a folder that everybody may enter.
fn public(mode: &str) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("people.db");
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(&format!("PRAGMA journal_mode = {mode}; {SQL}")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    (dir, path)
}

#[test]
fn a_file_that_may_only_be_read_is_read_and_not_written() {
    let (dir, path) = public("DELETE");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    let before = sha(&path);
    assert_eq!(as_nobody(dir.path(), &path), "ok database_read_only");
    assert_eq!(sha(&path), before);
}

#[test]
fn a_file_that_may_not_be_read_cannot_be_opened() {
    let (dir, path) = public("DELETE");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    assert_eq!(as_nobody(dir.path(), &path), "cannot_open cannot_open");
}

#[test]
fn a_folder_that_may_not_be_written_is_as_read_only_as_the_file() {
    if rustix_uid() != 0 {
        eprintln!("skipped: only root can give a file to somebody and keep its folder");
        return;
    }
    let (dir, path) = public("DELETE");
    chown(&path, Some(NOBODY), Some(NOBODY)).unwrap(); // the file is theirs, the folder is not
    let before = sha(&path);
    assert_eq!(as_nobody(dir.path(), &path), "ok database_read_only");
    assert_eq!(sha(&path), before);
}

#[test]
fn a_wal_of_another_user_is_refused_and_not_read_past() {
    if rustix_uid() != 0 {
        eprintln!("skipped: only root can leave files of another user behind");
        return;
    }
    let (dir, path) = public("WAL");
    let writer = Connection::open(&path).unwrap();
    writer.execute_batch("INSERT INTO people VALUES (3, 'Zhang-secret 3', NULL)").unwrap();
    for name in ["people.db-wal", "people.db-shm"] {
        fs::set_permissions(dir.path().join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    // Without the WAL an older state would be read: that must not pass for the truth.
    assert_eq!(as_nobody(dir.path(), &path), "cannot_open cannot_open");
    drop(writer);
}

#[test]
fn a_wal_database_on_a_disk_that_may_only_be_read_is_never_read_past_its_wal() {
    if rustix_uid() != 0 {
        eprintln!("skipped: only root can give a file to somebody and keep its folder");
        return;
    }
    let (dir, path) = public("WAL");
    // Closed properly, so there is no WAL; making one is not allowed.
    let codes = as_nobody(dir.path(), &path);
    let reader = codes.split(' ').next().unwrap();
    assert!(["ok", "cannot_open", "database_read_only"].contains(&reader), "{codes}");
    assert!(!codes.ends_with(" ok"), "{codes}");
}

#[test]
fn a_hot_journal_on_a_disk_that_may_only_be_read_is_refused() {
    let desk = killed_writer("DELETE");
    let journal = desk.dir.join("people.db-journal");
    for file in [desk.path(), journal.clone()] {
        fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
    }
    let before = (desk.sha(), sha(&journal));
    assert_eq!(as_nobody(&desk.dir, &desk.path()), "hot_journal hot_journal");
    assert_eq!((desk.sha(), sha(&journal)), before);
}
