//! Cells that no memory should hold: they arrive in the package whole, piece by piece, and no identifier of somebody
//! else slips through where two pieces meet.

use std::fs;

use rusqlite::Connection;
use serde_json::Value as Json;

use crate::desk::{Desk, export, sha};

const MAP: &str = r#"
version = 1
controller = "Test"
time_zone = "UTC"
[person.account]
is = "people.id"
[tables.people]
purpose = "account"
clause = "1"
basis = "contract"
[tables.people.columns]
id = "key"
phone = "phone, provided, proves"
[tables.notes.columns]
k = "key"
person_id = "of people.id"
note = "free_text, provided"
mark = "opaque, observed"
"#;

const OWN: &str = "13800138000";
const OTHER: &str = "13900139000";

/// A desk whose person 1 has one row of `table` with `note` and `mark`.
fn desk(table: &str, note: &dyn rusqlite::ToSql, mark: &dyn rusqlite::ToSql) -> Desk {
    let desk = Desk::new(
        &format!(
            "CREATE TABLE people (id INTEGER PRIMARY KEY, phone TEXT);
             INSERT INTO people VALUES (1, '{OWN}'), (2, '{OTHER}');
             CREATE TABLE notes ({table}); CREATE INDEX notes_person ON notes (person_id);"
        ),
        MAP,
    );
    let connection = Connection::open(desk.path()).unwrap();
    connection.execute("INSERT INTO notes (k, person_id, note, mark) VALUES ('a', 1, 'short', 'm')", []).unwrap();
    connection.execute("INSERT INTO notes (k, person_id, note, mark) VALUES ('b', 1, ?1, ?2)", [note, mark]).unwrap();
    desk
}

const PLAIN: &str = "k TEXT PRIMARY KEY NOT NULL, person_id INTEGER, note, mark";

/// The folder of the package.
fn package(desk: &Desk) -> std::path::PathBuf {
    let mut packages = fs::read_dir(desk.dir.join("out")).unwrap();
    packages.next().unwrap().unwrap().path()
}

fn json(desk: &Desk, file: &str) -> Json {
    serde_json::from_slice(&fs::read(package(desk).join(file)).unwrap()).unwrap()
}

