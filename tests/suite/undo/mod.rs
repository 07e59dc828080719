//! What a change replaced and removed comes back, all of it or nothing, as long as it is kept. What is expected is what
//! stood in the tables before, read by SQL.

mod another;
mod club;
mod kinds;
mod refused;
mod stopped;
mod window;

use std::{fs, path::Path};

use club::{Club, PHOTO};

/// Files under `folder` in which `needle` stands.
fn holding(folder: &Path, needle: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, needle));
        } else if fs::read(&path).unwrap().windows(needle.len()).any(|window| window == needle) {
            found.push(path.display().to_string());
        }
    }
    found
}

#[test]
fn an_erased_person_comes_back_with_every_row_and_every_file() {
    let mut club = Club::open();
    let (before, files) = (club.rows(), club.files());
    let case = club.verified(1, "delete");
    let erased = club.office.run(&format!("erase {case} --confirm {case}")).done();
    assert!(erased.stderr().contains("droit undo"), "{erased}");
    assert_eq!(club.one::<i64>("SELECT count(*) FROM members WHERE id = 1"), 0);
    assert_eq!(club.one::<i64>("SELECT count(*) FROM members_audit WHERE member_id = 1"), 0);
    assert_ne!(club.rows(), before);
    assert!(club.files().is_empty(), "the photograph went");

    // what is kept is sealed: it stands nowhere in clear
    assert_eq!(club.kept().len(), 4, "rows, what is above them, the photograph, how many files: {:?}", club.kept());
    for needle in [&b"Zhang-secret"[..], b"13800000001", b"portrait", b"a/zhang.jpg"] {
        let folder = club.office.path("");
        let found = holding(&folder, needle);
        // the file of the database itself is cleaned by the proof
        let ours: Vec<&String> = found.iter().filter(|name| !name.ends_with("club.db")).collect();
        assert!(ours.is_empty(), "{} in {ours:?}", String::from_utf8_lossy(needle));
    }

    let planned = club.office.run(&format!("undo {case} --plan plan.jsonl --json")).done().json();
    assert_eq!(planned["data"]["state"], "planned");
    let plan = club.office.read("plan.jsonl");
    assert!(plan.contains("\"do\":\"put_back\"") && plan.contains("\"decision\":\"undo\""), "{plan}");
    assert!(!plan.contains("secret") && !plan.contains("138000"), "{plan}");
    let undone = club.office.run(&format!("apply plan.jsonl --confirm {case} --json")).done().json();
    assert_eq!(undone["schema"], "droit.undo/1");
    assert_eq!(undone["data"]["state"], "undone");
    assert_eq!(undone["data"]["files"], 1);
    assert_eq!(club.rows(), before, "every table is as it was");
    assert_eq!(club.files(), files, "byte for byte");
    assert_eq!(club.files()["a/zhang.jpg"], PHOTO);
    assert!(club.kept().is_empty(), "{:?}", club.kept());
    assert_eq!(club.undo_keys(), [None], "its key is destroyed");
    club.require_whole();

    // the case is where it was, and the record says what happened, who did it and when
    let shown = club.shown(&case);
    assert_eq!((&shown["status"], &shown["proof"]), (&"verified".into(), &"not_needed".into()), "{shown}");
    assert_eq!(shown["actions"], serde_json::json!([]));
    assert_eq!(shown["next"], format!("droit erase {case}"));
    let events = club.office.run(&format!("audit show {case} --json")).done();
    assert!(events.stdout().contains("\"undone\"") && events.stdout().contains("officer"), "{events}");
    club.office.run(&format!("prove {case}")).refused("illegal_move");

    // and everything can be done again
    club.office.run(&format!("erase {case} --confirm {case} --quiet")).done();
    assert_eq!(club.one::<i64>("SELECT count(*) FROM members WHERE id = 1"), 0);
    club.undo(&case).done();
    assert_eq!(club.rows(), before);
    club.require_whole();
}

#[test]
fn a_second_undo_finds_nothing_to_put_back() {
    let mut club = Club::open();
    let case = club.erase(1);
    club.undo(&case).done();
    let rows = club.rows();
    club.undo(&case).refused("undo_none");
    assert_eq!(club.rows(), rows);
    let untouched = club.verified(2, "delete");
    club.undo(&untouched).refused("undo_none");
}

#[test]
fn without_the_setting_nothing_is_kept() {
    let mut club = Club::with(club::MAP, "");
    let case = club.erase(1);
    assert!(club.kept().is_empty() && club.undo_keys().is_empty());
    club.undo(&case).refused("undo_none");
    club.office.run(&format!("prove {case} --quiet")).done();
}

#[test]
fn at_a_terminal_it_is_said_until_when_and_the_case_is_typed() {
    let mut club = Club::open();
    let before = club.rows();
    let case = club.verified(1, "delete");
    let erased = club.office.typing(&format!("{case}\n")).run(&format!("erase {case}")).done();
    assert!(erased.stderr().contains("72 hours") && !erased.stderr().contains("cannot be taken back"), "{erased}");
    club.office.typing("no\n").run(&format!("undo {case}")).refused("not_confirmed");
    assert_ne!(club.rows(), before);
    club.office.run(&format!("undo {case}")).refused("needs_confirmation");
    club.office.typing(&format!("{case}\n")).run(&format!("undo {case}")).done();
    assert_eq!(club.rows(), before);
}
