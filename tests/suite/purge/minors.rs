//! Minors: the purge list of the sample company against an answer key that plain SQL computes here, on several days and
//! bands; and what happens when a purge is held, interrupted, started twice, or finds something else than it planned.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use super::{ids, list, open, plan, planned};
use crate::office::Office;

/// Age bands as SQL has them: whoever has completed the years has done so on the day after the birthday, and SQLite
/// takes 29 February of a common year for 1 March, as the law does.
pub(crate) struct Key<'a> {
    pub(crate) db: &'a Connection,
    pub(crate) day: &'a str,
    pub(crate) child: u8,
    pub(crate) adult: u8,
}

impl Key<'_> {
    /// Birth dates by account, from the row and from the papers; whatever is not a date is NULL.
    fn births() -> &'static str {
        "(SELECT u.id, u.created_at, u.username,
                 CASE WHEN replace(u.birth_date, '2012年3月15日', '2012-03-15') = date(replace(u.birth_date, '2012年3月15日', '2012-03-15'))
                      THEN replace(u.birth_date, '2012年3月15日', '2012-03-15') END AS born,
                 (SELECT max(substr(id_no, 7, 4) || '-' || substr(id_no, 11, 2) || '-' || substr(id_no, 13, 2))
                  FROM real_name_auth r WHERE r.user_id = u.id AND length(id_no) = 18 AND id_type = 'resident_id') AS papers
          FROM users u)"
    }

    pub(crate) fn valid(&self) -> String {
        format!(
            "SELECT minor_user_id, scope FROM guardian_consents c JOIN users u ON u.id = c.minor_user_id
             WHERE c.status = 'granted' AND c.form = 'written' AND c.evidence_sha256 IS NOT NULL
               AND (c.revoked_at IS NULL OR date(c.revoked_at) > '{day}')
               AND date(c.consented_at) <= '{day}' AND c.consented_at < u.created_at",
            day = self.day
        )
    }

    fn late(&self) -> String {
        format!(
            "SELECT minor_user_id FROM guardian_consents c JOIN users u ON u.id = c.minor_user_id
             WHERE c.status = 'granted' AND c.form = 'written' AND c.evidence_sha256 IS NOT NULL
               AND (c.revoked_at IS NULL OR date(c.revoked_at) > '{day}')
               AND date(c.consented_at) <= '{day}' AND c.consented_at >= u.created_at",
            day = self.day
        )
    }

    fn aged(&self, condition: &str) -> BTreeSet<i64> {
        let (day, child, adult) = (self.day, self.child, self.adult);
        let condition = condition
            .replace("{child}", &format!("(date(born, '+{child} years') >= '{day}')"))
            .replace("{minor}", &format!("(date(born, '+{adult} years') >= '{day}')"))
            .replace("{was_minor}", &format!("(date(born, '+{adult} years') >= date(created_at))"));
        let births = Self::births();
        let known = format!("born IS NOT NULL AND born <= '{day}' AND date(born, '+130 years') >= '{day}'");
        ids(self.db, &format!("SELECT id FROM {births} WHERE {known} AND {condition}"))
    }

    /// Accounts by outcome.
    pub(crate) fn outcomes(&self) -> BTreeMap<&'static str, BTreeSet<i64>> {
        let valid = ids(self.db, &format!("SELECT minor_user_id FROM ({})", self.valid()));
        let whole = ids(self.db, &format!("SELECT minor_user_id FROM ({}) WHERE scope = 'all'", self.valid()));
        let late: BTreeSet<i64> = &ids(self.db, &self.late()) - &valid;
        let children = self.aged("{child}");
        let youths = &self.aged("{minor}") - &children;
        let adults_now = &self.aged("NOT {minor} AND {was_minor}") - &valid;
        let minors = &children | &youths;
        BTreeMap::from([
            ("purge", &(&children - &valid) - &late),
            ("purge_part", &(&children & &valid) - &whole),
            ("late_consent", &minors & &late),
            ("may_ratify", &(&youths - &whole) - &late),
            ("adult_now", adults_now),
        ])
    }
}

