//! A replay that is stopped: by a death at any instant, by a hold, by a key that is not there.

use std::fs;

use rusqlite::Connection;

use super::shop::{MAP, Shop, person};
use crate::office::Office;

/// Three erased and one corrected, and the backup from before; a new person has a key that was given away before.
fn restored() -> Shop {
    let mut shop = Shop::of(8);
    let backup = shop.backup();
    shop.sql(&person(9, 9, "2026-11-23 08:00:00"));
    shop.erase(&[1, 2, 9]);
    shop.correct(4, "people.nickname=right\n");
    shop.restore(&backup);
    shop.sql(&person(9, 1, "2026-11-24 08:00:00"));
    shop
}

const LEFT: [i64; 7] = [3, 4, 5, 6, 7, 8, 9];

#[test]
fn however_it_is_killed_nobody_is_half_done_and_the_next_run_finishes() {
    let made = restored();
    let mut died = 0;
    for n in (1..).step_by(2) {
        let mut shop = made.copied();
        if !shop.office.dies_at("replay --confirm --quiet", n) {
            break;
        }
        died += 1;
        for id in [1, 2] {
            let rows = |table: &str, column: &str| {
                shop.one::<i64>(&format!("SELECT count(*) FROM {table} WHERE {column} = {id}"))
            };
            assert_eq!(rows("people", "id"), rows("notes", "person_id"), "half done when it dies at {n}");
        }
        // whatever was repeated already, nothing else is written before the rest is
        let other = shop.verified(7, "delete");
        let unsettled = shop.office.run(&format!("erase {other} --confirm {other}"));
        assert!(
            unsettled.stderr().contains("[database_behind]") || unsettled.stderr().contains("[intent_open]"),
            "{n}: {unsettled}"
        );
        let purge = shop.office.run("purge retention --confirm");
        let began = shop.office.run("audit show --format jsonl").done().stdout().contains("\"duty\":\"replay\"");
        assert!(purge.stderr().contains("[database_behind]"), "{n}: {purge}");
        let board = shop.office.run("--json").carried_out().json();
        assert_eq!(!board["data"]["open_replay"].is_null(), began, "{n}: {board}");
        shop.office.run("replay --confirm --quiet").done();
        assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), LEFT, "{n}");
        assert_eq!(shop.one::<String>("SELECT nickname FROM people WHERE id = 4"), "right", "{n}");
        assert_eq!(shop.one::<String>("SELECT phone FROM people WHERE id = 9"), "13800000001", "{n}");
        shop.office.run("audit verify --quiet").done();
        let log = shop.office.run("audit show --format jsonl").done();
        assert_eq!(log.stdout().matches("run_started").count(), log.stdout().matches("run_ended").count(), "{n}");
        shop.office.run(&format!("erase {other} --confirm {other} --quiet")).done();
    }
    assert!(died > 10, "it died only {died} times");
}

#[test]
fn a_backup_restored_in_the_middle_of_an_erasure_is_replayed() {
    let mut died = 0;
    for n in 1.. {
        let mut shop = Shop::of(4);
        let backup = shop.backup();
        let case = shop.verified(1, "delete");
        if !shop.office.dies_at(&format!("erase {case} --confirm {case} --quiet"), n) {
            break;
        }
        died += 1;
        for path in ["shop.db-journal", "shop.db-wal"] {
            drop(fs::remove_file(shop.office.path(path)));
        }
        if n % 2 == 0 {
            fs::remove_file(shop.path()).unwrap(); // in a file of its own
        }
        shop.restore(&backup);
        shop.office.run("replay --confirm --quiet").done();
        if shop.ids("SELECT id FROM people").contains(&1) {
            shop.office.run("recover --quiet").done();
            shop.office.run(&format!("erase {case} --confirm {case} --quiet")).done();
        }
        assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), [2, 3, 4], "{n}");
        shop.office.run("audit verify --quiet").done();
    }
    assert!(died > 5, "it died only {died} times");
}

#[test]
fn what_is_under_hold_by_now_waits_until_it_is_released() {
    let mut shop = Shop::of(4);
    let backup = shop.backup();
    let cases = shop.erase(&[1, 2]);
    shop.office.file("order.txt", "court");
    shop.restore(&backup);
    shop.office.run(&format!("hold add --case {} --order order.txt --quiet", cases[0])).done();
    shop.office.run("replay --confirm --quiet").done();
    assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), [1, 3, 4]);
    assert_eq!(shop.one::<i64>("SELECT count(*) FROM notes WHERE person_id = 1"), 1);
    shop.office.run("purge scheduled --confirm --quiet").carried_out();
    assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), [1, 3, 4]);
    shop.office.run("hold release HOLD-20261123-0001 --yes --quiet").done();
    shop.office.run("purge scheduled --confirm --quiet").done();
    assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), [3, 4]);
    assert_eq!(shop.one::<i64>("SELECT count(*) FROM notes WHERE person_id = 1"), 0);
    shop.office.run("audit verify --quiet").done();
}

