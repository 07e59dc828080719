//! A shop whose rows go altogether, so that plain SQL says what is left.

use std::{collections::BTreeMap, fs, path::PathBuf};

use rusqlite::Connection;

use crate::office::Office;

const SQL: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, nickname TEXT, phone TEXT, bound_at TEXT, joined_at TEXT);
    CREATE INDEX people_phone ON people (phone);
    CREATE TABLE notes (id INTEGER PRIMARY KEY, person_id INTEGER, text TEXT);
    CREATE INDEX notes_person ON notes (person_id);
    CREATE TABLE parcels (id INTEGER PRIMARY KEY, phone TEXT, recipient TEXT, sent_at TEXT);
    CREATE INDEX parcels_phone ON parcels (phone);";

pub(super) const MAP: &str = r#"
version = 1
controller = "Shop"
time_zone = "Asia/Shanghai"
[person.account]
is = "people.id"
[tables.people]
purpose = "account"
clause = "1"
basis = "contract"
immutable = ["id", "joined_at"]
[tables.people.columns]
id = "key"
name = "name, provided"
nickname = "nickname, provided, correct"
phone = "phone, proves since bound_at, provided, correct"
bound_at = "time, observed"
joined_at = "time, observed"
[tables.notes.columns]
id = "key"
person_id = "of people.id"
text = "free_text, provided"
[tables.parcels]
purpose = "carriage"
clause = "2"
basis = "contract"
dated = "sent_at"
[tables.parcels.columns]
id = "key"
phone = "phone, of ~, provided"
recipient = "name, provided"
sent_at = "time, observed"
"#;

pub(super) struct Shop {
    pub(super) office: Office,
    cases: BTreeMap<i64, String>,
    next: u32,
    day: String,
}

/// Somebody with a note and a parcel: account `id`, known by number `number`.
pub(super) fn person(id: i64, number: i64, joined: &str) -> String {
    let phone = format!("138{number:08}");
    format!(
        "INSERT INTO people VALUES ({id}, 'Person {id}', 'nick {id}', '{phone}', '{joined}', '{joined}');
         INSERT INTO notes (person_id, text) VALUES ({id}, 'note of {id}, {joined}');
         INSERT INTO parcels (phone, recipient, sent_at) VALUES ('{phone}', 'Person {id}', '{joined}');"
    )
}

impl Shop {
    /// A shop with so many people, all different, who joined in 2024.
    pub(super) fn of(people: i64) -> Self {
        Self::with_map(people, MAP)
    }

    pub(super) fn with_map(people: i64, map: &str) -> Self {
        Self::with_tables(people, "", map)
    }

    /// The same with more in its database.
    pub(super) fn with_tables(people: i64, sql: &str, map: &str) -> Self {
        let mut office = Office::in_memory();
        let database = Connection::open(office.path("shop.db")).unwrap();
        database.execute_batch(SQL).unwrap();
        let day = |id: i64| format!("2024-{:02}-{:02} {:02}:00:00", id % 12 + 1, id % 28 + 1, id % 23);
        let rows: String = (1..=people).map(|id| person(id, id, &day(id))).collect();
        database.execute_batch(&format!("BEGIN; {rows}; {sql}; COMMIT")).unwrap();
        drop(database);
        office.run("init shop.db --quiet").done();
        office.file("datamap.toml", map);
        office.run("map trust --yes --quiet").done();
        Self { office, cases: BTreeMap::new(), next: 1, day: "20261123".to_owned() }
    }

    /// Another office with a workspace of its own, for the same database.
    pub(super) fn beside(shop: &Self) -> Self {
        let mut office = Office::empty().copied(); // what it draws was not drawn before
        let path = shop.path();
        office.run(&format!("init {} --quiet", path.display())).done();
        office.file("datamap.toml", MAP);
        office.run("map trust --yes --quiet").done();
        Self { office, cases: BTreeMap::new(), next: 1, day: "20261123".to_owned() }
    }

    /// The same at another place.
    pub(super) fn copied(&self) -> Self {
        Self { office: self.office.copied(), cases: self.cases.clone(), next: self.next, day: self.day.clone() }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.office.path("shop.db")
    }

    pub(super) fn backup(&self) -> Vec<u8> {
        fs::read(self.path()).unwrap()
    }

    /// The same file with its older content.
    pub(super) fn restore(&self, backup: &[u8]) {
        fs::write(self.path(), backup).unwrap();
    }

    pub(super) fn wait_days(&mut self, days: i64) {
        self.office.wait_days(days);
        let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
        self.day = zone.to_datetime(self.office.now()).strftime("%Y%m%d").to_string();
        self.next = 1;
    }

    pub(super) fn sql(&self, sql: &str) {
        Connection::open(self.path()).unwrap().execute_batch(&format!("BEGIN; {sql}; COMMIT")).unwrap();
    }

    pub(super) fn one<T: rusqlite::types::FromSql>(&self, sql: &str) -> T {
        Connection::open(self.path()).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    pub(super) fn ids(&self, sql: &str) -> Vec<i64> {
        let database = Connection::open(self.path()).unwrap();
        let mut statement = database.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    pub(super) fn rows(&self, sql: &str) -> Vec<String> {
        let database = Connection::open(self.path()).unwrap();
        let mut statement = database.prepare(sql).unwrap();
        let width = statement.column_count();
        let mut rows: Vec<String> = statement
            .query_map([], |row| {
                (0..width).map(|at| row.get::<_, rusqlite::types::Value>(at).map(|cell| format!("{cell:?}"))).collect()
            })
            .unwrap()
            .map(|row: rusqlite::Result<Vec<String>>| row.unwrap().join("|"))
            .collect();
        rows.sort();
        rows
    }

    /// A verified case of account `id`.
    pub(super) fn verified(&mut self, id: i64, request: &str) -> String {
        let case = format!("DSR-{}-{:04}", self.day, self.next);
        self.next += 1;
        self.office.file("who.txt", &format!("account={id}\n"));
        self.office.run(&format!("case open {request} --channel app --id-file who.txt --quiet")).done();
        self.office.run(&format!("case identify {case} --level L3 --by otp+waybill --quiet")).done();
        self.cases.insert(id, case.clone());
        case
    }

    /// The last case of account `id`.
    pub(super) fn case_of(&self, id: i64) -> String {
        self.cases[&id].clone()
    }

    /// Erases these accounts, all but the first together; returns their cases.
    pub(super) fn erase(&mut self, ids: &[i64]) -> Vec<String> {
        let cases: Vec<String> = ids.iter().map(|id| self.verified(*id, "delete")).collect();
        let (first, others) = cases.split_first().unwrap();
        self.office.run(&format!("erase {first} --confirm {first} --quiet")).done();
        if !others.is_empty() {
            self.office.file("cases.txt", &others.join("\n"));
            self.office.run(&format!("erase --cases cases.txt --confirm {} --quiet", others.len())).done();
        }
        cases
    }

    /// Erases this account, of which something has to stay or is left.
    pub(super) fn erase_in_part(&mut self, id: i64) -> String {
        let case = self.verified(id, "delete");
        self.office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
        case
    }

    /// Corrects a field of account `id`.
    pub(super) fn correct(&mut self, id: i64, values: &str) -> String {
        let case = self.verified(id, "correct");
        self.office.file("values.txt", values);
        self.office
            .run(&format!("correct {case} --values values.txt --evidence otp_both --confirm {case} --quiet"))
            .done();
        case
    }
}
