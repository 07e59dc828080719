//! When a proof is withheld, and what it says then.

use std::{
    fs,
    path::Path,
    process::Child,
    thread,
    time::{Duration, Instant},
};

use droit::{
    database::{DatabaseUrl, Options},
    error::Error,
    prove::{Hunt, Proof, Proving, Reason, Vacuum, prove},
    value::Value,
};
use rusqlite::Connection;

use super::{House, markers, markers::App, prove_one};
use crate::desk::{process, told};

#[test]
#[ignore = "a child process of the tests below"]
fn somebody_who_reads() {
    let Some(path) = told("DB") else { return };
    let db = Connection::open(&path).unwrap();
    db.execute_batch("BEGIN").unwrap();
    let _: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    fs::write(format!("{path}.reading"), "").unwrap();
    while Path::new(&format!("{path}.reading")).exists() {
        thread::sleep(Duration::from_millis(5));
    }
}

pub(crate) struct Reader {
    child: Child,
    sign: std::path::PathBuf,
}

impl Reader {
    pub(crate) fn begin(path: &Path) -> Self {
        let sign = path.with_file_name(format!("{}.reading", path.file_name().unwrap().to_str().unwrap()));
        let told = [("DB", path.display().to_string())];
        let child = process("proof::withheld::somebody_who_reads", &told).spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        while !sign.exists() {
            assert!(Instant::now() < deadline, "the reader never began");
            thread::sleep(Duration::from_millis(5));
        }
        Self { child, sign }
    }

    pub(crate) fn end(mut self) {
        fs::remove_file(&self.sign).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

#[test]
fn a_reader_with_an_old_snapshot_is_named_and_waited_for() {
    let house = House::new(App::new("WAL", "OFF"));
    let reader = Reader::begin(&house.path());
    markers::erase(&house.path());
    let proof = house.prove(&Proving::default());
    let [Reason::SnapshotHeld { processes }] = proof.reasons() else { panic!("{proof:#?}") };
    if Path::new("/proc/locks").exists() {
        let ids: Vec<u32> = processes.iter().map(|process| process.id).collect();
        assert_eq!(ids, [reader.child.id()]);
        assert!(!processes[0].name.is_empty());
    }
    assert!(proof.file.is_none() && proof.cleaned.pages == 0);
    reader.end();
    assert!(house.prove(&Proving::default()).is_proven());
    assert!(markers::left(house.dir.path()).is_empty());
}

#[test]
fn a_reader_without_a_log_keeps_the_file_from_being_cleaned() {
    let house = House::new(App::new("DELETE", "OFF"));
    markers::erase(&house.path());
    let reader = Reader::begin(&house.path());
    let proof = house.prove(&Proving::default());
    let [Reason::Locked { processes }] = proof.reasons() else { panic!("{proof:#?}") };
    if Path::new("/proc/locks").exists() {
        assert!(processes.iter().any(|process| process.id == reader.child.id()));
    }
    reader.end();
    assert!(house.prove(&Proving::default()).is_proven());
}

/// A small house in which something is left on purpose.
fn with(sql: &str) -> (tempfile::TempDir, DatabaseUrl) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("shop.db");
    Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    (dir, DatabaseUrl::sqlite(path))
}

fn reasons(url: &DatabaseUrl, values: &[Value]) -> Vec<Reason> {
    let proof = prove_one(url, &Options::default(), values, &Proving::default()).unwrap();
    let shown = format!("{proof:?} {}", serde_json::to_string(&proof).unwrap());
    assert!(!shown.contains("secret"), "{shown}");
    proof.reasons().to_vec()
}

#[test]
fn words_that_are_still_in_an_index_and_in_no_row_are_told() {
    let (_dir, url) = with(
        "CREATE VIRTUAL TABLE words USING fts5(text, detail=none, content='');
         INSERT INTO words (rowid, text) VALUES (1, 'secretword12345'), (2, 'other');",
    );
    let left = Reason::LeftInDerived { objects: vec!["words_data".to_owned()], values: 1 };
    assert_eq!(reasons(&url, &["secretword12345".into()]), [left]);
    let db = Connection::open(url.path()).unwrap();
    db.execute_batch("INSERT INTO words (words, rowid, text) VALUES ('delete', 1, 'secretword12345')").unwrap();
    drop(db);
    let there = || fs::read(url.path()).unwrap().windows(15).any(|bytes| bytes == b"secretword12345");
    assert!(there(), "the index only notes that it is gone");
    assert_eq!(reasons(&url, &["secretword12345".into()]), []);
    assert!(!there());
}

/// Rows of two people, and an index over them that nobody tells of any change.
fn indexed(options: &str) -> (tempfile::TempDir, DatabaseUrl) {
    with(&format!(
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, phone TEXT, name TEXT);
         INSERT INTO notes VALUES (1, '13800138000', 'Zyxwvut Secretname'), (2, '13700137000', 'Zyxwvu Other');
         CREATE VIRTUAL TABLE words USING {options}; INSERT INTO words (words) VALUES ('rebuild');"
    ))
}

