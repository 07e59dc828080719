//! Under a hold nothing changes, pointers included.

use super::{ids, open};
use crate::office::Office;

/// A push message of last week to a device that nobody has used for a year.
const PUSHED: &str = "
    INSERT INTO devices (id, user_id, imei, push_token, last_active_at) VALUES (900001, 100, '123', 'token', '2025-11-01 10:00:00');
    INSERT INTO push_log (id, user_id, device_id, topic, marketing, body, sent_at)
        VALUES (900001, 100, 900001, 'route', 0, '正在派送', '2026-11-20 10:00:00');
    INSERT INTO crash_reports (id, user_id, device_id, dump, created_at) VALUES (900001, 100, 900001, 'x', '2026-11-20 10:00:00');";

fn device_of_message(office: &Office) -> Option<i64> {
    open(office).query_row("SELECT device_id FROM push_log WHERE id = 900001", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_message_under_hold_keeps_the_device_that_it_points_at() {
    let mut office = Office::courier();
    open(&office).execute_batch(PUSHED).unwrap();
    office.file("order.txt", "audit");
    office.run("hold add --table push_log --order order.txt").done();
    office.run("purge retention --confirm --beyond-breaker test --quiet").carried_out();
    assert_eq!(device_of_message(&office), Some(900_001), "a row under hold was changed");
    // at most written over: the device itself is not held
    assert_eq!(ids(&open(&office), "SELECT id FROM devices WHERE id = 900001 AND imei IS NULL").len(), 1);
    office.run("hold release HOLD-20261123-0001 --yes").done();
    office.run("purge retention --confirm --beyond-breaker test --quiet").carried_out();
    assert_eq!(device_of_message(&office), None);
    assert_eq!(ids(&open(&office), "SELECT id FROM devices WHERE id = 900001").len(), 0);
    office.run("audit verify --quiet").done();
}

#[test]
fn a_message_of_somebody_under_hold_keeps_the_device_that_it_points_at() {
    let mut office = Office::courier();
    let db = open(&office);
    db.execute_batch(PUSHED).unwrap();
    // the telephone was handed on in the family: the message is the other's
    db.execute("UPDATE push_log SET user_id = 101 WHERE id = 900001", []).unwrap();
    drop(db);
    office.file("order.txt", "audit");
    office.file("who.txt", "account=101\n");
    office.run("hold add --id-file who.txt --order order.txt").done();
    office.run("purge retention --confirm --beyond-breaker test --quiet").carried_out();
    assert_eq!(device_of_message(&office), Some(900_001), "a row under hold was changed");
}

#[test]
fn an_erasure_leaves_the_pointers_of_rows_under_hold() {
    let mut office = Office::courier();
    let db = open(&office);
    db.execute_batch(PUSHED).unwrap();
    db.execute("UPDATE push_log SET user_id = 101 WHERE id = 900001", []).unwrap();
    drop(db);
    office.file("order.txt", "audit");
    office.file("who.txt", "account=100\n");
    office.run("hold add --table push_log --order order.txt").done();
    office.run("case open delete --channel app --id-file who.txt --quiet").done();
    office.run("case identify DSR-20261123-0001 --level L2 --by otp+waybill --quiet").done();
    office.run("erase DSR-20261123-0001 --confirm DSR-20261123-0001 --quiet").carried_out();
    assert_eq!(device_of_message(&office), Some(900_001), "somebody else's row under hold was changed");
    assert_eq!(ids(&open(&office), "SELECT id FROM devices WHERE id = 900001 AND imei IS NULL").len(), 1);
    assert_eq!(ids(&open(&office), "SELECT id FROM crash_reports WHERE id = 900001").len(), 0);
}

/// Account 101 is under hold, was invited by the child 42, gets a parcel from them and wrote down their number.
const BETWEEN: &str = "
    UPDATE users SET invited_by = 42 WHERE id = 101;
    INSERT INTO waybills (id, waybill_no, carrier_code, sender_user_id, sender_name, recipient_user_id, recipient_name, status, source_channel, created_at, signed_at)
        SELECT 900001, 'ZK900000000001', min(code), 42, '小明', 101, '王某', 'signed', 'own', '2020-01-01 10:00:00', '2020-01-02 10:00:00' FROM carriers;
    INSERT INTO cs_tickets (id, user_id, subject, opened_at, closed_at) VALUES (900001, 101, 'x', '2026-11-01 10:00:00', '2026-11-02 10:00:00');
    INSERT INTO cs_messages (id, ticket_id, body, sent_at)
        SELECT 900001, 900001, '孩子的电话是 ' || phone, '2026-11-01 10:00:00' FROM users WHERE id = 42;";

/// What account 101 has in common with 42.
fn between(office: &Office) -> Vec<String> {
    let asked = [
        "SELECT coalesce(invited_by, '') || '' FROM users WHERE id = 101",
        "SELECT coalesce(sender_user_id, '') || ' ' || coalesce(sender_name, '') FROM waybills WHERE id = 900001",
        "SELECT body FROM cs_messages WHERE id = 900001",
    ];
    asked.map(|sql| open(office).query_row(sql, [], |row| row.get(0)).unwrap()).into()
}

fn still_there(office: &Office) -> bool {
    open(office).query_row("SELECT phone IS NOT NULL FROM users WHERE id = 42", [], |row| row.get(0)).unwrap_or(false)
}

/// An office in which account 101 is under hold.
fn held_beside(office: &mut Office, sort: &str) -> Vec<String> {
    open(office).execute_batch(BETWEEN).unwrap();
    office.file("order.txt", "court");
    office.file("held.txt", "account=101\n");
    office.file("who.txt", "account=42\n");
    office.run(&format!("hold add --id-file held.txt --order order.txt {sort}")).done();
    between(office)
}

#[test]
fn rows_of_another_person_under_hold_lose_nothing_to_an_erasure_until_it_is_released() {
    for sort in ["", "--confidential"] {
        let mut office = Office::courier();
        let before = held_beside(&mut office, sort);
        office.run("case open delete --channel app --id-file who.txt --quiet").done();
        office.run("case identify DSR-20261123-0001 --level L2 --by otp+waybill --quiet").done();
        office.run("erase DSR-20261123-0001 --confirm DSR-20261123-0001 --quiet").carried_out();
        assert!(!still_there(&office));
        assert_eq!(between(&office), before, "a row under hold was changed {sort}");
        office.run("purge scheduled --confirm --quiet").carried_out();
        assert_eq!(between(&office), before, "a row under hold was changed {sort}");
        office.run("hold release HOLD-20261123-0001 --yes").done();
        office.run("purge scheduled --confirm --quiet").carried_out();
        let after = between(&office);
        assert_eq!(after[1], " ", "the parcel's sender");
        assert!(after[2] != before[2] && after[2].starts_with("孩子的电话是"), "the number in the message");
        office.run("audit verify --quiet").done();
    }
}

#[test]
fn rows_of_another_person_under_hold_lose_nothing_to_a_purge_of_children() {
    let mut office = Office::courier();
    let before = held_beside(&mut office, "");
    office.run("purge minors --confirm --beyond-breaker test --quiet").carried_out();
    assert!(!still_there(&office));
    assert_eq!(between(&office), before, "a row under hold was changed");
}

#[test]
fn rows_of_another_person_under_hold_lose_nothing_to_what_is_carried_out_later() {
    let mut office = Office::courier();
    let before = held_beside(&mut office, "");
    office.run("hold add --id-file who.txt --order order.txt").done();
    office.run("case open delete --channel app --id-file who.txt --quiet").done();
    office.run("case identify DSR-20261123-0001 --level L2 --by otp+waybill --quiet").done();
    office.run("erase DSR-20261123-0001 --confirm DSR-20261123-0001 --quiet").carried_out();
    assert!(still_there(&office));
    office.run("hold release HOLD-20261123-0002 --yes").done();
    office.run("purge scheduled --confirm --quiet").carried_out();
    assert!(!still_there(&office));
    assert_eq!(between(&office), before, "a row under hold was changed");
}

/// Since the hold was added account 101 has another number, to which account 42 sends a parcel; and so that nothing else
/// tells whom it is for, nothing else stands there.
#[test]
fn a_hold_follows_the_account_to_a_number_that_it_has_since() {
    for (command, sort) in [("erase", ""), ("anonymize", "--confidential"), ("minors", "")] {
        let mut office = Office::courier();
        held_beside(&mut office, sort);
        office.wait_days(2);
        open(&office)
            .execute_batch(
                "UPDATE users SET phone = '19900009999', phone_bound_at = '2026-11-24 09:00:00' WHERE id = 101;
                 INSERT INTO waybills (id, waybill_no, carrier_code, sender_user_id, sender_name, recipient_name, recipient_phone, status, source_channel, created_at, signed_at)
                    SELECT 900002, 'ZK900000000002', min(code), 42, '小明', '王某', '199 0000 9999', 'signed', 'own', '2026-11-24 10:00:00', '2026-11-24 18:00:00' FROM carriers;",
            )
            .unwrap();
        let parcel = |office: &Office| -> (Option<i64>, Option<String>) {
            let sql = "SELECT sender_user_id, sender_name FROM waybills WHERE id = 900002";
            open(office).query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
        };
        let before = parcel(&office);
        if command == "minors" {
            office.run("purge minors --confirm --beyond-breaker test --quiet").carried_out();
        } else {
            office.run("case open delete --channel app --id-file who.txt --quiet").done();
            office.run("case identify DSR-20261125-0001 --level L2 --by otp+waybill --quiet").done();
            office.run(&format!("{command} DSR-20261125-0001 --confirm DSR-20261125-0001 --quiet")).carried_out();
        }
        assert!(!still_there(&office), "{command}");
        assert_eq!(parcel(&office), before, "{command} {sort}: a row with somebody under hold was changed");
    }
}

/// A hold stops more and never less: what a contract in performance holds back stays held back under it.
#[test]
fn who_waits_for_a_parcel_that_is_under_hold_is_not_erased() {
    for (what, sort) in [("--id-file held.txt", ""), ("--id-file held.txt", "--confidential"), ("--table waybills", "")]
    {
        for command in ["erase", "anonymize"] {
            let mut office = Office::courier();
            office.file("order.txt", "court");
            office.file("held.txt", "account=101\n");
            office.file("who.txt", "account=100\n");
            open(&office)
                .execute_batch(
                    "INSERT INTO waybills (id, waybill_no, carrier_code, sender_user_id, recipient_user_id, status, source_channel, created_at)
                     SELECT 900001, 'ZK900000000001', min(code), 100, 101, 'in_transit', 'own', '2026-11-20 10:00:00' FROM carriers",
                )
                .unwrap();
            office.run(&format!("hold add {what} --order order.txt {sort}")).done();
            office.run("case open delete --channel app --id-file who.txt --quiet").done();
            office.run("case identify DSR-20261123-0001 --level L2 --by otp+waybill --quiet").done();
            office.run(&format!("{command} DSR-20261123-0001 --confirm DSR-20261123-0001 --quiet")).carried_out();
            let phone: Option<String> =
                open(&office).query_row("SELECT phone FROM users WHERE id = 100", [], |row| row.get(0)).unwrap();
            assert!(phone.is_some(), "{command} {what} {sort}: whoever waits for a parcel was erased");
        }
    }
}
