//! What is stuck, what killed processes left, what is somebody else's, and who is at work already.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::SystemTime};

use serde_json::{Value, json};

use super::{
    office::{account, close, due, key_folder, keys, open, require_whole},
    scan::holding,
};
use crate::office::Office;

/// An office in which the keys of a proven erasure's and of a correction's work list are due.
pub(super) fn office() -> Office {
    let mut office = Office::courier_of(110);
    for id in 1001..=1002 {
        account(&office, id);
    }
    let erased = open(&mut office, 1, "delete", "account=1001");
    office.run(&format!("erase {erased} --confirm {erased} --quiet")).done();
    office.run(&format!("prove {erased} --quiet")).done();
    close(&mut office, &erased);
    let corrected = open(&mut office, 2, "correct", "account=1002");
    office.file("new.txt", "users.nickname = Zhang-corrected\n");
    office
        .run(&format!("correct {corrected} --values new.txt --evidence statement --confirm {corrected} --quiet"))
        .done();
    fs::remove_file(office.path("new.txt")).unwrap();
    close(&mut office, &corrected);
    office
}

/// A file that was last written so many hours before the office's now.
fn written(office: &Office, path: &Path, hours: u64, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
    let seconds = u64::try_from(office.now().as_second()).unwrap();
    let now = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(now - std::time::Duration::from_hours(hours)).unwrap();
}

fn stuck(document: &Value) -> Vec<(&str, Option<&str>)> {
    let stuck = document["data"]["stuck"].as_array().unwrap().iter();
    stuck.map(|stuck| (stuck["code"].as_str().unwrap(), stuck["file"].as_str())).collect()
}

#[test]
fn a_look_destroys_nothing_and_records_nothing() {
    let mut office = office();
    let before = (keys(&office), fs::read(office.path("casebook.db")).unwrap());
    let seen = office.run("tidy").done();
    assert!(seen.stdout().starts_with("due:\n") && seen.stderr().contains("droit tidy --confirm"), "{seen}");
    assert!(seen.stdout().contains("keys of changes: 1 (proven gone)"), "{seen}");
    assert!((keys(&office), fs::read(office.path("casebook.db")).unwrap()) == before);
    let chinese = office.run("tidy --lang zh-CN").done();
    assert!(
        chinese.stdout().starts_with("到期：\n") && chinese.stdout().contains("更改的密钥：1（已证明清除）"),
        "{chinese}"
    );
    assert!(office.run("tidy --confirm --quiet").done().stdout().is_empty());
    assert_eq!(office.run("tidy").done().stdout(), "nothing is due\n");
    let record = office.run("audit show workspace").done();
    assert!(record.stdout().contains("key_destroyed") && record.stdout().contains("tidied"), "{record}");
}

#[test]
fn a_key_that_stands_in_another_file_is_left_until_that_file_is_gone() {
    for form in 0..2 {
        let mut office = office();
        let before = keys(&office);
        let seen = office.run("tidy --json").done().json();
        let key = seen["data"]["keys"][0]["key"].as_str().unwrap().to_owned();
        let hex = before[&key].iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().concat();
        fs::create_dir(office.path("backup")).unwrap();
        fs::write(office.path("backup/notes"), if form == 0 { before[&key].clone() } else { hex.into_bytes() })
            .unwrap();
        for line in ["tidy --json", "tidy --confirm --json", "tidy --confirm --json"] {
            let looked = office.run(line).looks().json();
            let [(code, Some(file))] = stuck(&looked)[..] else { panic!("{looked}") };
            assert!(code == "key_found" && file.ends_with("backup/notes"), "{looked}");
        }
        assert!(office.run("tidy").looks().stdout().contains("stuck [key_found]"));
        let after = keys(&office);
        assert_eq!(after.len(), before.len() - 1, "the other key is gone");
        assert!(after.contains_key(&key));
        require_whole(&mut office);
        fs::remove_dir_all(office.path("backup")).unwrap();
        office.run("tidy --confirm --json").done();
        assert!(!keys(&office).contains_key(&key));
        assert_eq!(holding(&office.path(""), &[&before[&key]]), Vec::<String>::new());
        require_whole(&mut office);
        assert!(office.run("explain key_found").done().stdout().contains("droit tidy --confirm"));
    }
}

