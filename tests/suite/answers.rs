//! Every answer beside everything that can have been done for a request: what is so is told, and nothing else.

use crate::{
    deeds::{asks, club},
    office::Office,
};

const CASE: &str = "DSR-20261123-0001";
const OTHER: &str = "DSR-20261123-0002";

/// The same person asks for something else besides.
fn asks_too(office: &mut Office, request: &str) {
    office.run(&format!("case open {request} --id-file who.txt --quiet")).done();
    office.run(&format!("case identify {OTHER} --level L3 --by otp+waybill --age adult --quiet")).done();
}

/// An office in which changes can be undone, and somebody who withdraws the same consent in two cases.
fn withdrawn_twice() -> Office {
    let mut office = club();
    let settings = office.read("droit.toml") + "\nundo = \"72 hours\"\n";
    office.file("droit.toml", &settings);
    asks(&mut office, "withdraw_consent --scope ads");
    asks_too(&mut office, "withdraw_consent --scope ads");
    office.run(&format!("revoke {CASE} --confirm {CASE} --quiet")).carried_out();
    office
}

/// What the five answers meet with; refused is said once the refusal is on record.
struct Met {
    fulfilled: &'static str,
    partial: &'static str,
    denied: &'static str,
    no_data: &'static str,
    unverified: &'static str,
}

const UNDONE: Met = Met {
    fulfilled: "nothing_done",
    partial: "nothing_done",
    denied: "",
    no_data: "data_was_found",
    unverified: "is_verified",
};
const MEANWHILE: Met = Met { denied: "something_done", ..UNDONE };
const DONE: Met = Met { fulfilled: "", partial: "", ..MEANWHILE };
/// A copy that lies in the office was not handed over.
const MADE: Met = Met { denied: "", ..DONE };

fn require(office: &Office, met: &Met, told: &str) {
    let answers = [
        ("FULFILLED", met.fulfilled),
        ("PARTIAL", met.partial),
        ("DENIED", met.denied),
        ("NO_DATA", met.no_data),
        ("UNVERIFIED", met.unverified),
    ];
    for (decision, code) in answers {
        for how in ["--reply letter.txt", "--letter answer --law PIPL47", "--letter answer --law PIPL47 --draft"] {
            let mut office = office.copied();
            let answer = format!("case answer {CASE} --decision {decision} --remedies {how} --quiet");
            let mut last = answer.clone();
            if decision == "DENIED" {
                last = format!("case refuse {CASE} --code ABU --law PIPL47 --remedies letter.txt --quiet");
                let unrefused = if code.is_empty() { "not_refused" } else { code };
                office.run(&answer).refused(unrefused);
            }
            let outcome = office.run(&last);
            let outcome = if code.is_empty() { outcome.done() } else { outcome.refused(code) };
            if decision == "DENIED" && code.is_empty() {
                office.run(&answer).done();
            }
            assert!(!code.is_empty() || outcome.stderr().is_empty(), "{told}, {decision} {how}: {outcome}");
            assert!(code.is_empty() || !office.path("answers").exists(), "{told}, {decision} {how}: a letter is left");
            office.run("audit verify --quiet").done();
        }
    }
}

const RESTRICT: &str = "restrict CASE --confirm CASE";
const LIFT: &str = "restrict CASE --lift --confirm CASE";
const EXPORT: &str = "export CASE --no-zip";