pub(super) fn key_file(shop: &Shop, case: &str) -> std::path::PathBuf {
    let book = Connection::open(shop.office.path("casebook.db")).unwrap();
    let key: String =
        book.query_row("SELECT id FROM keys WHERE about = ?1 AND purpose = 'case'", [case], |row| row.get(0)).unwrap();
    let mut folders = vec![shop.office.path("state")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else if entry.file_name().to_string_lossy().contains(&key) {
                return entry.path();
            }
        }
    }
    panic!("no file of key {key}");
}

#[test]
fn without_the_key_it_refuses_and_goes_on_with_it() {
    let mut shop = Shop::of(4);
    let backup = shop.backup();
    let case = shop.erase(&[1, 2]).remove(0);
    shop.restore(&backup);
    let file = key_file(&shop, &case);
    let bytes = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    shop.office.run("replay --confirm").fails(1, "key_missing");
    assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), [1, 2, 3, 4]);
    fs::write(&file, bytes).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    }
    shop.office.run("replay --confirm --quiet").done();
    assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), [3, 4]);
}

#[test]
fn whose_key_was_destroyed_is_listed() {
    let mut shop = Shop::of(4);
    let backup = shop.backup();
    let case = shop.erase(&[1]).remove(0);
    shop.office.run(&format!("prove {case} --quiet")).done();
    shop.office.run(&format!("case answer {case} --letter answer --decision FULFILLED --quiet")).done();
    shop.office.run(&format!("case close {case} --yes --quiet")).done();
    shop.wait_days(4 * 366);
    shop.office.typing("y\n").run("tidy --confirm --quiet").carried_out();
    shop.restore(&backup);
    let left = shop.office.typing("no\n").run("replay --json").stdout().to_owned();
    assert!(left.contains("key_destroyed") && left.contains(&case), "{left}");
    assert_eq!(shop.ids("SELECT id FROM people WHERE id = 1"), [1]);
    let found = shop.office.run("prove --returned --json").done().json();
    assert_eq!(found["data"]["forgotten"], 1);
}

#[test]
fn after_keys_were_replaced_the_same_people_are_told_from_others() {
    let mut shop = restored();
    for _ in 0..2 {
        shop.office.run("tidy --rotate --confirm --quiet").done();
    }
    let found = shop.office.run("prove --returned --json").looks().json();
    assert_eq!(found["data"]["returned"].as_array().unwrap().len(), 2, "of three one key is somebody else's: {found}");
    shop.office.run("replay --confirm --quiet").done();
    assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), LEFT);
    assert_eq!(shop.one::<String>("SELECT nickname FROM people WHERE id = 4"), "right");
    assert_eq!(shop.one::<String>("SELECT phone FROM people WHERE id = 9"), "13800000001");
    shop.office.run("audit verify --quiet").done();
}

#[test]
fn without_a_mark_somebody_says_since_when() {
    let mut shop = Shop::of(4);
    let settings = shop.office.read("droit.toml");
    shop.office.file("droit.toml", &settings.replace("mark = true", "mark = false"));
    let backup = shop.backup();
    shop.erase(&[1]);
    shop.wait_days(1);
    shop.erase(&[2]);
    shop.restore(&backup);
    shop.office.run("replay --confirm").misused("since_when");
    shop.office.run("replay --since 2026-11-24 --confirm --quiet").done();
    assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), [1, 3, 4]);
    shop.office.run("replay --since 2026-11-23 --confirm --quiet").done();
    assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), [3, 4]);
}

#[test]
fn corrections_of_one_field_are_repeated_in_their_order_and_erasures_after_them() {
    let mut shop = Shop::of(4);
    let backup = shop.backup();
    shop.correct(1, "people.nickname=second\n");
    shop.correct(1, "people.nickname=third\n");
    shop.correct(2, "people.phone=13900000002\n");
    shop.correct(3, "people.nickname=mistaken\n");
    shop.erase(&[3]);
    shop.restore(&backup);
    let done = shop.office.run("replay --confirm --json").done();
    assert_eq!(shop.one::<String>("SELECT nickname FROM people WHERE id = 1"), "third", "{done}");
    assert_eq!(shop.one::<String>("SELECT phone FROM people WHERE id = 2"), "13900000002");
    assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), [1, 2, 4]);
    shop.office.run("audit verify --quiet").done();
}

