//! Anonymization: what is written fits every constraint, what cannot be anonymized is refused before anything changes, an
//! interrupted one is before or after, and what still shares a key is called de-identified.

use droit::{
    apply::Recovered,
    case::FailurePoint,
    database::{DatabaseUrl, Options, connect},
    duties::risk::measure,
};
use rusqlite::Connection;

use crate::{
    desk::{Desk, dump, require_refused},
    office::Office,
};

const CASE: &str = "DSR-20261123-0001";

const SQL: &str = "
    CREATE TABLE people (
        id INTEGER PRIMARY KEY,
        handle VARCHAR(16) NOT NULL UNIQUE,
        phone CHAR(11) NOT NULL CHECK (length(phone) = 11),
        number INTEGER NOT NULL UNIQUE,
        born TEXT CHECK (born IS NULL OR born < '2026-01-01'),
        email TEXT CHECK (email LIKE '%@%'),
        joined_at TEXT NOT NULL,
        left_at TEXT,
        CHECK (left_at IS NULL OR left_at >= joined_at)
    );
    CREATE TABLE contacts (
        id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL REFERENCES people (id), phone TEXT NOT NULL, name TEXT NOT NULL,
        UNIQUE (owner_id, phone)
    );
    CREATE TABLE visitors (mark TEXT PRIMARY KEY NOT NULL, person_id INTEGER REFERENCES people (id)) WITHOUT ROWID;
    CREATE TABLE visits (
        id INTEGER PRIMARY KEY, mark TEXT REFERENCES visitors (mark), page TEXT NOT NULL, seen_ms INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE likes (id INTEGER PRIMARY KEY, handle TEXT NOT NULL, what TEXT NOT NULL);
    CREATE TABLE payments (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people (id), cents INTEGER NOT NULL,
        paid_at TEXT NOT NULL, card TEXT NOT NULL);
    CREATE INDEX c ON contacts (owner_id); CREATE INDEX v ON visitors (person_id); CREATE INDEX w ON visits (mark);
    CREATE INDEX l ON likes (handle); CREATE INDEX p ON payments (person_id);
    INSERT INTO people VALUES
        (1, 'zhang', '13800138000', 77, '1991-07-09', 'zhang@example.org', '2020-03-09 11:12:13', '2020-03-20 00:00:00'),
        (2, 'li', '13900139000', 78, '1992-02-02', 'li@example.org', '2021-05-05 00:00:00', NULL);
    INSERT INTO contacts VALUES (1, 1, '13700000001', 'Wang'), (2, 1, '13700000002', 'Zhao'), (3, 2, '13700000001', 'Wang');
    INSERT INTO visitors VALUES ('v-zhang', 1), ('v-li', 2);
    INSERT INTO visits VALUES (1, 'v-zhang', '/a', 1700000000000), (2, 'v-zhang', '/b', 1700000000000), (3, 'v-li', '/c', 1700000000000);
    INSERT INTO likes VALUES (1, 'zhang', 'tea'), (2, 'zhang', 'rain'), (3, 'li', 'tea');
    INSERT INTO payments VALUES (1, 1, 1234, '2026-01-02', '6200 1'), (2, 1, 4321, '2019-01-02', '6200 2'), (3, 2, 1, '2026-01-02', '6200 3');";

const MAP: &str = r#"
version = 1
controller = "Test"
time_zone = "UTC"
[person.account]
is = "people.id"
[rules]
"*.id" = "key"
"*.*_at" = "time, observed"
"*.person_id" = "of people.id"
"*.phone" = "phone, provided"
"*.name" = "name, provided"
[tables.people]
purpose = "account"
clause = "1"
basis = "contract"
[tables.people.columns]
handle = "username, provided"
number = "opaque, provided"
born = "birth_date, provided"
email = "email, provided"
[tables.contacts.columns]
owner_id = "of people.id"
[tables.visitors.columns]
mark = "device_id, observed"
[tables.visits.columns]
mark = "of visitors.mark"
page = "url, observed"
seen_ms = "time, observed"
[tables.likes.columns]
handle = "of people.handle"
what = "fact, observed"
[tables.payments]
keep = { for = "3 years", after = "paid_at", law = "L", because = "b", columns = ["cents", "paid_at"] }
[tables.payments.columns]
cents = "amount, observed"
card = "bank_card, provided"
"#;

fn desk() -> Desk {
    Desk { anonymize: true, ..Desk::new(SQL, MAP) }
}

/// The rows of a query, cells between bars.
fn rows(desk: &Desk, sql: &str) -> Vec<String> {
    let db = Connection::open(desk.path()).unwrap();
    let mut statement = db.prepare(sql).unwrap();
    let columns = statement.column_count();
    let cell = |row: &rusqlite::Row<'_>, at| match row.get_ref(at).unwrap() {
        rusqlite::types::ValueRef::Null => "NULL".to_owned(),
        rusqlite::types::ValueRef::Integer(number) => number.to_string(),
        other => other.as_str().unwrap().to_owned(),
    };
    let line = |row: &rusqlite::Row<'_>| Ok((0..columns).map(|at| cell(row, at)).collect::<Vec<_>>().join("|"));
    statement.query_map([], line).unwrap().map(Result::unwrap).collect()
}