#[test]
fn every_answer_says_what_was_done() {
    let own = [
        ("restrict", RESTRICT, &DONE),
        ("correct", "correct CASE --values values.txt --evidence id_document --confirm CASE", &DONE),
        ("withdraw_consent --scope ads", "revoke CASE --scope ads --confirm CASE", &DONE),
        ("opt_out", "unsubscribe CASE --confirm CASE", &DONE),
        ("access", EXPORT, &MADE),
        ("transfer", "export CASE --portable --no-zip", &MADE),
        ("delete", "erase CASE --confirm CASE", &DONE),
    ];
    for (request, deed, done) in own {
        let mut rows: Vec<(&[&str], &Met)> = vec![(&[], &UNDONE)];
        let changes = !["access", "transfer"].contains(&request);
        if changes && request != "restrict" {
            rows.extend([(&[RESTRICT][..], &MEANWHILE), (&[EXPORT], &UNDONE)]);
        }
        if changes {
            rows.push((&[RESTRICT, LIFT], &UNDONE));
        }
        let asked = {
            let mut office = club();
            asks(&mut office, request);
            office
        };
        let both = [RESTRICT, LIFT, deed];
        rows.push((std::slice::from_ref(&deed), done));
        if changes && request != "restrict" {
            rows.push((&both, done));
        }
        for (deeds, met) in rows {
            let mut office = asked.copied();
            for deed in deeds {
                office.run(&format!("{} --quiet", deed.replace("CASE", CASE))).carried_out();
            }
            require(&office, met, &format!("{request} after {deeds:?}"));
        }
    }
}

/// What is to be done next is what was asked for, not the answer.
#[test]
fn after_a_restriction_in_the_meantime_the_request_goes_on() {
    for (request, next) in [("delete", "droit erase"), ("opt_out", "droit unsubscribe"), ("correct", "droit correct")] {
        let mut office = club();
        asks(&mut office, request);
        for deed in [RESTRICT, LIFT] {
            office.run(&format!("{} --quiet", deed.replace("CASE", CASE))).carried_out();
            let said = office.run(&format!("case next {CASE} --quiet")).done();
            assert!(said.stdout().contains(next), "{request} after {deed}: {said}");
        }
    }
}

/// By hand is what droit did not see; what it did is on record.
#[test]
fn by_hand_nothing_is_denied_that_is_on_record() {
    let mut office = club();
    asks(&mut office, "delete");
    let by_hand = |decision: &str| {
        format!("case answer {CASE} --decision {decision} --by-hand --remedies --reply letter.txt --quiet")
    };
    office.run(&by_hand("UNVERIFIED")).refused("is_verified");
    office.run(&by_hand("DENIED")).refused("not_refused");
    // what droit can see is neither nothing nor done by hand
    office.run(&by_hand("NO_DATA")).refused("data_was_found");
    let said = office.run(&by_hand("FULFILLED")).refused("rows_stand");
    assert!(said.stderr().contains("users") && said.stderr().contains("droit erase"), "{said}");
    office.run(&by_hand("PARTIAL")).refused("rows_stand");
    office.run(&format!("erase {CASE} --confirm {CASE} --quiet")).carried_out();
    office.run(&by_hand("NO_DATA")).refused("data_was_found");
    office.run(&by_hand("DENIED")).refused("something_done");
    office.run(&by_hand("FULFILLED")).done();
}

/// Whose rows are there is known of whom the officer identified; of others they may know better.
#[test]
fn by_hand_nothing_is_held_of_whom_nobody_was_identified_as_or_who_has_gone() {
    let answer = format!("case answer {CASE} --decision NO_DATA --by-hand --reply letter.txt --quiet");
    let mut office = club();
    office.file("who.txt", "phone=13999999999\n");
    asks(&mut office, "access");
    office.shop().execute("UPDATE users SET phone = '13999999999' WHERE id = 2", []).unwrap();
    office.run(&answer.replace("--by-hand", "")).refused("data_was_found");
    office.run(&answer).done();

    let mut office = club();
    asks(&mut office, "access");
    office.run(&answer).refused("data_was_found");
    office.shop().execute_batch("DELETE FROM users WHERE id = 1; DELETE FROM consents").unwrap();
    office.run(&answer).done();
}

