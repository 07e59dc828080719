//! The casebook as a whole: what is recorded, what is found when somebody changed it, what is left after a crash.

mod batch;
mod copies;
mod destroyed;
mod recorded;
mod rotated;
mod tampered;
mod vectors;
mod writers;

use std::{path::Path, time::Duration};

use jiff::{Timestamp, civil::date};
use tempfile::TempDir;

use super::*;
use crate::{
    case::{
        Body, CaseNumber, Channel, Identity, IdentitySet, Kept, Level, Personal, Regime, Request, RequestType,
        RequesterType, SubjectRef, TableCount, TagPurpose,
    },
    data_map::Wording,
};

/// Nobody's phone; must never be seen outside of a body.
const PHONE: &str = "13800138000";

/// The casebook as it is, adopted on a day, beside a database that carries no change.
fn adopted(desk: &Desk, day: i64) -> Result<Casebook, CasebookError> {
    Casebook::adopt(desk.opening(), at(day), "li", |_| Ok(None))
}

struct Desk {
    dir: TempDir,
}

impl Desk {
    fn new() -> (Self, Casebook) {
        let desk = Self { dir: tempfile::tempdir().unwrap() };
        KeyFolder::create(&desk.keys()).unwrap();
        let book = Casebook::create(desk.opening(), at(0), "li").unwrap();
        (desk, book)
    }

    fn keys(&self) -> PathBuf {
        self.dir.path().join("keys")
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("casebook.db")
    }

    fn opening(&self) -> Opening {
        self.opening_of(&self.path())
    }

    fn opening_of(&self, path: &Path) -> Opening {
        let keys = KeyFolder::open(&self.keys()).unwrap();
        Opening {
            path: path.to_owned(),
            keys,
            random: counter(),
            command: "test".to_owned(),
            wait: Duration::from_millis(40),
        }
    }

    fn open(&self) -> Casebook {
        Casebook::open(self.opening()).unwrap()
    }

    /// Changes the file as somebody with an SQLite shell would.
    fn by_hand(&self, sql: &str) {
        let connection = Connection::open(self.path()).unwrap();
        connection.execute_batch(sql).unwrap();
    }

    fn findings(&self) -> Vec<Finding> {
        findings(&mut Casebook::open_for_audit(self.opening()).unwrap(), None)
    }

    fn codes(&self) -> Vec<&'static str> {
        self.findings().into_iter().map(|finding| finding.code).collect()
    }
}

fn findings(book: &mut Casebook, known: Option<Head>) -> Vec<Finding> {
    let mut found = Vec::new();
    book.verify(at(60), known, &mut |finding| found.push(finding)).unwrap();
    found
}

/// Distinct bytes each time: every opening goes on where the last one ended, as real randomness would.
fn counter() -> Randomness {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Box::new(|bytes| {
        for chunk in bytes.chunks_mut(8) {
            let next = NEXT.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            chunk.copy_from_slice(&next.to_be_bytes()[..chunk.len()]);
        }
    })
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_795_395_600 + 60 * minutes).unwrap()
}

fn print(byte: u8) -> Fingerprint {
    Fingerprint::new([byte; 32])
}

fn opened(subject: SubjectRef, request: RequestType) -> Event {
    Event::Opened {
        subject,
        request: Request::new(request),
        regime: Regime::Cn,
        channel: Channel::ALL[0],
        requester: RequesterType::Subject,
        received_at: at(0),
        scope: Vec::new(),
        policy_version: None,
        linked: Vec::new(),
        due: Vec::new(),
    }
}

fn asked(book: &Casebook) -> Body {
    Body {
        name: Some("张伟".into()),
        identity: Some(Identity::of([("phone", PHONE)])),
        tags: vec![book.tag("phone", PHONE).unwrap()],
        ..Body::default()
    }
}

/// At that minute, or whenever the last event was.
fn from(minute: i64, book: &Casebook) -> Timestamp {
    book.last_event_at().unwrap().map_or(at(minute), |last| last.max(at(minute)))
}

