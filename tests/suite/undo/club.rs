//! A club whose tables have whatever makes a row hard to put back: keys of several columns, numbers that the engine draws,
//! rows that name each other, computed columns, bytes and fractions, triggers, a full-text index, files.

use std::{collections::BTreeMap, fs, path::PathBuf};

use rusqlite::Connection;

use crate::office::{Office, Outcome};

const SQL: &str = "
    CREATE TABLE members (id INTEGER PRIMARY KEY, handle TEXT NOT NULL UNIQUE, name TEXT, phone TEXT, born TEXT,
        photo TEXT, score REAL, badge BLOB, friend_id INTEGER REFERENCES members(id),
        shout TEXT GENERATED ALWAYS AS (upper(handle)) STORED);
    CREATE INDEX members_phone ON members (phone);
    CREATE INDEX members_photo ON members (photo);
    CREATE INDEX members_friend ON members (friend_id);
    CREATE TABLE members_audit (id INTEGER PRIMARY KEY, member_id INTEGER, old_name TEXT, what TEXT);
    CREATE INDEX members_audit_member ON members_audit (member_id);
    CREATE TRIGGER members_ad AFTER DELETE ON members BEGIN
        INSERT INTO members_audit (member_id, old_name, what) VALUES (old.id, old.name, 'delete');
    END;
    CREATE TABLE clubs (id INTEGER PRIMARY KEY, title TEXT, size INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE seats (club_id INTEGER NOT NULL REFERENCES clubs(id),
        member_id INTEGER NOT NULL REFERENCES members(id), since TEXT, PRIMARY KEY (club_id, member_id)) WITHOUT ROWID;
    CREATE INDEX seats_member ON seats (member_id);
    CREATE TRIGGER seats_ai AFTER INSERT ON seats BEGIN UPDATE clubs SET size = size + 1 WHERE id = new.club_id; END;
    CREATE TRIGGER seats_ad AFTER DELETE ON seats BEGIN UPDATE clubs SET size = size - 1 WHERE id = old.club_id; END;
    CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, member_id INTEGER NOT NULL REFERENCES members(id),
        answers INTEGER REFERENCES notes(id), body TEXT NOT NULL);
    CREATE INDEX notes_member ON notes (member_id);
    CREATE INDEX notes_answers ON notes (answers);
    CREATE VIRTUAL TABLE notes_fts USING fts5 (body, content = 'notes', content_rowid = 'id', tokenize = 'trigram');
    CREATE TRIGGER notes_ai AFTER INSERT ON notes BEGIN
        INSERT INTO notes_fts (rowid, body) VALUES (new.id, new.body);
    END;
    CREATE TRIGGER notes_ad AFTER DELETE ON notes BEGIN
        INSERT INTO notes_fts (notes_fts, rowid, body) VALUES ('delete', old.id, old.body);
    END;
    CREATE TRIGGER notes_au AFTER UPDATE ON notes BEGIN
        INSERT INTO notes_fts (notes_fts, rowid, body) VALUES ('delete', old.id, old.body);
        INSERT INTO notes_fts (rowid, body) VALUES (new.id, new.body);
    END;
    CREATE TABLE orders (id INTEGER PRIMARY KEY, member_id INTEGER NOT NULL REFERENCES members(id), receiver TEXT,
        amount REAL, state TEXT);
    CREATE INDEX orders_member ON orders (member_id);
    CREATE TABLE visits (id INTEGER PRIMARY KEY, host_id INTEGER REFERENCES members(id), place TEXT);
    CREATE INDEX visits_host ON visits (host_id);
    INSERT INTO clubs VALUES (1, 'chess', 0), (2, 'go', 0);
    INSERT INTO members (id, handle, name, phone, born, photo, score, badge) VALUES
        (1, 'zhang', 'Zhang-secret', '13800000001', '1980-05-06', 'a/zhang.jpg', 0.1, x'00ff7a'),
        (2, 'li', 'Li', '13800000002', '1990-01-02', NULL, 1e300, NULL),
        (3, 'kid', 'Kid-secret', '13800000003', '2014-03-04', NULL, NULL, NULL),
        (4, 'nobody', 'Nobody-secret', '13800000004', NULL, NULL, NULL, NULL);
    UPDATE members SET friend_id = 2 WHERE id = 1; UPDATE members SET friend_id = 1 WHERE id = 2;
    INSERT INTO members_audit (member_id, old_name, what) VALUES (1, 'Zhang-secret-born', 'update'), (2, 'Lee', 'update');
    INSERT INTO seats VALUES (1, 1, '2020'), (2, 1, '2021'), (1, 2, '2022');
    INSERT INTO notes (member_id, answers, body) VALUES (1, NULL, 'Zhang-secret writes ' || char(0) || ' a note'),
        (2, NULL, 'Li writes'), (1, 1, 'Zhang-secret answers');
    UPDATE notes SET answers = 3 WHERE id = 1;
    INSERT INTO orders VALUES (1, 1, 'Zhang-secret receiver', 0.30000000000000004, 'paid'), (2, 2, 'Li', 2.5, 'paid');
    INSERT INTO visits VALUES (1, 1, 'hall'), (2, 2, 'yard'), (3, 1, 'yard');";