/// What the map says stands where is not done by hand while the database says otherwise.
#[test]
fn by_hand_nothing_has_stopped_that_stands_in_the_database() {
    let rows = [
        ("restrict", "UPDATE users SET status = 'frozen' WHERE id = 1"),
        ("withdraw_consent --scope ads", "UPDATE consents SET ended = '2026-11-23 01:00:00' WHERE scope = 'ads'"),
        ("withdraw_consent", "UPDATE consents SET ended = '2026-11-23 01:00:00'"),
        ("opt_out", "UPDATE users SET news = 0 WHERE id = 1"),
    ];
    let answer = format!("case answer {CASE} --decision FULFILLED --by-hand --reply letter.txt --quiet");
    for (request, done) in rows {
        let mut office = club();
        asks(&mut office, request);
        office.run(&answer).refused("stands_again");
        office.shop().execute(done, []).unwrap();
        office.run(&answer).done();
    }
}

/// What stays belongs in the answer, whoever removed the rest: a full yes would not be so, and a part is told only when it
/// is on record what stays.
#[test]
fn by_hand_nothing_that_stays_is_kept_from_the_person() {
    let by_hand = |decision: &str, how: &str| {
        format!("case answer {CASE} --decision {decision} --by-hand --remedies {how} --quiet")
    };
    for hold in ["", "--confidential"] {
        let mut office = club();
        office.file("order.txt", "court\n");
        asks(&mut office, "delete");
        office.run(&format!("hold add --case {CASE} --order order.txt {hold} --quiet")).done();
        for how in ["--reply letter.txt", "--letter answer"] {
            office.run(&by_hand("FULFILLED", how)).refused("rows_stay");
            let said = office.run(&by_hand("PARTIAL", how)).refused("stays_untold");
            assert!(said.stderr().contains("users") && said.stderr().contains("droit erase"), "{said}");
        }
        assert!(!office.path("answers").exists(), "no letter is left behind");
        office.run(&format!("erase {CASE} --confirm {CASE} --quiet")).carried_out();
        office.run(&by_hand("FULFILLED", "--reply letter.txt")).refused("rows_stay");
        office.run(&by_hand("PARTIAL", "--letter answer --letter-lang en --plain")).done();
        let told = office.read(&format!("answers/{CASE}-answer-1.txt"));
        assert!(told.contains("What we keep") && told.contains("3 records"), "{told}");
    }
}

/// What a backup brought back is not told as removed, by hand or otherwise.
#[test]
fn by_hand_nothing_is_removed_that_a_backup_brought_back() {
    let mut office = club();
    let file = office.shop().path().unwrap().to_owned();
    let backup = std::fs::read(&file).unwrap();
    asks(&mut office, "delete");
    office.run(&format!("erase {CASE} --confirm {CASE} --quiet")).carried_out();
    std::fs::write(&file, backup).unwrap();
    for decision in ["FULFILLED", "PARTIAL"] {
        let answer = format!("case answer {CASE} --decision {decision} --by-hand --letter answer --draft --quiet");
        office.run(&answer).refused("database_behind");
    }
}

/// Whoever is told that they get a copy gets one: an export that was killed on the way to its name is named first.
#[test]
fn nobody_is_told_of_a_copy_that_has_no_name_yet() {
    let mut office = club();
    asks(&mut office, "copy");
    office.run(&format!("export {CASE} --no-zip --quiet")).done();
    let [named, hidden] = [CASE.to_owned(), format!(".{CASE}.partial")].map(|name| office.path("packages").join(name));
    std::fs::rename(&named, &hidden).unwrap();
    office.copied().run("recover --quiet").done();
    office.run(&format!("case answer {CASE} --decision FULFILLED --letter answer --quiet")).done();
    assert!(named.join("index.html").exists() && !hidden.exists());
}

/// Whoever is asked once more who they are may fail.
#[test]
fn who_is_doubted_again_may_be_unverified() {
    let mut office = club();
    asks(&mut office, "access");
    office.run(&format!("case answer {CASE} --letter interim --quiet")).refused("is_verified");
    office.run(&format!("case answer {CASE} --letter identity --quiet")).done();
    office.run(&format!("case answer {CASE} --letter interim --quiet")).done();
}