fn run(url: &DatabaseUrl, sql: &str) {
    Connection::open(url.path()).unwrap().execute_batch(sql).unwrap();
}

const PERSON: [&str; 2] = ["13800138000", "Zyxwvut Secretname"];

fn of_the_person(url: &DatabaseUrl) -> Vec<Reason> {
    reasons(url, &PERSON.map(Value::from))
}

/// The terms of such an index share their beginnings, so that no search for bytes sees them.
#[test]
fn an_index_that_was_not_told_of_a_removal_is_told() {
    for options in [
        "fts5(phone, name, content='notes', content_rowid='id')",
        "fts5(phone, name, content='notes', content_rowid='id', tokenize='trigram')",
        "fts5(phone, name, content='notes', content_rowid='id', tokenize='porter', columnsize=0)",
        "fts5(phone, name, content=notes, content_rowid=id, tokenize=\"trigram\", detail=none)",
        "fts5(phone, name, content='notes', content_rowid='id', detail=column, prefix='2 3')",
        "fts4(phone, name, content=\"notes\")",
    ] {
        let (_dir, url) = indexed(options);
        assert_eq!(of_the_person(&url), [], "{options}: the rows are for the map to explain");
        run(&url, "DELETE FROM notes WHERE id = 1");
        let differs = Reason::IndexDiffers { tables: vec!["words".to_owned()] };
        let left = |values| Reason::LeftInDerived { objects: vec!["words".to_owned()], values };
        let expected = if options.contains("columnsize=0") { left(2) } else { differs };
        assert_eq!(of_the_person(&url), [expected], "{options}");
        run(&url, "INSERT INTO words (words) VALUES ('rebuild')");
        assert_eq!(of_the_person(&url), [], "{options}");
    }
}

/// Whoever else is called so is found by the index rightly.
#[test]
fn an_index_that_still_answers_for_what_was_written_over_is_told() {
    for options in
        ["", ", tokenize='trigram'", ", tokenize='porter'", ", detail=none", ", tokenize='trigram', detail=column"]
    {
        let (_dir, url) = indexed(&format!("fts5(phone, name, content='notes', content_rowid='id'{options})"));
        run(
            &url,
            "INSERT INTO notes VALUES (3, NULL, 'ZYXWVUT secretname'); UPDATE notes SET phone = 'x' WHERE id = 1",
        );
        let left = |values| Reason::LeftInDerived { objects: vec!["words".to_owned()], values };
        assert_eq!(of_the_person(&url), [left(1)], "{options}: the number, of a row that has the name");
        run(&url, "UPDATE notes SET name = 'Secretname' WHERE id = 1");
        assert_eq!(of_the_person(&url), [left(2)], "{options}: and the name, though the third has it, too");
        run(&url, "INSERT INTO words (words) VALUES ('rebuild')");
        assert_eq!(of_the_person(&url), [], "{options}");
    }
}

