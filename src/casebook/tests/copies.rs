//! Older copies, forks, lost ends, and machines that died at the wrong moment.

use std::fs;

use super::*;

#[test]
fn an_older_copy_is_behind() {
    let (desk, mut book) = Desk::new();
    let case = open_case(&mut book, RequestType::Access);
    let backup = fs::read(desk.path()).unwrap();
    identify(&mut book, case);
    drop(book);
    fs::write(desk.path(), backup).unwrap();
    for open in [Casebook::open, Casebook::open_read_only] {
        assert!(matches!(open(desk.opening()), Err(CasebookError::Behind { found: 2, known: 3 })));
    }
    assert_eq!(desk.codes(), ["truncated"]);
}

#[test]
fn copies_that_went_different_ways_are_forked() {
    let (desk, mut book) = Desk::new();
    let case = open_case(&mut book, RequestType::Access);
    let copy = fs::read(desk.path()).unwrap();
    let head = desk.keys().join(format!("{}.head", book.workspace()));
    let old_head = fs::read(&head).unwrap();
    identify(&mut book, case);
    drop(book);
    let known = fs::read(&head).unwrap();
    fs::write(desk.path(), copy).unwrap();
    fs::write(&head, old_head).unwrap(); // the other machine had a key folder of its own
    let mut other = desk.open();
    for _ in 0..3 {
        other.append(at(3), "wang", case, Event::Noted {}, None).unwrap();
    }
    drop(other);
    fs::write(&head, known).unwrap();
    assert!(matches!(Casebook::open(desk.opening()), Err(CasebookError::Forked(3))));
    assert_eq!(desk.codes(), ["head_differs"]);
}

#[test]
fn a_copy_is_adopted_only_on_the_record() {
    let (desk, mut book) = Desk::new();
    let case = open_case(&mut book, RequestType::Access);
    let backup = fs::read(desk.path()).unwrap();
    identify(&mut book, case);
    let lost = book.head().unwrap();
    drop(book);
    fs::write(desk.path(), backup).unwrap();
    let busy = fs::File::create(desk.dir.path().join("casebook.lock")).unwrap();
    busy.lock().unwrap();
    assert!(matches!(adopted(&desk, 20), Err(CasebookError::Busy(_))));
    assert!(matches!(Casebook::open(desk.opening()), Err(CasebookError::Behind { .. }))); // not half adopted
    drop(busy);
    drop(adopted(&desk, 20).unwrap());
    let book = desk.open();
    let mut event = None;
    book.events_after(2, |recorded| {
        event = Some(recorded.event);
        Ok(())
    })
    .unwrap();
    assert_eq!(event, Some(Event::HeadAdopted { known_number: lost.number, known_hash: lost.hash, mark: None }));
    assert_eq!(desk.findings(), []);
}

#[test]
fn a_casebook_whose_end_nobody_knows_is_not_opened_unasked() {
    let (desk, book) = Desk::new();
    let head = desk.keys().join(format!("{}.head", book.workspace()));
    drop(book);
    fs::write(&head, "nonsense").unwrap();
    assert!(matches!(Casebook::open(desk.opening()), Err(CasebookError::HeadDamaged)));
    fs::remove_file(&head).unwrap();
    assert!(matches!(Casebook::open(desk.opening()), Err(CasebookError::HeadUnknown)));
    assert_eq!(desk.codes(), ["head_unknown"]);
}

#[test]
fn dying_after_the_commit_and_before_the_end_is_remembered_loses_nothing() {
    let (desk, mut book) = Desk::new();
    let head = desk.keys().join(format!("{}.head", book.workspace()));
    let before = fs::read(&head).unwrap();
    let case = open_case(&mut book, RequestType::Access);
    drop(book);
    fs::write(&head, before).unwrap();
    let mut book = desk.open();
    identify(&mut book, case);
    assert_eq!(desk.findings(), []);
}

/// What is on the disk when the machine dies in the middle of a write: the next writer undoes it, a reader says so.
#[test]
fn dying_in_the_middle_of_a_write_leaves_what_was_before() {
    let (desk, mut book) = Desk::new();
    let case = open_case(&mut book, RequestType::Access);
    book.connection.execute_batch("BEGIN IMMEDIATE; DELETE FROM events; DELETE FROM cases;").unwrap();
    book.connection.cache_flush().unwrap();
    let died = desk.dir.path().join("died.db");
    fs::copy(desk.path(), &died).unwrap();
    fs::copy(desk.dir.path().join("casebook.db-journal"), desk.dir.path().join("died.db-journal")).unwrap();
    book.connection.execute_batch("ROLLBACK").unwrap();
    let opening = || desk.opening_of(&died);
    assert!(matches!(Casebook::open_read_only(opening()), Err(CasebookError::HotJournal)));
    let mut again = Casebook::open(opening()).unwrap();
    assert!(again.case(case).unwrap().is_some());
    assert_eq!(findings(&mut again, None), []);
}
