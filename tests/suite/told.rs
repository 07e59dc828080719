//! What is told to the person, and what has to be true by then.

use crate::office::Office;

const CASE: &str = "DSR-20261123-0001";

#[test]
fn a_full_yes_is_told_when_it_is_done() {
    let stop = "unsubscribe CASE --confirm CASE";
    let told = [
        ("delete", "erase CASE --confirm CASE"),
        ("access", "export CASE"),
        ("opt_out", stop),
        ("correct", ""),
        ("withdraw_consent", ""),
        ("restrict", ""),
    ];
    for (request, done) in told {
        let mut office = Office::courier();
        office.file("ids.txt", "account=100\n");
        office.file("letter.txt", "done\n");
        office.run(&format!("case open {request} --id-file ids.txt --quiet")).done();
        office.run(&format!("case identify {CASE} --level L3 --by otp+waybill --quiet")).done();
        let answer = format!("case answer {CASE} --decision FULFILLED --reply letter.txt");
        office.run(&answer).refused("nothing_done");
        office.run(&format!("case answer {CASE} --decision FULFILLED --letter answer")).refused("nothing_done");
        office.run(&format!("case answer {CASE} --decision FULFILLED --letter answer --draft")).refused("nothing_done");
        assert!(!office.path("answers").exists(), "no letter is left behind");
        if done.is_empty() {
            office.run(&format!("{answer} --by-hand")).done();
            let shown = office.run(&format!("audit show {CASE}")).done();
            assert!(shown.stdout().contains("by_hand=true"), "{shown}");
        } else {
            office.run(&done.replace("CASE", CASE)).carried_out();
            if ["delete", "access"].contains(&request) {
                let nothing = format!("case answer {CASE} --decision NO_DATA --letter answer");
                office.run(&nothing).refused("data_was_found");
            }
            office.run(&answer).done();
        }
    }
}

#[test]
fn a_copy_that_goes_along_with_an_erasure_carries_nothing_out() {
    let mut office = Office::courier();
    office.file("ids.txt", "account=100\n");
    office.run("case open delete --id-file ids.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level L3 --by otp+waybill --quiet")).done();
    office.run(&format!("export {CASE}")).done();
    let shown = office.run(&format!("case show {CASE} --json")).done().json();
    assert_eq!(shown["data"]["status"], "verified", "{shown}");
    assert!(shown["data"]["next"].to_string().contains("erase"), "{shown}");
    office.run(&format!("erase {CASE} --confirm {CASE}")).carried_out();
}

#[test]
fn a_letter_that_may_not_be_sent_is_not_written() {
    let mut office = Office::courier();
    office.file("ids.txt", "account=100\n");
    office.run("case open delete --id-file ids.txt --quiet").done();
    office.run(&format!("case identify {CASE} --level L3 --by otp+waybill --quiet")).done();
    office.run(&format!("erase {CASE} --confirm {CASE}")).carried_out();
    office.run(&format!("case answer {CASE} --letter identity")).refused("illegal_move");
    assert!(!office.path("answers").exists());
}