#[test]
fn for_a_foreign_authority_not_even_a_draft_is_written() {
    let mut office = club();
    office.run("case open access --requester foreign_authority --id-file who.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level L3 --by otp+waybill --age adult --quiet")).done();
    for more in ["", " --by-hand"] {
        let answer = format!("case answer {CASE} --decision FULFILLED --letter answer --draft{more}");
        office.run(&answer).refused("foreign_authority");
    }
    assert!(!office.path("answers").exists());
}

/// The application, or a sync, puts back what was told to have stopped.
#[test]
fn nobody_is_told_of_what_stands_in_the_rows_all_the_same() {
    let rows = [
        ("withdraw_consent --scope ads", "revoke CASE --scope ads --confirm CASE", "UPDATE consents SET ended = NULL"),
        ("opt_out", "unsubscribe CASE --confirm CASE", "UPDATE users SET news = 1"),
        ("restrict", RESTRICT, "UPDATE users SET status = 'active'"),
    ];
    for (request, deed, back) in rows {
        let mut office = club();
        asks(&mut office, request);
        let deed = deed.replace("CASE", CASE) + " --quiet";
        office.run(&deed).carried_out();
        office.shop().execute(back, []).unwrap();
        for how in ["--decision FULFILLED --reply letter.txt", "--decision PARTIAL --letter answer"] {
            office.run(&format!("case answer {CASE} {how} --remedies --quiet")).refused("stands_again");
        }
        office.run(&deed).carried_out();
        office.run(&format!("case answer {CASE} --decision FULFILLED --reply letter.txt --quiet")).done();
    }
}

/// What they agree to after they withdrew is not what they withdrew, and another person's is not theirs.
#[test]
fn who_agrees_again_was_told_the_truth() {
    let mut office = club();
    asks(&mut office, "withdraw_consent --scope ads");
    office.run(&format!("revoke {CASE} --confirm {CASE} --quiet")).carried_out();
    let since = "INSERT INTO consents VALUES (3, 1, 'ads', '2026-11-24 12:00:00', NULL), (4, 2, 'ads', '2020-01-01 00:00:00', NULL)";
    office.shop().execute(since, []).unwrap();
    office.wait_days(2);
    office.run(&format!("case answer {CASE} --decision FULFILLED --reply letter.txt --quiet")).done();
}

/// Two cases withdraw the same: the second goes by what the first did.
#[test]
fn what_another_case_withdraws_as_well_is_not_undone() {
    let mut office = withdrawn_twice();
    let alone = office.copied();
    office.run(&format!("revoke {OTHER} --confirm {OTHER} --quiet")).looks();
    let said = office.run(&format!("undo {CASE} --confirm {CASE}")).refused("still_withdrawn");
    assert!(said.stderr().contains(&format!("droit case withdraw {OTHER}")), "{said}");
    let answer = format!("case answer {OTHER} --decision FULFILLED --reply letter.txt --quiet");
    office.run(&answer).refused("undo_pending");
    for (mut office, back) in [(alone, false), (office.copied(), true)] {
        if back {
            office.run(&format!("case withdraw {OTHER} --quiet")).done();
        }
        office.run(&format!("undo {CASE} --confirm {CASE} --quiet")).carried_out();
        let stands: u32 = office
            .shop()
            .query_row("SELECT count(*) FROM consents WHERE scope = 'ads' AND ended IS NULL", [], |row| row.get(0))
            .unwrap();
        assert_eq!(stands, 1);
    }
    office.wait_days(4);
    office.run(&answer).done();
    office.run("audit verify --quiet").done();
}

/// Nor by a plan that was written before.
#[test]
fn a_plan_to_undo_is_refused_once_another_case_goes_by_the_change() {
    let mut office = withdrawn_twice();
    office.run(&format!("undo {CASE} --plan plan.jsonl --quiet")).done();
    office.run(&format!("revoke {OTHER} --confirm {OTHER} --quiet")).looks();
    office.run(&format!("apply plan.jsonl --confirm {CASE}")).refused("still_withdrawn");
}