/// Tables all of whose rows go with the account, and the column that names it.
const GOING: [(&str, &str); 15] = [
    ("user_profiles", "user_id"),
    ("user_tags", "user_id"),
    ("third_party_accounts", "user_id"),
    ("addresses", "user_id"),
    ("contacts_import", "owner_id"),
    ("devices", "user_id"),
    ("browsing_events", "user_id"),
    ("risk_scores", "user_id"),
    ("geo_points", "user_id"),
    ("voice_records", "user_id"),
    ("media_uploads", "user_id"),
    ("crash_reports", "user_id"),
    ("push_log", "user_id"),
    ("subscriptions", "user_id"),
    ("users_audit", "user_id"),
];

/// Accounts that something in performance holds back: an open order, parcel, claim, conversation or cash on delivery.
const LIVE: &str = "SELECT user_id FROM orders WHERE status NOT IN ('completed', 'cancelled')
    UNION SELECT o.user_id FROM orders o JOIN invoices i ON i.order_id = o.id WHERE i.issued_at IS NULL
    UNION SELECT sender_user_id FROM waybills WHERE status NOT IN ('signed', 'returned') AND sender_user_id IS NOT NULL
    UNION SELECT recipient_user_id FROM waybills WHERE status NOT IN ('signed', 'returned') AND recipient_user_id IS NOT NULL
    UNION SELECT w.sender_user_id FROM waybills w JOIN cod_settlements s USING (waybill_no)
          WHERE s.settled_at IS NULL AND w.sender_user_id IS NOT NULL
    UNION SELECT user_id FROM claims WHERE closed_at IS NULL
    UNION SELECT user_id FROM cs_tickets WHERE closed_at IS NULL AND user_id IS NOT NULL";

#[test]
fn the_list_is_the_answer_key_on_every_day_and_for_every_band() {
    let mut office = Office::courier_of(700);
    let mut seen = BTreeSet::new();
    for (day, bands, child, adult) in [
        ("2026-11-23", "cn", 14, 18),
        ("2026-11-24", "cn", 14, 18),
        ("2026-11-22", "cn", 14, 18),
        ("2027-11-24", "cn", 14, 18),
        ("2026-11-23", "coppa", 13, 13),
        ("2026-11-23", "eu --country DE", 16, 16),
        ("2026-11-23", "eu --country FR", 15, 15),
        ("2026-11-23", "ca", 13, 16),
    ] {
        let name = format!("{day}-{child}-{adult}.jsonl");
        let shown =
            office.run(&format!("purge minors --as-of {day} --bands {bands} --plan {name} --look look-{name} --json"));
        let shown = shown.looks().json();
        let db = open(&office);
        let expected = Key { db: &db, day, child, adult }.outcomes();
        let rules = shown["data"]["rules"].as_array().unwrap();
        for (outcome, people) in &expected {
            let found =
                rules.iter().find(|rule| rule["rule"] == *outcome).map_or(0, |rule| rule["matched"].as_u64().unwrap());
            assert_eq!(found, people.len() as u64, "{outcome} on {day} by {bands}: {people:?}\n{rules:#?}");
        }
        for line in office.read(&format!("look-{name}")).lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let why = line["why"].as_str().unwrap();
            if let Some(people) = expected.get(why) {
                assert!(people.contains(&line["key"][0].as_i64().unwrap()), "{line}");
            }
        }
        let steps = plan(&office, &name);
        let purged = list(&expected["purge"]);
        for (table, column) in GOING {
            let scope = match table {
                "geo_points" | "voice_records" => list(&(&expected["purge"] | &expected["purge_part"])),
                _ => purged.clone(),
            };
            let consented = ["user_profiles", "user_tags", "contacts_import", "media_uploads", "third_party_accounts"];
            let scope =
                if consented.contains(&table) { list(&(&expected["purge"] | &expected["purge_part"])) } else { scope };
            let key = if table == "user_profiles" { "user_id" } else { "id" };
            // a visit is theirs by their cookie as well, unless it names somebody else
            let by_cookie = if table == "browsing_events" {
                format!(
                    "OR (user_id IS NULL AND visitor_id IN (SELECT visitor_id FROM cookies WHERE user_id IN ({scope})))"
                )
            } else {
                String::new()
            };
            let rows = ids(&db, &format!("SELECT {key} FROM {table} WHERE {column} IN ({scope}) {by_cookie}"));
            seen.extend(rows.iter().take(1).map(|_| table));
            assert_eq!(planned(&steps, table, "delete"), rows, "{table} on {day} by {bands}");
        }
        let users = ids(&db, &format!("SELECT id FROM users WHERE id IN ({purged}) AND id NOT IN ({LIVE})"));
        assert_eq!(planned(&steps, "users", "overwrite"), users, "users on {day} by {bands}");
        // the law keeps these
        for table in ["orders", "payments", "invoices", "consents", "permissions", "guardian_consents", "users"] {
            assert!(planned(&steps, table, "delete").is_empty(), "{table} on {day} by {bands}");
        }
    }
    assert!(seen.len() >= 5, "the company is too small to tell: {seen:?}");
}

