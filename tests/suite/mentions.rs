//! A person's identifiers in other people's free text: the row stays, the value goes.

use rusqlite::Connection;

use droit::{case::Identity, database::locate};

use crate::{desk::Desk, office::Office, ties::table};

pub(crate) const SCHEMA: &str = "
    CREATE TABLE users (id INTEGER PRIMARY KEY, phone TEXT UNIQUE, bound_at TEXT);
    CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), body TEXT);
    CREATE INDEX notes_user ON notes (user_id);
    INSERT INTO users VALUES (1, '13800138000', '2020-01-01'), (2, '13900139000', '2020-01-01');
    INSERT INTO notes VALUES (1, 1, 'I am 13800138000'), (2, 2, 'ring 138 0013 8000, not 13900139000'),
        (3, 2, 'order 138001380001 and 13900139000'), (4, 2, NULL);";

const INDEX: &str = "
    CREATE VIRTUAL TABLE notes_fts USING fts5 (body, content = 'notes', content_rowid = 'id', tokenize = 'trigram');
    INSERT INTO notes_fts (notes_fts) VALUES ('rebuild');
    CREATE TRIGGER notes_ad AFTER DELETE ON notes BEGIN
        INSERT INTO notes_fts (notes_fts, rowid, body) VALUES ('delete', old.id, old.body);
    END;
    CREATE TRIGGER notes_au AFTER UPDATE ON notes BEGIN
        INSERT INTO notes_fts (notes_fts, rowid, body) VALUES ('delete', old.id, old.body);
        INSERT INTO notes_fts (rowid, body) VALUES (new.id, new.body);
    END;";

pub(crate) fn map(mentions: &str, copies: &str) -> String {
    format!(
        r#"version = 1
controller = "C"
time_zone = "Asia/Shanghai"
[person.account]
is = "users.id"
{copies}
[tables.users]
purpose = "account"
clause = "1"
basis = "contract"
[tables.users.columns]
id = "key"
phone = "phone, proves since bound_at, provided"
bound_at = "time, observed"
[tables.notes]
{mentions}
[tables.notes.columns]
id = "key"
user_id = "of users.id"
body = "free_text, provided"
"#
    )
}

fn notes(desk: &Desk) -> Vec<Option<String>> {
    (1..=4).map(|id| desk.one::<Option<String>>(&format!("SELECT (SELECT body FROM notes WHERE id = {id})"))).collect()
}

#[test]
fn a_scan_finds_the_person_in_other_peoples_text_and_strikes_the_value_out() {
    let desk = Desk::new(SCHEMA, &map("mentions = \"scan\"", ""));
    let job = desk.plan([("account", "1")]).unwrap();
    let all = job.totals.all();
    assert_eq!((all.located, all.deleted, all.struck_out), (2, 2, 1));
    desk.apply(&job).unwrap();
    let struck = Some("ring 138******00, not 13900139000".to_owned());
    assert_eq!(notes(&desk), [None, struck, Some("order 138001380001 and 13900139000".to_owned()), None]);
}

/// JSON as Go, Rails, .NET and PHP write it, and HTML.
const ESCAPED: [&str; 5] = [
    r#"{"html":"\u003cp\u003e13800138000\u003c/p\u003e"}"#,
    r#"{"tel":"\u002B8613800138000","of":"13900139000"}"#,
    r#"{"note":"\u7535\u8bdd13800138000\n"}"#,
    "<p>&#43;86&nbsp;13800138000</p>",
    r#"{"other":"\u003e13900139000"}"#,
];

fn with_escapes() -> Desk {
    let desk = Desk::new(SCHEMA, &map("mentions = \"scan\"", ""));
    for (id, text) in (10..).zip(ESCAPED) {
        desk.sql(&format!("INSERT INTO notes VALUES ({id}, 2, '{text}')"));
    }
    desk
}