/// Of an index without content nobody can tell which row it means, but whether any has the value.
#[test]
fn an_index_without_content_that_answers_for_what_no_row_has_is_told() {
    for options in [
        "fts5(phone, name, content='')",
        "fts5(phone, name, content='', contentless_delete=1)",
        "fts4(phone, name, content=\"\")",
    ] {
        let (_dir, url) = with(&format!(
            "CREATE TABLE notes (id INTEGER PRIMARY KEY, phone TEXT, name TEXT);
             INSERT INTO notes VALUES (1, '13800138000', 'Zyxwvut Secretname'), (2, '13700137000', 'Zyxwvu Other');
             CREATE VIRTUAL TABLE words USING {options};
             INSERT INTO words (rowid, phone, name) SELECT id, phone, name FROM notes;"
        ));
        assert_eq!(of_the_person(&url), [], "{options}");
        run(&url, "UPDATE notes SET phone = NULL WHERE id = 1");
        let [Reason::LeftInDerived { objects, values: 1 }] = &of_the_person(&url)[..] else { panic!("{options}") };
        assert!(objects.iter().all(|object| object.starts_with("words")), "{options}: {objects:?}");
    }
}

/// Gives the file of `url` a full-text table whose statement reads otherwise than when it was made.
fn full_text_made_otherwise(url: &DatabaseUrl, was: &str, is: &str) {
    let db = Connection::open(url.path()).unwrap();
    db.execute_batch("CREATE VIRTUAL TABLE words USING fts4(text); INSERT INTO words VALUES ('hello')").unwrap();
    db.execute_batch("PRAGMA writable_schema = ON").unwrap();
    let changed = db.execute("UPDATE sqlite_schema SET sql = replace(sql, ?1, ?2) WHERE name = 'words'", [was, is]);
    assert_eq!(changed.unwrap(), 1);
}

#[test]
fn an_index_of_words_that_cannot_be_merged_is_told() {
    let (_dir, url) = with("CREATE TABLE t (a)");
    full_text_made_otherwise(&url, "fts4(text)", "fts4(text, tokenize=missing)");
    assert_eq!(reasons(&url, &[]), [Reason::NotMerged { table: "words".to_owned() }]);
}

#[test]
fn tables_of_unknown_modules_and_views_into_an_index_are_left_alone() {
    let (_dir, url) =
        with("CREATE VIRTUAL TABLE own USING fts5(text); CREATE VIRTUAL TABLE vocabulary USING fts5vocab(own, row)");
    full_text_made_otherwise(&url, "fts4(", "fts9(");
    let proof = prove_one(&url, &Options::default(), &[], &Proving::default()).unwrap();
    assert!(proof.is_proven(), "{proof:?}");
    assert_eq!((proof.cleaned.merged, proof.searched.full_text), (1, vec!["own".to_owned()]));
}

#[test]
fn old_statistics_are_told() {
    let (_dir, url) = with(
        "CREATE TABLE t (mail TEXT); CREATE INDEX t_mail ON t (mail); INSERT INTO t VALUES ('secret@example.org'), ('b'), ('c');
         ANALYZE; DELETE FROM t WHERE mail = 'secret@example.org';",
    );
    let left = Reason::LeftInDerived { objects: vec!["sqlite_stat4".to_owned()], values: 1 };
    assert_eq!(reasons(&url, &["secret@example.org".into()]), [left]);
}

#[test]
fn a_value_in_the_schema_is_told() {
    let (_dir, url) = with("CREATE TABLE t (a DEFAULT 'secret@example.org')");
    assert_eq!(reasons(&url, &["SECRET@example.org".into()]), [Reason::InSchema { values: 1 }]);
}