#[test]
fn the_cast_of_minors_gets_what_its_stories_ask_for() {
    let mut office = Office::courier();
    let shown = office.run("purge minors --json --look look.jsonl --plan plan.jsonl").looks().json();
    let steps = plan(&office, "plan.jsonl");
    let purged = planned(&steps, "users", "overwrite");
    // 13 today or tomorrow, 14 today (completed only tomorrow), leap-day child; revoked, unproven, refused, unanswered
    for child in [20, 21, 22, 23, 30, 42, 43, 45, 50] {
        let is_child = child != 30;
        assert_eq!(purged.contains(&child), is_child, "{child}");
    }
    // with consent, fourteen since yesterday, or doubtful
    for other in [24, 26, 27, 28, 29, 32, 33, 34, 35, 36, 37, 40, 41, 44, 46, 47, 48] {
        assert!(!purged.contains(&other), "{other}");
    }
    assert_eq!(shown["data"]["state"], "planned");
    let why = |account: i64| {
        let look = office.read("look.jsonl");
        let of = |line: &serde_json::Value| line["key"][0] == account;
        let line = look.lines().map(|line| serde_json::from_str(line).unwrap()).find(of);
        line.map(|line: serde_json::Value| line["why"].as_str().unwrap().to_owned()).unwrap_or_default()
    };
    assert_eq!(why(28), "adult_now"); // 18 yesterday
    assert_eq!(why(29), "may_ratify"); // 14 yesterday
    assert_eq!(why(41), "late_consent");
    assert_eq!(why(48), "adult_now");
    for unknown in [32, 33, 34, 35, 36] {
        assert_eq!(why(unknown), "unknown_age", "{unknown}");
    }
}