#[test]
fn escapes_hide_nobody_from_an_erasure() {
    let desk = with_escapes();
    let job = desk.plan([("account", "1")]).unwrap();
    assert_eq!(job.totals.all().struck_out, 5);
    desk.apply(&job).unwrap();
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM notes WHERE id >= 10 AND body LIKE '%13800138000%'"), 0);
    for (id, left) in [
        (10, r#"{"html":"\u003cp\u003e138******00\u003c/p\u003e"}"#),
        (11, r#"{"tel":"138******00","of":"13900139000"}"#),
        (12, r#"{"note":"\u7535\u8bdd138******00\n"}"#),
        (13, "<p>138******00</p>"),
        (14, ESCAPED[4]),
    ] {
        assert_eq!(desk.one::<String>(&format!("SELECT body FROM notes WHERE id = {id}")), left);
    }
}

#[test]
fn an_index_proposes_and_the_text_decides() {
    let copies = "[tables.notes_fts]\ncopy = \"notes\"\n[acknowledged]\nnotes_ad = \"index\"\nnotes_au = \"index\"";
    let desk = Desk::new(&format!("{SCHEMA}{INDEX}"), &map("mentions = \"notes_fts\"", copies));
    // trigrams know the number as it is written, so this one is found and `138 0013 8000` is not
    desk.sql("UPDATE notes SET body = 'ring +8613800138000, not 13900139000' WHERE id = 2");
    desk.apply(&desk.plan([("account", "1")]).unwrap()).unwrap();
    let struck = Some("ring 138******00, not 13900139000".to_owned());
    assert_eq!(notes(&desk), [None, struck, Some("order 138001380001 and 13900139000".to_owned()), None]);
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM notes_fts WHERE notes_fts MATCH '\"13800138000\"'"), 1);
    desk.sql("INSERT INTO notes_fts (notes_fts) VALUES ('integrity-check')");
    // merging the index is for the proof: one person's erasure must not cost as much as the index is long
    let segments = "SELECT count(DISTINCT segid) FROM notes_fts_idx";
    assert!(desk.one::<i64>(segments) > 1);
    desk.sql("INSERT INTO notes_fts (notes_fts) VALUES ('optimize')");
    assert_eq!(desk.one::<i64>(segments), 1);
}

/// A history that a trigger fills, as people keep one: also with what an erasure writes over.
const HISTORY: &str = "
    CREATE TABLE notes_h (id INTEGER PRIMARY KEY, user_id INTEGER, body TEXT);
    CREATE INDEX notes_h_user ON notes_h (user_id);
    INSERT INTO notes_h VALUES (1, 2, 'before: 13800138000 and 13900139000'), (2, 2, 'nothing');
    CREATE TRIGGER notes_kept AFTER UPDATE ON notes BEGIN
        INSERT INTO notes_h (user_id, body) VALUES (old.user_id, old.body);
    END;";

#[test]
fn what_a_history_keeps_of_searched_texts_is_searched_before_and_after_the_change() {
    let copies = "[acknowledged]\nnotes_kept = \"keeps what was written before\"\n[tables.notes_h]\ncopy = \"notes\"\n\
        [tables.notes_h.columns]\nid = \"key\"";
    let sql = format!("{SCHEMA}{HISTORY}");
    let desk = Desk::new(&sql, &map("mentions = \"scan\"", copies));
    let job = desk.plan([("account", "1")]).unwrap();
    assert_eq!(job.totals.all().struck_out, 2, "one text and what the history holds already");
    assert!(job.erasure().not_searched().is_empty());
    desk.apply(&job).unwrap();
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM notes_h"), 3, "the trigger has written down what was there");
    let old = desk.one::<String>("SELECT group_concat(body, '|') FROM (SELECT body FROM notes_h ORDER BY id)");
    assert_eq!(old, "before: 138******00 and 13900139000|nothing|ring 138******00, not 13900139000");
    // where nothing is searched, the history is named as well
    let desk = Desk::new(&sql, &map("", copies));
    let job = desk.plan([("account", "1")]).unwrap();
    let named = job.erasure().not_searched().into_iter().map(|table| job.map.tables[table].name.to_string());
    assert_eq!(named.collect::<Vec<_>>(), ["notes", "notes_h"]);
}

const LOGBOOK: &str = "
    CREATE TABLE sorts (id INTEGER PRIMARY KEY, word TEXT);
    CREATE TABLE logbook (id INTEGER PRIMARY KEY, line TEXT, kind TEXT, sort_id INTEGER, also TEXT);
    CREATE INDEX logbook_line ON logbook (line);
    INSERT INTO sorts VALUES (1, 'TEXT'), (2, 'PHONE');
    INSERT INTO logbook VALUES (1, 'login 13800138000', 'TEXT', 1, NULL), (2, '13900139000', 'PHONE', 2, 'x'),
        (3, 'a 13700137000', 'TEXT', 1, NULL), (4, 'the clerk 13800138000', 'CODE', 1, NULL);";

fn logbook(case: &str, mentions: &str, code: &str) -> String {
    map("mentions = \"scan\"", "")
        + &format!(
            "[none]\n\"words\" = [\"sorts\"]\n[tables.logbook]\npurpose = \"log\"\nclause = \"1\"\nbasis = \"contract\"\n\
             {mentions}\ncase = \"{case}\"\n[tables.logbook.columns]\nid = \"key\"\nkind = \"fact\"\nsort_id = \"fact\"\n\
             also = \"fact\"\nline = {{ TEXT = \"free_text\", PHONE = \"phone, of ~\"{code} }}\n"
        )
}

#[test]
fn free_text_under_a_case_is_searched_in_the_rows_of_that_case() {
    let sql = format!("{SCHEMA}{LOGBOOK}");
    let lines =
        |desk: &Desk| desk.one::<String>("SELECT group_concat(line, '|') FROM (SELECT line FROM logbook ORDER BY id)");
    let desk = Desk::new(&sql, &logbook("kind", "mentions = \"scan\"", ", CODE = \"fact\""));
    desk.apply(&desk.plan([("account", "1")]).unwrap()).unwrap();
    // what is a fact in its row is left as it is
    assert_eq!(lines(&desk), "login 138******00|13900139000|a 13700137000|the clerk 13800138000");
    // the case may stand in another table
    let desk = Desk::new(&sql, &logbook("sort_id = sorts.id . word", "mentions = \"scan\"", ""));
    desk.apply(&desk.plan([("account", "1")]).unwrap()).unwrap();
    assert_eq!(lines(&desk), "login 138******00|13900139000|a 13700137000|the clerk 138******00");
    // what nobody says of a row is not passed over where it names the person
    let desk = Desk::new(&sql, &logbook("kind", "mentions = \"scan\"", ""));
    assert_eq!(desk.plan([("account", "1")]).map(|_| ()).unwrap_err().code(), "unknown_case");
    desk.plan([("account", "2")]).unwrap();
    let desk = Desk::new(&sql, &logbook("kind", "", ", CODE = \"fact\""));
    let job = desk.plan([("account", "1")]).unwrap();
    let named = job.erasure().not_searched().into_iter().map(|table| job.map.tables[table].name.to_string());
    assert_eq!(named.collect::<Vec<_>>(), ["logbook"]);
}

const KEPT: &str = "
    CREATE TABLE invoices (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), remark TEXT, also TEXT, sent TEXT);
    CREATE INDEX invoices_user ON invoices (user_id);
    CREATE TABLE parcels (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), state TEXT, remark TEXT);
    CREATE INDEX parcels_user ON parcels (user_id);
    CREATE TABLE scans (id INTEGER PRIMARY KEY, parcel_id INTEGER REFERENCES parcels (id), said TEXT);
    CREATE INDEX scans_parcel ON scans (parcel_id);
    CREATE TABLE books (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), line TEXT);
    CREATE INDEX books_user ON books (user_id);
    INSERT INTO invoices VALUES (1, 2, 'paid by 13800138000', 'ring 13800138000', '2026-01-01'),
        (2, 2, 'paid by 13800138000', NULL, '2010-01-01'), (3, 2, 'paid by 13800138000', NULL, NULL);
    INSERT INTO parcels VALUES (1, 2, 'open', 'leave it with 13800138000'), (2, 2, 'done', 'left with 13800138000');
    INSERT INTO scans VALUES (1, 1, 'ask 13800138000'), (2, 2, 'asked 13800138000');
    INSERT INTO books VALUES (1, 2, 'from 13800138000');";

