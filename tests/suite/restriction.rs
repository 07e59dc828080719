//! Restriction: the flag is set on the person's accounts and nowhere else, and what stood there comes back.

use rusqlite::Connection;

use crate::{desk::dump, office::Office};

const CASE: &str = "DSR-20261123-0001";

fn plain(office: &Office) -> Connection {
    Connection::open(office.path("zkjia.db")).unwrap()
}

fn status(office: &Office, account: &str) -> String {
    plain(office).query_row("SELECT status FROM users WHERE id = ?1", [account], |row| row.get(0)).unwrap()
}

/// An account with a number that stands nowhere else, so that no row is found by a value alone.
fn somebody(office: &Office) -> String {
    let sql = "UPDATE users SET phone = '19900009999', phone_bound_at = '2026-11-01 10:00:00', email = NULL, email_verified_at = NULL
        WHERE id = (SELECT min(id) FROM users WHERE id > 101 AND status = 'active') RETURNING CAST(id AS TEXT)";
    plain(office).query_row(sql, [], |row| row.get(0)).unwrap()
}

fn open(office: &mut Office, case: &str, who: &str) {
    office.file("who.txt", who);
    office.run("case open restrict --id-file who.txt --quiet").done();
    office.run(&format!("case identify {case} --level L2 --by otp+waybill --quiet")).done();
}

/// The database without the history that a trigger writes.
fn rest(office: &Office) -> String {
    let text = dump(&office.path("zkjia.db"));
    let (before, after) = text.split_once("== users_audit\n").unwrap();
    let after = after.split_once("\n== ").unwrap().1;
    format!("{before}{after}")
}

#[test]
fn the_flag_is_set_on_the_account_and_what_stood_there_comes_back() {
    let mut office = Office::courier();
    let who = somebody(&office);
    plain(&office).execute("UPDATE users SET status = 'dormant' WHERE id = ?1", [&who]).unwrap();
    let before = rest(&office);
    open(&mut office, CASE, &format!("account={who}\n"));
    let done = office.run(&format!("restrict {CASE} --confirm {CASE} --json")).done();
    assert_eq!((&done.json()["data"]["state"], &done.json()["data"]["accounts"]), (&"restricted".into(), &1.into()));
    assert_eq!(status(&office, &who), "restricted");
    let after = rest(&office);
    let changed: Vec<(&str, &str)> = before.lines().zip(after.lines()).filter(|(old, new)| old != new).collect();
    assert!(matches!(changed[..], [(old, new)] if new == old.replace("Text(\"dormant\")", "Text(\"restricted\")")));
    let case = office.run(&format!("case show {CASE} --json")).done();
    assert_eq!(case.json()["data"]["proof"], "not_needed");
    assert!(case.json()["data"]["completed_at"].is_string());
    // another case of the same person lifts it
    open(&mut office, "DSR-20261123-0002", &format!("account={who}\n"));
    office.run("restrict DSR-20261123-0002 --lift --plan plan.jsonl").done();
    assert_eq!(status(&office, &who), "restricted");
    office.run("apply plan.jsonl --confirm DSR-20261123-0002").done();
    assert!(rest(&office) == before, "something else is there than before");
    assert!(office.run("audit verify").done().stdout().starts_with("the record is whole"));
}

#[test]
fn restricting_twice_does_not_forget_what_stood_there() {
    let mut office = Office::courier();
    let who = somebody(&office);
    open(&mut office, CASE, &format!("account={who}\n"));
    office.run(&format!("restrict {CASE} --confirm {CASE}")).done();
    let again = office.run(&format!("restrict {CASE} --confirm {CASE} --json")).looks();
    assert_eq!(again.json()["data"]["state"], "nothing_to_do");
    let shown = office.run(&format!("case show {CASE} --json")).done().json();
    assert_eq!(shown["data"]["status"], "postcheck", "a plan of nothing is none: {shown}");
    office.run(&format!("restrict {CASE} --lift --confirm {CASE}")).done();
    assert_eq!(status(&office, &who), "active");
}

#[test]
fn a_flag_that_somebody_else_took_back_is_left() {
    let mut office = Office::courier();
    let who = somebody(&office);
    open(&mut office, CASE, &format!("account={who}\n"));
    office.run(&format!("restrict {CASE} --confirm {CASE}")).done();
    plain(&office).execute("UPDATE users SET status = 'cancelled' WHERE id = ?1", [&who]).unwrap();
    let lifted = office.run(&format!("restrict {CASE} --lift --confirm {CASE} --json")).looks();
    assert_eq!(lifted.json()["data"]["state"], "nothing_to_do");
    assert_eq!(status(&office, &who), "cancelled");
}

#[test]
fn a_plan_that_was_never_applied_is_not_remembered() {
    let mut office = Office::courier();
    let who = somebody(&office);
    plain(&office).execute("UPDATE users SET status = 'dormant' WHERE id = ?1", [&who]).unwrap();
    open(&mut office, CASE, &format!("account={who}\n"));
    office.run(&format!("restrict {CASE} --plan plan.jsonl")).done();
    plain(&office).execute("UPDATE users SET status = 'restricted' WHERE id = ?1", [&who]).unwrap();
    office.run(&format!("apply plan.jsonl --confirm {CASE}")).refused("stale_plan");
    office.run(&format!("restrict {CASE} --lift --confirm {CASE}")).done();
    assert_eq!(status(&office, &who), "active", "the map's clear value, nothing else is known");
}