#[test]
fn a_correction_of_what_is_under_hold_by_now_is_left_to_a_person() {
    let mut shop = Shop::of(4);
    let backup = shop.backup();
    let case = shop.correct(2, "people.nickname=right\n");
    shop.restore(&backup);
    shop.office.file("order.txt", "court");
    shop.office.run(&format!("hold add --case {case} --order order.txt --quiet")).done();
    let left = shop.office.run("replay --confirm --json").looks().json();
    assert_eq!((&left["data"]["left"][0]["about"], &left["data"]["left"][0]["why"]), (&case.into(), &"held".into()));
    assert_eq!(shop.one::<String>("SELECT nickname FROM people WHERE id = 2"), "nick 2");
}

/// What this command does not repeat is named with the command that does.
#[test]
fn flags_and_withdrawals_are_named_with_their_commands() {
    let mut office = Office::courier();
    let backup = fs::read(office.path("zkjia.db")).unwrap();
    for (number, (request, account)) in
        (1..).zip([("restrict", 100), ("withdraw_consent", 1), ("opt_out", 101), ("delete", 102)])
    {
        let case = format!("DSR-20261123-000{number}");
        office.file("who.txt", &format!("account={account}\n"));
        office.run(&format!("case open {request} --channel app --id-file who.txt --quiet")).done();
        office.run(&format!("case identify {case} --level L2 --by otp+waybill --quiet")).done();
        let line = match request {
            "restrict" => format!("restrict {case} --confirm {case} --quiet"),
            "withdraw_consent" => format!("revoke {case} --scope geo --confirm {case} --quiet"),
            "opt_out" => format!("unsubscribe {case} --confirm {case} --quiet"),
            _ => format!("erase {case} --category device --confirm {case} --quiet"),
        };
        office.run(&line).carried_out();
    }
    office.run("purge minors --confirm --quiet").carried_out();
    fs::write(office.path("zkjia.db"), &backup).unwrap();
    let left = office.run("replay --confirm --json").looks().json();
    let said: Vec<(&str, &str)> = left["data"]["left"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["why"].as_str().unwrap(), one["next"].as_str().unwrap()))
        .collect();
    for expected in [
        ("restriction_undone", "droit restrict DSR-20261123-0001"),
        ("withdrawal_undone", "droit revoke DSR-20261123-0002"),
        ("refusal_undone", "droit unsubscribe DSR-20261123-0003"),
        ("part_undone", "droit erase DSR-20261123-0004"),
        ("purge_undone", "droit purge minors --as-of 2026-11-23 --confirm"),
    ] {
        assert!(said.contains(&expected), "{expected:?} not in {said:?}");
    }
    // the mark is lifted: the commands that were named are not refused
    office.run("purge minors --as-of 2026-11-23 --confirm --quiet").carried_out();
    office.run("revoke DSR-20261123-0002 --scope geo --confirm DSR-20261123-0002 --quiet").done();
    office.run("unsubscribe DSR-20261123-0003 --confirm DSR-20261123-0003 --quiet").done();
    office.run("restrict DSR-20261123-0001 --confirm DSR-20261123-0001 --quiet").carried_out();
}

/// The application gives the key of somebody who is about to be erased again to somebody else, at any instant: the plan
/// would be the same, row by row.
#[test]
fn who_is_given_the_key_in_the_middle_is_not_touched() {
    let given =
        "UPDATE people SET name = 'New', nickname = 'new', phone = '13700000001', bound_at = '2026-11-23 11:00:00',
        joined_at = '2026-11-23 11:00:00' WHERE id = 1";
    let (mut in_time, mut too_late) = (0, 0);
    for n in 1..60 {
        let mut shop = Shop::of(3);
        let backup = shop.backup();
        shop.erase(&[1]);
        shop.restore(&backup);
        let path = shop.path();
        let meddled = std::cell::Cell::new(0);
        let meddle = || {
            let database = Connection::open(&path).unwrap();
            database.busy_timeout(std::time::Duration::ZERO).unwrap();
            meddled.set(database.execute(given, []).unwrap_or(0)); // nobody is given a key that is locked, or gone
        };
        drop(shop.office.run_while("replay --confirm --quiet", n, &meddle));
        let there = shop.ids("SELECT id FROM people WHERE id = 1");
        if meddled.get() == 1 {
            assert_eq!(there, [1], "the new one is there ({n})");
            assert_eq!(shop.one::<i64>("SELECT count(*) FROM notes WHERE person_id = 1"), 1, "{n}");
            in_time += 1;
        } else {
            assert!(there.is_empty(), "{n}");
            too_late += 1;
        }
    }
    assert!(in_time > 5 && too_late > 5, "{in_time} {too_late}");
}

