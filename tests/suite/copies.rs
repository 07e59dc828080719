//! A person who asks for a copy and for a deletion gets the copy first (LAW D12).

use crate::office::Office;

/// An office of two people, with a mail of the first that asked for both.
fn asked_both(copy_first: bool) -> (Office, String, String) {
    let mut office = crate::last_of_all::erasable();
    office.file("who.txt", "account=1\n");
    let mut cases: Vec<String> = Vec::new();
    let requests = if copy_first { ["copy", "delete"] } else { ["delete", "copy"] };
    for request in requests {
        let with = cases.first().map(|case| format!(" --link {case}")).unwrap_or_default();
        let opened = office.run(&format!("case open {request} --id-file who.txt{with} --json")).done().json();
        let case = opened["data"]["number"].as_str().unwrap().to_owned();
        office.run(&format!("case identify {case} --level L2 --by otp+waybill --age adult --quiet")).done();
        cases.push(case);
    }
    let last = cases.pop().unwrap();
    let first = cases.pop().unwrap();
    if copy_first { (office, first, last) } else { (office, last, first) }
}

#[test]
fn the_copy_is_delivered_or_declined_before_anything_is_erased() {
    for copy_first in [true, false] {
        for verb in ["erase", "anonymize"] {
            let (mut office, copy, delete) = asked_both(copy_first);
            let shown = office.run(&format!("case show {delete}")).done();
            assert!(shown.stdout().contains(&format!("came with  {copy}")), "{shown}");
            office.run(&format!("{verb} {delete} --confirm {delete} --quiet")).refused("copy_first");
            office.run(&format!("{verb} {delete} --plan p.jsonl --quiet"));
            office.run(&format!("apply p.jsonl --confirm {delete} --quiet")).refused("copy_first");
            office.file("cases.txt", &format!("{delete}\n"));
            let aside = office.run(&format!("{verb} --cases cases.txt --confirm 1 --json")).looks().json();
            assert_eq!(aside["data"]["set_aside"][0]["code"], "copy_first", "{aside}");
            if copy_first {
                // what was only made was not delivered
                office.run(&format!("export {copy} --no-zip --quiet")).done();
                office.run(&format!("apply p.jsonl --confirm {delete} --quiet")).refused("copy_first");
            }
            office.file("letter.txt", "here you are");
            let answer = format!("case answer {copy} --decision FULFILLED --reply letter.txt --quiet");
            let decline = format!("case refuse {copy} --code ABU --law PIPL45 --remedies letter.txt --quiet");
            office.run(if copy_first { &answer } else { &decline }).done();
            office.run(&format!("apply p.jsonl --confirm {delete} --quiet")).carried_out();
        }
    }
}

/// What somebody else asks for stands in nobody's way.
#[test]
fn another_persons_copy_holds_nothing_up() {
    let (mut office, ..) = asked_both(true);
    office.file("who.txt", "account=2\n");
    let opened = office.run("case open delete --id-file who.txt --json").done().json();
    let case = opened["data"]["number"].as_str().unwrap().to_owned();
    office.run(&format!("case identify {case} --level L2 --by otp+waybill --age adult --quiet")).done();
    office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
}