/// The cells of row `b` of the notes.
fn cells(desk: &Desk) -> Json {
    let data = json(desk, "data.json");
    let tables = data["tables"].as_array().unwrap();
    let notes = tables.iter().find(|table| table["about"]["name"] == "notes").unwrap();
    let rows = notes["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["cells"]["note"], "short");
    rows[1]["cells"].clone()
}

/// Every file is in the manifest with its size and digest.
fn require_exact_manifest(desk: &Desk) {
    let manifest = json(desk, "manifest.json");
    let files = manifest["files"].as_array().unwrap();
    assert!(files.len() >= 5, "{manifest}");
    for file in files {
        let path = package(desk).join(file["path"].as_str().unwrap());
        assert_eq!(file["size"], fs::metadata(&path).unwrap().len());
        assert_eq!(file["sha256"], sha(&path).as_str());
    }
    let table = manifest["tables"].as_array().unwrap().iter().find(|table| table["name"] == "notes").unwrap();
    assert_eq!((&table["rows"], &table["cells"]["located"]), (&2.into(), &8.into()));
}

/// Three megabytes of text in which both numbers stand every few thousand bytes, never at the same place of a piece.
fn long_note() -> String {
    let mut note = String::new();
    let mut at = 0;
    while note.len() < 3 << 20 {
        note.push_str(&"字".repeat(1000 + at % 37));
        note.push_str(if at % 2 == 0 { "，电话13900139000。" } else { "，call 13800138000, \"<b>\"\r\n" });
        at += 1;
    }
    note
}

#[test]
fn a_long_text_arrives_whole_and_without_other_peoples_numbers() {
    let note = long_note();
    let desk = desk(PLAIN, &note, &"m");
    export(&desk, [("account", "1")]);
    let shown = cells(&desk)["note"].as_str().unwrap().to_owned();
    assert_eq!(shown, note.replace(OTHER, "139******00"));
    assert!(shown.contains(OWN));
    require_exact_manifest(&desk);
    let csv = fs::read_to_string(package(&desk).join("tables/002-notes.csv")).unwrap();
    let field = shown.replace("\r\n", "\n").replace('"', "\"\"");
    assert!(csv.contains(&format!("\"{field}\"")), "the CSV has the same text");
    let page = fs::read_to_string(package(&desk).join("index.html")).unwrap();
    assert!(page.contains("all of it is in tables/002-notes.csv"));
    assert!(page.len() < 100_000 && !page.contains(OTHER));
}

#[test]
fn a_long_text_arrives_without_streets_and_houses() {
    let rest = "字".repeat(20_000);
    let address = "，寄到陕西省西安市碑林区建设大街292号阳光花园2栋105室，";
    let note = format!("{rest}{address}").repeat(20);
    let desk = desk(PLAIN, &note, &"m");
    export(&desk, [("account", "1")]);
    let shown = cells(&desk)["note"].as_str().unwrap().to_owned();
    assert_eq!(shown, format!("{rest}，寄到陕西省西安市碑林区***，").repeat(20));
}

#[test]
fn long_bytes_become_a_file_and_free_text_that_is_none_is_not_given() {
    let bytes: Vec<u8> = (0..2_000_000_u32).map(|at| at.to_be_bytes()[3]).collect();
    let desk = desk(PLAIN, &"x", &bytes);
    Connection::open(desk.path())
        .unwrap()
        .execute("UPDATE notes SET note = CAST(mark AS TEXT) WHERE k = 'b'", [])
        .unwrap();
    export(&desk, [("account", "1")]);
    let path = cells(&desk)["mark"]["file"].as_str().unwrap().to_owned();
    assert!(fs::read(package(&desk).join(path)).unwrap() == bytes);
    assert_eq!(cells(&desk)["note"]["withheld"], "unreadable", "nobody can look through it for what is others'");
    require_exact_manifest(&desk);
}

#[test]
fn where_the_engine_reads_no_pieces_the_text_arrives_whole_all_the_same() {
    for table in [
        "k TEXT PRIMARY KEY NOT NULL, person_id INTEGER, note, mark) WITHOUT ROWID; CREATE TABLE other (x",
        "k TEXT PRIMARY KEY NOT NULL, person_id INTEGER, note, mark, size AS (length(note))",
    ] {
        let note = long_note();
        let more =
            if table.contains("other") { "[none]\n\"reference data\" = [\"other\"]\n" } else { "size = \"fact\"\n" };
        let desk = Desk::new(
            &format!(
                "CREATE TABLE people (id INTEGER PRIMARY KEY, phone TEXT); INSERT INTO people VALUES (1, '{OWN}');
                 CREATE TABLE notes ({table}); CREATE INDEX notes_person ON notes (person_id);"
            ),
            &format!("{MAP}{more}"),
        );
        let connection = Connection::open(desk.path()).unwrap();
        for (key, note) in [("a", "short"), ("b", note.as_str())] {
            let sql = "INSERT INTO notes (k, person_id, note, mark) VALUES (?1, 1, ?2, 'm')";
            connection.execute(sql, [key, note]).unwrap();
        }
        export(&desk, [("account", "1")]);
        assert_eq!(cells(&desk)["note"].as_str().unwrap(), note.replace(OTHER, "139******00"), "{table}");
    }
}

#[test]
fn rows_whose_cells_are_long_only_together_arrive_as_they_are() {
    let (note, mark) = ("字".repeat(300_000), "m".repeat(900_000));
    let desk = desk(PLAIN, &note, &mark);
    export(&desk, [("account", "1")]);
    assert_eq!(cells(&desk)["note"].as_str().unwrap(), note);
    assert_eq!(cells(&desk)["mark"].as_str().unwrap(), mark);
    require_exact_manifest(&desk);
}
