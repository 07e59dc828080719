//! Keys that were replaced: what they sealed is read with their successors alone, everybody is known as before, and the
//! record is whole.

use std::collections::BTreeSet;

use hmac::{Hmac, KeyInit, Mac};

use super::*;

const HELD: &str = "13900139000";

/// Replaces all keys that can be; their files stay.
fn replace(book: &mut Casebook, minute: i64) -> (Vec<KeyId>, Replaced) {
    let rows = book.key_rows().unwrap().into_iter().filter(KeyRow::is_replaceable);
    let keys: Vec<KeyId> = rows.map(|row| row.id).collect();
    let replaced = book.replace_keys(at(minute), "li", &keys).unwrap();
    (keys, replaced)
}

/// Replaces all keys, and their files go.
fn rotate(book: &mut Casebook, minute: i64) -> Replaced {
    let (keys, replaced) = replace(book, minute);
    book.scrub(at(minute)).unwrap();
    book.remove_keys(&keys).unwrap();
    replaced
}

fn key_files(desk: &Desk) -> BTreeSet<String> {
    let names = fs::read_dir(desk.keys()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.strip_suffix(".key").is_some()).collect()
}

/// The bytes of every key there is.
fn key_bytes(desk: &Desk) -> Vec<Vec<u8>> {
    key_files(desk).iter().map(|name| fs::read(desk.keys().join(name)).unwrap()).collect()
}

/// What the bodies say, but for those of the rotations themselves.
fn bodies(book: &Casebook) -> Vec<Option<Body>> {
    let mut bodies = Vec::new();
    book.events_after(0, |recorded| {
        if !matches!(recorded.event, Event::KeyReplaced { .. } | Event::TagKeyReplaced { .. }) {
            bodies.push(recorded.body);
        }
        Ok(())
    })
    .unwrap();
    bodies
}

