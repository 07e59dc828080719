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
