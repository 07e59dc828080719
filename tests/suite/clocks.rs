//! The machine's clock is wrong: nothing is recorded before what was, and nothing ends for good.

use crate::last_of_all::erasable;

#[test]
fn a_clock_that_was_set_back_records_nothing_until_somebody_says_that_it_is_right() {
    let mut office = erasable();
    let case = office.verified("delete", "account=1");
    office.run(&format!("case note {case} --assign li --quiet")).done();
    let ahead = office.now();
    office.wait_days(3650);
    office.run(&format!("case note {case} --assign wang --quiet")).done();
    office.clock.set(ahead);
    for line in ["case note CASE --assign li", "erase CASE --confirm CASE", "case withdraw CASE", "map trust --yes"] {
        let refused = office.run(&format!("{} --quiet", line.replace("CASE", case))).refused("clock_jump");
        assert!(refused.stderr().contains("droit audit adopt"), "{refused}");
    }
    office.run("audit verify --quiet").done();
    office.run("audit adopt --confirm adopt --quiet").done();
    office.run("audit verify --quiet").done();
    office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
    office.run("purge retention --confirm --quiet").carried_out();
    office.run("audit verify --quiet").done();
    let elsewhere = tempfile::tempdir().unwrap();
    office.run(&format!("audit anchor --to {} --quiet", elsewhere.path().join("heads").display())).done();
}

/// Ten years ahead, with nobody at the terminal; the next night it is right again.
#[test]
fn by_a_clock_that_leapt_ahead_nothing_is_purged_and_no_time_for_an_undo_ends() {
    let mut office = erasable();
    let settings = office.read("droit.toml");
    office.file("droit.toml", &format!("undo = \"72 hours\"\n{settings}"));
    let case = office.verified("delete", "account=1");
    office.run(&format!("case identify {case} --level L2 --by otp+waybill --age adult --quiet")).done();
    office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
    let tonight = office.now();
    office.wait_days(3650);
    for line in ["purge scheduled --confirm", "purge retention --confirm", "prove --pending"] {
        office.run(&format!("{line} --quiet")).refused("clock_jump");
    }
    office.clock.set(tonight);
    office.run(&format!("undo {case} --confirm {case} --quiet")).done();
    let name = office.shop().query_row("SELECT name FROM users WHERE id = 1", [], |row| row.get::<_, String>(0));
    assert_eq!(name.unwrap(), "Ann");
}

/// Whatever is recorded by a clock that leapt does not make it right: an import at night, a note by a script.
#[test]
fn what_is_recorded_by_a_clock_that_leapt_does_not_make_it_right() {
    let mut office = erasable();
    let case = office.verified("delete", "account=1");
    office.wait_days(3650);
    for _ in 0..3 {
        office.run(&format!("case note {case} --assign li --quiet")).done();
        for line in ["purge scheduled --confirm", "purge retention --confirm"] {
            let refused = office.run(&format!("{line} --quiet")).refused("clock_jump");
            assert!(refused.stderr().contains("3650 days"), "{refused}");
        }
        office.wait_days(1);
    }
    // somebody at a terminal is asked, and says it for all that follows
    office.typing("n\n").run("purge retention --confirm").refused("not_confirmed");
    let asked = office.typing("y\n").run("purge retention --confirm");
    assert!(asked.stderr().contains("2036-11-2"), "it says what the clock says: {asked}");
    asked.carried_out();
    office.wait_days(1);
    office.run("purge scheduled --confirm --quiet").carried_out();
    office.run("audit verify --quiet").done();
}

/// A week is quiet in a small office; a purge every night is something on record.
#[test]
fn a_purge_every_night_assures_the_clock() {
    let mut office = erasable();
    for _ in 0..9 {
        office.run("purge retention --confirm --quiet").carried_out();
        office.wait_days(6);
    }
    office.run("purge retention --confirm --quiet").carried_out();
    office.wait_days(8);
    office.run("purge retention --confirm --quiet").refused("clock_jump");
}

/// No key goes by a clock that leapt.
#[test]
fn by_a_clock_that_leapt_ahead_no_key_is_destroyed() {
    let mut office = erasable();
    let case = office.verified("delete", "account=1");
    office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
    office.run(&format!("prove {case} --quiet")).done();
    office.wait_days(3650);
    office.run("tidy --json").done();
    office.run("tidy --confirm --quiet").refused("clock_jump");
    office.run("tidy --rotate --confirm --quiet").refused("clock_jump");
    office.typing("y\n").run("tidy --confirm").done();
    office.run("audit verify --quiet").done();
}
