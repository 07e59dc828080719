//! Erased people who came back: found by fingerprint, told apart from whoever has their key or number since.

use std::{collections::BTreeMap, fs};

use serde_json::Value;

use super::shop::{MAP, Shop, person};
use crate::{desk::sha, office::Office};

/// A case, why it is listed, and rows by table.
pub(super) type Listed = (String, String, Vec<(String, u64)>);

pub(super) fn listed(found: &Value) -> Vec<Listed> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let tables = |one: &Value| {
        one["tables"]
            .as_array()
            .unwrap()
            .iter()
            .map(|table| (text(&table["table"]), table["rows"].as_u64().unwrap()))
            .collect::<BTreeMap<_, _>>()
            .into_iter()
            .collect()
    };
    let all = found["data"]["returned"].as_array().unwrap();
    all.iter().map(|one| (text(&one["case"]), text(&one["why"]), tables(one))).collect()
}

#[test]
fn who_was_restored_is_found_by_case_and_count_and_nothing_is_written() {
    let mut shop = Shop::of(6);
    let backup = shop.backup();
    let case = shop.erase(&[1, 2]).remove(0);
    let nobody = shop.office.run("prove --returned --json").done().json();
    assert_eq!((&nobody["data"]["looked"], &nobody["data"]["anew"]), (&2.into(), &0.into()));
    shop.restore(&backup);
    shop.sql("DELETE FROM notes WHERE person_id = 2; DELETE FROM parcels WHERE phone = '13800000002'; DELETE FROM people WHERE id = 2");
    let before = (sha(&shop.path()), sha(&shop.office.path("casebook.db")));
    let said = shop.office.run("prove --returned --json").looks();
    assert!(!said.stdout().contains("138000") && !said.stdout().contains("Person"), "{said}");
    let tables = ["notes", "parcels", "people"].map(|table| (table.to_owned(), 1)).to_vec();
    assert_eq!(listed(&said.json()), [(case.clone(), "rows_found".to_owned(), tables)]);
    assert!(shop.office.run("prove --returned").looks().stdout().contains(&case));
    assert_eq!((sha(&shop.path()), sha(&shop.office.path("casebook.db"))), before);
}

#[test]
fn whoever_has_the_key_or_the_number_since_is_somebody_else() {
    let mut shop = Shop::of(6);
    shop.erase(&[1, 2, 3]);
    shop.wait_days(3);
    shop.sql(&person(1, 77, "2026-11-26 08:00:00")); // the key again
    shop.sql(&person(8, 2, "2026-11-26 08:00:00")); // the number again
    shop.sql(&person(3, 3, "2026-11-26 08:00:00")); // both
    let before = shop.rows("SELECT * FROM people");
    let found = shop.office.run("prove --returned --json").done().json();
    assert_eq!((&found["data"]["looked"], &found["data"]["anew"]), (&3.into(), &2.into()), "{found}");
    shop.office.run("replay --since 2026-11-01 --confirm --quiet").done();
    assert_eq!(shop.rows("SELECT * FROM people"), before);
}

/// Two people of one number may have been entered at one instant: a fingerprint alone erases nobody under another key.
#[test]
fn who_is_brought_back_under_another_key_is_left_to_a_person() {
    let mut shop = Shop::of(6);
    let case = shop.erase(&[1]).remove(0);
    // another system's copy: the old dates, a new key
    shop.sql(&person(40, 1, "2024-02-02 01:00:00"));
    let found = shop.office.run("prove --returned --json").looks().json();
    let one = |why: &str| (case.clone(), why.to_owned(), vec![(String::new(), 1)]);
    assert_eq!(listed(&found), [one("another_row"), one("by_value_only")]);
    shop.office.run("replay --since 2026-11-01 --confirm --quiet").looks();
    assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), [2, 3, 4, 5, 6, 40]);
}

/// With `--since` on a database that was not restored, nobody can say who put the old value back.
#[test]
fn a_correction_that_the_person_took_back_is_not_repeated_where_nothing_was_restored() {
    let mut shop = Shop::of(3);
    let case = shop.correct(2, "people.nickname=right\n");
    let of_two = "SELECT nickname FROM people WHERE id = 2";
    assert_eq!(shop.one::<String>(of_two), "right");
    shop.sql("UPDATE people SET nickname = 'nick 2' WHERE id = 2");
    let replayed = shop.office.run("replay --since 2026-11-01 --confirm --json").looks().json();
    assert_eq!(shop.one::<String>(of_two), "nick 2");
    let left = &replayed["data"]["left"][0];
    assert_eq!((&left["about"], &left["why"]), (&case.as_str().into(), &"correction_undone".into()), "{replayed}");
}

#[test]
fn who_has_another_name_in_the_map_by_now_is_left_to_a_person() {
    let mut shop = Shop::of(3);
    shop.sql("UPDATE people SET phone = NULL WHERE id = 1");
    let backup = shop.backup();
    let case = shop.erase(&[1]).remove(0);
    let map = shop.office.read("datamap.toml").replace("[person.account]", "[person.member]");
    shop.office.file("datamap.toml", &map);
    shop.office.run("map trust --yes --quiet").done();
    shop.restore(&backup);
    let found = shop.office.run("prove --returned --json").looks().json();
    assert_eq!(listed(&found), [(case.clone(), "map_changed".to_owned(), vec![(String::new(), 1)])]);
    let replayed = shop.office.run("replay --confirm --json").looks().json();
    let left = &replayed["data"]["left"][0];
    assert_eq!((&left["about"], &left["why"]), (&case.as_str().into(), &"map_changed".into()), "{replayed}");
}