const KEPT_MAP: &str = r#"
[tables.invoices]
mentions = "scan"
keep = { for = "10 years", after = "sent", law = "L", because = "B", columns = ["remark", "sent"] }
[tables.invoices.columns]
id = "key"
user_id = "of users.id"
remark = "free_text, provided"
also = "free_text, provided"
sent = "time, observed"
[tables.parcels]
mentions = "scan"
wait = "state = 'open'"
[tables.parcels.columns]
id = "key"
user_id = "of users.id"
state = "fact"
remark = "free_text, provided"
[tables.scans]
mentions = "scan"
[tables.scans.columns]
id = "key"
parcel_id = "of parcels.id"
said = "free_text, provided"
[tables.books]
mentions = "scan"
erase = "stay: the books are closed"
[tables.books.columns]
id = "key"
user_id = "of users.id"
line = "free_text, provided"
"#;

const KEPT_TEXTS: &str = "SELECT group_concat(text, '|') FROM (
    SELECT 1 AS t, id, remark || coalesce(' / ' || also, '') AS text FROM invoices
    UNION ALL SELECT 2, id, remark FROM parcels UNION ALL SELECT 3, id, said FROM scans
    UNION ALL SELECT 4, id, line FROM books ORDER BY 1, 2)";

#[test]
fn what_a_law_or_a_contract_needs_of_somebody_elses_row_stays_and_is_told() {
    let desk = Desk::new(&format!("{SCHEMA}{KEPT}"), &(map("mentions = \"scan\"", "") + KEPT_MAP));
    let job = desk.plan([("account", "1")]).unwrap();
    let mut kept: Vec<String> = job
        .totals
        .kept
        .iter()
        .map(|(kept, rows)| {
            let until = kept.until.map(|until| until.to_string()).unwrap_or_default();
            format!("{} {} {until} {rows}", job.map.tables[kept.table].name, kept.code)
        })
        .collect();
    kept.sort();
    // the invoice of 2010 is past its ten years, the one without a date never is
    let expected =
        ["books stay  1", "invoices RET  1", "invoices RET 2036-01-01 1", "parcels LIVE  1", "scans LIVE  1"];
    assert_eq!(kept, expected);
    let all = job.totals.all();
    assert_eq!((all.located, all.struck_out), (2, 5), "rows of others are no rows of the person's");
    desk.apply(&job).unwrap();
    // of the first invoice the law needs one text and not the other
    let texts = "paid by 13800138000 / ring 138******00|paid by 138******00|paid by 13800138000|\
        leave it with 13800138000|left with 138******00|ask 13800138000|asked 138******00|from 13800138000";
    assert_eq!(desk.one::<String>(KEPT_TEXTS), texts);
}

/// An office with what is kept, and verified requests of so many accounts.
fn kept(more: &str, requests: usize) -> (Office, Connection) {
    let mut office = Office::empty();
    let database = Connection::open(office.path("notes.db")).unwrap();
    database.execute_batch(&format!("{SCHEMA}{KEPT}{more}")).unwrap();
    office.run("init notes.db --quiet").done();
    office.file("datamap.toml", &(map("mentions = \"scan\"", "") + KEPT_MAP));
    office.run("map trust --yes --quiet").done();
    for (nth, account) in (1..=requests).zip([1, 3]) {
        office.file("id.txt", &format!("account={account}\n"));
        office.run("case open delete --channel app --id-file id.txt --quiet").done();
        office.run(&format!("case identify DSR-20261123-000{nth} --level L2 --by otp+waybill --quiet")).done();
    }
    (office, database)
}

#[test]
fn what_stays_in_rows_of_others_is_none_of_the_persons_rows() {
    let (mut office, _) = kept("INSERT INTO books VALUES (2, 1, 'to myself');", 1);
    office.run("anonymize DSR-20261123-0001 --confirm DSR-20261123-0001 --quiet").carried_out();
    let again = office.run("anonymize DSR-20261123-0001 --plan again.jsonl --json").carried_out().json();
    assert_eq!(again["data"]["state"], "nothing_left", "{again}");
    let books = again["data"]["tables"].as_array().unwrap().iter().find(|sums| sums["table"] == "books").unwrap();
    assert_eq!((&books["located"], &books["kept"], &books["de_identified"]), (&1.into(), &1.into(), &0.into()));
}

