//! What waited is carried out once, however often the process dies in it.

use super::open;
use crate::office::Office;

/// Everything of two people that has waited: an unpaid order (10), a parcel on its way (9).
fn state(office: &Office) -> [(Option<String>, Option<String>); 2] {
    let cell = |sql: &str| -> Option<String> { open(office).query_row(sql, [], |row| row.get(0)).unwrap() };
    [
        (cell("SELECT phone FROM users WHERE id = 10"), cell("SELECT birth_date FROM users WHERE id = 10")),
        (
            cell("SELECT phone FROM users WHERE id = 9"),
            cell("SELECT sender_phone FROM waybills WHERE order_id = (SELECT max(id) FROM orders WHERE user_id = 9)"),
        ),
    ]
}

/// Two people asked to be erased while contracts ran, and now these are performed.
fn performed() -> Office {
    let mut office = Office::courier();
    for (number, account) in [(1, 10), (2, 9)] {
        let case = format!("DSR-20261123-000{number}");
        office.file("who.txt", &format!("account={account}\n"));
        office.run("case open delete --channel app --id-file who.txt --quiet").done();
        office.run(&format!("case identify {case} --level L2 --by otp+waybill --quiet")).done();
        office.run(&format!("erase {case} --confirm {case} --quiet")).done();
    }
    open(&office)
        .execute_batch(
            "UPDATE orders SET status = 'cancelled', cancelled_at = '2026-11-23 12:00:00' WHERE user_id = 10;
             UPDATE orders SET status = 'completed', completed_at = '2026-11-23 12:00:00' WHERE user_id = 9 AND completed_at IS NULL;
             UPDATE waybills SET status = 'signed', signed_at = '2026-11-23 12:00:00' WHERE sender_user_id = 9 AND signed_at IS NULL;",
        )
        .unwrap();
    office
}

#[test]
fn however_it_is_killed_nobody_is_half_done_and_the_next_run_finishes() {
    let made = performed();
    let before = state(&made);
    assert!(before.iter().all(|(one, other)| one.is_some() && other.is_some()), "{before:?}");
    let mut died = 0;
    for n in (1..).step_by(3) {
        let mut office = made.copied();
        if !office.dies_at("purge scheduled --confirm --quiet", n) {
            break;
        }
        died += 1;
        for (now, before) in state(&office).iter().zip(&before) {
            let done = now.0.is_none();
            // of a kept parcel the sender's number goes as well
            assert!(if done { now.1.is_none() } else { now == before }, "half done when it dies at {n}: {now:?}");
        }
        office.run("purge scheduled --confirm --quiet").done();
        assert!(
            state(&office).iter().all(|(one, other)| one.is_none() && other.is_none()),
            "{n}: {:?}",
            state(&office)
        );
        let again = office.run("purge scheduled --confirm --json").done().json();
        assert_eq!(again["data"]["state"], "nothing_due", "{n}");
        office.run("audit verify --quiet").done();
        let log = office.run("audit show --format jsonl").done();
        assert_eq!(log.stdout().matches("run_started").count(), log.stdout().matches("run_ended").count(), "{n}");
    }
    assert!(died > 5, "it died only {died} times");
}
