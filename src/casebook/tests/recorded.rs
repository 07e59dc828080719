//! What is recorded, what follows from it, and what nobody gets to see.

use std::{fmt::Write, fs};

use super::*;
use crate::{
    case::{Decision, IllegalMove, NextStep, Proof, Status},
    plan,
};

#[test]
fn numbers_count_within_their_day_and_never_come_twice() {
    let (_desk, mut book) = Desk::new();
    let mut numbers = Vec::new();
    for day in [date(2026, 11, 23), date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 23)] {
        let event = opened(SubjectRef::new([1; 8]), RequestType::Access);
        numbers.push(book.open_case(at(1), "li", day, event, None).unwrap().0.to_string());
    }
    assert_eq!(numbers, ["DSR-20261123-0001", "DSR-20261123-0002", "DSR-20261124-0001", "DSR-20261123-0003"]);
}

#[test]
fn references_are_random_and_the_same_person_is_found_by_tag() {
    let (_desk, mut book) = Desk::new();
    assert_ne!(book.new_subject(), book.new_subject());
    let case = open_case(&mut book, RequestType::Access);
    let subject = book.require_case(case).unwrap().subject;
    let tag = |book: &Casebook, value| [book.tag("phone", value).unwrap()];
    assert_eq!(book.subjects(TagPurpose::Subject, &tag(&book, PHONE)).unwrap(), [subject]);
    assert_eq!(book.subjects(TagPurpose::Subject, &tag(&book, "13900139000")).unwrap(), []);
    assert_eq!(book.subjects(TagPurpose::Hold, &tag(&book, PHONE)).unwrap(), []);
    assert_ne!(book.tag("phone", PHONE).unwrap(), book.tag("account", PHONE).unwrap());
}

#[test]
fn a_case_is_what_its_events_add_up_to() {
    let (_desk, book, number) = busy_book();
    let case = book.require_case(number).unwrap();
    assert_eq!((case.status, case.proof, case.level), (Status::Postcheck, Proof::Pending, Some(Level::L3)));
    assert_eq!(case.actions, [count("users", "anonymized", 1)]);
    assert_eq!((case.retained, case.waiting), (vec![kept()], vec![kept()]));
    assert_eq!((case.verified_at, case.completed_at), (Some(at(2)), None));
    assert_eq!(case.events, 8);
    let personal = &case.personal;
    assert_eq!(personal.identity.as_ref().unwrap().identifiers[0].value.reveal(), PHONE);
    assert_eq!(personal.name.as_ref().unwrap().reveal(), "张伟");
    assert_eq!(book.status(number).unwrap(), Some(Status::Postcheck));
    assert_eq!(book.waiting().unwrap().len(), 1);
}

#[test]
fn the_next_step_is_one_command() {
    let (_desk, mut book) = Desk::new();
    let case = open_case(&mut book, RequestType::Access);
    let step = |book: &Casebook| book.require_case(case).unwrap().next_step();
    assert_eq!(step(&book).to_string(), "droit case identify --level L2 DSR-20261123-0001");
    book.append(at(2), "li", case, identified(Level::L1), None).unwrap();
    assert_eq!(step(&book), NextStep::Command("case identify --level L2", case)); // L1 does not do for access
    identify(&mut book, case);
    assert_eq!(step(&book).to_string(), "droit export DSR-20261123-0001");
    let exported = Event::Exported { portable: false, package: print(3), tables: Vec::new(), withheld: [].into() };
    book.append(at(3), "li", case, exported, None).unwrap();
    assert_eq!(step(&book), NextStep::Command("case answer", case));
    book.append(at(4), "li", case, answered(Decision::Fulfilled, false), None).unwrap();
    assert_eq!(step(&book), NextStep::Command("case close", case));
    book.append(at(5), "li", case, Event::Closed {}, None).unwrap();
    assert_eq!(step(&book), NextStep::Nothing(None));
}

fn answered(decision: Decision, remedies_given: bool) -> Event {
    Event::Answered {
        decision,
        interim: false,
        sent_at: at(4),
        channel: Channel::ALL[0],
        reply: print(4),
        remedies_given,
        law: None,
        by_hand: false,
    }
}

fn illegal(book: &mut Casebook, case: CaseNumber, event: Event) -> IllegalMove {
    let before = book.head().unwrap();
    let error = book.append(at(5), "li", case, event, Some(&Body::text("x"))).unwrap_err();
    assert_eq!(book.head().unwrap(), before);
    match error {
        CasebookError::IllegalMove(illegal) => illegal,
        other => panic!("{other}"),
    }
}