#[test]
fn what_is_written_fits_type_length_and_every_constraint() {
    let desk = desk();
    let others = |desk: &Desk| {
        let tables = [("people", "id = 2"), ("contacts", "owner_id = 2"), ("visitors", "person_id = 2")];
        let more = [("visits", "mark = 'v-li'"), ("likes", "handle = 'li'"), ("payments", "person_id = 2")];
        let all = tables.iter().chain(&more);
        all.map(|(table, whose)| rows(desk, &format!("SELECT * FROM {table} WHERE {whose}"))).collect::<Vec<_>>()
    };
    let before = others(&desk);
    let job = desk.plan([("account", "1")]).unwrap();
    let applied = desk.apply(&job).unwrap();
    assert_eq!(others(&desk), before, "somebody else's row changed");
    assert_eq!(desk.one::<String>("PRAGMA integrity_check"), "ok");
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM pragma_foreign_key_check"), 0);
    // a token as long as the column allows; eleven characters where a check asks for so many; a number of its own
    let person =
        "SELECT substr(handle, 1, 5), length(handle), phone, number < 0, born, email, joined_at, left_at FROM people";
    assert_eq!(
        rows(&desk, &format!("{person} WHERE id = 1")),
        ["anon-|16|00000000000|1|1990-01-01|NULL|2020-03-01 00:00:00|2020-03-01 00:00:00"]
    );
    // unique together with the owner, so that a constant would meet itself
    let contacts =
        "SELECT count(*), count(DISTINCT phone), min(phone LIKE 'anon-%'), min(name), max(name) FROM contacts";
    assert_eq!(rows(&desk, &format!("{contacts} WHERE owner_id = 1")), ["2|2|1|***|***"]);
    // what names the row gets a random name, and those that pointed at it point nowhere
    assert_eq!(rows(&desk, "SELECT mark LIKE 'anon-%', person_id FROM visitors WHERE mark <> 'v-li'"), ["1|NULL"]);
    assert_eq!(rows(&desk, "SELECT mark, page, seen_ms FROM visits WHERE id < 3"), ["NULL||1698796800000"; 2]);
    // a copy of the handle without a foreign key: each row gets a value of its own
    assert_eq!(
        rows(&desk, "SELECT count(DISTINCT handle), min(handle LIKE 'anon-%') FROM likes WHERE id < 3"),
        ["2|1"]
    );
    // what the law keeps loses what the law does not need, and nothing else
    assert_eq!(
        rows(&desk, "SELECT person_id, cents, paid_at, card FROM payments WHERE id < 3 ORDER BY id"),
        ["1|1234|2026-01-02|", "1|2000|2019-01-01|"]
    );
    let sums = |table: &str| {
        let found = job.map.tables.iter().position(|held| held.name.name == table).unwrap();
        let sums = applied.totals.tables[&found];
        (sums.located, sums.deleted, sums.overwritten, sums.de_identified)
    };
    assert_eq!(sums("people"), (1, 0, 1, 1), "a payment that is kept points at it");
    assert_eq!(sums("contacts"), (2, 0, 2, 2), "the owner's key may not be NULL");
    assert_eq!(sums("visitors"), (1, 0, 1, 0));
    assert_eq!(sums("visits"), (2, 0, 2, 0));
    assert_eq!(sums("likes"), (2, 0, 2, 0));
    assert_eq!(sums("payments"), (2, 0, 2, 1), "one is kept, one shares the person's key");
    // the plan says so, row by row, and what is written
    let plan = String::from_utf8(job.file.clone()).unwrap();
    let line = |table: &str| {
        let wanted = format!("{{\"table\":\"{table}\"");
        let found = plan.lines().find(|line| line.starts_with(&wanted)).unwrap();
        serde_json::from_str::<serde_json::Value>(found).unwrap()
    };
    assert_eq!(line("visitors")["do"], "anonymize");
    assert_eq!(line("visitors")["written"], serde_json::json!(["token", "null"]));
    assert_eq!(line("contacts")["do"], "de_identify");
    assert!(!plan.contains("1990") && !plan.contains("v-zhang"), "a value stands in the plan");
}