#[test]
fn what_was_needed_of_a_text_is_found_again_for_whom_of_several_it_names() {
    let third = "INSERT INTO users VALUES (3, '13700137000', '2020-01-01');
        UPDATE invoices SET also = 'and not 13700137000' WHERE id = 1;";
    let (mut office, database) = kept(third, 2);
    office.file("cases.txt", "DSR-20261123-0001\nDSR-20261123-0002\n");
    let planned = office.run("erase --cases cases.txt --plan open.jsonl --json").looks().json();
    let aside = &planned["data"]["set_aside"];
    assert_eq!((&aside[0]["case"], &aside[0]["code"]), (&"DSR-20261123-0001".into(), &"LIVE".into()), "{planned}");
    assert_eq!(aside.as_array().map(Vec::len), Some(1), "the other is not named in what waits");
    database.execute("UPDATE parcels SET state = 'done'", []).unwrap();
    office.run("erase --cases cases.txt --confirm 2 --quiet").carried_out();
    let remark =
        || database.query_row("SELECT remark FROM invoices WHERE id = 1", [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(remark(), "paid by 13800138000");
    office.wait_days(10 * 366);
    office.typing("y\n").run("purge scheduled --confirm --quiet").carried_out();
    assert_eq!(remark(), "paid by 138******00");
}

#[test]
fn what_was_needed_is_struck_out_when_that_ends() {
    let (mut office, database) = kept("", 1);
    office.run("erase DSR-20261123-0001 --confirm DSR-20261123-0001 --quiet").carried_out();
    let texts = || database.query_row(KEPT_TEXTS, [], |row| row.get::<_, String>(0)).unwrap();
    let before = texts();
    assert!(before.contains("|leave it with 13800138000|") && before.contains("|ask 13800138000|"), "{before}");
    database.execute("UPDATE parcels SET state = 'done'", []).unwrap();
    office.run("purge scheduled --confirm --quiet").carried_out();
    let after = texts();
    assert!(after.contains("|leave it with 138******00|") && after.contains("|ask 138******00|"), "{after}");
    assert!(after.starts_with("paid by 13800138000 / ring 138******00|"), "the law still needs it: {after}");
}

const LETTERS: &str = "
    CREATE TABLE users (id INTEGER PRIMARY KEY, phone TEXT UNIQUE, bound_at TEXT);
    CREATE TABLE letters (id INTEGER PRIMARY KEY, writer INTEGER REFERENCES users (id), reader INTEGER REFERENCES users (id),
        written TEXT, answered TEXT);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id),
        invited_by INTEGER REFERENCES users (id), note TEXT);
    INSERT INTO users VALUES (1, '13800138000', '2020-01-01'), (2, '13900139000', '2020-01-01');
    INSERT INTO letters VALUES (1, 1, 2, 'I am 13800138000', 'are you 13800138000 or 13900139000?'),
        (2, 2, 1, 'to 13800138000', 'yes, 13800138000'), (3, 2, 2, 'x', 'not 13800138000');
    INSERT INTO orders VALUES (1, 2, 1, 'from 13800138000');";

const LETTERS_MAP: &str = r#"version = 1
controller = "C"
time_zone = "Asia/Shanghai"
[person.account]
is = "users.id"
[tables.users]
purpose = "account"
clause = "1"
basis = "contract"
[tables.users.columns]
id = "key"
phone = "phone, proves since bound_at, provided"
bound_at = "time, observed"
[tables.letters]
mentions = "scan"
purpose = "letters"
clause = "1"
basis = "contract"
[tables.letters.columns]
id = "key"
writer = "writer of users.id"
reader = "reader of users.id"
written = "writer.free_text, provided"
answered = "reader.free_text, provided"
[tables.orders]
mentions = "scan"
[tables.orders.columns]
id = "key"
user_id = "of users.id"
invited_by = "by users.id"
note = "free_text, provided"
"#;

