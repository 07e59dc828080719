//! What a writer left that was killed; and signals.

use super::{desk, require_unopened};
use crate::desk::{Desk, dump, process, require_refused, sha, told};
use droit::case::FailurePoint;
use rusqlite::Connection;
use std::{os::unix::process::ExitStatusExt, thread, time::Duration};

/// Makes a database whose writer was killed in the middle of a transaction.
pub(super) fn killed_writer(mode: &str) -> Desk {
    let desk = desk();
    let told = [("DB", desk.path().display().to_string()), ("MODE", mode.to_owned())];
    let ended = process("bad_databases::journals::a_writer_that_dies", &told).output().unwrap();
    assert_eq!(ended.status.signal(), Some(9), "{}", String::from_utf8_lossy(&ended.stderr));
    desk
}

#[test]
#[ignore = "a child process of the tests below"]
fn a_writer_that_dies() {
    let Some(path) = told("DB") else { return };
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(&format!("PRAGMA journal_mode = {}; PRAGMA cache_size = 5", told("MODE").unwrap()))
        .unwrap();
    if told("MODE").unwrap() == "WAL" {
        connection.execute_batch("INSERT INTO orders VALUES (13, 1, 'Zhang-secret wal', NULL)").unwrap();
    }
    connection
        .execute_batch(
            "BEGIN; WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
             INSERT INTO orders SELECT i, 2, hex(randomblob(500)), NULL FROM n;",
        )
        .unwrap();
    std::process::Command::new("kill").args(["-KILL", &std::process::id().to_string()]).status().unwrap();
    thread::sleep(Duration::from_mins(1));
}

#[test]
fn a_hot_journal_is_refused_and_left_untouched() {
    for mode in ["DELETE", "PERSIST", "TRUNCATE"] {
        let desk = killed_writer(mode);
        let journal = desk.dir.join("people.db-journal");
        let (file, hot) = (desk.sha(), sha(&journal));
        require_unopened(&desk.path(), "hot_journal");
        assert_eq!((desk.sha(), sha(&journal)), (file, hot), "{mode}");
    }
}

#[test]
fn what_a_killed_process_left_in_the_wal_is_read() {
    let desk = killed_writer("WAL");
    assert!(desk.dir.join("people.db-wal").exists());
    let job = desk.plan([("account", "1")]).unwrap();
    assert_eq!(job.totals.all().located, 4, "the person and three orders, one of them only in the WAL");
    desk.apply(&job).unwrap();
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM orders"), 1, "what was never committed is not there");
}

#[test]
fn an_erasure_that_is_interrupted_by_a_signal_leaves_everything() {
    let desk = desk();
    let job = desk.plan([("account", "1")]).unwrap();
    let before = dump(&desk.path());
    require_refused(desk.apply_until(&job, FailurePoint::AfterStatements), "interrupted");
    assert_eq!(desk.dump(), before);
}
