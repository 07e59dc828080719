//! Two writers, readers beside a writer, and work lists.

use std::thread;

use super::*;

#[test]
fn a_second_writer_is_told_who_writes_and_since_when() {
    let (desk, mut book) = Desk::new();
    let case = open_case(&mut book, RequestType::Access);
    let mut second = desk.open();
    book.lock(at(3)).unwrap();
    let error = second.append(at(3), "li", case, Event::Noted {}, None).unwrap_err();
    let CasebookError::Busy(holder) = &error else { panic!("{error}") };
    assert_eq!((holder.pid, holder.command.as_str(), holder.since), (std::process::id(), "test", Some(at(3))));
    book.append(at(3), "li", case, Event::Noted {}, None).unwrap();
    book.unlock();
    second.append(at(3), "li", case, Event::Noted {}, None).unwrap();
    book.append(at(3), "li", case, Event::Noted {}, None).unwrap();
    assert_eq!(desk.findings(), []);
}

#[test]
fn a_writer_waits_as_long_as_it_was_told_to() {
    let (desk, mut book) = Desk::new();
    let case = open_case(&mut book, RequestType::Access);
    book.lock(at(3)).unwrap();
    thread::scope(|scope| {
        let opening = || Opening { wait: Duration::from_secs(20), ..desk.opening() };
        let waiting = scope.spawn(move || {
            Casebook::open(opening()).unwrap().append(at(4), "wang", case, Event::Noted {}, None).map(drop)
        });
        thread::sleep(Duration::from_millis(60));
        assert!(!waiting.is_finished());
        book.unlock();
        waiting.join().unwrap().unwrap();
    });
}

#[test]
fn many_writers_at_once_make_one_chain() {
    let (desk, mut book) = Desk::new();
    let case = open_case(&mut book, RequestType::Access);
    thread::scope(|scope| {
        for _ in 0..4 {
            let opening = || Opening { wait: Duration::from_secs(30), ..desk.opening() };
            scope.spawn(move || {
                let mut book = Casebook::open(opening()).unwrap();
                for _ in 0..5 {
                    book.append(at(3), "li", case, Event::Noted {}, Some(&Body::text("x"))).unwrap();
                }
            });
        }
    });
    assert_eq!(book.head().unwrap().number, 22);
    assert_eq!(desk.findings(), []);
}

#[test]
fn a_reader_cannot_write() {
    let (desk, mut book) = Desk::new();
    let case = open_case(&mut book, RequestType::Access);
    let mut reader = Casebook::open_read_only(desk.opening()).unwrap();
    let error = reader.append(at(3), "li", case, Event::Noted {}, None).unwrap_err();
    assert!(matches!(error, CasebookError::ReadOnly), "{error}");
    assert!(reader.require_case(case).unwrap().personal.name.is_some());
}

fn deleting() -> (Desk, Casebook, CaseNumber) {
    let (desk, mut book) = Desk::new();
    let case = open_case(&mut book, RequestType::Delete);
    identify(&mut book, case);
    (desk, book, case)
}

#[test]
fn a_work_list_of_many_windows_is_read_as_it_was_written() {
    let (desk, mut book, case) = deleting();
    let record = |at: u32| {
        let mut record = at.to_be_bytes().to_vec();
        record.resize(usize::try_from(at % 900).unwrap() + 4, 7);
        record
    };
    let list = |work: &mut WorkWriter<'_>| -> Result<(), CasebookError> {
        (0..3000).try_for_each(|at| work.push(&record(at)))?;
        work.push(&vec![1; 200_000])?;
        work.push(b"")
    };
    let (number, _) = book.open_intent(at(4), "li", change(case), list).unwrap();
    let intent = book.intent(number).unwrap().unwrap();
    assert!(intent.windows > 20, "{}", intent.windows);
    let mut read = Vec::new();
    let mut take = |record: &[u8]| -> Result<(), CasebookError> {
        read.push(record.to_vec());
        Ok(())
    };
    book.read_work(&intent, &mut take).unwrap();
    let mut expected: Vec<_> = (0..3000).map(record).collect();
    expected.extend([vec![1; 200_000], Vec::new()]);
    assert!(read == expected);
    assert_eq!(desk.findings(), []);
}

#[test]
fn an_altered_work_list_is_not_read() {
    for sql in [
        "UPDATE intent_windows SET sealed = CAST(sealed || x'00' AS BLOB)",
        "UPDATE intent_windows SET position = 2",
        "DELETE FROM intent_windows",
        "UPDATE intent_windows SET nonce = zeroblob(24)",
    ] {
        let (desk, mut book, case) = deleting();
        let number = open_intent(&mut book, case);
        let intent = book.intent(number).unwrap().unwrap();
        desk.by_hand(sql);
        let read = book.read_work(&intent, |_| -> Result<(), CasebookError> { panic!("read after {sql}") });
        assert!(matches!(read, Err(CasebookError::WorkList(1))), "{sql}: {read:?}");
    }
}

