//! Children as of a day that has passed: what became known since counts for them, and never against them.

use std::collections::BTreeSet;

use super::ids;
use crate::office::Office;

const MAP: &str = r#"version = 1
controller = "C"
time_zone = "Asia/Shanghai"
[person.account]
is = "users.id"
born = "users.born"
[minors]
consent = "guard"
valid = "st = 'ok'"
minor = "minor"
scope = "sc"
given = "at"
revoked = "rev"
collected = "users.created"
[rules]
"*.id" = "key"
[tables.users]
purpose = "p"
clause = "1"
basis = "contract"
[tables.users.columns]
phone = "phone, proves, provided"
born = "birth_date, provided"
created = "time, observed"
[tables.guard]
purpose = "p"
clause = "1"
basis = "legal_duty"
[tables.guard.columns]
kid = "minor of users.id"
adult = "guardian of users.id"
sc = "fact, observed"
st = "fact, observed"
at = "time, observed"
rev = "time, observed"
[tables.gps]
purpose = "p"
clause = "1"
basis = "consent"
scope = "geo"
[tables.gps.columns]
u = "of users.id"
lat = "amount, observed"
[tables.tracks]
purpose = "p"
clause = "1"
basis = "consent"
scope = "track"
[tables.tracks.columns]
u = "of users.id"
lat = "amount, observed"
"#;

/// 1 is the guardian. 2 never had a consent. 3 and 4 were registered after September, each a day after a consent; 6 was
/// so without one. 5 had a consent that was revoked since. 7 has one for places and tracks, 8 for tracks alone.
const SQL: &str = "
    CREATE TABLE users (id INTEGER PRIMARY KEY, phone TEXT, born TEXT, created TEXT);
    CREATE INDEX users_phone ON users (phone);
    CREATE TABLE guard (id INTEGER PRIMARY KEY, kid INTEGER, adult INTEGER, sc TEXT, st TEXT, at TEXT, rev TEXT);
    CREATE INDEX guard_kid ON guard (kid);
    CREATE INDEX guard_adult ON guard (adult);
    CREATE TABLE gps (id INTEGER PRIMARY KEY, u INTEGER, lat REAL);
    CREATE INDEX gps_u ON gps (u);
    CREATE TABLE tracks (id INTEGER PRIMARY KEY, u INTEGER, lat REAL);
    CREATE INDEX tracks_u ON tracks (u);
    INSERT INTO users VALUES (1, '13800138001', '1980-01-01', '2020-01-01'), (2, '13800138002', '2016-01-01', '2024-01-01'),
        (3, '13800138003', '2016-01-01', '2026-10-02'), (4, '13800138004', '2016-01-01', '2026-11-01 10:00:00'),
        (5, '13800138005', '2016-01-01', '2024-01-01'), (6, '13800138006', '2016-01-01', '2026-11-01'),
        (7, '13800138007', '2016-01-01', '2026-09-20'), (8, '13800138008', '2016-01-01', '2024-01-01');
    INSERT INTO guard VALUES (1, 3, 1, 'all', 'ok', '2026-10-01', NULL), (2, 4, 1, 'all', 'ok', '2026-10-31', NULL),
        (3, 5, 1, 'all', 'ok', '2023-01-01', '2026-11-01'), (4, 7, 1, 'track', 'ok', '2026-09-01', NULL),
        (5, 7, 1, 'geo', 'ok', '2026-09-19', NULL), (6, 8, 1, 'track', 'ok', '2023-01-01', NULL);
    INSERT INTO gps SELECT id, id, 1.5 FROM users;
    INSERT INTO tracks SELECT id, id, 1.5 FROM users;";

fn left(office: &Office, table: &str) -> BTreeSet<i64> {
    let column = if table == "users" { "id" } else { "u" };
    ids(&office.shop(), &format!("SELECT {column} FROM {table} WHERE id > 0"))
}

#[test]
fn what_is_purged_as_of_a_day_is_due_on_that_day_and_today() {
    let mut earlier = Office::empty().with_shop(SQL, MAP);
    let mut today = earlier.copied();
    let all: BTreeSet<i64> = (1..=8).collect();
    earlier.run("purge minors --as-of 2026-09-30 --confirm --quiet").done();
    assert_eq!(&all - &left(&earlier, "users"), BTreeSet::from([2]));
    assert_eq!(&all - &left(&earlier, "gps"), BTreeSet::from([2, 8]));
    assert_eq!(&all - &left(&earlier, "tracks"), BTreeSet::from([2]));
    earlier.run("audit verify --quiet").done();
    // as of today, what was revoked and who came without a consent goes as well
    today.run("purge minors --confirm --quiet").done();
    assert_eq!(&all - &left(&today, "users"), BTreeSet::from([2, 5, 6]));
    assert_eq!(&all - &left(&today, "gps"), BTreeSet::from([2, 5, 6, 8]));
}

#[test]
fn a_consent_that_came_since_goes_to_a_person() {
    let mut office = Office::empty().with_shop(SQL, MAP);
    let since = "INSERT INTO guard VALUES (9, 2, 1, 'all', 'ok', '2026-11-01', NULL);
        UPDATE users SET created = NULL WHERE id = 4";
    office.shop().execute_batch(since).unwrap();
    office.run("purge minors --as-of 2026-09-30 --confirm --quiet --look look.jsonl").looks();
    assert_eq!(left(&office, "users"), (1..=8).collect());
    let look = office.read("look.jsonl");
    for child in [2, 4] {
        let listed = |line: &str| line.contains(&format!(r#""key":[{child}]"#)) && line.contains("late_consent");
        assert!(look.lines().any(listed), "{look}");
    }
}
