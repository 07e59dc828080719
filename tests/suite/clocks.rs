//! The machine's clock is wrong: nothing is recorded before what was, and nothing ends for good.

use crate::{last_of_all::erasable, office::Office};

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
fn a_clock_that_leapt_ahead_ends_nothing_for_good() {
    let mut office = erasable();
    let settings = office.read("droit.toml");
    office.file("droit.toml", &format!("undo = \"72 hours\"\n{settings}"));
    office.file("letter.txt", "here you are");
    office.file("who.txt", "account=2\n");
    office.run("case open copy --id-file who.txt --quiet").done();
    let closed = "DSR-20261123-0001";
    office.run(&format!("case identify {closed} --level L2 --by otp+waybill --quiet")).done();
    office.run(&format!("export {closed} --no-zip --quiet")).done();
    office.run(&format!("case answer {closed} --decision FULFILLED --reply letter.txt --quiet")).done();
    office.run(&format!("case close {closed} --yes --quiet")).done();
    office.file("who.txt", "account=1\n");
    office.run("case open delete --id-file who.txt --quiet").done();
    let case = "DSR-20261123-0002";
    office.run(&format!("case identify {case} --level L2 --by otp+waybill --age adult --quiet")).done();
    office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
    let files = |office: &Office| {
        let mut names: Vec<_> =
            std::fs::read_dir(office.path("packages")).unwrap().map(|f| f.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let (tonight, before) = (office.now(), files(&office));
    office.wait_days(3650);
    let nightly = ["purge scheduled --confirm", "purge retention --confirm", "prove --pending"];
    for line in nightly {
        office.run(&format!("{line} --quiet")).refused("clock_jump");
    }
    office.clock.set(tonight);
    assert_eq!(files(&office), before);
    office.run(&format!("undo {case} --confirm {case} --quiet")).done();
    assert_eq!(
        office.shop().query_row("SELECT name FROM users WHERE id = 1", [], |row| row.get::<_, String>(0)).unwrap(),
        "Ann"
    );
}
