//! After a restored backup: what was erased and put right since is done again, for the same people and for nobody else.
//! What is expected is said in plain SQL.

mod behind;
mod corrections;
mod left;
mod returned;
mod rightly_there;
mod shop;
mod stopped;
mod told_apart;

use std::fs;

use rusqlite::Connection;

use crate::{desk::dump, office::Office};
use shop::{Shop, person};

#[test]
fn all_come_back_out_again_and_no_new_person_is_touched() {
    let mut shop = Shop::of(150);
    let backup = shop.backup();
    shop.wait_days(10);
    shop.sql(&(151..=175).map(|id| person(id, 200 + id, "2026-11-30 09:00:00")).collect::<String>());
    let erased: Vec<i64> = (1..=75).chain(151..=175).collect();
    shop.erase(&erased);
    let corrected: Vec<i64> = (76..=95).collect();
    for id in &corrected {
        shop.correct(*id, &format!("people.nickname=right {id}\n"));
    }
    let gone: Vec<i64> = shop.ids("SELECT id FROM people");
    assert_eq!(gone, (76..=150).collect::<Vec<_>>(), "the erasures took place");

    shop.restore(&backup);
    shop.wait_days(1);
    // 25 keys of people who were erased and are not in the backup, and 25 new ones; half of them have numbers that
    // belonged to somebody who was erased
    shop.sql(
        &(151..=200)
            .map(|id| person(id, if id % 2 == 0 { id - 150 } else { 300 + id }, "2026-12-05 09:00:00"))
            .collect::<String>(),
    );
    // five people whom the application removed after the restoration, and whose keys it gave away
    shop.sql("DELETE FROM notes WHERE person_id BETWEEN 70 AND 74; DELETE FROM people WHERE id BETWEEN 70 AND 74");
    shop.sql(&(70..=74).map(|id| person(id, 600 + id, "2026-12-05 10:00:00")).collect::<String>());
    // parcels of the new holders of old numbers, and one that nobody dated
    shop.sql(
        "INSERT INTO parcels (id, phone, recipient, sent_at)
         SELECT 5000 + id, phone, name, '2026-12-05 12:00:00' FROM people WHERE joined_at >= '2026-12-05';
         INSERT INTO parcels VALUES (7000, '13800000061', NULL, NULL)",
    );
    // a row of somebody erased whose account the application removed, and a value that somebody changed since
    shop.sql("DELETE FROM people WHERE id = 60; UPDATE people SET nickname = 'newer' WHERE id = 95");
    let new = shop.rows("SELECT * FROM people WHERE joined_at >= '2026-12-05'");
    let new_parcels = shop.rows("SELECT * FROM parcels WHERE sent_at >= '2026-12-05' OR id = 7000");
    let untouched = shop.rows("SELECT * FROM people WHERE id BETWEEN 96 AND 150");
    assert_eq!((new.len(), new_parcels.len()), (55, 111));
    let stands = dump(&shop.path());

    shop.office.run("erase --cases cases.txt --plan no.jsonl").refused("database_behind");
    shop.office.typing("y\n").run("purge scheduled --confirm").refused("database_behind");
    let planned = shop.office.run("replay --json").looks().json();
    assert_eq!(planned["data"]["state"], "planned");
    assert_eq!(dump(&shop.path()), stands, "a plan changes nothing");

    let done = shop.office.run("replay --confirm --json").looks().json();
    assert_eq!(done["schema"], "droit.replay/1");
    let left: Vec<i64> = shop.ids("SELECT id FROM people ORDER BY id");
    let expected: Vec<i64> = (70..=74).chain(76..=200).collect();
    assert_eq!(left, expected, "whoever was erased is gone again, but for whom nobody can tell");
    assert_eq!(shop.ids("SELECT DISTINCT person_id FROM notes WHERE person_id <= 75"), [60, 70, 71, 72, 73, 74]);
    assert_eq!(shop.rows("SELECT * FROM people WHERE joined_at >= '2026-12-05'"), new);
    assert_eq!(shop.rows("SELECT * FROM parcels WHERE sent_at >= '2026-12-05' OR id = 7000"), new_parcels);
    assert_eq!(shop.rows("SELECT * FROM people WHERE id BETWEEN 96 AND 150"), untouched);
    let old = "SELECT count(*) FROM parcels WHERE sent_at < '2026-12-05' AND phone <= '13800000075'";
    // of 60 only the account row is missing: the number was theirs
    assert_eq!(shop.one::<i64>(old), 0, "parcels to numbers of erased people are gone");
    let right = "SELECT count(*) FROM people WHERE id BETWEEN 76 AND 94 AND nickname = 'right ' || id";
    assert_eq!(shop.one::<i64>(right), 19);
    assert_eq!(shop.one::<String>("SELECT nickname FROM people WHERE id = 95"), "newer");

    let listed: Vec<(String, String)> = done["data"]["left"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["about"].as_str().unwrap().to_owned(), one["why"].as_str().unwrap().to_owned()))
        .collect();
    let mut expected = vec![
        (shop.case_of(60), "no_person_row".to_owned()),
        (shop.case_of(61), "by_value_only".to_owned()),
        (shop.case_of(95), "changed_since".to_owned()),
    ];
    expected.sort();
    let mut sorted = listed.clone();
    sorted.sort();
    assert_eq!(sorted, expected);

    let before = dump(&shop.path());
    let again = shop.office.run("replay --json").done().json();
    assert_eq!(again["data"]["state"], "nothing_lost");
    shop.office.run("replay --confirm --quiet").done();
    assert_eq!(dump(&shop.path()), before, "a second replay does nothing");
    shop.office.run("audit verify --quiet").done();

    // it is proven again, and the cases stand as they stood
    let case = shop.case_of(1);
    let shown = shop.office.run(&format!("case show {case} --json")).done().json();
    assert_eq!(shown["data"]["proof"], "pending");
    shop.office.run(&format!("prove {case} --quiet")).done();
}