/// PIPL 47, 50: what a law keeps is refused, and whoever is refused a part is told why and what they can do.
#[test]
fn whose_rows_stay_is_not_told_that_all_is_gone() {
    let mut office = Office::courier();
    office.file("letter.txt", "done\n");
    office.file("who.txt", "account=100\n");
    asks(&mut office, "delete");
    office.run(&format!("erase {CASE} --confirm {CASE} --quiet")).carried_out();
    for how in ["--reply letter.txt", "--letter answer", "--letter answer --draft"] {
        let said = office.run(&format!("case answer {CASE} --decision FULFILLED {how}")).refused("rows_stay");
        assert!(said.stderr().contains("PARTIAL"), "{said}");
    }
    assert!(!office.path("answers").exists(), "no letter is left behind");
    office.run(&format!("case answer {CASE} --decision PARTIAL --reply letter.txt")).refused("remedies_missing");
    office.copied().run(&format!("case answer {CASE} --decision PARTIAL --letter answer")).done();
    office.run(&format!("case answer {CASE} --decision PARTIAL --remedies --reply letter.txt")).done();
}

/// What a confidential hold keeps stays like anything else: a full yes to the deletion would not be so.
#[test]
fn what_a_hold_of_either_sort_keeps_makes_no_full_yes() {
    for hold in ["", "--confidential"] {
        let mut office = club();
        office.file("order.txt", "court\n");
        asks(&mut office, "delete");
        office.run(&format!("hold add --table consents --order order.txt {hold} --quiet")).done();
        office.run(&format!("erase {CASE} --confirm {CASE} --quiet")).carried_out();
        let held: u32 = office.shop().query_row("SELECT count(*) FROM consents", [], |row| row.get(0)).unwrap();
        assert_eq!(held, 2);
        office.run(&format!("case answer {CASE} --decision FULFILLED --reply letter.txt --quiet")).refused("rows_stay");
        office.run(&format!("case answer {CASE} --decision PARTIAL --remedies --reply letter.txt --quiet")).done();
    }
}

/// Rows that no flag governs are seen to by a person.
#[test]
fn a_full_yes_to_a_restriction_covers_what_no_flag_governs() {
    let mut office = Office::courier();
    office.file("letter.txt", "done\n");
    office.file("who.txt", "staff=1\naccount=100\n");
    asks(&mut office, "restrict");
    office.run(&format!("restrict {CASE} --confirm {CASE} --quiet")).looks();
    let answer = |decision: &str| format!("case answer {CASE} --decision {decision} --reply letter.txt --quiet");
    office.run(&answer("FULFILLED")).refused("not_enforced");
    office.copied().run(&answer("PARTIAL --remedies")).done();
    office.run(&answer("FULFILLED --by-hand")).done();
}

/// Whoever was erased meanwhile has no flag left that could be put back.
#[test]
fn the_restriction_of_whoever_was_erased_since_ends_on_record() {
    let mut office = club();
    asks(&mut office, "restrict");
    asks_too(&mut office, "delete");
    office.run(&format!("restrict {CASE} --confirm {CASE} --quiet")).done();
    office.run(&format!("erase {OTHER} --confirm {OTHER} --quiet")).carried_out();
    let mut answered = office.copied();
    answered.run(&format!("case answer {CASE} --decision FULFILLED --reply letter.txt --quiet")).done();
    office.run(&format!("case withdraw {CASE}")).refused("restricts");
    let mut taken = office.copied();
    let stranger = "INSERT INTO users VALUES (1, 'Cy', '13800138003', 'frozen', 1)";
    taken.shop().execute(stranger, []).unwrap();
    taken.run(&format!("restrict {CASE} --lift --confirm {CASE}")).refused("identity_changed");
    office.run(&format!("restrict {CASE} --lift --confirm {CASE} --quiet")).looks();
    office.run(&format!("case withdraw {CASE} --quiet")).done();
    office.run("audit verify --quiet").done();
}