#[test]
fn nothing_is_proven_on_what_a_backup_brought_back_until_the_replay_has_ended() {
    let mut shop = Shop::of(3);
    let backup = shop.backup();
    let case = shop.erase(&[1]).remove(0);
    shop.restore(&backup);
    shop.sql("DELETE FROM notes WHERE person_id = 1");
    let before = fs::read(shop.path()).unwrap();
    shop.office.run(&format!("prove {case}")).refused("database_behind");
    let pending = shop.office.run("prove --pending --json").looks().json();
    assert_eq!(pending["data"]["set_aside"][0]["code"], "database_behind", "{pending}");
    assert!(fs::read(shop.path()).unwrap() == before, "the file was written to");
    shop.office.run("replay --confirm --quiet").carried_out();
    shop.office.run(&format!("prove {case} --quiet")).done();
}

/// What a case was about when it was erased is not what it was identified as before or later.
#[test]
fn whoever_a_case_was_not_about_stays() {
    let mut shop = Shop::of(6);
    let backup = shop.backup();
    shop.office.file("two.txt", "account=2\n");
    let case = shop.erase(&[1]).remove(0);
    shop.office.file("reply.txt", "done");
    shop.office.run(&format!("case answer {case} --decision FULFILLED --reply reply.txt --quiet")).done();
    shop.office.run(&format!("case close {case} --yes --quiet")).done();
    shop.office.run(&format!("case reopen {case} --reason-file reply.txt --quiet")).done();
    let other = format!("case identify {case} --level L3 --by otp+waybill --id-file two.txt --quiet");
    shop.office.run(&other).refused("another_person");
    shop.office.run("prove --returned --quiet").done();
    shop.restore(&backup);
    shop.office.run("replay --confirm --quiet").carried_out();
    assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), [2, 3, 4, 5, 6]);
}

/// Whatever brought the row back gave it a new date: two signs contradict each other.
#[test]
fn a_row_that_contradicts_itself_is_left_to_a_person() {
    let mut shop = Shop::of(6);
    let backup = shop.backup();
    shop.erase(&[1, 2]);
    shop.restore(&backup);
    shop.sql(
        "UPDATE people SET joined_at = '2026-11-23 03:00:00' WHERE id = 1; UPDATE people SET id = 50 WHERE id = 2",
    );
    shop.sql(
        "UPDATE people SET joined_at = '2026-11-23 03:00:00' WHERE id = 50; DELETE FROM notes WHERE person_id = 2",
    );
    let before = shop.rows("SELECT * FROM people");
    let left = shop.office.run("replay --confirm --json").looks().json();
    let whys: Vec<&str> =
        left["data"]["left"].as_array().unwrap().iter().map(|one| one["why"].as_str().unwrap()).collect();
    assert_eq!(whys.iter().filter(|why| **why == "fingerprint_differs").count(), 2, "{left}");
    assert_eq!(shop.rows("SELECT * FROM people"), before);
}

#[test]
fn without_immutable_columns_the_date_of_a_proof_tells_and_else_nobody_can() {
    let undeclared = MAP.replace("immutable = [\"id\", \"joined_at\"]\n", "");
    let mut shop = Shop::with_map(6, &undeclared);
    let backup = shop.backup();
    shop.erase(&[1]);
    shop.restore(&backup);
    assert_eq!(shop.office.run("prove --returned --json").looks().json()["data"]["returned"][0]["state"], "returned");
    shop.office.run("replay --confirm --quiet").done();
    assert!(shop.ids("SELECT id FROM people WHERE id = 1").is_empty());

    let mut shop = Shop::with_map(6, &undeclared.replace("proves since bound_at", "proves"));
    let backup = shop.backup();
    let case = shop.erase(&[1]).remove(0);
    shop.restore(&backup);
    let before = shop.rows("SELECT * FROM people");
    let left = shop.office.run("replay --confirm --json").looks().json();
    assert_eq!(left["data"]["left"][0]["why"], "no_fingerprint");
    assert_eq!(left["data"]["left"][0]["about"], case);
    assert_eq!(shop.rows("SELECT * FROM people"), before);
    let found = shop.office.run("prove --returned --json").looks().json();
    assert!(listed(&found).iter().any(|(_, why, _)| why == "no_fingerprint"), "{found}");
}

#[test]
fn what_the_law_keeps_did_not_come_back() {
    let mut office = Office::courier();
    let backup = fs::read(office.path("zkjia.db")).unwrap();
    for (number, account) in [(1, 1), (2, 9), (3, 100)] {
        let case = format!("DSR-20261123-000{number}");
        office.file("who.txt", &format!("account={account}\n"));
        office.run("case open delete --channel app --id-file who.txt --quiet").done();
        office.run(&format!("case identify {case} --level L2 --by otp+waybill --quiet")).done();
        office.run(&format!("erase {case} --confirm {case} --quiet")).done();
    }
    let found = office.run("prove --returned --json").carried_out().json();
    assert!(found["data"]["returned"].as_array().unwrap().iter().all(|one| one["state"] != "returned"), "{found}");
    fs::write(office.path("zkjia.db"), backup).unwrap();
    let found = office.run("prove --returned --json").looks().json();
    let returned = found["data"]["returned"].as_array().unwrap();
    let cases: std::collections::BTreeSet<&str> =
        returned.iter().filter(|one| one["state"] == "returned").map(|one| one["case"].as_str().unwrap()).collect();
    assert_eq!(cases.len(), 3, "{found}");
}