#[test]
fn what_the_law_forbids_is_not_recorded() {
    let (_desk, mut book) = Desk::new();
    let case = open_case(&mut book, RequestType::Delete);
    let plan = || Event::Planned { plan: print(1), tables: Vec::new(), part: false };
    assert!(matches!(illegal(&mut book, case, plan()), IllegalMove::Status(_)));
    book.append(at(2), "li", case, identified(Level::L1), None).unwrap();
    let weak = illegal(&mut book, case, plan());
    assert_eq!(weak, IllegalMove::Level { needed: Level::L2, verified: Some(Level::L1) });
    assert_eq!(weak.to_string(), "this request needs an identity verified at L2, and it is verified at L1");
    let proof = Event::Proven { certificate: print(1) };
    assert_eq!(illegal(&mut book, case, proof), IllegalMove::NothingRemoved);
    assert_eq!(illegal(&mut book, case, answered(Decision::Partial, false)), IllegalMove::RemediesMissing);
    assert_eq!(illegal(&mut book, case, Event::HoldReleased {}), IllegalMove::NotOfCases);
    let again = opened(SubjectRef::new([1; 8]), RequestType::Access);
    assert_eq!(illegal(&mut book, case, again), IllegalMove::AlreadyOpened);
}

#[test]
fn an_event_about_nothing_leaves_nothing_behind() {
    let (_desk, mut book) = Desk::new();
    let keys = book.keys().ids().unwrap();
    let nobody: CaseNumber = "DSR-20200101-0001".parse().unwrap();
    let error = book.append(at(1), "li", nobody, Event::Noted {}, Some(&Body::text("x"))).unwrap_err();
    assert!(matches!(error, CasebookError::NoSuchCase));
    assert_eq!(book.keys().ids().unwrap(), keys);
    assert!(matches!(
        book.append(at(1), "li", About::Workspace, Event::Closed {}, None),
        Err(CasebookError::WrongSubject(_))
    ));
}

#[test]
fn a_hold_is_found_by_tag_and_shuts_the_gate() {
    let (_desk, mut book) = Desk::new();
    let planned_at = book.head().unwrap().number;
    assert_eq!(book.hold_since(planned_at).unwrap(), None);
    let (subject, tag) = (book.new_subject(), book.tag("phone", PHONE).unwrap());
    let event = || Event::HoldAdded { subject: Some(subject), table: None, confidential: false, until: None };
    let body = Body::tags(vec![tag]);
    let (number, _) = book.add_hold(at(2), "li", date(2026, 11, 23), event(), Some(&body)).unwrap();
    assert_eq!(number.to_string(), "HOLD-20261123-0001");
    assert_eq!(book.hold_since(planned_at).unwrap(), Some(plan::Hold::Open));
    assert_eq!(book.hold_since(book.head().unwrap().number).unwrap(), None);
    assert_eq!(book.holds_on(&[tag]).unwrap()[0].number, number);
    assert_eq!(book.holds_on(&[book.tag("phone", "13900139000").unwrap()]).unwrap(), []);
    let hold = book.hold(number).unwrap().unwrap();
    assert_eq!(book.tags_of_hold(&hold).unwrap(), [tag]);
    book.append(at(3), "li", number, Event::HoldReleased {}, None).unwrap();
    assert_eq!(book.hold_since(planned_at).unwrap(), None);
    assert_eq!(book.holds().unwrap(), []);
    let twice = book.append(at(3), "li", number, Event::HoldReleased {}, None);
    assert!(matches!(twice, Err(CasebookError::NoSuchHold(_))));
}

#[test]
fn destroying_a_case_key_forgets_the_person_and_keeps_the_record() {
    let (desk, mut book, case) = busy_book();
    let key =
        book.key_rows().unwrap().into_iter().find(|key| key.about == case.into() && key.purpose == "case").unwrap();
    let events = book.head().unwrap().number;
    book.destroy_key(at(30), "tidy", key.id).unwrap();
    let forgotten = book.require_case(case).unwrap();
    assert_eq!((forgotten.status, forgotten.personal == Personal::default()), (Status::Postcheck, true));
    assert_eq!(book.subjects(TagPurpose::Subject, &[book.tag("phone", PHONE).unwrap()]).unwrap(), []);
    let verified = book.verify(at(60), None, &mut |finding| panic!("{finding:?}")).unwrap();
    assert_eq!((verified.events, verified.bodies, verified.destroyed), (u64::try_from(events).unwrap() + 1, 2, 2));
    assert!(matches!(book.destroy_key(at(31), "tidy", key.id), Err(CasebookError::KeyMissing(_))));
    assert_eq!(desk.findings(), []);
}