fn open_case(book: &mut Casebook, request: RequestType) -> CaseNumber {
    let subject = book.new_subject();
    let body = asked(book);
    book.open_case(from(1, book), "li", date(2026, 11, 23), opened(subject, request), Some(&body)).unwrap().0
}

fn identified(level: Level) -> Event {
    Event::Identified { level, method: "otp+waybill".to_owned(), age: None, due: Vec::new() }
}

fn identify(book: &mut Casebook, case: CaseNumber) {
    let body = Body { set: Some(IdentitySet::default()), ..Body::text("otp and waybill agree") };
    book.append(from(2, book), "li", case, identified(Level::L3), Some(&body)).unwrap();
}

fn count(table: &str, what: &str, rows: u64) -> TableCount {
    TableCount { table: table.to_owned(), what: what.to_owned(), rows }
}

fn kept() -> Kept {
    Kept {
        table: "orders".to_owned(),
        rows: 2,
        code: "RET".to_owned(),
        law: Wording::new("《电子商务法》第三十一条", "E-Commerce Law, Article 31"),
        until: Some(date(2029, 11, 23)),
    }
}

fn change(case: CaseNumber) -> Change {
    Change { about: case.into(), database: "db-1".to_owned(), plan: print(1), foretold: None }
}

fn open_intent(book: &mut Casebook, case: CaseNumber) -> i64 {
    let list = |work: &mut WorkWriter<'_>| -> Result<(), CasebookError> {
        work.push(PHONE.as_bytes())?;
        work.push(b"orders 7")
    };
    book.open_intent(from(4, book), "li", change(case), list).unwrap().0
}

/// A casebook in which about everything has happened once.
fn busy_book() -> (Desk, Casebook, CaseNumber) {
    let (desk, mut book) = Desk::new();
    let case = open_case(&mut book, RequestType::Delete);
    identify(&mut book, case);
    let plan = Event::Planned { plan: print(1), tables: vec![count("users", "anonymized", 1)], part: false };
    book.append(at(3), "li", case, plan, None).unwrap();
    let intent = open_intent(&mut book, case);
    book.append(at(5), "li", case, Event::Committing { intent }, None).unwrap();
    book.append(at(5), "li", case, Event::Committed { intent }, None).unwrap();
    let removed = Event::Removed { intent, tables: vec![count("users", "anonymized", 1)], kept: vec![kept()] };
    book.append(at(6), "li", case, removed, None).unwrap();
    let waits = Event::Scheduled { everything: false, items: vec![kept()] };
    book.append(at(6), "li", case, waits, None).unwrap();
    let (subject, tag) = (book.new_subject(), book.tag("phone", "13900139000").unwrap());
    let hold = Event::HoldAdded { subject: Some(subject), table: None, confidential: true, until: None };
    let ordered = Body { tags: vec![tag], ..Body::text("court order 17") };
    book.add_hold(at(7), "li", date(2026, 11, 23), hold, Some(&ordered)).unwrap();
    let erased = Event::TagsAdded { purpose: TagPurpose::Suppression, subject, count: 1 };
    book.append(at(8), "li", About::Workspace, erased, Some(&Body::tags(vec![tag]))).unwrap();
    let started = Event::RunStarted {
        duty: crate::case::PurgeDuty::Retention,
        as_of: at(9),
        rules: print(2),
        plan: None,
        after: None,
        carried: None,
    };
    let (run, _) = book.start_run(at(9), "cron", date(2026, 11, 23), started).unwrap();
    let ended = Event::RunEnded { tables: Vec::new(), skipped: 0, undecidable: 1, by_rule: Vec::new() };
    book.append(at(9), "cron", run, ended, None).unwrap();
    (desk, book, case)
}

#[test]
fn a_busy_book_is_whole() {
    let (desk, mut book, _) = busy_book();
    assert_eq!(desk.findings(), []);
    let verified = book.verify(at(60), None, &mut |_| ()).unwrap();
    assert_eq!((verified.events, verified.bodies, verified.destroyed, verified.findings), (13, 4, 0, 0));
    assert_eq!(verified.head, book.head().unwrap());
}