#[test]
fn a_copy_beside_the_database_is_told_and_hits_of_others_are_not_leftovers() {
    let (dir, url) = with(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, tel INTEGER, big TEXT);
         INSERT INTO t VALUES (1, 'secretperson', 13800138000, NULL), (2, '张三', 7, hex(zeroblob(3000)) || 'secret@example.org'),
            (13900139000, 'x', NULL, NULL);",
    );
    let values: Vec<Value> =
        vec!["secretperson".into(), 13_800_138_000.into(), "张三".into(), "secret@example.org".into()];
    assert_eq!(reasons(&url, &values), [], "rows that are there are for the map to explain");
    let proof = prove_one(&url, &Options::default(), &values, &Proving::default()).unwrap();
    let live = &proof.searched.live[0];
    assert_eq!((live.table.as_str(), live.values, live.hits), ("t", 4, 4));
    assert_eq!(proof.searched.decoded_only, [2]);

    fs::copy(url.path(), dir.path().join("shop.db.bak")).unwrap();
    let beside = Reason::Beside { name: "shop.db.bak".to_owned(), hits: 3 };
    assert_eq!(reasons(&url, &values), [beside]);
}

#[test]
fn one_look_at_the_file_tells_each_of_several_people_what_it_tells_the_person_alone() {
    let (dir, url) = with(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, tel INTEGER, big TEXT DEFAULT 'secret@example.org');
         CREATE VIRTUAL TABLE words USING fts5(text, detail=none, content='');
         INSERT INTO words (rowid, text) VALUES (1, 'secretword12345'), (2, 'other');
         INSERT INTO t VALUES (1, 'secretperson', 13800138000, NULL), (2, '张三', 7, hex(zeroblob(3000)) || 'secretperson');",
    );
    fs::write(dir.path().join("shop.db.bak"), "..secretfriend..").unwrap();
    let people: [&[Value]; 5] = [
        &["secretperson".into(), 13_800_138_000.into(), "张三".into()],
        &["secretword12345".into(), "secretperson".into(), 7.into()],
        &[],
        &["SECRET@example.org".into()],
        &["张三".into(), "secretfriend".into()],
    ];
    let alone = people.map(|values| prove_one(&url, &Options::default(), values, &Proving::default()).unwrap());
    let together = prove(&url, &Options::default(), &Hunt::of_people(&people), &Proving::default()).unwrap();
    let told = |proof: &Proof| (proof.verdict.clone(), proof.file.clone(), proof.searched.clone());
    assert_eq!(together.iter().map(told).collect::<Vec<_>>(), alone.iter().map(told).collect::<Vec<_>>());
    let hits = |proof: &Proof| proof.searched.live.iter().map(|live| live.hits).sum::<u64>();
    assert_eq!(together.iter().map(hits).collect::<Vec<_>>(), [4, 4, 0, 1, 1]);
    let codes = |proof: &Proof| proof.reasons().iter().map(Reason::code).collect::<Vec<_>>();
    let expected: [&[&str]; 5] = [&[], &["left_in_derived"], &[], &["in_schema"], &["beside"]];
    assert_eq!(together.iter().map(codes).collect::<Vec<_>>(), expected);
}

