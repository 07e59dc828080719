//! What a replay leaves to a person stands with the case until somebody decides.

use serde_json::Value;

use super::{returned::listed, shop::Shop};

fn left(shop: &mut Shop, case: &str) -> Value {
    shop.office.run(&format!("case show {case} --json")).done().json()["data"]["left_to_person"]["why"].clone()
}

/// Proven, answered, closed; then restored without the account's own row.
fn closed_and_restored() -> (Shop, String) {
    let mut shop = Shop::of(4);
    let backup = shop.backup();
    let case = shop.erase(&[1]).remove(0);
    shop.office.run(&format!("prove {case} --quiet")).done();
    shop.office.run(&format!("case answer {case} --letter answer --decision FULFILLED --quiet")).done();
    shop.office.run(&format!("case close {case} --yes --quiet")).done();
    shop.restore(&backup);
    shop.sql("DELETE FROM people WHERE id = 1; DELETE FROM parcels WHERE phone = '13800000001'");
    shop.office.run("replay --confirm --quiet").looks();
    (shop, case)
}

#[test]
fn a_case_of_which_something_was_left_says_so_until_somebody_decides() {
    let (mut shop, case) = closed_and_restored();
    assert_eq!(left(&mut shop, &case), serde_json::json!(["no_person_row"]));
    let shown = shop.office.run(&format!("case show {case}")).done();
    assert!(shown.stdout().contains("no_person_row (RUN-"), "{shown}");
    assert!(shown.stdout().contains(&format!("droit case note --decided {case}")), "{shown}");
    let board = shop.office.run("--json").looks().json();
    assert_eq!(board["data"]["left_to_person"], serde_json::json!([case]));
    let found = shop.office.run("prove --returned --json").looks().json();
    assert_eq!(listed(&found)[0].1, "no_person_row");
    // once the application has removed them nothing is found, and the case still waits for whoever decides
    shop.sql("DELETE FROM notes WHERE person_id = 1");
    let found = shop.office.run("prove --returned --json").looks().json();
    assert_eq!(found["data"]["returned"][0]["state"], "left_to_person", "{found}");
    shop.wait_days(1);
    shop.office.file("looked.txt", "the application removed the notes");
    shop.office.run(&format!("case note {case} --decided --file looked.txt --quiet")).done();
    assert_eq!(left(&mut shop, &case), Value::Null);
    shop.office.run("prove --returned --quiet").done();
    shop.office.run("--quiet").done();
    shop.office.run(&format!("case note {case} --decided --file looked.txt")).refused("illegal_move");
    shop.office.run("audit verify --quiet").done();
}

#[test]
fn a_replay_that_leaves_nothing_any_more_says_so_as_well() {
    let (mut shop, case) = closed_and_restored();
    shop.sql("DELETE FROM notes WHERE person_id = 1");
    shop.office.run("replay --since 2026-11-01 --confirm --quiet").done();
    assert_eq!(left(&mut shop, &case), Value::Null);
    // and one that leaves the same says it once
    shop.sql("INSERT INTO notes VALUES (50, 1, 'again')");
    for _ in 0..2 {
        shop.office.run("replay --since 2026-11-01 --confirm --quiet").looks();
        assert_eq!(left(&mut shop, &case), serde_json::json!(["no_person_row"]));
    }
    let record = shop.office.run("audit show --format jsonl").done();
    assert_eq!(record.stdout().matches("\"event\":\"left_to_person\"").count(), 3, "{record}");
}

#[test]
fn who_is_erased_anew_is_not_left_any_more() {
    let mut shop = Shop::of(4);
    let backup = shop.backup();
    let case = shop.erase(&[1]).remove(0);
    shop.restore(&backup);
    shop.sql("UPDATE people SET joined_at = NULL WHERE id = 1");
    shop.office.run("replay --confirm --quiet").looks();
    assert_eq!(left(&mut shop, &case), serde_json::json!(["another_form"]));
    shop.office
        .run(&format!("case answer {case} --letter answer --decision FULFILLED --quiet"))
        .refused("left_to_person");
    shop.office.run(&format!("erase {case} --confirm {case} --quiet")).done();
    assert_eq!(left(&mut shop, &case), Value::Null);
    assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), [2, 3, 4]);
}
