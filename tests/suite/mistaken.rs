//! A number mistyped: a case that asks for something else is not where an erasure or a correction happens.

use crate::{desk::dump, office::Office};

fn verified(office: &mut Office, number: u16, request: &str) -> String {
    let case = format!("DSR-20261123-{number:04}");
    office.file("id.txt", "account=100\n");
    office.run(&format!("case open {request} --channel app --id-file id.txt --quiet")).done();
    office.run(&format!("case identify {case} --level L3 --by otp+waybill --quiet")).done();
    case
}

#[test]
fn nothing_is_erased_for_a_case_that_asks_for_something_else() {
    let mut office = Office::courier();
    let before = dump(&office.path("zkjia.db"));
    for (number, request) in
        (1..).zip(["access", "copy", "transfer", "correct", "restrict", "opt_out", "withdraw_consent", "explain"])
    {
        let case = verified(&mut office, number, request);
        office.run(&format!("erase {case} --plan plan.jsonl")).refused("not_asked_for");
        office.run(&format!("erase {case} --confirm {case}")).refused("not_asked_for");
        assert!(!office.path("plan.jsonl").exists(), "{request}");
    }
    assert_eq!(dump(&office.path("zkjia.db")), before);
    for (number, request) in (9..).zip(["cancel_account", "delete"]) {
        let case = verified(&mut office, number, request);
        office.run(&format!("erase {case} --plan {request}.jsonl")).done();
    }
}

#[test]
fn nothing_is_corrected_for_a_case_that_asks_for_something_else() {
    let mut office = Office::courier();
    let before = dump(&office.path("zkjia.db"));
    for (number, request) in (1..).zip(["access", "delete"]) {
        let case = verified(&mut office, number, request);
        office.file("values.txt", "user_profiles.nickname=somebody\n");
        let line = format!("correct {case} --values values.txt --evidence statement --confirm {case}");
        office.run(&line).refused("not_asked_for");
    }
    assert_eq!(dump(&office.path("zkjia.db")), before);
}

#[test]
fn no_consent_is_withdrawn_and_no_message_stopped_for_a_case_that_asks_for_something_else() {
    let mut office = Office::courier();
    let before = dump(&office.path("zkjia.db"));
    for (number, request) in (1..).zip(["access", "delete", "correct", "restrict", "opt_out"]) {
        let case = verified(&mut office, number, request);
        office.run(&format!("revoke {case} --scope geo --confirm {case}")).refused("not_asked_for");
        if request != "opt_out" {
            office.run(&format!("unsubscribe {case} --confirm {case}")).refused("not_asked_for");
        }
    }
    assert_eq!(dump(&office.path("zkjia.db")), before);
}

#[test]
fn a_guardians_case_is_judged_by_what_is_asked_for_the_child() {
    let mut office = Office::courier();
    office.file("id.txt", "account=100\n");
    office.run("case open guardian --asking access --requester guardian --channel app --id-file id.txt --quiet").done();
    office.run("case identify DSR-20261123-0001 --level L3 --by otp+waybill --quiet").done();
    office.run("erase DSR-20261123-0001 --plan plan.jsonl").refused("not_asked_for");
}
