//! An application that keeps people's values in every place where a removed value was ever seen to survive, and a
//! scanner that reads files byte by byte and knows nothing of their format.

use std::{collections::BTreeSet, fs, path::Path};

use rusqlite::Connection;

/// People who are erased; the others stay.
pub(crate) const ERASED: usize = 40;
const PEOPLE: usize = 240;

/// How the file is made and the application set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct App {
    pub(crate) journal: &'static str,
    pub(crate) secure_delete: &'static str,
    pub(crate) page_size: u32,
    pub(crate) encoding: &'static str,
    pub(crate) auto_vacuum: u8,
}

impl App {
    pub(crate) fn new(journal: &'static str, secure_delete: &'static str) -> Self {
        Self { journal, secure_delete, page_size: 4096, encoding: "UTF-8", auto_vacuum: 0 }
    }
}

/// Four chunks of six bytes, each of which tells place, person and itself. The places:
///
/// a ordinary column, b its earlier value, c indexed column, d its earlier value, e overflow text, f blob, g WITHOUT ROWID
/// key, h WITHOUT ROWID value, i JSON with an expression index, j stored generated column, k audit table that the DELETE
/// trigger fills, l full text with its own content, m with another table's content, n without content, o without content
/// but with deletion, p full text version 4, q auxiliary column of an R-tree.
fn marker(place: char, person: usize) -> String {
    let chunks: Vec<String> = (0..4).map(|chunk| format!("z{place}{person:03}{chunk}")).collect();
    chunks.concat()
}

/// Adds to SQL a function `marker(place, person)`.
fn teach(db: &Connection) {
    use rusqlite::functions::FunctionFlags;
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    db.create_scalar_function("marker", 2, flags, |context| {
        let place: String = context.get(0)?;
        let person: i64 = context.get(1)?;
        Ok(marker(place.chars().next().unwrap(), usize::try_from(person).unwrap()))
    })
    .unwrap();
}

const SCHEMA: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, mail TEXT, doc TEXT, photo BLOB, extra TEXT,
        made TEXT GENERATED ALWAYS AS (json_extract(extra, '$.j')) STORED);
    CREATE INDEX people_mail ON people (mail);
    CREATE INDEX people_json ON people (json_extract(extra, '$.i'));
    CREATE TABLE audit (id INTEGER PRIMARY KEY, person INTEGER, old TEXT);
    CREATE TRIGGER people_gone AFTER DELETE ON people BEGIN
        INSERT INTO audit (person, old) VALUES (old.id, marker('k', old.id)); END;
    CREATE TABLE pairs (k TEXT PRIMARY KEY, v TEXT, person INTEGER) WITHOUT ROWID;
    CREATE VIRTUAL TABLE own USING fts5(text);
    CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);
    CREATE VIRTUAL TABLE external USING fts5(text, content='notes', content_rowid='id');
    CREATE VIRTUAL TABLE bare USING fts5(text, content='');
    CREATE VIRTUAL TABLE baredel USING fts5(text, content='', contentless_delete=1);
    CREATE VIRTUAL TABLE four USING fts4(text);
    CREATE VIRTUAL TABLE places USING rtree(id, x1, x2, +label TEXT);";

/// What one person's rows are.
const PERSON: &str = "
    INSERT INTO people (id, name, mail, doc, photo, extra) VALUES (?1, marker('b', ?1), marker('d', ?1),
        marker('e', ?1) || hex(zeroblob(2600)) || marker('e', ?1) || hex(zeroblob(2400)) || marker('e', ?1),
        CAST(CAST(zeroblob(6000) AS TEXT) || marker('f', ?1) AS BLOB),
        json_object('i', marker('i', ?1), 'j', marker('j', ?1)));
    INSERT INTO pairs VALUES (marker('g', ?1), marker('h', ?1), ?1);
    INSERT INTO own (rowid, text) VALUES (?1, 'hello ' || marker('l', ?1));
    INSERT INTO notes VALUES (?1, 'hello ' || marker('m', ?1));
    INSERT INTO external (rowid, text) VALUES (?1, 'hello ' || marker('m', ?1));
    INSERT INTO bare (rowid, text) VALUES (?1, 'hello ' || marker('n', ?1));
    INSERT INTO baredel (rowid, text) VALUES (?1, 'hello ' || marker('o', ?1));
    INSERT INTO four (docid, text) VALUES (?1, 'hello ' || marker('p', ?1));
    INSERT INTO places VALUES (?1, ?1, ?1 + 1, marker('q', ?1));";

fn each_statement(db: &Connection, sql: &str, person: usize) {
    for statement in sql.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()) {
        let mut prepared = db.prepare_cached(statement.trim_end_matches(';')).unwrap();
        prepared.execute([i64::try_from(person).unwrap()]).unwrap();
    }
}

/// Builds the database; the connection that is returned is the application's and stays open.
pub(crate) fn build(path: &Path, app: App) -> Connection {
    let db = Connection::open(path).unwrap();
    teach(&db);
    let App { journal, secure_delete, page_size, encoding, auto_vacuum } = app;
    db.execute_batch(&format!(
        "PRAGMA page_size = {page_size}; PRAGMA encoding = '{encoding}'; PRAGMA auto_vacuum = {auto_vacuum};
         PRAGMA journal_mode = {journal}; PRAGMA secure_delete = {secure_delete}; PRAGMA synchronous = OFF; {SCHEMA}"
    ))
    .unwrap();
    // people come in no order, so that pages split and cells move
    db.execute_batch("BEGIN").unwrap();
    for at in 0..PEOPLE {
        each_statement(&db, PERSON, at * 97 % PEOPLE);
    }
    db.execute_batch("COMMIT; BEGIN").unwrap();
    db.execute_batch(
        "UPDATE people SET name = marker('a', id); UPDATE people SET mail = marker('c', id) WHERE id % 2 = 0; COMMIT;
         UPDATE people SET mail = marker('c', id) WHERE id % 2 = 1; ANALYZE;",
    )
    .unwrap();
    db
}

