//! Three years and a half in the office: what goes when, and what stays readable as long as somebody needs it.

use std::fs;

use jiff::civil::date;
use rusqlite::Connection;

use super::{
    office::{account, close, due, keys, living, open, reason, require_whole},
    scan::holding,
};
use crate::office::Office;

fn of(list: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    let mut list: Vec<_> = list.iter().map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned())).collect();
    list.sort();
    list
}

/// Looks what is due, does it, and shows that nothing of it is left anywhere; returns what was due.
fn tidied(office: &mut Office) -> Vec<(String, String, String)> {
    let seen = office.run("tidy --json").done().json();
    let before = keys(office);
    let dying: Vec<String> =
        seen["data"]["keys"].as_array().unwrap().iter().map(|key| key["key"].as_str().unwrap().to_owned()).collect();
    assert!(dying.iter().all(|key| before.contains_key(key)), "a look destroys nothing");
    let done = office.typing("y\n").run("tidy --confirm --json").done().json();
    assert_eq!((&seen["data"]["keys"], &done["data"]["keys"]), (&done["data"]["keys"], &seen["data"]["keys"]));
    let after = keys(office);
    assert!(before.keys().all(|key| after.contains_key(key) != dying.contains(key)));
    let gone: Vec<&Vec<u8>> = dying.iter().map(|key| &before[key]).collect();
    assert_eq!(holding(&office.path(""), &gone), Vec::<String>::new());
    require_whole(office);
    assert_eq!(office.run("tidy --json").done().json()["data"]["state"], "nothing_to_do");
    due(&done)
}

/// What was asked.
struct Cases {
    erased: String,
    waiting: String,
    told: String,
    corrected: String,
    restricted: String,
    withdrawn: String,
    unproven: String,
    held: String,
    planned: String,
}

/// What is asked on one Monday, and done.
fn monday(office: &mut Office) -> Cases {
    let erased = open(office, 1, "delete", "account=1001");
    office.run(&format!("erase {erased} --confirm {erased} --quiet")).done();
    office.run(&format!("prove {erased} --quiet")).done();
    close(office, &erased);
    let waiting = open(office, 2, "delete", "phone=13800138000");
    office.run(&format!("erase {waiting} --confirm {waiting} --quiet")).done();
    office.run(&format!("prove {waiting} --quiet")).done();
    close(office, &waiting);
    let (told, corrected) = told_and_corrected(office);
    let restricted = open(office, 5, "restrict", "account=1004");
    office.run(&format!("restrict {restricted} --confirm {restricted} --quiet")).carried_out();
    close(office, &restricted);
    let withdrawn = open(office, 6, "access", "account=1005");
    office.run(&format!("case withdraw {withdrawn} --quiet")).done();
    let unproven = open(office, 7, "delete", "account=1006");
    office.run(&format!("erase {unproven} --confirm {unproven} --quiet")).done();
    close(office, &unproven);
    let held = open(office, 8, "access", "account=1007");
    office.run(&format!("export {held} --no-zip --quiet")).carried_out();
    close(office, &held);
    holds(office);
    fs::create_dir(office.path("plans")).unwrap();
    let planned = open(office, 9, "delete", "account=1008");
    office.run(&format!("erase {planned} --plan plans/late.jsonl --quiet")).done();
    Cases { erased, waiting, told, corrected, restricted, withdrawn, unproven, held, planned }
}

fn told_and_corrected(office: &mut Office) -> (String, String) {
    let told = open(office, 3, "access", "account=1002");
    office.run(&format!("export {told} --quiet")).carried_out();
    office.run(&format!("case answer {told} --letter answer --decision FULFILLED --quiet")).done();
    office.run(&format!("case close {told} --yes --quiet")).done();
    let corrected = open(office, 4, "correct", "account=1003");
    office.file("new.txt", "users.nickname = Zhang-corrected\n");
    office
        .run(&format!("correct {corrected} --values new.txt --evidence statement --confirm {corrected} --quiet"))
        .done();
    fs::remove_file(office.path("new.txt")).unwrap();
    close(office, &corrected);
    (told, corrected)
}

/// A hold on one person that stands, and one on a table that is released.
fn holds(office: &mut Office) {
    office.file("order.txt", "court order 17");
    office.file("id.txt", "account=1007\n");
    office.run("hold add --id-file id.txt --confidential --order order.txt --quiet").done();
    office.run("hold add --table coupons --order order.txt --quiet").done();
    office.run("hold release HOLD-20261123-0002 --reason-file order.txt --yes --quiet").done();
    fs::remove_file(office.path("id.txt")).unwrap();
}

/// The work lists of what is done go at once, and plans that nobody can apply.
fn on_the_next_day(office: &mut Office, cases: &Cases) {
    let Cases { erased, waiting, corrected, restricted, .. } = cases;
    office.at(date(2026, 11, 24), "09:00");
    assert!(office.path("plans/late.jsonl").exists());
    let expected = [
        ("intent", erased.as_str(), "proven"),
        ("intent", waiting, "proven"),
        ("intent", corrected, "nothing_to_prove"),
        ("intent", restricted, "nothing_to_prove"),
    ];
    assert_eq!(tidied(office), of(&expected));
    assert!(office.path("plans/late.jsonl").exists(), "it can still be applied");
    office.at(date(2026, 11, 24), "18:00");
    assert_eq!(tidied(office), of(&[]));
    assert!(!office.path("plans/late.jsonl").exists());
}

