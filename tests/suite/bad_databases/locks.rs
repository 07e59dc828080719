//! Somebody else reads or writes meanwhile.

use super::{desk, require_unopened};
use crate::desk::require_refused;
use droit::case::IntentState;
use rusqlite::Connection;

#[test]
fn a_database_that_somebody_writes_is_busy_after_the_wait() {
    for mode in ["DELETE", "WAL"] {
        let desk = desk();
        desk.sql(&format!("PRAGMA journal_mode = {mode}"));
        let job = desk.plan([("account", "1")]).unwrap();
        let before = desk.dump();
        let other = Connection::open(desk.path()).unwrap();
        other.execute_batch("BEGIN IMMEDIATE; UPDATE goods SET sold = 6").unwrap();
        require_refused(desk.apply(&job), "database_busy");
        other.execute_batch("ROLLBACK").unwrap();
        assert_eq!(desk.dump(), before, "{mode}");
        desk.apply(&job).unwrap();
    }
}

#[test]
fn an_exclusive_writer_keeps_readers_out() {
    let desk = desk();
    let other = Connection::open(desk.path()).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    require_unopened(&desk.path(), "database_busy");
}

#[test]
fn a_long_reader_makes_the_commit_fail_and_leaves_nothing_to_recover() {
    let desk = desk();
    let job = desk.plan([("account", "1")]).unwrap();
    desk.sql(droit::database::sqlite::MARK_SQL); // so that only the change has to get past the reader
    let before = desk.dump();
    let other = Connection::open(desk.path()).unwrap();
    other.execute_batch("BEGIN; SELECT count(*) FROM people").unwrap();
    require_refused(desk.apply(&job), "database_busy");
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(desk.dump(), before);
    let book = desk.book();
    let intent = book.intent(book.last_intent().unwrap()).unwrap().unwrap();
    assert_eq!(intent.state, IntentState::Abandoned, "the casebook knows that it did not take place");
    drop(book);
    desk.apply(&job).unwrap();
}