pub(super) const MAP: &str = r#"
version = 1
controller = "Club"
time_zone = "Asia/Shanghai"
[person.account]
is = "members.id"
born = "members.born"
restricted = { column = "members.photo", set = "restricted", clear = "active" }
[acknowledged]
"members_ad" = "copies members that go into members_audit"
"seats_ai" = "counts"
"seats_ad" = "counts"
"notes_ai" = "full text"
"notes_ad" = "full text"
"notes_au" = "full text"
[none]
"reference data" = ["clubs"]
[tables.members]
purpose = "account"
clause = "1"
basis = "contract"
immutable = ["id"]
[tables.members.columns]
id = "key"
handle = "username, provided, correct"
name = "name, provided, correct"
phone = "phone, proves, provided, correct"
born = "birth_date, provided"
"file:{photo}" = "image, provided"
score = "fact, observed"
badge = "fact, observed"
friend_id = "by members.id"
shout = "username, derived"
[tables.members_audit]
purpose = "history"
clause = "1"
basis = "contract"
copy = "members"
[tables.members_audit.columns]
id = "key"
member_id = "of members.id"
old_name = "name, observed"
what = "fact, observed"
[tables.seats]
purpose = "seats"
clause = "1"
basis = "contract"
[tables.seats.columns]
club_id = "key"
member_id = "of members.id"
since = "fact, observed"
[tables.notes]
purpose = "notes"
clause = "1"
basis = "contract"
[tables.notes.columns]
id = "key"
member_id = "of members.id"
answers = "by notes.id"
body = "free_text, provided"
[tables.notes_fts]
copy = "notes"
[tables.orders]
purpose = "orders"
clause = "2"
basis = "contract"
[tables.orders.columns]
id = "key"
member_id = "of members.id"
receiver = "name, provided, correct"
amount = "fact, observed"
state = "fact, observed"
[tables.visits]
purpose = "visits"
clause = "3"
basis = "contract"
[tables.visits.columns]
id = "key"
host_id = "by members.id"
place = "fact, observed"
"#;

pub(super) struct Club {
    pub(super) office: Office,
    next: u32,
}

/// The club's photograph of Zhang.
pub(super) const PHOTO: &[u8] = b"\xff\xd8 Zhang-secret portrait \x00\x01";

impl Club {
    /// A club in which a change can be undone for 72 hours.
    pub(super) fn open() -> Self {
        Self::with(MAP, "undo = \"72 hours\"\n")
    }

    pub(super) fn with(map: &str, settings: &str) -> Self {
        let mut office = Office::in_memory();
        Connection::open(office.path("club.db")).unwrap().execute_batch(SQL).unwrap();
        fs::create_dir_all(office.path("files/a")).unwrap();
        fs::write(office.path("files/a/zhang.jpg"), PHOTO).unwrap();
        office.run("init club.db --files files --quiet").done();
        let written = office.read("droit.toml");
        let written = if settings.contains("mark") { written.replace("mark = true\n", "") } else { written };
        office.file("droit.toml", &format!("{settings}{written}"));
        office.file("datamap.toml", map);
        office.run("map trust --yes --quiet").done();
        Self { office, next: 1 }
    }

    pub(super) fn copied(&self) -> Self {
        Self { office: self.office.copied(), next: self.next }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.office.path("club.db")
    }

    pub(super) fn sql(&self, sql: &str) {
        Connection::open(self.path()).unwrap().execute_batch(&format!("BEGIN; {sql}; COMMIT")).unwrap();
    }