#[test]
fn a_key_that_is_not_where_it_should_be_is_not_called_destroyed() {
    let mut office = office();
    let key = office.run("tidy --json").done().json()["data"]["keys"][0]["key"].as_str().unwrap().to_owned();
    let file = key_folder(&office).join(format!("{key}.key"));
    let bytes = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    let looked = office.run("tidy --confirm --json").looks().json();
    assert_eq!(stuck(&looked), [("key_missing", None)]);
    written(&office, &file, 0, &bytes[..31]);
    let looked = office.run("tidy --confirm --json").looks().json();
    assert_eq!(stuck(&looked), [("key_damaged", None)]);
    written(&office, &file, 0, &bytes);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(stuck(&office.run("tidy --confirm --json").looks().json()), [("keys_exposed", None)]);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(office.run("tidy --confirm --json").done().json()["data"]["keys"][0]["key"], key.as_str());
    require_whole(&mut office);
}

#[test]
fn what_killed_processes_left_goes_after_a_day() {
    let mut office = office();
    office.run("tidy --confirm --quiet").done();
    let folder = key_folder(&office);
    let stray = folder.join(format!("{}.key", "5a".repeat(16)));
    let paths = [
        stray,
        folder.join(".droit-partial-abcdef"),
        office.path(".droit-partial-uvwxyz"),
        office.path("answers.partial"),
    ];
    // a file that gets its name by a link has two names for a moment
    for (path, byte) in paths.iter().zip([0x5a, 0x5a, 0x61, 0x62]) {
        written(&office, path, 23, &[byte; 32]);
    }
    assert_eq!(office.run("tidy --json").done().json()["data"]["state"], "nothing_to_do");
    office.at(jiff::civil::date(2026, 11, 24), "12:30");
    assert_eq!(office.run("tidy --json").done().json()["data"]["strays"], 3);
    assert_eq!(office.run("tidy --confirm --json").done().json()["data"]["strays"], 3);
    assert_eq!(paths.iter().map(|path| path.exists()).collect::<Vec<_>>(), [false, false, false, true]);
    require_whole(&mut office);
}

#[test]
fn keys_in_a_folder_that_several_workspaces_share_are_left_alone() {
    let mut office = office();
    let folder = key_folder(&office);
    let foreign = folder.join(format!("{}.key", "5a".repeat(16)));
    written(&office, &foreign, 30, &[0x5a; 32]);
    written(&office, &folder.join(format!("{}.head", "ab".repeat(16))), 30, b"1:00\n");
    let looked = office.run("tidy --confirm --json").looks().json();
    assert_eq!(stuck(&looked)[0].0, "key_folder_shared");
    assert_eq!(looked["data"]["keys"].as_array().unwrap().len(), 2, "its own keys go all the same");
    assert!(foreign.exists());
    assert_eq!(office.run("tidy --confirm --json").looks().json()["data"]["state"], "stuck");
}

