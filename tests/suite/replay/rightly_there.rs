//! What is there rightly is not told as having come back, and what came back beside it is.

use super::{
    returned::listed,
    shop::{MAP, Shop},
    stopped::ORDERS,
};

fn rows(table: &str, rows: u64) -> Vec<(String, u64)> {
    vec![(table.to_owned(), rows)]
}

/// One order waits for the end of its minimum; another, that was removed, is there again.
#[test]
fn a_row_that_came_back_beside_one_that_waits_is_found() {
    let sql = "CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people(id), done_at TEXT, town TEXT);
        CREATE INDEX orders_person ON orders (person_id);
        INSERT INTO orders VALUES (11, 1, '2026-11-22 10:00:00', 'Anyang'), (12, 1, '2025-01-01 10:00:00', 'Anyang')";
    let orders = ORDERS.split("[tables.consents]").next().unwrap();
    let mut shop = Shop::with_tables(3, sql, &format!("{MAP}{orders}"));
    let case = shop.erase_in_part(1);
    assert_eq!(shop.ids("SELECT id FROM orders"), [11]);
    shop.office.run("prove --returned --quiet").done();
    shop.sql("INSERT INTO orders VALUES (12, 1, '2025-01-01 10:00:00', 'Anyang')");
    let found = shop.office.run("prove --returned --json").looks().json();
    assert_eq!(listed(&found), [(case, "rows_found".to_owned(), rows("orders", 1))]);
}

/// The law keeps the number; what is known of a person by which they would be recognised was written over with the rest.
#[test]
fn an_account_whose_fingerprint_was_written_over_is_not_somebody_else() {
    let map = MAP
        .replace("immutable = [\"id\", \"joined_at\"]", "immutable = [\"id\", \"born\"]\nkeep = [{ for = \"3 years\", after = \"removal\", law = \"L 1\", because = \"claims\", columns = [\"phone\", \"bound_at\", \"joined_at\"] }]")
        .replace("joined_at = \"time, observed\"\n", "joined_at = \"time, observed\"\nborn = \"birth_date, provided\"\n");
    let sql = "ALTER TABLE people ADD COLUMN born TEXT; UPDATE people SET born = printf('1990-01-%02d', id)";
    let mut shop = Shop::with_tables(3, sql, &map);
    let backup = shop.backup();
    let case = shop.erase_in_part(1);
    let kept = shop.rows("SELECT * FROM people WHERE id = 1");
    assert_eq!(shop.one::<String>("SELECT phone || coalesce(born, '-') FROM people WHERE id = 1"), "13800000001-");
    let found = shop.office.run("prove --returned --json").done().json();
    assert_eq!((&found["data"]["looked"], &found["data"]["anew"]), (&1.into(), &0.into()), "{found}");
    shop.office.run("replay --since 2026-11-01 --confirm --quiet").done();
    assert_eq!(shop.rows("SELECT * FROM people WHERE id = 1"), kept);
    // what is there again beside it is found, and left to a person
    shop.sql("INSERT INTO notes VALUES (90, 1, 'again')");
    let found = shop.office.run("prove --returned --json").looks().json();
    assert_eq!(listed(&found), [(case.clone(), "rows_found".to_owned(), rows("notes", 1))]);
    let left = shop.office.run("replay --since 2026-11-01 --confirm --json").looks().json();
    let left = &left["data"]["left"][0];
    assert_eq!((&left["why"], &left["rows"]), (&"beside_what_stayed".into(), &1.into()), "{left}");
    assert_eq!(shop.ids("SELECT id FROM notes WHERE id = 90"), [90]);
    // and restored it is known
    shop.restore(&backup);
    let found = shop.office.run("prove --returned --json").looks().json();
    assert!(listed(&found).iter().any(|(about, why, _)| *about == case && why == "rows_found"), "{found}");
    shop.office.run("replay --confirm --quiet").done();
    assert_eq!(shop.rows("SELECT * FROM people WHERE id = 1"), kept);
}

/// One column says that it is theirs, the other was written over by the erasure.
#[test]
fn what_is_there_again_beside_an_account_that_is_known_goes_again() {
    let map = MAP
        .replace("immutable = [\"id\", \"joined_at\"]", "immutable = [\"id\", \"joined_at\", \"born\"]\nkeep = [{ for = \"3 years\", after = \"removal\", law = \"L 1\", because = \"claims\", columns = [\"phone\", \"bound_at\", \"joined_at\"] }]")
        .replace("joined_at = \"time, observed\"\n", "joined_at = \"time, observed\"\nborn = \"birth_date, provided\"\n");
    let sql = "ALTER TABLE people ADD COLUMN born TEXT; UPDATE people SET born = printf('1990-01-%02d', id)";
    let mut shop = Shop::with_tables(3, sql, &map);
    shop.erase_in_part(1);
    let kept = shop.rows("SELECT * FROM people");
    shop.office.run("prove --returned --quiet").done();
    shop.sql("INSERT INTO parcels VALUES (90, '13800000001', 'Person 1', '2026-01-01 10:00:00')");
    shop.office.run("prove --returned --quiet").looks();
    shop.office.run("replay --since 2026-11-01 --confirm --quiet").done();
    assert_eq!(shop.ids("SELECT id FROM parcels ORDER BY id"), [2, 3]);
    assert_eq!(shop.rows("SELECT * FROM people"), kept);
    shop.office.run("prove --returned --quiet").done();
}

