//! `tidy --rotate` dies, at every reading of the clock and at any other time: all keys are replaced or none, and the next
//! run leaves nothing of the old ones.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    io::Cursor,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::ExitStatus,
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use droit::cli::{Terminal, World, run};
use jiff::civil::date;
use sha2::{Digest, Sha256};

use super::{
    office::{keys, open, require_whole},
    rotated::{in_use, office, subject},
    scan::holding,
};
use crate::{
    desk::{run_to_death, told},
    interrupted::Deadly,
    office::Office,
};

fn run_child(dir: &Path, last: u32, patience: Option<Duration>) -> ExitStatus {
    run_to_death("tidy::rotated_killed::a_process_that_replaces_keys_and_dies", dir, last, patience)
}

#[test]
#[ignore = "a child process of the tests below"]
fn a_process_that_replaces_keys_and_dies() {
    let Some(dir) = told("DIR").map(PathBuf::from) else { return };
    let last: u32 = told("DIE_AT").unwrap().parse().unwrap();
    let clock = Deadly::at("2029-12-03T02:30:00Z".parse().unwrap(), last);
    let mut drawn = 0_u64;
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let exit = run(
        ["droit", "tidy", "--rotate", "--confirm", "--quiet"],
        &mut World {
            clock: &clock,
            stdin: &mut Cursor::new("y\n"), // the clock is right, although nothing was recorded for years
            stdout: &mut stdout,
            stderr: &mut stderr,
            terminal: Terminal { stdin: true, stderr: true, ..Terminal::default() },
            environment: [("USER".to_owned(), "officer".to_owned())].into(),
            current_dir: dir.clone(),
            state_dir: Some(dir.join("state")),
            randomness: Rc::new(RefCell::new(move |bytes: &mut [u8]| {
                drawn += 1;
                let block = Sha256::digest([b"child".as_slice(), &drawn.to_be_bytes()].concat());
                bytes.copy_from_slice(&block[..bytes.len()]);
            })),
            interrupt: Arc::default(),
            user: Some(4242),
        },
    );
    assert_eq!(exit, 0, "{}", String::from_utf8_lossy(&stderr));
}

/// Whatever the instant was: nothing is wrong but for keys that are still there, and all are replaced or none. Whether
/// they are.
#[track_caller]
fn require_honest(office: &mut Office, before: &BTreeMap<String, Vec<u8>>) -> bool {
    let verified = office.run("audit verify --json").carried_out().json();
    for finding in verified["data"]["findings"].as_array().unwrap() {
        assert_eq!(finding["code"], "key_not_destroyed", "{finding}");
    }
    let used = in_use(office);
    assert!(used.keys().all(|key| keys(office).contains_key(key)), "each key in use is there");
    match used.keys().filter(|key| before.contains_key(*key)).count() {
        0 => true,
        // those of a case and of the corrected value are past their date
        5..=7 => false,
        some => panic!("{some} of the old keys are in use: {used:?}"),
    }
}

/// The next run leaves nothing of them, and the office goes on.
#[track_caller]
fn require_finished(office: &mut Office, before: &BTreeMap<String, Vec<u8>>, person: &str) {
    let gone: Vec<&Vec<u8>> = before.values().collect();
    assert_eq!(holding(&office.path(""), &gone), Vec::<String>::new());
    assert_eq!(keys(office).keys().collect::<Vec<_>>(), in_use(office).keys().collect::<Vec<_>>());
    require_whole(office);
    let again = open(office, 1, "access", "account=1003");
    assert_eq!(subject(office, &again), person);
    assert_eq!(office.run("tidy --json").done().json()["data"]["state"], "nothing_to_do");
}

fn is_killed_at(made: &Office, last: u32, patience: Option<Duration>, replaced: &mut [u32; 2]) -> bool {
    let before = keys(made);
    let mut office = made.copied();
    let person = subject(&mut office, "DSR-20261123-0003");
    let status = run_child(&office.path(""), last, patience);
    if patience.is_none() && status.success() {
        return false;
    }
    assert!(patience.is_some() || status.signal() == Some(9), "{last}");
    office.at(date(2029, 12, 3), "11:00");
    let done = require_honest(&mut office, &before);
    replaced[usize::from(done)] += 1;
    // what was recorded is finished by any tidying, and what was not is done by asking again
    office.typing("y\n").run(if done { "tidy --confirm --quiet" } else { "tidy --rotate --confirm --quiet" }).done();
    require_finished(&mut office, &before, &person);
    true
}

#[test]
fn killed_at_every_reading_of_the_clock_all_are_replaced_or_none_and_the_next_run_finishes() {
    let (made, mut replaced) = (office(), [0; 2]);
    for last in 1..40 {
        if !is_killed_at(&made, last, None, &mut replaced) {
            break;
        }
    }
    assert!(replaced[0] >= 4 && replaced[1] >= 3, "{replaced:?}");
}

#[test]
fn killed_at_any_time_all_are_replaced_or_none_and_the_next_run_finishes() {
    let (made, mut replaced) = (office(), [0; 2]);
    for wait in [40, 80, 120, 150, 180, 210, 240, 280, 320, 400] {
        is_killed_at(&made, u32::MAX, Some(Duration::from_millis(wait)), &mut replaced);
    }
}