/// Every row of every table, as text, with its table and rowid or key.
fn dump(db: &Connection) -> BTreeMap<String, BTreeSet<String>> {
    let tables =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%_fts_%' AND sql NOT LIKE '%VIRTUAL%'";
    let mut statement = db.prepare(tables).unwrap();
    let names: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut all = BTreeMap::new();
    for name in names.into_iter().filter(|name| name != "droit_mark") {
        let mut statement = db.prepare(&format!("SELECT * FROM \"{name}\"")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        let mut lines = BTreeSet::new();
        while let Some(row) = rows.next().unwrap() {
            let cells = (0..columns).map(|at| format!("{:?}", row.get_ref(at).unwrap()));
            lines.insert(cells.collect::<Vec<_>>().join("|"));
        }
        all.insert(name, lines);
    }
    all
}

#[test]
fn nobody_elses_row_changes_and_a_second_run_changes_nothing() {
    let mut office = Office::courier();
    let before = dump(&open(&office));
    let purged = {
        let db = open(&office);
        let outcomes = Key { db: &db, day: "2026-11-23", child: 14, adult: 18 }.outcomes();
        &outcomes["purge"] | &outcomes["purge_part"]
    };
    office.run("purge minors --confirm --quiet").looks();
    let after = dump(&open(&office));
    let mut changed = 0;
    for (table, rows) in &before {
        for row in rows.difference(&after[table]) {
            let mine = purged.iter().any(|id| {
                let named = format!("Integer({id})");
                row.split('|').any(|cell| cell == named)
            });
            assert!(mine, "{table}: {row}");
            changed += 1;
        }
    }
    assert!(changed > 20, "{changed}");
    let again = office.run("purge minors --confirm --json").looks().json();
    assert_eq!(again["data"]["state"], "nothing_due");
    assert_eq!(dump(&open(&office)), after);
    assert_eq!(office.run("audit verify --json").done().json()["data"]["findings"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_dry_run_changes_nothing_and_records_nothing() {
    let mut office = Office::courier();
    let (before, book) = (dump(&open(&office)), std::fs::read(office.path("casebook.db")).unwrap());
    office.run("purge minors").looks();
    office.run("purge minors --as-of 2040-01-01 --quiet").looks();
    assert_eq!(dump(&open(&office)), before);
    assert_eq!(std::fs::read(office.path("casebook.db")).unwrap(), book);
    office.run("purge minors --as-of 2026-11-24 --confirm").misused("in_the_future");
}

#[test]
fn who_is_under_hold_stays_and_is_listed() {
    let mut office = Office::courier();
    office.file("suspect.txt", "account=42\n");
    office.file("order.txt", "the court");
    office.run("hold add --id-file suspect.txt --order order.txt").done();
    let before: String =
        open(&office).query_row("SELECT phone FROM users WHERE id = 42", [], |row| row.get(0)).unwrap();
    office.run("purge minors --confirm --quiet --look look.jsonl").looks();
    let db = open(&office);
    let after: String = db.query_row("SELECT phone FROM users WHERE id = 42", [], |row| row.get(0)).unwrap();
    assert_eq!(after, before);
    let look = office.read("look.jsonl");
    assert!(look.lines().any(|line| line.contains(r#""key":[42]"#) && line.contains(r#""why":"held""#)), "{look}");
    assert_eq!(ids(&db, "SELECT id FROM users WHERE id IN (20, 43) AND phone IS NOT NULL"), BTreeSet::new());
}

/// Whether account `id` is untouched, gone, or something between.
fn state(
    before: &BTreeMap<String, BTreeSet<String>>,
    now: &BTreeMap<String, BTreeSet<String>>,
    id: i64,
) -> (bool, bool) {
    let named = format!("|Integer({id})|");
    let mine =
        |rows: &BTreeSet<String>| rows.iter().filter(|row| format!("|{row}|").contains(&named)).cloned().collect();
    let mine = |all: &BTreeMap<String, BTreeSet<String>>, table: &str| -> BTreeSet<String> { mine(&all[table]) };
    let tables = ["users", "user_profiles", "user_tags", "guardians"];
    let untouched = tables.iter().all(|table| mine(before, table) == mine(now, table));
    let profile_gone = mine(now, "user_profiles").is_empty();
    (untouched, profile_gone)
}

#[test]
fn however_a_purge_is_interrupted_nobody_is_half_purged_and_the_next_one_finishes() {
    let made = Office::courier();
    let before = dump(&open(&made));
    let reference = {
        let mut office = made.copied();
        office.run("purge minors --confirm --quiet").looks();
        let dump = dump(&open(&office));
        ["user_profiles", "user_tags", "guardian_consents", "geo_points"].map(|table| dump[table].clone())
    };
    let mut died = 0;
    for n in 1.. {
        let mut office = made.copied();
        if !office.dies_at("purge minors --confirm --quiet", n) {
            break;
        }
        died += 1;
        let now = dump(&open(&office));
        for id in [20, 21, 22, 23, 42, 43, 45, 50] {
            let (untouched, gone) = state(&before, &now, id);
            assert!(untouched || gone, "{id} is half purged when it dies at {n}");
        }
        office.run("purge minors --confirm --quiet").looks();
        let after = dump(&open(&office));
        let tables =
            ["user_profiles", "user_tags", "guardian_consents", "geo_points"].map(|table| after[table].clone());
        assert_eq!(tables, reference, "after dying at {n}");
        assert!(!office.path("files/voice/44.amr").exists());
        office.run("audit verify --quiet").done();
        let log = office.run("audit show --format jsonl").done();
        assert_eq!(log.stdout().matches("run_started").count(), log.stdout().matches("run_ended").count(), "{n}");
    }
    assert!(died > 15, "it died only {died} times");
}

#[test]
fn two_purges_at_once_are_one_too_many() {
    let mut office = Office::courier();
    let lock = std::fs::File::create(office.path("purge.lock")).unwrap();
    lock.lock().unwrap();
    office.run("purge minors --confirm --lock-wait 0s").fails(5, "busy");
    office.run("purge minors").looks(); // looking is allowed
    lock.unlock().unwrap();
    office.run("purge minors --confirm --quiet").looks();
}

#[test]
fn a_clock_that_jumped_refuses_unattended_and_a_person_may_say_that_it_is_right() {
    let mut office = Office::courier();
    office.wait_days(40);
    office.run("purge minors --confirm").refused("clock_jump");
    office.typing("y\n").run("purge minors --confirm --quiet").looks();
    office.wait_days(6);
    office.run("purge minors --confirm --quiet").looks();
    office.wait_days(-3);
    office.run("purge minors --confirm").refused("clock_jump");
}

#[test]
fn the_breaker_stops_one_row_above_and_not_exactly_at_its_limit() {
    let mut office = Office::courier();
    let shown = office.run("purge minors --json").looks().json();
    let tables = shown["data"]["tables"].as_array().unwrap();
    let changed = |line: &serde_json::Value| line["deleted"].as_u64().unwrap() + line["anonymized"].as_u64().unwrap();
    let most = tables.iter().map(changed).max().unwrap();
    let settings = office.read("droit.toml");
    let before = dump(&open(&office));
    office.file("droit.toml", &format!("{settings}breaker = {{ percent = 100, rows = {}, spare = 0 }}\n", most - 1));
    office.run("purge minors --confirm").refused("breaker");
    assert_eq!(dump(&open(&office)), before);
    let shown = office.run("purge minors --json").looks().json();
    assert_eq!(shown["data"]["breaker"][0]["rows"].as_u64(), Some(most));
    // what is spared by its share is stopped by the number of rows all the same
    office.file("droit.toml", &format!("{settings}breaker = {{ percent = 100, rows = {}, spare = 9999 }}\n", most - 1));
    office.run("purge minors --confirm").refused("breaker");
    assert_eq!(dump(&open(&office)), before);
    office.file("droit.toml", &format!("{settings}breaker = {{ percent = 100, rows = {most}, spare = 0 }}\n"));
    office.run("purge minors --confirm --quiet").looks();
}

#[test]
fn going_beyond_the_breaker_is_recorded_with_its_reason() {
    let mut office = Office::courier();
    let settings = office.read("droit.toml");
    office.file("droit.toml", &format!("{settings}breaker = {{ percent = 0, rows = 1, spare = 0 }}\n"));
    office.run("purge minors --confirm").refused("breaker");
    office.run("purge minors --confirm --beyond-breaker 'the first run ever' --quiet").looks();
    let log = office.run("audit show --format jsonl").done();
    assert!(log.stdout().contains(r#""event":"waiver","code":"breaker""#) || log.stdout().contains("breaker"), "{log}");
}

#[test]
fn without_a_section_on_minors_nobody_can_be_told() {
    let mut office = Office::courier();
    let map = office.read("datamap.toml");
    let from = map.find("[minors]").unwrap();
    let to = from + map[from..].find("[disclosures]").unwrap();
    office.file("datamap.toml", &format!("{}{}", &map[..from], &map[to..]));
    office.run("map trust --yes --quiet").done();
    office.run("purge minors").refused("no_minors");
}
