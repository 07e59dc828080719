//! Nothing is purged from a database that is behind, nor by a plan that nobody can read.

use std::fs;

use super::{
    shop::{MAP, Shop},
    stopped::{ORDERS, key_file},
};

#[test]
fn every_purge_refuses_a_database_that_is_behind() {
    let map = MAP.replace(
        "dated = \"sent_at\"\n",
        "dated = \"sent_at\"\nlimit = { for = \"1 years\", after = \"sent_at\", then = \"delete\", because = \"b\" }\n",
    );
    let mut shop = Shop::with_map(4, &map);
    shop.sql("UPDATE parcels SET sent_at = '2026-11-01'");
    let backup = shop.backup();
    shop.erase(&[1]);
    shop.restore(&backup);
    // one has something to do, the others have not
    shop.sql("UPDATE parcels SET sent_at = '2020-01-01' WHERE id = 3");
    let before = fs::read(shop.path()).unwrap();
    for purge in ["retention", "scheduled"] {
        let refused = shop.office.run(&format!("purge {purge} --confirm")).refused("database_behind");
        assert!(refused.stderr().contains("droit replay"), "{refused}");
    }
    let checks = shop.office.run("doctor").looks();
    let database = checks.stdout().lines().find(|line| line.starts_with("database")).unwrap();
    assert!(database.contains("database_behind"), "{checks}");
    assert!(fs::read(shop.path()).unwrap() == before, "the file was written to");
    let runs = shop.office.run("purge log --json").done().json();
    assert_eq!(runs["data"].as_array().map(Vec::len).or(runs["data"]["runs"].as_array().map(Vec::len)), Some(0));
    shop.office.run("replay --confirm --quiet").done();
    let checks = shop.office.run("doctor").carried_out();
    assert!(!checks.stdout().contains("database_behind"), "{checks}");
    shop.office.run("purge retention --confirm --quiet").done();
    shop.office.run("purge scheduled --confirm --quiet").done();
    assert_eq!(shop.ids("SELECT id FROM parcels ORDER BY id"), [2, 4]);
}

/// What part was asked for stands sealed: without its key nobody takes it for the whole.
#[test]
fn what_waits_is_not_carried_out_without_the_key_of_its_case() {
    let sql = "CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people(id), done_at TEXT, town TEXT);
        CREATE INDEX orders_person ON orders (person_id);
        INSERT INTO orders VALUES (11, 1, '2026-11-22 10:00:00', 'Anyang')";
    let orders = ORDERS.split("[tables.consents]").next().unwrap();
    let mut shop = Shop::with_tables(3, sql, &format!("{MAP}{orders}"));
    let case = shop.erase_in_part(1);
    shop.wait_days(5);
    let file = key_file(&shop, &case);
    let bytes = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    shop.office.run("purge scheduled --confirm").fails(1, "key_missing");
    assert_eq!(shop.ids("SELECT id FROM orders"), [11]);
    fs::write(&file, bytes).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    }
    shop.office.run("purge scheduled --confirm --quiet").done();
    assert!(shop.ids("SELECT id FROM orders").is_empty());
}

/// The end of the record is lost for good, and the officer goes on without it: the mark in the database, which is further,
/// is no reason to refuse for ever, and no change gets the number of one that is lost.
#[test]
fn a_record_that_was_adopted_without_its_end_goes_on() {
    let mut shop = Shop::with_map(4, MAP);
    shop.erase(&[1]);
    let older = fs::read(shop.office.path("casebook.db")).unwrap();
    shop.erase(&[2]);
    fs::write(shop.office.path("casebook.db"), older).unwrap();
    shop.office.run("due").refused("casebook_behind");
    shop.office.run("audit adopt --confirm adopt --quiet").done();
    shop.wait_days(1);
    let case = shop.erase(&[3]).remove(0);
    assert_eq!(shop.ids("SELECT id FROM people"), [4]);
    shop.office.run(&format!("prove {case} --quiet")).done();
    shop.office.run("audit verify --quiet").done();
    shop.office.run("recover --quiet").done();
    let log = shop.office.run("audit show --format jsonl").done();
    let adopted = log.stdout().lines().find(|line| line.contains("head_adopted")).unwrap().to_owned();
    assert!(adopted.contains("\"mark\":2"), "{adopted}");
    assert!(log.stdout().contains("\"intent\":3"), "{log}");
}

/// Nothing is planned over a restored backup, nor is anybody told that it is done: what came back is for the replay.
#[test]
fn nothing_is_planned_or_told_over_a_restored_backup() {
    let mut shop = Shop::with_map(4, MAP);
    let backup = shop.backup();
    let erased = shop.erase(&[1]).remove(0);
    shop.office.run(&format!("prove {erased} --quiet")).done();
    shop.restore(&backup);
    shop.office.file("letter.txt", "done");
    let answer = format!("case answer {erased} --decision FULFILLED --reply letter.txt --quiet");
    shop.office.run(&answer).refused("database_behind");
    shop.office
        .run(&format!("case answer {erased} --decision FULFILLED --letter answer --quiet"))
        .refused("database_behind");
    let other = shop.verified(2, "delete");
    for plan in ["", " --plan plan.jsonl"] {
        let line = if plan.is_empty() { format!("--confirm {other}") } else { plan.to_owned() };
        shop.office.run(&format!("erase {other} {line} --quiet")).refused("database_behind");
    }
    let shown = shop.office.run(&format!("case show {other} --json")).done().json();
    assert_eq!(shown["data"]["status"], "verified", "{shown}");
    shop.office.run("replay --confirm --quiet").done();
    shop.office.run("prove --pending --quiet").done();
    shop.office.run(&answer).done();
    shop.office.run(&format!("erase {other} --confirm {other} --quiet")).done();
}