#[test]
fn what_the_other_wrote_in_a_row_of_both_stays_without_the_person() {
    let desk = Desk::new(LETTERS, LETTERS_MAP);
    let job = desk.plan([("account", "1")]).unwrap();
    desk.apply(&job).unwrap();
    let texts = |id: i64| {
        let sql = format!("SELECT json_array(writer, reader, written, answered) FROM letters WHERE id = {id}");
        desk.one::<String>(&sql)
    };
    assert_eq!(texts(1), r#"[null,2,null,"are you 138******00 or 13900139000?"]"#);
    assert_eq!(texts(2), r#"[2,null,"to 138******00",null]"#);
    assert_eq!(texts(3), r#"[2,2,"x","not 138******00"]"#);
    // a row that loses a pointer is somebody else's
    let order = desk.one::<String>("SELECT json_array(user_id, invited_by, note) FROM orders");
    assert_eq!(order, r#"[2,null,"from 138******00"]"#);
    assert_eq!(job.totals.all().struck_out, 4);
}

#[test]
fn a_table_that_says_nothing_is_not_searched() {
    let desk = Desk::new(SCHEMA, &map("", ""));
    let job = desk.plan([("account", "1")]).unwrap();
    assert_eq!(job.totals.all().struck_out, 0);
}

/// An office on this database with one verified request of account 1.
pub(crate) fn office(request: &str) -> Office {
    let mut office = Office::empty();
    Connection::open(office.path("notes.db")).unwrap().execute_batch(SCHEMA).unwrap();
    office.run("init notes.db --quiet").done();
    office.file("datamap.toml", &map("", ""));
    office.run("map trust --yes --quiet").done();
    office.file("id.txt", "account=1\n");
    office.run(&format!("case open {request} --channel app --id-file id.txt --quiet")).done();
    office.run("case identify DSR-20261123-0001 --level L2 --by otp+waybill --quiet").done();
    office
}

fn body(office: &Office, id: i64) -> Option<String> {
    let database = Connection::open(office.path("notes.db")).unwrap();
    database.query_row("SELECT body FROM notes WHERE id = ?1", [id], |row| row.get(0)).unwrap()
}

#[test]
fn a_request_may_ask_for_the_search_of_every_table() {
    let mut office = office("delete");
    let plan = office.run("erase DSR-20261123-0001 --plan plain.jsonl --json").done().json();
    assert_eq!((plan["data"]["struck_out"].as_u64(), &plan["data"]["not_searched"][0]), (Some(0), &"notes".into()));
    let shown = office.run("erase DSR-20261123-0001 --plan again.jsonl").done();
    assert!(shown.stdout().contains("not searched for the person in other people's texts: notes\n"), "{shown}");
    let part = office.run("erase DSR-20261123-0001 --column notes.body --plan part.jsonl --json").done().json();
    assert_eq!(part["data"]["not_searched"][0], "notes", "a part of the data is not looked for in other people's");
    office.run("erase DSR-20261123-0001 --mentions --column notes.body --plan no.jsonl").misused("usage");
    let plan = office.run("erase DSR-20261123-0001 --mentions --plan plan.jsonl --json").done().json();
    assert_eq!(plan["data"]["struck_out"], 1);
    assert_eq!(plan["data"]["not_searched"].as_array().map(Vec::len), Some(0));
    let applied = office.run("apply plan.jsonl --confirm DSR-20261123-0001 --json").done().json();
    assert_eq!(
        (applied["data"]["struck_out"].as_u64(), applied["data"]["not_searched"].as_array().map(Vec::len)),
        (Some(1), Some(0))
    );
    assert_eq!(body(&office, 2).unwrap(), "ring 138******00, not 13900139000");
    assert_eq!(body(&office, 3).unwrap(), "order 138001380001 and 13900139000");
}

#[test]
fn the_certificate_names_the_tables_that_were_not_searched() {
    for (asked, named) in [("", vec!["notes"]), ("--mentions", vec![])] {
        let mut office = office("delete");
        office.run(&format!("erase DSR-20261123-0001 {asked} --confirm DSR-20261123-0001 --quiet")).carried_out();
        office.run("prove DSR-20261123-0001 --quiet").carried_out();
        let certificate: serde_json::Value =
            serde_json::from_str(&office.read("certificates/DSR-20261123-0001.json")).unwrap();
        assert_eq!(certificate["not_searched"], serde_json::json!(named), "{asked}");
        let page = office.read("certificates/DSR-20261123-0001.html");
        assert_eq!(page.contains("<li><bdi>notes</bdi></li>"), !named.is_empty(), "{asked}");
    }
}

#[test]
fn escapes_hide_nobody_elses_number_in_a_copy() {
    let mut office = office("copy");
    let database = Connection::open(office.path("notes.db")).unwrap();
    for (id, text) in (20..).zip(ESCAPED) {
        let of_another = text.replace("13800138000", "13700137000").replace("13900139000", "13800138000");
        database.execute("INSERT INTO notes VALUES (?1, 1, ?2)", (id, of_another)).unwrap();
    }
    office.run("export DSR-20261123-0001 --no-zip --quiet").done();
    let copy = office.read("packages/DSR-20261123-0001/data.json");
    assert!(!copy.contains("13700137000"));
    assert_eq!(copy.matches("137******00").count(), 4);
    assert!(copy.contains(r"\\u003e13800138000"), "their own stays as it is written");
}

#[test]
fn a_copy_counts_the_texts_that_name_the_person_and_does_not_give_them() {
    let mut office = office("copy");
    let plain = office.run("export DSR-20261123-0001 --no-zip --json").done().json();
    assert_eq!(plain["data"]["not_searched"][0], "notes");
    assert_eq!(plain["data"]["cells"]["withheld"].get("third_party"), None);
    std::fs::remove_dir_all(office.path("packages")).unwrap();
    let found = office.run("export DSR-20261123-0001 --no-zip --mentions --json").done().json();
    assert_eq!(found["data"]["not_searched"].as_array().map(Vec::len), Some(0));
    assert_eq!(found["data"]["cells"]["withheld"]["third_party"], 1);
    let located = |result: &serde_json::Value| result["data"]["cells"]["located"].as_u64().unwrap();
    assert_eq!(located(&found), located(&plain) + 1);
    let page = office.read("packages/DSR-20261123-0001/data.json");
    assert!(!page.contains("13900139000") && !page.contains("ring"), "somebody else's text is not given");
}

#[test]
fn a_text_that_is_no_utf8_and_names_the_person_is_refused_and_not_passed_over() {
    let desk = Desk::new(SCHEMA, &map("mentions = \"scan\"", ""));
    desk.sql("UPDATE notes SET body = CAST(X'ff' || 'ring 13800138000' || X'c3' AS TEXT) WHERE id = 2");
    assert_eq!(desk.plan([("account", "1")]).map(|_| ()).unwrap_err().code(), "malformed_text");
    desk.sql("UPDATE notes SET body = CAST(X'ff' || 'ring 13900139000' || X'c3' AS TEXT) WHERE id = 2");
    desk.plan([("account", "1")]).unwrap();
}

/// Three megabytes with `number` somewhere behind the second one.
fn long(number: &str) -> String {
    format!("{}，电话{number}。{}", "字".repeat(700_000), "好".repeat(300_000))
}

#[test]
fn a_long_text_of_somebody_else_is_searched_to_its_end_and_never_rewritten() {
    let desk = Desk::new(SCHEMA, &map("mentions = \"scan\"", ""));
    let rewrite = |text: &str| {
        Connection::open(desk.path()).unwrap().execute("UPDATE notes SET body = ?1 WHERE id = 4", [text]).unwrap();
    };
    rewrite(&long("13800138000"));
    let before = desk.dump();
    let refused = desk.plan([("account", "1")]).map(|_| ()).unwrap_err();
    assert_eq!(refused.code(), "long_mention");
    assert!(refused.to_string().ends_with("notes.body"), "{refused}");
    assert_eq!(desk.dump(), before);
    // what names somebody else stands in nobody's way, and the short text is struck out all the same
    rewrite(&long("13912345678"));
    let job = desk.plan([("account", "1")]).unwrap();
    assert_eq!(job.totals.all().struck_out, 1);
    desk.apply(&job).unwrap();
    assert_eq!(notes(&desk)[1].as_deref(), Some("ring 138******00, not 13900139000"));
    assert_eq!(notes(&desk)[3].as_deref(), Some(&*long("13912345678")));
    // broken bytes are looked through as in short texts
    let desk = Desk::new(SCHEMA, &map("mentions = \"scan\"", ""));
    let broken = [b"\xff", long("13800138000").as_bytes()].concat();
    let sql = "UPDATE notes SET body = CAST(?1 AS TEXT) WHERE id = 4";
    Connection::open(desk.path()).unwrap().execute(sql, [broken]).unwrap();
    assert_eq!(desk.plan([("account", "1")]).map(|_| ()).unwrap_err().code(), "malformed_text");
}

#[test]
fn a_copy_counts_long_texts_that_name_the_person() {
    let mut office = office("copy");
    let database = Connection::open(office.path("notes.db")).unwrap();
    database.execute("UPDATE notes SET body = ?1 WHERE id = 4", [long("13800138000")]).unwrap();
    database.execute("INSERT INTO notes VALUES (5, 2, ?1)", [long("13900139000")]).unwrap();
    let found = office.run("export DSR-20261123-0001 --no-zip --mentions --json").done().json();
    assert_eq!(found["data"]["cells"]["withheld"]["third_party"], 2);
}

#[test]
fn what_stands_behind_a_nul_is_found_by_a_scan_and_an_index_is_named() {
    let behind = "UPDATE notes SET body = 'hello' || char(0) || ' ring 13800138000' WHERE id = 4;";
    let scanned = Desk::new(&format!("{SCHEMA}{behind}"), &map("mentions = \"scan\"", ""));
    assert_eq!(scanned.plan([("account", "1")]).unwrap().totals.all().struck_out, 2);

    let mut office = Office::empty();
    let copies = "[acknowledged]\nnotes_ad = \"keeps the index\"\nnotes_au = \"keeps the index\"\n[tables.notes_fts]\ncopy = \"notes\"\n";
    // as FTS4 and older versions of SQLite write it: nothing of what stands behind the NUL
    let cut = "INSERT INTO notes_fts (notes_fts, rowid, body) SELECT 'delete', id, body FROM notes WHERE id = 4;
        INSERT INTO notes_fts (rowid, body) VALUES (4, 'hello');";
    Connection::open(office.path("notes.db")).unwrap().execute_batch(&format!("{SCHEMA}{behind}{INDEX}{cut}")).unwrap();
    office.run("init notes.db --quiet").done();
    office.file("datamap.toml", &map("mentions = \"notes_fts\"", copies));
    office.run("map trust --yes --quiet").done();
    office.file("id.txt", "account=1\n");
    office.run("case open delete --channel app --id-file id.txt --quiet").done();
    office.run("case identify DSR-20261123-0001 --level L2 --by otp+waybill --quiet").done();
    let by_index = office.run("erase DSR-20261123-0001 --plan index.jsonl").done();
    assert!(
        by_index
            .stdout()
            .contains("by an index, which knows the usual spellings alone, and may not look behind a NUL: notes\n"),
        "{by_index}"
    );
    let by_index = office.run("erase DSR-20261123-0001 --plan again.jsonl --json").done().json();
    assert_eq!(by_index["data"]["by_index"][0], "notes");
    let asked = office.run("erase DSR-20261123-0001 --mentions --plan plan.jsonl --json").done().json();
    assert_eq!(asked["data"]["by_index"].as_array().map(Vec::len), Some(0));
    let struck_out = |result: &serde_json::Value| result["data"]["struck_out"].as_u64().unwrap();
    assert_eq!(
        (struck_out(&asked), struck_out(&by_index)),
        (2, 1),
        "the index does not know what stands behind the NUL"
    );
    office.run("apply plan.jsonl --confirm DSR-20261123-0001").done();
    assert_eq!(body(&office, 4).unwrap(), "hello\0 ring 138******00");
}

/// What was shown once is the person's where the map says that it proves, whatever sort of paper it was.
#[test]
fn a_number_that_the_person_showed_is_struck_out_of_other_peoples_text() {
    let mut office = Office::courier();
    let db = Connection::open(office.path("zkjia.db")).unwrap();
    let papers = "SELECT id_type, id_no, user_id FROM real_name_auth WHERE user_id NOT IN (1, 100) ORDER BY id_type";
    let papers: Vec<(String, String, i64)> = {
        let mut statement = db.prepare(papers).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let mut seen = 0;
    db.execute_batch(
        "INSERT INTO cs_tickets (id, user_id, subject, opened_at, closed_at)
            VALUES (900001, 1, 'x', '2026-11-01 10:00:00', '2026-11-02 10:00:00')",
    )
    .unwrap();
    for sort in ["resident_id", "passport", "residence_permit", "travel_permit"] {
        let Some((_, number, person)) = papers.iter().find(|(known, ..)| known == sort) else { continue };
        seen += 1;
        let insert =
            "INSERT INTO cs_messages (id, ticket_id, body, sent_at) VALUES (?1, 900001, ?2, '2026-11-01 10:00:00')";
        db.execute(insert, (900_000 + seen, format!("号码 {number} 是他的"))).unwrap();
        office.file("ids.txt", &format!("account={person}\n"));
        let case = format!("DSR-20261123-000{seen}");
        office.run("case open delete --id-file ids.txt --quiet").done();
        office.run(&format!("case identify {case} --level L3 --by otp+waybill --quiet")).done();
        office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
        let read = "SELECT body FROM cs_messages WHERE id = ?1";
        let body: String = db.query_row(read, [900_000 + seen], |row| row.get(0)).unwrap();
        assert!(!body.contains(number.as_str()) && body.starts_with("号码 ") && body.ends_with(" 是他的"), "{sort}");
    }
    assert!(seen >= 2, "the sample company has {seen} sorts of papers");
}

#[test]
fn what_a_column_is_and_proves_depends_on_the_rows_case() {
    const SQL: &str = "
        CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE contacts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), sort TEXT NOT NULL, text TEXT, shown_at TEXT);
        CREATE INDEX contacts_user ON contacts (user_id);
        CREATE INDEX contacts_text ON contacts (text);
        INSERT INTO users VALUES (1, 'A'), (2, 'B');
        INSERT INTO contacts VALUES (1, 1, 'phone', '13800138000', '2020-01-01'), (2, 1, 'email', 'a@example.com', '2020-01-01'),
            (3, 2, 'note', '13800138000', '2020-01-01'), (4, 2, 'phone', '13900139000', '2020-01-01'), (5, 2, 'home', '13700137000', NULL);";
    const MAP: &str = r#"version = 1
controller = "C"
time_zone = "Asia/Shanghai"
[person.account]
is = "users.id"
[tables.users]
purpose = "account"
clause = "1"
basis = "contract"
[tables.users.columns]
id = "key"
name = "name, provided"
[tables.contacts]
case = "sort"
[tables.contacts.columns]
id = "key"
user_id = "of users.id"
sort = "fact"
shown_at = "time, observed"
text = { phone = "phone, proves since shown_at, provided", email = "email, provided", note = "free_text, provided", home = "phone, provided" }
"#;
    let desk = Desk::new(SQL, MAP);
    let (map, zone) = (desk.map(), jiff::tz::TimeZone::get("Asia/Shanghai").unwrap());
    let close = |kind: &str, value: &str| {
        locate::close(&map, &Identity::of([(kind, value)]), &zone, crate::desk::now(), &mut *desk.reader().unwrap())
            .unwrap()
    };
    let whose = |kind: &str, value: &str| {
        let closed = close(kind, value);
        let keys = closed.set.persons.values().flatten().map(|key| key.0[0].to_canonical_text());
        (keys.collect::<Vec<_>>(), closed.ambiguities.len())
    };
    assert_eq!(whose("phone", "13800138000"), (vec!["1".to_owned()], 0), "a note is no telephone");
    assert_eq!(whose("phone", "13900139000"), (vec!["2".to_owned()], 0));
    assert_eq!(whose("phone", "13700137000"), (vec![], 0), "a number that proves nothing finds nobody");
    assert_eq!(whose("email", "a@example.com"), (vec![], 0));
    let known: Vec<String> =
        close("account", "1").set.values.iter().map(|known| known.value.reveal().to_owned()).collect();
    assert!(
        known.contains(&"13800138000".to_owned()) && !known.contains(&"a@example.com".to_owned()),
        "{}",
        known.len()
    );
}

/// A chat hangs on an order of both and stays for the seller, who wrote it: nothing in it is the buyer's alone, so that
/// nothing of it is written over, and the buyer's number goes out of its text all the same.
#[test]
fn of_a_row_that_stays_as_a_whole_for_another_the_number_is_struck_out() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, phone TEXT);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, buyer INTEGER REFERENCES users (id), seller INTEGER REFERENCES users (id),
            memo TEXT);
        CREATE TABLE chats (id INTEGER PRIMARY KEY, of_order INTEGER REFERENCES orders (id),
            author INTEGER NOT NULL REFERENCES users (id), words TEXT);
        CREATE INDEX by_buyer ON orders (buyer); CREATE INDEX by_seller ON orders (seller);
        CREATE INDEX by_order ON chats (of_order); CREATE INDEX by_author ON chats (author);
        INSERT INTO users VALUES (1, '13800138000'), (2, '13900139000');
        INSERT INTO orders VALUES (3, 1, 2, 'for both');
        INSERT INTO chats VALUES (4, 3, 2, 'the buyer is 13800138000, I am 13900139000');";
    for searched in ["", "mentions = \"scan\"\n"] {
        let map = [
            "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\nis = \"users.id\"\n\
             [rules]\n\"*.id\" = \"key\"\n",
            &table("users"),
            "[tables.users.columns]\nphone = \"phone, proves, provided\"\n",
            &table("orders"),
            "erase = \"anonymize\"\n[tables.orders.columns]\nbuyer = \"buyer of users.id\"\nseller = \"of users.id\"\n\
             memo = \"free_text, provided\"\n",
            &table("chats"),
            searched,
            "[tables.chats.columns]\nof_order = \"of orders.id as buyer\"\nauthor = \"of users.id\"\n\
             words = \"free_text, provided\"\n",
        ];
        let mut office = Office::empty().with_shop(sql, &map.concat());
        let case = office.verified("delete", "account=1");
        office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
        let words: String = office.shop().query_row("SELECT words FROM chats", [], |row| row.get(0)).unwrap();
        assert_eq!(words, "the buyer is 138******00, I am 13900139000", "{searched:?}");
        office.run(&format!("prove {case} --quiet")).done();
    }
}