const YEARS: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, birth_year TEXT, year_number INTEGER NOT NULL, born_ms INTEGER, month TEXT,
        unread TEXT, city TEXT, phone TEXT);
    INSERT INTO people VALUES (1, '1990', 1993, 742183872000, '1993-07', '90s', '杭州市', '13800138000');
    INSERT INTO people SELECT value, '1990', 1990, 631152000000, '1990-01', NULL, '杭州市', NULL FROM json_each('[2,3,4,5,6,7]');";

const YEARS_MAP: &str = r#"
version = 1
controller = "Test"
time_zone = "UTC"
[person.account]
is = "people.id"
[tables.people]
purpose = "account"
clause = "1"
basis = "contract"
risk = { quasi = ["birth_year", "year_number", "month", "city"], k = 5 }
[tables.people.columns]
id = "key"
birth_year = "birth_date, provided"
year_number = "birth_date, provided"
born_ms = "birth_date, provided"
month = "birth_date, provided"
unread = "birth_date, provided"
city = "region, provided"
phone = "phone, provided"
"#;

#[test]
fn a_birth_year_becomes_its_five_years_as_a_year_and_stays_one_among_its_like() {
    let desk = Desk { anonymize: true, ..Desk::new(YEARS, YEARS_MAP) };
    let job = desk.plan([("account", "1")]).unwrap();
    desk.apply(&job).unwrap();
    let shown = "birth_year, typeof(birth_year), year_number, typeof(year_number), born_ms, typeof(born_ms), month, unread, phone";
    assert_eq!(
        rows(&desk, &format!("SELECT {shown} FROM people WHERE id = 1")),
        ["1990|text|1990|integer|631152000000|integer|1990-01|NULL|NULL"]
    );
    let mut reader = connect(&DatabaseUrl::sqlite(desk.path()), &Options::default()).unwrap();
    let figures = measure(&job.map, 0, &mut *reader).unwrap();
    assert_eq!((figures.smallest, figures.classes), (Some(7), 1), "whoever was anonymized is told from the others");
}

#[test]
fn a_table_that_leaves_no_value_is_refused_by_name_and_nothing_changes() {
    for (change, place) in [
        (
            "ALTER TABLE payments ADD COLUMN iban TEXT NOT NULL DEFAULT 'DE89' CHECK (iban GLOB 'DE[0-9]*')",
            "payments.iban",
        ),
        (
            "CREATE TABLE fans (id INTEGER PRIMARY KEY, handle VARCHAR(16) NOT NULL REFERENCES people (handle));
             CREATE INDEX f ON fans (handle); INSERT INTO fans VALUES (1, 'zhang')",
            "fans.handle",
        ),
    ] {
        let more = "\n[tables.fans.columns]\nhandle = \"of people.handle\"\n";
        let map = if place == "fans.handle" {
            format!("{MAP}{more}")
        } else {
            MAP.replace("card = ", "iban = \"bank_card, provided\"\ncard = ")
        };
        let desk = Desk { anonymize: true, ..Desk::new(&format!("{SQL}{change}"), &map) };
        let before = dump(&desk.path());
        let shown = require_refused(desk.plan([("account", "1")]).map(|_| ()), "cannot_overwrite");
        assert!(shown.contains(place), "{shown}");
        assert_eq!(dump(&desk.path()), before);
    }
}

