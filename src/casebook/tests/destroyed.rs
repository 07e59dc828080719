//! Keys that are destroyed: the record, the work lists, the file and the key folder afterwards.

use std::time::SystemTime;

use super::*;
use crate::casebook::Searched;

/// Whether the bytes stand anywhere in the file.
fn holds(path: &Path, bytes: &[u8]) -> bool {
    fs::read(path).unwrap().windows(bytes.len()).any(|window| window == bytes)
}

fn rows(desk: &Desk, sql: &str) -> Vec<Vec<u8>> {
    let connection = Connection::open(desk.path()).unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_work_list_goes_with_its_key_in_one_transaction_and_leaves_no_byte() {
    let (desk, mut book, _) = busy_book();
    let intent = book.intent(1).unwrap().unwrap();
    let sealed = rows(&desk, "SELECT sealed FROM intent_windows");
    assert!(!sealed.is_empty() && holds(&desk.path(), &sealed[0]));
    book.record_destruction(at(30), "tidy", &[intent.key]).unwrap();
    // as a crash would leave it: the key is recorded as destroyed and its file is still there
    assert_eq!(desk.findings(), []);
    assert_eq!(book.half_destroyed().unwrap(), [intent.key]);
    assert!(rows(&desk, "SELECT sealed FROM intent_windows").is_empty());
    book.scrub(at(31)).unwrap();
    assert!(!holds(&desk.path(), &sealed[0][..16]));
    book.remove_keys(&[intent.key]).unwrap();
    assert!(book.half_destroyed().unwrap().is_empty() && !book.keys().has(intent.key));
    let read = book.read_work(&intent, |_| -> Result<(), CasebookError> { Ok(()) });
    assert!(matches!(read, Err(CasebookError::WorkList(1))));
    assert_eq!(desk.findings(), []);
}

#[test]
fn a_scrubbed_book_has_no_free_page_and_goes_on() {
    let (desk, mut book, case) = busy_book();
    let keys: Vec<KeyId> =
        book.key_rows().unwrap().iter().filter(|key| key.about == case.into()).map(|k| k.id).collect();
    book.record_destruction(at(30), "tidy", &keys).unwrap();
    book.scrub(at(31)).unwrap();
    let number = |pragma: &str| -> i64 {
        Connection::open(desk.path()).unwrap().pragma_query_value(None, pragma, |row| row.get(0)).unwrap()
    };
    assert_eq!((number("freelist_count"), number("user_version"), number("application_id")), (0, 1, 0x4452_4F49));
    assert!(!desk.path().with_file_name("casebook.db-journal").exists());
    book.remove_keys(&keys).unwrap();
    book.append(at(40), "li", About::Workspace, Event::Noted {}, None).unwrap();
    assert_eq!(desk.findings(), []);
    // the protection against attached files is in force again
    assert!(book.connection.execute_batch("ATTACH ':memory:' AS other").is_err());
}

#[test]
fn all_of_a_batch_is_recorded_or_nothing() {
    let (desk, mut book, case) = busy_book();
    let key = book.key_rows().unwrap().into_iter().find(|key| key.about == case.into()).unwrap().id;
    let before = book.head().unwrap();
    let unknown = KeyId::new([0xee; 16]);
    assert!(matches!(book.record_destruction(at(30), "tidy", &[key, unknown]), Err(CasebookError::KeyMissing(_))));
    assert_eq!(book.head().unwrap(), before);
    assert_eq!(desk.findings(), []);
}

#[test]
fn a_search_finds_a_copy_of_a_key_and_not_the_key() {
    let (desk, book, case) = busy_book();
    let key = book.key_rows().unwrap().into_iter().find(|key| key.about == case.into()).unwrap().id;
    let search = |book: &Casebook| {
        let mut searched = Searched::default();
        let mut search = KeySearch::default();
        book.look_for(key, &mut search).unwrap();
        search.search(desk.dir.path(), &mut searched).unwrap();
        searched.found
    };
    assert_eq!(search(&book), []);
    let copy = desk.dir.path().join("copy");
    fs::copy(desk.keys().join(format!("{key}.key")), &copy).unwrap();
    assert_eq!(search(&book), [(key, copy)]);
}

/// A file of the key folder, written at this minute.
fn lay(desk: &Desk, name: &str, minutes: i64) -> PathBuf {
    let path = desk.keys().join(name);
    fs::write(&path, [7; 32]).unwrap();
    let seconds = u64::try_from(at(minutes).as_second()).unwrap();
    let written = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    fs::File::options().write(true).open(&path).unwrap().set_modified(written).unwrap();
    path
}

#[test]
fn keys_that_no_event_tells_of_are_strays_after_a_while() {
    let (desk, mut book, _) = busy_book();
    let stray = KeyId::new([0xaa; 16]);
    lay(&desk, &format!("{stray}.key"), 10);
    let partial = lay(&desk, ".droit-partial-Ab12Cd", 10);
    assert_eq!(book.strays(at(10)).unwrap(), Strays::default(), "they may still be being written");
    let strays = book.strays(at(11)).unwrap();
    assert_eq!((&strays.keys[..], &strays.files[..], strays.foreign), (&[stray][..], &[partial][..], 0));
    book.remove_keys(&strays.keys).unwrap();
    book.remove_strays(&strays.files).unwrap();
    assert_eq!(book.strays(at(11)).unwrap(), Strays::default());
    assert_eq!(desk.findings(), []);
}

#[test]
fn what_may_be_another_workspaces_key_is_no_stray() {
    let (desk, book, _) = busy_book();
    lay(&desk, &format!("{}.key", KeyId::new([0xaa; 16])), 10);
    lay(&desk, &format!("{}.head", "ab".repeat(16)), 10);
    let strays = book.strays(at(11)).unwrap();
    assert_eq!((strays.keys.len(), strays.foreign), (0, 1));
}

#[test]
fn keys_of_events_that_an_adopted_copy_does_not_have_are_no_strays() {
    let (desk, book, _) = busy_book();
    drop(book);
    let copy = fs::read(desk.path()).unwrap();
    let mut later = desk.open();
    let lost = open_case(&mut later, RequestType::Access);
    let key = later.key_rows().unwrap().into_iter().find(|key| key.about == lost.into()).unwrap().id;
    drop(later);
    fs::write(desk.path(), copy).unwrap();
    lay(&desk, &format!("{key}.key"), 40);
    let book = adopted(&desk, 50).unwrap();
    assert_eq!(book.strays(at(99)).unwrap(), Strays::default());
}