#[test]
fn only_packages_and_plans_that_are_over_are_removed() {
    let mut office = office();
    for folder in ["packages", "plans", "elsewhere"] {
        fs::create_dir(office.path(folder)).unwrap();
    }
    fs::write(office.path("elsewhere/precious"), "x").unwrap();
    let running = open(&mut office, 3, "delete", "account=100");
    office.run(&format!("erase {running} --plan plans/mine.jsonl --quiet")).done();
    let mine = office.read("plans/mine.jsonl");
    let foreign = mine.replacen("\"workspace\":\"", "\"workspace\":\"0", 1);
    for (name, text) in [("foreign.jsonl", foreign.as_str()), ("notes.txt", "buy milk"), ("empty", "")] {
        office.file(&format!("plans/{name}"), text);
    }
    fs::create_dir(office.path(&format!("packages/{running}"))).unwrap();
    for name in ["DSR-20261123-0001-notes", "DSR-20261123-0099.zip", "letter.pdf"] {
        office.file(&format!("packages/{name}"), "x");
    }
    std::os::unix::fs::symlink(office.path("elsewhere"), office.path("packages/DSR-20261123-0001")).unwrap();
    office.file("packages/DSR-20261123-0002.zip", "x");
    office.at(jiff::civil::date(2027, 1, 4), "10:00");
    let done = office.typing("y\n").run("tidy --confirm --json").done().json();
    assert_eq!(done["data"]["packages"], json!(["DSR-20261123-0001", "DSR-20261123-0002"]));
    let left = |folder: &str| {
        let listed = fs::read_dir(office.path(folder)).unwrap();
        let mut names: Vec<String> = listed.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(
        left("packages"),
        ["DSR-20261123-0001-notes", "DSR-20261123-0003", "DSR-20261123-0099.zip", "letter.pdf"]
    );
    assert_eq!(left("plans"), ["empty", "foreign.jsonl", "notes.txt"]);
    assert_eq!(left("elsewhere"), ["precious"], "a link is removed, not what it leads to");
}

#[test]
fn the_key_of_a_plan_for_several_waits_for_the_proof_of_the_last_of_them() {
    let mut office = office();
    office.run("tidy --confirm --quiet").done();
    account(&office, 1003);
    account(&office, 1004);
    let cases = [open(&mut office, 3, "delete", "account=1003"), open(&mut office, 4, "delete", "account=1004")];
    office.file("cases.txt", &cases.join("\n"));
    office.run("erase --cases cases.txt --confirm 2 --quiet").done();
    office.run(&format!("prove {} --quiet", cases[0])).done();
    assert_eq!(due(&office.run("tidy --json").done().json()), []);
    office.run(&format!("prove {} --quiet", cases[1])).done();
    let run = "RUN-20261123-0001".to_owned();
    assert_eq!(
        due(&office.run("tidy --confirm --json").done().json()),
        [("intent".to_owned(), run, "proven".to_owned())]
    );
    require_whole(&mut office);
}

#[test]
fn what_could_not_be_proven_is_forgotten_in_its_time_and_asked_for_no_more() {
    let mut office = office();
    office.run("tidy --confirm --quiet").done();
    account(&office, 1003);
    let case = open(&mut office, 3, "delete", "account=1003");
    fs::copy(office.path("zkjia.db"), office.path("zkjia.db.bak")).unwrap();
    office.run(&format!("erase {case} --confirm {case} --quiet")).done();
    office.run(&format!("prove {case} --quiet")).looks();
    close(&mut office, &case);
    let mut intents = |day: i16| {
        office.run("prove --pending --quiet").looks();
        office.at(jiff::civil::date(2026, 11, 23).saturating_add(jiff::Span::new().days(day)), "12:00");
        let due = due(&office.run("tidy --json").done().json());
        due.contains(&("intent".to_owned(), case.clone(), "not_provable".to_owned()))
    };
    assert!(!intents(29) && intents(30));
    office.at(jiff::civil::date(2029, 12, 3), "10:00");
    office.typing("y\n").run("tidy --confirm --quiet").done();
    assert!(office.run("prove --pending").done().stdout().starts_with("nothing waits"));
    office.run(&format!("prove {case}")).fails(3, "not_captured");
    require_whole(&mut office);
}

#[test]
fn the_work_lists_of_a_purge_go_when_it_has_ended() {
    let mut office = office();
    office.run("tidy --confirm --quiet").done();
    office.run("purge retention --confirm --quiet").carried_out();
    let done = due(&office.run("tidy --confirm --json").done().json());
    assert_eq!(done, [("intent".to_owned(), "RUN-20261123-0001".to_owned(), "run_ended".to_owned())]);
    require_whole(&mut office);
    // and other commands go on
    office.run("purge scheduled --confirm --quiet").carried_out();
    assert_eq!(office.run("recover").done().stdout(), "nothing was interrupted\n");
}

#[test]
fn a_change_that_was_interrupted_keeps_its_key_until_it_is_settled() {
    let mut made = office();
    made.run("tidy --confirm --quiet").done();
    account(&made, 1003);
    let case = open(&mut made, 3, "delete", "account=1003");
    let mut seen = false;
    for n in 1.. {
        let mut office = made.copied();
        if !office.dies_at(&format!("erase {case} --confirm {case} --quiet"), n) {
            break;
        }
        let open = office.run("--json").carried_out().json();
        let before = keys(&office);
        office.run("tidy --confirm --quiet").done();
        if open["data"]["open_intents"] != 0 {
            assert!(keys(&office) == before, "{n}");
            seen = true;
        }
        office.run("recover --quiet").done();
        require_whole(&mut office);
    }
    assert!(seen);
}

#[test]
fn two_at_once_are_one_and_a_busy_one() {
    let mut office = office();
    let lock = fs::File::options().write(true).create(true).truncate(false).open(office.path("droit.lock")).unwrap();
    lock.lock().unwrap();
    office.run("tidy --confirm --lock-wait 0s").fails(5, "busy");
    office.run("tidy").done();
    lock.unlock().unwrap();
    office.run("tidy --confirm --quiet").done();
}