#[test]
fn what_a_confidential_hold_protects_is_sealed_and_goes_with_its_key() {
    let (desk, mut book, _) = busy_book();
    let hold = book.holds().unwrap().remove(0);
    assert!(hold.confidential && hold.subject.is_some());
    let sealed = Event::HoldAdded { subject: None, table: None, confidential: true, until: None };
    book.events_about(About::Hold(hold.number), |recorded| {
        assert_eq!(recorded.event, sealed);
        Ok(())
    })
    .unwrap();
    let key = book.key_rows().unwrap().into_iter().find(|key| key.about == About::Hold(hold.number)).unwrap();
    book.destroy_key(at(30), "tidy", key.id).unwrap();
    let forgotten = book.hold(hold.number).unwrap().unwrap();
    assert_eq!((forgotten.subject, forgotten.table), (None, None));
    assert_eq!(desk.findings(), []);
}

#[test]
fn a_key_that_survives_its_recorded_destruction_is_found_and_can_be_destroyed_again() {
    let (desk, mut book, case) = busy_book();
    let key =
        book.key_rows().unwrap().into_iter().find(|key| key.about == case.into() && key.purpose == "case").unwrap();
    book.append(at(30), "tidy", About::Workspace, Event::KeyDestroyed { key: key.id }, None).unwrap();
    assert!(desk.codes().contains(&"key_not_destroyed")); // died before the file was gone
    book.destroy_key(at(31), "tidy", key.id).unwrap();
    assert_eq!(desk.findings(), []);
}

/// W9: nothing about the person stands in clear in any file of the workspace.
#[test]
fn no_file_of_the_workspace_names_the_person() {
    let (desk, book, case) = busy_book();
    drop(book);
    for entry in fs::read_dir(desk.dir.path()).unwrap().map(Result::unwrap).filter(|e| e.path().is_file()) {
        let bytes = fs::read(entry.path()).unwrap();
        for secret in [PHONE, "张伟", "otp and waybill agree", "court order 17"] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{:?}", entry.path());
        }
    }
    assert!(desk.open().case(case).unwrap().is_some());
}

#[test]
fn debug_and_errors_never_show_the_person() {
    let (desk, book, case) = busy_book();
    let mut shown = format!("{book:?} {:?}", book.case(case).unwrap());
    book.events_after(0, |recorded| {
        let _ = write!(shown, "{recorded:?}");
        Ok(())
    })
    .unwrap();
    let key =
        book.key_rows().unwrap().into_iter().find(|key| key.about == case.into() && key.purpose == "case").unwrap();
    fs::write(desk.keys().join(format!("{}.key", key.id)), [1; 32]).unwrap();
    let error = book.case(case).unwrap_err();
    let _ = write!(shown, "{error} {error:?}");
    for secret in [PHONE, "张伟", "court order", "otp and waybill"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    assert!(shown.contains("Secret("));
}

#[test]
fn a_duplicate_is_merged_and_points_to_the_other() {
    let (_desk, mut book) = Desk::new();
    let (first, second) = (open_case(&mut book, RequestType::Access), open_case(&mut book, RequestType::Access));
    book.append(at(2), "li", second, Event::Merged { into: first }, None).unwrap();
    let merged = book.require_case(second).unwrap();
    assert_eq!((merged.next_step(), merged.ended_at), (NextStep::Nothing(Some(first)), Some(at(2))));
    let mut open = Vec::new();
    let mut take = |case: crate::case::Case| {
        open.push(case.number);
        Ok(())
    };
    book.cases(true, &mut take).unwrap();
    assert_eq!(open, [first]);
}

#[test]
fn a_casebook_that_was_never_finished_is_called_so() {
    let desk = Desk { dir: tempfile::tempdir().unwrap() };
    KeyFolder::create(&desk.keys()).unwrap();
    drop(connection::create(&desk.path(), Duration::ZERO).unwrap());
    assert!(matches!(Casebook::open(desk.opening()), Err(CasebookError::Unfinished(_))));
    fs::remove_file(desk.path()).unwrap();
    let opening = desk.opening();
    fs::remove_dir(desk.keys()).unwrap();
    assert!(Casebook::create(opening, at(0), "li").is_err());
    assert!(!desk.path().exists());
}
