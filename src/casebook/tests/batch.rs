//! Many requests at once: all or none, whatever happens in between.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;
use crate::case::Status::{Merged, Received};

const DAY: jiff::civil::Date = date(2026, 11, 23);

fn arrival(book: &mut Casebook, request: RequestType) -> Arrival {
    let event = opened(book.new_subject(), request);
    Arrival { event, body: asked(book), with: vec![], into: None, takes: vec![] }
}

fn statuses(book: &Casebook) -> Vec<(String, crate::case::Status)> {
    let mut all = Vec::new();
    book.cases(false, |case| {
        all.push((case.number.to_string(), case.status));
        Ok(())
    })
    .unwrap();
    all
}

#[test]
fn all_are_opened_linked_and_merged() {
    let (desk, mut book) = Desk::new();
    let later = open_case(&mut book, RequestType::Copy);
    let mut batch: Vec<Arrival> = (0..3).map(|_| arrival(&mut book, RequestType::Copy)).collect();
    batch[0].takes = vec![later];
    batch[1].into = Some(Goal::Arrival(0));
    batch[2].with = vec![0];
    let numbers = book.open_cases(at(2), "li", DAY, &batch).unwrap();
    let names: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["DSR-20261123-0002", "DSR-20261123-0003", "DSR-20261123-0004"]);
    let wanted = [(1, Merged), (2, Received), (3, Merged), (4, Received)];
    assert_eq!(statuses(&book), wanted.map(|(at, status)| (format!("DSR-20261123-000{at}"), status)));
    assert_eq!(book.case(numbers[2]).unwrap().unwrap().linked, [numbers[0]]);
    assert_eq!(book.case_opened_with(&book.tag("phone", PHONE).unwrap()).unwrap(), Some(later));
    assert_eq!(book.case_opened_with(&book.tag("phone", "1").unwrap()).unwrap(), None);
    drop(book);
    assert_eq!(desk.findings(), []);
}

#[test]
fn one_that_cannot_be_opened_stops_all() {
    let (desk, mut book) = Desk::new();
    let (head, keys) = (book.head().unwrap(), book.keys().ids().unwrap());
    let mut batch: Vec<Arrival> = (0..3).map(|_| arrival(&mut book, RequestType::Copy)).collect();
    batch[2].into = Some(Goal::Case("DSR-20261123-0009".parse().unwrap()));
    batch[2].takes = vec!["DSR-20261123-0009".parse().unwrap()]; // there is no such case
    assert!(matches!(book.open_cases(at(2), "li", DAY, &batch), Err(CasebookError::NoSuchCase)));
    assert_eq!((book.head().unwrap(), book.keys().ids().unwrap()), (head, keys));
    assert_eq!(statuses(&book), []);
    drop(book);
    assert_eq!(desk.findings(), []);
}

#[test]
fn a_death_at_any_draw_leaves_none_and_the_next_try_opens_all() {
    for survived in 0..9 {
        let (desk, book) = Desk::new();
        drop(book);
        let mut book = desk.open();
        let batch: Vec<Arrival> = (0..3).map(|_| arrival(&mut book, RequestType::Copy)).collect();
        let (mut draws, mut real) = (0, counter());
        book.random = Box::new(move |bytes| {
            draws += 1;
            assert!(draws <= survived, "the machine dies here");
            real(bytes);
        });
        let died = catch_unwind(AssertUnwindSafe(|| book.open_cases(at(2), "li", DAY, &batch)));
        assert!(died.is_err(), "three cases draw nine times: name, key, nonce");
        drop(book);
        let mut book = desk.open();
        assert_eq!(statuses(&book), []);
        assert_eq!(book.open_cases(at(3), "li", DAY, &batch).unwrap().len(), 3);
        drop(book);
        assert_eq!(desk.findings(), []);
    }
}

#[test]
fn nothing_to_open_records_nothing() {
    let (_desk, mut book) = Desk::new();
    let head = book.head().unwrap();
    assert_eq!(book.open_cases(at(2), "li", DAY, &[]).unwrap(), []);
    assert_eq!(book.head().unwrap(), head);
}