fn blobs(desk: &Desk, sql: &str) -> Vec<Vec<u8>> {
    let connection = Connection::open(desk.path()).unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

const WORK: &str = "SELECT sealed FROM intent_windows";
const TAGS: &str = "SELECT tag FROM tags";
const BODIES: &str = "SELECT body FROM events WHERE body IS NOT NULL";

/// An identity tag, computed here.
fn tag_under(key: &[u8], kind: &str, value: &str) -> Vec<u8> {
    let mut mac = <Hmac<sha2::Sha256> as KeyInit>::new_from_slice(key).unwrap();
    mac.update(b"droit.tag/1");
    for part in [kind, value] {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().to_vec()
}

fn tag_key(book: &Casebook) -> KeyId {
    let living = book.key_rows().unwrap().into_iter().find(|row| row.purpose == "tags" && row.is_living());
    living.unwrap().id
}

fn key_of(book: &Casebook, about: impl Into<About>) -> KeyId {
    let about = about.into();
    let living = |row: &KeyRow| row.about == about && row.is_living() && !["tags", "intent"].contains(&&*row.purpose);
    book.key_rows().unwrap().into_iter().find(living).unwrap().id
}

fn contains(path: &Path, bytes: &[u8]) -> bool {
    if path.is_dir() {
        return fs::read_dir(path).unwrap().any(|entry| contains(&entry.unwrap().path(), bytes));
    }
    fs::read(path).unwrap().windows(bytes.len()).any(|window| window == bytes)
}

#[test]
fn everything_is_read_and_everybody_known_as_before_however_often() {
    let (desk, mut book, case) = busy_book();
    let known = |book: &Casebook, purpose, value| book.subjects(purpose, &[book.tag("phone", value).unwrap()]).unwrap();
    let (person, refused) = (known(&book, TagPurpose::Subject, PHONE), known(&book, TagPurpose::Suppression, HELD));
    assert_eq!((person.len(), refused.len()), (1, 1));
    let work = |book: &Casebook| {
        let mut records = Vec::new();
        let intent = book.intent(1).unwrap().unwrap();
        let each = |record: &[u8]| -> Result<(), CasebookError> {
            records.push(record.to_vec());
            Ok(())
        };
        book.read_work(&intent, each).unwrap();
        records
    };
    assert_eq!(work(&book), [PHONE.as_bytes(), b"orders 7"]);
    for minute in [60, 90, 120] {
        let (before, names) = (bodies(&book), key_files(&desk));
        let sealed = blobs(&desk, BODIES).len() as u64;
        assert_eq!(rotate(&mut book, minute), Replaced { bodies: sealed + 1, tags: 3, dropped: 0 });
        assert_eq!(bodies(&book), before);
        assert_eq!(work(&book), [PHONE.as_bytes(), b"orders 7"]);
        assert_eq!(known(&book, TagPurpose::Subject, PHONE), person);
        assert_eq!(known(&book, TagPurpose::Suppression, HELD), refused);
        let held = |book: &Casebook, value| book.holds_on(&[book.tag("phone", value).unwrap()]).unwrap().len();
        assert_eq!((held(&book, HELD), held(&book, PHONE)), (1, 0));
        assert_eq!(book.tags_of_hold(&book.holds().unwrap()[0]).unwrap(), [book.tag("phone", HELD).unwrap()]);
        assert_eq!(book.case_opened_with(&book.tag("phone", PHONE).unwrap()).unwrap(), Some(case));
        assert!(names.is_disjoint(&key_files(&desk)));
        assert_eq!(desk.findings(), []);
        // and it goes on
        for about in [About::Case(case), About::Workspace] {
            book.append(at(minute + 1), "li", about, Event::Noted {}, Some(&Body::text("later"))).unwrap();
        }
        assert_eq!(desk.findings(), []);
        drop(book);
        book = desk.open();
    }
    // who comes anew is known by new tags
    let (subject, body) = (book.new_subject(), asked(&book));
    let arrives = opened(subject, RequestType::Access);
    let again = book.open_case(at(130), "li", date(2026, 11, 24), arrives, Some(&body)).unwrap().0;
    assert_eq!(known(&book, TagPurpose::Subject, PHONE).len(), 2);
    assert_eq!(book.case(again).unwrap().unwrap().personal.name, Some("张伟".into()));
    assert_eq!(desk.findings(), []);
}

#[test]
fn with_the_old_keys_nobody_opens_a_body_or_computes_a_tag() {
    let (desk, mut book, _) = busy_book();
    let old = fs::read(desk.keys().join(format!("{}.key", tag_key(&book)))).unwrap();
    let tag = tag_under(&old, "phone", PHONE);
    let sealed = [blobs(&desk, BODIES), blobs(&desk, WORK)].concat();
    assert!(blobs(&desk, TAGS).contains(&tag));
    let leaked = key_bytes(&desk);
    rotate(&mut book, 60);
    let new = fs::read(desk.keys().join(format!("{}.key", tag_key(&book)))).unwrap();
    let anew = tag_under(&new, "tag", &hex(&tag));
    assert!(blobs(&desk, TAGS).contains(&anew) && !contains(&desk.path(), &tag));
    for key in leaked {
        assert!(!contains(desk.dir.path(), &key));
        assert!(!blobs(&desk, TAGS).contains(&tag_under(&key, "tag", &hex(&tag))));
    }
    for body in sealed {
        assert!(!contains(&desk.path(), &body));
    }
}

#[test]
fn what_was_replaced_and_is_still_there_is_told_and_nothing_else() {
    let (desk, mut book, _) = busy_book();
    let (mut keys, _) = replace(&mut book, 60);
    let told: BTreeSet<&str> = desk.codes().into_iter().collect();
    assert_eq!(told, ["key_not_destroyed"].into());
    let mut half = book.half_destroyed().unwrap();
    keys.sort_unstable();
    half.sort_unstable();
    assert_eq!(half, keys);
    let first = book.key_rows().unwrap()[0].id;
    keys.retain(|key| *key != first);
    book.remove_keys(&keys).unwrap();
    assert_eq!(desk.codes(), ["key_not_destroyed"], "the tag key, which seals nothing");
    book.remove_keys(&[first]).unwrap();
    assert_eq!(desk.findings(), []);
}

#[test]
fn with_the_successor_goes_all_that_it_took_over() {
    let (desk, mut book, case) = busy_book();
    rotate(&mut book, 60);
    book.append(at(61), "li", case, Event::Noted {}, Some(&Body::text("later"))).unwrap();
    rotate(&mut book, 90);
    let hold = book.holds().unwrap()[0].number;
    book.append(at(91), "li", hold, Event::HoldReleased {}, None).unwrap();
    let keys = [key_of(&book, case), key_of(&book, hold), book.intent(1).unwrap().unwrap().key];
    book.record_destruction(at(92), "tidy", &keys).unwrap();
    book.remove_keys(&keys).unwrap();
    assert_eq!(blobs(&desk, WORK).len(), 0);
    assert!(book.case(case).unwrap().unwrap().personal.name.is_none());
    assert_eq!(book.forgotten_cases().unwrap(), [case].into());
    assert_eq!(book.subjects(TagPurpose::Subject, &[book.tag("phone", PHONE).unwrap()]).unwrap(), []);
    assert_eq!((blobs(&desk, TAGS).len(), book.hold(hold).unwrap().unwrap().subject), (1, None));
    assert_eq!(desk.findings(), []);
    let verified = book.verify(at(99), None, &mut |_| ()).unwrap();
    assert_eq!(
        (verified.bodies, verified.destroyed),
        (2, 4),
        "two of the workspace; three of the case, one of the hold"
    );
}

#[test]
fn every_edited_byte_of_what_was_sealed_once_more_is_found_with_and_without_its_key() {
    let (desk, mut book, case) = busy_book();
    rotate(&mut book, 60);
    let edited = |desk: &Desk| {
        let mut reader = Casebook::open_for_audit(desk.opening()).unwrap();
        let writer = Connection::open(desk.path()).unwrap();
        writer.execute_batch("PRAGMA synchronous = OFF").unwrap();
        let sql = "SELECT number, body FROM events WHERE body IS NOT NULL AND about LIKE 'DSR-%'";
        let mut statement = writer.prepare(sql).unwrap();
        let events: Vec<(i64, Vec<u8>)> =
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
        assert_eq!(events.len(), 2);
        let put = "UPDATE events SET body = ?2 WHERE number = ?1";
        for (number, body) in events {
            for at in (0..body.len()).step_by(3).chain([body.len() - 1]) {
                let mut edited = body.clone();
                edited[at] ^= 1;
                writer.execute(put, (number, &edited)).unwrap();
                assert_ne!(findings(&mut reader, None), [], "event {number}, byte {at}");
            }
            writer.execute(put, (number, None::<Vec<u8>>)).unwrap();
            assert_ne!(findings(&mut reader, None), [], "event {number} without a body");
            writer.execute(put, (number, &body)).unwrap();
        }
        assert_eq!(findings(&mut reader, None), []);
    };
    edited(&desk);
    let key = key_of(&book, case);
    book.record_destruction(at(92), "tidy", &[key]).unwrap();
    book.remove_keys(&[key]).unwrap();
    edited(&desk);
}

/// A hold that knows the person under another reference, by their number.
#[test]
fn a_person_under_hold_by_a_tag_is_under_hold_before_and_after() {
    let (_desk, mut book, case) = busy_book();
    let (person, other) = (book.case(case).unwrap().unwrap().subject, book.new_subject());
    assert!(!book.is_held(person).unwrap());
    let event = Event::HoldAdded { subject: Some(other), table: None, confidential: false, until: None };
    let body = Body { tags: vec![book.tag("phone", PHONE).unwrap()], ..Body::text("court order 18") };
    let (hold, _) = book.add_hold(at(50), "li", date(2026, 11, 23), event, Some(&body)).unwrap();
    for minute in [60, 90] {
        assert!(book.is_held(person).unwrap());
        rotate(&mut book, minute);
    }
    assert!(book.is_held(person).unwrap());
    book.append(at(91), "li", hold, Event::HoldReleased {}, None).unwrap();
    assert!(!book.is_held(person).unwrap());
}

/// Somebody who has the keys puts another body in the place of one, and then keys are replaced.
#[test]
fn what_was_changed_before_is_still_found_afterwards() {
    let (desk, mut book, case) = busy_book();
    let secret = book.keys.load(key_of(&book, case)).unwrap();
    let header: Vec<u8> =
        book.connection.query_row("SELECT header FROM events WHERE number = 2", [], |row| row.get(0)).unwrap();
    let nonce = Header::decode(&header).unwrap().seal.unwrap().1;
    let forged = secret.seal(&nonce, &header, br#"{"text":"something else"}"#).unwrap();
    Connection::open(desk.path()).unwrap().execute("UPDATE events SET body = ?1 WHERE number = 2", [forged]).unwrap();
    assert!(desk.codes().contains(&"body_changed"));
    rotate(&mut book, 60);
    assert!(desk.findings().contains(&Finding::event("body_changed", 2)));
}

#[test]
fn an_edited_work_list_that_was_sealed_once_more_is_found_and_not_read() {
    let (desk, mut book, _) = busy_book();
    rotate(&mut book, 60);
    let (body, intent) = (blobs(&desk, WORK).remove(0), book.intent(1).unwrap().unwrap());
    let writer = Connection::open(desk.path()).unwrap();
    for at in 0..body.len() {
        let mut edited = body.clone();
        edited[at] ^= 1;
        writer.execute("UPDATE intent_windows SET sealed = ?1", [&edited]).unwrap();
        assert_eq!(desk.codes(), ["work_list_changed"], "byte {at}");
        let read = book.read_work(&intent, |_| -> Result<(), CasebookError> { panic!("byte {at} is read") });
        assert!(matches!(read, Err(CasebookError::Sealed(_))), "byte {at}");
    }
    writer.execute("UPDATE intent_windows SET sealed = ?1, position = 2", [&body]).unwrap();
    assert_eq!(desk.codes(), Vec::<&str>::new(), "one window, whatever its place is called");
    let read = book.read_work(&intent, |_| -> Result<(), CasebookError> { panic!("another place") });
    assert!(matches!(read, Err(CasebookError::WorkList(1))));
}

#[test]
fn every_hand_made_change_of_a_projection_is_found_afterwards() {
    let (desk, book, _) = busy_book();
    drop(book);
    drop(Casebook::adopt::<CasebookError>(desk.opening(), at(50), "li", |_| Ok(Some(99))).unwrap());
    let mut book = desk.open();
    rotate(&mut book, 60);
    drop(book);
    tampered::require_changes_found(&desk, &[("keys", "id"), ("tags", "tag")], 500);
}

#[test]
fn of_a_lost_key_the_tags_are_dropped_and_the_rest_goes_on() {
    let (desk, mut book, case) = busy_book();
    let lost = key_of(&book, case);
    fs::remove_file(desk.keys().join(format!("{lost}.key"))).unwrap();
    let keys: Vec<KeyId> = book.key_rows().unwrap().iter().map(|row| row.id).filter(|id| *id != lost).collect();
    let replaced = book.replace_keys(at(60), "li", &keys).unwrap();
    assert_eq!(replaced, Replaced { bodies: 3, tags: 2, dropped: 1 });
    book.remove_keys(&book.half_destroyed().unwrap()).unwrap();
    assert_eq!(desk.codes(), ["key_missing", "key_missing"]);
    assert_eq!(book.subjects(TagPurpose::Suppression, &[book.tag("phone", HELD).unwrap()]).unwrap().len(), 1);
}

#[test]
fn all_are_replaced_or_none_and_nothing_is_left_behind() {
    let (desk, mut book, case) = busy_book();
    let lost = key_of(&book, case);
    fs::remove_file(desk.keys().join(format!("{lost}.key"))).unwrap();
    let (names, head) = (key_files(&desk), book.head().unwrap());
    let keys: Vec<KeyId> = book.key_rows().unwrap().iter().map(|row| row.id).collect();
    assert!(matches!(book.replace_keys(at(60), "li", &keys), Err(CasebookError::KeyMissing(key)) if key == lost));
    assert_eq!((key_files(&desk), book.head().unwrap()), (names, head));
    assert_eq!(desk.codes(), ["key_missing", "key_missing", "row_added"], "of the lost key nothing was dropped");
}

#[test]
fn without_the_tag_key_of_today_the_check_says_so() {
    let (desk, mut book, _) = busy_book();
    rotate(&mut book, 60);
    let key = tag_key(&book);
    fs::remove_file(desk.keys().join(format!("{key}.key"))).unwrap();
    let found = desk.findings();
    let missing = |finding: &Finding| finding.code == "key_missing" && finding.row == Some(key.to_string());
    assert!(found.iter().any(missing), "{found:?}");
}
