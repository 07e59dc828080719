//! Whatever somebody changes in the file by hand is found.

use rusqlite::types::Value;

use super::*;

fn has(found: &[Finding], code: &str, table: Option<&str>) -> bool {
    found.iter().any(|finding| finding.code == code && finding.table == table)
}

/// A small book: one event without a body and two with.
fn small_book() -> (Desk, i64) {
    let (desk, mut book) = Desk::new();
    let case = open_case(&mut book, RequestType::Access);
    identify(&mut book, case);
    (desk, book.head().unwrap().number)
}

#[test]
fn every_edited_byte_of_every_event_is_found() {
    let (desk, events) = small_book();
    let mut reader = Casebook::open_for_audit(desk.opening()).unwrap();
    let writer = Connection::open(desk.path()).unwrap();
    writer.execute_batch("PRAGMA synchronous = OFF").unwrap();
    let mut edits = 0;
    for number in 1..=events {
        for column in ["header", "body", "body_sha256", "hash", "about"] {
            let select = format!("SELECT CAST({column} AS BLOB) FROM events WHERE number = ?1");
            let whole: Option<Vec<u8>> = writer.query_row(&select, [number], |row| row.get(0)).unwrap();
            let update = match column {
                "about" => format!("UPDATE events SET {column} = CAST(?1 AS TEXT) WHERE number = ?2"),
                _ => format!("UPDATE events SET {column} = ?1 WHERE number = ?2"),
            };
            let Some(whole) = whole else { continue };
            for at in 0..whole.len() {
                let mut edited = whole.clone();
                edited[at] ^= 1;
                writer.execute(&update, (&edited, number)).unwrap();
                assert_ne!(findings(&mut reader, None), [], "event {number}, {column}, byte {at}");
                edits += 1;
            }
            writer.execute(&update, (&whole, number)).unwrap();
        }
    }
    for number in 1..=events {
        for other in [0, -number, number + events, i64::MAX] {
            writer.execute("PRAGMA ignore_check_constraints = ON", ()).ok();
            writer.execute("UPDATE events SET number = ?1 WHERE number = ?2", (other, number)).unwrap();
            assert_ne!(findings(&mut reader, None), [], "event {number} as {other}");
            writer.execute("UPDATE events SET number = ?2 WHERE number = ?1", (other, number)).unwrap();
            edits += 1;
        }
    }
    assert!(edits > 900, "{edits}");
    assert_eq!(findings(&mut reader, None), []);
}

/// Rows of a table, as they are.
fn rows_of(connection: &Connection, table: &str) -> (Vec<String>, Vec<Vec<Value>>) {
    let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let read = |row: &rusqlite::Row<'_>| (0..columns.len()).map(|at| row.get(at)).collect();
    let rows = statement.query_map([], read).unwrap().map(Result::unwrap).collect();
    (columns, rows)
}

fn put(connection: &Connection, table: &str, rows: &[Vec<Value>]) -> rusqlite::Result<()> {
    connection.execute(&format!("DELETE FROM {table}"), ())?;
    for row in rows {
        let places = vec!["?"; row.len()].join(", ");
        let sql = format!("INSERT INTO {table} VALUES ({places})");
        connection.execute(&sql, rusqlite::params_from_iter(row))?;
    }
    Ok(())
}

/// What a value can be changed into: each byte of it, something longer, nothing, another type.
fn changes(value: &Value) -> Vec<Value> {
    let bytes = |bytes: &[u8], make: fn(Vec<u8>) -> Value| {
        let mut all: Vec<Value> = (0..bytes.len())
            .map(|at| {
                let mut edited = bytes.to_vec();
                edited[at] ^= 1;
                make(edited)
            })
            .collect();
        all.push(make([bytes, b"0"].concat()));
        all
    };
    let mut all = match value {
        Value::Null => vec![Value::Integer(1), Value::Text("2030-01-01".to_owned())],
        Value::Integer(number) => vec![Value::Integer(number ^ 1), Value::Integer(-1 - number)],
        Value::Real(number) => vec![Value::Real(number + 1.0)],
        Value::Text(text) => bytes(text.as_bytes(), |bytes| Value::Text(String::from_utf8(bytes).unwrap_or_default())),
        Value::Blob(blob) => bytes(blob, Value::Blob),
    };
    all.push(Value::Null);
    all.retain(|other| other != value);
    all
}