#[test]
fn an_intent_that_is_interrupted_while_being_written_never_was() {
    let (desk, mut book, case) = deleting();
    let (before, keys) = (book.head().unwrap(), book.keys().ids().unwrap());
    let list = |work: &mut WorkWriter<'_>| -> Result<(), CasebookError> {
        work.push(&vec![0; 300_000])?;
        Err(CasebookError::NoSuchCase)
    };
    assert!(book.open_intent(at(4), "li", change(case), list).is_err());
    book.fail_at(Some(FailurePoint::BeforeIntent));
    let list = |work: &mut WorkWriter<'_>| work.push(b"x");
    let error = book.open_intent::<CasebookError>(at(4), "li", change(case), list).unwrap_err();
    assert!(matches!(error, CasebookError::Interrupted(FailurePoint::BeforeIntent)));
    assert_eq!((book.head().unwrap(), book.keys().ids().unwrap()), (before, keys));
    assert_eq!(book.unsettled_intents().unwrap(), []);
    assert_eq!(desk.findings(), []);
    book.fail_at(None);
    assert_eq!(open_intent(&mut book, case), 1);
}

#[test]
fn there_is_at_most_one_unsettled_intent_in_whatever_file_it_was_begun() {
    let (_desk, mut book, case) = deleting();
    let intent = open_intent(&mut book, case);
    let other = open_case(&mut book, RequestType::Delete);
    identify(&mut book, other);
    for database in ["db-1", "db-2"] {
        let list = |work: &mut WorkWriter<'_>| work.push(b"x");
        let wanted = Change { database: database.to_owned(), ..change(other) };
        let error = book.open_intent::<CasebookError>(at(5), "li", wanted, list).unwrap_err();
        assert!(matches!(error, CasebookError::IntentOpen(1)), "{error}");
    }
    let gave_up = Event::Abandoned { intent, why: "stale_plan".to_owned() };
    book.append(at(6), "li", case, gave_up, None).unwrap();
    book.require_settled().unwrap();
    assert_eq!(open_intent(&mut book, case), 2);
}

#[test]
fn an_intent_goes_its_way_and_no_other() {
    let (_desk, mut book, case) = deleting();
    let intent = open_intent(&mut book, case);
    let head = book.head().unwrap();
    for event in [
        Event::Committed { intent },
        Event::Removed { intent, tables: Vec::new(), kept: Vec::new() },
        Event::Committing { intent: 7 },
        Event::Planned { plan: print(9), tables: Vec::new(), part: false },
        Event::Closed {},
    ] {
        let word = format!("{event:?}");
        assert!(book.append(at(5), "li", case, event, None).is_err(), "{word}");
        assert_eq!(book.head().unwrap(), head, "{word}");
    }
    book.append(at(5), "li", case, Event::Noted {}, None).unwrap();
    for event in [Event::Committing { intent }, Event::Committed { intent }] {
        book.append(at(5), "li", case, event, None).unwrap();
    }
    assert_eq!(book.intent(intent).unwrap().unwrap().state.word(), "committed");
    assert!(book.append(at(6), "li", case, Event::Abandoned { intent, why: String::new() }, None).is_err());
}

#[test]
fn the_whole_book_is_not_read_while_somebody_is_in_the_middle_of_something() {
    let (desk, mut book) = Desk::new();
    book.lock(at(3)).unwrap();
    let mut reader = Casebook::open_for_audit(desk.opening()).unwrap();
    assert!(matches!(reader.verify(at(3), None, &mut |_| ()), Err(CasebookError::Busy(_))));
    assert!(matches!(reader.export(at(3), &mut Vec::new()), Err(CasebookError::Busy(_))));
    book.unlock();
    assert_eq!(reader.verify(at(3), None, &mut |_| ()).unwrap().events, 1);
}

#[test]
fn whoever_waited_for_the_lock_is_recorded_after_whoever_had_it() {
    let (desk, mut book) = Desk::new();
    let case = open_case(&mut book, RequestType::Access);
    book.append(at(30), "li", case, Event::Noted {}, None).unwrap();
    let late = book.append(at(30) - jiff::SignedDuration::from_secs(1), "wang", case, Event::Noted {}, None).unwrap();
    assert_eq!(late.at, at(30), "the clock was read before the lock was taken");
    assert!(desk.codes().is_empty(), "{:?}", desk.codes());
    let set_back = book.append(at(0), "li", case, Event::Noted {}, None);
    assert!(matches!(set_back, Err(CasebookError::ClockBehind(last)) if last == at(30)), "{set_back:?}");
    assert!(desk.codes().is_empty(), "nothing was recorded: {:?}", desk.codes());
    // somebody says that the clock is right, and was ahead before
    drop(book);
    let mut book = Casebook::adopt::<CasebookError>(desk.opening(), at(0), "li", |_| Ok(None)).unwrap();
    let after = book.append(at(1), "li", case, Event::Noted {}, None).unwrap();
    assert_eq!((after.at, desk.codes()), (at(1), vec![]));
}
