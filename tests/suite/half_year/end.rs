//! What has to be true in the end, by statements of their own.

use std::{collections::BTreeSet, fs};

use jiff::civil::Date;
use rusqlite::Connection;
use serde_json::Value;

use super::{HalfYear, both::strings, counter::Counter};

/// The cases of which a clock is overdue.
pub(super) fn overdue(due: &Value) -> BTreeSet<String> {
    let clocks = due["data"].as_array().unwrap().iter().filter(|clock| clock["state"] == "overdue");
    clocks.filter(|clock| clock["binding"] == true).map(|clock| clock["case"].as_str().unwrap().to_owned()).collect()
}

impl HalfYear {
    /// Looks at everything, and tells how much came up.
    pub(super) fn end(&mut self, today: Date) -> String {
        let db = Connection::open(self.both.office.path("zkjia.db")).unwrap();
        let none: BTreeSet<String> = BTreeSet::new();
        assert_eq!(over_time(&db, today), none, "what has outlived its purpose");
        whole(&db);
        self.files_are_those_that_rows_name(&db);
        self.no_byte_of_whoever_is_proven_gone(&db);
        drop(db);
        self.the_log_tells_every_request(today);
        let verified = self.both.office.run("audit verify --json").done().json();
        assert_eq!(verified["data"]["findings"], serde_json::json!([]));
        self.something_happened()
    }

    /// The scenario is worth its time only if all of it came up.
    fn something_happened(&self) -> String {
        let told = format!(
            "{} requests, {} people erased or purged, {} of them children, {} cells or rows by hand",
            self.counter.requests.len(),
            self.ledger.erased.len(),
            self.ledger.purged.len(),
            self.ledger.changes,
        );
        assert!(
            self.counter.requests.len() > 15 && self.ledger.erased.len() > 8 && self.ledger.changes > 800,
            "{told}"
        );
        assert!(self.ledger.purged.len() > 5, "{told}");
        told
    }

    fn files_are_those_that_rows_name(&self, db: &Connection) {
        let named = strings(
            db,
            "SELECT photo_file FROM id_photos WHERE photo_file IS NOT NULL
             UNION SELECT image_file FROM waybill_images WHERE image_file IS NOT NULL
             UNION SELECT evidence_file FROM claims WHERE evidence_file IS NOT NULL
             UNION SELECT audio_file FROM voice_records WHERE audio_file IS NOT NULL AND user_id <> 56
             UNION SELECT image_file FROM media_uploads WHERE image_file IS NOT NULL",
        );
        let folder = self.both.office.path("files");
        let mut there = BTreeSet::new();
        let mut left = vec![folder.clone()];
        while let Some(one) = left.pop() {
            for entry in fs::read_dir(one).unwrap().map(Result::unwrap) {
                if entry.path().is_dir() {
                    left.push(entry.path());
                } else {
                    there.insert(entry.path().strip_prefix(&folder).unwrap().to_str().unwrap().to_owned());
                }
            }
        }
        assert_eq!(there, named.into_iter().collect());
    }

    /// The numbers of the erased stand nowhere in the file, unless somebody else's row bears them.
    fn no_byte_of_whoever_is_proven_gone(&self, db: &Connection) {
        let bytes = fs::read(self.both.office.path("zkjia.db")).unwrap();
        let columns = strings(
            db,
            "SELECT 'SELECT count(*) FROM ' || m.name || ' WHERE instr(CAST(' || c.name || ' AS TEXT), ?1) > 0'
             FROM sqlite_schema m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND m.name NOT LIKE 'cs_messages_fts%' AND c.type = 'TEXT'",
        );
        let mut looked = 0;
        for phone in self.counter.proven_phones(&self.ledger) {
            let elsewhere = columns.iter().any(|sql| {
                db.prepare_cached(sql).unwrap().query_row([&phone], |row| row.get::<_, i64>(0)).unwrap() > 0
            });
            if !elsewhere {
                let seen = bytes.windows(phone.len()).filter(|window| *window == phone.as_bytes()).count();
                assert_eq!(seen, 0, "{phone}");
                looked += 1;
            }
        }
        assert!(looked > 2, "{looked}");
    }

    fn the_log_tells_every_request(&mut self, today: Date) {
        let log = self.both.office.run("log --json").done().json();
        let rows = log["data"]["requests"].as_array().unwrap();
        let numbers: BTreeSet<&str> = rows.iter().map(|row| row["request_no"].as_str().unwrap()).collect();
        let mine: BTreeSet<&str> = self.counter.requests.iter().map(|one| one.number.as_str()).collect();
        assert_eq!(numbers, mine);
        for row in rows {
            let request = self.counter.requests.iter().find(|one| row["request_no"] == *one.number).unwrap();
            let (clock, due) = request.due();
            assert_eq!(row["due_nominal"], due.to_string(), "{request:?}");
            assert_eq!(row["binding_clock"], clock, "{request:?}");
            assert_eq!(row["decision"].as_str(), request.decision, "{request:?}");
            let days = request.replied.map(|day| i64::from((day - request.received).get_days()));
            assert_eq!(row["days_used"].as_i64(), days, "{request:?}");
            let on_time = match request.stopped() {
                Some(day) => Some(day <= due),
                None => (today > due).then_some(false),
            };
            assert_eq!(row["on_time"].as_bool(), on_time, "{request:?}");
        }
    }
}

/// Whole: references, pages, the full-text index.
fn whole(db: &Connection) {
    let broken: i64 = db.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
    assert_eq!(broken, 0, "foreign keys");
    let sound: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    db.execute_batch(
        "BEGIN; INSERT INTO cs_messages_fts (cs_messages_fts, rank) VALUES ('integrity-check', 1); ROLLBACK",
    )
    .unwrap();
}

/// Rows that are older than the policy and LAW §6 allow, in one statement a table.
fn over_time(db: &Connection, today: Date) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (what, ended) in [
        ("geo_points", "date(ts_ms / 1000, 'unixepoch', '+8 hours', '+30 days')"),
        ("voice_records", "date(created_at, '+90 days')"),
        ("media_uploads", "date(used_at, '+90 days')"),
        ("installed_apps", "date(seen_at, '+90 days')"),
        ("user_tags", "date(created_at, '+180 days')"),
        ("contacts_import", "date(imported_at, '+180 days')"),
        ("crash_reports", "date(created_at, '+180 days')"),
        ("push_log", "date(sent_at, '+180 days')"),
        ("sms_log", "date(sent_at, '+180 days')"),
        ("mail_log", "date(sent_at, '+180 days')"),
        ("risk_scores", "date(scored_at, '+1 year')"),
        ("browsing_events", "date(occurred_at, '+12 months')"),
        ("disclosures", "date(disclosed_at, '+3 years')"),
        ("cs_tickets", "date(closed_at, '+3 years')"),
        ("id_photos", "date(checked_at, '+1 day')"),
    ] {
        // one day of grace: SQLite takes 29 February of a common year for 1 March
        let sql = format!("SELECT '{what} ' || rowid FROM {what} WHERE {ended} < date('{today}', '-1 day')");
        found.extend(strings(db, &sql));
    }
    found
}

impl Counter {
    /// Cases whose binding clock is past its last day and runs.
    pub(super) fn overdue(&self, day: Date) -> BTreeSet<String> {
        let late = self.requests.iter().filter(|one| one.due().1 < day && one.stopped().is_none());
        late.map(|one| one.number.clone()).collect()
    }
}