/// What the law does not need of a row that it keeps for both goes of each: also the number that stands in the text of both.
#[test]
fn of_a_row_that_a_law_keeps_the_number_is_struck_out_where_the_law_does_not_need_it() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, phone TEXT);
        CREATE INDEX users_phone ON users (phone);
        CREATE TABLE parcels (id INTEGER PRIMARY KEY, from_phone TEXT, to_user INTEGER REFERENCES users (id), words TEXT,
            at TEXT);
        CREATE INDEX by_from ON parcels (from_phone); CREATE INDEX by_to ON parcels (to_user);
        INSERT INTO users VALUES (1, '13800138000'), (2, '13900139000');
        INSERT INTO parcels VALUES (3, '13800138000', 2, 'ring 13800138000 or 13900139000', '2025-06-07');";
    for (needed, struck) in [("", true), (", \"words\"", false)] {
        for (searched, more) in [("", ""), ("", "--mentions"), ("mentions = \"scan\"\n", "")] {
            let map = [
                "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\nis = \"users.id\"\n\
                 [rules]\n\"*.id\" = \"key\"\n",
                &table("users"),
                "[tables.users.columns]\nphone = \"phone, proves, provided\"\n",
                &table("parcels"),
                searched,
                &format!(
                    "keep = [{{ for = \"5 years\", after = \"at\", law = \"L\", because = \"b\", columns = [\"at\"{needed}] }}]\n"
                ),
                "[tables.parcels.columns]\nfrom_phone = \"a.phone, a of ~, provided\"\nto_user = \"b of users.id\"\n\
                 words = \"free_text, provided\"\nat = \"time, observed\"\n",
            ];
            let mut office = Office::empty().with_shop(sql, &map.concat());
            let case = office.verified("delete", "account=1");
            office.run(&format!("erase {case} {more} --confirm {case} --quiet")).carried_out();
            let words: String = office.shop().query_row("SELECT words FROM parcels", [], |row| row.get(0)).unwrap();
            let number = if struck { "138******00" } else { "13800138000" };
            assert_eq!(words, format!("ring {number} or 13900139000"), "{searched:?} {more} {needed:?}");
            office.run(&format!("prove {case} --quiet")).done();
        }
    }
}