#[test]
fn an_interrupted_anonymization_is_before_or_after_with_and_without_a_mark() {
    let whole = desk();
    whole.apply(&whole.plan([("account", "1")]).unwrap()).unwrap();
    let after = dump(&whole.path()).replace("droit_mark", "");
    for mark in [true, false] {
        for (point, expected) in [
            (FailurePoint::AfterIntent, Recovered::Abandoned),
            (FailurePoint::AfterCommitting, Recovered::Abandoned),
            (FailurePoint::AfterUserCommit, Recovered::Finished),
            (FailurePoint::AfterCommitted, Recovered::Finished),
        ] {
            let desk = Desk { mark, ..desk() };
            let before = desk.dump();
            let job = desk.plan([("account", "1")]).unwrap();
            require_refused(desk.apply_until(&job, point), "interrupted");
            assert_eq!(desk.recover().unwrap(), [expected], "{point:?}, mark {mark}");
            let now = desk.dump();
            assert_eq!(now == before, expected == Recovered::Abandoned, "{point:?}, mark {mark}");
            assert!(now == before || now == whole.dump(), "{point:?}, mark {mark}: {after}");
        }
    }
}

#[test]
fn a_case_is_anonymized_by_plan_and_apply_and_the_record_calls_it_what_it_is() {
    let mut office = Office::courier();
    office.file("who.txt", "account=100\n");
    office.run("case open delete --id-file who.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level L2 --by otp+waybill --quiet")).done();
    let planned = office.run(&format!("anonymize {CASE} --plan plan.jsonl --json")).looks().json();
    let data = &planned["data"];
    assert_eq!((&planned["schema"], &data["state"]), (&"droit.anonymize/1".into(), &"planned".into()));
    let number = |name: &str| data[name].as_u64().unwrap();
    assert_eq!(number("located"), number("anonymized") + number("de_identified") + number("kept"));
    assert!(number("anonymized") > 0 && number("de_identified") > 0 && number("kept") > 0, "{data}");
    let count = |office: &Office| -> i64 {
        let sql =
            "SELECT (SELECT count(*) FROM devices) + (SELECT count(*) FROM addresses) + (SELECT count(*) FROM users)";
        Connection::open(office.path("zkjia.db")).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let rows = count(&office);
    let applied = office.run(&format!("apply plan.jsonl --confirm {CASE} --json")).looks().json();
    assert_eq!(applied["data"]["state"], "de_identified");
    for sum in ["located", "anonymized", "de_identified", "kept"] {
        assert_eq!(applied["data"][sum], data[sum], "{sum}");
    }
    assert_eq!(count(&office), rows, "a row is gone");
    let shown = office.run(&format!("case show {CASE}")).done();
    assert!(shown.stdout().contains("users de_identified 1"), "{}", shown.stdout());
    assert!(!shown.stdout().contains("users anonymized"), "{}", shown.stdout());
    let recorded = office.run(&format!("audit show {CASE} --json")).done().json();
    let counts = |event: &str| {
        let of = recorded["data"].as_array().unwrap().iter().find(|recorded| recorded["event"] == event).unwrap();
        of["tables"].as_array().unwrap().iter().map(ToString::to_string).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(counts("planned"), counts("removed"), "the plan on record and what was done are told in the same words");
    // what is de-identified is still found, so nothing is called erased, and what stood there is shown to be gone
    let tied = still_tied(data);
    let proof = office.run(&format!("prove {CASE} --json")).done().json();
    let proof = &proof["data"]["proofs"][0];
    assert_eq!((&proof["state"], &proof["reasons"]), (&"proven".into(), &serde_json::json!([])));
    assert_eq!(proof["still_found"], tied, "what neither a law keeps nor lost its keys is found again, and told");
    let certificate: serde_json::Value =
        serde_json::from_str(&office.read(&format!("certificates/{CASE}.json"))).unwrap();
    assert_eq!((&certificate["carried_out"], &certificate["verdict"]), (&"anonymization".into(), &"proven".into()));
    let claims: Vec<String> = certificate["claims"].as_array().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(
        claims,
        ["nothing_left_to_write_over", "dead_bytes_zero", "values_not_found"]
            .map(|claim| format!(r#"{{"claim":"{claim}","holds":"yes"}}"#))
    );
    let users = certificate["still_found"].as_array().unwrap().iter().find(|found| found["table"] == "users").unwrap();
    assert_eq!((&users["what"], &users["rows"]), (&"written_over".into(), &1.into()));
}

/// A courier's office in which the person under account 100 asked to be removed, found by `by`.
fn asked(by: &str) -> Office {
    let mut office = Office::courier();
    office.file("who.txt", by);
    office.run("case open delete --id-file who.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level L2 --by otp+waybill --quiet")).done();
    office
}

/// Rows that are neither anonymized nor kept for a reason: those written over that keep a key, and those in which there was
/// nothing to write over.
fn still_tied(sums: &serde_json::Value) -> u64 {
    let number = |name: &str| sums[name].as_u64().unwrap();
    let kept: u64 = sums["reasons"].as_array().unwrap().iter().map(|reason| reason["rows"].as_u64().unwrap()).sum();
    number("located") - number("anonymized") - kept
}

fn of_account(office: &Office, column: &str) -> Option<String> {
    let db = Connection::open(office.path("zkjia.db")).unwrap();
    db.query_row(&format!("SELECT {column} FROM users WHERE id = 100"), [], |row| row.get(0)).unwrap()
}

#[test]
fn a_second_anonymization_says_that_nothing_is_left_whatever_the_person_was_found_by() {
    let phone = of_account(&Office::courier(), "phone").unwrap();
    for by in ["account=100\n".to_owned(), format!("phone={phone}\n")] {
        let mut office = asked(&by);
        let first = office.run(&format!("anonymize {CASE} --confirm {CASE} --json")).looks().json();
        let before = dump(&office.path("zkjia.db"));
        let events = |office: &mut Office| {
            office.run(&format!("audit show {CASE} --json")).done().json()["data"].as_array().unwrap().len()
        };
        let recorded = events(&mut office);
        let again = office.run(&format!("anonymize {CASE} --confirm {CASE} --json")).looks().json();
        assert_eq!(again["data"]["state"], "nothing_left");
        for same in ["located", "kept"] {
            assert!(again["data"][same].as_u64() <= first["data"][same].as_u64(), "{same}");
        }
        assert_eq!(again["data"]["de_identified"], still_tied(&first["data"]));
        assert_eq!(dump(&office.path("zkjia.db")), before);
        assert_eq!(events(&mut office), recorded, "a plan that does nothing is no step of the case");
        let said = office.run(&format!("anonymize {CASE} --plan again.jsonl")).looks();
        assert!(said.stdout().contains("nothing is left to write over"), "{said}");
        assert!(said.stderr().contains(&format!("next: droit prove {CASE}")), "{said}");
        assert!(!office.path("again.jsonl").exists());
        office.run(&format!("prove {CASE} --quiet")).done();
        let said = office.run(&format!("anonymize {CASE} --confirm {CASE}")).looks();
        assert!(said.stderr().contains(&format!("next: droit case answer {CASE}")), "{said}");
    }
}

#[test]
fn what_came_since_is_not_proven_and_is_written_over_in_a_second_anonymization() {
    let mut office = asked("account=100\n");
    office.run(&format!("anonymize {CASE} --confirm {CASE} --quiet")).looks();
    let db = Connection::open(office.path("zkjia.db")).unwrap();
    db.execute_batch("UPDATE user_profiles SET plate_no = '浙A12345' WHERE user_id = 100").unwrap();
    drop(db);
    let said = office.run(&format!("prove {CASE}")).looks();
    assert!(said.stdout().contains("[not_written_over]") && said.stdout().contains("droit anonymize"), "{said}");
    office.run(&format!("anonymize {CASE} --confirm {CASE} --quiet")).looks();
    office.run(&format!("prove {CASE} --quiet")).done();
}

#[test]
fn who_took_the_persons_number_since_is_not_anonymized_in_their_place() {
    let phone = of_account(&Office::courier(), "phone").unwrap();
    for by in ["account=100\n".to_owned(), format!("phone={phone}\n")] {
        let mut office = asked(&by);
        office.run(&format!("anonymize {CASE} --confirm {CASE} --quiet")).looks();
        let db = Connection::open(office.path("zkjia.db")).unwrap();
        db.execute("UPDATE users SET phone = ?1 WHERE id = 101", [&phone]).unwrap();
        drop(db);
        for command in ["anonymize", "erase"] {
            office.run(&format!("{command} {CASE} --confirm {CASE}")).refused("identity_changed");
        }
    }
}

#[test]
fn who_was_anonymized_can_be_erased_after_all() {
    let mut office = asked("account=100\n");
    office.run(&format!("anonymize {CASE} --confirm {CASE} --quiet")).looks();
    office.run(&format!("erase {CASE} --confirm {CASE} --quiet")).done();
    let db = Connection::open(office.path("zkjia.db")).unwrap();
    let left: i64 = db.query_row("SELECT count(*) FROM addresses WHERE user_id = 100", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
    drop(db);
    let proof = office.run(&format!("prove {CASE} --json")).done().json();
    let proof = &proof["data"]["proofs"][0];
    assert_eq!((&proof["state"], &proof["still_found"]), (&"proven".into(), &serde_json::Value::Null));
}

#[test]
fn nothing_is_anonymized_for_a_request_that_asks_for_something_else() {
    let mut office = Office::courier();
    office.file("who.txt", "account=100\n");
    office.run("case open access --id-file who.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level L2 --by otp+waybill --quiet")).done();
    office.run(&format!("anonymize {CASE} --confirm {CASE}")).refused("not_asked_for");
}

#[test]
fn a_plan_that_was_made_into_an_erasure_is_refused() {
    let mut office = Office::courier();
    office.file("who.txt", "account=100\n");
    office.run("case open delete --id-file who.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level L2 --by otp+waybill --quiet")).done();
    office.run(&format!("anonymize {CASE} --plan plan.jsonl --quiet")).looks();
    let plan = office.read("plan.jsonl");
    for (what, with) in [("\"command\":\"anonymize\"", "\"command\":\"erase\""), ("{\"anonymize\":true}", "{}")] {
        office.file("other.jsonl", &plan.replacen(what, with, 1));
        office.run(&format!("apply other.jsonl --confirm {CASE}")).refused("edited_plan");
    }
}

#[test]
fn what_the_law_kept_is_anonymized_when_its_time_comes_and_not_deleted() {
    let mut office = Office::courier();
    office.file("who.txt", "account=100\n");
    office.run("case open delete --id-file who.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level L2 --by otp+waybill --quiet")).done();
    office.run(&format!("anonymize {CASE} --confirm {CASE} --quiet")).looks();
    let count = |office: &Office, sql: &str| -> i64 {
        Connection::open(office.path("zkjia.db")).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let kept = "SELECT count(*) FROM network_logs WHERE user_id = 100 AND ip IS NOT NULL";
    let all = "SELECT count(*) FROM network_logs";
    let (before, rows) = (count(&office, kept), count(&office, all));
    assert!(before > 0, "nothing is kept");
    office.wait_days(200);
    office.typing("y\n").run("purge scheduled --confirm --quiet").done();
    assert_eq!((count(&office, kept), count(&office, all)), (0, rows), "logs of more than six months");
}