/// Erases the first [`ERASED`] people as `apply` does: one transaction, full text as it is, audit last, statistics new.
pub(crate) fn erase(path: &Path) {
    let db = Connection::open(path).unwrap();
    teach(&db);
    db.execute_batch("PRAGMA secure_delete = ON; BEGIN IMMEDIATE").unwrap();
    for person in 0..ERASED {
        each_statement(
            &db,
            "DELETE FROM own WHERE rowid = ?1;
             INSERT INTO external (external, rowid, text) SELECT 'delete', id, text FROM notes WHERE id = ?1;
             DELETE FROM notes WHERE id = ?1;
             INSERT INTO bare (bare, rowid, text) VALUES ('delete', ?1, 'hello ' || marker('n', ?1));
             DELETE FROM baredel WHERE rowid = ?1;
             DELETE FROM four WHERE docid = ?1;
             DELETE FROM places WHERE id = ?1;
             DELETE FROM pairs WHERE person = ?1;
             DELETE FROM people WHERE id = ?1;
             DELETE FROM audit WHERE person = ?1;",
            person,
        );
    }
    db.execute_batch("ANALYZE; COMMIT").unwrap();
}

/// Every value that the erased people had.
pub(crate) fn values() -> Vec<droit::value::Value> {
    let people = 0..ERASED;
    people.flat_map(|person| ('a'..='q').map(move |place| marker(place, person).as_str().into())).collect()
}

/// Which place of which erased person is in a file, whole or in a fragment of six bytes, narrow or wide.
fn left_in(bytes: &[u8]) -> BTreeSet<(char, usize)> {
    let mut left = BTreeSet::new();
    for step in [1, 2] {
        for at in 0..bytes.len().saturating_sub(5 * step) {
            if bytes[at] != b'z' {
                continue;
            }
            let chunk: Vec<u8> = (0..6).map(|i| bytes[at + i * step]).collect();
            let digits = std::str::from_utf8(&chunk[2..5]).ok().and_then(|digits| digits.parse::<usize>().ok());
            let between = (0..5).all(|i| step == 1 || bytes[at + i * step + 1] == 0);
            if let Some(person) = digits
                && between
                && person < ERASED
                && (b'a'..=b'q').contains(&chunk[1])
                && (b'0'..=b'3').contains(&chunk[5])
            {
                left.insert((char::from(chunk[1]), person));
            }
        }
    }
    left
}

/// What is left of erased people in any file of the folder.
pub(crate) fn left(dir: &Path) -> BTreeSet<(char, usize)> {
    let files = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    files.flat_map(|file| left_in(&fs::read(file).unwrap())).collect()
}

/// What stays, by the application's own eyes.
pub(crate) fn kept(db: &Connection) -> String {
    let text = |sql: &str| -> String { db.query_row(sql, [], |row| row.get(0)).unwrap() };
    [
        "SELECT group_concat(id || name || mail || doc || hex(photo) || extra || made) FROM (SELECT * FROM people ORDER BY id)",
        "SELECT group_concat(k || v || person) FROM (SELECT * FROM pairs ORDER BY k)",
        "SELECT group_concat(text) FROM (SELECT text FROM own WHERE own MATCH 'hello' ORDER BY rowid)",
        "SELECT group_concat(text) FROM (SELECT text FROM external WHERE external MATCH 'hello' ORDER BY rowid)",
        "SELECT group_concat(rowid) FROM (SELECT rowid FROM bare WHERE bare MATCH 'hello' ORDER BY rowid)",
        "SELECT group_concat(rowid) FROM (SELECT rowid FROM baredel WHERE baredel MATCH 'hello' ORDER BY rowid)",
        "SELECT group_concat(text) FROM (SELECT text FROM four WHERE four MATCH 'hello' ORDER BY docid)",
        "SELECT group_concat(id || label) FROM (SELECT * FROM places ORDER BY id)",
        "SELECT group_concat(integrity_check) FROM pragma_integrity_check",
    ]
    .map(text)
    .join("\n")
}

/// The application goes on: a new person comes and one who stays changes.
pub(crate) fn go_on(db: &Connection) {
    each_statement(db, PERSON, 900);
    let changed = db.execute("UPDATE people SET mail = 'new' WHERE id = 200", []).unwrap();
    assert_eq!(changed, 1);
    let ok: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(ok, "ok");
}

#[test]
fn the_scanner_sees_fragments_and_wide_text() {
    let seen = |bytes: &[u8]| left_in(bytes).into_iter().collect::<Vec<_>>();
    assert_eq!(seen(format!("..{}", &marker('c', 7)[9..22]).as_bytes()), [('c', 7)]);
    let wide: Vec<u8> = marker('q', 39).encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(seen(&wide[1..12]), [('q', 39)]);
    assert!(seen(marker('c', 40).as_bytes()).is_empty(), "who stays is not counted");
    assert!(seen(b"zc007").is_empty());
}