/// What a request found in other people's texts goes on being its own: erasing once more, as after a release of a hold,
/// searches them once more, and no answer forgets them.
#[test]
fn erasing_once_more_searches_what_was_searched_before() {
    let desk = map("", "")
        .replace("[tables.notes]\n\n", "[tables.notes]\nwait = \"user_id = 2\"\n")
        .replace("[tables.users]\n", "[tables.users]\nerase = \"anonymize\"\n");
    for hold in [true, false] {
        let mut office = Office::empty().with_shop(SCHEMA, &desk);
        office.file("order.txt", "court");
        let case = office.verified("delete", "account=1");
        if hold {
            office.run(&format!("hold add --case {case} --order order.txt --quiet")).done();
        }
        office.run(&format!("erase {case} --mentions --confirm {case} --quiet")).carried_out();
        if hold {
            office.run("hold release HOLD-20261123-0001 --reason-file order.txt --yes --quiet").done();
        }
        office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
        office.run(&format!("prove {case} --quiet")).done();
        office.run(&format!("case answer {case} --decision FULFILLED --letter answer --quiet")).refused("rows_stay");
        let answer = format!("case answer {case} --decision PARTIAL --letter answer --letter-lang en --plain --quiet");
        office.run(&answer).done();
        assert!(office.read(&format!("answers/{case}-answer-1.txt")).contains("What we keep"));
    }
}