#[test]
fn whoever_has_no_flag_is_listed_and_put_on_record() {
    let mut office = Office::courier();
    // staff have no flag
    open(&mut office, CASE, "staff=1\n");
    let before = dump(&office.path("zkjia.db"));
    let looked = office.run(&format!("restrict {CASE} --confirm {CASE} --json")).looks();
    let left = looked.json()["data"]["not_enforceable"].clone();
    assert!(left.as_array().unwrap().iter().any(|one| one["table"] == "staff" && one["rows"] == 1), "{left}");
    assert_eq!(dump(&office.path("zkjia.db")), before);
    let shown = office.run(&format!("audit show {CASE}")).done();
    assert!(shown.stdout().contains("not_enforceable"), "{shown}");
    // nor has somebody who only receives parcels
    let sql =
        "SELECT w.recipient_phone FROM waybills w WHERE w.recipient_user_id IS NULL AND w.recipient_phone IS NOT NULL
        AND length(w.recipient_phone) = 11 AND NOT EXISTS (SELECT 1 FROM users u WHERE u.phone = w.recipient_phone)
        AND NOT EXISTS (SELECT 1 FROM waybills o WHERE o.id <> w.id AND o.recipient_phone = w.recipient_phone)
        AND NOT EXISTS (SELECT 1 FROM addresses a WHERE a.phone = w.recipient_phone)
        AND NOT EXISTS (SELECT 1 FROM contacts_import a WHERE a.phone = w.recipient_phone)
        AND NOT EXISTS (SELECT 1 FROM order_contacts a WHERE a.phone = w.recipient_phone) ORDER BY w.id LIMIT 1";
    let phone: String = plain(&office).query_row(sql, [], |row| row.get(0)).unwrap();
    open(&mut office, "DSR-20261123-0002", &format!("phone={phone}\n"));
    let looked = office.run("restrict DSR-20261123-0002 --confirm DSR-20261123-0002").looks();
    assert!(looked.stdout().contains("waybills"), "{looked}");
}

#[test]
fn killed_anywhere_the_flag_is_set_or_not_and_what_stood_there_is_never_lost() {
    let mut made = Office::courier();
    let who = somebody(&made);
    plain(&made).execute("UPDATE users SET status = 'dormant' WHERE id = ?1", [&who]).unwrap();
    open(&mut made, CASE, &format!("account={who}\n"));
    let restrict = format!("restrict {CASE} --confirm {CASE} --quiet");
    let lift = format!("restrict {CASE} --lift --confirm {CASE} --quiet");
    let before = rest(&made);
    let mut died = 0;
    for n in 1.. {
        let mut office = made.copied();
        if !office.dies_at(&restrict, n) {
            break;
        }
        died += 1;
        let took_place = status(&office, &who) == "restricted";
        assert!(took_place || rest(&office) == before, "half done when it dies at {n}");
        office.run("recover --quiet").done();
        assert_eq!(status(&office, &who) == "restricted", took_place, "recover tells, it does not do: {n}");
        // once more it is done, or there is nothing to do
        office.run(&restrict).carried_out();
        assert_eq!(status(&office, &who), "restricted", "{n}");
        // and lifting dies as well
        let mut lifting = office.copied();
        if lifting.dies_at(&lift, n) {
            let lifted = status(&lifting, &who) == "dormant";
            assert!(lifted || status(&lifting, &who) == "restricted", "{n}");
            lifting.run("recover --quiet").done();
            lifting.run(&lift).carried_out();
            office = lifting;
        } else {
            office.run(&lift).carried_out();
        }
        assert!(rest(&office) == before, "something else is there than before: {n}");
        office.run("audit verify --quiet").done();
    }
    assert!(died > 8, "it died only {died} times");
}

/// A name that is corrected meanwhile is the same person's: the restriction can be lifted.
#[test]
fn whoever_was_corrected_meanwhile_can_be_let_go() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, state TEXT);
        INSERT INTO users VALUES (1, 'Ann Old', '13800138001', 'on'), (2, 'Bo', '13800138002', 'on');";
    let map = "version = 1\ncontroller = \"C\"\ntime_zone = \"Asia/Shanghai\"\n[person.account]\nis = \"users.id\"\n\
               restricted = { column = \"users.state\", set = \"frozen\", clear = \"on\" }\n[rules]\n\"*.id\" = \"key\"\n"
        .to_owned()
        + &crate::ties::table("users")
        + "[tables.users.columns]\nname = \"name, provided, correct\"\nphone = \"phone, proves, provided\"\nstate = \"fact\"\n";
    let mut office = Office::empty().with_shop(sql, &map);
    assert_eq!(office.verified("restrict", "account=1"), CASE);
    office.run(&format!("restrict {CASE} --confirm {CASE} --quiet")).done();
    let corrected = "DSR-20261123-0002";
    office.run("case open correct --id-file who.txt --quiet").done();
    office.run(&format!("case identify {corrected} --level L3 --by papers --quiet")).done();
    office.file("new.txt", "users.name = Ann New\n");
    let line = format!("correct {corrected} --values new.txt --evidence id_document --confirm {corrected} --quiet");
    office.run(&line).done();
    office.run(&format!("restrict {CASE} --lift --confirm {CASE} --quiet")).done();
    let state = |office: &Office| -> String {
        office.shop().query_row("SELECT state FROM users", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(state(&office), "on");
    office.run("audit verify --quiet").done();
}
