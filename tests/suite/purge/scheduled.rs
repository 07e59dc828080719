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

#[test]
fn what_waited_is_carried_out_after_keys_were_replaced() {
    let mut office = performed();
    for _ in 0..2 {
        office.run("tidy --rotate --confirm --quiet").done();
    }
    office.run("purge scheduled --confirm --quiet").done();
    assert!(state(&office).iter().all(|(one, other)| one.is_none() && other.is_none()), "{:?}", state(&office));
    office.run("audit verify --quiet").done();
}

/// Account 100 asked to be erased while a hold lay on everything of theirs, and it was released.
fn released() -> Office {
    let mut office = Office::courier();
    office.file("who.txt", "account=100\n");
    office.file("order.txt", "court");
    office.run("case open delete --channel app --id-file who.txt --quiet").done();
    office.run("case identify DSR-20261123-0001 --level L2 --by otp+waybill --quiet").done();
    office.run("hold add --case DSR-20261123-0001 --order order.txt --quiet").done();
    office.run("erase DSR-20261123-0001 --confirm DSR-20261123-0001 --quiet").done();
    office.run("hold release HOLD-20261123-0001 --yes --quiet").done();
    office
}

#[test]
fn a_case_of_which_a_hold_stopped_everything_is_proven_and_answered_once_it_is_released() {
    let made = released();
    let mut died = 0;
    for n in (1..).step_by(4) {
        let mut office = made.copied();
        let goes_on = office.dies_at("purge scheduled --confirm --quiet", n);
        office.run("purge scheduled --confirm --quiet").carried_out();
        let phone = "SELECT phone FROM users WHERE id = 100";
        assert_eq!(open(&office).query_row(phone, [], |row| row.get::<_, Option<String>>(0)).unwrap(), None, "{n}");
        let shown = office.run("case show DSR-20261123-0001 --json").done().json();
        assert_eq!(
            (&shown["data"]["status"], &shown["data"]["proof"]),
            (&"postcheck".into(), &"pending".into()),
            "{n}: {shown}"
        );
        office.run("prove DSR-20261123-0001 --quiet").done();
        office.run("case answer DSR-20261123-0001 --letter answer --decision PARTIAL --quiet").done();
        let clocks = office.run("case show DSR-20261123-0001 --json").done().json();
        assert_eq!(clocks["data"]["status"], "replied");
        office.run("audit verify --quiet").done();
        if !goes_on {
            break;
        }
        died += 1;
    }
    assert!(died > 3, "it died only {died} times");
}

/// Also when it was answered while everything waited: what the law let wait ends no clock late, and what went is proven.
#[test]
fn a_case_that_was_answered_meanwhile_is_proven_once_its_time_has_come() {
    for close in [false, true] {
        let mut office = Office::courier();
        let case = "DSR-20261123-0001";
        office.file("who.txt", "account=100\n");
        office.file("order.txt", "court");
        office.run("case open delete --channel app --id-file who.txt --quiet").done();
        office.run(&format!("case identify {case} --level L2 --by otp+waybill --quiet")).done();
        office.run(&format!("hold add --case {case} --order order.txt --quiet")).done();
        office.run(&format!("erase {case} --confirm {case} --quiet")).done();
        office
            .run(&format!("case answer {case} --decision PARTIAL --law PIPL47 --remedies --reply order.txt --quiet"))
            .done();
        if close {
            office.run(&format!("case close {case} --yes --quiet")).done();
        }
        let clock = |office: &mut Office| {
            let shown = office.run(&format!("case show {case} --json")).done().json();
            let clocks = shown["data"]["clocks"].as_array().unwrap();
            clocks.iter().find(|clock| clock["rule"] == "K15W").unwrap()["state"].clone()
        };
        assert_eq!(clock(&mut office), "stopped_on_time", "nothing could go");
        office.run("hold release HOLD-20261123-0001 --yes --quiet").done();
        office.run("purge scheduled --confirm --quiet").carried_out();
        let shown = office.run(&format!("case show {case} --json")).done().json();
        assert_eq!(
            (&shown["data"]["status"], &shown["data"]["proof"]),
            (&if close { "closed" } else { "replied" }.into(), &"pending".into()),
            "{shown}"
        );
        assert!(office.run("case list").done().stdout().contains(case), "it is not over");
        office.run(&format!("prove {case} --quiet")).done();
        assert_eq!(clock(&mut office), "stopped_on_time");
        assert!(!office.run("case list").done().stdout().contains(case));
        office.run("audit verify --quiet").done();
    }
}