/// Every value of every row of every projection changed byte by byte, every row dropped and doubled under another key.
#[test]
fn every_hand_made_change_of_a_projection_is_found() {
    let (desk, book, _) = busy_book();
    drop(book);
    let marked = Casebook::adopt::<CasebookError>(desk.opening(), at(1000), "li", |_| Ok(Some(99)));
    assert_eq!(marked.unwrap().last_committed().unwrap(), 99);
    require_changes_found(&desk, &projection::TABLES, 1000);
}

/// The same in this casebook, of tables that have rows there.
pub(super) fn require_changes_found(desk: &Desk, tables: &[(&str, &str)], least: u32) {
    let mut reader = Casebook::open_for_audit(desk.opening()).unwrap();
    let writer = Connection::open(desk.path()).unwrap();
    writer.execute_batch("PRAGMA synchronous = OFF").unwrap();
    let (mut edits, mut impossible) = (0, 0);
    for (table, _) in tables {
        let (columns, rows) = rows_of(&writer, table);
        assert!(!rows.is_empty(), "{table} is empty");
        for at in 0..rows.len() {
            let mut less = rows.clone();
            less.remove(at);
            let mut tried = vec![(format!("{table} row {at} dropped"), less)];
            for (column, name) in columns.iter().enumerate() {
                for (change, other) in changes(&rows[at][column]).into_iter().enumerate() {
                    let what = format!("{table}.{name} of row {at} as {other:?}");
                    let mut edited = rows.clone();
                    edited[at][column] = other;
                    if change == 0 {
                        let doubled = [rows.as_slice(), &edited[at..=at]].concat();
                        tried.push((format!("{what}, added"), doubled));
                    }
                    tried.push((what, edited));
                }
            }
            for (what, edited) in tried {
                if put(&writer, table, &edited).is_err() || rows_of(&writer, table).1 == rows {
                    impossible += 1; // the table itself refuses it, or gives a number of its own that is the same
                    continue;
                }
                assert_ne!(findings(&mut reader, None), [], "{what}");
                edits += 1;
            }
        }
        put(&writer, table, &rows).unwrap();
    }
    assert!(edits > least, "{edits} edits, {impossible} refused by the tables");
    assert_eq!(findings(&mut reader, None), []);
}

#[test]
fn dropped_swapped_and_renumbered_events_are_found() {
    for (sql, codes) in [
        ("DELETE FROM events WHERE number = 2", &["gap", "hash_wrong"][..]),
        ("DELETE FROM events WHERE number = (SELECT max(number) FROM events)", &["truncated"]),
        ("DELETE FROM events WHERE number > 5", &["truncated", "row_added"]),
        (
            "UPDATE events SET number = 1000 WHERE number = 3; UPDATE events SET number = 3 WHERE number = 4;
             UPDATE events SET number = 4 WHERE number = 1000",
            &["hash_wrong", "event_renumbered"],
        ),
        ("UPDATE events SET number = number + 1 WHERE number = (SELECT max(number) FROM events)", &["gap"]),
        ("UPDATE events SET body = NULL WHERE number = 2", &["body_missing"]),
    ] {
        let (desk, book, _) = busy_book();
        drop(book);
        desk.by_hand(sql);
        let found = desk.codes();
        assert!(codes.iter().all(|code| found.contains(code)), "{sql}: {found:?}");
    }
}