#[test]
fn a_value_outside_of_every_cell_is_told() {
    let (_dir, url) = with(
        "CREATE TABLE t (a);
         WITH n (at) AS (VALUES (1) UNION ALL SELECT at + 1 FROM n WHERE at < 400) INSERT INTO t SELECT zeroblob(3000) FROM n;
         DELETE FROM t;",
    );
    let file = fs::read(url.path()).unwrap();
    let number = |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
    let page = usize::from(u16::from_be_bytes([file[16], file[17]]));
    // the list of free pages is alive and no cell: the numbers of eight of them, as if they were somebody's
    let list = (number(32) - 1) * page;
    assert!(number(list + 4) > 8, "the pages are free");
    let numbers = file[list + 8..list + 40].to_vec();
    assert_eq!(reasons(&url, &[Value::Blob(numbers)]), [Reason::Elsewhere { values: 1 }]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_beside_that_cannot_be_read_is_told() {
    let (_dir, url) = with("CREATE TABLE t (a)");
    // a regular file that everybody may open, and of which the kernel gives no first byte
    let proving = Proving { named: vec!["/proc/self/mem".into()], ..Proving::default() };
    let proof = prove_one(&url, &Options::default(), &["secret@example.org".into()], &proving).unwrap();
    assert_eq!(proof.reasons(), [Reason::Unread { name: "mem".to_owned() }]);
    let beside = &proof.searched.beside[0];
    assert_eq!((beside.name.as_str(), beside.bytes), ("mem", None));
}

#[test]
fn a_value_across_two_pages_is_found_alive() {
    let (_dir, url) = with("PRAGMA page_size = 512; CREATE TABLE t (a TEXT)");
    let db = Connection::open(url.path()).unwrap();
    for before in 0..600 {
        let text = format!("{}secret-secret-secret{}", "·".repeat(before), "x".repeat(900));
        db.execute("INSERT INTO t VALUES (?1)", [text]).unwrap();
    }
    drop(db);
    let proof = prove_one(&url, &Options::default(), &["secret-secret-secret".into()], &Proving::default()).unwrap();
    assert_eq!(proof.searched.live[0].hits, 600);
}

#[test]
fn vacuum_is_not_done_where_it_would_renumber_what_an_index_of_words_points_at() {
    let (_dir, url) = with(
        "CREATE TABLE notes (text TEXT); CREATE VIRTUAL TABLE words USING fts5(text, content=notes);
         INSERT INTO notes VALUES ('a'), ('b'); DELETE FROM notes WHERE text = 'a';",
    );
    let before = fs::read(url.path()).unwrap();
    let proving = Proving { vacuum: Vacuum::Instead, ..Proving::default() };
    let proof = prove_one(&url, &Options::default(), &[], &proving).unwrap();
    assert_eq!(proof.reasons(), [Reason::VacuumBreaks { table: "words".to_owned() }]);
    assert_eq!(fs::read(url.path()).unwrap(), before);
}

fn refused(url: &DatabaseUrl) -> String {
    let before = fs::read(url.path()).unwrap();
    let error = prove_one(url, &Options::default(), &[], &Proving::default()).unwrap_err();
    assert_eq!(fs::read(url.path()).unwrap(), before, "a refusal writes nothing");
    let Error::Database(error) = error else { panic!("{error}") };
    error.code().to_owned()
}

#[test]
fn damaged_checksummed_and_foreign_files_are_refused_untouched() {
    let rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
                INSERT INTO t SELECT 'value ' || i, hex(zeroblob(i)) FROM n; DELETE FROM t WHERE rowid % 3 = 0;";
    let (_dir, url) = with(&format!("CREATE TABLE t (a, b); CREATE INDEX i ON t (a); {rows}"));
    let good = fs::read(url.path()).unwrap();
    // a row that the index does not know
    let mut bad = good.clone();
    let at = bad.windows(9).position(|window| window == b"value 499").unwrap();
    bad[at] = b'V';
    fs::write(url.path(), &bad).unwrap();
    assert_eq!(refused(&url), "database_damaged");

    // reserved bytes in use, as a checksum leaves them: the free space of the only page of an empty file makes room
    let (_dir, url) = with("CREATE TABLE t (a); DROP TABLE t; VACUUM");
    let mut checked = fs::read(url.path()).unwrap();
    checked[20] = 8;
    checked[105..107].copy_from_slice(&4088_u16.to_be_bytes());
    checked[4088..].copy_from_slice(b"checksum");
    fs::write(url.path(), &checked).unwrap();
    assert_eq!(refused(&url), "reserved_bytes");

    // an encrypted file shows nothing of itself
    let encrypted: Vec<u8> = good.iter().map(|byte| byte ^ 0x5a).collect();
    fs::write(url.path(), encrypted).unwrap();
    assert_eq!(refused(&url), "not_a_database");
}
