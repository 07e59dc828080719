//! `tidy --rotate`: every key gets a successor, the old ones go, and the office goes on as if nothing had happened.

use std::{collections::BTreeMap, fs};

use rusqlite::Connection;
use serde_json::json;

use super::{
    office::{account, close, keys, living, open, reason, require_whole},
    scan::holding,
};
use crate::office::Office;

/// An office with an erasure whose proof is pending, a case in work, a hold, a correction and a note of the workspace's.
pub(super) fn office() -> Office {
    let mut office = Office::courier_of(110);
    for id in 1001..=1003 {
        account(&office, id);
    }
    let corrected = open(&mut office, 1, "correct", "account=1001");
    office.file("new.txt", "users.nickname = Zhang-corrected\n");
    office
        .run(&format!("correct {corrected} --values new.txt --evidence statement --confirm {corrected} --quiet"))
        .done();
    close(&mut office, &corrected);
    let erased = open(&mut office, 2, "delete", "account=1002");
    office.run(&format!("erase {erased} --confirm {erased} --quiet")).done();
    open(&mut office, 3, "access", "account=1003");
    office.file("order.txt", "Zhang-secret order");
    office.file("who.txt", "account=1003\n");
    office.run("hold add --id-file who.txt --confidential --order order.txt --quiet").done();
    for name in ["new.txt", "order.txt", "who.txt"] {
        fs::remove_file(office.path(name)).unwrap();
    }
    office.run("tidy --confirm --quiet").done();
    office
}