/// Somebody who can write the file can also make the chain fit again; who holds a head notices.
/// Puts another event in the place of the third and makes the chain fit it.
fn forge_third(desk: &Desk, book: &Casebook, case: CaseNumber, at: Timestamp, actor: &str) {
    let hash = book.hash_of(2).unwrap().unwrap();
    let header = Header {
        workspace: book.workspace().to_owned(),
        number: 3,
        at,
        actor: actor.to_owned(),
        about: case.into(),
        event: Event::Noted {},
        seal: None,
    };
    let bytes = header.encode().unwrap();
    let linked = chain::link(hash.bytes(), &bytes, &chain::body_digest(None));
    let writer = Connection::open(desk.path()).unwrap();
    writer.execute("UPDATE events SET header = ?1, hash = ?2 WHERE number = 3", (&bytes, &linked)).unwrap();
}

#[test]
fn a_chain_that_was_made_to_fit_again_differs_from_the_head_that_others_hold() {
    let (desk, mut book) = Desk::new();
    let case = open_case(&mut book, RequestType::Access);
    book.append(at(2), "li", case, Event::Noted {}, None).unwrap();
    let held = book.head().unwrap();
    forge_third(&desk, &book, case, at(2), "somebody else");
    fs::remove_file(desk.keys().join(format!("{}.head", book.workspace()))).unwrap();
    let alone: Vec<_> = findings(&mut book, None).into_iter().map(|finding| finding.code).collect();
    assert_eq!(alone, ["head_unknown", "row_changed"]); // the case's projection tells, as long as it is not made to fit, too
    assert!(findings(&mut book, Some(held)).contains(&Finding::event("head_differs", 3)));
}

#[test]
fn rows_beside_the_events_that_were_edited_by_hand_are_found() {
    for (sql, code, table) in [
        ("DELETE FROM holds", "row_missing", "holds"),
        ("UPDATE holds SET released = 3", "row_changed", "holds"),
        ("UPDATE holds SET confidential = 0", "row_changed", "holds"),
        ("INSERT INTO holds VALUES ('HOLD-20261123-0002', NULL, 'users', 0, NULL, 2, NULL)", "row_added", "holds"),
        ("UPDATE cases SET status = 'closed', is_open = 0", "row_changed", "cases"),
        ("UPDATE cases SET record = replace(record, 'delete', 'access')", "row_changed", "cases"),
        ("UPDATE cases SET number = 'DSR-20261123-0002'", "row_missing", "cases"),
        ("DELETE FROM cases", "row_missing", "cases"),
        ("UPDATE intents SET state = 'open'", "row_changed", "intents"),
        ("DELETE FROM intents", "row_missing", "intents"),
        ("UPDATE scheduled SET until = '2030-01-01'", "row_changed", "scheduled"),
        ("DELETE FROM scheduled", "row_missing", "scheduled"),
        ("DELETE FROM tags WHERE purpose = 'suppression'", "row_missing", "tags"),
        ("UPDATE tags SET subject = 'S-0000000000000000'", "row_changed", "tags"),
        ("UPDATE tags SET tag = zeroblob(32) WHERE purpose = 'hold'", "row_added", "tags"),
        ("UPDATE keys SET destroyed = 4 WHERE purpose = 'intent'", "row_changed", "keys"),
        ("DELETE FROM runs", "row_missing", "runs"),
        ("UPDATE intent_windows SET sealed = zeroblob(40)", "work_list_changed", "intent_windows"),
        ("DELETE FROM intent_windows", "work_list_changed", "intent_windows"),
        ("INSERT INTO intent_windows VALUES (2, 1, x'00', x'00')", "work_list_unknown", "intent_windows"),
    ] {
        let (desk, book, _) = busy_book();
        drop(book);
        desk.by_hand(sql);
        let found = desk.findings();
        assert!(has(&found, code, Some(table)), "{sql}: {found:?}");
        assert!(found.iter().all(|finding| finding.table == Some(table)), "{sql}: {found:?}");
    }
}

#[test]
fn a_trigger_planted_in_the_file_is_found_and_never_runs() {
    let (desk, book, case) = busy_book();
    drop(book);
    desk.by_hand("CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM holds; END");
    let mut book = desk.open();
    book.append(at(10), "li", case, Event::Noted {}, None).unwrap();
    assert_eq!(book.holds().unwrap().len(), 1);
    assert_eq!(desk.codes(), ["schema_changed"]);
}