#[test]
fn until_it_is_replayed_nothing_else_is_written() {
    let mut shop = Shop::of(6);
    let backup = shop.backup();
    shop.erase(&[1]);
    shop.restore(&backup);
    let two = shop.verified(2, "delete");
    let refused = shop.office.run(&format!("erase {two} --confirm {two}")).refused("database_behind");
    assert!(refused.stderr().contains("droit replay"), "{refused}");
    shop.office.run("replay --confirm --quiet").done();
    shop.office.run(&format!("erase {two} --confirm {two} --quiet")).done();
    assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), [3, 4, 5, 6]);
    let _ = fs::metadata(shop.path()).unwrap();
}

#[test]
fn at_a_terminal_the_number_of_changes_is_typed() {
    let mut shop = Shop::of(6);
    let backup = shop.backup();
    shop.erase(&[1, 2]);
    shop.restore(&backup);
    shop.office.typing("1\n").run("replay").refused("not_confirmed");
    assert_eq!(shop.ids("SELECT id FROM people WHERE id < 3"), [1, 2]);
    shop.office.typing("2\n").run("replay").done();
    assert!(shop.ids("SELECT id FROM people WHERE id < 3").is_empty());
}

#[test]
fn a_plan_is_written_and_names_nobody() {
    let mut shop = Shop::of(6);
    let backup = shop.backup();
    shop.erase(&[1]);
    shop.restore(&backup);
    shop.office.run("replay --plan plan.jsonl --look look.jsonl --quiet").done();
    let plan = shop.office.read("plan.jsonl");
    assert!(plan.contains("\"command\":\"replay\"") && plan.contains("\"table\":\"people\""), "{plan}");
    assert!(!plan.contains("138000") && !plan.contains("Person"), "{plan}");
    assert_eq!(shop.ids("SELECT id FROM people WHERE id = 1"), [1]);
}

/// A new file in the place of the old one, as most restorations leave it.
#[test]
fn a_backup_in_a_file_of_its_own_is_replayed_and_proven() {
    let mut shop = Shop::of(6);
    let backup = shop.backup();
    let cases = shop.erase(&[1]);
    fs::remove_file(shop.path()).unwrap();
    fs::write(shop.path(), &backup).unwrap();
    shop.office.run("replay --confirm --quiet").done();
    assert!(shop.ids("SELECT id FROM people WHERE id = 1").is_empty());
    shop.office.run(&format!("prove {} --quiet", cases[0])).done();
}