/// Of what was not asked for nobody is told why it stays, and it makes no part of a full yes.
#[test]
fn what_stays_beside_the_part_that_is_asked_for_is_no_part_of_the_answer() {
    let mut office = club();
    office.file("order.txt", "court\n");
    asks(&mut office, "delete --scope name");
    office.run("hold add --table consents --order order.txt --quiet").done();
    let erased = office.run(&format!("erase {CASE} --column users.name --confirm {CASE} --json")).carried_out().json();
    assert_eq!(erased["data"]["reasons"], serde_json::json!([]), "{erased}");
    office
        .run(&format!("case answer {CASE} --decision FULFILLED --part --letter answer --plain --letter-lang en"))
        .done();
    let letter = office.read(&format!("answers/{CASE}-answer-1.txt"));
    assert!(!letter.to_lowercase().contains("legal hold"), "{letter}");

    let mut asked = club();
    asked.file("order.txt", "court\n");
    asks(&mut asked, "delete --scope consents");
    asked.run("hold add --table consents --order order.txt --quiet").done();
    let erased =
        asked.run(&format!("erase {CASE} --column consents.given --column users.name --confirm {CASE} --json"));
    assert_eq!(erased.json()["data"]["reasons"][0]["table"], "consents");
    let answer = format!("case answer {CASE} --decision FULFILLED --part --reply letter.txt");
    asked.run(&answer).refused("rows_stay");
}

/// The proof and what waits are of whom something was removed, whoever was identified since.
#[test]
fn who_is_identified_anew_is_proven_gone_as_they_were() {
    let mut office = club();
    asks(&mut office, "delete");
    office.run(&format!("erase {CASE} --confirm {CASE} --quiet")).carried_out();
    office.run(&format!("case answer {CASE} --decision FULFILLED --reply letter.txt --quiet")).done();
    office.run(&format!("case reopen {CASE} --quiet")).done();
    office.run(&format!("case identify {CASE} --level L3 --by papers --quiet")).done();
    let next = office.run(&format!("case next {CASE}")).done();
    assert!(next.stdout().contains("droit prove"), "{next}");
    office.shop().execute("INSERT INTO consents VALUES (9, 1, 'geo', '2020-01-01 00:00:00', NULL)", []).unwrap();
    let said = office.run(&format!("prove {CASE}")).looks();
    assert!(said.stdout().contains("[rows_found]"), "{said}");
    office.shop().execute("DELETE FROM consents", []).unwrap();
    office.run(&format!("prove {CASE} --quiet")).done();
    let next = office.run(&format!("case next {CASE}")).done();
    assert!(next.stdout().contains("droit case answer"), "{next}");
    office.run(&format!("case answer {CASE} --decision FULFILLED --reply letter.txt --quiet")).done();
}

/// Nobody is told that rows are gone which the application has put back, before the proof or after it.
#[test]
fn whose_rows_are_there_again_is_not_told_that_they_are_gone() {
    for proven in [false, true] {
        let mut office = club();
        asks(&mut office, "delete");
        office.run(&format!("erase {CASE} --confirm {CASE} --quiet")).carried_out();
        if proven {
            office.run(&format!("prove {CASE} --quiet")).done();
        }
        let mut still = office.copied();
        let back = "INSERT INTO users VALUES (1, 'Ann', '13800138001', 'active', 1);
            INSERT INTO consents VALUES (9, 1, 'geo', '2020-01-01 00:00:00', NULL);";
        office.shop().execute_batch(back).unwrap();
        for how in ["FULFILLED --reply letter.txt", "PARTIAL --letter answer"] {
            let answer = format!("case answer {CASE} --decision {how} --remedies --quiet");
            office.run(&answer).refused("stands_again");
            still.copied().run(&answer).done();
        }
        office.run(&format!("erase {CASE} --confirm {CASE} --quiet")).carried_out();
        office.run(&format!("case answer {CASE} --decision FULFILLED --reply letter.txt --quiet")).done();
        still.run("audit verify --quiet").done();
    }
}