#[test]
fn an_anonymized_account_is_not_somebody_else() {
    let sql = "CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people(id), done_at TEXT, town TEXT);
        CREATE INDEX orders_person ON orders (person_id);
        INSERT INTO orders VALUES (11, 1, '2026-11-22 10:00:00', 'Anyang')";
    let orders = ORDERS.split("[tables.consents]").next().unwrap();
    let mut shop = Shop::with_tables(3, sql, &format!("{MAP}{orders}"));
    let case = shop.verified(1, "delete");
    shop.office.run(&format!("anonymize {case} --confirm {case} --quiet")).carried_out();
    assert_ne!(shop.one::<String>("SELECT joined_at FROM people WHERE id = 1"), "2024-02-02 01:00:00");
    let found = shop.office.run("prove --returned --json").done().json();
    assert_eq!((&found["data"]["looked"], &found["data"]["anew"]), (&1.into(), &0.into()), "{found}");
}

/// Holds of today keep rows; they are there rightly, but what came back is back whatever keeps it by now.
#[test]
fn under_hold_is_no_return_and_no_excuse() {
    let mut shop = Shop::of(3);
    shop.office.file("order.txt", "court");
    shop.office.run("hold add --table notes --order order.txt --quiet").done();
    let case = shop.erase_in_part(1);
    assert_eq!(shop.ids("SELECT person_id FROM notes ORDER BY id"), [1, 2, 3]);
    shop.office.run("prove --returned --quiet").done();
    shop.sql("INSERT INTO notes VALUES (90, 1, 'again')");
    let found = shop.office.run("prove --returned --json").looks().json();
    assert_eq!(listed(&found), [(case, "rows_found".to_owned(), rows("notes", 1))]);
}

#[test]
fn what_the_erasure_left_because_nobody_dated_it_did_not_come_back() {
    let mut shop = Shop::of(3);
    shop.sql("INSERT INTO parcels VALUES (100, '13800000001', NULL, NULL)");
    let case = shop.erase_in_part(1);
    assert_eq!(shop.ids("SELECT id FROM parcels WHERE id >= 100"), [100], "nothing says that it is theirs");
    shop.office.run("prove --returned --quiet").done();
    shop.sql("INSERT INTO parcels VALUES (101, '13800000001', NULL, NULL)");
    let found = shop.office.run("prove --returned --json").looks().json();
    assert_eq!(listed(&found), [(case, "by_value_only".to_owned(), rows("", 1))]);
}

/// Of two visits of which the law kept a part, one minimum has ended: nothing of that visit is left to go.
#[test]
fn what_was_kept_in_part_until_its_minimum_ended_did_not_come_back() {
    let sql = "CREATE TABLE visits (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people(id), done_at TEXT, note TEXT);
        CREATE INDEX visits_person ON visits (person_id);
        INSERT INTO visits VALUES (11, 1, '2023-11-26 10:00:00', 'cough'), (12, 1, '2026-11-01 10:00:00', 'fever')";
    let visits = r#"
[tables.visits]
purpose = "care"
clause = "3"
basis = "contract"
erase = "anonymize"
keep = [{ for = "3 years", after = "done_at", law = "L 2", because = "records", columns = ["done_at"] }]
[tables.visits.columns]
id = "key"
person_id = "of people.id"
done_at = "time, observed"
note = "free_text, provided"
"#;
    let map = MAP.replace("immutable = ", "erase = \"anonymize\"\nimmutable = ");
    let mut shop = Shop::with_tables(3, sql, &format!("{map}{visits}"));
    let case = shop.erase_in_part(1);
    assert_eq!(shop.one::<i64>("SELECT count(note) FROM visits"), 0);
    shop.office.run("prove --returned --quiet").done();
    shop.wait_days(6);
    // while it still waits on record, and after that was ended
    shop.office.run("prove --returned --quiet").done();
    shop.office.run("purge scheduled --confirm --quiet").done();
    assert_eq!(shop.ids("SELECT id FROM visits ORDER BY id"), [11, 12]);
    shop.office.run("prove --returned --quiet").done();
    shop.sql("UPDATE visits SET note = 'again' WHERE id = 11");
    let found = shop.office.run("prove --returned --json").looks().json();
    assert_eq!(listed(&found), [(case, "rows_found".to_owned(), rows("visits", 1))]);
}