#[test]
fn a_wrong_or_missing_key_is_found() {
    let (desk, book, case) = busy_book();
    let key = book.key_rows().unwrap().into_iter().find(|key| key.about == case.into() && key.purpose == "case");
    let file = desk.keys().join(format!("{}.key", key.unwrap().id));
    fs::write(&file, [9; 32]).unwrap();
    assert!(desk.codes().contains(&"seal_wrong"));
    assert!(matches!(book.case(case), Err(CasebookError::Sealed(_))));
    fs::write(&file, [9; 31]).unwrap();
    assert!(desk.codes().contains(&"key_damaged"));
    fs::remove_file(&file).unwrap();
    assert!(desk.codes().contains(&"key_missing"));
    assert!(book.case(case).unwrap().unwrap().personal.identity.is_none());
}

#[test]
fn findings_never_show_what_a_planted_row_says() {
    let (desk, book, _) = busy_book();
    drop(book);
    desk.by_hand(&format!("INSERT INTO runs VALUES ('{PHONE} 张伟', '{PHONE}', 1, NULL)"));
    let shown = format!("{:?}", desk.findings());
    assert!(shown.contains("row_added") && !shown.contains(PHONE), "{shown}");
}

fn export(book: &mut Casebook) -> (Head, Vec<String>) {
    let mut out = Vec::new();
    let head = book.export(at(60), &mut out).unwrap();
    (head, String::from_utf8(out).unwrap().lines().map(str::to_owned).collect())
}

fn check(lines: &[String], known: Option<Head>) -> Result<Vec<&'static str>, CasebookError> {
    let mut codes = Vec::new();
    let text: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
    verify_export(&mut text.as_bytes(), known, &mut |finding| codes.push(finding.code), &mut |_| ()).map(|_| codes)
}

#[test]
fn an_export_verifies_without_casebook_and_keys_and_holds_nothing_personal() {
    let (_desk, mut book, _) = busy_book();
    let (head, lines) = export(&mut book);
    assert_eq!((head, lines.len()), (book.head().unwrap(), 14));
    assert_eq!(check(&lines, Some(head)).unwrap(), [""; 0]);
    let whole = lines.join("\n");
    let tag = book.tag("phone", PHONE).unwrap();
    for secret in [PHONE, &hex(PHONE.as_bytes()), "张伟", "court order", &hex(tag.bytes())] {
        assert!(!whole.contains(secret), "{secret}");
    }
}

#[test]
fn an_export_that_was_changed_is_found_out() {
    let (_desk, mut book, _) = busy_book();
    let (head, lines) = export(&mut book);
    let changed = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines = lines.clone();
        change(&mut lines);
        check(&lines, Some(head)).unwrap()
    };
    assert!(changed(&|l| l[3] = l[3].replace("\"li\"", "\"mo\"")).contains(&"line_changed"));
    assert!(changed(&|l| l.swap(3, 4)).contains(&"gap"));
    assert!(changed(&|l| drop(l.remove(5))).contains(&"gap"));
    assert_eq!(changed(&|l| l.truncate(9)), ["truncated"]);
    assert!(changed(&|l| l[0] = l[0].replace(book.workspace(), &"0".repeat(32))).contains(&"event_foreign"));
    let mut broken = lines.clone();
    broken[2].truncate(40);
    assert!(matches!(check(&broken, None), Err(CasebookError::ExportLine(3))));
    assert!(matches!(check(&[], None), Err(CasebookError::ExportLine(1))));
}

#[test]
fn a_clock_that_went_back_is_found() {
    let (desk, mut book) = Desk::new();
    let case = open_case(&mut book, RequestType::Access);
    assert_eq!(book.last_event_at().unwrap(), Some(at(1)));
    book.append(at(2), "li", case, Event::Noted {}, None).unwrap();
    forge_third(&desk, &book, case, at(0), "li");
    assert!(desk.findings().contains(&Finding::event("clock_went_back", 3)), "{:?}", desk.findings());
}