/// A lift of nothing restricts nobody and lifts nothing, planned or not.
#[test]
fn a_plan_to_lift_nothing_is_none() {
    let mut office = club();
    asks(&mut office, "restrict");
    let said = office.run(&format!("restrict {CASE} --lift --plan plan.jsonl")).looks();
    assert!(said.stdout().contains("no flag is to be changed"), "{said}");
    assert!(!office.path("plan.jsonl").exists());
    office.run(&format!("case answer {CASE} --decision FULFILLED --reply letter.txt")).refused("nothing_done");
    office.run(&format!("restrict {CASE} --confirm {CASE} --quiet")).done();
    let events = |office: &mut Office| office.run(&format!("audit show {CASE}")).done().stdout().lines().count();
    let before = events(&mut office);
    office.run(&format!("restrict {CASE} --plan plan.jsonl --quiet")).looks();
    assert_eq!(events(&mut office), before, "a plan of nothing is not on record");
    assert!(office.run(&format!("case next {CASE}")).done().stdout().contains("case answer"));
}

/// Another case let them go: this one restricts nobody any more, and says so.
#[test]
fn a_restriction_that_another_case_lifted_stands_in_no_ones_way() {
    let mut office = club();
    asks(&mut office, "delete");
    asks_too(&mut office, "restrict");
    office.run(&format!("restrict {CASE} --confirm {CASE} --quiet")).done();
    office.run(&format!("restrict {OTHER} --lift --confirm {OTHER} --quiet")).done();
    let refuse = format!("case refuse {CASE} --code ABU --law PIPL47 --remedies letter.txt --quiet");
    let said = office.run(&refuse).refused("something_done");
    assert!(said.stderr().contains("restrict CASE --lift"), "{said}");
    office.run(&format!("restrict {CASE} --lift --confirm {CASE} --quiet")).looks();
    office.run(&refuse).done();
}

/// Whoever was erased for another case is told so: nothing is held any more.
#[test]
fn nothing_is_held_of_whoever_was_erased_for_another_case() {
    let deeds: [(&str, &[&str]); 3] = [("restrict", &[EXPORT]), ("delete", &[RESTRICT, LIFT]), ("opt_out", &[EXPORT])];
    for (request, deeds) in deeds {
        let mut office = club();
        asks(&mut office, request);
        for deed in deeds {
            office.run(&format!("{} --quiet", deed.replace("CASE", CASE))).carried_out();
        }
        asks_too(&mut office, "delete");
        office.run(&format!("erase {OTHER} --confirm {OTHER} --quiet")).carried_out();
        office.run(&format!("case answer {CASE} --decision NO_DATA --reply letter.txt --quiet")).done();
    }
}

/// What was asked to stop is on record with the change that stops it, or not at all.
#[test]
fn a_refused_plan_leaves_no_word_on_record() {
    let plans = [
        ("withdraw_consent --scope ads", "revoke CASE --plan p.jsonl", "UPDATE consents SET given = '2020-01-02'"),
        ("restrict", "restrict CASE --plan p.jsonl", "UPDATE users SET status = 'dormant'"),
        ("opt_out", "unsubscribe CASE --plan p.jsonl", "UPDATE users SET news = 0"),
    ];
    for (request, plan, meanwhile) in plans {
        let mut office = club();
        asks(&mut office, request);
        office.run(&format!("{} --quiet", plan.replace("CASE", CASE))).done();
        office.shop().execute(meanwhile, []).unwrap();
        let events = |office: &mut Office| office.run(&format!("audit show {CASE}")).done().stdout().to_owned();
        let before = events(&mut office);
        let said = office.run(&format!("apply p.jsonl --confirm {CASE}"));
        assert_eq!(events(&mut office), before, "{request}: {said}");
    }
}

