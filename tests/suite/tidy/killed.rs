//! `tidy` itself dies, at every reading of the clock and at any other time: the record never says what is not so for
//! longer than until the next run, which finishes.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs,
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
use rusqlite::Connection;

use super::{
    office::{keys, living, reason, require_whole},
    remains,
    scan::holding,
};
use crate::{
    desk::{run_to_death, told},
    interrupted::Deadly,
    office::Office,
};

/// An office in which keys of changes, of cases, a package, a letter and a plan are due.
fn due() -> Office {
    let mut office = remains::office();
    for folder in ["packages", "plans", "answers"] {
        fs::create_dir_all(office.path(folder)).unwrap();
    }
    office.file("packages/DSR-20261123-0001.zip", "x");
    office.file("answers/DSR-20261123-0001-answer-1.txt", &reason("DSR-20261123-0001"));
    let case = super::office::open(&mut office, 3, "delete", "account=100");
    office.run(&format!("erase {case} --plan plans/plan.jsonl --quiet")).done();
    office.at(date(2029, 12, 3), "10:00");
    // three years on somebody says that the clock is right
    office.typing("y\n").run("purge scheduled --confirm --quiet").carried_out();
    office
}

/// Whatever happened: what is recorded as destroyed has no work list, and nothing else is wrong.
#[track_caller]
fn require_honest(office: &mut Office) {
    let verified = office.run("audit verify --json").carried_out().json();
    let findings = verified["data"]["findings"].as_array().unwrap();
    for finding in findings {
        assert_eq!(finding["code"], "key_not_destroyed", "{finding}");
    }
    let book = Connection::open(office.path("casebook.db")).unwrap();
    let sql = "SELECT count(*) FROM intents i JOIN keys k ON k.id = i.key
        WHERE (k.destroyed IS NULL) <> EXISTS (SELECT 1 FROM intent_windows w WHERE w.intent = i.number)";
    assert_eq!(book.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
}

/// The next run finishes, and nothing is left.
#[track_caller]
fn require_finished(office: &mut Office, before: &BTreeMap<String, Vec<u8>>) {
    office.run("tidy --confirm --quiet").done();
    let after = keys(office);
    let gone: Vec<&Vec<u8>> = before.iter().filter(|(key, _)| !after.contains_key(*key)).map(|(_, key)| key).collect();
    assert_eq!(gone.len(), 5, "two of changes, two of cases, one of a corrected value");
    assert_eq!(after.len(), living(office).len());
    assert_eq!(holding(&office.path(""), &gone), Vec::<String>::new());
    assert_eq!(
        holding(&office.path(""), &[reason("DSR-20261123-0001"), reason("DSR-20261123-0002")]),
        Vec::<String>::new()
    );
    for folder in ["packages", "plans", "answers"] {
        assert_eq!(fs::read_dir(office.path(folder)).unwrap().count(), 0, "{folder}");
    }
    require_whole(office);
    assert_eq!(office.run("tidy --json").done().json()["data"]["state"], "nothing_to_do");
}

fn run_child(dir: &Path, last: u32, patience: Option<Duration>) -> ExitStatus {
    run_to_death("tidy::killed::a_process_that_tidies_and_dies", dir, last, patience)
}

#[test]
#[ignore = "a child process of the tests below"]
fn a_process_that_tidies_and_dies() {
    let Some(dir) = told("DIR").map(PathBuf::from) else { return };
    let last: u32 = told("DIE_AT").unwrap().parse().unwrap();
    let clock = Deadly::at("2029-12-03T02:30:00Z".parse().unwrap(), last);
    let mut drawn = 0x77;
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let exit = run(
        ["droit", "tidy", "--confirm", "--quiet"],
        &mut World {
            clock: &clock,
            stdin: &mut Cursor::new(""),
            stdout: &mut stdout,
            stderr: &mut stderr,
            terminal: Terminal::default(),
            environment: [("USER".to_owned(), "officer".to_owned())].into(),
            current_dir: dir.clone(),
            state_dir: Some(dir.join("state")),
            randomness: Rc::new(RefCell::new(move |bytes: &mut [u8]| {
                drawn += 1;
                bytes.fill(drawn);
            })),
            interrupt: Arc::default(),
            user: Some(4242),
        },
    );
    assert_eq!(exit, 0, "{}", String::from_utf8_lossy(&stderr));
}

#[test]
fn killed_at_every_reading_of_the_clock_it_is_finished_by_the_next_run() {
    let made = due();
    let (before, mut killed) = (keys(&made), 0);
    for last in 1..40 {
        let mut office = made.copied();
        let status = run_child(&office.path(""), last, None);
        if status.success() {
            break;
        }
        assert_eq!(status.signal(), Some(9), "{last}");
        killed += 1;
        office.at(date(2029, 12, 3), "11:00");
        require_honest(&mut office);
        require_finished(&mut office, &before);
    }
    assert!(killed >= 7, "only {killed}");
}

#[test]
fn killed_at_any_time_it_is_finished_by_the_next_run() {
    let made = due();
    let before = keys(&made);
    for wait in [20, 60, 120, 160, 200, 260, 340, 450] {
        let mut office = made.copied();
        run_child(&office.path(""), u32::MAX, Some(Duration::from_millis(wait)));
        office.at(date(2029, 12, 3), "11:00");
        require_honest(&mut office);
        require_finished(&mut office, &before);
    }
}
