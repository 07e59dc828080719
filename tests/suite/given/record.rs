//! No package is on disk under its name that is not on record, and nothing is on record that was not so.

use std::fs;

use rusqlite::Connection;

use super::{CASE, asks, asks_as, house};
use crate::office::Office;

fn packages(office: &Office) -> Vec<String> {
    let Ok(entries) = fs::read_dir(office.path("packages")) else { return Vec::new() };
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn exports(office: &mut Office) -> usize {
    let shown = office.run("audit show --format csv").done();
    shown.stdout().lines().filter(|line| line.contains("exported")).count()
}

#[test]
fn a_case_that_is_over_is_refused_before_anything_is_written() {
    let mut office = house("", "");
    asks(&mut office, "copy");
    office.run(&format!("case withdraw {CASE}")).done();
    office.run(&format!("export {CASE}")).refused("illegal_move");
    assert_eq!(packages(&office), [""; 0]);
    office.file("cases.txt", &format!("{CASE}\n"));
    let batch = office.run("export --cases cases.txt --json").looks();
    assert_eq!(batch.json()["data"]["set_aside"][0]["code"], "illegal_move");
    assert_eq!((packages(&office), exports(&mut office)), (Vec::new(), 0));
}

#[test]
fn what_cannot_be_recorded_is_not_given() {
    let mut office = house("", "");
    asks(&mut office, "copy");
    let book = Connection::open(office.path("casebook.db")).unwrap();
    book.execute_batch("BEGIN IMMEDIATE").unwrap();
    let busy = office.run(&format!("export {CASE} --no-zip --lock-wait 0s"));
    assert!(busy.to_string().contains("busy"), "{busy}");
    assert_eq!(packages(&office), [""; 0]);
    drop(book);
    office.run(&format!("export {CASE} --no-zip")).done();
    assert_eq!((packages(&office), exports(&mut office)), (vec![CASE.to_owned()], 1));
}

#[test]
fn what_was_killed_between_record_and_name_gets_its_name_and_nothing_else_does() {
    for (meddled, left) in
        [(false, vec![CASE.to_owned(), "DSR-20261123-0002".to_owned()]), (true, vec!["DSR-20261123-0002".to_owned()])]
    {
        let mut office = house("", "");
        asks(&mut office, "copy");
        office.run(&format!("export {CASE} --no-zip")).done();
        // as a kill before the rename would have left it
        let hidden = office.path("packages").join(format!(".{CASE}.partial"));
        fs::rename(office.path("packages").join(CASE), &hidden).unwrap();
        if meddled {
            fs::write(hidden.join("manifest.json"), "{}").unwrap();
        }
        office.run("case open copy --id-file id.txt --quiet").done();
        office.run("case identify DSR-20261123-0002 --level L2 --by otp+waybill --quiet").done();
        office.run("export DSR-20261123-0002 --no-zip").done();
        assert_eq!(packages(&office), left);
    }
}

#[test]
fn a_passphrase_that_will_not_do_is_refused_before_anything_is_written() {
    let mut office = house("", "");
    asks(&mut office, "copy");
    office.file("short.txt", "short\n");
    office.file("cases.txt", &format!("{CASE}\n"));
    for line in [format!("export {CASE}"), "export --cases cases.txt".to_owned()] {
        for file in ["short.txt", "missing.txt"] {
            let outcome = office.run(&format!("{line} --passphrase-file {file}"));
            assert!(outcome.stderr().contains("error["), "{outcome}");
            assert_eq!(packages(&office), [""; 0], "{line} {file}");
        }
    }
    assert_eq!(exports(&mut office), 0);
    office.file("good.txt", "battery horse staple\n");
    office.run(&format!("export {CASE} --passphrase-file good.txt")).done();
    assert_eq!(packages(&office), [CASE.to_owned(), format!("{CASE}.zip")]);
}

#[test]
fn an_answer_is_not_sent_before_what_it_tells() {
    let mut office = house("", "");
    asks(&mut office, "copy"); // at ten, each step a minute later
    office.file("reply.txt", "here you are");
    office.run("case open copy --id-file id.txt --received 2026-11-01 --quiet").done();
    let other = "DSR-20261123-0002";
    office.run(&format!("case identify {other} --level L2 --by otp+waybill --quiet")).done();
    office.run(&format!("export {other} --no-zip --quiet")).done();
    let answer = |sent: &str| format!("case answer {other} --decision FULFILLED --reply reply.txt --sent {sent}");
    for sent in ["2026-11-22", "2026-11-23T10:00", "2026-11-23T10:04+08:00", "2026-11-10T09:00"] {
        let refused = office.run(&answer(sent)).refused("illegal_move");
        assert!(refused.stderr().contains("not sent before"), "{refused}");
    }
    let law = format!("case answer {other} --decision PARTIAL --remedies --reply reply.txt --sent 2026-11-22");
    office.run(&law).refused("illegal_move");
    office.run(&answer("2026-11-23T10:07")).done();
}

#[test]
fn nothing_is_held_may_be_said_after_an_empty_copy_and_after_no_other() {
    let mut office = house("", "");
    asks_as(&mut office, "copy", "phone=13611111111");
    office.file("reply.txt", "we hold nothing");
    office.run(&format!("export {CASE} --no-zip --quiet")).done();
    office.run(&format!("case answer {CASE} --decision NO_DATA --reply reply.txt")).done();
    office.run("audit verify --quiet").done();
    let mut office = house("", "");
    asks(&mut office, "copy");
    office.file("reply.txt", "we hold nothing");
    office.run(&format!("export {CASE} --no-zip --quiet")).done();
    office.run(&format!("case answer {CASE} --decision NO_DATA --reply reply.txt")).refused("data_was_found");
}

/// Also where nobody looked before, or looked and found something, or the person has come since.
#[test]
fn nothing_is_held_is_said_when_it_is_so() {
    let answer = format!("case answer {CASE} --decision NO_DATA --quiet");
    let ways = ["--reply reply.txt", "--letter answer", "--letter answer --draft"];
    for planned in [false, true] {
        let mut office = house("", "");
        asks_as(&mut office, "delete", "member=1");
        office.file("reply.txt", "we hold nothing");
        if planned {
            office.run(&format!("erase {CASE} --plan plan.jsonl --quiet")).done();
        }
        for way in ways {
            office.run(&format!("{answer} {way}")).refused("data_was_found");
        }
        office.run(&format!("{answer} --reply reply.txt --by-hand")).refused("data_was_found");
    }
    // a key that nobody has is nobody's
    let mut office = house("", "");
    asks_as(&mut office, "copy", "member=77");
    office.file("reply.txt", "we hold nothing");
    office.run(&format!("{answer} --reply reply.txt")).done();
    let mut office = house("", "");
    asks_as(&mut office, "copy", "phone=13611111111");
    office.file("reply.txt", "we hold nothing");
    office.run(&format!("export {CASE} --no-zip --quiet")).done();
    let office_path = office.path("house.db");
    let house = || Connection::open(office_path.clone()).unwrap();
    house().execute("INSERT INTO members VALUES (99, '13611111111', NULL, 'New')", []).unwrap();
    for way in ways {
        office.run(&format!("{answer} {way}")).refused("data_was_found");
    }
    assert!(!office.path("answers").exists(), "no letter is left behind");
    house().execute("DELETE FROM members WHERE id = 99", []).unwrap();
    office.run(&format!("{answer} --letter answer")).done();
}

#[test]
fn nothing_that_looks_personal_gets_into_the_clear_part_of_the_record() {
    let mut office = house("", "");
    asks(&mut office, "copy");
    office.file("reply.txt", "x");
    // of the last one a digit is missing
    let secrets = ["13688888888", "someone@example.com", "11010519491231002X", "1368888888"];
    for secret in secrets {
        for line in [
            format!("case identify {CASE} --level L2 --by {secret}"),
            format!("case identify {CASE} --level L2 --by 'call to {secret}'"),
            format!("case open copy --id-file id.txt --policy-version {secret}"),
            format!("case open copy --id-file id.txt --scope {secret}"),
            format!("case answer {CASE} --decision FULFILLED --by-hand --reply reply.txt --law {secret}"),
            format!("case refuse {CASE} --code ABU --remedies reply.txt --law {secret}"),
        ] {
            let refused = office.run(&line).refused("personal_in_clear");
            assert!(!refused.to_string().replace(&line, "").contains(secret), "{refused}");
        }
    }
    let record = fs::read(office.path("casebook.db")).unwrap();
    for secret in secrets {
        assert!(!record.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
    }
    for word in [
        "otp+waybill",
        "GB/T 35273-2020 8.1",
        "《个人信息保护法》第四十五条",
        "DSR-20261123-0001",
        "2026-11-23",
        "v2026.11.23",
        "v20261123",
    ] {
        office.run(&format!("case identify {CASE} --level L2 --by '{word}' --quiet")).done();
    }
}