/// Whoever comes after an erasure, under the key of whoever went or anew, makes nothing untrue of what was told.
#[test]
fn who_comes_later_does_not_stand_for_whom_went() {
    let came = [
        "INSERT INTO users VALUES (1, 'Dora', '13800138007', 'active', 1);
         INSERT INTO consents VALUES (9, 1, 'geo', '2026-11-24 09:00:00', NULL);",
        "INSERT INTO users VALUES (9, 'Ann', '13800138001', 'active', 1);
         INSERT INTO consents VALUES (9, 9, 'geo', '2026-11-24 09:00:00', NULL);",
    ];
    for later in came {
        let mut office = club();
        asks(&mut office, "delete");
        office.run(&format!("erase {CASE} --confirm {CASE} --quiet")).carried_out();
        office.run(&format!("prove {CASE} --quiet")).done();
        office.wait_days(2);
        office.shop().execute_batch(later).unwrap();
        office.run(&format!("case answer {CASE} --decision FULFILLED --reply letter.txt --quiet")).done();
    }
    // whoever had a part removed goes on
    let mut office = club();
    asks(&mut office, "delete --scope geo");
    office.run(&format!("erase {CASE} --column users.name --confirm {CASE} --quiet")).carried_out();
    office.shop().execute("UPDATE users SET name = 'Anna' WHERE id = 1", []).unwrap();
    office.run(&format!("case answer {CASE} --decision PARTIAL --remedies --reply letter.txt --quiet")).done();
}

/// Where the database cannot be looked at the record alone tells what was done.
#[test]
fn what_is_proven_is_told_although_the_database_is_away() {
    let mut office = club();
    asks(&mut office, "delete");
    office.run(&format!("erase {CASE} --confirm {CASE} --quiet")).carried_out();
    office.run(&format!("prove {CASE} --quiet")).done();
    std::fs::rename(office.path("shop.db"), office.path("away.db")).unwrap();
    office.run(&format!("case answer {CASE} --decision FULFILLED --reply letter.txt --quiet")).done();
}

/// Nobody whose rows are there is identified away, by a number that is nobody's by now.
#[test]
fn whose_account_stands_is_not_identified_as_nobody() {
    let mut office = club();
    asks(&mut office, "access");
    office.shop().execute("UPDATE users SET phone = '13800138009' WHERE id = 1", []).unwrap();
    office.file("old.txt", "phone=13800138001\n");
    let identify = format!("case identify {CASE} --level L3 --by papers --quiet --id-file");
    office.run(&format!("{identify} old.txt")).refused("another_person");
    office.run(&format!("case answer {CASE} --decision NO_DATA --reply letter.txt --quiet")).refused("data_was_found");
    office.run(&format!("{identify} who.txt")).done();
}

/// The same identifiers, given once more, verify nobody else than before.
#[test]
fn the_same_identifiers_do_not_lead_a_case_to_the_next_holder() {
    let mut office = club();
    asks(&mut office, "access");
    let next = "UPDATE users SET name = 'Dora', phone = '13800138007' WHERE id = 1; DELETE FROM consents;";
    office.shop().execute_batch(next).unwrap();
    for file in ["", "--id-file who.txt"] {
        office.run(&format!("case identify {CASE} --level L3 --by papers {file} --quiet")).refused("somebody_else");
    }
}

/// A copy from which files are missing is no full yes, until they are there or somebody says that they were handed over.
#[test]
fn a_copy_that_lacks_files_is_no_full_answer() {
    let mut office = Office::courier();
    let case = office.verified("copy", "account=1");
    let album = office.path("files/album");
    let aside = office.path("aside");
    std::fs::rename(&album, &aside).unwrap();
    office.run(&format!("export {case} --no-zip --quiet")).looks();
    let answer = format!("case answer {case} --decision FULFILLED --letter answer --quiet");
    let said = office.run(&answer).refused("copy_incomplete");
    assert!(said.stderr().contains("droit export") || said.stderr().contains("export again"), "{said}");
    office.copied().run(&format!("{answer} --by-hand")).done();
    office.copied().run(&format!("{answer} --remedies").replace("FULFILLED", "PARTIAL")).done();
    std::fs::rename(&aside, &album).unwrap();
    std::fs::remove_dir_all(office.path("packages")).unwrap();
    office.run(&format!("export {case} --no-zip --quiet")).carried_out();
    office.run(&answer).done();
}