/// … and what a hold of either sort stopped is struck out when it is released.
#[test]
fn a_number_in_a_kept_row_of_both_goes_when_the_hold_on_the_other_is_released() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, phone TEXT);
        CREATE INDEX users_phone ON users (phone);
        CREATE TABLE claims (id INTEGER PRIMARY KEY, a_phone TEXT, a_name TEXT, b_phone TEXT, b_name TEXT, memo TEXT, at TEXT);
        CREATE INDEX by_a ON claims (a_phone); CREATE INDEX by_b ON claims (b_phone);
        INSERT INTO users VALUES (1, '13800138000'), (2, '13900139000');
        INSERT INTO claims VALUES (3, '13800138000', 'Ann', '13900139000', 'Bo', '13800138000 and 13900139000', '2025-08-12');";
    let map = [
        "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\nis = \"users.id\"\n\
         [rules]\n\"*.id\" = \"key\"\n",
        &table("users"),
        "[tables.users.columns]\nphone = \"phone, proves, provided\"\n",
        &table("claims"),
        "dated = \"at\"\nkeep = [{ for = \"3 years\", after = \"at\", law = \"L\", because = \"b\", columns = [\"a_name\", \"b_name\", \"at\"] }]\n\
         [tables.claims.columns]\na_phone = \"a.phone, a of ~, provided\"\na_name = \"a.name, provided\"\n\
         b_phone = \"b.phone, b of ~, provided\"\nb_name = \"b.name, provided\"\nmemo = \"free_text, provided\"\n\
         at = \"time, observed\"\n",
    ];
    for hold in ["", "--confidential"] {
        let mut office = Office::empty().with_shop(sql, &map.concat());
        office.file("order.txt", "court");
        office.file("other.txt", "account=2\n");
        let case = office.verified("delete", "account=1");
        office.run(&format!("hold add --id-file other.txt {hold} --order order.txt --quiet")).done();
        office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
        let memo = |office: &Office| -> String {
            office.shop().query_row("SELECT memo FROM claims", [], |row| row.get(0)).unwrap()
        };
        assert_eq!(memo(&office), "13800138000 and 13900139000", "{hold}");
        office.run("hold release HOLD-20261123-0001 --reason-file order.txt --yes --quiet").done();
        office.run("purge scheduled --confirm --quiet");
        assert_eq!(memo(&office), "138******00 and 13900139000", "{hold}");
        office.run("prove --pending --quiet").done();
        office.run(&format!("case answer {case} --decision PARTIAL --letter answer --quiet")).done();
    }
}