/// Packages go a month after the case was closed, which is counted as laws count: the day after is the first.
fn after_a_month(office: &mut Office, cases: &Cases) {
    let Cases { told, held, .. } = cases;
    office.at(date(2026, 12, 23), "23:59");
    assert_eq!(office.run("tidy --json").done().json()["data"]["state"], "nothing_to_do");
    office.at(date(2026, 12, 24), "00:01");
    let packages = office.run("tidy --json").done().json();
    assert_eq!(packages["data"]["packages"], serde_json::json!([told, held]));
    assert_eq!(tidied(office), of(&[]));
    let left: Vec<_> = fs::read_dir(office.path("packages")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Corrected values go when the last older backup has expired.
fn after_ninety_days(office: &mut Office, cases: &Cases) {
    let Cases { corrected, .. } = cases;
    office.at(date(2027, 2, 21), "10:00");
    assert_eq!(office.run("tidy --json").done().json()["data"]["state"], "nothing_to_do");
    office.at(date(2027, 2, 22), "10:00");
    assert_eq!(tidied(office), of(&[("corrected", corrected, "backups_expired")]));
}

/// Three years after the end the keys go that nobody needs any more.
fn after_three_years(office: &mut Office, cases: &Cases) {
    let Cases { erased, told, corrected, withdrawn, .. } = cases;
    assert!(!fs::read_dir(office.path("answers")).unwrap().next().unwrap().unwrap().path().is_dir());
    office.at(date(2029, 11, 23), "23:00");
    assert_eq!(office.run("tidy --json").done().json()["data"]["state"], "nothing_to_do");
    office.at(date(2029, 11, 24), "10:00");
    let expected = [
        ("case", erased.as_str(), "case_ended"),
        ("case", told, "case_ended"),
        ("case", corrected, "case_ended"),
        ("case", withdrawn, "case_ended"),
        ("hold", "-", "register_ended"),
    ];
    assert_eq!(tidied(office), of(&expected));
    assert!(fs::read_dir(office.path("answers")).unwrap().next().is_none(), "letters go with the key of their case");
    let clear = ["19900001001", "Zhang-secret-1001"].map(str::to_owned);
    let clear: Vec<String> =
        clear.into_iter().chain([&erased, &told, &corrected, &withdrawn].map(|c| reason(c))).collect();
    assert_eq!(holding(&office.path(""), &clear), Vec::<String>::new());
    let shown = office.run(&format!("case show {erased} --json")).done().json();
    assert_eq!((&shown["data"]["status"], &shown["data"]["proof"]), (&"closed".into(), &"proven".into()));
}

/// What stood in the flag is still known, and comes back; what was kept for its sake goes then.
fn once_it_is_lifted(office: &mut Office, cases: &Cases) -> String {
    let Cases { restricted, unproven, held, .. } = cases;
    let free = open(office, 1, "restrict", "account=1004");
    office.run(&format!("restrict {free} --lift --confirm {free} --quiet")).done();
    let db = Connection::open(office.path("zkjia.db")).unwrap();
    let status: String = db.query_row("SELECT status FROM users WHERE id = 1004", [], |row| row.get(0)).unwrap();
    assert_eq!(status, "dormant");
    drop(db);
    // what was never proven is proven at last, by whom it was captured
    office.run(&format!("prove {unproven} --quiet")).done();
    office.run("hold release HOLD-20261123-0001 --reason-file order.txt --yes --quiet").done();
    let expected = [
        ("case", restricted.as_str(), "case_ended"),
        ("case", unproven, "case_ended"),
        ("case", held, "case_ended"),
        ("intent", &free, "nothing_to_prove"),
        ("intent", unproven, "proven"),
    ];
    assert_eq!(tidied(office), of(&expected));
    let clear = [&restricted, &unproven, &held].map(|case| reason(case));
    assert_eq!(holding(&office.path(""), &clear), Vec::<String>::new());

    free
}

/// Of whom something waits, and who is not answered yet, is still known.
fn what_still_waits(office: &mut Office, cases: &Cases, free: &str) {
    let Cases { waiting, planned, .. } = cases;
    let left = living(office);
    let has = |purpose: &str, about: &str| left.contains(&(purpose.to_owned(), about.to_owned()));
    assert!(has("case", waiting) && has("case", planned) && has("case", free), "{left:?}");
    assert!(has("tags", "workspace") && has("hold", "HOLD-20261123-0001"), "{left:?}");
    office.run("purge scheduled --confirm --quiet").carried_out();
    tidied(office);
    assert!(living(office).contains(&("case".to_owned(), waiting.clone())));
    require_whole(office);
}

#[test]
fn keys_go_when_nothing_needs_them_and_not_before() {
    let mut office = Office::courier();
    for id in 1001..=1008 {
        account(&office, id);
    }
    let cases = monday(&mut office);
    on_the_next_day(&mut office, &cases);
    after_a_month(&mut office, &cases);
    after_ninety_days(&mut office, &cases);
    after_three_years(&mut office, &cases);
    let free = once_it_is_lifted(&mut office, &cases);
    what_still_waits(&mut office, &cases, &free);
}
