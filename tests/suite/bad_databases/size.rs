//! People with very large or very many rows, in a process that measures its memory.

use super::{MAP, SQL};
use crate::desk::{Desk, export, now, process, told};
use std::{
    fs, path::Path, sync::Arc, sync::atomic::AtomicBool, sync::atomic::AtomicU64, sync::atomic::Ordering, thread,
    time::Duration,
};

/// Anonymous memory of this process, in KiB.
fn anonymous() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Erases or exports person 1 in a process of its own; the peak of its anonymous memory in KiB.
fn peak_of(work: &str, desk: &Desk) -> u64 {
    let told = [("DIR", desk.dir.display().to_string()), ("DO", work.to_owned())];
    let output = process("bad_databases::size::a_process_that_measures_itself", &told).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let peak = text.lines().find_map(|line| line.split_once("peak: ")).map(|(_, peak)| peak.parse().unwrap());
    peak.unwrap_or_else(|| panic!("{text} {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
#[ignore = "a child process of the tests below"]
fn a_process_that_measures_itself() {
    let Some(dir) = told("DIR") else { return };
    let (done, peak) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let watch = thread::spawn({
        let (done, peak) = (Arc::clone(&done), Arc::clone(&peak));
        move || {
            while !done.load(Ordering::Relaxed) {
                peak.fetch_max(anonymous(), Ordering::Relaxed);
                thread::sleep(Duration::from_millis(2));
            }
        }
    });
    let desk = Desk::at(Path::new(&dir));
    if told("DO").unwrap() == "export" {
        export(&desk, [("account", "1")]);
    } else {
        let job = desk.plan_into([("account", "1")], now(), &mut std::io::sink()).unwrap();
        desk.apply(&job).unwrap();
    }
    done.store(true, Ordering::Relaxed);
    watch.join().unwrap();
    println!("peak: {}", peak.load(Ordering::Relaxed));
}

/// A desk whose person 1 has a text of a hundred million bytes.
fn a_hundred_megabytes() -> Desk {
    let large = "INSERT INTO orders VALUES (13, 1, printf('%.*c', 100000000, 'Z'), NULL);";
    Desk::new(&format!("{SQL} {large}"), MAP)
}

/// A desk whose person 1 has a million rows.
fn a_million_rows() -> Desk {
    let rows = "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 1000099)
        INSERT INTO orders SELECT i, 1, 'Zhang-secret', NULL FROM n;";
    Desk::new(&format!("{SQL} {rows}"), MAP)
}

const LIMIT: u64 = 64 << 10;

#[test]
fn a_text_of_a_hundred_megabytes_goes_in_little_memory() {
    let desk = a_hundred_megabytes();
    let peak = peak_of("erase", &desk);
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM orders"), 1);
    assert!(peak < LIMIT, "{peak} KiB");
}

#[test]
fn a_text_of_a_hundred_megabytes_is_exported_whole_in_little_memory() {
    let desk = a_hundred_megabytes();
    let peak = peak_of("export", &desk);
    assert_eq!(documents(&desk), 2, "the data and the table hold it whole");
    assert!(peak < LIMIT, "{peak} KiB");
}

#[test]
fn a_person_with_a_million_rows_is_erased_in_little_memory() {
    let desk = a_million_rows();
    let peak = peak_of("erase", &desk);
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM orders"), 1);
    assert!(peak < LIMIT, "{peak} KiB");
}

#[test]
fn a_person_with_a_million_rows_is_exported_in_little_memory() {
    let desk = a_million_rows();
    let peak = peak_of("export", &desk);
    assert!(peak < LIMIT, "{peak} KiB");
}

#[test]
fn a_text_of_somebody_else_of_forty_megabytes_is_searched_in_little_memory() {
    let desk = Desk::new(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, phone TEXT);
         INSERT INTO users VALUES (1, '13800138000'), (2, '13900139000');
         CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER, body TEXT);
         INSERT INTO notes VALUES (1, 2, 'ring 13800138000'), (2, 2, printf('%.*c', 40000000, 'Z')), (3, 2, '13800138000');",
        "version = 1\ncontroller = \"C\"\ntime_zone = \"UTC\"\n[person.account]\nis = \"users.id\"\n[tables.users]\n\
         purpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n[tables.users.columns]\nid = \"key\"\n\
         phone = \"phone, proves, provided\"\n[tables.notes]\nmentions = \"scan\"\n[tables.notes.columns]\nid = \"key\"\n\
         user_id = \"of users.id\"\nbody = \"free_text, provided\"\n",
    );
    let peak = peak_of("erase", &desk);
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM notes WHERE body LIKE '%138******00'"), 2);
    assert!(peak < LIMIT, "{peak} KiB");
}

#[test]
fn links_are_cut_before_the_rows_go_that_they_lead_to_however_many_there_are() {
    let desk = Desk::new(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
         INSERT INTO users VALUES (1, 'Zhang-secret'), (2, 'Li');
         CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, answers INTEGER REFERENCES notes(id));
         CREATE INDEX notes_user ON notes (user_id);
         CREATE INDEX notes_answers ON notes (answers);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000) INSERT INTO notes SELECT i, 1, NULL FROM n;
         INSERT INTO notes VALUES (9001, 2, 1), (9002, 2, 8999);",
        "version = 1\ncontroller = \"C\"\ntime_zone = \"UTC\"\n[person.account]\nis = \"users.id\"\n[tables.users]\n\
         purpose = \"p\"\nclause = \"1\"\nbasis = \"contract\"\n[tables.users.columns]\nid = \"key\"\n\
         name = \"name, provided\"\n[tables.notes.columns]\nid = \"key\"\nuser_id = \"of users.id\"\n\
         answers = \"by notes.id\"\n",
    );
    desk.apply(&desk.plan([("account", "1")]).unwrap()).unwrap();
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM notes WHERE answers IS NULL AND id > 9000"), 2);
    assert_eq!(desk.one::<i64>("SELECT count(*) FROM notes"), 2);
}

/// Documents of the package that hold the large text whole.
fn documents(desk: &Desk) -> usize {
    let mut folders = vec![desk.dir.join("out")];
    let mut found = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found += usize::from(fs::metadata(&path).unwrap().len() >= 100_000_000);
            }
        }
    }
    found
}