    pub(super) fn one<T: rusqlite::types::FromSql>(&self, sql: &str) -> T {
        Connection::open(self.path()).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// All rows of all tables but the full-text index's own, which its words stand for.
    pub(super) fn rows(&self) -> BTreeMap<String, Vec<String>> {
        let database = Connection::open(self.path()).unwrap();
        let names = ["members", "members_audit", "clubs", "seats", "notes", "orders", "visits"];
        let mut rows = BTreeMap::new();
        for name in names {
            let mut statement = database.prepare(&format!("SELECT * FROM {name}")).unwrap();
            let width = statement.column_count();
            let cell = |row: &rusqlite::Row<'_>, at| row.get::<_, rusqlite::types::Value>(at).map(|v| format!("{v:?}"));
            let found = statement.query_map([], |row| (0..width).map(|at| cell(row, at)).collect()).unwrap();
            let mut lines: Vec<String> =
                found.map(|row: rusqlite::Result<Vec<String>>| row.unwrap().join("|")).collect();
            lines.sort();
            rows.insert(name.to_owned(), lines);
        }
        let words = "SELECT rowid FROM notes_fts WHERE notes_fts MATCH ?1 ORDER BY rowid";
        for word in ["secret", "answers", "writes"] {
            let mut statement = database.prepare(words).unwrap();
            let found = statement.query_map([word], |row| row.get::<_, i64>(0)).unwrap();
            rows.insert(format!("found by {word}"), found.map(|id| id.unwrap().to_string()).collect());
        }
        database.execute_batch("INSERT INTO notes_fts (notes_fts) VALUES ('integrity-check')").unwrap();
        let broken: i64 =
            database.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
        assert_eq!(broken, 0, "no key leads nowhere");
        rows
    }

    /// Every file of the files folder with its bytes.
    pub(super) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.office.path("files")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(self.office.path("files")).unwrap().to_str().unwrap().to_owned();
                    files.insert(name, fs::read(path).unwrap());
                }
            }
        }
        files
    }

    /// A verified case of a member.
    pub(super) fn verified(&mut self, id: i64, request: &str) -> String {
        self.identified(id, request, "")
    }

    pub(super) fn identified(&mut self, id: i64, request: &str, more: &str) -> String {
        let day = jiff::tz::offset(8).to_datetime(self.office.now()).strftime("%Y%m%d").to_string();
        let case = format!("DSR-{day}-{:04}", self.next);
        self.next += 1;
        self.office.piping(&format!("account={id}\n"));
        self.office.run(&format!("case open {request} --channel app --id-file - --quiet")).done();
        self.office.run(&format!("case identify {case} --level L3 --by otp+waybill {more} --quiet")).done();
        case
    }

    /// Opens a case of a member and erases them; returns the case.
    pub(super) fn erase(&mut self, id: i64) -> String {
        let case = self.verified(id, "delete");
        self.office.run(&format!("erase {case} --confirm {case} --quiet")).done();
        case
    }

    pub(super) fn undo(&mut self, case: &str) -> Outcome {
        self.office.run(&format!("undo {case} --confirm {case} --json"))
    }

    /// What the case is, by the record.
    pub(super) fn shown(&mut self, case: &str) -> serde_json::Value {
        self.office.run(&format!("case show {case} --json")).done().json()["data"].clone()
    }

    /// The names of files in what droit keeps beside the casebook.
    pub(super) fn kept(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut folders = vec![self.office.path("undo")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() { folders.push(path) } else { names.push(path.display().to_string()) }
            }
        }
        names
    }

    /// The undo keys that there are, by their names in the record, with their bytes; none for a file that is gone.
    pub(super) fn undo_keys(&self) -> Vec<Option<Vec<u8>>> {
        let book = Connection::open(self.office.path("casebook.db")).unwrap();
        let mut statement = book.prepare("SELECT id FROM keys WHERE purpose = 'undo' ORDER BY first").unwrap();
        let ids: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let folder = crate::tidy::office::key_folder(&self.office);
        ids.into_iter().map(|id| fs::read(folder.join(format!("{id}.key"))).ok()).collect()
    }

    #[track_caller]
    pub(super) fn require_whole(&mut self) {
        self.office.run("audit verify --quiet").done();
        assert_eq!(self.one::<String>("PRAGMA integrity_check"), "ok");
    }
}