#[test]
fn a_case_that_was_answered_and_closed_stays_so_and_is_proven_again() {
    let mut shop = Shop::of(6);
    let backup = shop.backup();
    let case = shop.erase(&[1]).remove(0);
    shop.office.run(&format!("prove {case} --quiet")).done();
    shop.office.run(&format!("case answer {case} --letter answer --decision FULFILLED --quiet")).done();
    shop.office.run(&format!("case close {case} --yes --quiet")).done();
    let before = shop.office.run(&format!("case show {case} --json")).done().json();
    shop.wait_days(6);
    shop.restore(&backup);
    shop.office.run("replay --confirm --quiet").done();
    let shown = shop.office.run(&format!("case show {case} --json")).done().json();
    assert_eq!((&shown["data"]["status"], &shown["data"]["proof"]), (&"closed".into(), &"pending".into()));
    shop.office.run("prove --pending --quiet").done();
    let shown = shop.office.run(&format!("case show {case} --json")).done().json();
    assert_eq!((&shown["data"]["status"], &shown["data"]["proof"]), (&"closed".into(), &"proven".into()));
    for word in ["completed_at", "actions", "retained"] {
        assert_eq!(shown["data"][word], before["data"][word], "{word}");
    }
    shop.office.run("audit verify --quiet").done();
}

/// Two workspaces on one database: each repeats its own, by its own mark.
#[test]
fn two_workspaces_repeat_each_its_own() {
    let mut shop = Shop::of(6);
    let mut other = Shop::beside(&shop);
    let backup = shop.backup();
    shop.erase(&[1]);
    other.erase(&[2]);
    shop.restore(&backup);
    shop.office.run("replay --confirm --quiet").done();
    assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), [2, 3, 4, 5, 6]);
    let three = other.verified(3, "delete");
    other.office.run(&format!("erase {three} --confirm {three}")).refused("database_behind");
    other.office.run("replay --confirm --quiet").done();
    assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), [3, 4, 5, 6]);
}

/// The sample company, with its laws: what had to stay stays, and what is left is what was left the first time.
#[test]
fn of_the_sample_company_as_much_is_left_as_after_the_first_time() {
    let (after, again) = first_and_again("erase", &[1, 40, 60, 100, 120]);
    assert!(again == after, "{:?}", after.iter().zip(&again).find(|(one, other)| one != other));
}

/// Whose rows were anonymized has keys that were drawn at random, so they are compared without.
#[test]
fn who_was_anonymized_is_anonymized_again() {
    let (after, again) = first_and_again("anonymize", &[101, 110]);
    let without_keys = |rows: &[String]| -> Vec<String> {
        let shape = |row: &String| row.splitn(3, ' ').take(2).collect::<Vec<_>>().join(" ");
        let mut shapes: Vec<String> = rows.iter().map(shape).collect();
        shapes.sort();
        shapes
    };
    let (again, after) = (without_keys(&again), without_keys(&after));
    assert!(again == after, "{:?}", after.iter().zip(&again).find(|(one, other)| one != other));
}

/// What is left after `verb` for these accounts, and after it was done again on a backup from before.
fn first_and_again(verb: &str, accounts: &[i64]) -> (Vec<String>, Vec<String>) {
    let mut office = Office::courier();
    let database = office.path("zkjia.db");
    let backup = fs::read(&database).unwrap();
    for (number, account) in (1_u16..).zip(accounts) {
        let case = format!("DSR-20261123-{number:04}");
        office.file("who.txt", &format!("account={account}\n"));
        office.run("case open delete --channel app --id-file who.txt --quiet").done();
        office.run(&format!("case identify {case} --level L2 --by otp+waybill --quiet")).done();
        office.run(&format!("{verb} {case} --confirm {case} --quiet")).carried_out();
    }
    let after = shapes(&database);
    fs::write(&database, &backup).unwrap();
    assert_ne!(shapes(&database), after);
    office.run("replay --confirm --json").done();
    (after, shapes(&database))
}

/// Of every row which of its cells hold something, and its key: what is drawn at random is not compared.
fn shapes(path: &std::path::Path) -> Vec<String> {
    let database = Connection::open(path).unwrap();
    let tables =
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'
        AND name NOT IN ('droit_mark') ORDER BY name";
    let names: Vec<String> =
        database.prepare(tables).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut rows = Vec::new();
    for name in names {
        let mut statement = database.prepare(&format!("SELECT * FROM \"{name}\"")).unwrap();
        let width = statement.column_count();
        let mut found = statement.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let cell = |at: usize| row.get::<_, rusqlite::types::Value>(at).unwrap();
            let held: String =
                (0..width).map(|at| if cell(at) == rusqlite::types::Value::Null { '-' } else { 'x' }).collect();
            rows.push(format!("{name} {held} {:?}", cell(0)));
        }
    }
    rows.sort();
    rows
}