/// Somebody without an account is known by the number alone, as long as it was theirs.
#[test]
fn somebody_without_an_account_goes_again_and_the_next_holder_of_the_number_stays() {
    let mut shop = Shop::of(2);
    shop.sql("INSERT INTO parcels VALUES (100, '13600000000', 'Wang Wu', '2026-01-01 10:00:00')");
    let backup = shop.backup();
    shop.office.file("who.txt", "phone=13600000000\n");
    shop.office.run("case open delete --channel app --id-file who.txt --quiet").done();
    shop.office.run("case identify DSR-20261123-0001 --level L2 --by otp+waybill --quiet").done();
    shop.office.run("erase DSR-20261123-0001 --confirm DSR-20261123-0001 --quiet").done();
    shop.restore(&backup);
    shop.wait_days(2);
    shop.sql(
        "INSERT INTO parcels VALUES (101, '13600000000', 'Zhao Liu', '2026-11-24 10:00:00'), (102, '13600000000', NULL, NULL)",
    );
    let left = shop.office.run("replay --confirm --json").looks().json();
    assert_eq!(left["data"]["left"][0]["why"], "by_value_only");
    assert_eq!(shop.ids("SELECT id FROM parcels WHERE id >= 100 ORDER BY id"), [101, 102]);
}

pub(super) const ORDERS: &str = r#"
[tables.orders]
purpose = "orders"
clause = "3"
basis = "contract"
keep = [{ for = "3 days", after = "done_at", law = "L 1", because = "claims", columns = ["done_at"] }]
[tables.orders.columns]
id = "key"
person_id = "of people.id"
done_at = "time, observed"
town = "fact, provided"
[tables.consents]
purpose = "consent"
clause = "4"
basis = "legal_duty"
[tables.consents.columns]
id = "key"
minor_id = "minor of people.id"
status = "fact, observed"
"#;

/// What the law kept of a child, and a later purge removed, is in the backup again, and no case tells of it.
#[test]
fn the_rest_of_a_child_that_was_removed_later_goes_again() {
    let sql = "ALTER TABLE people ADD COLUMN born TEXT;
        CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people(id), done_at TEXT, town TEXT);
        CREATE INDEX orders_person ON orders (person_id);
        CREATE TABLE consents (id INTEGER PRIMARY KEY, minor_id INTEGER, status TEXT);
        UPDATE people SET born = '1990-01-01';
        UPDATE people SET born = '2018-05-05' WHERE id = 1;
        INSERT INTO orders VALUES (11, 1, '2026-11-22 10:00:00', 'Anyang'), (12, 2, '2026-11-22 10:00:00', 'Anyang');
        DELETE FROM parcels";
    let map = MAP
        .replace(
            "[tables.people]\n",
            "[minors]\nconsent = \"consents\"\nvalid = \"status = 'granted'\"\nminor = \"minor\"\n[tables.people]\n",
        )
        .replace("is = \"people.id\"\n", "is = \"people.id\"\nborn = \"people.born\"\n")
        .replace("bound_at = \"time, observed\"\n", "bound_at = \"time, observed\"\nborn = \"birth_date, provided\"\n")
        + ORDERS;
    let mut shop = Shop::with_tables(3, sql, &map);
    shop.office.run("purge minors --confirm --quiet").carried_out();
    assert_eq!(shop.one::<Option<String>>("SELECT phone FROM people WHERE id = 1"), None);
    assert_eq!(shop.ids("SELECT id FROM orders ORDER BY id"), [11, 12]);
    let backup = shop.backup();
    shop.wait_days(5);
    shop.office.run("purge scheduled --confirm --quiet").done();
    let rest = "SELECT id FROM orders UNION ALL SELECT id FROM people ORDER BY 1";
    assert_eq!(shop.ids(rest), [2, 3, 12]);
    shop.restore(&backup);
    shop.office.run("purge scheduled --confirm").refused("database_behind");
    assert_eq!(shop.ids(rest), [1, 2, 3, 11, 12]);
    shop.office.run("replay --confirm --quiet").done();
    assert_eq!(shop.ids(rest), [2, 3, 12]);
    shop.office.run("audit verify --quiet").done();
}
