//! By what a row is known again: however it is written, and on the day of the erasure.

use serde_json::Value;

use super::shop::{MAP, Shop};

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
    // the sixth is somebody else: nothing is the same
    assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), [3, 4, 5, 6, 7, 8], "{replayed}");
    let doubts = [(2, "another_form"), (3, "fingerprint_differs"), (4, "another_form"), (6, "another_form")];
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
