//! No package is on disk under its name that is not on record, and nothing is on record that was not so.

use std::fs;

use rusqlite::Connection;

use super::{CASE, asks, house};
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
