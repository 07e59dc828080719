//! By what a row is known again: however it is written, on the day of the erasure, under a key that was given away.

use serde_json::Value;

use super::shop::{MAP, Shop, person};

/// About what, and why, in order.
fn left(replayed: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = replayed["data"]["left"].as_array().unwrap();
    let mut left: Vec<_> = all.iter().map(|one| (text(&one["about"]), text(&one["why"]))).collect();
    left.sort();
    left
}

fn why(case: &str, why: &str) -> (String, String) {
    (case.to_owned(), why.to_owned())
}

/// The map leads to people by another column since: none of their keys stands there.
#[test]
fn who_is_known_by_another_column_by_now_is_left_to_a_person() {
    let map = MAP.replace("name = \"name, provided\"\nnick", "name = \"name, provided\"\ncode = \"key\"\nnick");
    let sql = "ALTER TABLE people ADD COLUMN code TEXT; UPDATE people SET code = 'c' || id, phone = NULL; CREATE UNIQUE INDEX people_code ON people (code)";
    let mut shop = Shop::with_tables(3, sql, &map);
    let backup = shop.backup();
    let case = shop.erase(&[1]).remove(0);
    let map = map.replace("is = \"people.id\"", "is = \"people.code\"");
    shop.office.file("datamap.toml", &map);
    shop.office.run("map trust --yes --quiet").done();
    shop.restore(&backup);
    let replayed = shop.office.run("replay --confirm --json").looks().json();
    assert_eq!(left(&replayed), [why(&case, "map_changed")]);
    assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), [1, 2, 3]);
}

/// People known by birth date, another's number and a code alone, none of whom proves anything.
fn with_facts(people: i64) -> Shop {
    let map = MAP
        .replace("immutable = [\"id\", \"joined_at\"]", "immutable = [\"id\", \"born\", \"contact\", \"code\"]")
        .replace(
            "joined_at = \"time, observed\"\n",
            "joined_at = \"time, observed\"\nborn = \"birth_date, provided\"\ncontact = \"phone, provided\"\ncode = \"fact, observed\"\n",
        );
    let sql = "ALTER TABLE people ADD COLUMN born TEXT; ALTER TABLE people ADD COLUMN contact TEXT;
        ALTER TABLE people ADD COLUMN code; UPDATE people SET phone = NULL, bound_at = NULL,
        born = printf('1990-01-%02d', id), contact = printf('139%08d', id), code = printf('KX %d', id)";
    Shop::with_tables(people, sql, &map)
}

#[test]
fn however_it_is_written_a_fingerprint_is_the_same() {
    let mut shop = with_facts(8);
    let backup = shop.backup();
    let cases = shop.erase(&[1, 2, 3, 4, 5, 6, 7]);
    shop.restore(&backup);
    shop.sql(
        "UPDATE people SET born = '1990-1-1', contact = '+86 139 0000 0001' WHERE id = 1;
         UPDATE people SET born = 19900102, contact = 13900000002 WHERE id = 2;
         UPDATE people SET born = '03/01/1990' WHERE id = 3;
         UPDATE people SET born = '1991-01-04' WHERE id = 4;
         UPDATE people SET born = NULL WHERE id = 5;
         UPDATE people SET born = '2001-05-05', contact = '13700000006', code = 'KX 99' WHERE id = 6;
         UPDATE people SET code = 'kx-7' WHERE id = 7",
    );
    let replayed = shop.office.run("replay --confirm --json").looks().json();
    // the sixth is somebody else, as nothing is the same, and has the note of the one who was erased
    assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), [3, 4, 5, 6, 7, 8], "{replayed}");
    let doubts = [
        (2, "another_form"),
        (3, "fingerprint_differs"),
        (4, "another_form"),
        (5, "key_given_away"),
        (6, "another_form"),
    ];
    let expected = doubts.map(|(at, word)| why(&cases[at], word));
    assert_eq!(left(&replayed), expected);
}

/// Whoever is given key and number on the same day has the same day in the row.
#[test]
fn on_the_day_of_the_erasure_a_day_alone_tells_nothing() {
    let mut shop = Shop::of(4);
    shop.sql(
        "UPDATE people SET joined_at = '2026-11-23', bound_at = '2026-11-23' WHERE id = 2;
         INSERT INTO parcels VALUES (100, '13800000001', 'Person 1', '2026-11-23'), (101, '13800000001', 'Person 1', '2026-11-22')",
    );
    let backup = shop.backup();
    let cases = shop.erase(&[1, 2]);
    assert!(shop.ids("SELECT id FROM parcels WHERE id >= 100").is_empty(), "they were theirs");
    assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), [3, 4]);
    shop.restore(&backup);
    let replayed = shop.office.run("replay --confirm --json").looks().json();
    let expected = [why(&cases[0], "same_day"), why(&cases[1], "same_day")];
    assert_eq!(left(&replayed), expected);
    assert_eq!(shop.ids("SELECT id FROM parcels WHERE id >= 100"), [100]);
    assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), [2, 3, 4]);
}

const VISITS: &str = r#"
[tables.visits]
dated = "seen_at"
[tables.visits.columns]
id = "key"
person_id = "of people.id"
seen_at = "time, observed"
"#;

/// One table was put back from a backup, and somebody else has the key by now.
#[test]
fn what_came_back_under_a_key_that_was_given_away_is_listed() {
    let visits = "CREATE TABLE visits (id INTEGER PRIMARY KEY, person_id INTEGER, seen_at TEXT);
        CREATE INDEX visits_person ON visits (person_id);
        INSERT INTO visits VALUES (1, 1, '2026-01-01 08:00:00')";
    let mut shop = Shop::with_tables(4, visits, &format!("{MAP}{VISITS}"));
    let cases = shop.erase(&[1, 2]);
    shop.wait_days(3);
    shop.sql(&person(1, 77, "2026-11-26 08:00:00"));
    shop.sql(&person(2, 78, "2026-11-26 08:00:00"));
    shop.sql("INSERT INTO visits VALUES (5, 1, '2026-11-26 09:00:00'), (6, 2, '2026-11-26 09:00:00')");
    shop.office.run("prove --returned --quiet").done();
    shop.office.run("replay --since 2026-11-01 --confirm --quiet").done();
    // of 1 a row that says when it is of, of 2 one that does not
    shop.sql("INSERT INTO visits VALUES (1, 1, '2026-01-01 08:00:00'); INSERT INTO notes VALUES (2, 2, 'note of 2, 2024-03-03 02:00:00')");
    let before = (shop.rows("SELECT * FROM notes"), shop.rows("SELECT * FROM visits"));
    let found = shop.office.run("prove --returned --json").looks().json();
    let found: Vec<&str> =
        found["data"]["returned"].as_array().unwrap().iter().map(|one| one["why"].as_str().unwrap()).collect();
    assert_eq!(found, ["key_given_away", "key_given_away"]);
    let replayed = shop.office.run("replay --since 2026-11-01 --confirm --json").looks().json();
    assert_eq!(left(&replayed), [why(&cases[0], "key_given_away"), why(&cases[1], "key_given_away")]);
    assert_eq!(replayed["data"]["left"][0]["rows"], 1, "{replayed}");
    assert_eq!((shop.rows("SELECT * FROM notes"), shop.rows("SELECT * FROM visits")), before);
}
