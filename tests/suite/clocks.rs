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