/// The keys that are in use, by hand: purpose and name.
pub(super) fn in_use(office: &Office) -> BTreeMap<String, String> {
    let book = Connection::open(office.path("casebook.db")).unwrap();
    let sql = "SELECT id, purpose FROM keys WHERE destroyed IS NULL AND replaced IS NULL";
    let mut statement = book.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

/// What is shown of the cases.
fn read(office: &mut Office) -> Vec<serde_json::Value> {
    let shown =
        (1..=3).map(|n| office.run(&format!("case show DSR-20261123-000{n} --json")).done().json()["data"].clone());
    shown.collect()
}

pub(super) fn subject(office: &mut Office, case: &str) -> String {
    office.run(&format!("case show {case} --json")).done().json()["data"]["subject"].as_str().unwrap().to_owned()
}

#[test]
fn a_look_replaces_nothing_and_says_what_would_be() {
    let mut office = office();
    let before = (keys(&office), fs::read(office.path("casebook.db")).unwrap());
    let seen = office.run("tidy --rotate").done();
    for said in [
        "due:\n",
        "keys of cases to be replaced: 3\n",
        "keys of legal holds to be replaced: 1\n",
        "keys of corrected values to be replaced: 1\n",
        "keys of identity tags to be replaced: 1\n",
        "keys of changes to be replaced: 1\n",
    ] {
        assert!(seen.stdout().contains(said), "{said}: {seen}");
    }
    assert!(seen.stderr().contains("droit tidy --rotate --confirm"), "{seen}");
    assert!(office.run("tidy --rotate --lang zh-CN").done().stdout().contains("待更换的身份标签密钥：1\n"));
    assert!((keys(&office), fs::read(office.path("casebook.db")).unwrap()) == before);
    assert_eq!(office.run("tidy --json").done().json()["data"]["state"], "nothing_to_do");
}

#[test]
fn every_old_key_is_in_no_file_and_everything_is_read_and_known_as_before() {
    let mut office = office();
    for round in 0..3 {
        let (before, used, said) = (keys(&office), in_use(&office), read(&mut office));
        let person = subject(&mut office, "DSR-20261123-0003");
        let done = office.run("tidy --rotate --confirm --json").done();
        let done = done.json();
        let rotated = &done["data"]["rotated"];
        let mut expected = json!({"case": 3 + round, "corrected": 1, "hold": 1, "intent": 1, "tags": 1});
        if used.values().any(|purpose| purpose == "workspace") {
            expected["workspace"] = json!(1);
        }
        assert_eq!((&rotated["keys"], &rotated["left"], &rotated["dropped"]), (&expected, &json!(0), &json!(0)));
        let after = keys(&office);
        assert!(!after.keys().any(|key| before.contains_key(key)));
        assert_eq!(after.keys().collect::<Vec<_>>(), in_use(&office).keys().collect::<Vec<_>>());
        let gone: Vec<&Vec<u8>> = before.values().collect();
        assert_eq!(holding(&office.path(""), &gone), Vec::<String>::new());
        require_whole(&mut office);
        assert_eq!(read(&mut office), said);
        // the same person asks again
        let again = open(&mut office, 4 + round, "access", "account=1003");
        assert_eq!(subject(&mut office, &again), person);
        require_whole(&mut office);
    }
    // what was erased before is proven after, and its key goes
    office.run("prove DSR-20261123-0002 --quiet").done();
    office.run("tidy --confirm --quiet").done();
    assert!(!in_use(&office).values().any(|purpose| purpose == "intent"));
    require_whole(&mut office);
    let record = office.run("audit show workspace").done();
    assert!(record.stdout().contains("key_replaced") && record.stdout().contains("tag_key_replaced"), "{record}");
}

#[test]
fn when_its_time_is_over_what_was_replaced_goes_as_if_it_had_not_been() {
    let mut office = office();
    office.run("tidy --rotate --confirm --quiet").done();
    office.run("prove DSR-20261123-0002 --quiet").done();
    close(&mut office, "DSR-20261123-0002");
    office.run("tidy --rotate --confirm --quiet").done();
    let before = keys(&office);
    office.at(jiff::civil::date(2029, 12, 3), "10:00");
    office.typing("y\n").run("tidy --confirm --quiet").done();
    let left = living(&office);
    for case in ["DSR-20261123-0001", "DSR-20261123-0002"] {
        assert!(!left.iter().any(|(_, about)| about == case), "{left:?}");
    }
    assert!(left.iter().any(|(_, about)| about == "DSR-20261123-0003"), "it is in work");
    let after = keys(&office);
    let gone: Vec<&Vec<u8>> = before.iter().filter(|(key, _)| !after.contains_key(*key)).map(|(_, key)| key).collect();
    assert_eq!(gone.len(), 3, "of two cases and of one corrected value");
    assert_eq!(holding(&office.path(""), &gone), Vec::<String>::new());
    assert_eq!(holding(&office.path(""), &[reason("DSR-20261123-0001")]), Vec::<String>::new());
    require_whole(&mut office);
}

#[test]
fn a_plan_from_before_is_stale_and_one_from_after_says_other_tokens() {
    let mut office = office();
    let case = open(&mut office, 4, "correct", "account=1001");
    office.file("new.txt", "users.nickname = Zhang-new\n");
    let correct = format!("correct {case} --values new.txt --evidence statement");
    office.run(&format!("{correct} --plan before.jsonl --quiet")).done();
    let done = office.run("tidy --rotate --confirm").done();
    assert!(done.stderr().contains("back up the casebook"), "{done}");
    assert!(done.stdout().contains("keys of identity tags replaced: 1\n"), "{done}");
    office.run(&format!("{correct} --plan after.jsonl --quiet")).done();
    let tokens = |office: &Office, name: &str| -> std::collections::BTreeSet<String> {
        let text = office.read(name);
        let found = text.match_indices("token:").map(|(at, _)| text[at..at + 38].to_owned());
        found.collect()
    };
    let (before, after) = (tokens(&office, "before.jsonl"), tokens(&office, "after.jsonl"));
    assert!(!before.is_empty() && before.len() == after.len() && before.is_disjoint(&after), "{before:?} {after:?}");
    office.run(&format!("apply before.jsonl --confirm {case}")).refused("stale_plan");
    office.run(&format!("apply after.jsonl --confirm {case} --quiet")).done();
}

#[test]
fn a_copy_of_a_key_has_to_go_before_that_key_is_replaced() {
    let mut made = office();
    made.run("tidy --rotate --confirm --quiet").done();
    // under the workspace's key stands what computes tags
    for (copied, stay) in [("tags", &["tags"][..]), ("hold", &["hold"]), ("workspace", &["tags", "workspace"])] {
        let mut office = made.copied();
        let (before, used) = (keys(&office), in_use(&office));
        let (key, _) = used.iter().find(|(_, purpose)| *purpose == copied).unwrap();
        fs::create_dir(office.path("backup")).unwrap();
        fs::write(office.path("backup/keys"), &before[key]).unwrap();
        let looked = office.run("tidy --rotate --confirm --json").looks().json();
        assert_eq!(looked["data"]["stuck"][0]["code"], "key_found", "{looked}");
        let mut stayed: Vec<&str> = keys(&office).keys().filter_map(|key| used.get(key)).map(String::as_str).collect();
        stayed.sort_unstable();
        assert_eq!(stayed, stay);
        require_whole(&mut office);
        fs::remove_dir_all(office.path("backup")).unwrap();
        office.run("tidy --rotate --confirm --quiet").done();
        assert_eq!(holding(&office.path(""), &[&before[key]]), Vec::<String>::new());
        require_whole(&mut office);
    }
}

#[test]
fn a_key_that_is_lost_is_told_and_the_others_are_replaced() {
    let mut office = office();
    let before = keys(&office);
    let book = Connection::open(office.path("casebook.db")).unwrap();
    let sql = "SELECT id FROM keys WHERE about = 'DSR-20261123-0001' AND purpose = 'case'";
    let lost: String = book.query_row(sql, [], |row| row.get(0)).unwrap();
    fs::remove_file(super::office::key_folder(&office).join(format!("{lost}.key"))).unwrap();
    let looked = office.run("tidy --rotate --confirm --json").looks().json();
    assert_eq!(looked["data"]["stuck"][0]["code"], "key_missing", "{looked}");
    let rotated = &looked["data"]["rotated"];
    assert_eq!(rotated["keys"]["case"], 2, "{looked}");
    let tags = "SELECT count(*) FROM tags WHERE key = ?1";
    assert!(rotated["dropped"].as_u64().unwrap() > 0, "{looked}");
    assert_eq!(book.query_row(tags, [&lost], |row| row.get::<_, i64>(0)).unwrap(), 0);
    assert!(!keys(&office).keys().any(|key| before.contains_key(key)));
}

#[test]
fn what_can_be_undone_is_undone_after_keys_were_replaced_and_its_key_is_counted() {
    let mut office = Office::courier_of(110);
    let settings = office.read("droit.toml");
    office.file("droit.toml", &format!("undo = \"72 hours\"\n{settings}"));
    account(&office, 1001);
    let grown = "UPDATE users SET birth_date = '1990-01-01' WHERE id = 1001";
    Connection::open(office.path("zkjia.db")).unwrap().execute(grown, []).unwrap();
    let case = open(&mut office, 1, "delete", "account=1001");
    office.run(&format!("erase {case} --confirm {case} --quiet")).done();
    let of_undo = |office: &Office| -> Vec<String> {
        in_use(office).into_iter().filter(|(_, purpose)| purpose == "undo").map(|(key, _)| key).collect()
    };
    let before = of_undo(&office);
    assert_eq!(before.len(), 1);
    let done = office.run("tidy --rotate --confirm").done();
    assert!(done.stdout().contains("keys of changes that can be undone, which stay until they cannot: 1\n"), "{done}");
    assert_eq!(of_undo(&office), before);
    office.run(&format!("undo {case} --confirm {case} --quiet")).done();
    let db = Connection::open(office.path("zkjia.db")).unwrap();
    let name: String = db.query_row("SELECT nickname FROM users WHERE id = 1001", [], |row| row.get(0)).unwrap();
    assert_eq!(name, "Zhang-secret-1001");
    require_whole(&mut office);
}

#[test]
fn what_was_interrupted_is_settled_after_keys_were_replaced() {
    let mut made = office();
    account(&made, 1004);
    let case = open(&mut made, 4, "delete", "account=1004");
    let (mut seen, gone) = (0, "SELECT phone IS NULL FROM users WHERE id = 1004");
    for n in 1.. {
        let mut office = made.copied();
        if !office.dies_at(&format!("erase {case} --confirm {case} --quiet"), n) {
            break;
        }
        let open = office.run("--json").carried_out().json()["data"]["open_intents"] != 0;
        if open {
            seen += 1;
            office.run("tidy --rotate --confirm --quiet").done();
            require_whole(&mut office);
        }
        office.run("recover --quiet").done();
        let db = Connection::open(office.path("zkjia.db")).unwrap();
        let is_gone = || db.query_row(gone, [], |row| row.get::<_, bool>(0)).unwrap();
        if !is_gone() {
            office.run(&format!("erase {case} --confirm {case} --quiet")).done();
        }
        assert!(is_gone(), "{n}");
        office.run(&format!("prove {case} --quiet")).done();
        require_whole(&mut office);
    }
    assert!(seen > 1, "{seen}");
}

#[test]
fn two_at_once_are_one_and_a_busy_one() {
    let mut office = office();
    let before = keys(&office);
    let lock = fs::File::options().write(true).create(true).truncate(false).open(office.path("droit.lock")).unwrap();
    lock.lock().unwrap();
    office.run("tidy --rotate --confirm --lock-wait 0s").fails(5, "busy");
    assert!(keys(&office) == before);
}
